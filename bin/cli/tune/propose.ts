import { RISK, scatterOf } from '../../../lambda/evaluate-behaviors/learn';
import { percentileOf, shareOf } from '../../../lambda/evaluate-behaviors/judge';
import { METRIC_IDS } from '../../../lib/detection/metrics';
import { contains, parseAddress, parseRange } from '../../../lib/policy/evaluator/ip';
import { Percentile } from '../../../lib/detection/terms';
import { type Confidence, CONFIDENCES, FleetLearner } from './fleet-learner';
import type { Point, Series, Sighting } from './series';
import type { Operator, Watched } from './watched';

export type Verdict = 'fits' | 'too-tight' | 'too-loose' | 'no-data' | 'not-compared';

export interface Candidate {
  readonly threshold: number;
  /** Alarms that it would have raised. */
  readonly alarms: number;
  /** Devices that they would have been about. */
  readonly devices: number;
  /** Which of the values it is. */
  readonly what: string;
}

export interface Learnt {
  readonly confidence: Confidence;
  readonly alarms: number;
  readonly devices: number;
}

/** What a percentile would have raised. */
export interface Ranked {
  readonly percentile: string;
  readonly alarms: number;
  readonly devices: number;
}

/** What is to be said of one behavior. */
export interface Proposal {
  readonly name: string;
  readonly metric: string;
  readonly verdict: Verdict;
  readonly because?: string;
  readonly operator?: Operator;
  readonly devices: number;
  readonly windows: number;
  readonly current?: Candidate;
  readonly candidates?: readonly Candidate[];
  /** What a normal that is learned from the logs alone, from their first window on, would have raised. */
  readonly learned?: {
    readonly confidence: Confidence;
    /** Windows in which a device was not training any more. */
    readonly judged: number;
    /** Alarms that the confidence states for so many windows of devices that behave as ever. */
    readonly stated: number;
    readonly byConfidence: readonly Learnt[];
  };
  /** Of a bound that is relative to the fleet: what it would have raised, the one that it has first. */
  readonly byPercentile?: readonly Ranked[];
  /** Items outside the normal, the most frequent first. */
  readonly outside?: readonly { readonly item: string; readonly times: number; readonly devices: number }[];
  /** Members of the normal that no device ever had. */
  readonly unused?: readonly string[];
}

const UPPER: readonly (Operator | undefined)[] = ['lessThan', 'atMost'];
const NUMERIC: readonly (Operator | undefined)[] = [...UPPER, 'greaterThan', 'atLeast'];
/** A bound this many times away from what was seen would let much pass. */
const LOOSE = 2;
const MOST_LISTED = 20;
/** Datapoints that a behavior counts at most: a longer gap says no more. */
const LONGEST_RUN = 10;

/** Compares a behavior with what devices did. */
export function propose(watched: Watched, series: Series): Proposal {
  const { name, metric, operator, threshold, items } = watched;
  if (NUMERIC.includes(operator) && threshold !== undefined) return proposeThreshold({ ...watched, threshold }, series);
  if (items !== undefined) return proposeSet({ ...watched, items }, series);
  if (watched.confidence !== undefined) return proposeLearned({ ...watched, confidence: watched.confidence }, series);
  if (NUMERIC.includes(operator) && watched.percentile !== undefined)
    return proposePercentile({ ...watched, percentile: watched.percentile }, series);
  const because = 'its bound is known at deployment only';
  return { name, metric, verdict: 'not-compared', because, devices: 0, windows: 0 };
}

/** A bound that each window has anew: the percentile of what the devices did that the logs have a value of. */
function proposePercentile(watched: Watched & { readonly percentile: string }, series: Series): Proposal {
  const { name, metric, operator, percentile } = watched;
  const devices = series.numbers(watched);
  const byTime = new Map<number, number[]>();
  for (const points of devices)
    for (const [time, value] of points) {
      const values = byTime.get(time);
      if (values === undefined) byTime.set(time, [value]);
      else values.push(value);
    }
  const windows = devices.reduce((sum, points) => sum + points.length, 0);
  const base = { name, metric, operator, devices: devices.length, windows };
  if (windows === 0) return { ...base, verdict: 'no-data' };
  const run = (share: string): Ranked => {
    const bounds = new Map([...byTime].map(([time, values]) => [time, percentileOf(Float64Array.from(values), share)]));
    const runs = devices.map((points) =>
      episodes(
        points.map(([time, value]) => {
          const bound = bounds.get(time);
          return bound === undefined || keeps(operator as Operator, value, bound);
        }),
        watched,
      ),
    );
    const alarms = runs.reduce((sum, alarmsOfOne) => sum + alarmsOfOne, 0);
    return { percentile: share, alarms, devices: runs.filter((alarmsOfOne) => alarmsOfOne > 0).length };
  };
  const current = run(percentile);
  const others = Object.values(Percentile).filter((share) => isCandidate(share, operator as Operator));
  const byPercentile = [current, ...others.filter((share) => share !== percentile).map(run)];
  return { ...base, verdict: current.alarms > 0 ? 'too-tight' : 'fits', byPercentile };
}

