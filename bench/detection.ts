/**
 * The window function of the stream engine: records per second and core, state by device and counter, false alarms of learned
 * behavior and what a patient attacker gets past it, cost beside Detect's, and what is found in labelled measurements that nobody
 * here made, where copies of them are given.
 *
 * Usage: npm run bench:detection -- [--json] [--nab FOLDER] [--skab FOLDER] [--mqttset FOLDER]
 * [--write docs/detection-figures.md]
 *
 * The folders are clones of https://github.com/numenta/NAB, https://github.com/waico/SKAB and
 * https://github.com/l-laura/MQTTset-reduced; without one, that table is skipped, and the output says so. Needs the bundle (npm run bundle). Exit code 1 for a goal that is missed.
 */
import { writeFileSync } from 'node:fs';
import { CONFIDENCES } from '../bin/cli/tune/fleet-learner';
import { costs } from './detection/cost';
import { numenta, skoltech } from './detection/datasets';
import { falseAlarms, learnedBytes, massAttack, patience } from './detection/fleets';
import { type Score, scores } from './detection/labelled';
import { mqttset } from './detection/mqttset';
import { report } from './detection/report';
import { BundledFunction, throughput } from './detection/throughput';
import { RISK } from '../lambda/evaluate-behaviors/learn';

const GOAL_PER_SECOND = 200_000;
const GOAL_BYTES = 64;
const GOAL_LINEAR = 1.25;
const SIZES = [1_000, 10_000, 100_000];
const HEAD = `# Figures of the stream engine

<!-- npm run bench:detection -- --nab FOLDER --skab FOLDER --mqttset FOLDER --write docs/detection-figures.md -->

Printed by \`npm run bench:detection\`; what they mean is in [detection.md](detection.md). Speeds are of a shared machine of two cores.
`;
const DATA = { nab: numenta, skab: skoltech, mqttset };

/** More false alarms of a metric and day than `LOW` states. What the others state is too rare for these few days. */
function isTooLoud({ detector, falseAlarmsPerMetricDay }: Score): boolean {
  return detector === 'learned, LOW' && falseAlarmsPerMetricDay > RISK.LOW * 288;
}

/** Confidences at which simulated devices raise more than twice what is stated, and three standard deviations of chance. */
function tooLoud(fleets: ReturnType<typeof falseAlarms>): string[] {
  return fleets.flatMap(({ fleet, judged, rates }) =>
    CONFIDENCES.filter((confidence) => {
      const stated = RISK[confidence] * judged;
      return rates[confidence] * judged > 2 * stated + 3 * Math.sqrt(stated);
    }).map((confidence) => `${fleet}, ${confidence}: alarms`),
  );
}

function labelled(option: keyof typeof DATA) {
  const at = process.argv.indexOf(`--${option}`);
  const folder = process.argv[at + 1];
  return at < 0 || folder === undefined ? undefined : scores(DATA[option](folder));
}

async function main(): Promise<number> {
  const sizes = [];
  const bundle = await BundledFunction.start();
  await bundle.window(1_000); // once to warm up
  for (const devices of SIZES) sizes.push(await throughput(devices, bundle));
  await bundle.stop();
  const result = {
    sizes,
    falseAlarms: falseAlarms('fleet'),
    falseAlarmsAlone: falseAlarms('alone'),
    massAttack: massAttack(),
    patience: patience(),
    learnedBytes: learnedBytes(),
    costs: costs(sizes[1]?.functionPerSecond ?? 1),
    nab: labelled('nab'),
    skab: labelled('skab'),
    mqttset: labelled('mqttset'),
  };
  const missed = [
    ...sizes
      .filter((one) => one.aggregationPerSecond < GOAL_PER_SECOND)
      .map(({ devices }) => `${devices} devices: records`),
    ...sizes.filter((one) => one.stateBytes >= GOAL_BYTES).map(({ devices }) => `${devices} devices: bytes`),
    ...((sizes.at(-1)?.stateBytes ?? 0) > GOAL_LINEAR * (sizes[0]?.stateBytes ?? 0)
      ? ['state is not linear in devices']
      : []),
    ...tooLoud(result.falseAlarms),
    ...tooLoud(result.falseAlarmsAlone),
    ...[result.nab, result.skab, result.mqttset]
      .flatMap((table) => table?.filter(isTooLoud) ?? [])
      .map(({ detector }) => `${detector}: alarms`),
  ];
  if (process.argv.includes('--json')) console.log(JSON.stringify({ ...result, missed }, null, 2));
  else console.log([report(result), ...missed.map((goal) => `missed: ${goal}`)].join('\n'));
  const out = process.argv.indexOf('--write');
  if (out >= 0) writeFileSync(process.argv[out + 1] ?? '', `${HEAD}\n${report(result)}`);
  return missed.length === 0 ? 0 : 1;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 2;
  },
);
