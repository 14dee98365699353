import { Aggregate, NO_HASHES } from '../../lambda/evaluate-behaviors/aggregate';
import { type BehaviorsDocument, ENV } from '../../lambda/evaluate-behaviors/contract';
import { planOf } from '../../lambda/evaluate-behaviors/plan';
import { type Fact, parseRecord } from '../../lambda/evaluate-behaviors/record';
import { encodeState } from '../../lambda/evaluate-behaviors/window-state';
import { FakeAws } from '../../test/support/fake-aws';
import { FakeStream } from '../../test/support/fake-stream';
import { behavior, documentOf, message, WINDOW_MS } from '../../test/support/stream';

export interface Throughput {
  readonly devices: number;
  readonly aggregationPerSecond: number;
  readonly functionPerSecond: number;
  /** Characters of the state that Lambda keeps, by device and counter. */
  readonly stateBytes: number;
  /** What Lambda is answered, as JSON; it ends a window whose state is larger than 1 MB. */
  readonly stateKilobytes: number;
  readonly spilled: boolean;
  readonly closeSeconds: number;
}

const per = { operator: 'atMost', windowSeconds: 300 } as const;
/** Three counters: what a fleet of the reference app watches of messages. */
const DOCUMENT: BehaviorsDocument = documentOf([
  behavior({ ...per, metric: 'messages-sent', threshold: 10_000 }),
  behavior({ metric: 'message-size', operator: 'atMost', threshold: 10_000 }),
  behavior({ metric: 'message-size', name: 'smallest', operator: 'atLeast', threshold: 1 }),
]);
const COUNTERS = 3;
const BATCH = 10_000;
/** What a shard takes in one window: 1,000 records a second. */
const RECORDS = 300_000;

const nameOf = (index: number): string => `pump-${String(index).padStart(6, '0')}`;

/** User and system time of this process, in seconds. */
function cpu(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

export function aggregation(devices: number): { readonly perSecond: number; readonly bytes: number } {
  const plan = planOf(DOCUMENT);
  const facts = Array.from({ length: RECORDS }, (_, index): Fact => {
    const parsed = parseRecord(JSON.stringify(message(nameOf(index % devices), Date.now())));
    if (!parsed.ok) throw new Error(parsed.reason);
    return parsed.value;
  });
  const aggregate = new Aggregate(plan, NO_HASHES);
  const seconds = cpu(() => {
    for (const fact of facts) aggregate.add(fact, fact.at);
  });
  const state = encodeState({ aggregate, parts: [], pages: new Set() });
  return { perSecond: RECORDS / seconds, bytes: state.b.length / devices / COUNTERS };
}

type Handler = (event: object) => Promise<{ state: object }>;

/** The bundle as it is deployed, with a table and a topic in the same process: what they cost is counted in. */
export class BundledFunction {
  public static async start(): Promise<BundledFunction> {
    const stream = new FakeStream();
    const aws = await FakeAws.start(stream.routes);
    Object.assign(process.env, aws.environment(), {
      [ENV.behaviors]: JSON.stringify(DOCUMENT),
      [ENV.table]: 'state',
      [ENV.topic]: 'arn:aws:sns:eu-west-1:123456789012:alerts',
    });
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the bundle is no module of this program
    const { handler } = require('../../dist/handlers/evaluate-behaviors/index.js') as { handler: Handler };
    return new BundledFunction(stream, aws, handler);
  }

  private constructor(
    private readonly stream: FakeStream,
    private readonly aws: FakeAws,
    private readonly handler: Handler,
  ) {}

  public stop(): Promise<void> {
    return this.aws.stop();
  }

  /** One window: base64, JSON, counters, state out and in again, and its end. */
  public async window(
    devices: number,
  ): Promise<{ perSecond: number; closeSeconds: number; spilled: boolean; stateKilobytes: number }> {
    const write = process.stdout.write.bind(process.stdout);
    let spilled = false;
    this.stream.items.clear();
    process.stdout.write = ((line: string) => {
      spilled ||= line.includes('WindowsSpilled');
      return line.startsWith('{"level"') || write(line);
    }) as typeof process.stdout.write;
    try {
      const start = Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS - WINDOW_MS;
      const events = eventsOf(devices, start);
      let state: object = {};
      let largest = 0;
      const before = process.cpuUsage();
      for (const event of events) {
        const answer = await this.handler({ ...event, state });
        const text = JSON.stringify(answer);
        largest = Math.max(largest, text.length);
        ({ state } = JSON.parse(text) as { state: object });
      }
      const used = process.cpuUsage(before);
      const closing = process.cpuUsage();
      await this.handler({ ...events[0], Records: [], state, isFinalInvokeForWindow: true });
      const closed = process.cpuUsage(closing);
      const perSecond = RECORDS / ((used.user + used.system) / 1e6);
      return {
        perSecond,
        closeSeconds: (closed.user + closed.system) / 1e6,
        spilled,
        stateKilobytes: Math.round(largest / 1_000),
      };
    } finally {
      process.stdout.write = write;
    }
  }
}

function eventsOf(devices: number, start: number): object[] {
  const records = Array.from({ length: RECORDS }, (_, index) => ({
    kinesis: {
      sequenceNumber: String(10n ** 55n + BigInt(index)),
      approximateArrivalTimestamp: start / 1_000,
      data: Buffer.from(JSON.stringify(message(nameOf((index * 7_919) % devices), start))).toString('base64'),
    },
  }));
  return Array.from({ length: RECORDS / BATCH }, (_, batch) => ({
    Records: records.slice(batch * BATCH, (batch + 1) * BATCH),
    window: { start: new Date(start).toISOString(), end: new Date(start + WINDOW_MS).toISOString() },
    shardId: 'shardId-000000000000',
    isFinalInvokeForWindow: false,
    isWindowTerminatedEarly: false,
  }));
}

export async function throughput(devices: number, bundle: BundledFunction): Promise<Throughput> {
  aggregation(devices); // once to warm up
  const pure = aggregation(devices);
  const whole = await bundle.window(devices);
  return {
    devices,
    aggregationPerSecond: Math.round(pure.perSecond),
    functionPerSecond: Math.round(whole.perSecond),
    stateBytes: Number(pure.bytes.toFixed(2)),
    stateKilobytes: whole.stateKilobytes,
    spilled: whole.spilled,
    closeSeconds: Number(whole.closeSeconds.toFixed(2)),
  };
}
