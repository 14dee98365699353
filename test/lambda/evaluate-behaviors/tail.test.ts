import fc from 'fast-check';
import { beyond, FAR, PEAK_SHARE, shapeOf, widthOf } from '../../../lambda/evaluate-behaviors/tail';

describe('how far a normal reaches', () => {
  test.each([
    [1e-3, Math.log(40)],
    [1e-4, Math.log(400)],
    [1e-5, Math.log(4_000)],
  ])('an exponential tail exceeds it with the stated risk of %d', (risk, width) =>
    expect(widthOf(risk, 0)).toBeCloseTo(width, 12),
  );

  test('for any shape the share of peaks beyond it is half of the risk on each side', () => {
    const risk = fc.double({ min: 1e-6, max: 1e-2, noNaN: true });
    const shape = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 0.3, noNaN: true }));
    fc.assert(
      fc.property(risk, shape, (one, xi) => {
        expect((PEAK_SHARE * beyond(widthOf(one, xi), xi)) / (one / 2)).toBeCloseTo(1, 6);
      }),
    );
  });

  test('a heavier tail reaches farther, and so does a smaller risk', () => {
    expect(widthOf(1e-4, 0.1)).toBeGreaterThan(widthOf(1e-4, 0));
    expect(widthOf(1e-4, 0.3)).toBeGreaterThan(widthOf(1e-4, 0.1));
    expect(widthOf(1e-5, 0.1)).toBeGreaterThan(widthOf(1e-4, 0.1));
  });
});

describe('the shape of a tail', () => {
  test.each([0.05, 0.1, 0.2, 0.25])('%d is found again from the share of far peaks', (shape) => {
    const peaks = 1e7;
    expect(shapeOf(peaks, peaks * beyond(FAR, shape))).toBeCloseTo(shape, 3);
  });

  test('it is that of an exponential tail before anything was seen, and for lighter ones', () => {
    expect(shapeOf(0, 0)).toBe(0);
    expect(shapeOf(1e6, 0)).toBe(0);
    expect(shapeOf(1e6, 1e6 * beyond(FAR, 0))).toBe(0);
  });

  test('it is bounded, however many peaks are far', () => {
    expect(shapeOf(1e6, 1e6)).toBeLessThanOrEqual(0.3);
    expect(shapeOf(1e6, 1e6)).toBeGreaterThan(0.299);
  });

  test('a few far peaks among few say little', () => {
    expect(shapeOf(10, 1)).toBeLessThan(0.1);
    expect(shapeOf(10, 1)).toBeGreaterThan(0);
  });
});
