import type { Write } from './dynamodb/table';
import type { EventBridge } from './eventbridge';
import type { Functions } from './functions';
import { patternMatches } from './pattern';
import type { Sqs } from './sqs';
import { gap, report, serviceParty, type World } from './world';

/** A record of a table's stream, as functions and pipes get it. */
export type StreamRecord = Readonly<Record<string, unknown>>;

/** Gives whether all are dealt with, or how many of the first are. */
export type Consumer = (records: readonly StreamRecord[]) => Promise<boolean | number>;

export interface ReaderProps {
  readonly name: string;
  readonly batchSize: number;
  readonly filters: readonly unknown[];
  /** Tries of a record before it is given up; the services' default is until it expires, a day later. */
  readonly tries: number;
  /** Whether a batch that fails is split. */
  readonly bisects: boolean;
  readonly giveUp: (records: readonly StreamRecord[]) => void;
}

const RETRY_MS = 10_000;

/** The stream of a table: writes in order, to every reader at its own pace. */
export class TableStream {
  private readonly readers: Reader[] = [];
  private written = 0;

  constructor(
    public readonly arn: string,
    private readonly viewType: string,
    private readonly world: World,
  ) {}

  public write({ eventName, keys, before, after }: Write): void {
    const sequence = String(++this.written).padStart(21, '0');
    const record = {
      eventID: this.world.random.fork(`${this.arn} ${sequence}`).hex(32),
      eventName,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: this.world.place.region,
      eventSourceARN: this.arn,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(this.world.clock.now() / 1000),
        Keys: keys,
        SequenceNumber: sequence,
        StreamViewType: this.viewType,
        ...(this.viewType.startsWith('NEW') && after !== undefined && { NewImage: after }),
        ...(this.viewType.includes('OLD') && before !== undefined && { OldImage: before }),
      },
    };
    for (const reader of this.readers) reader.offer(record);
  }

  public read(props: ReaderProps, consume: Consumer): void {
    this.readers.push(new Reader(props, consume, this.world));
  }
}

/** One reader: batches in order; what fails is tried again, and nothing behind it goes first. */
class Reader {
  private waiting: StreamRecord[] = [];
  private scheduled = false;
  private failures = 0;
  /** How many records of the last batch are left. */
  private failed = 0;

  constructor(
    private readonly props: ReaderProps,
    private readonly consume: Consumer,
    private readonly world: World,
  ) {}

  public offer(record: StreamRecord): void {
    const { filters } = this.props;
    if (filters.length > 0 && !filters.some((filter) => patternMatches(filter, record))) return;
    this.waiting.push(record);
    this.arrange(0);
  }

  private arrange(delay: number): void {
    if (this.scheduled || this.waiting.length === 0) return;
    this.scheduled = true;
    this.world.clock.schedule(delay, this.props.name, async () => {
      this.scheduled = false;
      // After a failure the first record is tried alone, at the end of a bisection, or the same batch again.
      const again = this.props.bisects ? 1 : this.failed;
      const batch = this.waiting.slice(0, this.failures > 0 ? again : this.props.batchSize);
      const answer = await this.consume(batch);
      const handled = typeof answer === 'number' ? answer : answer ? batch.length : 0;
      const rest = batch.slice(handled);
      this.failed = rest.length;
      this.failures = rest.length === 0 ? 0 : handled > 0 ? 1 : this.failures + 1;
      const givenUp = this.failures > this.props.tries;
      if (givenUp) {
        this.props.giveUp(rest);
        this.failures = 0;
      }
      this.waiting = this.waiting.slice(givenUp ? batch.length : handled);
      this.arrange(this.failures === 0 ? 0 : RETRY_MS);
    });
  }
}

export interface PipeProps {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly enrichmentArn?: string;
  readonly targetArn: string;
  readonly source: string;
  readonly detailType: string;
}

/** What a pipe does with a batch: asks its function, and puts what that gives on the bus, all in the pipe's role. */
export function pipeConsumer(
  world: World,
  parts: { readonly functions: Functions; readonly bus: EventBridge; readonly sqs: Sqs },
  pipe: PipeProps,
  streamArn: string,
): Consumer {
  const from = serviceParty(`pipe ${pipe.name}`);
  const may = (action: string, resource: string, to: string, what: string) => {
    const assumed = world.authorizer.assume('pipes.amazonaws.com', pipe.roleArn, pipe.arn);
    const decision = assumed.allowed ? world.authorizer.role(pipe.roleArn, { action, resource }) : assumed;
    return report(world, from, serviceParty(to), what, decision);
  };
  return async (records) => {
    if (
      !['DescribeStream', 'GetRecords', 'GetShardIterator'].every((name) =>
        may(`dynamodb:${name}`, streamArn, 'dynamodb', 'reads the stream'),
      )
    )
      return false;
    let items: unknown[] = [...records];
    if (pipe.enrichmentArn !== undefined) {
      const enrichment = parts.functions.find(pipe.enrichmentArn);
      if (
        enrichment === undefined ||
        !may('lambda:InvokeFunction', enrichment.props.arn, 'lambda', `asks ${enrichment.props.label}`)
      )
        return false;
      const answer = await parts.functions.invoke(enrichment, records, 'pipe', from);
      if (answer.kind !== 'value') return false;
      items = Array.isArray(answer.value) ? (answer.value as unknown[]) : [answer.value];
    }
    if (!pipe.targetArn.includes(':event-bus/')) {
      gap(world, `pipe target ${pipe.targetArn}`, 'what the pipe sends there is lost');
      return true;
    }
    if (items.length > 0 && !may('events:PutEvents', pipe.targetArn, 'events', 'puts events')) return false;
    for (const detail of items)
      parts.bus.put({ source: pipe.source, detailType: pipe.detailType, detail }, pipe.targetArn);
    return true;
  };
}
