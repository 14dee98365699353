import { RISK } from '../../lambda/evaluate-behaviors/learn';
import type { costs } from './cost';
import type { falseAlarms, learnedBytes, massAttack, patience } from './fleets';
import type { Score } from './labelled';
import type { Throughput } from './throughput';

export interface Result {
  readonly sizes: readonly Throughput[];
  readonly falseAlarms: ReturnType<typeof falseAlarms>;
  readonly falseAlarmsAlone: ReturnType<typeof falseAlarms>;
  readonly massAttack: ReturnType<typeof massAttack>;
  readonly patience: ReturnType<typeof patience>;
  readonly learnedBytes: ReturnType<typeof learnedBytes>;
  readonly costs: ReturnType<typeof costs>;
  readonly nab: readonly Score[] | undefined;
  readonly skab: readonly Score[] | undefined;
  readonly mqttset: readonly Score[] | undefined;
}

type Cell = string | number | boolean;

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

const thousands = (value: number): string => value.toLocaleString('en-US');
const share = (value: number): string => (value === 0 ? 'none' : value.toExponential(1));

function labelled(name: string, option: string, scores: readonly Score[] | undefined): string {
  if (scores === undefined) return `${name}: SKIPPED; give \`--${option} FOLDER\`, a clone of it.\n`;
  return `${name}, ${scores[0]?.anomalies ?? 0} anomalies:\n\n${table(
    ['detector', 'found', 'by chance', 'false alarms a device-day', 'a metric and day', 'delay, datapoints (median)'],
    scores.map((one) => [
      one.detector,
      one.found,
      one.byChance,
      one.falseAlarmsPerDay,
      one.falseAlarmsPerMetricDay,
      Number.isNaN(one.delay) ? '' : one.delay,
    ]),
  )}`;
}

function falseAlarmTable(fleets: ReturnType<typeof falseAlarms>): string {
  const rows = fleets.map(({ fleet, judged, rates }) => [fleet, thousands(judged), ...Object.values(rates).map(share)]);
  return table(['devices', 'windows', ...Object.keys(RISK)], rows);
}

/** What was found of each kind of attack. */
function byKind(scores: readonly Score[]): string {
  const kinds = [...new Set(scores.flatMap(({ foundByKind }) => Object.keys(foundByKind)))];
  const rows = scores.map(({ detector, foundByKind }) => [detector, ...kinds.map((kind) => foundByKind[kind] ?? 0)]);
  return table(['found of 10', ...kinds], rows);
}

/** All figures, in Markdown. */
export function report(result: Result): string {
  const { sizes, patience: patient, learnedBytes: bytes } = result;
  const factors = Object.keys(Object.values(patient)[0] ?? {});
  return [
    '## Throughput and state\n',
    'One shard and window of five minutes with 300,000 records of messages, three counters. "Pure" is the aggregation alone, "bundle" the',
    'deployed file from base64 to the state that Lambda keeps; both in records by second of CPU.\n',
    table(
      [
        'devices',
        'pure',
        'bundle',
        'state, bytes a device and counter',
        'state of the window, kB',
        'spilled',
        'closing, s of CPU',
      ],
      sizes.map((one) => [
        thousands(one.devices),
        thousands(one.aggregationPerSecond),
        thousands(one.functionPerSecond),
        one.stateBytes,
        one.stateKilobytes,
        one.spilled ? 'yes' : 'no',
        one.closeSeconds,
      ]),
    ),
    `Kept in the table of a device and learned metric: ${bytes.json} characters of JSON, ${bytes.kept} bytes compressed.\n`,
    '## False alarms of devices that behave as ever\n',
    `Share of windows in which an alarm begins, from the end of training on; stated: ${Object.values(RISK).map(share).join(', ')}. Three`,
    'hundred simulated devices in the fortnight of their dry run:\n',
    falseAlarmTable(result.falseAlarms),
    'Devices that are alone in their fleet, each for six weeks, twenty of them together:\n',
    falseAlarmTable(result.falseAlarmsAlone),
    '## What gets past it\n',
    'An attacker who knows all that was learned, and always sends the most that raises no alarm: hours until the device sends so',
    'many times what it sent before.\n',
    table(
      ['confidence', ...factors],
      Object.entries(patient).map(([confidence, hours]) => [confidence, ...factors.map((one) => hours[one] ?? '')]),
    ),
    'An attacker who has devices of a fleet of 200 send ten times as much, each hour for a quarter of it and for a day, so that the',
    'bounds of all widen: how many times as far away from where its tail begins a value must be after that day to be outside.\n',
    table(
      ['devices that are driven', ...Object.keys(RISK)],
      result.massAttack.map(({ share: hit, factors }) => [
        `${100 * hit} %`,
        ...Object.values(factors).map((factor) => Number(factor.toFixed(2))),
      ]),
    ),
    '## Labelled measurements\n',
    '"By chance" is how many a detector would find that raises as many false alarms at random. How fast a normal learns and what was',
    'counted fades was chosen with these benchmarks in view, the Numenta one above all, so the figures are of measurements that were',
    'seen. Learned normals state 0.288, 0.0288 and 0.00288 false alarms a metric and day; labelled anomalies count among what the',
    'fleet counts, so where there are many it is quieter. An alarm where nobody put a label counts as false, whether or not something',
    'had changed. Thresholds and z-scores are the plain ones, beside which the learned normal stands; the last z-scores are those that',
    'raise as many false alarms as each confidence.\n',
    labelled('[Numenta Anomaly Benchmark](https://github.com/numenta/NAB)', 'nab', result.nab),
    labelled('[Skoltech Anomaly Benchmark](https://github.com/waico/SKAB)', 'skab', result.skab),
    '## Labelled MQTT traffic\n',
    'Ten sensors and five attacks, captured in one testbed, in windows of five seconds that stand for five minutes, since the captures',
    'last 46 minutes: messages, their bytes, attempts to connect, refusals and disconnects by client, as AWS IoT would count them. Each',
    'attack is put into the traffic of each sensor once, as if somebody used its identity; where it begins is chosen here, after the',
    'training, all else was captured. Sensors of a testbed are more regular than a fleet: a bound on what they did finds everything here,',
    'and says nothing about the false alarms of a year. Slowly guessed passwords are few refusals a',
    'window, which the higher confidences take for chance where little is known of a fleet: put a rule on refusals.\n',
    labelled('[MQTTset](https://github.com/l-laura/MQTTset-reduced)', 'mqttset', result.mqttset),
    ...(result.mqttset === undefined ? [] : [byKind(result.mqttset)]),
    '## A million device-hours\n',
    'Worked out from the measured speed and the prices in `bench/detection/cost.ts`, which names their sources and says which of them',
    'were seen there. Detect has a public price list for the China regions (CNY 0.24 for 100,000 datapoints of rules) that could be read;',
    'its prices elsewhere stand in dollars on the page that `cost.ts` names.\n',
    table(
      ['workload', 'stream engine, USD', 'by million datapoints, USD', 'million datapoints', 'Detect, China'],
      result.costs.map((one) => [
        one.workload,
        one.oursDollars,
        Number((one.oursDollars / one.detectMillions).toFixed(3)),
        one.detectMillions,
        one.detect,
      ]),
    ),
  ].join('\n');
}
