/** Of the run, which says it when it begins; of this moment where tests run without jest. */
export const SEED = Number(process.env.PROPERTY_SEED ?? Date.now() % 1_000_000_000);
