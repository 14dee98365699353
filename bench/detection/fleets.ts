import { deflateRawSync } from 'node:zlib';
import type { Scatter } from '../../lambda/evaluate-behaviors/learn';
import { dice, normal, poisson } from '../../test/support/dice';
import { CONFIDENCES, type Confidence, FleetLearner } from '../../bin/cli/tune/fleet-learner';
import { mostUnseen } from '../../test/support/patience';

/** The value of a device with this mean in a window; `before` is what the same device had last. */
type Maker = (mean: number, window: number, random: () => number, before: number) => number;

const WINDOW_SECONDS = 300;
const daily = (window: number): number => 1 + 0.5 * Math.sin((window / 288) * 2 * Math.PI);
const student = (random: () => number): number =>
  normal(random) / Math.sqrt((normal(random) ** 2 + normal(random) ** 2 + normal(random) ** 2) / 3);

/** Devices that behave as ever, each with a mean of its own. */
export const FLEETS: readonly (readonly [string, Scatter, Maker])[] = [
  ['messages: Poisson', 'count', (mean, _, random) => poisson(mean, random)],
  ['failures: Poisson, one in 20 windows', 'count', (mean, _, random) => poisson(mean / 600, random)],
  ['messages: Poisson, more by day', 'count', (mean, window, random) => poisson(mean * daily(window), random)],
  [
    'messages: negative binomial, 2 in shape',
    'count',
    (mean, _, random) => poisson(-0.5 * mean * Math.log((1 - random()) * (1 - random())), random),
  ],
  ['bytes: lognormal', 'amount', (mean, _, random) => mean * 1e4 * Math.exp(0.7 * normal(random))],
  ['bytes: Pareto, shape 2', 'amount', (mean, _, random) => (mean * 100) / Math.sqrt(1 - random())],
  [
    'bytes: 3 % of windows 50 times as much',
    'amount',
    (mean, _, random) => (random() < 0.03 ? 50 : 1) * mean * 100 * Math.exp(0.3 * normal(random)),
  ],
  ['sensor: normal', 'gauge', (mean, _, random) => mean + 5 * normal(random)],
  [
    'sensor: normal, 0.9 correlated with the last',
    'gauge',
    (mean, _, random, before) => mean + 0.9 * (before - mean) + 5 * Math.sqrt(0.19) * normal(random),
  ],
  ['sensor: Student, 3 degrees', 'gauge', (mean, _, random) => mean + 5 * student(random)],
  [
    'sensor: half of the devices normal, half Student',
    'gauge',
    (mean, _, random) => mean + 5 * (mean > 30 ? normal(random) : student(random)),
  ],
  ['sensor: lognormal', 'gauge', (mean, _, random) => mean * Math.exp(normal(random))],
  ['sensor: Pareto, shape 2', 'gauge', (mean, _, random) => mean / Math.sqrt(1 - random())],
];

export type Rates = Record<Confidence, number>;

/** Plays fleets of devices that behave as ever: how many windows were judged, and in how many of them an alarm began. */
export function alarmsOf(
  [, scatter, make]: (typeof FLEETS)[number],
  { devices, windows, fleets = 1 }: { readonly devices: number; readonly windows: number; readonly fleets?: number },
): { readonly judged: number; readonly alarms: Rates } {
  const alarms: Rates = { LOW: 0, MEDIUM: 0, HIGH: 0 };
  let judged = 0;
  for (let fleet = 0; fleet < fleets; fleet += 1) {
    const random = dice(7 + fleet);
    const means = Array.from({ length: devices }, () => 30 * Math.exp(normal(random)));
    const last = [...means];
    const learner = new FleetLearner(() => scatter);
    let before: ReturnType<FleetLearner['window']> = new Map();
    for (let window = 0; window < windows; window += 1) {
      const values = means.map((mean, index) => {
        const value = make(mean, window, random, last[index] as number);
        last[index] = value;
        return [String(index), value, window * WINDOW_SECONDS] as const;
      });
      const now = learner.window(values);
      for (const [name, verdict] of now) {
        if (verdict === undefined) continue;
        judged += 1;
        for (const confidence of CONFIDENCES)
          if (verdict[confidence] && before.get(name)?.[confidence] !== true) alarms[confidence] += 1;
      }
      before = now;
    }
  }
  return { judged, alarms };
}

