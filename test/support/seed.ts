/** Of the run, which says it when it begins (`temp-folder.js`). */
export const SEED = Number(process.env.PROPERTY_SEED ?? 1);
