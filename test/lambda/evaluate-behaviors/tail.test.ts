import fc from 'fast-check';
import {
  beyond,
  PEAK_SHARE,
  reachOf,
  RUNGS,
  rungsBelow,
  shapeOf,
  shares,
} from '../../../lambda/evaluate-behaviors/tail';

const FAR = 4;
/** What is counted of so many datapoints whose tails have a shape. */
const counted = (datapoints: number, shape: number): number[] => [
  datapoints,
  ...RUNGS.map((rung) => datapoints * 2 * PEAK_SHARE * beyond(rung, shape)),
];
const RISKS = [1e-3, 1e-4, 1e-5];

describe('how far a normal reaches', () => {
  test.each(RISKS)('before anything was seen a tail of shape 0.2 exceeds it with the stated risk of %d', (risk) => {
    const odds = (2 * PEAK_SHARE) / risk;
    for (const ladder of [[], counted(0, 0)]) {
      expect(reachOf(risk, ladder)).toBeGreaterThanOrEqual(4 * (odds ** 0.2 - 1));
      expect(reachOf(risk, ladder)).toBeLessThan(1.05 * 4 * (odds ** 0.2 - 1));
    }
  });

  test('of what was counted, the stated share went farther, whatever the shape', () => {
    const shape = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 0.35, noNaN: true }));
    fc.assert(
      fc.property(shape, fc.constantFrom(...RISKS), (xi, risk) => {
        const share = 2 * PEAK_SHARE * beyond(reachOf(risk, counted(1e9, xi)), xi);
        // Between two rungs it is as if the tail were exponential there, which is a little too far.
        expect(share).toBeLessThanOrEqual(1.01 * risk);
        expect(share).toBeGreaterThan(0.75 * risk);
      }),
    );
  });

  test('it is what was counted also where no shape fits', () => {
    // Tails that end at four mean excesses, and ones of which a hundredth is a thousand times as far.
    const short = counted(1e8, 0).map((times, at) => (at > 5 ? 0 : times));
    expect(reachOf(1e-5, short)).toBeLessThan(6);
    expect(reachOf(1e-5, short)).toBeGreaterThan(4);
    const mixed = counted(1e8, 0).map((times, at) => (at === 0 ? times : times + 1e8 * 2e-5));
    expect(reachOf(1e-4, mixed)).toBeLessThan(8);
    expect(reachOf(1e-5, mixed)).toBe(RUNGS.at(-1));
  });

  test('where little was counted the shape says how it goes on', () => {
    const little = counted(2e5, 0.25).map(Math.floor);
    const exact = reachOf(1e-5, counted(1e9, 0.25));
    expect(reachOf(1e-5, little)).toBeGreaterThan(0.7 * exact);
    expect(reachOf(1e-5, little)).toBeLessThan(1.2 * exact);
  });

  test('nothing is as usual that is farther than the last rung', () => {
    expect(reachOf(1e-5, [1e6, ...RUNGS.map(() => 1e6)])).toBe(96);
    expect(reachOf(0.5, counted(1e6, 0))).toBe(0);
  });

  test('a smaller risk reaches farther', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1e6), { minLength: 15, maxLength: 15 }), (ladder) => {
        const [low = 0, medium = 0, high = 0] = RISKS.map((risk) => reachOf(risk, ladder));
        expect(low).toBeLessThanOrEqual(medium);
        expect(medium).toBeLessThanOrEqual(high);
        expect(Number.isFinite(high)).toBe(true);
        expect(low).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('the shares beyond the rungs', () => {
  test('are those that were counted, and never grow', () => {
    const all = shares(counted(1e9, 0.2));
    RUNGS.forEach((rung, at) => {
      expect((all[at] as number) / (2 * PEAK_SHARE * beyond(rung, 0.2))).toBeCloseTo(1, 2);
    });
    // Far values that begin near, and far ones alone.
    const odd = shares([1e6, 10, 50, ...RUNGS.slice(2).map(() => 20)]);
    odd.slice(1).forEach((share, at) => expect(share).toBeLessThanOrEqual(odd[at] as number));
  });

  test.each([
    [-3, 0],
    [0, 0],
    [0.1, 1],
    [4, 4],
    [4.1, 5],
    [96, 13],
    [1e9, 14],
    [NaN, 0],
  ])('a distance of %d is beyond %d rungs', (distance, rungs) => expect(rungsBelow(distance)).toBe(rungs));
});

describe('the shape of a tail', () => {
  test.each([0.05, 0.1, 0.2, 0.25, 0.33])('%d is found again from the share of far peaks', (shape) => {
    const peaks = 1e7;
    expect(shapeOf(peaks, peaks * beyond(FAR, shape))).toBeCloseTo(shape, 3);
  });

  test('it is taken for 0.2 before anything was seen, and for that of an exponential tail where it is lighter', () => {
    expect(shapeOf(0, 0)).toBeCloseTo(0.2, 5);
    expect(shapeOf(1e6, 0)).toBe(0);
    expect(shapeOf(1e7, 1e7 * beyond(FAR, 0))).toBeLessThan(0.001);
  });

  test('it is bounded, however many peaks are far', () => {
    expect(shapeOf(1e6, 1e6)).toBeLessThanOrEqual(0.5);
    expect(shapeOf(1e6, 1e6)).toBeGreaterThan(0.499);
  });

  test('a few far peaks among few say little', () => {
    expect(shapeOf(10, 1)).toBeLessThan(0.4);
    expect(shapeOf(10, 1)).toBeGreaterThan(0.2);
    expect(shapeOf(10, 0)).toBeLessThan(0.2);
    expect(shapeOf(10, 0)).toBeGreaterThan(0.1);
  });
});