/** A fleet in the fortnight of its dry run, and devices that are alone for six weeks. */
const PLAYED = {
  fleet: { devices: 300, windows: 14 * 288 },
  alone: { devices: 1, windows: 42 * 288, fleets: 20 },
} as const;

/** In what share of windows of devices that behave as ever an alarm begins, in a fleet and alone. */
export function falseAlarms(played: keyof typeof PLAYED) {
  return FLEETS.map((fleet) => {
    const { judged, alarms } = alarmsOf(fleet, PLAYED[played]);
    const rates = CONFIDENCES.map((confidence) => [confidence, alarms[confidence] / judged] as const);
    return { fleet: fleet[0], judged, rates: Object.fromEntries(rates) as Rates };
  });
}

const FACTORS = [2, 5, 10, 100];
const DAYS_BEFORE = 14;

/** A device that always sends the most that raises no alarm: after how many hours it sends how many times as much as before. */
export function patience(confidences: readonly Confidence[] = CONFIDENCES) {
  return Object.fromEntries(
    confidences.map((confidence) => {
      const random = dice(3);
      const learner = new FleetLearner(() => 'count');
      const mean = 30;
      const hours: Record<string, number> = {};
      const begins = DAYS_BEFORE * 288;
      for (let window = 0; window < begins + 14 * 288 && Object.keys(hours).length < FACTORS.length; window += 1) {
        const seconds = window * WINDOW_SECONDS;
        const most = window < begins ? undefined : mostUnseen(learner, '0', seconds, confidence);
        for (const factor of FACTORS)
          if ((most ?? 0) >= factor * mean) hours[`${factor} times`] ??= Number(((window - begins) / 12).toFixed(1));
        const others = Array.from(
          { length: 20 },
          (_, index) => [String(index), poisson(mean, random), seconds] as const,
        );
        learner.window(others.map(([name, value]) => [name, name === '0' ? (most ?? value) : value, seconds] as const));
      }
      return [confidence, hours];
    }),
  );
}

const HIT = [0.1, 1];

/**
 * An attacker who drives devices of a fleet for a day, each hour for a quarter of it, to have the bounds of all widened: by how many
 * times the distance that is outside the normal grows, by confidence.
 */
export function massAttack({ devices, days } = { devices: 200, days: 7 }) {
  return HIT.map((share) => {
    const random = dice(13);
    const learner = new FleetLearner(() => 'count');
    const begins = days * 288;
    const window = (at: number): void => {
      const isOn = at >= begins && at % 12 < 3;
      const values = Array.from({ length: devices }, (_, index) => {
        const usual = poisson(60, random);
        return [String(index), isOn && index < share * devices ? 10 * usual : usual, at * WINDOW_SECONDS] as const;
      });
      learner.window(values);
    };
    for (let at = 0; at < begins; at += 1) window(at);
    const before = learner.prior;
    for (let at = begins; at < begins + 288; at += 1) window(at);
    const factors = CONFIDENCES.map((confidence) => {
      const [from = 1, to = 1] = [before, learner.prior].map((prior) => prior?.bounds[confidence]);
      return [confidence, to / from] as const;
    });
    return { share, factors: Object.fromEntries(factors) as Rates };
  });
}

/** What is kept of a device and learned metric after two weeks: as JSON, and as the table has it. */
export function learnedBytes(): { readonly json: number; readonly kept: number } {
  const random = dice(11);
  const learner = new FleetLearner(() => 'count');
  const means = Array.from({ length: 100 }, () => 30 * Math.exp(normal(random)));
  for (let window = 0; window < 14 * 288; window += 1)
    learner.window(
      means.map(
        (mean, index) => [String(index), poisson(mean * daily(window), random), window * WINDOW_SECONDS] as const,
      ),
    );
  const states = [...learner.known.values()].map((state) => JSON.stringify(state));
  const characters = states.reduce((sum, text) => sum + text.length, 0) / states.length;
  // As a page is written.
  const kept = deflateRawSync(states.join(','), { level: 1 }).length / states.length;
  return { json: Math.round(characters), kept: Math.round(kept) };
}
