/** Bins grow by this factor: a quantile is read with a relative error of 5 %. */
const GROWTH = 1.05 / 0.95;
const SMALLEST = 0.01;
const MOST_BINS = 160;
/** Beyond so many distances all weigh half: what a fleet did long ago counts less and less. */
const MEMORY = 4_000_000;
/** The distances beyond which a tail is fitted. */
const TAIL = 0.02;
/** So often must a distance have been exceeded to be read from the bins. */
const OFTEN = 20;

/** A histogram of distances with logarithmic bins, which two shards can add up, and the tail beyond it. */
export class Sketch {
  public total = 0;
  private readonly counts = new Float64Array(MOST_BINS);

  constructor(bins: Readonly<Record<string, number>> = {}) {
    for (const [bin, count] of Object.entries(bins)) {
      this.counts[Number(bin)] = count;
      this.total += count;
    }
  }

  public add(distance: number): void {
    const bin = Math.ceil(Math.log(Math.max(distance, SMALLEST) / SMALLEST) / Math.log(GROWTH));
    const at = Math.min(bin, MOST_BINS - 1);
    this.counts[at] = (this.counts[at] as number) + 1;
    this.total += 1;
  }

  public bins(): Record<string, number> {
    const weight = this.total > MEMORY ? 0.5 : 1;
    const entries = [...this.counts.entries()].filter(([, count]) => count * weight >= 0.5);
    return Object.fromEntries(entries.map(([bin, count]) => [String(bin), Math.round(count * weight)]));
  }

  /** A distance that a share of all distances exceeds: as seen, or from the tail where it was not seen often enough. */
  public exceededBy(share: number): number {
    const seen = this.edgeAbove(Math.max(share, OFTEN / this.total));
    return share * this.total >= OFTEN ? seen : Math.max(seen, this.extrapolated(share));
  }

  /** The upper edge of the first bin beyond which not more than a share lies. */
  private edgeAbove(share: number): number {
    let beyond = 0;
    for (let bin = MOST_BINS - 1; bin > 0; bin -= 1) {
      beyond += this.counts[bin] as number;
      if (beyond > share * this.total) return edge(bin);
    }
    return edge(0);
  }

  /** A generalized Pareto distribution with the mean and variance of the excesses. */
  private extrapolated(share: number): number {
    const threshold = this.edgeAbove(TAIL);
    let count = 0;
    let sum = 0;
    let squares = 0;
    for (let bin = 1; bin < MOST_BINS; bin += 1) {
      const excess = (edge(bin) + edge(bin - 1)) / 2 - threshold;
      if (excess <= 0) continue;
      const times = this.counts[bin] as number;
      count += times;
      sum += times * excess;
      squares += times * excess * excess;
    }
    if (count === 0) return threshold;
    const mean = sum / count;
    const ratio = mean ** 2 / Math.max(squares / count - mean ** 2, mean ** 2 * 1e-3);
    const shape = Math.min(Math.max((1 - ratio) / 2, -0.4), 0.4);
    const scale = mean * (1 - shape);
    const odds = (share * this.total) / count;
    return shape === 0 ? threshold - scale * Math.log(odds) : threshold + (scale / shape) * (odds ** -shape - 1);
  }
}

function edge(bin: number): number {
  return SMALLEST * GROWTH ** bin;
}
