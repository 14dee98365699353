import fc from 'fast-check';
import {
  boundOf,
  DEVICE_TRAINING,
  FLEET_TRAINING,
  gathered,
  learn,
  type Prior,
  type Scatter,
  scatterOf,
  SETTLED,
  spread,
} from '../../../lambda/evaluate-behaviors/learn';
import { latelyOf } from '../../../lambda/evaluate-behaviors/lately';
import type { Learned } from '../../../lambda/evaluate-behaviors/page';
import { RUNGS } from '../../../lambda/evaluate-behaviors/tail';
import { dice, normal } from '../../support/dice';

const SCATTERS: readonly Scatter[] = ['count', 'amount', 'gauge'];
const PRIOR: Prior = {
  age: 288,
  total: 1_000,
  scale: 1,
  tails: [2, 0.4, 2, 0.4],
  ladder: [],
  w: 0,
  bounds: { LOW: Math.log(40), MEDIUM: 6, HIGH: Math.log(4_000) },
};
/** A device of level 20 and scale 1, on the scale of counts. */
const KNOWN: Learned = [500, 20, 1, 2, 0.4, 2.5, 0.5, 1, 0, 0, ''];

/** A value that is so many scales away from the level of a device. */
function off(scales: number, [, level]: Learned = KNOWN): number {
  return gathered(level + scales, 'count');
}

function after(values: readonly number[], scatter: Scatter, prior?: Prior, from?: Learned): Learned {
  let known = from;
  for (const value of values) known = learn(value, scatter, 0, known, prior).learned;
  return known as Learned;
}

describe('the scale that values are on', () => {
  test('counts scatter evenly, whatever their mean', () => {
    expect(spread(0, 'count')).toBeCloseTo(2 * Math.sqrt(0.375), 12);
    expect(spread(-3, 'count')).toBe(spread(0, 'count'));
    expect(spread(10_100, 'count') - spread(10_000, 'count')).toBeCloseTo(1, 2);
  });

  test('amounts are told apart by factors, on either side of 0; gauges by differences', () => {
    expect(spread(2e6, 'amount') - spread(1e6, 'amount')).toBeCloseTo(Math.log(2), 6);
    expect(spread(-5, 'amount')).toBe(-spread(5, 'amount'));
    expect(spread(-7.25, 'gauge')).toBe(-7.25);
  });

  test.each(SCATTERS)('a value of %s is found again from where it was spread to', (scatter) => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (value) => {
        expect(gathered(spread(value, scatter), scatter)).toBeCloseTo(value, -Math.log10(1 + value) + 4);
      }),
    );
  });

  test('there is no count below 0', () => {
    expect(gathered(0.1, 'count')).toBe(0);
    expect(gathered(-5, 'count')).toBe(0);
  });
});

test.each([
  ['messages-sent', false, 'count'],
  ['listening-tcp-port-count', false, 'count'],
  ['bytes-out', false, 'amount'],
  ['message-size', false, 'amount'],
  ['bytes-out', true, 'gauge'],
] as const)('%s, custom %s, is a %s', (metric, isCustom, scatter) => expect(scatterOf(metric, isCustom)).toBe(scatter));

