import type { Logger } from '../shared/logger';
import { Aggregate, NO_HASHES, type Outcome } from './aggregate';
import { METRIC, WINDOW_SECONDS } from './contract';
import { boundsOf, type Circumstances, judge, measure, type Measured, percentilesOf, type Ruling } from './decide';
import { isAfter, parseInvocation, type RawRecord, type WindowPart } from './event';
import { pageKey, pageOf } from './hash';
import { type Fitted, fitted, fittingBody, inParallel, Keeper, type Loaded, recentOnly, Targets } from './keeper';
import type { Prior } from './learn';
import { devicesOf, type Page, type Part, type Teaching } from './page';
import type { Plan } from './plan';
import { join, type Lesson } from './prior';
import type { RegistryPort, SignalPort, StatePort } from './ports';
import { FOREIGN, parseRecord } from './record';
import { addPart, type Claim, claimedParts, type Counted, countedIn, partOf } from './settle';
import { lastWindow, swept, SWEEPER } from './sweep';
import { decodeState, encodeState, isState, MOST_STATE, type OpenWindow, type WindowState } from './window-state';

/** All that the function is made of. */
export interface Deps {
  readonly plan: Plan;
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly state: StatePort;
  readonly signals: SignalPort;
  readonly registry: RegistryPort;
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly log: Logger;
  /** Characters of a state that Lambda keeps; a longer one is spilled. @default MOST_STATE */
  readonly mostState?: number;
}

/** What Lambda is answered within a window. */
export interface WindowAnswer {
  readonly state: WindowState | Record<string, never>;
  readonly batchItemFailures: never[];
}

/** Cells of the counters that are held in memory, 8 bytes each; beyond, the window is spilled. */
const MOST_CELLS = 4_000_000;

type Tally = Map<string, number>;
/** Devices of a window, by the page that keeps them. */
type ByPage = ReadonlyMap<number, readonly number[]>;

/**
 * The entry: counts what arrives, and judges the devices when a window ends.
 *
 * Records are read by total functions, so one that fails is a fault of this code. It is thrown to Lambda, which bisects the batch
 * until that record is alone and sends it to the on-failure destination. It is not reported as a failed item: what becomes of the
 * state of a window then is documented nowhere, and records that are counted must stay counted.
 */
export function createHandler(deps: Deps): (event: unknown) => Promise<WindowAnswer | undefined> {
  const engine = new Engine(deps);
  return async (event) => {
    const invocation = parseInvocation(event);
    if (invocation.kind === 'window') return engine.window(invocation.part);
    await engine.sweep();
    return undefined;
  };
}

class Engine {
  private readonly keeper: Keeper;
  /** The window as it was answered last, for the next invocation of the same process. */
  private warm: { readonly answer: WindowState; readonly open: OpenWindow } | undefined;

  constructor(private readonly deps: Deps) {
    this.keeper = new Keeper(deps.state, deps.signals, deps.pause);
  }

  public async window(part: WindowPart): Promise<WindowAnswer> {
    const tally: Tally = new Map();
    const open = await this.restore(part);
    for (const record of part.records) this.take(open.aggregate, record, tally);
    if (!part.final) {
      const state = await this.hold(open, part, tally);
      this.report(tally);
      return { state, batchItemFailures: [] };
    }
    const byPage = devicesByPage(open.aggregate, open.pages);
    if (part.early || this.deps.now() < part.end) await this.spill(open, part, tally, byPage, true);
    else await this.counting((closed) => this.close(open, part, closed, byPage));
    await this.keeper.remember(part.shard, windowOf(part), open.aggregate.recent.list(), byPage.keys());
    this.report(tally);
    return { state: {}, batchItemFailures: [] };
  }

  private async restore(part: WindowPart): Promise<OpenWindow> {
    const { warm } = this;
    this.warm = undefined;
    const { q, b } = part.state as { q?: string; b?: string };
    if (warm !== undefined && warm.answer.q === q && warm.answer.b === b) return warm.open;
    const begins = !isState(part.state) && part.records.length > 0;
    const before = begins && (await this.keeper.recent(part.shard, windowOf(part), () => pagesOf(part.records)));
    return decodeState(this.deps.plan, part.state, before || NO_HASHES);
  }

  private take(aggregate: Aggregate, record: RawRecord, tally: Tally): void {
    if (!isAfter(record.sequence, aggregate.sequence)) return;
    const fact = factOf(record);
    if (fact.ok) add(tally, OUTCOME[aggregate.add(fact.value, record.arrival)]);
    else add(tally, fact.reason === FOREIGN ? METRIC.foreign : METRIC.refused);
    aggregate.sequence = record.sequence;
  }

