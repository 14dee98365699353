interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands still while anything is being computed, and jumps to the next sleeper when nothing is. */
export class VirtualTime {
  private time: number;
  /** A binary heap, earliest first. */
  private readonly sleepers: Sleeper[] = [];

  constructor(start: number) {
    this.time = start;
  }

  public readonly now = (): number => this.time;

  public readonly sleep = (milliseconds: number): Promise<void> =>
    new Promise((wake) => this.push({ at: this.time + Math.max(0, milliseconds), wake }));

  /** Runs until nobody sleeps any more, or the task is done. */
  public async run(task: Promise<unknown>): Promise<void> {
    let done = false;
    const ended = task.finally(() => {
      done = true;
    });
    for (;;) {
      await new Promise(setImmediate);
      const next = this.pop();
      if (done || next === undefined) break;
      this.time = next.at;
      next.wake();
      while (this.sleepers[0]?.at === next.at) this.pop()?.wake();
    }
    await ended;
  }

  private push(sleeper: Sleeper): void {
    let index = this.sleepers.push(sleeper) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.sleepers[parent]!.at <= sleeper.at) break;
      this.sleepers[index] = this.sleepers[parent]!;
      index = parent;
    }
    this.sleepers[index] = sleeper;
  }

  private pop(): Sleeper | undefined {
    const first = this.sleepers[0];
    const last = this.sleepers.pop();
    if (first === undefined || last === undefined || this.sleepers.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.sleepers.length) break;
      if (child + 1 < this.sleepers.length && this.sleepers[child + 1]!.at < this.sleepers[child]!.at) child += 1;
      if (this.sleepers[child]!.at >= last.at) break;
      this.sleepers[index] = this.sleepers[child]!;
      index = child;
    }
    this.sleepers[index] = last;
    return first;
  }
}
