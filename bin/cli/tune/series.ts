import { ALL_TOPICS } from '../../../lambda/evaluate-behaviors/contract';
import { inSelection } from '../../../lambda/evaluate-behaviors/topic-match';
import { METRIC_IDS, METRICS } from '../../../lib/detection/metrics';
import type { Observation } from './observe';
import type { Scope, Watched } from './watched';

/** One window of one device. */
export type Point = readonly [start: number, value: number];

/** Windows and devices that are held in memory at once: some hundred megabytes. */
const MOST_POINTS = 5_000_000;
/** Distinct items of one metric; more are of no use to a person. */
const MOST_ITEMS = 10_000;
const BASE_MS = 300_000;

/** Metrics of which a window has the sum of what was counted; of others it has the highest value, and the lowest. */
const SUMMED: ReadonlySet<string> = new Set(
  METRIC_IDS.filter((id) => METRICS[id].window === 'always' && !/port-count$/.test(id)),
);

/** Who had an item, and how often. */
export interface Sighting {
  times: number;
  readonly things: Set<string>;
}

/** What was seen of the metrics that behaviors measure: nothing else is kept. */
export class Series {
  private readonly values = new Map<string, Map<string, Map<number, number>>>();
  private readonly lists = new Map<string, Map<string, Map<number, string[]>>>();
  /** The lowest value of each window, of metrics of which a behavior states how low they may be. */
  private readonly lowest = new Map<string, Map<string, Map<number, number>>>();
  private points = 0;

  /** What is kept of each metric: once for all messages, and once for each choice of topics that behaviors make. */
  private readonly kept = new Map<string, Map<string, Scope | undefined>>();
  private readonly fromBelow: ReadonlySet<string>;
  /** The values that came with a version, by metric, device and time: others may take their place. */
  private readonly versions = new Map<string, readonly [version: number, value: number]>();

  constructor(
    watched: readonly Pick<Watched, 'metric' | 'operator' | 'scope'>[],
    private readonly most = MOST_POINTS,
  ) {
    for (const behavior of watched) below(this.kept, behavior.metric).set(keyOf(behavior), behavior.scope);
    this.fromBelow = new Set(watched.filter(isFromBelow).map(keyOf));
  }

  public add(observation: Observation): void {
    if (observation.kind === 'topic') return;
    for (const [key, scope] of this.kept.get(observation.metric) ?? [])
      if (isAbout(observation, scope)) {
        if (observation.kind === 'items') this.addItems(key, observation);
        else this.addValue(key, observation);
      }
  }

  private addItems(key: string, { thing, time, items }: Extract<Observation, { kind: 'items' }>): void {
    const windows = below(below(this.lists, key), thing);
    const start = Math.floor(time / BASE_MS) * BASE_MS;
    const known = windows.get(start);
    if (known === undefined) this.count();
    const fresh = items.filter((item) => known?.includes(item) !== true);
    if (fresh.length > 0 || known === undefined) windows.set(start, [...(known ?? []), ...fresh].slice(0, MOST_ITEMS));
  }

  private addValue(key: string, observation: Extract<Observation, { kind: 'value' }>): void {
    const { metric, thing, time, value } = observation;
    const start = Math.floor(time / BASE_MS) * BASE_MS;
    const before = this.replaced(key, observation);
    if (before === undefined) return;
    const windows = below(below(this.values, key), thing);
    const known = windows.get(start);
    if (known === undefined) this.count();
    const next = SUMMED.has(metric) ? (known ?? 0) + value - before : Math.max(known ?? value, value);
    windows.set(start, next);
    if (SUMMED.has(metric) || !this.fromBelow.has(key)) return;
    const low = below(below(this.lowest, key), thing);
    low.set(start, Math.min(low.get(start) ?? value, value));
  }