describe('training', () => {
  test('a fleet trains for a thousand datapoints and a day of its oldest device', () => {
    expect(boundOf(undefined, 'LOW')).toBeUndefined();
    expect(boundOf({ ...PRIOR, total: FLEET_TRAINING.datapoints - 1 }, 'LOW')).toBeUndefined();
    expect(boundOf({ ...PRIOR, age: FLEET_TRAINING.age - 1 }, 'LOW')).toBeUndefined();
    expect(boundOf(PRIOR, 'LOW')).toBeCloseTo(Math.log(40), 12);
    expect(boundOf(PRIOR, 'HIGH')).toBeCloseTo(Math.log(4_000), 12);
  });

  test('a device trains for an hour, in a fleet that is trained', () => {
    const values = Array.from({ length: DEVICE_TRAINING }, () => 90);
    expect(learn(1e6, 'count', 0, after(values.slice(1), 'count', PRIOR), PRIOR).distance).toBeUndefined();
    expect(learn(1e6, 'count', 0, after(values, 'count', PRIOR), PRIOR).distance).toBeGreaterThan(100);
    expect(learn(1e6, 'count', 0, after(values, 'count'), undefined).distance).toBeUndefined();
  });

  test('while it trains, the fleet learns nothing from it, and it learns no habits and no tails', () => {
    const young = [DEVICE_TRAINING - 1, ...KNOWN.slice(1)] as unknown as Learned;
    const judged = learn(off(3), 'count', 0, young, PRIOR);
    expect(judged.crossed).toBeUndefined();
    expect(judged.learned.slice(3, 7)).toEqual([2, 0.4, 2.5, 0.5]);
    const trained = learn(off(3), 'count', 0, [DEVICE_TRAINING, ...KNOWN.slice(1)] as unknown as Learned, PRIOR);
    expect(trained.crossed).toBeUndefined();
    expect(trained.learned[3]).toBeGreaterThan(2);
    const hours = (count: number): string =>
      learn(off(1), 'count', 0, [count, ...KNOWN.slice(1)] as unknown as Learned, PRIOR).learned[10];
    expect(hours(3 * DEVICE_TRAINING)).toBe('');
    expect(hours(3 * DEVICE_TRAINING + 1)).toHaveLength(24);
  });

  test('the fleet learns from a device whose tails are settled', () => {
    const at = (count: number) => learn(off(3), 'count', 0, [count, ...KNOWN.slice(1)] as unknown as Learned, PRIOR);
    expect(at(SETTLED - 1).crossed).toBeUndefined();
    // 2.5 mean excesses beyond where the tail begins: beyond 0, 1 and 2.
    expect(at(SETTLED).crossed).toEqual([0, 3]);
  });

  test('a new device begins with what is typical of the fleet', () => {
    const { learned } = learn(99.625, 'count', 0, undefined, { ...PRIOR, scale: 3, tails: [1.6, 0.5, 1.7, 0.6] });
    expect(learned).toEqual([1, 20, 3, 1.6, 0.5, 1.7, 0.6, 1, 0, 0, '']);
  });

  test('what an older version of the code kept is begun anew', () => {
    const older = [20, 1, 500] as unknown as Learned;
    expect(learn(99.625, 'count', 0, older, undefined).learned).toEqual([1, 20, 1, 2.05, 0.4, 2.05, 0.4, 1, 0, 0, '']);
  });

  test('a device finds its own scale in its first hour, though it is a thousand times another', () => {
    const random = dice(5);
    const values = Array.from({ length: 3 * DEVICE_TRAINING }, () => 1e6 + 1e5 * normal(random));
    const [, level, scale] = after(values, 'gauge');
    expect(Math.abs(level - 1e6)).toBeLessThan(1e5);
    expect(scale).toBeGreaterThan(3e4);
    expect(scale).toBeLessThan(3e5);
  });
});

