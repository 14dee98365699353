import { type Judged, type Prior, RISK } from '../../../lambda/evaluate-behaviors/learn';
import type { Learned } from '../../../lambda/evaluate-behaviors/page';
import { isPrior, Lesson } from '../../../lambda/evaluate-behaviors/prior';
import { reachOf, RUNGS, shares } from '../../../lambda/evaluate-behaviors/tail';

function judged(
  count: number,
  scale: number,
  crossed: Judged['crossed'],
  tails: readonly [number, number, number, number] = [2, 0.5, 3, 0.25],
): Judged {
  const learned: Learned = [count, 7, scale, ...tails, 1, 0, 0, ''];
  return { learned, crossed, distance: 0, valueAt: (at) => at };
}

function lessonOf(...all: readonly Judged[]): Lesson {
  const lesson = new Lesson();
  for (const one of all) lesson.add(one);
  return lesson;
}

/** A fleet of exponential tails, of which 100,000 datapoints were counted. */
const counted = (datapoints: number): number[] => [
  datapoints,
  ...RUNGS.map((rung) => datapoints * 0.04 * Math.exp(-rung)),
];
const PRIOR: Prior = {
  age: 600,
  total: 200_000,
  scale: 2,
  tails: [2, 0.4, 2, 0.4],
  ladder: counted(1e5),
  w: 1_000,
  bounds: { LOW: Math.log(40), MEDIUM: Math.log(400), HIGH: Math.log(4_000) },
};
const many = (count: number, one: Judged): Judged[] => Array.from({ length: count }, () => one);
const USUAL = judged(300, 1, [0, 0]);

describe('what a window teaches of the fleet', () => {
  test('nothing, if no device was in it', () => {
    expect(new Lesson().taught(undefined, 7)).toEqual({ prior: undefined, held: 0 });
    expect(new Lesson().taught(PRIOR, 1_001)).toEqual({ prior: PRIOR, held: 0 });
  });

  test('it counts how far devices went that are settled, and knows how long its oldest device is known', () => {
    const lesson = lessonOf(
      judged(3, 1, undefined),
      judged(288, 1, [0, 0]),
      judged(140, 1, [0, 1]),
      judged(140, 1, [1, 3]),
      judged(190, 1, [3, 1]),
      judged(99, 1, undefined),
    );
    const { prior, held } = lesson.taught(undefined, 7);
    expect(prior).toMatchObject({ age: 288, total: 6, w: 7 });
    expect(prior?.ladder).toEqual([4, 1, 1, 1, ...RUNGS.slice(3).map(() => 0)]);
    expect(held).toBe(0);
    expect(lesson.taught(PRIOR, 1_000).prior).toMatchObject({ age: 600, total: 200_006, w: 1_000 });
    expect(lesson.taught(PRIOR, 1_000).prior?.ladder.slice(0, 3)).toEqual([
      1e5 + 4,
      4_001,
      Number((4_000 * Math.exp(-1) + 1).toPrecision(10)),
    ]);
  });

  test('what is typical is the geometric mean of devices whose tails are settled', () => {
    const lesson = lessonOf(
      judged(100, 1, [0, 0], [2, 1, 4, 0.5]),
      judged(100, 4, [0, 0], [8, 0.25, 4, 2]),
      judged(99, 1e6, undefined),
    );
    expect(lesson.taught(undefined, 0).prior).toMatchObject({ scale: 2, tails: [4, 0.5, 4, 1] });
  });

  test('what is typical follows slowly', () => {
    const next = lessonOf(judged(100, 4, [0, 0], [4, 0.8, 4, 0.8])).taught(PRIOR, 1_001).prior;
    expect(next).toMatchObject({ scale: 2.2, tails: [2.2, 0.44, 2.2, 0.44] });
  });

  test('without a settled device, what was typical stays', () => {
    const lesson = lessonOf(judged(99, 4, undefined));
    expect(lesson.taught(PRIOR, 1_001).prior).toMatchObject({ scale: 2, tails: PRIOR.tails });
    expect(lesson.taught(undefined, 0).prior).toMatchObject({ scale: 0, tails: [2.05, 0.4, 2.05, 0.4] });
  });

  test('the first settled device says what is typical at once', () => {
    const begun = lessonOf(judged(1, 9, undefined)).taught(undefined, 0).prior;
    expect(lessonOf(judged(100, 4, [0, 0])).taught(begun, 1).prior).toMatchObject({
      scale: 4,
      tails: [2, 0.5, 3, 0.25],
    });
  });

  test('pages of one window teach as one', () => {
    const all = [judged(100, 1, [0, 5]), judged(200, 4, [1, 2]), judged(150, 2, [0, 0]), judged(5, 3, undefined)];
    const joined = lessonOf(...all.slice(0, 2));
    joined.join(lessonOf(...all.slice(2)).kept());
    expect(joined.taught(PRIOR, 1_001)).toEqual(lessonOf(...all).taught(PRIOR, 1_001));
    const other = lessonOf(...all.slice(2));
    other.join(lessonOf(...all.slice(0, 2)).kept());
    expect(other.taught(PRIOR, 1_001)).toEqual(lessonOf(...all).taught(PRIOR, 1_001));
  });

  test('a page keeps of it what some device reached, in less than 100 characters of one device', () => {
    expect(lessonOf(judged(5, 3, undefined)).kept()).toEqual([5, 1, 0, [], []]);
    expect(
      lessonOf(judged(150, 1, [0, 2]), USUAL)
        .kept()
        .slice(0, 4),
    ).toEqual([300, 2, 2, [2, 1, 1]]);
    expect(JSON.stringify(lessonOf(judged(60_000, 1.23456, [0, 0])).kept()).length).toBeLessThan(100);
  });

  test('the bounds are those that the stated share of what was counted is beyond', () => {
    const next = lessonOf(USUAL).taught(PRIOR, 1_001).prior as Prior;
    for (const confidence of ['LOW', 'MEDIUM', 'HIGH'] as const)
      expect(next.bounds[confidence]).toBe(Number(reachOf(RISK[confidence], next.ladder).toPrecision(6)));
    expect(next.bounds.LOW).toBeCloseTo(PRIOR.bounds.LOW, 1);
  });

  test('values that are far move the bound of each confidence out, within days', () => {
    let prior: Prior = PRIOR;
    // One in a hundred is beyond 12 mean excesses.
    const lesson = lessonOf(...many(99, USUAL), judged(300, 1, [0, 8]));
    for (let w = 1_001; w < 2_000; w += 1) prior = lesson.taught(prior, w).prior as Prior;
    expect(prior.bounds.LOW).toBeGreaterThan(12);
  });
});