  /** The value that another one takes the place of, 0 where there is none; undefined where it does not count. */
  private replaced(key: string, { thing, time, value, version }: Extract<Observation, { kind: 'value' }>) {
    if (version === undefined) return 0;
    const at = `${key} ${thing} ${time}`;
    const [known, before] = this.versions.get(at) ?? [-Infinity, 0];
    if (known >= version) return undefined;
    this.versions.set(at, [version, value]);
    return before;
  }

  /** The windows of each device in their order, of the length that a behavior judges. */
  public numbers(watched: Watched): Point[][] {
    const { metric, windowSeconds } = watched;
    const isLow = isFromBelow(watched) && !SUMMED.has(metric);
    const devices = (isLow ? this.lowest : this.values).get(keyOf(watched)) ?? new Map<string, Map<number, number>>();
    const together = SUMMED.has(metric) ? sum : isLow ? Math.min : Math.max;
    return [...devices.values()].map((windows) => regroup(windows, windowSeconds * 1_000, together));
  }

  /** The same for lists. */
  public items(watched: Watched): (readonly [start: number, items: readonly string[]])[][] {
    const devices = this.lists.get(keyOf(watched)) ?? new Map<string, Map<number, string[]>>();
    return [...devices.values()].map((windows) => [...windows].sort(([one], [other]) => one - other));
  }

  /** Every item of a metric, by how many devices had it. */
  public sightings(watched: Watched): Map<string, Sighting> {
    const sightings = new Map<string, Sighting>();
    for (const [thing, windows] of this.lists.get(keyOf(watched)) ?? [])
      for (const items of windows.values())
        for (const item of items) {
          const known = sightings.get(item) ?? { times: 0, things: new Set<string>() };
          known.times += 1;
          known.things.add(thing);
          if (sightings.size < MOST_ITEMS) sightings.set(item, known);
        }
    return sightings;
  }

  /** Whether a window without a value is one of zero: what is counted, and was not there. */
  public countsZeros({ metric }: Watched): boolean {
    return SUMMED.has(metric);
  }

  private count(): void {
    this.points += 1;
    if (this.points > this.most)
      throw new Error(`the logs have more than ${this.most} windows of devices; give fewer days, or fewer devices`);
  }
}

function below<V>(map: Map<string, Map<string, V>> | Map<string, V>, key: string): Map<never, never> & V {
  const known = (map as Map<string, unknown>).get(key) ?? new Map();
  (map as Map<string, unknown>).set(key, known);
  return known as Map<never, never> & V;
}

function keyOf({ metric, scope }: Pick<Watched, 'metric' | 'scope'>): string {
  return scope === undefined ? metric : `${metric} ${JSON.stringify(scope)}`;
}

/** Whether what a line says is about the messages of a scope: what does not say its topic is about all of them. */
function isAbout(observation: Exclude<Observation, { kind: 'topic' }>, scope: Scope | undefined): boolean {
  const { topic, selection, dimension, thing } = observation;
  if (selection !== undefined) return selection === (scope === undefined ? ALL_TOPICS : scope.selection);
  if (scope === undefined) return dimension === undefined;
  const { filters, excluded } = scope;
  if (dimension !== undefined) return dimension.name === scope.dimension && dimension.excluded === excluded;
  return topic !== undefined && filters !== undefined && inSelection({ filters, excluded }, topic, thing);
}

function isFromBelow({ operator }: Pick<Watched, 'operator'>): boolean {
  return operator === 'greaterThan' || operator === 'atLeast';
}

function sum(one: number, other: number): number {
  return one + other;
}

function regroup(
  windows: ReadonlyMap<number, number>,
  length: number,
  together: (one: number, other: number) => number,
): Point[] {
  const grouped = new Map<number, number>();
  for (const [time, value] of windows) {
    const start = Math.floor(time / length) * length;
    const known = grouped.get(start);
    grouped.set(start, known === undefined ? value : together(known, value));
  }
  return [...grouped].sort(([one], [other]) => one - other);
}
