/**
 * What is beyond the beginning of a tail, in mean excesses: a generalized Pareto distribution of mean 1, whose shape says how much
 * more often than in an exponential one the far values come.
 */

/** The share of datapoints beyond the beginning of the tail of one side. */
export const PEAK_SHARE = 0.02;
/** What is far: the shape is read from how many peaks are beyond so many mean excesses. */
export const FAR = 4;

/** A tail that is lighter than an exponential one is taken for one: then alarms are fewer than stated, never more. */
const SHAPE = { least: 0, most: 0.3 } as const;
/** Peaks of an exponential tail that a fleet is taken to have seen before its first. */
const PSEUDO_PEAKS = 200;
const STEPS = 20;

/** How far the normal reaches beyond the beginning of the tail, if a share of all datapoints is to be outside of it. */
export function widthOf(risk: number, shape: number): number {
  // Half of the risk is on either side.
  const odds = (2 * PEAK_SHARE) / risk;
  return shape === 0 ? Math.log(odds) : ((1 - shape) / shape) * (odds ** shape - 1);
}

/** The share of peaks beyond a distance. */
export function beyond(distance: number, shape: number): number {
  return shape === 0 ? Math.exp(-distance) : (1 + (distance * shape) / (1 - shape)) ** (-1 / shape);
}

/**
 * The shape at which so many of the peaks are far. It rests on a share and not on sizes, so a few anomalies, however large, say no
 * more than as many moderate ones.
 */
export function shapeOf(peaks: number, far: number): number {
  const share = (far + PSEUDO_PEAKS * beyond(FAR, 0)) / (peaks + PSEUDO_PEAKS);
  let { least, most }: { least: number; most: number } = SHAPE;
  if (share <= beyond(FAR, least)) return least;
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (least + most) / 2;
    if (beyond(FAR, middle) < share) least = middle;
    else most = middle;
  }
  return least;
}
