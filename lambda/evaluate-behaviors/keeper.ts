import { type Hashes, NO_HASHES } from './aggregate';
import { decodePage, emptyPage, encodePage, MOST_PAGE, MOST_WRITTEN, type Page, type Signal } from './page';
import type { Prior } from './learn';
import {
  decodeMemory,
  encodeMemory,
  inherited,
  isTold,
  type Lists,
  type Memory,
  parentsOf,
  type Shards,
  type Span,
  spanOf,
  withShard,
} from './memory';
import type { Lesson } from './prior';
import { STATE, TARGETS } from './contract';
import type { Item, RegistryPort, SignalPort, StatePort } from './ports';

const ROUNDS = 12;
const AT_ONCE = 16;
/** How many read the table at once, each at most 1 MB. */
const SHARES = 4;

/** A page as it was read. */
export interface Loaded {
  readonly key: string;
  readonly version: number;
  readonly page: Page;
}

/** What a change of a page comes to: the page to be written, as bytes too where they are known, or nothing to be written. */
export type Change<T> = { readonly page: Page | undefined; readonly body?: Uint8Array | undefined; readonly result: T };

/** What all devices of the fleet have in common, by behavior, and which windows of which shards are in it. */
export interface Fleet {
  readonly b: Readonly<Record<string, Prior>>;
  readonly c: Readonly<Record<string, number>>;
}

/** By key of the behavior. */
export type Percentiles = Readonly<Record<string, number>>;
type KeptBounds = { readonly w: number; readonly b: Percentiles };

/** Reads and writes pages, so that whoever was slower reads again and decides again. */
export class Keeper {
  constructor(
    private readonly state: StatePort,
    private readonly signals: SignalPort,
    private readonly pause: (milliseconds: number) => Promise<void>,
  ) {}

  public async load(key: string): Promise<Loaded> {
    const item = await this.state.load(key);
    return item === undefined ? { key, version: 0, page: emptyPage() } : loadedOf(item);
  }

  /**
   * Runs with each page that there is. It asks for what the table has: a page of which nothing was ever written costs nothing. Four
   * read at once, since one would read one partition of the table after the other, each at no more than that one gives.
   */
  public async each(run: (loaded: Loaded) => Promise<void>): Promise<void> {
    await inParallel([...Array(SHARES).keys()], async (share) => {
      for await (const items of this.state.share(share, SHARES)) {
        const pages = items.filter(({ key }) => key.startsWith(STATE.pagePrefix));
        await inParallel(pages, (item) => run(loadedOf(item)));
      }
    });
  }

