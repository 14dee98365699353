/**
 * List prices in US dollars, us-east-1, and where they are published. Those of Detect, of the table and of Lambda were compared with
 * a list (Lambda's with a copy of May 2026); those of Kinesis and of rules nobody has checked against the page named beside them. Do
 * so before you quote a sum.
 */
export const PRICES = {
  kinesisShardHour: { dollars: 0.015, source: 'https://aws.amazon.com/kinesis/data-streams/pricing/' },
  kinesisMillionPuts: { dollars: 0.014, source: 'https://aws.amazon.com/kinesis/data-streams/pricing/' },
  ruleMillionTriggered: { dollars: 0.15, source: 'https://aws.amazon.com/iot-core/pricing/' },
  ruleMillionActions: { dollars: 0.15, source: 'https://aws.amazon.com/iot-core/pricing/' },
  lambdaGigabyteSecond: { dollars: 0.0000133334, source: 'https://aws.amazon.com/lambda/pricing/ (arm64)' },
  lambdaMillionRequests: { dollars: 0.2, source: 'https://aws.amazon.com/lambda/pricing/' },
  tableMillionWrites: { dollars: 0.625, source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/' },
  tableMillionReads: { dollars: 0.125, source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/' },
  /** Rules, the first 10 billion datapoints, China regions: CNY 0.24 for 100,000. What ML Detect costs was not on the list. */
  detectYuanPerMillionDatapoints: { yuan: 2.4, source: 'https://www.amazonaws.cn/en/iot-device-defender/pricing/' },
} as const;

export interface Workload {
  readonly name: string;
  /** Records on the stream by device and hour. */
  readonly records: number;
  /** Metrics that Detect would count, each of 12 datapoints an hour. */
  readonly metrics: number;
  /** Bytes of a device in the table, written each window; 0: nothing is kept of devices within their normal. */
  readonly kept: number;
}

export const WORKLOADS: readonly Workload[] = [
  { name: 'lifecycle events only (2 an hour), 3 rules', records: 2, metrics: 3, kept: 0 },
  { name: 'a report every 5 minutes, 6 rules', records: 14, metrics: 6, kept: 0 },
  { name: 'a message a minute and reports, 8 rules, 2 learned', records: 74, metrics: 8, kept: 104 },
];

const HOURS = 1_000_000;
const WINDOWS_AN_HOUR = 12;
const SHARD_RECORDS_AN_HOUR = 3_600_000;
const MEMORY_GIGABYTES = 1;
/**
 * What a shard remembers over the end of a window is written once and read three times, at most; the state of devices twice: when the
 * window is judged, and by the schedule.
 */
const REMEMBERED_BYTES = 65_540;

export interface Cost {
  readonly workload: string;
  readonly oursDollars: number;
  readonly detectMillions: number;
  /** By the price list of Detect that could be read. */
  readonly detect: string;
}

/** What a million device-hours cost, of a fleet that keeps its shards half busy. */
export function costs(functionPerSecond: number): Cost[] {
  return WORKLOADS.map(({ name, records, metrics, kept }) => {
    const millions = (HOURS * records) / 1e6;
    const shardHours = ((HOURS * records) / SHARD_RECORDS_AN_HOUR) * 2;
    const stream = millions * PRICES.kinesisMillionPuts.dollars + shardHours * PRICES.kinesisShardHour.dollars;
    const rules = millions * (PRICES.ruleMillionTriggered.dollars + PRICES.ruleMillionActions.dollars);
    const seconds = (HOURS * records) / functionPerSecond;
    const lambda = seconds * MEMORY_GIGABYTES * PRICES.lambdaGigabyteSecond.dollars;
    const windows = (HOURS * WINDOWS_AN_HOUR * kept) / 1e6;
    const remembered = (shardHours * WINDOWS_AN_HOUR * REMEMBERED_BYTES) / 1e6;
    const table =
      ((windows + remembered) / 1_024) * PRICES.tableMillionWrites.dollars +
      ((2 * windows + 3 * remembered) / 4_096) * PRICES.tableMillionReads.dollars;
    const datapoints = (HOURS * WINDOWS_AN_HOUR * metrics) / 1e6;
    return {
      workload: name,
      oursDollars: Number((stream + rules + lambda + table).toFixed(2)),
      detectMillions: datapoints,
      detect: `CNY ${(datapoints * PRICES.detectYuanPerMillionDatapoints.yuan).toFixed(2)}`,
    };
  });
}