describe('what was counted', () => {
  const left = (w: number, prior: Prior = PRIOR): number =>
    ((lessonOf(USUAL).taught(prior, w).prior?.ladder[1] ?? 0) / (prior.ladder[1] as number)) as number;

  test('fades in a third of the life of the fleet', () => {
    expect(left(1_000)).toBeCloseTo(1, 6);
    expect(left(1_200)).toBeCloseTo(Math.exp(-1), 6);
    expect(left(1_001)).toBeCloseTo(Math.exp(-1 / 200), 6);
  });

  test('is not brought back by a shard that is late', () => {
    expect(left(900)).toBeCloseTo(1, 6);
    expect(lessonOf(USUAL).taught(PRIOR, 900).prior?.w).toBe(1_000);
  });

  test('fades in a fortnight, once four million datapoints were counted; before, in a third of the life', () => {
    const old = { ...PRIOR, age: 60_000 };
    expect(left(1_000 + 4_032, { ...old, ladder: counted(4_000_000) })).toBeCloseTo(Math.exp(-1), 6);
    expect(left(1_000 + 20_000, { ...old, ladder: counted(3_999_999) })).toBeCloseTo(Math.exp(-1), 6);
    expect(left(1_000 + 200, { ...PRIOR, ladder: counted(4_000_001) })).toBeCloseTo(Math.exp(-1), 6);
  });

  test('fades not at all while it is little', () => {
    expect(left(9_000, { ...PRIOR, ladder: counted(19_999) })).toBeCloseTo(1, 6);
    expect(left(1_200, { ...PRIOR, ladder: counted(20_000) })).toBeCloseTo(Math.exp(-1), 6);
  });

  test('of a fleet that began a window ago is not gone in the next', () => {
    expect(left(1_001, { ...PRIOR, age: 1 })).toBeCloseTo(Math.exp(-1), 6);
  });

  test('keeps one event among millions of datapoints', () => {
    const prior = { ...PRIOR, ladder: counted(123_456_789) };
    expect(lessonOf(USUAL).taught(prior, 1_000).prior?.ladder[0]).toBe(123_456_790);
  });
});

describe('too many at once', () => {
  const attack = (devices: number, driven: number): Lesson =>
    lessonOf(...many(devices - driven, USUAL), ...many(driven, judged(300, 1, [0, RUNGS.length])));

  test('teach no more than thrice what is usual and what chance makes of it, and that is said', () => {
    const { prior, held } = attack(1_000, 1_000).taught(PRIOR, 1_000);
    const added = (prior?.ladder ?? []).map((times, at) => times - (PRIOR.ladder[at] as number));
    expect(added[0]).toBeCloseTo(1_000, 6);
    const all = shares(PRIOR.ladder).map((share) => share * 1_000);
    all.forEach((usual, at) => expect(added[at + 1]).toBeCloseTo(3 * usual + 4 * Math.sqrt(usual) + 1, 4));
    expect(held).toBe(Math.ceil(1_000 - (3 * (all.at(-1) as number) + 4 * Math.sqrt(all.at(-1) as number) + 1)));
  });

  test('one is believed, and so is as many as chance may bring', () => {
    expect(attack(1_000, 1).taught(PRIOR, 1_000).held).toBe(0);
    const peaks = lessonOf(...many(900, USUAL), ...many(100, judged(300, 1, [0, 1])));
    expect(peaks.taught(PRIOR, 1_000).held).toBe(0);
  });

  test('for a day widen the normal of nobody by more than a tenth', () => {
    let prior: Prior = PRIOR;
    for (let w = 0; w < 288; w += 1) {
      const lesson =
        w % 12 === 0 ? attack(1_000, 1_000) : lessonOf(...many(960, USUAL), ...many(40, judged(300, 1, [0, 1])));
      prior = lesson.taught(prior, 1_000 + w).prior as Prior;
    }
    expect(prior.bounds.LOW).toBeLessThan(1.1 * PRIOR.bounds.LOW);
  });
});

test('what an older version of the code kept is begun anew', () => {
  const older = { age: 9, total: 9, scale: 1, tails: [2, 0.4, 2, 0.4], peaks: 1, far: 0, shape: 0 } as unknown as Prior;
  expect(isPrior(older)).toBe(false);
  expect(isPrior(undefined)).toBe(false);
  expect(isPrior(PRIOR)).toBe(true);
  expect(lessonOf(judged(100, 4, [0, 0])).taught(older, 5).prior).toMatchObject({ age: 100, total: 1, scale: 4 });
});
