import { AsyncLocalStorage } from 'node:async_hooks';
import type { Scheduled, VirtualClock } from '../ports';

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly what: string;
  readonly act: () => void | Promise<void>;
  cancelled: boolean;
}

/** More acts at one instant than this are a loop that feeds itself. */
const MAX_ACTS_PER_INSTANT = 100_000;

/** Virtual time: see `VirtualClock`. */
export class RehearsalClock implements VirtualClock {
  private time: number;
  private ordered = 0;
  private readonly entries: Entry[] = [];
  private readonly inFlight = new Set<Promise<unknown>>();
  private readonly inside = new AsyncLocalStorage<string>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(startAt: number) {
    this.time = startAt;
  }

  public now(): number {
    return this.time;
  }

  public schedule(delayMs: number, what: string, act: () => void | Promise<void>): Scheduled {
    const entry: Entry = { at: this.time + Math.max(0, delayMs), order: this.ordered++, what, act, cancelled: false };
    // Mostly the latest: looking from the end finds the place at once.
    let place = this.entries.length;
    while (place > 0 && (this.entries[place - 1] as Entry).at > entry.at) place--;
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
  }

  private next(): Entry | undefined {
    while (this.entries[0]?.cancelled === true) this.entries.shift();
    return this.entries[0];
  }

  private async runDue(): Promise<void> {
    for (let acts = 0; ; acts++) {
      await this.quiet();
      const next = this.next();
      if (next === undefined || next.at > this.time) return;
      if (acts > MAX_ACTS_PER_INSTANT) throw new Error(`endless at one instant: ${next.what}`);
      this.entries.shift();
      await this.inside.run(next.what, async () => next.act());
    }
  }

  private async quiet(): Promise<void> {
    do await Promise.all(this.inFlight);
    while (this.inFlight.size > 0);
  }

  /** One at a time; from within an act it would wait for itself. */
  private exclusively<T>(verb: string, run: () => Promise<T>): Promise<T> {
    const act = this.inside.getStore();
    if (act !== undefined) return Promise.reject(new Error(`time cannot ${verb} from within '${act}'`));
    const result = this.turn.then(run);
    this.turn = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}
