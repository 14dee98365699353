import { rangeTest } from './address';
import type { CompiledBehavior } from './contract';

export interface Verdict {
  readonly violated: boolean;
  /** The first value outside the normal. */
  readonly example?: string;
}

export type Judge = (values: readonly (number | string)[]) => Verdict;

const WITHIN_NORMAL: Verdict = { violated: false };

/** Compares a number with a bound, said from the side of the normal. */
export function conforms(operator: CompiledBehavior['operator'], value: number, bound: number): boolean {
  switch (operator) {
    case 'lessThan':
      return value < bound;
    case 'atMost':
      return value <= bound;
    case 'greaterThan':
      return value > bound;
    default:
      return value >= bound;
  }
}

/** Judges the values of one datapoint: each must be inside the normal. No value at all is inside any normal. */
export function judgeOf(behavior: CompiledBehavior): Judge {
  const isNormal = normalOf(behavior);
  return (values) => {
    const example = values.find((value) => !isNormal(value));
    return example === undefined ? WITHIN_NORMAL : { violated: true, example: String(example).slice(0, 64) };
  };
}

function normalOf(behavior: CompiledBehavior): (value: number | string) => boolean {
  const { operator, threshold, texts, numbers } = behavior;
  if (threshold !== undefined) return (value) => conforms(operator, Number(value), threshold);
  const listed = listedIn(behavior, texts, numbers);
  return operator === 'within' ? listed : (value) => !listed(value);
}

/** What stands for every metric of the fleet's own. */
export const CUSTOM = '';

/** The metric of AWS that a behavior is about. A metric of the fleet's own may have the name of one of these. */
export function awsMetric({ metric, customType }: Pick<CompiledBehavior, 'metric' | 'customType'>): string {
  return customType === undefined ? metric : CUSTOM;
}

/** Whether the normal is stated in ranges of addresses. */
export function isOfAddresses(behavior: Pick<CompiledBehavior, 'metric' | 'customType'>): boolean {
  return behavior.customType === 'ip-address-list' || ['source-ip', 'destination-ips'].includes(awsMetric(behavior));
}

function listedIn(
  { metric, customType }: CompiledBehavior,
  texts: readonly string[] | undefined,
  numbers: readonly number[] | undefined,
): (value: number | string) => boolean {
  if (isOfAddresses({ metric, customType })) {
    const inRange = rangeTest(texts as readonly string[]);
    return (value) => inRange(String(value));
  }
  const set = new Set<number | string>(texts ?? numbers);
  return (value) => set.has(value);
}

/** The share of values that a percentile is at or above: `p99.9` is 0.999. */
export function shareOf(percentile: string): number {
  return Number(percentile.slice(1)) / 100;
}

/**
 * The percentile of what all devices did (nearest rank), or undefined where there is none: no values, or a negative one, for which
 * Device Defender has no percentiles.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_StatisticalThreshold.html
 */
export function percentileOf(values: Float64Array, percentile: string): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.slice().sort();
  if ((sorted[0] as number) < 0) return undefined;
  const rank = Math.ceil(shareOf(percentile) * sorted.length - 1e-9);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1];
}
