import { createHash } from 'node:crypto';
import type { PatchJob } from './event';

/** Of one version of a channel this many jobs are looked for: it may have been canceled, and asked for again. */
export const MOST_RUNS = 5;

/** A job that hands out its document, or will. */
const ALIVE = ['IN_PROGRESS', 'SCHEDULED'];

/** Why this function cancels jobs; any other reason is that of a person, or of an abort threshold. */
export const REPLACED = 'REPLACED';

/** What is known of a job. */
export interface Run {
  readonly status: string;
  /** Why it was canceled. */
  readonly reason?: string;
}

export function isAlive(run: Run | undefined): boolean {
  return run !== undefined && ALIVE.includes(run.status);
}

/**
 * The name of what a channel asks for: the same for the same settings, so that a request that comes again, or a deployment
 * that is rolled back, finds the job that it made.
 */
export function versionOf({ prefix, groupArn, text }: PatchJob): string {
  const hash = createHash('sha256').update(`${groupArn}\n${text}`).digest('hex').slice(0, 12);
  return `${prefix}-${hash}`;
}

/** The ids that the jobs of a version may have. A canceled job keeps its id, so the next one takes the next number. */
export function runsOf(version: string): string[] {
  return Array.from({ length: MOST_RUNS }, (_, index) => `${version}-${index + 1}`);
}

export type Decision =
  | { readonly kind: 'keep'; readonly jobId: string }
  | { readonly kind: 'create'; readonly jobId: string }
  /** It was stopped, and stays so. */
  | { readonly kind: 'stopped'; readonly jobId: string }
  | { readonly kind: 'exhausted' };

/**
 * What to do so that a version has a job that runs; `runs` in the order of `runsOf`.
 *
 * @param isNew Whether the channel is made just now. Otherwise a job that a person or its abort threshold stopped stays
 * stopped: that a deployment is rolled back, or touches something else, is no reason to hand out a patch that failed
 */
export function decide(version: string, runs: readonly (Run | undefined)[], isNew: boolean): Decision {
  const ids = runsOf(version);
  const alive = ids.find((_, index) => isAlive(runs[index]));
  if (alive !== undefined) return { kind: 'keep', jobId: alive };
  // After the last that is known, also where an older one was deleted: numbers tell the order.
  const last = runs.findLastIndex((run) => run !== undefined);
  const stopped = runs[last]?.status === 'CANCELED' && runs[last].reason !== REPLACED;
  if (stopped && !isNew) return { kind: 'stopped', jobId: ids[last] as string };
  const next = ids[last + 1];
  return next === undefined ? { kind: 'exhausted' } : { kind: 'create', jobId: next };
}
