import fc from 'fast-check';
import { type Hours, hourOf, learnHour, NO_HOURS, offsetAt } from '../../../lambda/evaluate-behaviors/hours';

const NONE: Hours = { quantum: 0, offsets: NO_HOURS };

function learnt(errors: readonly number[], hour: number, scale: number, from = NONE): Hours {
  return errors.reduce((hours, error) => learnHour(hours, hour, error, scale), from);
}

describe('the hour of a window', () => {
  test.each([
    [0, 0],
    [3_599, 0],
    [3_600, 1],
    [86_399, 23],
    [86_400, 0],
    [Date.UTC(2026, 0, 5, 13, 55) / 1_000, 13],
  ])('%d s is in hour %d', (seconds, hour) => expect(hourOf(seconds)).toBe(hour));
});

describe('habits of the day', () => {
  test('there are none before anything was learned, and none from a value that was as expected', () => {
    expect(offsetAt(NONE, 5)).toBe(0);
    expect(learnHour(NONE, 5, 0, 1)).toBe(NONE);
  });

  test('one value moves its own hour by an eighth of the scale, in its own direction', () => {
    const up = learnHour(NONE, 5, 3, 8);
    expect(offsetAt(up, 5)).toBe(1);
    expect(offsetAt(up, 4)).toBe(0);
    expect(offsetAt(up, 6)).toBe(0);
    const both = learnHour(up, 23, -100, 8);
    expect(offsetAt(both, 23)).toBe(-1);
    expect(offsetAt(both, 5)).toBe(1);
  });

  test('a value that is within half a quantum of what is expected moves nothing', () => {
    const known = learnHour(NONE, 5, 1, 8);
    expect(learnHour(known, 5, 0.5, 8)).toEqual(known);
    expect(offsetAt(learnHour(known, 5, 0.51, 8), 5)).toBe(2);
    expect(offsetAt(learnHour(known, 5, -0.51, 8), 5)).toBe(0);
  });

  test('no value moves more than any other', () => {
    const known = learnHour(NONE, 0, 1, 8);
    expect(learnHour(known, 3, 1e9, 8)).toEqual(learnHour(known, 3, 1, 8));
  });

  test('offsets that grow too large are counted in quanta twice as large', () => {
    const at46 = learnt(
      Array.from({ length: 46 }, () => 100),
      7,
      8,
    );
    expect(offsetAt(at46, 7)).toBe(46);
    expect(at46.quantum).toBe(0);
    const beyond = learnHour(at46, 7, 100, 8);
    expect(beyond.quantum).toBe(1);
    expect(offsetAt(beyond, 7)).toBe(46);
    expect(offsetAt(learnHour(beyond, 7, 100, 8), 7)).toBe(48);
    const below = learnt(
      Array.from({ length: 47 }, () => -100),
      7,
      8,
    );
    expect([below.quantum, offsetAt(below, 7)]).toEqual([1, -46]);
  });

  test('offsets are counted in finer quanta once the scale is small, if they fit', () => {
    const few = learnt([100, 100, 100], 7, 8);
    const finer = learnHour(few, 7, 0, 1.9);
    expect(finer.quantum).toBe(-1);
    expect(offsetAt(finer, 7)).toBe(3);
    expect(learnHour(few, 7, 0, 2)).toEqual(few);
    const many = learnt(
      Array.from({ length: 24 }, () => 100),
      7,
      8,
    );
    expect(learnHour(many, 7, 0, 1.9)).toEqual(many);
    const most = learnt(
      Array.from({ length: 23 }, () => -100),
      7,
      8,
    );
    expect(offsetAt(learnHour(most, 7, 0, 1.9), 7)).toBe(-23);
  });

  test('whatever comes, they stay 24 characters that take at most 48 in JSON', () => {
    const step = fc.record({ hour: fc.nat(23), error: fc.double({ noNaN: true, noDefaultInfinity: true }) });
    const scale = fc.double({ min: 1e-9, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), scale, (steps, size) => {
        const hours = steps.reduce((known, { hour, error }) => learnHour(known, hour, error, size), NONE);
        if (hours.offsets === NO_HOURS) return;
        expect(hours.offsets).toMatch(/^[!-}]{24}$/);
        expect(Number.isInteger(hours.quantum)).toBe(true);
      }),
    );
  });
});
