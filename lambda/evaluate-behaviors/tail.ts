/**
 * What is beyond the beginning of a tail, in mean excesses of the device whose tail it is: counted over the fleet where there is
 * enough to count, and else a generalized Pareto distribution of mean 1, whose shape says how much more often than in an
 * exponential one the far values come.
 */

/** The share of datapoints beyond the beginning of the tail of one side. */
export const PEAK_SHARE = 0.02;
/**
 * The distances at which the fleet counts how often one of its devices goes beyond them: the first is where tails begin, the last
 * is where every normal ends.
 */
export const RUNGS: readonly number[] = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96];
/** What is far: the shape is read from how many peaks are beyond so many mean excesses. */
const FAR = RUNGS.indexOf(4);

/** How many datapoints there were, and how often they went beyond each of `RUNGS`: those of one event once. */
export type Ladder = readonly number[];

/** A tail that is lighter than an exponential one is taken for one until it was counted. */
const SHAPE = { least: 0, most: 0.5 } as const;
/**
 * Peaks that a fleet is taken to have seen before its first, and their shape: heavier than most, so that a fleet of which little
 * is known, such as a device that is alone, is quieter than stated and not louder.
 */
const PSEUDO_PEAKS = 100;
const PSEUDO_SHAPE = 0.2;
/** How many that went beyond a rung must be known for what is counted to weigh as much as what the shape says. */
const PSEUDO_FAR = 10;
const STEPS = 20;

/** The share of peaks beyond a distance. */
export function beyond(distance: number, shape: number): number {
  return shape === 0 ? Math.exp(-distance) : (1 + (distance * shape) / (1 - shape)) ** (-1 / shape);
}

const PSEUDO_SHARE = beyond(RUNGS[FAR] as number, PSEUDO_SHAPE);

/**
 * The shape at which so many of the peaks are far. It rests on a share and not on sizes, so a few anomalies, however large, say no
 * more than as many moderate ones.
 */
export function shapeOf(peaks: number, far: number): number {
  const share = (far + PSEUDO_PEAKS * PSEUDO_SHARE) / (peaks + PSEUDO_PEAKS);
  let { least, most }: { least: number; most: number } = SHAPE;
  if (share <= beyond(RUNGS[FAR] as number, least)) return least;
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (least + most) / 2;
    if (beyond(RUNGS[FAR] as number, middle) < share) least = middle;
    else most = middle;
  }
  return least;
}

/** How many rungs a distance is beyond. */
export function rungsBelow(distance: number): number {
  const at = RUNGS.findIndex((rung) => !(distance > rung));
  return at < 0 ? RUNGS.length : at;
}

/** The share of datapoints beyond each rung. */
export function shares([datapoints = 0, ...counts]: Ladder): number[] {
  const shape = shapeOf(counts[0] ?? 0, counts[FAR] ?? 0);
  let share = ((counts[0] ?? 0) + PSEUDO_PEAKS) / Math.max(datapoints + PSEUDO_PEAKS / (2 * PEAK_SHARE), 1);
  let nearer = beyond(RUNGS[0] as number, shape);
  return RUNGS.map((rung, at) => {
    if (at === 0) return share;
    const [before, here] = [counts[at - 1] ?? 0, counts[at] ?? 0];
    const farther = beyond(rung, shape);
    const usual = farther / nearer;
    nearer = farther;
    share *= Math.min((here + PSEUDO_FAR * usual) / (before + PSEUDO_FAR), 1);
    return share;
  });
}

/** The distance beyond which this share of all datapoints is. */
export function reachOf(risk: number, ladder: Ladder): number {
  return reachIn(shares(ladder), risk);
}

/** The same by the shares beyond each rung. */
export function reachIn(all: readonly number[], risk: number): number {
  const above = all.findIndex((share) => share < risk);
  if (above <= 0) return above < 0 ? (RUNGS.at(-1) as number) : 0;
  const [from, to] = [RUNGS[above - 1] as number, RUNGS[above] as number];
  const [more, less] = [all[above - 1] as number, all[above] as number];
  return from + ((to - from) * Math.log(more / risk)) / Math.log(more / less);
}
