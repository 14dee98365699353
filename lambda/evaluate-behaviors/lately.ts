/**
 * What a device did in its last windows, as far as it matters for the next one, in one number: whether the last value was outside
 * the normal, whether it was a peak, how many rungs the highest value of the event that is going on was beyond, and since when.
 */
export interface Lately {
  readonly isOutside: boolean;
  readonly isPeak: boolean;
  readonly high: number;
  readonly since: number;
}

/** Values that go far within an hour are one event. */
const EVENT = 12;
/** Rungs up to which values are as common as to be events of their own. */
const COMMON = 2;

export function latelyOf(kept: number): Lately {
  return { isOutside: (kept & 1) > 0, isPeak: (kept & 2) > 0, high: (kept >> 2) & 15, since: kept >> 6 };
}

/** What is kept of it: a whole number below 1,000. */
export function keptOf({ isOutside, isPeak, high, since }: Lately): number {
  return (isOutside ? 1 : 0) + (isPeak ? 2 : 0) + 4 * high + 64 * since;
}

/** The same after a value that is beyond so many rungs. */
export function afterwards(
  { high, since }: Lately,
  rungs: number,
  { isOutside, isPeak }: Pick<Lately, 'isOutside' | 'isPeak'>,
): Lately {
  const goesOn = rungs < high && high > COMMON && since + 1 < EVENT;
  // Field by field: this is done for every datapoint, and a spread costs as much as all the rest of it.
  return { isOutside, isPeak, high: goesOn ? high : rungs, since: goesOn ? since + 1 : 0 };
}
