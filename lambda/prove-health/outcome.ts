import type { Incident } from '../shared/incident/incident';

/** The patch job on one device, as AWS IoT knows it. */
export interface Execution {
  readonly status: string;
  /** When it got that status, in milliseconds. */
  readonly at: number;
}

/** What the patch job means for an incident. */
export type Outcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'pending' | 'succeeded' | 'failed' | 'stale'; readonly execution: Execution };

const PENDING = ['QUEUED', 'IN_PROGRESS'];
/** The device left the group meanwhile; when it is back, it is given the job again. */
const REMOVED = 'REMOVED';

/**
 * A success counts if it came after the incident had begun, and after the last alarm that isolates: what was patched before,
 * and is wrong again, is not cured by the same patch.
 */
export function outcomeOf(execution: Execution | undefined, incident: Incident): Outcome {
  if (execution === undefined || execution.status === REMOVED) return { kind: 'none' };
  if (PENDING.includes(execution.status)) return { kind: 'pending', execution };
  const { openedAt, offendedAt = openedAt } = incident;
  if (execution.at < Math.max(openedAt, offendedAt)) return { kind: 'stale', execution };
  return { kind: execution.status === 'SUCCEEDED' ? 'succeeded' : 'failed', execution };
}
