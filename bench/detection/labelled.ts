import { type Confidence, CONFIDENCES, FleetLearner } from '../../bin/cli/tune/fleet-learner';
import type { DataSet, Recorded } from './datasets';

/** The first part of each series is for looking only, as in the scores of the Numenta benchmark. */
const PROBATION = 0.15;
const WINDOWS_A_DAY = 288;

export interface Score {
  readonly detector: string;
  readonly anomalies: number;
  readonly found: number;
  /** The same by kind, where the names of the devices begin with one. */
  readonly foundByKind: Readonly<Record<string, number>>;
  /** How many a detector would find that raises as many false alarms, at random. */
  readonly byChance: number;
  /** Alarms that begin outside every anomaly, by device and day of 288 datapoints. */
  readonly falseAlarmsPerDay: number;
  /** The same by device, metric and day: what a confidence states. */
  readonly falseAlarmsPerMetricDay: number;
  /** Share of datapoints outside every anomaly that are in alarm. */
  readonly falseShare: number;
  /** Median of the datapoints between the beginning of an anomaly and its first alarm; what came before it is 0. */
  readonly delay: number;
}

/** By device, whether each datapoint is in alarm. */
type Flags = readonly (readonly boolean[])[];
type Detector = (data: DataSet) => Flags;

const lengthOf = ({ times }: Recorded): number => times.length;
const probation = (device: Recorded): number => Math.floor(lengthOf(device) * PROBATION);

/** In alarm where one of its metrics is. */
function perMetric(flagsOf: (values: readonly number[], probation: number) => readonly boolean[]): Detector {
  return ({ devices }) =>
    devices.map((device) => {
      const all = device.metrics.map(({ values }) => flagsOf(values, probation(device)));
      return device.times.map((_, at) => all.some((flags) => flags[at]));
    });
}

/** A bound on either side, at the extremes of the first 15 %, as a person sets it after a look at the first days. */
const fixed = perMetric((values, first) => {
  const seen = values.slice(0, first);
  const [low, high] = [Math.min(...seen), Math.max(...seen)];
  return values.map((value) => value < low || value > high);
});

/** Twice the highest of the first 15 %, and at least 3, as a person sets it who thinks that more is never meant. */
const twice = perMetric((values, first) => {
  const bound = Math.max(3, 2 * Math.max(...values.slice(0, first)));
  return values.map((value) => value > bound);
});

/** In alarm after so many datapoints in a row. */
function after(count: number, detector: Detector): Detector {
  return (data) =>
    detector(data).map((flags) =>
      flags.map((_, at) => at + 1 >= count && flags.slice(at + 1 - count, at + 1).every((flag) => flag)),
    );
}

/** Mean and standard deviation of all that was seen so far. */
function zScore(limit: number): Detector {
  return perMetric((values) => {
    let [count, mean, squares] = [0, 0, 0];
    return values.map((value) => {
      const deviation = Math.sqrt(squares / Math.max(count - 1, 1));
      const outside = count > 12 && Math.abs(value - mean) > limit * deviation;
      count += 1;
      const before = mean;
      mean += (value - mean) / count;
      squares += (value - before) * (value - mean);
      return outside;
    });
  });
}

function learned(confidence: Confidence): Detector {
  return ({ before, devices }) => {
    const flags = devices.map(({ times }) => times.map(() => false));
    const metrics = devices[0]?.metrics.map(({ name }) => name) ?? [];
    metrics.forEach((_, metric) => {
      const all = [...before, ...devices];
      const learner = new FleetLearner(
        (name) => all.find((one) => one.name === name)?.metrics[metric]?.scatter ?? 'gauge',
      );
      play(learner, before, metric);
      play(learner, devices, metric, (device, at, verdict) => {
        if (verdict?.[confidence] === true) (flags[device] as boolean[])[at] = true;
      });
    });
    return flags;
  };
}

type Verdict = Record<Confidence, boolean> | undefined;

