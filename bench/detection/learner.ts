import { boundOf, learn, Lesson, type Prior, RISK, taught } from '../../lambda/evaluate-behaviors/learn';
import type { Learned } from '../../lambda/evaluate-behaviors/page';

export type Confidence = keyof typeof RISK;
export const CONFIDENCES = Object.keys(RISK) as Confidence[];

/** The learned behavior of a whole fleet, window by window, as the function runs it, but without its table. */
export class FleetLearner {
  private readonly known = new Map<string, Learned>();
  private prior: Prior | undefined;

  constructor(private readonly scatter: 'count' | 'amount') {}

  /** Which devices are outside their normal, by confidence; undefined for those that are training. */
  public window(
    values: Iterable<readonly [device: string, value: number]>,
  ): Map<string, Record<Confidence, boolean> | undefined> {
    const lesson = new Lesson();
    const bounds = CONFIDENCES.map((confidence) => boundOf(this.prior, confidence));
    const outside = new Map<string, Record<Confidence, boolean> | undefined>();
    for (const [device, value] of values) {
      const judged = learn(value, this.scatter, this.known.get(device), this.prior);
      this.known.set(device, judged.learned);
      lesson.add(judged);
      const { distance } = judged;
      const entries = CONFIDENCES.map((confidence, index) => [
        confidence,
        (distance ?? 0) > (bounds[index] ?? Infinity),
      ]);
      const trained = distance !== undefined && bounds[0] !== undefined;
      outside.set(device, trained ? (Object.fromEntries(entries) as Record<Confidence, boolean>) : undefined);
    }
    this.prior = taught(this.prior, lesson);
    return outside;
  }
}

/** Numbers that are the same in each run (L'Ecuyer's LFSR113 would be longer; this is Vigna's splitmix32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function poisson(rate: number, random: () => number): number {
  if (rate > 500) return Math.max(0, Math.round(rate + Math.sqrt(rate) * normal(random)));
  let count = 0;
  for (let product = random(); product > Math.exp(-rate); product *= random()) count += 1;
  return count;
}
