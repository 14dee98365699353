/** Of the run, which says it when it begins (`temp-folder.js`). */
export const SEED = Number(process.env.PROPERTY_SEED ?? 1);

/** So many cases, however few a run takes of other properties (`fast-check.js`). */
export const promised = (numRuns: number): { readonly numRuns: number } => ({
  numRuns: Math.ceil(numRuns / Number(process.env.PROPERTY_RUNS ?? 1)),
});