function play(
  learner: FleetLearner,
  devices: readonly Recorded[],
  metric: number,
  hear?: (device: number, at: number, verdict: Verdict) => void,
): void {
  const longest = Math.max(0, ...devices.map(lengthOf));
  for (let at = 0; at < longest; at += 1) {
    const present = devices.filter((device) => at < lengthOf(device));
    const verdicts = learner.window(
      present.map(
        ({ name, metrics, times }) => [name, metrics[metric]?.values[at] as number, times[at] as number] as const,
      ),
    );
    devices.forEach(({ name }, device) => {
      if (verdicts.has(name)) hear?.(device, at, verdicts.get(name));
    });
  }
}

export function scores(data: DataSet): Score[] {
  const all = CONFIDENCES.map((confidence) => score(`learned, ${confidence}`, data, learned(confidence)));
  return [
    ...all,
    score('learned, LOW, alarm after 2', data, after(2, learned('LOW'))),
    score('rule: extremes of the first 15 %, alarm after 3', data, after(3, fixed)),
    score('fixed threshold: the same, alarm after 1', data, fixed),
    score('rule: twice the highest of the first 15 %', data, twice),
    score('z-score 3', data, zScore(3)),
    score('z-score 5', data, zScore(5)),
    ...asQuiet(data, all),
  ];
}

/** For each other detector, the z-score with the lowest limit at which it raises no more false alarms than that. */
function asQuiet(data: DataSet, others: readonly Score[]): Score[] {
  const limits = Array.from({ length: 60 }, (_, step) => Number((3 * 1.05 ** step).toPrecision(3)));
  const all = limits.map((limit) => score(`z-score ${limit}`, data, zScore(limit)));
  return others.map(({ detector, falseAlarmsPerDay }) => {
    const found = all.find((one) => one.falseAlarmsPerDay <= falseAlarmsPerDay) ?? (all.at(-1) as Score);
    return { ...found, detector: `${found.detector}, as quiet as ${detector}` };
  });
}

function score(detector: string, data: DataSet, detect: Detector): Score {
  const flags = detect(data);
  const delays: number[] = [];
  const lengths: number[] = [];
  const foundByKind: Record<string, number> = {};
  let [falseAlarms, falseWindows, windows] = [0, 0, 0];
  data.devices.forEach((device, index) => {
    const first = probation(device);
    const raised = device.times.map((_, at) => at >= first && flags[index]?.[at] === true);
    const isInside = device.times.map((time) => device.windows.some(([from, to]) => time >= from && time <= to));
    for (let at = first; at < raised.length; at += 1) {
      if (isInside[at]) continue;
      windows += 1;
      if (!raised[at]) continue;
      falseWindows += 1;
      if (raised[at - 1] !== true) falseAlarms += 1;
    }
    for (const [from, to] of device.windows) {
      const members = device.times.flatMap((time, at) => (at >= first && time >= from && time <= to ? [at] : []));
      if (members.length === 0) continue;
      lengths.push(members.length);
      const alarm = members.find((at) => raised[at]);
      if (alarm !== undefined) {
        const [kind = ''] = device.name.split('/');
        foundByKind[kind] = (foundByKind[kind] ?? 0) + 1;
      }
      const began = device.labels.find((time) => time >= from && time <= to) ?? from;
      if (alarm !== undefined)
        delays.push(members.filter((at) => (device.times[at] ?? 0) > began && at <= alarm).length);
    }
  });
  delays.sort((a, b) => a - b);
  const rate = falseAlarms / windows;
  return {
    detector,
    anomalies: lengths.length,
    found: delays.length,
    foundByKind,
    byChance: Number(lengths.reduce((sum, length) => sum + 1 - Math.exp(-rate * length), 0).toFixed(1)),
    falseAlarmsPerDay: Number((rate * WINDOWS_A_DAY).toFixed(3)),
    falseAlarmsPerMetricDay: Number(((rate * WINDOWS_A_DAY) / (data.devices[0]?.metrics.length ?? 1)).toFixed(3)),
    falseShare: Number((falseWindows / windows).toPrecision(2)),
    delay: delays[Math.floor(delays.length / 2)] ?? NaN,
  };
}
