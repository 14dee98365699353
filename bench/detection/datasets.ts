import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scatter } from '../../lambda/evaluate-behaviors/learn';

/** What one device did, and when people say that it was not as ever. */
export interface Recorded {
  readonly name: string;
  /** One a datapoint; the unit does not matter. */
  readonly times: readonly number[];
  readonly metrics: readonly { readonly name: string; readonly scatter: Scatter; readonly values: readonly number[] }[];
  /** From and to, of `times`. */
  readonly windows: readonly (readonly [number, number])[];
  /** When it began, where it is labelled apart from the window. */
  readonly labels: readonly number[];
}

export interface DataSet {
  readonly name: string;
  /** What was normal, before the others, for the fleet to learn from. */
  readonly before: readonly Recorded[];
  readonly devices: readonly Recorded[];
}

/** A folder with a copy of a repository, or a repository of Git without a work tree. */
export class Place {
  private readonly isFolder: boolean;

  constructor(
    private readonly path: string,
    marker: string,
  ) {
    if (!existsSync(path)) throw new Error(`${path} does not exist; it must be a clone of the benchmark`);
    this.isFolder = existsSync(join(path, marker));
  }

  public read(path: string): string {
    return this.bytes(path).toString('utf8');
  }

  public bytes(path: string): Buffer {
    return this.isFolder ? readFileSync(join(this.path, path)) : this.git('show', `HEAD:${path}`);
  }

  public list(folder: string): string[] {
    const names = this.isFolder
      ? readdirSync(join(this.path, folder))
      : this.git('ls-tree', '--name-only', 'HEAD', `${folder}/`)
          .toString('utf8')
          .split('\n')
          .map((path) => path.slice(folder.length + 1));
    return names.filter((name) => name.endsWith('.csv')).sort();
  }

  private git(...args: string[]): Buffer {
    return execFileSync('git', ['-C', this.path, ...args], { maxBuffer: 2 ** 28 });
  }
}

function rowsOf(text: string, separator: string): string[][] {
  const [, ...lines] = text.trim().split('\n');
  return lines.map((line) => line.trim().split(separator));
}

/** Those that are measurements of machines, sensors and networks, not of tweets and advertisements, nor drawn by hand. */
const NAB_FOLDERS = ['realAWSCloudwatch', 'realKnownCause', 'realTraffic'];
const AMOUNT = /bytes|network|latency|request/i;

/**
 * The Numenta Anomaly Benchmark: measurements of machines and networks, most of them every five minutes, with windows in which
 * people found an anomaly. A. Lavin, S. Ahmad, "Evaluating real-time anomaly detection algorithms", ICMLA 2015. MIT license.
 *
 * @see https://github.com/numenta/NAB
 */
export function numenta(path: string): DataSet {
  const place = new Place(path, 'labels');
  const windows = JSON.parse(place.read('labels/combined_windows.json')) as Record<string, [string, string][]>;
  const labels = JSON.parse(place.read('labels/combined_labels.json')) as Record<string, string[]>;
  const time = (text = ''): number => Date.parse(`${text.trim().slice(0, 19).replace(' ', 'T')}Z`) / 1_000;
  const names = Object.keys(windows).filter((name) => NAB_FOLDERS.includes(name.split('/')[0] ?? ''));
  const devices = names.sort().map((name): Recorded => {
    const rows = rowsOf(place.read(`data/${name}`), ',');
    const scatter = AMOUNT.test(name) ? 'amount' : 'gauge';
    return {
      name,
      times: rows.map(([at]) => time(at)),
      metrics: [{ name: 'value', scatter, values: rows.map(([, value]) => Number(value)) }],
      windows: (windows[name] ?? []).map(([from, to]) => [time(from), time(to)] as const),
      labels: (labels[name] ?? []).map((at) => time(at)),
    };
  });
  return { name: 'Numenta Anomaly Benchmark', before: [], devices };
}

const SENSORS = 8;

/**
 * The Skoltech Anomaly Benchmark: eight sensors of a water circuit with a pump, read each second, while valves were closed, water
 * leaked, or the rotor lost its balance. I. D. Katser, V. O. Kozitsin, 2020. A reading stands for a window here. GPL-3.0 license.
 *
 * @see https://github.com/waico/SKAB
 */
export function skoltech(path: string): DataSet {
  const place = new Place(path, 'data');
  const read = (file: string): Recorded => {
    const rows = rowsOf(place.read(file), ';');
    const names = place.read(file).split('\n', 1)[0]?.trim().split(';') ?? [];
    return {
      name: file,
      times: rows.map((_, at) => at * 300),
      metrics: Array.from({ length: SENSORS }, (_, sensor) => ({
        name: names[sensor + 1] ?? '',
        scatter: 'gauge' as const,
        values: rows.map((row) => Number(row[sensor + 1])),
      })),
      windows: runs(rows.map((row) => Number(row[SENSORS + 1]) === 1)).map(([from, to]) => [from * 300, to * 300]),
      labels: [],
    };
  };
  const devices = ['data/valve1', 'data/valve2', 'data/other'].flatMap((folder) =>
    place.list(folder).map((name) => read(`${folder}/${name}`)),
  );
  return { name: 'Skoltech Anomaly Benchmark', before: [read('data/anomaly-free/anomaly-free.csv')], devices };
}

function runs(flags: readonly boolean[]): (readonly [number, number])[] {
  const starts = flags.flatMap((flag, at) => (flag && flags[at - 1] !== true ? [at] : []));
  return starts.map((start) => {
    const end = flags.indexOf(false, start);
    return [start, (end < 0 ? flags.length : end) - 1] as const;
  });
}