  /** The state for the next invocation; what is too large for it goes into the table. */
  private async hold(open: OpenWindow, part: WindowPart, tally: Tally): Promise<WindowState> {
    const fits = open.aggregate.cells <= MOST_CELLS;
    const state = fits ? encodeState(open) : undefined;
    if (
      state !== undefined &&
      state.b.length + state.r.length + state.s.length + state.k.length * 11 <= (this.deps.mostState ?? MOST_STATE)
    ) {
      this.warm = { answer: state, open };
      return state;
    }
    const pages = await this.spill(open, part, tally, devicesByPage(open.aggregate, []), false);
    const { aggregate } = open;
    const rest = new Aggregate(this.deps.plan, aggregate.recent.list());
    rest.sequence = aggregate.sequence;
    return encodeState({
      aggregate: rest,
      parts: [...open.parts, aggregate.sequence],
      pages: new Set([...open.pages, ...pages]),
    });
  }

  /** Keeps a part of the window. A final one is the last, though the window is not over: whoever has the next part closes it. */
  private async spill(
    open: OpenWindow,
    part: WindowPart,
    tally: Tally,
    byPage: ByPage,
    final: boolean,
  ): Promise<readonly number[]> {
    const { plan } = this.deps;
    const { aggregate } = open;
    const of = { w: windowOf(part), shard: part.shard, seq: aggregate.sequence, ...(final ? { final } : {}) } as const;
    await inParallel([...byPage], async ([at, devices]) => {
      const mine = partOf(plan, countedIn(aggregate, devices), of);
      const loaded = await this.keeper.load(pageKey(at));
      const left = await this.keeper.change(loaded, (page) => Promise.resolve(withPart(page, mine, open.parts, final)));
      add(tally, METRIC.overflowed, left);
    });
    add(tally, METRIC.spilled);
    return [...byPage.keys()];
  }

  private async close(open: OpenWindow, part: WindowPart, tally: Tally, byPage: ByPage): Promise<void> {
    const { plan } = this.deps;
    const closing = new Closing(open, part, plan);
    const pages: { loaded: Loaded; measured: readonly Measured[]; devices: readonly number[] }[] = [];
    await inParallel([...byPage], async ([at, devices]) => {
      const loaded = await this.keeper.load(pageKey(at));
      pages.push({ loaded, devices, measured: closing.measured(loaded.page, devices) });
    });
    const pinned = pages.map(({ loaded }) => closing.taught(loaded.page)?.b).find((b) => b !== undefined);
    const priors = pinned ?? (plan.learns ? (await this.keeper.fleet()).fleet.b : {});
    const ranked = plan.watches.some(({ kind }) => kind === 'percentile');
    const found = ranked ? percentilesOf(plan, all(pages)) : {};
    const percentiles = ranked ? await this.keeper.percentiles(part.shard, closing.w, found) : found;
    const bounds = boundsOf(plan, percentiles, priors);
    const lessons = new Map<string, Lesson>();
    const targets = new Targets(this.deps.registry, this.deps.groups);
    let isPinned = pinned !== undefined || !plan.learns;
    const run = async ({ loaded, devices, measured }: (typeof pages)[number]): Promise<void> => {
      let first: readonly Measured[] | undefined = measured;
      const result = await this.keeper.change(loaded, async (page) => {
        const again = first ?? closing.measured(page, devices);
        first = undefined;
        return this.ruled(page, again, closing, { priors, bounds, targets, isPinned });
      });
      for (const [key, lesson] of Object.entries(result.lessons)) join(lessons, key, lesson);
      this.tell(tally, result.rulings);
      add(tally, METRIC.overflowed, result.left);
      add(tally, METRIC.foreign, result.foreign);
      if (result.isWritten) isPinned = true;
    };
    // The page that is written first keeps by what the window is judged, so it is written before any other is.
    let at = 0;
    for (; !isPinned && at < pages.length; at += 1) await run(pages[at] as (typeof pages)[number]);
    await inParallel(pages.slice(at), run);
    if (plan.learns) add(tally, METRIC.held, await this.keeper.teach(lessons, part.shard, closing.w));
    add(tally, METRIC.closed);
  }

