import { toDigits } from './digits';
import { type Judged, type Prior, RISK, rounded, SETTLED } from './learn';
import type { KeptLesson } from './page';
import { type Ladder, reachIn, RUNGS, shares } from './tail';

/** How fast what is typical of a device follows the devices. */
const FLEET_RATE = 0.1;
/**
 * What was counted fades, since devices settle and change, once there is enough of it: to a third (1 / e) in a third of the life of
 * the fleet, and in a fortnight where still more is known.
 */
const ENOUGH = { thirdOfLife: 20_000, fortnight: 4_000_000 } as const;
const THIRD = 3;
const FORTNIGHT = 4_032;
/**
 * How many more than usual may go far in one window and still be believed to be what devices do: thrice as many, and what chance
 * makes of it. What is more is an incident, or an attack that would widen the normal of all.
 */
const USUAL = { times: 3, deviations: 4, least: 1 } as const;

export interface Taught {
  readonly prior: Prior | undefined;
  /** Events that the fleet was not taught, since too many came at once. */
  readonly held: number;
}

/** What the devices of one window tell about the fleet; sums only, so that any number of devices are as small as one. */
export class Lesson {
  private age = 0;
  private total = 0;
  /** Datapoints of devices that are settled, and how many went beyond each rung. */
  private readonly ladder = [0, ...RUNGS.map(() => 0)];
  private settled = 0;
  /** Sums of logarithms: of scales, and of what begins and exceeds on either side. */
  private readonly logs = [0, 0, 0, 0, 0];

  public add({ learned, crossed }: Judged): void {
    const [count, , scale, upBegin, upExcess, downBegin, downExcess] = learned;
    this.age = Math.max(this.age, count);
    this.total += 1;
    if (crossed !== undefined) {
      this.climb(0, 1);
      for (let rung = crossed[0]; rung < crossed[1]; rung += 1) this.climb(rung + 1, 1);
    }
    if (count < SETTLED) return;
    this.settled += 1;
    [scale, upBegin, upExcess, downBegin, downExcess].forEach((value, index) => {
      this.logs[index] = (this.logs[index] as number) + Math.log(value);
    });
  }

  /** The same in a page: what no device reached is left out. */
  public kept(): KeptLesson {
    const { age, total, settled, ladder, logs } = this;
    const reached = ladder.findLastIndex((times) => times > 0) + 1;
    return [age, total, settled, ladder.slice(0, reached), settled === 0 ? [] : logs.map(digits)];
  }

  /** Takes in what another page of the same window taught, as it is kept there. */
  public join([age, total, settled, ladder, logs]: KeptLesson): void {
    this.age = Math.max(this.age, age);
    this.total += total;
    this.settled += settled;
    ladder.forEach((times, rung) => this.climb(rung, times));
    logs.forEach((sum, index) => {
      this.logs[index] = (this.logs[index] as number) + sum;
    });
  }

  /** What is known of the fleet after the window `w`. */
  public taught(known: Prior | undefined, w: number): Taught {
    const prior = isPrior(known) ? known : undefined;
    if (this.total === 0) return { prior, held: 0 };
    const [scale, ...tails] = this.typical(prior);
    const { ladder, held } = this.climbed(prior, w);
    const all = shares(ladder);
    const next: Prior = {
      age: Math.max(prior?.age ?? 0, this.age),
      total: (prior?.total ?? 0) + this.total,
      scale: scale as number,
      tails: tails as unknown as Prior['tails'],
      ladder,
      w: Math.max(prior?.w ?? w, w),
      bounds: {
        LOW: rounded(reachIn(all, RISK.LOW)),
        MEDIUM: rounded(reachIn(all, RISK.MEDIUM)),
        HIGH: rounded(reachIn(all, RISK.HIGH)),
      },
    };
    return { prior: next, held };
  }

  /** What was counted before fades, and this window's is added, as far as it is believed. */
  private climbed(prior: Prior | undefined, w: number): { readonly ladder: Ladder; readonly held: number } {
    if (prior === undefined) return { ladder: this.ladder, held: 0 };
    const weight = Math.exp(-Math.max(w - prior.w, 0) / memoryOf(prior));
    const most = [Infinity, ...shares(prior.ladder).map((share) => believed(share * (this.ladder[0] as number)))];
    const added = this.ladder.map((times, at) => Math.min(times, most[at] as number));
    return {
      // More digits than elsewhere: one event must not be lost among millions of datapoints.
      ladder: added.map((times, at) => digits(weight * (prior.ladder[at] as number) + times)),
      held: Math.ceil(Math.max(...added.map((times, at) => (this.ladder[at] as number) - times))),
    };
  }

  private climb(rung: number, times: number): void {
    this.ladder[rung] = (this.ladder[rung] as number) + times;
  }

  private typical(prior: Prior | undefined): readonly number[] {
    const before = prior === undefined ? [0, 2.05, 0.4, 2.05, 0.4] : [prior.scale, ...prior.tails];
    if (this.settled === 0) return before;
    const means = this.logs.map((sum) => Math.exp(sum / this.settled));
    const rate = before[0] === 0 ? 1 : FLEET_RATE;
    return means.map((mean, index) => rounded((1 - rate) * (before[index] as number) + rate * mean));
  }
}

/** Takes in what is kept of a behavior's lesson. */
export function join(lessons: Map<string, Lesson>, key: string, lesson: KeptLesson): void {
  const known = lessons.get(key) ?? new Lesson();
  known.join(lesson);
  lessons.set(key, known);
}

function digits(value: number): number {
  return toDigits(value, 10);
}

/** Windows in which what was counted fades to a third. */
function memoryOf({ age, ladder }: Prior): number {
  const datapoints = ladder[0] as number;
  if (datapoints < ENOUGH.thirdOfLife) return Infinity;
  return Math.max(Math.min(age / THIRD, datapoints < ENOUGH.fortnight ? Infinity : FORTNIGHT), 1);
}

function believed(usual: number): number {
  return USUAL.times * usual + USUAL.deviations * Math.sqrt(usual) + USUAL.least;
}

/** Whether it is of this version of the code; what an older one kept is begun anew. */
export function isPrior(prior: Prior | undefined): prior is Prior {
  return prior?.ladder !== undefined;
}
