import fc from 'fast-check';
import { SEED } from '../support/seed';

test('a property that names no seed draws from that of the run, so that no run fails by luck', () => {
  expect(SEED).toBe(Number(process.env.PROPERTY_SEED));
  expect(fc.readConfigureGlobal().seed).toBe(SEED);
  expect(fc.sample(fc.nat(), 5)).toEqual(fc.sample(fc.nat(), { numRuns: 5, seed: SEED }));
});