/** The upper ones of a bound from above, the lower ones of one from below; none that can never alarm, which is refused. */
function isCandidate(percentile: Percentile, operator: Operator): boolean {
  const share = shareOf(percentile);
  if (operator === 'atMost' && share === 1) return false;
  if (operator === 'atLeast' && share === 0) return false;
  return UPPER.includes(operator) ? share > 0.5 : share < 0.5;
}

function proposeThreshold(watched: Watched & { readonly threshold: number }, series: Series): Proposal {
  const devices = series.numbers(watched);
  const values = devices.flatMap((points) => points.map(([, value]) => value)).sort((one, other) => one - other);
  const { name, metric, operator, threshold } = watched;
  const base = { name, metric, operator, devices: devices.length, windows: values.length };
  if (values.length === 0) return { ...base, verdict: 'no-data' };
  const upper = UPPER.includes(operator);
  const run = (bound: number, what: string): Candidate => ({
    threshold: bound,
    what,
    ...alarmsOf(devices, { ...watched, threshold: bound }, series.countsZeros(watched)),
  });
  const current = run(threshold, 'as it is');
  const candidates = candidatesOf(values, operator as Operator).map(([what, bound]) => run(bound, what));
  const extreme = (upper ? values.at(-1) : values[0]) as number;
  const lowest = extreme > 0 ? extreme / LOOSE : LOOSE * Math.min(extreme, -1);
  const isLoose = upper ? threshold > LOOSE * Math.max(extreme, 1) : threshold < lowest;
  const verdict = current.alarms > 0 ? 'too-tight' : isLoose ? 'too-loose' : 'fits';
  return { ...base, verdict, current, candidates };
}

/** The bound that all values keep, and those that 99.9 % and 99 % keep; each value only once. */
function candidatesOf(values: readonly number[], operator: Operator): [string, number][] {
  const upper = UPPER.includes(operator);
  const ranks: [string, number][] = upper
    ? [
        ['highest value', 1],
        ['p99.9', 0.999],
        ['p99', 0.99],
      ]
    : [
        ['lowest value', 0],
        ['p0.1', 0.001],
        ['p1', 0.01],
      ];
  const strict = operator === 'lessThan' ? 1 : operator === 'greaterThan' ? -1 : 0;
  const at = (rank: number) =>
    values[Math.min(values.length - 1, Math.max(0, Math.ceil(rank * values.length) - 1))] as number;
  const found = ranks.map(([what, rank]): [string, number] => [what, at(rank) + strict]);
  return found.filter(([, bound], index) => found.findIndex(([, other]) => other === bound) === index);
}

/** How many alarms a behavior would have raised, window by window, as both engines count consecutive datapoints. */
export function alarmsOf(
  devices: readonly (readonly Point[])[],
  watched: Watched & { readonly threshold: number },
  countsZeros: boolean,
): { readonly alarms: number; readonly devices: number } {
  const { operator, threshold, windowSeconds } = watched;
  const isNormal = (value: number) => keeps(operator as Operator, value, threshold);
  const runs = devices.map((points) => {
    const filled = countsZeros ? withZeros(points, windowSeconds * 1_000) : points;
    return episodes(
      filled.map(([, value]) => isNormal(value)),
      watched,
    );
  });
  return { alarms: runs.reduce((sum, run) => sum + run, 0), devices: runs.filter((run) => run > 0).length };
}

function keeps(operator: Operator, value: number, threshold: number): boolean {
  switch (operator) {
    case 'lessThan':
      return value < threshold;
    case 'atMost':
      return value <= threshold;
    case 'greaterThan':
      return value > threshold;
    default:
      return value >= threshold;
  }
}

function withZeros(points: readonly Point[], length: number): Point[] {
  return points.flatMap((point, index) => {
    const next = points[index + 1];
    if (next === undefined) return [point];
    const missing = Math.min(LONGEST_RUN, Math.round((next[0] - point[0]) / length) - 1);
    return [
      point,
      ...Array.from({ length: Math.max(0, missing) }, (_item, gap): Point => [point[0] + (gap + 1) * length, 0]),
    ];
  });
}

function episodes(normal: readonly boolean[], { alarmAfter, clearAfter }: Watched): number {
  let alarms = 0;
  let inAlarm = false;
  let run = 0;
  let last: boolean | undefined;
  for (const isNormal of normal) {
    run = isNormal === last ? run + 1 : 1;
    last = isNormal;
    if (inAlarm) inAlarm = !(isNormal && run >= clearAfter);
    else if (!isNormal && run >= alarmAfter) {
      inAlarm = true;
      alarms += 1;
    }
  }
  return alarms;
}