  /** Judges the devices of a page; those that must be looked up first are, and all are judged again. */
  private async ruled(
    page: Page,
    measured: readonly Measured[],
    closing: Closing,
    known: {
      priors: Readonly<Record<string, Prior>>;
      bounds: Circumstances['bounds'];
      targets: Targets;
      isPinned: boolean;
    },
  ) {
    if (closing.isClosed(page)) {
      // What it taught may not have come to the fleet.
      return { page: undefined, result: { ...NOTHING, lessons: closing.taught(page)?.l ?? {} } };
    }
    for (;;) {
      const lessons = new Map<string, Lesson>();
      const circumstances: Circumstances = {
        plan: this.deps.plan,
        w: closing.w,
        priors: known.priors,
        bounds: known.bounds,
        lessons,
        targetsOf: (name) => known.targets.of(name),
      };
      const rulings = measured.map((one) => ({ one, ruling: judge(one, circumstances) }));
      const unknown = rulings.filter(({ ruling }) => ruling.unknown).map(({ one }) => one.name);
      if (unknown.length > 0) {
        await known.targets.lookUp(unknown);
        continue;
      }
      const l = Object.fromEntries([...lessons].map(([key, lesson]) => [key, lesson.kept()]));
      const teaching = { w: closing.w, l, ...(known.isPinned ? {} : { b: known.priors }) };
      const { page: next, body, left } = closing.written(page, rulings, teaching);
      const foreign = measured.reduce((sum, one) => sum + one.foreign, 0);
      const told = rulings.map(({ ruling }) => ruling);
      return { page: next, body, result: { rulings: told, lessons: l, left, foreign, isWritten: next !== undefined } };
    }
  }

  public async sweep(): Promise<void> {
    await this.counting((tally) => this.sweepInto(tally));
  }

  private async sweepInto(tally: Tally): Promise<void> {
    const { plan, registry, groups, now } = this.deps;
    const targets = new Targets(registry, groups);
    const { b: priors, c: taught } = plan.learns ? (await this.keeper.fleet()).fleet : { b: {}, c: {} };
    const bounds = boundsOf(plan, {}, priors);
    const lessons = new Map<string, Lesson>();
    const at = now();
    await this.keeper.each(async (loaded) => {
      const result = await this.keeper.change(loaded, async (page) => {
        for (;;) {
          const known = { plan, bounds, priors, targetsOf: (name: string) => targets.of(name) };
          const done = swept(page, at, known, taught[SWEEPER]);
          if (done.unknown.length === 0) return { page: done.changed ? done.page : undefined, result: done };
          await targets.lookUp(done.unknown);
        }
      });
      for (const [key, lesson] of Object.entries(result.lessons)) join(lessons, key, lesson);
      this.tell(tally, result.rulings, false);
      add(tally, METRIC.silent, result.silent);
    });
    if (lessons.size > 0) add(tally, METRIC.held, await this.keeper.teach(lessons, SWEEPER, lastWindow(at)));
  }

  /** What was done is counted, though what comes after it fails: it is not done again. */
  private async counting(run: (tally: Tally) => Promise<void>): Promise<void> {
    const tally: Tally = new Map();
    try {
      await run(tally);
    } finally {
      this.report(tally);
    }
  }

  private tell(tally: Tally, rulings: readonly Ruling[], counted = true): void {
    if (counted) add(tally, METRIC.devices, rulings.length);
    for (const { training, alarms, withheld } of rulings) {
      add(tally, METRIC.training, training);
      add(tally, METRIC.alarms, alarms);
      add(tally, METRIC.withheld, withheld);
    }
  }

  private report(tally: Tally): void {
    for (const [metric, value] of tally) if (value > 0) this.deps.log.count(metric, value);
  }
}

const OUTCOME: Readonly<Record<Outcome, string>> = {
  counted: METRIC.records,
  duplicate: METRIC.records,
  late: METRIC.late,
  cut: METRIC.cut,
};
const NOTHING = { rulings: [] as Ruling[], left: 0, foreign: 0, isWritten: false };

/** One window of one shard that is being closed. */
class Closing {
  public readonly w: number;
  private readonly heard: ReadonlySet<string>;

  constructor(
    private readonly open: OpenWindow,
    private readonly part: WindowPart,
    private readonly plan: Plan,
  ) {
    this.w = windowOf(part);
    this.heard = new Set(open.aggregate.names);
  }

  /** Done before, by an invocation that did not come to its end. */
  public isClosed(page: Page): boolean {
    return (page.c[this.part.shard] ?? -1) >= this.w;
  }

