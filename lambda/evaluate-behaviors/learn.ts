import { toDigits } from './digits';
import { learnHour, type Hours, NO_HOURS, offsetAt } from './hours';
import { afterwards, keptOf, latelyOf } from './lately';
import type { Learned } from './page';
import { type Ladder, PEAK_SHARE, rungsBelow } from './tail';

/**
 * A learned normal of one device and metric, on both sides of its level, as Detect's ML behaviors are (they take a confidence and no
 * operator). Each part is a published method:
 *
 * - Level, by hour of the day and without it: smoothed exponentially, with bounded influence of outliers (R. Gelper, S. Fried,
 *   C. Croux, "Robust forecasting with exponential and Holt-Winters smoothing", Journal of Forecasting 29, 2010).
 * - Scale, and where its tail begins on each side: quantiles by stochastic approximation (L. Tierney, "A space-efficient recursive
 *   procedure for estimating a quantile of an unknown distribution", SIAM J. Sci. Stat. Comput. 4, 1983), on a logarithmic scale.
 * - Beyond that, peaks over a threshold (A. Siffer et al., "Anomaly detection in streams with extreme value theory", KDD 2017):
 *   each device has its own threshold and mean excess; the shape of the tail, which one device shows too seldom, is the fleet's
 *   (J. R. M. Hosking, J. R. Wallis, "Regional frequency analysis", 1997). Peaks that come in a run count as fewer (S. Coles, "An
 *   introduction to statistical modeling of extreme values", 2001). See `tail.ts`.
 * - What the tails of devices still differ by is corrected by the alarms that were raised: each one widens the normal of its
 *   device, and time narrows it (I. Gibbs, E. Candès, "Adaptive conformal inference under distribution shift", NeurIPS 2021); how
 *   wide it is tends to 1 by itself, so that what all devices have in common is the fleet's to know.
 * - What is left is counted: how often the devices of the fleet went how far, so that a confidence is the distance beyond which the
 *   stated share of them went (V. Vovk, A. Gammerman, G. Shafer, "Algorithmic learning in a random world", 2005: a quantile of what
 *   was seen holds whatever the distribution is, where devices are exchangeable). See `prior.ts`.
 *
 * No random numbers, no clock; the same values give the same normal. What a value in alarm teaches weighs less, none weighs much.
 */

/** How many alarms a device that behaves as ever raises, by window: at `LOW` one in 1,000 windows, which is 3.5 days. */
export const RISK = { LOW: 1e-3, MEDIUM: 1e-4, HIGH: 1e-5 } as const;
export type Confidence = keyof typeof RISK;

/** Datapoints of a device before it is judged: an hour of windows, once the fleet is known. */
export const DEVICE_TRAINING = 12;
/** Datapoints of a device before the fleet learns from it: its tails had time to settle. */
export const SETTLED = 100;
/** Datapoints of the whole fleet, and of its oldest device (a day of windows), before any device is judged. */
export const FLEET_TRAINING = { datapoints: 1_000, age: 288 } as const;

/** How much a value moves the level, in scales: the error is cut at `CLIP`. */
const LEVEL_RATE = 0.01;
const CLIP = 2;
const SCALE_RATE = 0.003;
const TAIL_RATE = 0.03;
/** The first peaks say more of how long a tail is: as if some had been seen before. */
const FIRST_PEAKS = 5;
const ALARM_RATE = 0.4;
/** How fast a normal that was widened or narrowed comes back by itself: in a fortnight to a third. */
const RETURN_RATE = 2.5e-4;
/** What a value in alarm teaches, as a share of what another one does. */
const IN_ALARM = 0.3;
/** What a peak teaches of the tail that follows a peak, likewise: those that come together are one event (runs declustering). */
const IN_RUN = 0.3;
/** The scale of a normal distribution is its median absolute deviation, divided by this. */
const MEDIAN_DEVIATION = 0.6745;
/** A mean excess learns from what is beyond so many of them as if it were there. */
const FARTHEST = 5;