/** More than so many times what is stated, and than one more that chance can bring, is too much. */
const OFTEN = 3;

/** Plays the windows as the stream engine would have learned from them. Device Defender's models are not public. */
function proposeLearned(watched: Watched & { readonly confidence: Confidence }, series: Series): Proposal {
  const { name, metric, confidence, windowSeconds } = watched;
  const devices = series
    .numbers(watched)
    .map((points) => (series.countsZeros(watched) ? withZeros(points, windowSeconds * 1_000) : points));
  const windows = devices.reduce((sum, points) => sum + points.length, 0);
  const base = { name, metric, devices: devices.length, windows };
  if (windows === 0) return { ...base, verdict: 'no-data' };
  const played = play(devices, metric);
  const judged = played.reduce((sum, verdicts) => sum + verdicts.length, 0);
  if (judged === 0)
    return {
      ...base,
      verdict: 'not-compared',
      because: 'its normal is learned, and the logs do not last beyond the training',
    };
  const byConfidence = CONFIDENCES.map((one): Learnt => {
    const runs = played.map((verdicts) =>
      episodes(
        verdicts.map((verdict) => !verdict[one]),
        watched,
      ),
    );
    const alarms = runs.reduce((sum, run) => sum + run, 0);
    return { confidence: one, alarms, devices: runs.filter((run) => run > 0).length };
  });
  const stated = Number((RISK[confidence] * judged).toPrecision(3));
  const { alarms: mine } = byConfidence.find((one) => one.confidence === confidence) as Learnt;
  const verdict = mine > OFTEN * stated + 1 ? 'too-tight' : 'fits';
  return { ...base, verdict, learned: { confidence, judged, stated, byConfidence } };
}

/** Of each device, what is said of its windows since it is trained. */
function play(devices: readonly (readonly Point[])[], metric: string): Record<Confidence, boolean>[][] {
  const isCustom = !METRIC_IDS.some((id) => id === metric);
  const learner = new FleetLearner(() => scatterOf(metric, isCustom));
  const byTime = new Map<number, (readonly [string, number, number])[]>();
  devices.forEach((points, index) => {
    for (const [time, value] of points) {
      const present = byTime.get(time) ?? [];
      present.push([String(index), value, time / 1_000]);
      byTime.set(time, present);
    }
  });
  const said = devices.map((): Record<Confidence, boolean>[] => []);
  for (const [, present] of [...byTime].sort(([one], [other]) => one - other))
    for (const [device, verdict] of learner.window(present))
      if (verdict !== undefined) said[Number(device)]?.push(verdict);
  return said;
}

function proposeSet(watched: Watched & { readonly items: readonly string[] }, series: Series): Proposal {
  const { name, metric, operator, items } = watched;
  const devices = series.items(watched);
  const windows = devices.reduce((sum, points) => sum + points.length, 0);
  const base = { name, metric, operator, devices: devices.length, windows };
  if (windows === 0) return { ...base, verdict: 'no-data' };
  const isMember = membership(items);
  const isNormal = (item: string) => isMember(item) === (operator === 'within');
  const runs = devices.map((points) =>
    episodes(
      points.map(([, found]) => found.every(isNormal)),
      watched,
    ),
  );
  const sightings = series.sightings(watched);
  const outside = [...sightings].filter(([item]) => !isNormal(item)).sort(byFrequency);
  const unused = operator === 'within' ? items.filter((item) => ![...sightings.keys()].some(membership([item]))) : [];
  const alarms = runs.reduce((sum, run) => sum + run, 0);
  return {
    ...base,
    verdict: outside.length > 0 ? 'too-tight' : unused.length > 0 ? 'too-loose' : 'fits',
    current: { threshold: items.length, what: 'as it is', alarms, devices: runs.filter((run) => run > 0).length },
    outside: outside.slice(0, MOST_LISTED).map(([item, { times, things }]) => ({ item, times, devices: things.size })),
    unused,
  };
}

/** Whether an item is one of a set: an address in one of its ranges, or the same text. */
function membership(set: readonly string[]): (item: string) => boolean {
  const ranges = set.flatMap((member) => parseRange(member) ?? []);
  const texts = new Set(set);
  return (item) => {
    if (texts.has(item)) return true;
    const address = ranges.length === 0 ? undefined : parseAddress(item.replace(/\/(32|128)$/, ''));
    return address !== undefined && ranges.some((range) => contains(range, address));
  };
}

function byFrequency([one, first]: [string, Sighting], [other, second]: [string, Sighting]): number {
  return second.times - first.times || (one < other ? -1 : 1);
}
