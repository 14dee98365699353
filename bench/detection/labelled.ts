import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CONFIDENCES, FleetLearner } from './learner';

/**
 * The Numenta Anomaly Benchmark: measurements of machines and networks, most of them every five minutes, with windows in which
 * people found an anomaly. A. Lavin, S. Ahmad, "Evaluating real-time anomaly detection algorithms", ICMLA 2015. It is not shipped
 * here; the caller says where a copy is (a folder, or a bare repository of it).
 */
export interface Series {
  readonly name: string;
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly windows: readonly (readonly [number, number])[];
  readonly labels: readonly number[];
}

/** Those that are measurements of machines, sensors and networks, not of tweets and advertisements, nor drawn by hand. */
const FOLDERS = ['realAWSCloudwatch', 'realKnownCause', 'realTraffic'];
const PROBATION = 0.15;
const WINDOWS_A_DAY = 288;

export function loadSeries(place: string): Series[] {
  const read = (path: string): string =>
    existsSync(join(place, 'labels'))
      ? readFileSync(join(place, path), 'utf8')
      : execFileSync('git', ['-C', place, 'show', `HEAD:${path}`], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const windows = JSON.parse(read('labels/combined_windows.json')) as Record<string, [string, string][]>;
  const labels = JSON.parse(read('labels/combined_labels.json')) as Record<string, string[]>;
  const names = Object.keys(windows).filter((name) => FOLDERS.includes(name.split('/')[0] ?? ''));
  return names.sort().map((name) => {
    const rows = read(`data/${name}`)
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    const time = (text = ''): number => Date.parse(`${text.trim().slice(0, 19).replace(' ', 'T')}Z`);
    return {
      name,
      times: rows.map(([at]) => time(at)),
      values: rows.map(([, value]) => Number(value)),
      windows: (windows[name] ?? []).map(([from, to]) => [time(from), time(to)] as const),
      labels: (labels[name] ?? []).map((at) => time(at)),
    };
  });
}

export interface Score {
  readonly detector: string;
  readonly anomalies: number;
  readonly found: number;
  /** Alarms outside every window, by device and day of 288 windows. */
  readonly falseAlarmsPerDay: number;
  /** Median of the windows between the labelled moment and the first alarm in its window; what came before the moment is 0. */
  readonly delayWindows: number;
}

type Detector = (series: readonly Series[]) => boolean[][];

const probation = ({ values }: Series): number => Math.floor(values.length * PROBATION);

/** A bound on either side, at the extremes of the first 15 %, as a person sets it after a look at the first days. */
const fixed: Detector = (all) =>
  all.map((series) => {
    const seen = series.values.slice(0, probation(series));
    const [low, high] = [Math.min(...seen), Math.max(...seen)];
    return series.values.map((value) => value < low || value > high);
  });

/** The same with three consecutive datapoints to alarm: what `alarmAfter(3)` makes of it. */
const rule: Detector = (all) =>
  fixed(all).map((flags) => flags.map((_, at) => at >= 2 && [0, 1, 2].every((back) => flags[at - back] === true)));

/** Mean and standard deviation of all that was seen so far. */
function zScore(limit: number): Detector {
  return (all) =>
    all.map((series) => {
      let [count, mean, squares] = [0, 0, 0];
      return series.values.map((value) => {
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

function learned(confidence: (typeof CONFIDENCES)[number], consecutive = 1): Detector {
  return (all) => {
    const learner = new FleetLearner('amount');
    const flags = all.map(() => [] as boolean[]);
    const longest = Math.max(...all.map(({ values }) => values.length));
    for (let at = 0; at < longest; at += 1) {
      const present = all.flatMap(({ values }, index) =>
        at < values.length ? [[String(index), values[at] as number] as const] : [],
      );
      for (const [index, verdict] of learner.window(present))
        flags[Number(index)]?.push(verdict?.[confidence] ?? false);
    }
    return flags.map((one) =>
      one.map((_, at) => one.slice(Math.max(0, at - consecutive + 1), at + 1).every((flag) => flag)),
    );
  };
}

const DETECTORS: readonly (readonly [string, Detector])[] = [
  ['learned, LOW', learned('LOW')],
  ['learned, MEDIUM', learned('MEDIUM')],
  ['learned, HIGH', learned('HIGH')],
  ['learned, LOW, alarm after 2', learned('LOW', 2)],
  ['rule: extremes of the first 15 %, alarm after 3', rule],
  ['fixed threshold: the same, alarm after 1', fixed],
  ['z-score 3', zScore(3)],
  ['z-score 5', zScore(5)],
];

export function scores(all: readonly Series[]): Score[] {
  return DETECTORS.map(([detector, detect]) => score(detector, all, detect(all)));
}

function score(detector: string, all: readonly Series[], flags: readonly (readonly boolean[])[]): Score {
  const delays: number[] = [];
  let [anomalies, found, falseAlarms, windows] = [0, 0, 0, 0];
  all.forEach((series, index) => {
    const first = probation(series);
    windows += series.values.length - first;
    const raised = (flags[index] ?? []).map((flag, at) => flag && at >= first);
    const inside = (at: number): boolean => series.windows.some(([from, to]) => isWithin(series.times[at], from, to));
    raised.forEach((flag, at) => {
      if (flag && raised[at - 1] !== true && !inside(at)) falseAlarms += 1;
    });
    for (const [from, to] of series.windows) {
      const members = series.times.flatMap((time, at) => (at >= first && isWithin(time, from, to) ? [at] : []));
      if (members.length === 0) continue;
      anomalies += 1;
      const alarm = members.find((at) => raised[at]);
      if (alarm === undefined) continue;
      found += 1;
      const label = series.labels.find((time) => time >= from && time <= to) ?? from;
      delays.push(Math.max(0, members.filter((at) => (series.times[at] ?? 0) >= label && at <= alarm).length - 1));
    }
  });
  delays.sort((a, b) => a - b);
  return {
    detector,
    anomalies,
    found,
    falseAlarmsPerDay: Number(((falseAlarms / windows) * WINDOWS_A_DAY).toFixed(3)),
    delayWindows: delays[Math.floor(delays.length / 2)] ?? NaN,
  };
}

function isWithin(time: number | undefined, from: number, to: number): boolean {
  return time !== undefined && time >= from && time <= to;
}