describe('a distance', () => {
  test('counts mean excesses from where the tail begins, on the side of the value', () => {
    expect(learn(off(2), 'count', 0, KNOWN, PRIOR).distance).toBeCloseTo(0, 6);
    expect(learn(off(3.2), 'count', 0, KNOWN, PRIOR).distance).toBeCloseTo(3, 6);
    expect(learn(off(-4), 'count', 0, KNOWN, PRIOR).distance).toBeCloseTo(3, 6);
    expect(learn(off(0), 'count', 0, KNOWN, PRIOR).distance).toBeCloseTo(-5, 6);
  });

  test('a normal that was widened makes it smaller, for the fleet as well', () => {
    const wide: Learned = [...KNOWN.slice(0, 7), 3, 0, 0, ''] as unknown as Learned;
    const judged = learn(off(3.2), 'count', 0, wide, PRIOR);
    expect(judged.distance).toBeCloseTo(1, 6);
    // As near to 1 as numbers are: beyond the first rung at least, and not beyond the third.
    expect(judged.crossed?.[1]).toBeLessThanOrEqual(2);
    expect(learn(off(3.2), 'count', 0, KNOWN, PRIOR).crossed?.[1]).toBeGreaterThanOrEqual(3);
  });

  test('is measured in the scale and the width of its device, and from what is usual in its hour', () => {
    // A quarter of a scale more than its level in hour 1.
    const other: Learned = [500, 20, 2, 2, 0.4, 2.5, 0.5, 3, 0, -2, `O${'Q'}${'O'.repeat(22)}`];
    const judged = learn(off(6.5), 'count', 1, other, PRIOR);
    expect(judged.distance).toBeCloseTo((3 - 2) / 0.4 / 3, 6);
    expect(judged.valueAt(judged.distance as number)).toBeCloseTo(off(6.5), 6);
    expect(judged.learned[1]).toBeCloseTo(20 + 0.01 * 2 * 2, 6);
    expect(learn(off(1.5), 'count', 1, other, PRIOR).learned[1]).toBeCloseTo(20.01, 6);
  });

  test.each([3.2, -4.5, 7])('of a value %d scales away leads back to the value', (scales) => {
    const judged = learn(off(scales), 'count', 0, KNOWN, PRIOR);
    expect(judged.valueAt(judged.distance as number)).toBeCloseTo(off(scales), 6);
  });

  test.each([
    ['count', 4, 1],
    ['amount', 1e6, 0.05],
    ['gauge', 200, 4],
    ['gauge', -200, 4],
  ] as const)(
    'a %s that always was %d is not judged by its last decimal: its scale is at least %d',
    (scatter, value, least) => {
      const known = after(
        Array.from({ length: 600 }, () => value),
        scatter,
        PRIOR,
      );
      const far = gathered(spread(value, scatter) + 3 * least, scatter);
      const { distance = NaN } = learn(far, scatter, 0, known, PRIOR);
      expect(distance).toBeCloseTo((3 - known[3]) / known[4] / known[7], 1);
    },
  );
});

