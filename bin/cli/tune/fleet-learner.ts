import { hourOf } from '../../../lambda/evaluate-behaviors/hours';
import {
  boundOf,
  type Confidence,
  learn,
  type Prior,
  RISK,
  type Scatter,
} from '../../../lambda/evaluate-behaviors/learn';
import type { Learned } from '../../../lambda/evaluate-behaviors/page';
import { Lesson } from '../../../lambda/evaluate-behaviors/prior';

export const CONFIDENCES = Object.keys(RISK) as Confidence[];
export type { Confidence };

/** The learned behavior of a whole fleet, window by window, as the function runs it, but without its table. */
export class FleetLearner {
  public readonly known = new Map<string, Learned>();
  public prior: Prior | undefined;
  private windows = 0;

  constructor(private readonly scatterOf: (device: string) => Scatter) {}

  /** Which devices are outside their normal, by confidence; undefined for those that are training. */
  public window(
    values: Iterable<readonly [device: string, value: number, seconds: number]>,
  ): Map<string, Record<Confidence, boolean> | undefined> {
    const lesson = new Lesson();
    // Field by field, since this is done for every value.
    const [low, medium, high] = [
      boundOf(this.prior, 'LOW'),
      boundOf(this.prior, 'MEDIUM'),
      boundOf(this.prior, 'HIGH'),
    ];
    const beyond = (distance: number): Record<Confidence, boolean> => ({
      LOW: distance > (low ?? Infinity),
      MEDIUM: distance > (medium ?? Infinity),
      HIGH: distance > (high ?? Infinity),
    });
    const outside = new Map<string, Record<Confidence, boolean> | undefined>();
    for (const [device, value, seconds] of values) {
      const judged = learn(value, this.scatterOf(device), hourOf(seconds), this.known.get(device), this.prior);
      this.known.set(device, judged.learned);
      lesson.add(judged);
      const { distance } = judged;
      outside.set(device, distance === undefined ? undefined : beyond(distance));
    }
    this.prior = lesson.taught(this.prior, this.windows).prior;
    this.windows += 1;
    return outside;
  }
}