/** What a normal tail has: 2 % are beyond 2.05 scales, by 0.4 on average. */
const NORMAL_TAIL = { begin: 2.05, excess: 0.4 } as const;
const BEGIN = { least: 1.5, most: 1_000 } as const;
const EXCESS = { least: 0.3, most: 300 } as const;
const WIDTH = { least: 0.7, most: 30 } as const;

/**
 * The least scale. A count scatters at least as Poisson's does, which is 1 on its scale; an amount by 5 %; a gauge by 2 % of its
 * level: what is steadier than that is not judged by its last decimal.
 */
const LEAST_SCALE = { count: 1, amount: 0.05, gauge: 0.02 } as const;
const SMALLEST = 1e-6;
const LONGEST_MEMORY = 65_535;

export type Scatter = keyof typeof LEAST_SCALE;

const AMOUNTS = new Set(['message-size', 'bytes-out', 'bytes-in', 'packets-out', 'packets-in']);

export function scatterOf(metric: string, isCustom: boolean): Scatter {
  if (isCustom) return 'gauge';
  return AMOUNTS.has(metric) ? 'amount' : 'count';
}

/** What all devices have in common, for one behavior; see `prior.ts`. */
export interface Prior {
  /** Windows that the oldest device was seen in, and datapoints of all. */
  readonly age: number;
  readonly total: number;
  /** Typical scale of a device; beginning and mean excess of its upper and lower tail. */
  readonly scale: number;
  readonly tails: readonly [number, number, number, number];
  /** How often its devices went how far, what is long ago less than what was lately; and the last window of that. */
  readonly ladder: Ladder;
  readonly w: number;
  /** The distance that is outside the normal. */
  readonly bounds: Readonly<Record<Confidence, number>>;
}

/** How values are spread evenly: counts by Anscombe's square root, amounts by their order of magnitude, gauges as they are. */
export function spread(value: number, scatter: Scatter): number {
  if (scatter === 'count') return 2 * Math.sqrt(Math.max(value, 0) + 0.375);
  return scatter === 'amount' ? Math.asinh(value) : value;
}

/** The value that is spread to this. */
export function gathered(spreadOut: number, scatter: Scatter): number {
  if (scatter === 'count') return Math.max((Math.max(spreadOut, 0) / 2) ** 2 - 0.375, 0);
  return scatter === 'amount' ? Math.sinh(spreadOut) : spreadOut;
}

export interface Judged {
  readonly learned: Learned;
  /** Mean excesses by which the value is beyond where the tail of its device begins; negative within. Undefined: training. */
  readonly distance: number | undefined;
  /** From how many rungs beyond to how many it went: what the fleet learns from. Undefined: training. */
  readonly crossed: readonly [from: number, to: number] | undefined;
  /** Turns a distance into the value that has it, on the side on which this one is. */
  readonly valueAt: (distance: number) => number;
}

/** The distance that is outside the normal, or undefined while the fleet is training. */
export function boundOf(prior: Prior | undefined, confidence: Confidence): number | undefined {
  if (prior === undefined || prior.total < FLEET_TRAINING.datapoints || prior.age < FLEET_TRAINING.age)
    return undefined;
  return prior.bounds[confidence];
}

/** A state as it is read: what an older version of this code kept is begun anew. */
function stateOf(known: Learned | undefined, first: number, prior: Prior | undefined): Learned {
  if (known?.length === 11) return known;
  const tails = prior?.tails ?? [NORMAL_TAIL.begin, NORMAL_TAIL.excess, NORMAL_TAIL.begin, NORMAL_TAIL.excess];
  return [0, first, prior?.scale ?? 0, ...tails, 1, 0, 0, NO_HOURS];
}

