import type { BlastRadiusRule } from './contract';

/** Isolations without a person, counted in slices of the window. Times are milliseconds. */
export interface Budget {
  readonly version: number;
  readonly slices: readonly { readonly start: number; readonly count: number }[];
}

export const FRESH_BUDGET: Budget = { version: 0, slices: [] };

const SLICES = 12;

/**
 * The budget with one more isolation in it, or undefined when the window is full.
 *
 * A slice counts until the last moment of it has left the window. So no window of that length, wherever it begins, ever
 * holds more isolations than the limit: a counter that restarts would let twice as many through around its restart.
 */
export function admit(budget: Budget, rule: BlastRadiusRule, limit: number, now: number): Budget | undefined {
  const length = (rule.seconds * 1000) / SLICES;
  const counting = budget.slices.filter(({ start }) => start + length + rule.seconds * 1000 > now);
  if (counting.reduce((sum, { count }) => sum + count, 0) >= limit) return undefined;
  const start = Math.floor(now / length) * length;
  const current = counting.find((slice) => slice.start === start)?.count ?? 0;
  const others = counting.filter((slice) => slice.start !== start);
  return { version: budget.version + 1, slices: [...others, { start, count: current + 1 }] };
}

/** How many devices a window allows: of a fleet whose size is not known, the number that is always allowed. */
export function limitOf(rule: BlastRadiusRule, fleetSize: number | undefined): number {
  if (rule.percent === undefined || fleetSize === undefined) return rule.devices;
  return Math.max(rule.devices, Math.floor((fleetSize * rule.percent) / 100));
}
