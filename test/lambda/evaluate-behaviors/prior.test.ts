import type { Judged, Prior } from '../../../lambda/evaluate-behaviors/learn';
import type { Learned } from '../../../lambda/evaluate-behaviors/page';
import { isPrior, Lesson } from '../../../lambda/evaluate-behaviors/prior';

function judged(
  count: number,
  scale: number,
  peak: number | undefined,
  tails: readonly [number, number, number, number] = [2, 0.5, 3, 0.25],
): Judged {
  const learned: Learned = [count, 7, scale, ...tails, 1, 0, 0, ''];
  return { learned, peak, distance: peak, valueAt: (at) => at };
}

function lessonOf(...all: readonly Judged[]): Lesson {
  const lesson = new Lesson();
  for (const one of all) lesson.add(one);
  return lesson;
}

const PRIOR: Prior = { age: 500, total: 2_000, scale: 2, tails: [2, 0.4, 2, 0.4], peaks: 80, far: 2, shape: 0 };

describe('what a window teaches of the fleet', () => {
  test('nothing, if no device was in it', () => {
    expect(new Lesson().taught(undefined)).toBeUndefined();
    expect(new Lesson().taught(PRIOR)).toBe(PRIOR);
  });

  test('it counts datapoints, peaks and far peaks, and knows how long its oldest device is known', () => {
    const lesson = lessonOf(
      judged(3, 1, undefined),
      judged(288, 1, 0),
      judged(40, 1, 0.1),
      judged(40, 1, 4),
      judged(9, 1, 4.1),
    );
    expect(lesson.taught(undefined)).toMatchObject({ age: 288, total: 5, peaks: 3, far: 1 });
    expect(lesson.taught(PRIOR)).toMatchObject({ age: 500, total: 2_005, peaks: 83, far: 3 });
  });

  test('what is typical is the geometric mean of devices whose tails are settled', () => {
    const lesson = lessonOf(judged(100, 1, 0, [2, 1, 4, 0.5]), judged(100, 4, 0, [8, 0.25, 4, 2]), judged(99, 1e6, 0));
    expect(lesson.taught(undefined)).toMatchObject({ scale: 2, tails: [4, 0.5, 4, 1] });
  });

  test('what is typical follows slowly', () => {
    const next = lessonOf(judged(100, 4, 0, [4, 0.8, 4, 0.8])).taught(PRIOR);
    expect(next).toMatchObject({ scale: 2.2, tails: [2.2, 0.44, 2.2, 0.44] });
  });

  test('without a settled device, what was typical stays', () => {
    expect(lessonOf(judged(99, 4, 0)).taught(PRIOR)).toMatchObject({ scale: 2, tails: PRIOR.tails });
    expect(lessonOf(judged(99, 4, 0)).taught(undefined)).toMatchObject({ scale: 0, tails: [2.05, 0.4, 2.05, 0.4] });
  });

  test('the first settled device says what is typical at once', () => {
    const begun = lessonOf(judged(1, 9, 0)).taught(undefined);
    expect(lessonOf(judged(100, 4, 0)).taught(begun)).toMatchObject({ scale: 4, tails: [2, 0.5, 3, 0.25] });
  });

  test('pages of one window teach as one', () => {
    const all = [judged(100, 1, 5), judged(200, 4, 0.5), judged(150, 2, 0), judged(5, 3, undefined)];
    const joined = lessonOf(...all.slice(0, 2));
    joined.join(lessonOf(...all.slice(2)));
    expect(joined.taught(PRIOR)).toEqual(lessonOf(...all).taught(PRIOR));
    const other = lessonOf(...all.slice(2));
    other.join(lessonOf(...all.slice(0, 2)));
    expect(other.taught(PRIOR)).toEqual(lessonOf(...all).taught(PRIOR));
  });

  test('far peaks make the tail heavier', () => {
    const far = Array.from({ length: 100 }, (_, index) => judged(300, 1, index < 5 ? 6 : 1));
    expect(lessonOf(...far).taught(undefined)?.shape).toBeGreaterThan(0.1);
    const near = Array.from({ length: 100 }, () => judged(300, 1, 1));
    expect(lessonOf(...near).taught(undefined)?.shape).toBe(0);
  });

  test('beyond four million datapoints the past counts half', () => {
    const old = { ...PRIOR, total: 4_000_001, peaks: 100, far: 10 };
    expect(lessonOf(judged(300, 1, 5)).taught(old)).toMatchObject({ total: 2_000_001.5, peaks: 51, far: 6 });
    expect(lessonOf(judged(300, 1, 5)).taught({ ...old, total: 4e6 })).toMatchObject({ total: 4_000_001, peaks: 101 });
  });

  test('what an older version of the code kept is begun anew', () => {
    const older = { level: 1, between: 1, within: 1, bins: {} } as unknown as Prior;
    expect(isPrior(older)).toBe(false);
    expect(isPrior(undefined)).toBe(false);
    expect(isPrior(PRIOR)).toBe(true);
    expect(lessonOf(judged(100, 4, 0)).taught(older)).toMatchObject({ age: 100, total: 1, scale: 4 });
  });
});