  /** What an invocation that did not come to its end kept of this window. */
  public taught(page: Page): Teaching | undefined {
    const teaching = page.t?.[this.part.shard];
    return teaching?.w === this.w ? teaching : undefined;
  }

  public measured(page: Page, devices: readonly number[]): readonly Measured[] {
    const counted = new Map<string, Counted>(countedIn(this.open.aggregate, devices));
    for (const part of this.claimed(page).claimed.toReversed()) addPart(this.plan, counted, part);
    return [...counted].map(([name, one]) => measure(this.plan, name, page.d[name], one, this.w));
  }

  private claimed(page: Page) {
    const spilled = new Set(this.open.parts);
    const claimOf = ({ w, shard, seq, final }: Part): Claim => {
      const own = shard === this.part.shard;
      if (w === this.w && own && (final === true || spilled.has(seq))) return 'all';
      // Of a shard that was split each half has some of the devices, and closes the window for those alone.
      if (w === this.w && final === true) return 'heard';
      // What a failed invocation left: the one that succeeded has it all.
      return final !== true && own && w <= this.w ? 'stale' : 'none';
    };
    return claimedParts(page, claimOf, this.heard);
  }

  public written(
    page: Page,
    rulings: readonly { one: Measured; ruling: Ruling }[],
    teaching: Teaching,
  ): Fitted | { page: undefined; body: undefined; left: 0 } {
    const { claimed, rest } = this.claimed(page);
    if (claimed.length === 0 && rest.length === page.p.length && rulings.every(({ ruling }) => !ruling.changed))
      return { page: undefined, body: undefined, left: 0 };
    const next: Page = { ...page, d: devicesOf(page.d), p: rest, o: [...page.o] };
    next.c = { ...recentOnly(page.c, this.w), [this.part.shard]: this.w };
    if (this.plan.learns) {
      const others = Object.entries(page.t ?? {}).filter(([shard]) => next.c[shard] !== undefined);
      next.t = { ...Object.fromEntries(others), [this.part.shard]: teaching };
    }
    const newcomers: string[] = [];
    for (const { one, ruling } of rulings) {
      if (!ruling.changed) continue;
      next.o.push(...ruling.signals);
      if (ruling.record === undefined) Reflect.deleteProperty(next.d, one.name);
      else {
        if (next.d[one.name] === undefined) newcomers.push(one.name);
        next.d[one.name] = ruling.record;
      }
    }
    return fitted(next, newcomers);
  }
}

/** A page with a part more; handed on with it is what the window had spilled there before. */
function withPart(page: Page, mine: Part, spilled: readonly string[], final: boolean) {
  const devices = Object.keys(mine.devices).length;
  const isMine = ({ w, shard, seq }: Part): boolean => w === mine.w && shard === mine.shard && seq === mine.seq;
  const others = devices === 0 ? page.p : page.p.filter((part) => !isMine(part));
  const handed = others.map((part) =>
    final && part.w === mine.w && part.shard === mine.shard && spilled.includes(part.seq) ? { ...part, final } : part,
  );
  const next: Page = { ...page, p: devices === 0 ? handed : [...handed, mine] };
  const body = fittingBody(next);
  const fits = body !== undefined;
  return { page: (fits ? next : { ...page, p: handed }) as Page | undefined, body, result: fits ? 0 : devices };
}

function factOf({ data }: RawRecord): ReturnType<typeof parseRecord> {
  return parseRecord(Buffer.from(data, 'base64').toString('utf8'));
}

function pagesOf(records: readonly RawRecord[]): number[] {
  return records.flatMap((record) => {
    const fact = factOf(record);
    return fact.ok ? [pageOf(fact.value.device)] : [];
  });
}

function devicesByPage(aggregate: Aggregate, pages: Iterable<number>): Map<number, number[]> {
  const byPage = new Map<number, number[]>([...pages].map((page) => [page, []]));
  for (const [device, name] of aggregate.names.entries()) {
    const page = pageOf(name);
    const devices = byPage.get(page);
    if (devices === undefined) byPage.set(page, [device]);
    else devices.push(device);
  }
  return byPage;
}

function* all(pages: readonly { readonly measured: readonly Measured[] }[]): Iterable<Measured> {
  for (const { measured } of pages) yield* measured;
}

function windowOf({ start }: WindowPart): number {
  return Math.floor(start / (WINDOW_SECONDS * 1_000));
}

function add(tally: Tally, metric: string, value = 1): void {
  tally.set(metric, (tally.get(metric) ?? 0) + value);
}
