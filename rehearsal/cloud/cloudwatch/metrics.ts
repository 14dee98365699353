/** One metric: its name within a namespace, and what it is about. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Point {
  readonly at: number;
  readonly value: number;
}

/** `p99`, `p99.9`. */
const PERCENTILE = /^p(\d{1,2}(?:\.\d+)?|100)$/;
const STATISTICS = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'];

/** Whether a statistic can be worked out. */
export function isStatistic(name: string): boolean {
  return STATISTICS.includes(name) || PERCENTILE.test(name);
}

/** The numbers of an account, by metric, in the order in which they came. */
export class Metrics {
  private readonly points = new Map<string, Point[]>();

  public put(metric: MetricId, value: number, at: number): void {
    const key = keyOf(metric);
    const known = this.points.get(key) ?? [];
    known.push({ at, value });
    this.points.set(key, known);
  }

  /** A statistic of what came from `from` on and before `to`; undefined where nothing came. */
  public statistic(metric: MetricId, statistic: string, from: number, to: number): number | undefined {
    const all = this.points.get(keyOf(metric)) ?? [];
    const values = all.filter(({ at }) => at >= from && at < to).map(({ value }) => value);
    if (values.length === 0) return undefined;
    const sum = values.reduce((total, value) => total + value, 0);
    switch (statistic) {
      case 'Sum':
        return sum;
      case 'Average':
        return sum / values.length;
      case 'Minimum':
        return Math.min(...values);
      case 'Maximum':
        return Math.max(...values);
      case 'SampleCount':
        return values.length;
      default:
        return percentile(values, Number(PERCENTILE.exec(statistic)?.[1]));
    }
  }
}

function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)];
}

function keyOf({ namespace, name, dimensions }: MetricId): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}
