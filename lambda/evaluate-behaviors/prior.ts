import { type Judged, type Prior, rounded } from './learn';
import { FAR, shapeOf } from './tail';

/** How fast what is typical of a device follows the devices. */
const FLEET_RATE = 0.1;
/** Beyond so many datapoints all weigh half: what a fleet did long ago counts less and less. */
const MEMORY = 4_000_000;
/** A device is typical once its tails had time to settle. */
const SETTLED = 100;

/** What the devices of one window tell about the fleet; sums only, so that any number of devices are as small as one. */
export class Lesson {
  private age = 0;
  private total = 0;
  private peaks = 0;
  private far = 0;
  private settled = 0;
  /** Sums of logarithms: of scales, and of what begins and exceeds on either side. */
  private readonly logs = [0, 0, 0, 0, 0];

  public add({ learned, peak = 0 }: Judged): void {
    const [count, , scale, upBegin, upExcess, downBegin, downExcess] = learned;
    this.age = Math.max(this.age, count);
    this.total += 1;
    if (peak > 0) this.peaks += 1;
    if (peak > FAR) this.far += 1;
    if (count < SETTLED) return;
    this.settled += 1;
    [scale, upBegin, upExcess, downBegin, downExcess].forEach((value, index) => {
      this.logs[index] = (this.logs[index] as number) + Math.log(value);
    });
  }

  /** Takes in what another page of the same window taught. */
  public join(other: Lesson): void {
    this.age = Math.max(this.age, other.age);
    this.total += other.total;
    this.peaks += other.peaks;
    this.far += other.far;
    this.settled += other.settled;
    other.logs.forEach((sum, index) => {
      this.logs[index] = (this.logs[index] as number) + sum;
    });
  }

  /** What is known of the fleet after the window. */
  public taught(known: Prior | undefined): Prior | undefined {
    const prior = isPrior(known) ? known : undefined;
    if (this.total === 0) return prior;
    const weight = (prior?.total ?? 0) > MEMORY ? 0.5 : 1;
    const peaks = (prior?.peaks ?? 0) * weight + this.peaks;
    const far = (prior?.far ?? 0) * weight + this.far;
    const [scale, ...tails] = this.typical(prior);
    return {
      age: Math.max(prior?.age ?? 0, this.age),
      total: (prior?.total ?? 0) * weight + this.total,
      scale: scale as number,
      tails: tails as unknown as Prior['tails'],
      peaks,
      far,
      shape: rounded(shapeOf(peaks, far)),
    };
  }

  private typical(prior: Prior | undefined): readonly number[] {
    const before = prior === undefined ? [0, 2.05, 0.4, 2.05, 0.4] : [prior.scale, ...prior.tails];
    if (this.settled === 0) return before;
    const means = this.logs.map((sum) => Math.exp(sum / this.settled));
    const rate = before[0] === 0 ? 1 : FLEET_RATE;
    return means.map((mean, index) => rounded((1 - rate) * (before[index] as number) + rate * mean));
  }
}

/** Whether it is of this version of the code; what an older one kept is begun anew. */
export function isPrior(prior: Prior | undefined): prior is Prior {
  return prior?.tails !== undefined;
}
