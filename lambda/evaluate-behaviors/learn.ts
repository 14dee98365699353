import type { Learned } from './page';
import { Sketch } from './sketch';

/**
 * A learned normal, in three published parts.
 *
 * Each device has a level and a scale, smoothed exponentially with bounded influence of outliers: R. Gelper, S. Fried, C. Croux,
 * "Robust forecasting with exponential and Holt-Winters smoothing", Journal of Forecasting 29 (2010), with its constants. A device
 * of which little is known is taken for one of its fleet: the two are weighed by the number of datapoints (empirical Bayes, as in
 * B. Efron, C. Morris, JASA 70 (1975)). How far from its normal a device must be is read from what all devices of the fleet did:
 * the distances are kept in a sketch of known relative error (C. Masson, J. Rim, H. Lee, "DDSketch", VLDB 2019), and beyond what was
 * seen often enough its tail is extrapolated by peaks over a threshold (A. Siffer et al., "Anomaly detection in streams with extreme
 * value theory", KDD 2017), so that a confidence is a rate of false alarms and not a number of deviations.
 */

/** The share of windows of a device that behaves as ever which are outside its learned normal. */
export const RISK = { LOW: 1e-3, MEDIUM: 1e-4, HIGH: 1e-5 } as const;

/** Datapoints of a device before it is judged: an hour of windows. */
export const DEVICE_TRAINING = 12;
/** Distances of the fleet before any device is judged. */
export const FLEET_TRAINING = 1_000;

const LEVEL_RATE = 0.05;
const SCALE_RATE = 0.02;
const CLIP = 2;
/** Makes the scale that of a normal distribution, for `CLIP` 2. */
const SCALE_CONSTANT = 2.52;
const FLEET_RATE = 0.1;
const FLOOR = { count: 0.25, amount: 0.05 } as const;
const LONGEST_MEMORY = 65_535;

/** What all devices have in common, for one behavior. */
export interface Prior {
  /** Mean of the levels of devices, and their variance around it. */
  readonly level: number;
  readonly between: number;
  /** Mean of the squared scales of devices. */
  readonly within: number;
  /** Distances from the normal, in scales. */
  readonly bins: Readonly<Record<string, number>>;
}

/** How values are spread evenly: counts by Anscombe's square root, amounts (which may be negative) by their order of magnitude. */
export function spread(value: number, scatter: 'count' | 'amount'): number {
  return scatter === 'count' ? 2 * Math.sqrt(Math.max(value, 0) + 0.375) : Math.asinh(value);
}

export interface Judged {
  readonly learned: Learned;
  /** How far the value is from the normal, in scales; undefined while the device is training. */
  readonly distance: number | undefined;
}

/** Judges a value by what was known before it, and learns from it. */
export function learn(
  value: number,
  scatter: 'count' | 'amount',
  known: Learned | undefined,
  prior: Pick<Prior, 'level' | 'between' | 'within'> | undefined,
): Judged {
  const spreadOut = spread(value, scatter);
  const [level, scale, count] = known ?? [
    prior?.level ?? spreadOut,
    Math.sqrt(prior?.within ?? FLOOR[scatter] ** 2),
    0,
  ];
  const trust = prior === undefined ? 1 : count / (count + DEVICE_TRAINING);
  const expected = trust * level + (1 - trust) * (prior?.level ?? 0);
  const variance = trust * scale ** 2 + (1 - trust) * ((prior?.within ?? 0) + (prior?.between ?? 0));
  const unit = Math.max(Math.sqrt(variance), FLOOR[scatter]);
  const distance = Math.abs(spreadOut - expected) / unit;
  return {
    learned: smoothed(spreadOut, level, Math.max(scale, FLOOR[scatter]), count),
    distance: count >= DEVICE_TRAINING ? distance : undefined,
  };
}

function smoothed(value: number, level: number, scale: number, count: number): Learned {
  const error = (value - level) / scale;
  const clipped = Math.min(Math.max(error, -CLIP), CLIP) * scale;
  // The first values weigh more, or a level would take hours to leave where it began.
  const rate = Math.max(LEVEL_RATE, 1 / (count + 1));
  const scaleRate = Math.max(SCALE_RATE, 0.5 / (count + 1));
  const next = Math.sqrt(scaleRate * boundedSquare(error) * scale ** 2 + (1 - scaleRate) * scale ** 2);
  return [rounded(level + rate * clipped), rounded(next), Math.min(count + 1, LONGEST_MEMORY)];
}

/** Tukey's biweight: the square of a small error, and a constant for all large ones. */
function boundedSquare(error: number): number {
  if (Math.abs(error) > CLIP) return SCALE_CONSTANT;
  return SCALE_CONSTANT * (1 - (1 - (error / CLIP) ** 2) ** 3);
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** What the devices of one window tell about the fleet. */
export class Lesson {
  public readonly levels: number[] = [];
  public readonly scales: number[] = [];
  public readonly distances: number[] = [];

  public add({ learned, distance }: Judged): void {
    this.levels.push(learned[0]);
    this.scales.push(learned[1]);
    if (distance !== undefined) this.distances.push(distance);
  }
}

/** What is known of the fleet after a window. */
export function taught(prior: Prior | undefined, { levels, scales, distances }: Lesson): Prior | undefined {
  if (levels.length === 0) return prior;
  const level = median(levels);
  const spreadOfLevels = 1.4826 * median(levels.map((one) => Math.abs(one - level)));
  const within = median(scales) ** 2;
  const rate = prior === undefined ? 1 : FLEET_RATE;
  const mix = (before: number | undefined, now: number): number => rounded((1 - rate) * (before ?? 0) + rate * now);
  const sketch = new Sketch(prior?.bins);
  for (const distance of distances) sketch.add(distance);
  return {
    level: mix(prior?.level, level),
    between: mix(prior?.between, spreadOfLevels ** 2),
    within: mix(prior?.within, within),
    bins: sketch.bins(),
  };
}

/** The distance that is outside the normal, or undefined while the fleet is training. */
export function boundOf(prior: Prior | undefined, confidence: keyof typeof RISK): number | undefined {
  if (prior === undefined) return undefined;
  const sketch = new Sketch(prior.bins);
  return sketch.total < FLEET_TRAINING ? undefined : sketch.exceededBy(RISK[confidence]);
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(sorted.length / 2)] as number;
}