describe('what a value teaches', () => {
  const low = Math.log(40);
  const level = (value: number, from = KNOWN): number => learn(value, 'count', 0, from, PRIOR).learned[1];

  test('the level moves by a hundredth of the error, and of two scales at most', () => {
    expect(level(off(1))).toBeCloseTo(20.01, 6);
    expect(level(off(-1))).toBeCloseTo(19.99, 6);
    expect(level(off(3))).toBeCloseTo(20.02, 6);
    expect(level(off(-3))).toBeCloseTo(19.98, 6);
    expect(level(off(1), [9, ...KNOWN.slice(1)] as unknown as Learned)).toBeCloseTo(20.1, 6);
  });

  test('a value in alarm teaches less than a third of that', () => {
    expect(level(off(100))).toBeCloseTo(20.006, 6);
    expect(level(off(2 + 0.4 * (low - 0.01)))).toBeCloseTo(20.02, 6);
    expect(level(off(2 + 0.4 * (low + 0.01)))).toBeCloseTo(20.006, 6);
  });

  test('the scale grows for errors beyond the median one, and shrinks for smaller ones, by no more for the largest', () => {
    const scale = (value: number): number =>
      learn(value, 'count', 0, [...KNOWN.slice(0, 2), 2, ...KNOWN.slice(3)] as unknown as Learned, PRIOR).learned[2];
    const rate = 2 / 501;
    expect(scale(off(1.36))).toBeCloseTo(2 * Math.exp(rate), 5);
    expect(scale(off(-1.36))).toBeCloseTo(2 * Math.exp(rate), 5);
    expect(scale(off(1.34))).toBeCloseTo(2 * Math.exp(-rate), 5);
    expect(scale(off(1e3))).toBeCloseTo(2 * Math.exp(0.3 * rate), 5);
  });

  test('a tail begins where one value in 50 is beyond it', () => {
    const random = dice(9);
    const known = after(
      Array.from({ length: 10_000 }, () => 1e3 + 50 * normal(random)),
      'gauge',
      PRIOR,
    );
    for (const begin of [known[3], known[5]]) {
      expect(begin).toBeGreaterThan(1.75);
      expect(begin).toBeLessThan(2.4);
    }
    for (const excess of [known[4], known[6]]) {
      expect(excess).toBeGreaterThanOrEqual(0.3);
      expect(excess).toBeLessThan(0.6);
    }
  });

  test('each side has its own tail', () => {
    const random = dice(9);
    const values = Array.from({ length: 5_000 }, () => 1e3 + 50 * -Math.log(1 - random()));
    const [, , , upBegin, upExcess, downBegin, downExcess] = after(values, 'gauge', PRIOR);
    expect(upBegin).toBeGreaterThan(2 * downBegin);
    expect(upExcess).toBeGreaterThan(2 * downExcess);
  });

  test('peaks in a run move the tail less than those apart', () => {
    const peak = off(3);
    const first = learn(peak, 'count', 0, KNOWN, PRIOR).learned;
    expect(latelyOf(first[8])).toEqual({ isOutside: false, isPeak: true, high: 3, since: 0 });
    expect(first[3]).toBeCloseTo(2 * Math.exp(0.03 * 0.98), 5);
    // Ten peaks of 500 datapoints, and five more: the 16th weighs a fifteenth.
    expect(first[4]).toBeCloseTo(0.4 * Math.exp(1.5 / 15), 5);
    expect(first[5]).toBeCloseTo(2.5 * Math.exp(-0.03 * 0.02), 5);
    expect(first[6]).toBe(0.5);
    const second = learn(peak, 'count', 0, [...KNOWN.slice(0, 8), 2, 0, ''] as unknown as Learned, PRIOR).learned;
    expect(second[3]).toBeCloseTo(2 * Math.exp(0.3 * 0.03 * 0.98), 5);
    const quiet = learn(off(0), 'count', 0, first, PRIOR).learned;
    expect(latelyOf(quiet[8])).toEqual({ isOutside: false, isPeak: false, high: 3, since: 1 });
    expect(quiet[3]).toBeCloseTo(first[3] * Math.exp(-0.03 * 0.02), 5);
  });

  test('an alarm widens the normal by half, once for all windows that it lasts; time narrows it', () => {
    const first = learn(off(50), 'count', 0, KNOWN, PRIOR).learned;
    expect(first[7]).toBe(Number(Math.exp(0.4 * 0.999).toPrecision(6)));
    expect(latelyOf(first[8])).toEqual({ isOutside: true, isPeak: true, high: RUNGS.length, since: 0 });
    const second = learn(off(50), 'count', 0, first, PRIOR).learned;
    expect(second[7]).toBeCloseTo(first[7] ** (1 - 2.5e-4) * Math.exp(-0.4e-3), 5);
    expect(latelyOf(second[8]).isOutside).toBe(true);
    expect(learn(off(0), 'count', 0, KNOWN, PRIOR).learned[7]).toBeCloseTo(Math.exp(-0.4e-3), 6);
  });

  test('a normal that was widened or narrowed tends to 1 by itself, in a fortnight to a third of the way', () => {
    const width = (from: number): number =>
      learn(off(0), 'count', 0, [...KNOWN.slice(0, 7), from, 0, 0, ''] as unknown as Learned, PRIOR).learned[7];
    const aFortnight = (from: number): number => 14 * 288 * (Math.log(width(from) / from) - Math.log(width(1)));
    expect(aFortnight(10)).toBeCloseTo(-Math.log(10), 1);
    expect(aFortnight(0.8)).toBeCloseTo(-Math.log(0.8), 1);
  });

  test('while it is training nothing is widened or narrowed', () => {
    const { learned } = learn(off(50), 'count', 0, KNOWN, undefined);
    expect(learned[7]).toBe(1);
    expect(latelyOf(learned[8])).toMatchObject({ isOutside: false, isPeak: true });
    expect(learn(off(50), 'count', 0, KNOWN, undefined).learned[1]).toBeCloseTo(20.02, 6);
  });

  test('what is kept is small and finite, whatever the values', () => {
    const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), fc.nat(5));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 200 }), fc.constantFrom(...SCATTERS), (values, scatter) => {
        let known: Learned | undefined;
        values.forEach((one, at) => (known = learn(one, scatter, at % 24, known, PRIOR).learned));
        expect(JSON.stringify(known ?? '').length).toBeLessThanOrEqual(160);
        for (const part of known?.slice(0, 10) ?? []) expect(Number.isFinite(part)).toBe(true);
      }),
    );
  });

  test('the same values give the same normal', () => {
    const values = Array.from({ length: 500 }, (_, at) => (at * 7_919) % 97);
    expect(after(values, 'count', PRIOR)).toEqual(after(values, 'count', PRIOR));
  });
});
