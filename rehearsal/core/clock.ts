import { AsyncLocalStorage } from 'node:async_hooks';
import { Endless, type Scheduled, type VirtualClock } from '../ports';

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly what: string;
  readonly act: () => void | Promise<void>;
  /** The act that led to this one at once, and how many did so one after the other. */
  readonly cause?: Entry;
  readonly depth: number;
  /** What was worked at in it. */
  readonly works: Set<string>;
  cancelled: boolean;
}

/** More acts of which each led to the next one at once than this are a loop that feeds itself. */
const MAX_DEPTH = 1_000;
/** A loop that feeds itself twice is wide before it is deep: as many acts at one instant that are this deep are one, too. */
const DEEP = 8;
const MAX_DEEP_ACTS = 20_000;
/** What is due sooner than this is due at once: virtual time would hardly pass in a loop of it. */
const AT_ONCE_MS = 1_000;
const MAX_SHOWN = 6;
const DROPPED_AT_ONCE = 1_000;

interface Acting {
  readonly clock: RehearsalClock;
  readonly what: string;
  readonly within?: Acting;
}

/** One for all clocks: before Node.js 24 each one that is used slows all promises of the process, as long as it runs. */
const inside = new AsyncLocalStorage<Acting>();

/** Virtual time: see `VirtualClock`. */
export class RehearsalClock implements VirtualClock {
  private time: number;
  private ordered = 0;
  private readonly entries: Entry[] = [];
  /** Where what is still to come begins: to move all of it up for each act takes long where there is much. */
  private first = 0;
  private readonly inFlight = new Set<Promise<unknown>>();
  private turn: Promise<unknown> = Promise.resolve();
  /** Until all is quiet again, whatever is scheduled comes of it. */
  private acting?: Entry;
  private deep = { at: 0, acts: 0 };

  constructor(startAt: number) {
    this.time = startAt;
  }

  public now(): number {
    return this.time;
  }

  public schedule(delayMs: number, what: string, act: () => void | Promise<void>): Scheduled {
    const cause = delayMs < AT_ONCE_MS ? this.acting : undefined;
    const at = this.time + Math.max(0, delayMs);
    const depth = cause === undefined ? 0 : cause.depth + 1;
    const entry: Entry = { at, order: this.ordered++, what, act, cause, depth, works: new Set(), cancelled: false };
    // Mostly the latest: looking from the end finds the place at once.
    let place = this.entries.length;
    while (place > this.first && (this.entries[place - 1] as Entry).at > entry.at) place--;
    this.entries.splice(place, 0, entry);
    return { cancel: () => void (entry.cancelled = true) };
  }

  public busy<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.inFlight.add(settled);
    void settled.then(() => this.inFlight.delete(settled));
    return work;
  }

  public works(what: string): void {
    this.acting?.works.add(what);
  }

  public settle(): Promise<void> {
    return this.exclusively('settle', () => this.runDue());
  }

  public advance(ms: number): Promise<void> {
    if (!(ms >= 0)) return Promise.reject(new Error(`time runs forward only: ${ms} ms`));
    return this.exclusively('advance', async () => {
      const target = this.time + ms;
      await this.runDue();
      for (let next = this.next(); next !== undefined && next.at <= target; next = this.next()) {
        this.time = next.at;
        await this.runDue();
      }
      this.time = target;
    });
  }

  /** Lets time pass until `done`, or for `limitMs` at most, or until nothing is scheduled any more. Says whether it is done. */
  public runUntil(done: () => boolean, limitMs: number): Promise<boolean> {
    return this.exclusively('run', async () => {
      const limit = this.time + limitMs;
      await this.runDue();
      while (!done()) {
        const next = this.next();
        if (next === undefined || next.at > limit) return false;
        this.time = next.at;
        await this.runDue();
      }
      return true;
    });
  }

  /** Forgets everything that is scheduled. */
  public clear(): void {
    this.entries.length = 0;
    this.first = 0;
  }

  private next(): Entry | undefined {
    while (this.entries[this.first]?.cancelled === true) this.drop();
    return this.entries[this.first];
  }

  private drop(): void {
    this.first++;
    if (this.first < DROPPED_AT_ONCE || 2 * this.first < this.entries.length) return;
    this.entries.splice(0, this.first);
    this.first = 0;
  }

  private async runDue(): Promise<void> {
    for (;;) {
      await this.quiet();
      this.acting = undefined;
      const next = this.next();
      if (next === undefined || next.at > this.time) return;
      this.checkEnd(next);
      this.drop();
      this.acting = next;
      try {
        await inside.run({ clock: this, what: next.what, within: inside.getStore() }, async () => next.act());
      } catch (error) {
        this.acting = undefined;
        throw error;
      }
    }
  }

  private checkEnd(entry: Entry): void {
    if (this.deep.at !== this.time) this.deep = { at: this.time, acts: 0 };
    if (entry.depth > DEEP) this.deep.acts++;
    if (entry.depth <= MAX_DEPTH && this.deep.acts <= MAX_DEEP_ACTS) return;
    // Whoever waits for time after this must not be kept in it.
    this.clear();
    throw new Endless(loopOf(entry));
  }

  private async quiet(): Promise<void> {
    do await Promise.all(this.inFlight);
    while (this.inFlight.size > 0);
  }

  /** One at a time; from within an act it would wait for itself. */
  private exclusively<T>(verb: string, run: () => Promise<T>): Promise<T> {
    for (let act = inside.getStore(); act !== undefined; act = act.within)
      if (act.clock === this) return Promise.reject(new Error(`time cannot ${verb} from within '${act.what}'`));
    const result = this.turn.then(run);
    this.turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}

/** What follows on what, as far as it does not repeat itself. */
function loopOf(last: Entry): string {
  const steps: string[] = [];
  for (let entry = last.cause; entry !== undefined; entry = entry.cause) {
    const step = [entry.what, ...entry.works].join(': ');
    if (steps.includes(step)) break;
    steps.unshift(step);
  }
  const shown = steps.slice(-MAX_SHOWN);
  return [...shown, shown[0] ?? ''].join(' -> ');
}
