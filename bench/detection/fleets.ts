import { deflateRawSync } from 'node:zlib';
import type { Scatter } from '../../lambda/evaluate-behaviors/learn';
import { dice, normal, poisson } from '../../test/support/dice';
import { CONFIDENCES, type Confidence, FleetLearner } from '../../bin/cli/tune/fleet-learner';
import { mostUnseen } from '../../test/support/patience';

type Maker = (mean: number, window: number, random: () => number) => number;

const WINDOW_SECONDS = 300;
const daily = (window: number): number => 1 + 0.5 * Math.sin((window / 288) * 2 * Math.PI);
const student = (random: () => number): number =>
  normal(random) / Math.sqrt((normal(random) ** 2 + normal(random) ** 2 + normal(random) ** 2) / 3);

/** Devices that behave as ever, each with a mean of its own. */
export const FLEETS: readonly (readonly [string, Scatter, Maker])[] = [
  ['messages: Poisson', 'count', (mean, _, random) => poisson(mean, random)],
  ['failures: Poisson, one in 20 windows', 'count', (mean, _, random) => poisson(mean / 600, random)],
  ['messages: Poisson, more by day', 'count', (mean, window, random) => poisson(mean * daily(window), random)],
  ['bytes: lognormal', 'amount', (mean, _, random) => mean * 1e4 * Math.exp(0.7 * normal(random))],
  ['bytes: Pareto, shape 2', 'amount', (mean, _, random) => (mean * 100) / Math.sqrt(1 - random())],
  [
    'bytes: 3 % of windows 50 times as much',
    'amount',
    (mean, _, random) => (random() < 0.03 ? 50 : 1) * mean * 100 * Math.exp(0.3 * normal(random)),
  ],
  ['sensor: normal', 'gauge', (mean, _, random) => mean + 5 * normal(random)],
  ['sensor: Student, 3 degrees', 'gauge', (mean, _, random) => mean + 5 * student(random)],
];

/** What share of windows of devices that behave as ever is outside their learned normal. */
export function falseAlarms(devices = 200, windows = 2_000) {
  return FLEETS.map(([fleet, scatter, make]) => {
    const random = dice(7);
    const means = Array.from({ length: devices }, () => 30 * Math.exp(normal(random)));
    const learner = new FleetLearner(() => scatter);
    const hits = { LOW: 0, MEDIUM: 0, HIGH: 0 };
    let judged = 0;
    for (let window = 0; window < windows; window += 1) {
      const values = means.map(
        (mean, index) => [String(index), make(mean, window, random), window * WINDOW_SECONDS] as const,
      );
      for (const verdict of learner.window(values).values()) {
        if (verdict === undefined) continue;
        judged += 1;
        for (const confidence of CONFIDENCES) if (verdict[confidence]) hits[confidence] += 1;
      }
    }
    const rates = CONFIDENCES.map((confidence) => [confidence, hits[confidence] / judged] as const);
    return { fleet, judged, rates: Object.fromEntries(rates) as typeof hits };
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
