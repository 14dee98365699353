import { createHash } from 'node:crypto';
import { MESSAGE } from '../shared/incident/contract';
import { isNewer, verdictsOf } from './aggregate';
import { TARGETS, WINDOW_SECONDS } from './contract';
import { conforms, percentileOf } from './judge';
import { hourOf } from './hours';
import { boundOf, learn, type Prior } from './learn';
import type { DeviceRecord, Signal, Standing } from './page';
import type { Plan, Watch } from './plan';
import { isPrior, Lesson } from './prior';
import { type Counted, settled } from './settle';

/** One value that a behavior is judged by. */
export interface Point {
  readonly watch: Watch;
  /** A number, or a run of verdicts. */
  readonly value: number;
  /** The first value outside the normal, where there are several. */
  readonly example?: string;
}

export interface Measured {
  readonly name: string;
  readonly record: DeviceRecord;
  readonly points: readonly Point[];
  /** Whether there is something to be written. */
  readonly changed: boolean;
  readonly foreign: number;
}

/** How often a device that changes in nothing else is noted as alive: an hour. */
const NOTE_EVERY = 12;

/** What a window adds to what is known of a device. Pure; the record that is given stays as it is. */
export function measure(
  plan: Plan,
  name: string,
  known: DeviceRecord | undefined,
  counted: Counted,
  w: number,
): Measured {
  const { values, foreign } = settled(plan, known, counted);
  const late = counted.extra?.late === true;
  const record: DeviceRecord = { ...known, w: late ? (known?.w ?? w) : Math.max(w, known?.w ?? 0) };
  let changed = known === undefined || late ? false : w - known.w >= NOTE_EVERY;
  if (plan.learns && record.f === undefined && !late) {
    record.f = w;
    changed = true;
  }
  if (remember(plan, record, known, counted)) changed = true;
  const points: Point[] = [];
  for (const watch of plan.watches) {
    if (watch.slot < 0) continue;
    const cell = values[watch.slot] as number;
    const none = late ? undefined : plan.counters[watch.slot]?.absent;
    const value = Number.isNaN(cell) ? none : cell;
    const example = counted.extra?.examples.get(watch.slot);
    if (watch.windows > 1) changed = lengthen(record, watch, value, w, points) || changed;
    else if (value !== undefined) points.push({ watch, value, example });
  }
  if (record.u?.[2] === 1)
    for (const watch of plan.watches) if (watch.kind === 'duration') points.push({ watch, value: 0 });
  return { name, record, points, changed, foreign };
}

function remember(plan: Plan, record: DeviceRecord, known: DeviceRecord | undefined, { extra }: Counted): boolean {
  const ids = extra?.ids ?? [];
  const changed = ids.length > 0 || known?.i !== undefined;
  record.i = ids.length > 0 ? ids : undefined;
  if (extra?.presence === undefined) return changed;
  // Events come out of order over the end of a window, too.
  if (known?.u !== undefined && !isNewer(extra.presence, known.u)) return changed;
  if (plan.presence) record.u = extra.presence;
  if (plan.principals) record.p = extra.principal ?? record.p;
  return true;
}

/** A window that is longer than one of the stream: a datapoint when its last part is in, or when a later one has begun. */
function lengthen(record: DeviceRecord, watch: Watch, value: number | undefined, w: number, points: Point[]): boolean {
  const held = record.a?.[watch.key];
  const index = Math.floor(w / watch.windows);
  if (held === undefined && value === undefined) return false;
  const rest = Object.fromEntries(Object.entries(record.a ?? {}).filter(([key]) => key !== watch.key));
  if (held !== undefined && held[0] < index) points.push({ watch, value: held[1] });
  const before = held !== undefined && held[0] === index ? held[1] : undefined;
  const sum = folded(watch, before, value);
  const ends = (w + 1) % watch.windows === 0;
  if (ends && sum !== undefined) points.push({ watch, value: sum });
  record.a = ends || sum === undefined ? rest : { ...rest, [watch.key]: [index, sum] };
  return true;
}

function folded({ fold }: Watch, before: number | undefined, value: number | undefined): number | undefined {
  if (before === undefined || value === undefined) return before ?? value;
  if (fold === 'max') return Math.max(before, value);
  if (fold === 'min') return Math.min(before, value);
  return fold === 'sum' ? before + value : value;
}

