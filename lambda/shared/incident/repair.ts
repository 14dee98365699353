import { BY_TIME } from './contract';
import type { Incident } from './incident';

/** What AWS IoT said of the patch job on a device, and since when that is waited for. */
export interface Repair {
  readonly jobId: string;
  readonly status: string;
  /** When the status was taken on, in milliseconds. */
  readonly at: number;
  /** When the repair began to be watched. */
  readonly since: number;
  /** Nothing was heard of the device for too long, and people were told. */
  readonly silent?: true;
}

/** How far a device has proved its health. */
export interface Proof {
  /** Nothing has been wrong since. */
  readonly since: number;
  /** When the proof was complete; absent until then. */
  readonly proven?: number;
  /** When the release was ordered on the strength of it. */
  readonly orderedAt?: number;
}

/** Whether a person has to be told that a device has proved its health. */
export function isProven(incident: Incident | undefined): boolean {
  return incident?.state === 'proving' && incident.proof?.proven !== undefined;
}

/**
 * Up to when what a device did is settled: alarms of that time or before are old news. A person settles all that was before
 * their word; a proof, and a time that went by, only what they cover, so that an alarm which comes in late undoes a release that
 * rested on its absence. What was done between the order and the end of a release is settled by nobody, whenever it is heard of.
 */
export function settledUntil({ state, proof, orders, isolationMs = 0, closedAt = 0 }: Incident): number {
  // Of what is retired, all was taken.
  if (state === 'retired') return closedAt;
  if (proof !== undefined) return proof.since;
  const order = orders.findLast(({ verb }) => verb === 'release');
  if (order === undefined) return closedAt;
  return order.by === BY_TIME ? order.time - isolationMs : order.time;
}
