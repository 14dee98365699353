import { WINDOW_SECONDS } from './contract';
import {
  type Circumstances,
  isWorthKeeping,
  judge,
  type Measured,
  measure,
  type Point,
  type Ruling,
  signalOf,
} from './decide';
import { devicesOf, type DeviceRecord, type KeptLesson, type Page, type Part, type Signal } from './page';
import type { Plan } from './plan';
import { join, type Lesson } from './prior';
import { addPart, type Counted } from './settle';

/** The mark of the sweep among those of shards. */
export const SWEEPER = '#sweep';
const WINDOWS_A_DAY = 86_400 / WINDOW_SECONDS;
/**
 * After so long without any metric an alarm is no longer valid, as with Device Defender.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/device-defender-troubleshoot.html
 */
export const SILENT_WINDOWS = 2 * WINDOWS_A_DAY;
/** After so long nothing is known of a device any more. */
export const FORGOTTEN_WINDOWS = 14 * WINDOWS_A_DAY;
/** A window is closed up to two minutes after its end, and a failing function tries again. */
const GRACE = 2;
/** For so long what a sweep learned waits for one that comes to its end; the fleet knows longer than this which one did. */
const UNTAUGHT_WINDOWS = 12;

/** Datapoints of a device that said nothing: how long it has been disconnected, and long windows that nothing ended. */
export function measureSilent(plan: Plan, name: string, known: DeviceRecord, now: number): Measured {
  const w = lastWindow(now);
  const record: DeviceRecord = { ...known };
  const points: Point[] = [];
  const { u } = known;
  for (const watch of plan.watches) {
    if (watch.kind === 'duration' && u?.[2] === 0)
      points.push({ watch, value: Math.max(0, Math.floor((now - u[0]) / 60_000)) });
    const { [watch.key]: held, ...rest } = record.a ?? {};
    if (held === undefined || held[0] >= Math.floor((w - GRACE) / watch.windows)) continue;
    points.push({ watch, value: held[1] });
    record.a = rest;
  }
  return { name, record, points, changed: record.a !== known.a, foreign: 0 };
}

/** Ends the alarms of a device that has been silent for too long: nobody can tell whether they still hold. */
export function invalidated(
  plan: Plan,
  name: string,
  record: DeviceRecord,
  w: number,
): { record: DeviceRecord; signals: Signal[] } {
  const standings = Object.entries(record.b ?? {});
  if (standings.length === 0 || w - record.w <= SILENT_WINDOWS) return { record, signals: [] };
  const told = plan.watches.filter(
    ({ key, kind, behavior }) => kind !== 'duration' && record.b?.[key]?.[0] === 1 && !behavior.suppressed,
  );
  const signals = told.map((watch) => signalOf(name, { watch, value: 0 }, 'invalidated', { plan, w: record.w }));
  const durations = new Set(plan.watches.filter(({ kind }) => kind === 'duration').map(({ key }) => key));
  return {
    record: { ...record, b: Object.fromEntries(standings.filter(([key]) => durations.has(key))) },
    signals: plan.document.dryRun ? [] : signals,
  };
}

export function isForgotten(record: DeviceRecord, w: number): boolean {
  return w - record.w > FORGOTTEN_WINDOWS && Object.values(record.b ?? {}).every(([alarm]) => alarm === 0);
}

/** Windows that were handed on and that nobody closed, the oldest first. */
export function orphans(plan: Plan, page: Page, w: number): { w: number; counted: Map<string, Counted> }[] {
  const parts = page.p.filter((part) => part.final === true && isOver(part, w));
  const windows = [...new Set(parts.map((part) => part.w))].sort((a, b) => a - b);
  return windows.map((window) => {
    const counted = new Map<string, Counted>();
    const mine = parts.filter((part) => part.w === window);
    for (const part of mine.toReversed()) addPart(plan, counted, part);
    return { w: window, counted };
  });
}

/** Parts that no window will ask for any more. */
export function isOver(part: Part, w: number): boolean {
  return part.w < w - GRACE;
}

export interface Swept {
  readonly page: Page;
  readonly changed: boolean;
  readonly rulings: readonly Ruling[];
  readonly silent: number;
  /** What windows that nobody closed taught, and what an earlier sweep did not come to teach the fleet; by key of the behavior. */
  readonly lessons: Readonly<Record<string, KeptLesson>>;
  /** Devices to be looked up before this can be decided. */
  readonly unknown: readonly string[];
}

/** The last window that is over. */
export function lastWindow(now: number): number {
  return Math.floor(now / (WINDOW_SECONDS * 1_000)) - 1;
}

/** All that time alone changes in a page, and nobody knew of it: `taught` is the last sweep that the fleet was taught. Pure. */
export function swept(page: Page, now: number, known: Omit<Circumstances, 'w' | 'lessons'>, taught = -1): Swept {
  const { plan } = known;
  const w = lastWindow(now);
  const lessons = new Map<string, Lesson>();
  const next: Page = { ...page, d: devicesOf(page.d), o: [...page.o], p: page.p.filter((part) => !isOver(part, w)) };
  const rulings: Ruling[] = [];
  const unknown: string[] = [];
  let changed = next.p.length !== page.p.length;
  let silent = 0;
  const apply = (measured: Measured, at: number): void => {
    const ruling = judge(measured, { ...known, lessons, w: at });
    rulings.push(ruling);
    if (ruling.unknown) unknown.push(measured.name);
    if (ruling.changed) changed = true;
    next.o.push(...ruling.signals);
    keep(next, measured.name, ruling.record);
  };
  for (const orphan of orphans(plan, page, w))
    for (const [name, counted] of orphan.counted) apply(measure(plan, name, next.d[name], counted, orphan.w), orphan.w);
  const devices = (page.c[SWEEPER] ?? -1) >= w ? [] : Object.entries(next.d);
  for (const [name, record] of devices) {
    const measured = measureSilent(plan, name, record, now);
    if (measured.points.length > 0 || measured.changed) apply(measured, w);
    const after = next.d[name];
    if (after === undefined) continue;
    const ended = invalidated(plan, name, after, w);
    if (ended.record !== after) silent += 1;
    next.o.push(...ended.signals);
    if (ended.record === after && !isForgotten(after, w)) continue;
    changed = true;
    keep(next, name, isForgotten(ended.record, w) ? undefined : ended.record);
  }
  if (changed) next.c = { ...next.c, [SWEEPER]: w };
  const told = untaught(page, lessons, w, taught);
  if (lessons.size > 0) next.t = { ...page.t, [SWEEPER]: { w, l: told } };
  return { page: next, changed, rulings, silent, lessons: told, unknown };
}

/** What is to be taught: what was learned now, and what an earlier sweep learned that stopped before it had read all pages. */
function untaught(
  page: Page,
  lessons: ReadonlyMap<string, Lesson>,
  w: number,
  taught: number,
): Record<string, KeptLesson> {
  const before = page.t?.[SWEEPER];
  const all = new Map(lessons);
  if (before !== undefined && before.w > Math.max(taught, w - UNTAUGHT_WINDOWS))
    for (const [key, lesson] of Object.entries(before.l)) join(all, key, lesson);
  return Object.fromEntries([...all].map(([key, lesson]) => [key, lesson.kept()]));
}

function keep(page: Page, name: string, record: DeviceRecord | undefined): void {
  if (record !== undefined && isWorthKeeping(record)) page.d[name] = record;
  else Reflect.deleteProperty(page.d, name);
}
