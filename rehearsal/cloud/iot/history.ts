/** When something was first seen, and how long its later changes take to become visible. */
export interface Sight {
  /** Number of the last change that was visible at once. */
  readonly revision: number;
  readonly delayMs: number;
}

interface Change<T> {
  readonly revision: number;
  readonly at: number;
  readonly value: T;
}

/** A value with its past, so that a reader who learns of changes late can be shown what it still believes. */
export class History<T> {
  private readonly changes: Change<T>[];

  constructor(
    initial: T,
    private readonly counter: { next(): number; now(): number },
  ) {
    this.changes = [{ revision: counter.next(), at: counter.now(), value: initial }];
  }

  public get latest(): T {
    return (this.changes.at(-1) as Change<T>).value;
  }

  public set(value: T): void {
    this.changes.push({ revision: this.counter.next(), at: this.counter.now(), value });
  }

  /** What a reader believes now; undefined where it does not know of the thing yet. */
  public seenBy({ revision, delayMs }: Sight): T | undefined {
    const now = this.counter.now();
    for (let index = this.changes.length - 1; index >= 0; index--) {
      const change = this.changes[index] as Change<T>;
      if (change.revision <= revision || change.at + delayMs <= now) return change.value;
    }
    return undefined;
  }

  /** When the next change becomes visible to the reader. */
  public nextFor({ revision, delayMs }: Sight): number {
    const now = this.counter.now();
    const pending = this.changes.find((change) => change.revision > revision && change.at + delayMs > now);
    return pending === undefined ? Infinity : pending.at + delayMs;
  }
}