/** The percentiles of what all devices of the window did, by key of the behavior. */
export function percentilesOf(plan: Plan, measured: Iterable<Measured>): Record<string, number> {
  const ranked = plan.watches.filter(({ kind }) => kind === 'percentile');
  const values = new Map(ranked.map((watch) => [watch, [] as number[]]));
  for (const { points } of measured) for (const { watch, value } of points) values.get(watch)?.push(value);
  const bounds: Record<string, number> = {};
  for (const [watch, list] of values) {
    const bound = percentileOf(Float64Array.from(list), String(watch.behavior.percentile));
    if (bound !== undefined) bounds[watch.key] = bound;
  }
  return bounds;
}

/** The bounds that no behavior states: percentiles, and what the fleet has taught. */
export function boundsOf(
  plan: Plan,
  percentiles: Readonly<Record<string, number>>,
  priors: Readonly<Record<string, Prior>>,
): ReadonlyMap<Watch, number> {
  return new Map(
    plan.watches.flatMap((watch): [Watch, number][] => {
      const { confidence } = watch.behavior;
      const bound = confidence === undefined ? percentiles[watch.key] : learnedBound(priors[watch.key], confidence);
      return bound === undefined ? [] : [[watch, bound]];
    }),
  );
}

function learnedBound(prior: Prior | undefined, confidence: NonNullable<Watch['behavior']['confidence']>) {
  return isPrior(prior) ? boundOf(prior, confidence) : undefined;
}

/** What judging needs to know besides the device. */
export interface Circumstances {
  readonly plan: Plan;
  readonly w: number;
  /** Percentiles, and distances beyond which a learned normal is left; absent where there is none yet. */
  readonly bounds: ReadonlyMap<Watch, number>;
  readonly priors: Readonly<Record<string, Prior>>;
  /** Targets that a device belongs to, where they are known. */
  readonly targetsOf: (name: string, record: DeviceRecord) => readonly string[] | undefined;
  readonly lessons: Map<string, Lesson>;
}

export interface Ruling {
  /** Undefined: nothing is to be kept of the device. */
  readonly record: DeviceRecord | undefined;
  readonly changed: boolean;
  readonly signals: readonly Signal[];
  readonly training: number;
  readonly alarms: number;
  readonly withheld: number;
  /** Nobody knows whether the device is one that a behavior is for: look it up, and judge again. */
  readonly unknown: boolean;
}

/** Judges a device by its datapoints. Pure, but for the lesson that the fleet is taught. */
export function judge(measured: Measured, now: Circumstances): Ruling {
  const bench = new Bench(measured, now);
  for (const point of measured.points) bench.hear(point);
  return bench.rule();
}

class Bench {
  private readonly record: DeviceRecord;
  private readonly signals: Signal[] = [];
  private standings: Record<string, Standing> | undefined;
  private changed: boolean;
  private training = 0;
  private alarms = 0;
  private withheld = 0;
  private turns = 0;
  private unknown = false;

  constructor(
    private readonly measured: Measured,
    private readonly now: Circumstances,
  ) {
    this.record = { ...measured.record };
    this.changed = measured.changed;
  }

  public hear(point: Point): void {
    const { watch, value } = point;
    if (!this.concerns(watch)) return;
    switch (watch.kind) {
      case 'verdict':
        for (const violated of verdictsOf(value)) this.datapoint(point, violated, watch.behavior.threshold);
        return;
      case 'learned':
        return this.hearLearned(point);
      case 'percentile': {
        const bound = this.now.bounds.get(watch);
        if (bound !== undefined) this.datapoint(point, !conforms(watch.behavior.operator, value, bound), bound);
        return;
      }
      default: {
        const { operator, threshold } = watch.behavior;
        this.datapoint(point, !conforms(operator, value, threshold as number), threshold);
      }
    }
  }

  public rule(): Ruling {
    const { record, signals, training, alarms, withheld, unknown, changed } = this;
    const kept = isWorthKeeping(record) ? record : undefined;
    return { record: kept, changed, signals, training, alarms, withheld, unknown };
  }

  private hearLearned(point: Point): void {
    const { key, scatter } = point.watch;
    const known = this.now.priors[key];
    const prior = isPrior(known) ? known : undefined;
    const judged = learn(point.value, scatter, hourOf(this.now.w * WINDOW_SECONDS), this.record.l?.[key], prior);
    this.record.l = { ...this.record.l, [key]: judged.learned };
    this.changed = true;
    const lesson = this.now.lessons.get(key) ?? new Lesson();
    this.now.lessons.set(key, lesson);
    lesson.add(judged);
    const bound = this.now.bounds.get(point.watch);
    const { distance } = judged;
    if (bound === undefined || distance === undefined) this.training += 1;
    else this.datapoint(point, distance > bound, judged.valueAt(bound), distance);
  }

