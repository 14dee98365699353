/**
 * The window function of the stream engine: records per second and core, state by device and counter, false alarms of learned
 * behavior, cost beside Detect's, and (where a copy of the Numenta Anomaly Benchmark is given) what is found in it.
 *
 * Usage: npx tsx bench/detection.ts [--json] [--nab FOLDER]
 *
 * Needs the bundle (npm run bundle). Exit code 1 for a goal that is missed.
 */
import { costs } from './detection/cost';
import { loadSeries, scores } from './detection/labelled';
import { CONFIDENCES, dice, FleetLearner, normal, poisson } from './detection/learner';
import { BundledFunction, throughput } from './detection/throughput';
import { RISK } from '../lambda/evaluate-behaviors/learn';

const GOAL_PER_SECOND = 200_000;
const GOAL_BYTES = 64;
const GOAL_LINEAR = 1.25;
const SIZES = [1_000, 10_000, 100_000];

type Maker = (mean: number, window: number, random: () => number) => number;
const daily = (window: number): number => 1 + 0.5 * Math.sin((window / 288) * 2 * Math.PI);
const FLEETS: readonly (readonly [string, 'count' | 'amount', Maker])[] = [
  ['messages: Poisson', 'count', (mean, _, random) => poisson(mean, random)],
  ['messages: Poisson, twice as many by day', 'count', (mean, window, random) => poisson(mean * daily(window), random)],
  ['bytes: lognormal', 'amount', (mean, _, random) => mean * 1e4 * Math.exp(0.7 * normal(random))],
  ['bytes: Pareto, shape 2', 'amount', (mean, _, random) => (mean * 100) / Math.sqrt(1 - random())],
];

/** Devices that behave as ever, each with a mean of its own: what share of their windows is called an anomaly. */
function falseAlarms() {
  return FLEETS.map(([fleet, scatter, make]) => {
    const random = dice(7);
    const means = Array.from({ length: 200 }, () => 30 * Math.exp(normal(random)));
    const learner = new FleetLearner(scatter);
    const hits = { LOW: 0, MEDIUM: 0, HIGH: 0 };
    let judged = 0;
    for (let window = 0; window < 2_000; window += 1) {
      const values = means.map((mean, index) => [String(index), make(mean, window, random)] as const);
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

async function main(): Promise<number> {
  const nab = process.argv.indexOf('--nab');
  const sizes = [];
  const bundle = await BundledFunction.start();
  await bundle.window(1_000); // once to warm up
  for (const devices of SIZES) sizes.push(await throughput(devices, bundle));
  await bundle.stop();
  const result = {
    sizes,
    falseAlarms: falseAlarms(),
    costs: costs(sizes[1]?.functionPerSecond ?? 1),
    labelled: nab < 0 ? undefined : scores(loadSeries(process.argv[nab + 1] ?? '')),
  };
  const missed = [
    ...sizes
      .filter((one) => one.aggregationPerSecond < GOAL_PER_SECOND)
      .map(({ devices }) => `${devices} devices: records`),
    ...sizes.filter((one) => one.stateBytes >= GOAL_BYTES).map(({ devices }) => `${devices} devices: bytes`),
    ...((sizes.at(-1)?.stateBytes ?? 0) > GOAL_LINEAR * (sizes[0]?.stateBytes ?? 0)
      ? ['state is not linear in devices']
      : []),
  ];
  if (process.argv.includes('--json')) console.log(JSON.stringify({ ...result, missed }, null, 2));
  else print(result, missed);
  return missed.length === 0 ? 0 : 1;
}

type Result = { sizes: Awaited<ReturnType<typeof throughput>>[]; falseAlarms: ReturnType<typeof falseAlarms> } & {
  costs: ReturnType<typeof costs>;
  labelled: ReturnType<typeof scores> | undefined;
};

function print({ sizes, falseAlarms: alarms, costs: all, labelled }: Result, missed: readonly string[]): void {
  console.log('Devices in a shard and window of 300,000 records; CPU of one core');
  console.table(sizes);
  console.log(`Share of windows of devices that behave as ever, in alarm; stated: ${JSON.stringify(RISK)}`);
  console.table(Object.fromEntries(alarms.map(({ fleet, judged, rates }) => [fleet, { judged, ...rates }])));
  console.log(
    'A million device-hours, by prices of which most are estimates (dollars, and yuan for Detect: see bench/detection/cost.ts)',
  );
  console.table(all);
  if (labelled === undefined) console.log('Labelled measurements: not run; give --nab FOLDER');
  else console.table(labelled);
  for (const goal of missed) console.log(`missed: ${goal}`);
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 2;
  },
);
