import { alarmsOf, FLEETS, massAttack } from '../../../bench/detection/fleets';
import { type Confidence, DEVICE_TRAINING, RISK } from '../../../lambda/evaluate-behaviors/learn';
import { dice, poisson } from '../../support/dice';
import { CONFIDENCES, FleetLearner } from '../../../bin/cli/tune/fleet-learner';
import { mostUnseen } from '../../support/patience';

type Maker = (mean: number, window: number, random: () => number) => number;

const daily: Maker = (mean, window, random) =>
  poisson(mean * (1 + 0.8 * Math.sin((window / 288) * 2 * Math.PI)), random);

/** Twice what is stated, and four standard deviations of chance; the bench plays longer. */
const most = (confidence: Confidence, windows: number): number =>
  2 * RISK[confidence] * windows + 4 * Math.sqrt(RISK[confidence] * windows);

const PLAIN = new Set(['messages: Poisson', 'bytes: lognormal', 'bytes: Pareto, shape 2', 'sensor: normal']);

describe('the stated rate of false alarms', () => {
  test.each(FLEETS)('holds for %s', (...fleet) => {
    const { judged, alarms } = alarmsOf(fleet, { devices: 30, windows: 900 });
    expect(judged).toBeGreaterThan(18_000);
    for (const confidence of CONFIDENCES) expect(alarms[confidence]).toBeLessThanOrEqual(most(confidence, judged));
    // A fleet of which little is known is quieter than stated where its tails are of an odd form, or its counts nearly always 0.
    if (PLAIN.has(fleet[0])) expect(alarms.LOW).toBeGreaterThanOrEqual(0.5 * RISK.LOW * judged);
  });

  test.each(FLEETS.filter(([name]) => /^sensor: (Student|Pareto)/.test(name)))(
    'holds for %s from the first day on, and for a device that is alone',
    (...fleet) => {
      for (const played of [
        { devices: 100, windows: 450 },
        { devices: 1, windows: 4_000, fleets: 3 },
      ]) {
        const { judged, alarms } = alarmsOf(fleet, played);
        for (const confidence of CONFIDENCES) expect(alarms[confidence]).toBeLessThanOrEqual(most(confidence, judged));
      }
    },
  );

  test('newcomers of a trained fleet raise no more', () => {
    const random = dice(1);
    const learner = new FleetLearner(() => 'count');
    for (let window = 0; window < 400; window += 1)
      learner.window(
        Array.from({ length: 20 }, (_, at) => [String(at), poisson(10 + 5 * at, random), window * 300] as const),
      );
    let [judged, hits] = [0, 0];
    for (let window = 400; window < 500; window += 1)
      for (const verdict of learner
        .window(Array.from({ length: 150 }, (_, at) => [`new-${at}`, poisson(10 + at, random), window * 300] as const))
        .values()) {
        if (verdict === undefined) continue;
        judged += 1;
        if (verdict.LOW) hits += 1;
      }
    expect(judged).toBe(150 * (100 - DEVICE_TRAINING));
    expect(hits).toBeLessThanOrEqual(3 * RISK.LOW * judged);
  });
});

const steady: Maker = (mean, _, random) => poisson(mean, random);

/** A fleet of 16, some of which do something else after four days; what is said of these from then on. */
function watch(odd: Readonly<Record<string, (window: number) => number>>, usual: Maker = steady) {
  const random = dice(2);
  const learner = new FleetLearner(() => 'count');
  const said = new Map(Object.keys(odd).map((name) => [name, [] as ReturnType<typeof learner.window>[]]));
  const names = [...said.keys(), ...Array.from({ length: 16 }, (_, at) => String(at))];
  for (let window = 0; window < 5 * 288; window += 1) {
    const isOdd = window >= 4 * 288;
    const verdicts = learner.window(
      names.map((name): readonly [string, number, number] => {
        const as = isOdd ? odd[name]?.(window) : undefined;
        return [name, as ?? usual(60, window, random), window * 300];
      }),
    );
    if (isOdd) for (const all of said.values()) all.push(verdicts);
  }
  return (name: string) => (said.get(name) ?? []).map((verdicts) => verdicts.get(name));
}

describe('what is seen', () => {
  let of: ReturnType<typeof watch>;
  beforeAll(() => {
    of = watch({ thrice: () => 180, silent: () => 0, twice: () => 120, flood: () => 1_000 });
  });

  test('three times as many messages, at once, with any confidence', () =>
    expect(of('thrice')[0]).toEqual({ LOW: true, MEDIUM: true, HIGH: true }));

  test('silence, likewise: a normal has two sides', () =>
    expect(of('silent')[0]).toEqual({ LOW: true, MEDIUM: true, HIGH: true }));

  test('twice as many, with a low confidence', () => expect(of('twice')[0]).toMatchObject({ LOW: true }));

  test('an attack that goes on stays in alarm for hours, and then is the new normal', () => {
    const alarms = of('flood').map((verdict) => verdict?.LOW);
    expect(alarms.slice(0, 24)).toEqual(Array.from({ length: 24 }, () => true));
    expect(alarms).toContain(false);
  });

  test('by night what is usual by day', () => {
    // In hour 18 there are 12 messages, in hour 6 there are 108.
    const atNight = (window: number): number =>
      window % 288 >= 216 && window % 288 < 228 ? 108 : daily(60, window, () => 0.25);
    const alarms = watch({ nightly: atNight }, daily)('nightly').map((verdict) => verdict?.MEDIUM);
    expect(alarms.indexOf(true)).toBe(216);
  });

  test('not an attacker who knows the normal and stays within it: in two hours it sends no more than six times as much', () => {
    const random = dice(3);
    const learner = new FleetLearner(() => 'count');
    let most = 0;
    for (let window = 0; window < 5 * 288 + 24; window += 1) {
      const greedy = window < 5 * 288 ? undefined : mostUnseen(learner, '0', window * 300, 'LOW');
      most = greedy ?? most;
      learner.window(
        Array.from(
          { length: 12 },
          (_, at) => [String(at), at === 0 ? (greedy ?? 30) : poisson(30, random), window * 300] as const,
        ),
      );
    }
    expect(most).toBeGreaterThan(30);
    expect(most).toBeLessThan(180);
  });

  test('the same after an attack on all devices for a day: it widens the normal of nobody else', () => {
    for (const { factors } of massAttack({ devices: 40, days: 2 }))
      for (const confidence of CONFIDENCES) expect(factors[confidence]).toBeLessThan(1.2);
  });
});
