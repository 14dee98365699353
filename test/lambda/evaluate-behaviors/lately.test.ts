import fc from 'fast-check';
import { afterwards, keptOf, type Lately, latelyOf } from '../../../lambda/evaluate-behaviors/lately';
import { RUNGS } from '../../../lambda/evaluate-behaviors/tail';

const QUIET: Lately = { isOutside: false, isPeak: false, high: 0, since: 0 };
const NOW = { isOutside: false, isPeak: true };

/** How often values that are beyond so many rungs, one after the other, went beyond the rung before the given one. */
function timesBeyond(rungs: readonly number[], rung: number): number {
  let lately = QUIET;
  let times = 0;
  for (const one of rungs) {
    if (lately.high < rung && one >= rung) times += 1;
    lately = afterwards(lately, one, NOW);
  }
  return times;
}

test('what is kept of it is read again as it was, and is a number of three digits', () => {
  const lately = fc.record({
    isOutside: fc.boolean(),
    isPeak: fc.boolean(),
    high: fc.nat(RUNGS.length),
    since: fc.nat(11),
  });
  fc.assert(
    fc.property(lately, (one) => {
      expect(latelyOf(keptOf(one))).toEqual(one);
      expect(keptOf(one)).toBeLessThan(1_000);
    }),
  );
  expect(latelyOf(0)).toEqual(QUIET);
});

describe('values that go far', () => {
  test('count once while they stay there, and again when they come back after an hour', () => {
    expect(timesBeyond([5, 5, 5], 5)).toBe(1);
    expect(timesBeyond([5, 0, 5], 5)).toBe(1);
    const hour = Array.from({ length: 11 }, () => 0);
    expect(timesBeyond([5, ...hour, 5], 5)).toBe(1);
    expect(timesBeyond([5, ...hour, 0, 5], 5)).toBe(2);
  });

  test('count for a rung that they were not beyond within the hour', () => {
    expect(timesBeyond([4, 0, 0, 6], 6)).toBe(1);
    expect(timesBeyond([4, 0, 0, 6], 4)).toBe(1);
    expect(timesBeyond([6, 4, 6], 6)).toBe(1);
  });

  test('and then stay below count no more when the hour is over', () => {
    const hour = Array.from({ length: 13 }, () => 4);
    expect(timesBeyond([6, ...hour, 4], 4)).toBe(1);
    expect(timesBeyond([6, ...hour, 6], 6)).toBe(2);
  });

  test('that are common count each time', () => {
    expect(timesBeyond([2, 0, 2, 0, 2], 2)).toBe(3);
    expect(timesBeyond([3, 0, 3], 3)).toBe(1);
  });

  test('an hour is counted from the highest of them', () => {
    const half = Array.from({ length: 6 }, () => 0);
    expect(timesBeyond([5, ...half, 5, ...half, 5, ...half], 5)).toBe(1);
  });
});
