/** Calls per second that this process may make, by name of the call. */
export type Rates = Readonly<Record<string, number>>;

export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** Waits until the named call may be made. */
export type Pacer = (call: string) => Promise<void>;

/** How many seconds' worth of calls may be made at once after a pause. */
const BURST_SECONDS = 0.5;

/**
 * Keeps each call within this process's share of its quota.
 *
 * The SDK slows down only after it has been throttled; a fleet-wide alarm would spend most of its calls on finding that out.
 * Calls without a rate are not paced.
 */
export function createPacer(rates: Rates, clock: Clock): Pacer {
  const nextAt = new Map<string, number>();
  return async (call) => {
    const rate = rates[call];
    if (rate === undefined) return;
    const now = clock.now();
    const turn = Math.max(nextAt.get(call) ?? 0, now - BURST_SECONDS * 1000);
    nextAt.set(call, turn + 1000 / rate);
    if (turn > now) await clock.sleep(turn - now);
  };
}