  /** A device that has left a group is not held to the group's normal any more. */
  private concerns({ behavior, key }: Watch): boolean {
    if (behavior.target === TARGETS.all) return true;
    const targets = this.now.targetsOf(this.measured.name, this.record);
    if (targets === undefined || targets.includes(behavior.target)) return true;
    if (this.record.b?.[key] !== undefined) this.stand(key, [0, 0]);
    return false;
  }

  private datapoint(point: Point, violated: boolean, bound: number | undefined, distance?: number): void {
    const { behavior, key } = point.watch;
    const [alarm, streak] = this.record.b?.[key] ?? [0, 0];
    const away = alarm === 1 ? !violated : violated;
    const next = away ? streak + 1 : 0;
    const needed = alarm === 1 ? behavior.datapointsToClear : behavior.datapointsToAlarm;
    if (next < needed) {
      if (next !== streak) this.stand(key, [alarm, next]);
      return;
    }
    if (alarm === 0 && !this.isSure(behavior.target)) return;
    this.stand(key, alarm === 1 ? [0, 0] : [1, 0]);
    if (alarm === 0) this.alarms += 1;
    this.tell(point, alarm === 1 ? 'cleared' : 'alarm', bound, distance);
  }

  /** Nothing is said of a device before it is known that the behavior is for it. */
  private isSure(target: string): boolean {
    if (target === TARGETS.all || this.now.targetsOf(this.measured.name, this.record) !== undefined) return true;
    this.unknown = true;
    return false;
  }

  private stand(key: string, standing: Standing): void {
    // A copy, once: the record that was given stays as it is, and there may be hundreds of behaviors.
    this.standings ??= { ...this.record.b };
    this.record.b = this.standings;
    Reflect.deleteProperty(this.standings, key);
    if (standing[0] !== 0 || standing[1] !== 0) this.standings[key] = standing;
    this.changed = true;
  }

  private tell(point: Point, phase: Signal['phase'], bound: number | undefined, distance: number | undefined): void {
    const { document } = this.now.plan;
    const { behavior, kind } = point.watch;
    const age = (this.now.w - (this.record.f ?? this.now.w)) * WINDOW_SECONDS;
    const tried = kind === 'learned' && age < document.learnedDryRunSeconds;
    if (behavior.suppressed || document.dryRun || tried) this.withheld += 1;
    else this.signals.push(signalOf(this.measured.name, point, phase, this.now, { bound, distance, turn: this.turns }));
    this.turns += 1;
  }
}

/** The signal of a transition; the same for the same device, behavior and window, however often it is decided. */
export function signalOf(
  name: string,
  { watch, value, example }: Point,
  phase: Signal['phase'],
  { plan, w }: Pick<Circumstances, 'plan' | 'w'>,
  { bound, distance, turn = 0 }: { bound?: number; distance?: number; turn?: number } = {},
): Signal {
  const { behavior, kind, reported } = watch;
  const about = `${plan.document.detector}/${behavior.name}`;
  const time = (w + 1) * WINDOW_SECONDS * 1_000;
  const learned = kind === 'learned' || kind === 'percentile';
  return {
    schema: MESSAGE.signal,
    id: createHash('sha256').update(`${about}/${name}/${w}/${turn}/${phase}`).digest('hex'),
    time,
    thingName: name,
    phase,
    kind: learned ? 'anomaly' : 'behavior',
    severity: behavior.severity,
    about: about.slice(0, 128),
    evidence: {
      metric: behavior.metric,
      ...(kind === 'verdict' ? {} : { value }),
      ...(example === undefined ? {} : { example }),
      ...(behavior.operator === undefined ? {} : { normal: behavior.operator }),
      ...(bound === undefined ? {} : { bound: Number(bound.toPrecision(12)) }),
      ...(distance === undefined ? {} : { distance: Number(distance.toPrecision(4)) }),
      seconds: watch.windows * WINDOW_SECONDS,
    },
    ...(reported ? { reportedBy: name } : {}),
  };
}

/** Whether anything of a device must be known in its next window. */
export function isWorthKeeping({ f, p, u, i, b, a, l }: DeviceRecord): boolean {
  return (
    [f, p, u, i, l].some((part) => part !== undefined) || [b, a].some((part) => Object.keys(part ?? {}).length > 0)
  );
}
