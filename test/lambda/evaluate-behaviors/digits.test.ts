import fc from 'fast-check';
import { toDigits } from '../../../lambda/evaluate-behaviors/digits';

/** Short decimals, the middle of two of them among them, and what is next to those. */
const near = fc
  .record({ whole: fc.integer({ min: -1e11, max: 1e11 }), power: fc.integer({ min: -25, max: 12 }), ulps: fc.nat(2) })
  .map(({ whole, power, ulps }) => Number(`${whole}e${power}`) * (1 + ulps * Number.EPSILON));

describe.each([6, 10])('a number with %d digits', (digits) => {
  const expected = (value: number): number => Number(value.toPrecision(digits));

  test('is what its text with so many says', () => {
    const numbers = fc.oneof(fc.double(), fc.double({ min: -1e4, max: 1e4 }), near);
    fc.assert(
      fc.property(numbers, (value) => expect(toDigits(value, digits)).toBe(expected(value))),
      { numRuns: 5_000 },
    );
  });

  test.each([0, -0, NaN, Infinity, -Infinity, 1e6, 1e10, 1e22, 1e300, 5e-324, 1e-5, 1e-17, 1e-18, 0.1, -0.1])(
    'is so for %d',
    (value) => expect(toDigits(value, digits)).toBe(expected(value)),
  );

  test('is the larger of two that are as near, as 12345.65 and 999999.5 are', () => {
    const halves = [0.5, 2.5, 12_345.65, 12_345.75, 999_999.5, 9_999_999_999.5, 1.0000005, 1.000_000_000_05];
    for (const value of halves.flatMap((half) => [half, -half])) expect(toDigits(value, digits)).toBe(expected(value));
  });

  test('is so on either side of each power of ten', () => {
    for (let power = -24; power < 24; power += 1) {
      const value = Number(`1e${power}`);
      for (const ulps of [-4, -2, -1, 0, 1, 2, 4])
        expect(toDigits(value * (1 + ulps * Number.EPSILON), digits)).toBe(
          expected(value * (1 + ulps * Number.EPSILON)),
        );
    }
  });
});