/** Judges a value by what was known before it, and learns from it. */
export function learn(
  value: number,
  scatter: Scatter,
  hour: number,
  known: Learned | undefined,
  prior: Prior | undefined,
): Judged {
  const y = spread(value, scatter);
  const state = stateOf(known, y, prior);
  const [count, level, scale, upBegin, upExcess, downBegin, downExcess, width, last, quantum, offsets] = state;
  const hours: Hours = { quantum, offsets };
  const least = scatter === 'gauge' ? Math.max(LEAST_SCALE.gauge * Math.abs(level), SMALLEST) : LEAST_SCALE[scatter];
  const unit = Math.max(scale, least);
  const expected = level + offsetAt(hours, hour);
  const error = y - expected;
  const away = Math.abs(error) / unit;
  const side = error < 0 ? -1 : 1;
  const [begin, excess] = side < 0 ? [downBegin, downExcess] : [upBegin, upExcess];
  const distance = (away - begin) / excess / width;
  const rungs = rungsBelow(distance);
  const lately = latelyOf(last);
  const low = boundOf(prior, 'LOW');
  const isJudged = count >= DEVICE_TRAINING && low !== undefined;
  const isOutside = isJudged && distance > low;
  const weight = isOutside ? IN_ALARM : 1;
  // A run of peaks is one event, so a device that is far out all the time does not make that its tail.
  const run = lately.isPeak && away > begin ? weight * IN_RUN : weight;
  const up = tail([upBegin, upExcess], side > 0 ? away : 0, count, run);
  const down = tail([downBegin, downExcess], side < 0 ? away : 0, count, run);
  const next = learnHour(hours, hour, count > 3 * DEVICE_TRAINING ? error : 0, unit);
  return {
    learned: [
      Math.min(count + 1, LONGEST_MEMORY),
      rounded(level + weight * levelStep(error / unit, count) * unit),
      rounded(nextScale(Math.abs(error), unit, count, weight)),
      ...(count < DEVICE_TRAINING
        ? ([upBegin, upExcess, downBegin, downExcess] as const)
        : ([...up, ...down] as const)),
      isJudged ? rounded(nextWidth(width, isOutside && !lately.isOutside)) : width,
      keptOf(afterwards(lately, rungs, { isOutside, isPeak: away > begin })),
      next.quantum,
      next.offsets,
    ],
    distance: isJudged ? distance : undefined,
    crossed: count < SETTLED ? undefined : [lately.high, rungs],
    valueAt: (at) => gathered(expected + side * unit * (begin + excess * width * at), scatter),
  };
}

/** The first values weigh more, or a level would take hours to leave where it began. */
function levelStep(error: number, count: number): number {
  return Math.max(LEVEL_RATE, 1 / (count + 1)) * Math.min(Math.max(error, -CLIP), CLIP);
}

/** Half of all errors are smaller than the median deviation: each one moves it by a factor, so it finds any scale soon. */
function nextScale(size: number, unit: number, count: number, weight: number): number {
  if (count === 0) return unit;
  const rate = weight * Math.max(SCALE_RATE, 2 / (count + 1));
  return unit * Math.exp(size > MEDIAN_DEVIATION * unit ? rate : -rate);
}

function tail(
  [begin, excess]: readonly [number, number],
  away: number,
  count: number,
  weight: number,
): readonly [number, number] {
  const isBeyond = away > begin;
  const rate = weight * Math.max(TAIL_RATE, 10 / (count + 1));
  const excessRate = weight * Math.max(TAIL_RATE, 1 / (FIRST_PEAKS + PEAK_SHARE * count));
  const peak = Math.min((away - begin) / excess, FARTHEST);
  return [
    rounded(within(BEGIN, begin * Math.exp(rate * ((isBeyond ? 1 : 0) - PEAK_SHARE)))),
    rounded(within(EXCESS, isBeyond ? excess * Math.exp(excessRate * (peak - 1)) : excess)),
  ];
}

/** An alarm widens the normal by half, and the windows of `1 / RISK.LOW` without one narrow it again; it tends to 1. */
function nextWidth(width: number, isNewAlarm: boolean): number {
  return within(WIDTH, width ** (1 - RETURN_RATE) * Math.exp(ALARM_RATE * ((isNewAlarm ? 1 : 0) - RISK.LOW)));
}

function within({ least, most }: { readonly least: number; readonly most: number }, value: number): number {
  return Math.min(Math.max(value, least), most);
}

export function rounded(value: number): number {
  return toDigits(value, 6);
}