  /**
   * Changes a page, and publishes what was decided with it. Signals are written with the decision and taken out when they are
   * published: a function that stops in between publishes them the next time, under the same id.
   */
  public async change<T>(first: Loaded, decide: (page: Page) => Promise<Change<T>>): Promise<T> {
    let loaded = first;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { page, body, result } = await decide(loaded.page);
      const next = page ?? loaded.page;
      if (page === undefined || (await this.save(loaded, page, body)) === 'saved') {
        if (next.o.length > 0) await this.publish({ ...loaded, page: next, version: loaded.version + (page ? 1 : 0) });
        return result;
      }
      await this.pause(2 ** round * Math.random() * 5);
      loaded = await this.load(loaded.key);
    }
    throw new Error('a page was written by others, again and again');
  }

  private async publish({ key, version, page }: Loaded): Promise<void> {
    const sent = new Set(page.o.map(({ id }) => id));
    await inParallel(page.o, (signal) => this.signals.publish(signal));
    let loaded: Loaded = { key, version, page };
    // Whoever writes in between has signals of their own in the page; only what was sent is taken out.
    while ((await this.save(loaded, { ...loaded.page, o: unsent(loaded.page.o, sent) })) === 'conflict')
      loaded = await this.load(key);
  }

  private save({ key, version }: Loaded, page: Page, body?: Uint8Array): Promise<'saved' | 'conflict'> {
    return this.state.save(key, version, body ?? encodePage(page));
  }

  public async fleet(): Promise<{ readonly version: number; readonly fleet: Fleet }> {
    const item = await this.state.load(STATE.fleetKey);
    if (item === undefined) return { version: 0, fleet: { b: {}, c: {} } };
    return { version: item.version, fleet: JSON.parse(Buffer.from(item.body).toString('utf8')) as Fleet };
  }

  /**
   * The percentiles of a window, as they were first worked out: a window that is judged in two attempts is judged by the same
   * bounds, though the first attempt changed what they were worked out from.
   */
  public async percentiles(shard: string, w: number, found: Percentiles): Promise<Percentiles> {
    const key = `${STATE.boundsPrefix}${shard}`;
    for (;;) {
      const item = await this.state.load(key);
      const kept = item === undefined ? undefined : (JSON.parse(Buffer.from(item.body).toString('utf8')) as KeptBounds);
      if (kept !== undefined && kept.w === w) return kept.b;
      const body = Buffer.from(JSON.stringify({ w, b: found } satisfies KeptBounds));
      if ((await this.state.save(key, item?.version ?? 0, body)) === 'saved') return found;
    }
  }

  /**
   * What a shard counted last before its window began. Of one that only began itself it is what the shards counted that it comes of,
   * by a split or a merge: those that had pages of its devices until now.
   */
  public async recent(shard: string, w: number, pages: () => Iterable<number>): Promise<Hashes> {
    const own = await this.memory(shard);
    if (own !== undefined) return own.memory.hashes;
    const span = spanOf(pages());
    if (span === undefined) return NO_HASHES;
    const { shards } = await this.shards();
    const found = await Promise.all(parentsOf(shards, span).map((parent) => this.memory(parent)));
    return inherited(
      found.flatMap((one) => one?.memory ?? []),
      w,
    );
  }

  /** Keeps what a window counted last for the next one of its shard, which begins when this one is done. */
  public async remember(shard: string, w: number, hashes: Lists, pages: Iterable<number>): Promise<void> {
    if (hashes.often.length + hashes.seldom.length === 0) return;
    for (;;) {
      const own = await this.memory(shard);
      const span = spanOf(pages, own?.memory.span) ?? [0, 0];
      const known = own?.memory;
      const told = known !== undefined && isTold(known, span, w) ? known.told : w;
      if (told === w) await this.tellOf(shard, span, w);
      const body = encodeMemory({ w, span, told, hashes });
      if ((await this.state.save(`${STATE.recentPrefix}${shard}`, own?.version ?? 0, body)) === 'saved') return;
    }
  }

  private async memory(shard: string): Promise<{ readonly version: number; readonly memory: Memory } | undefined> {
    const item = await this.state.load(`${STATE.recentPrefix}${shard}`);
    return item && { version: item.version, memory: decodeMemory(item.body) };
  }

  private async tellOf(shard: string, span: Span, w: number): Promise<void> {
    for (;;) {
      const { version, shards } = await this.shards();
      const body = Buffer.from(JSON.stringify(withShard(shards, shard, span, w)));
      if ((await this.state.save(STATE.shardsKey, version, body)) === 'saved') return;
    }
  }

  private async shards(): Promise<{ readonly version: number; readonly shards: Shards }> {
    const item = await this.state.load(STATE.shardsKey);
    if (item === undefined) return { version: 0, shards: {} };
    return { version: item.version, shards: JSON.parse(Buffer.from(item.body).toString('utf8')) as Shards };
  }

  /** Adds what a window of a shard taught, once; says how much of it is not believed. */
  public async teach(lessons: ReadonlyMap<string, Lesson>, shard: string, w: number): Promise<number> {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { version, fleet } = await this.fleet();
      if ((fleet.c[shard] ?? -1) >= w) return 0;
      const b = { ...fleet.b };
      let held = 0;
      for (const [key, lesson] of lessons) {
        const taught = lesson.taught(b[key], w);
        if (taught.prior !== undefined) b[key] = taught.prior;
        held += taught.held;
      }
      const c = { ...recentOnly(fleet.c, w), [shard]: w };
      if ((await this.state.save(STATE.fleetKey, version, Buffer.from(JSON.stringify({ b, c })))) === 'saved')
        return held;
      await this.pause(2 ** round * Math.random() * 5);
    }
    // The pages keep what they taught: closing the window again teaches just that.
    throw new Error('what is known of the fleet was written by others, again and again');
  }
}

function loadedOf({ key, version, body }: Item): Loaded {
  return { key, version, page: decodePage(body) };
}

function unsent(signals: readonly Signal[], sent: ReadonlySet<string>): Signal[] {
  return signals.filter(({ id }) => !sent.has(id));
}

/** Marks of shards that closed a window in the last hours; older ones are of shards that are gone. */
export function recentOnly(marks: Readonly<Record<string, number>>, w: number): Record<string, number> {
  return Object.fromEntries(Object.entries(marks).filter(([, at]) => w - at < 300));
}

/** A page as it is written, or undefined where it is too large. */
export function fittingBody(page: Page, most = MOST_PAGE): Uint8Array | undefined {
  const body = encodePage(page);
  return body.length <= most ? body : undefined;
}

/** A page that fits, its bytes where there are some that do, and how many devices were left out. */
export interface Fitted {
  readonly page: Page;
  readonly body: Uint8Array | undefined;
  readonly left: number;
}

/**
 * Leaves out devices when the page would become too large, and says how many: first those that were not in it before, then those
 * that were heard of least lately, a tenth at a time and those in alarm last, when it could not be written at all: its shard
 * would stand still.
 */
export function fitted(page: Page, newcomers: readonly string[]): Fitted {
  const whole = fittingBody(page);
  if (whole !== undefined) return { page, body: whole, left: 0 };
  const next = { ...page, d: { ...page.d } };
  for (const name of newcomers) Reflect.deleteProperty(next.d, name);
  const order = Object.keys(next.d).sort(leastMissed(next));
  const share = Math.ceil(order.length / 10);
  let left = newcomers.length;
  let body = fittingBody(next, MOST_WRITTEN);
  while (body === undefined && order.length > 0) {
    const out = order.splice(0, share);
    for (const name of out) Reflect.deleteProperty(next.d, name);
    left += out.length;
    body = fittingBody(next, MOST_WRITTEN);
  }
  return { page: next, body, left };
}

function leastMissed({ d }: Page): (one: string, other: string) => number {
  const rank = (name: string): readonly [number, number] => {
    const { b = {}, w = 0 } = d[name] ?? {};
    return [Object.values(b).some(([alarm]) => alarm === 1) ? 1 : 0, w];
  };
  return (one, other) => {
    const [[alarm, w], [otherAlarm, otherW]] = [rank(one), rank(other)];
    return alarm - otherAlarm || w - otherW || (one < other ? -1 : 1);
  };
}

/** Which targets devices belong to, remembered for an hour. */
export class Targets {
  private readonly known = new Map<string, readonly string[]>();

  constructor(
    private readonly registry: RegistryPort,
    private readonly groups: Readonly<Record<string, readonly string[]>>,
  ) {}

  public of(name: string): readonly string[] | undefined {
    return this.known.get(name);
  }

  public async lookUp(names: readonly string[]): Promise<void> {
    await inParallel(names, async (name) => {
      const groups = await this.registry.groupsOf(name);
      if (groups === undefined) return void this.known.set(name, [TARGETS.unregistered]);
      const targets = Object.entries(this.groups).filter(([, members]) =>
        members.some((group) => groups.includes(group)),
      );
      this.known.set(name, [TARGETS.registered, ...targets.map(([target]) => target)]);
    });
  }
}

/**
 * Runs some at once, the others after them. After one that fails no other is begun, and those that were come to their end before
 * this fails: Lambda would stop them in the middle, and have them go on beside the next call.
 */
export async function inParallel<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const item = items[next] as T;
      next += 1;
      try {
        await run(item);
      } catch (failure) {
        failures.push(failure);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
