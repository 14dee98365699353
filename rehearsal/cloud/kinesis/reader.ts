import type { DeployedFunction, Functions } from '../functions';
import { patternMatches } from '../pattern';
import type { Sqs } from '../sqs';
import { report, serviceParty, type World } from '../world';
import type { Kinesis } from './service';
import type { DataStream, Shard, StreamedRecord } from './stream';
import { answerOf, boundsOf, eventOf, failureOf, type Window } from './window';

/** An event source mapping of a data stream, as the template has it. */
export interface StreamMapping {
  readonly label: string;
  readonly batchSize: number;
  readonly batchingSeconds: number;
  /** 0: no tumbling windows. */
  readonly windowSeconds: number;
  readonly fromNow: boolean;
  readonly bisects: boolean;
  /** -1: until the record is too old. */
  readonly retries: number;
  /** -1: as old as the stream keeps them. */
  readonly oldestSeconds: number;
  readonly partialBatches: boolean;
  readonly filters: readonly unknown[];
  readonly onFailureArn?: string;
}

interface Batch {
  readonly records: readonly StreamedRecord[];
  /** Tries that failed; halving a batch does not count. */
  readonly failed: number;
}

export interface ReaderParts {
  readonly world: World;
  readonly functions: Functions;
  readonly kinesis: Kinesis;
  readonly sqs: Sqs;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** What a function may keep of a window. Beyond it the service ends the window early. */
const MOST_STATE_BYTES = 1_048_576;
const FOREVER = -1;

/** Lambda reads each shard of a stream in the function's role. */
export function readStream(
  parts: ReaderParts,
  stream: DataStream,
  target: DeployedFunction,
  mapping: StreamMapping,
): void {
  for (const shard of stream.shards) new ShardReader(parts, stream, shard, target, mapping).start();
}

/**
 * One shard: batches in order, one at a time; within a tumbling window each invocation gets what the one before answered, and
 * the last one, when the window is over, says so.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html
 */
class ShardReader {
  private waiting: StreamedRecord[] = [];
  /** Batches that failed, or the halves of them: before whatever waits. */
  private again: Batch[] = [];
  private window: Window | undefined;
  private closing = 0;
  private scheduledAt = Infinity;
  private running = false;
  private stopped = false;

  constructor(
    private readonly parts: ReaderParts,
    private readonly stream: DataStream,
    private readonly shard: Shard,
    private readonly target: DeployedFunction,
    private readonly mapping: StreamMapping,
  ) {}

  public start(): void {
    this.shard.readers.push((record) => this.offer(record));
    if (!this.mapping.fromNow) for (const record of this.shard.records) this.offer(record);
  }

  private offer(record: StreamedRecord): void {
    if (this.stopped || !this.wants(record)) return;
    this.waiting.push(record);
    const full = this.waiting.length >= this.mapping.batchSize;
    this.arrange(full ? 0 : this.mapping.batchingSeconds * 1_000);
  }

  private wants(record: StreamedRecord): boolean {
    const { filters } = this.mapping;
    if (filters.length === 0) return true;
    // What is not JSON is dropped where a filter speaks of data.
    let data: unknown;
    try {
      data = JSON.parse(record.data.toString('utf8'));
    } catch {
      return false;
    }
    return filters.some((filter) => patternMatches(filter, { partitionKey: record.partitionKey, data }));
  }

  /** Runs after a while, or sooner: when the window of what waits is over. */
  private arrange(delay: number): void {
    const { clock } = this.parts.world;
    const [first] = this.waiting;
    const ends = this.window?.end ?? (first && this.windowOf(first)?.end) ?? Infinity;
    const at = Math.min(clock.now() + delay, Math.max(clock.now(), ends));
    if (this.running || this.stopped || at >= this.scheduledAt) return;
    this.scheduledAt = at;
    clock.schedule(at - clock.now(), `${this.mapping.label} reads ${this.shard.id}`, async () => {
      if (this.scheduledAt !== at) return;
      this.scheduledAt = Infinity;
      this.running = true;
      const pause = await this.run();
      this.running = false;
      if (pause !== undefined) this.arrange(pause);
      else if (this.waiting.length > 0) this.arrange(this.mapping.batchingSeconds * 1_000);
      else if (this.window !== undefined) this.arrange(Infinity);
    });
  }

  /** Works through what there is. Gives the pause before the next try, where something failed or came in the meantime. */
  private async run(): Promise<number | undefined> {
    for (let left = this.waiting.length; ;) {
      if (!this.mayRead()) return undefined;
      if (left <= 0 && this.waiting.length > 0 && this.again.length === 0) return 0;
      const batch = this.next();
      if (batch === undefined) {
        if (this.window === undefined || this.parts.world.clock.now() < this.window.end) return undefined;
        const pause = await this.close(this.window);
        if (pause !== undefined) return pause;
        continue;
      }
      left -= batch.records.length;
      const pause = await this.process(batch);
      if (pause !== undefined) return pause;
    }
  }

  /** The next records, all of one window, and of the one that is open. */
  private next(): Batch | undefined {
    const failed = this.again.shift();
    if (failed !== undefined) return failed;
    const [first] = this.waiting;
    if (first === undefined) return undefined;
    const window = this.windowOf(first);
    if (window !== undefined && this.window !== undefined && window.start !== this.window.start) return undefined;
    this.window ??= window;
    const end = this.window?.end ?? Infinity;
    const most = this.waiting.slice(0, this.mapping.batchSize);
    const records = most.filter(({ arrivedAt }) => arrivedAt < end);
    this.waiting = this.waiting.slice(records.length);
    return { records, failed: 0 };
  }

  private async process(batch: Batch): Promise<number | undefined> {
    const { target, mapping, stream, shard, window } = this;
    const event = eventOf({ place: this.parts.world.place, stream, shard, window, records: batch.records });
    const answer = await this.parts.functions.invoke(
      target,
      event,
      'kinesis',
      serviceParty(`kinesis ${stream.props.name}`),
    );
    if (answer.kind !== 'value') return this.failedAll(batch, answer.kind);
    const { state, failedFrom } = answerOf(answer.value, batch.records, mapping.partialBatches);
    if (window !== undefined) window.state = state;
    if (failedFrom !== undefined) return this.retry({ ...batch, records: batch.records.slice(failedFrom) }, 'partial');
    if (window !== undefined && JSON.stringify(state).length > MOST_STATE_BYTES) return this.close(window, true);
    return undefined;
  }

  private failedAll(batch: Batch, why: string): number | undefined {
    const { records, failed } = batch;
    if (!this.mapping.bisects || records.length < 2) return this.retry(batch, why);
    const middle = Math.ceil(records.length / 2);
    this.again.unshift({ records: records.slice(0, middle), failed }, { records: records.slice(middle), failed });
    return FIRST_PAUSE_MS;
  }

  private retry({ records, failed }: Batch, why: string): number | undefined {
    const tries = failed + 1;
    const condition = this.exhausted(records, tries);
    if (condition !== undefined) {
      this.giveUp(records, condition, tries, why);
      return undefined;
    }
    this.again.unshift({ records, failed: tries });
    return pauseAfter(tries);
  }

  private exhausted(records: readonly StreamedRecord[], tries: number): string | undefined {
    const { retries, oldestSeconds } = this.mapping;
    if (retries !== FOREVER && tries > retries) return 'RetryAttemptsExhausted';
    const oldest = records[0]?.arrivedAt ?? Infinity;
    const age = this.parts.world.clock.now() - oldest;
    return oldestSeconds !== FOREVER && age > oldestSeconds * 1_000 ? 'RecordAgeExceeded' : undefined;
  }

  /** The last invocation of a window. One that fails is tried again; given up, the window is lost with what was kept of it. */
  private async close(window: Window, early = false): Promise<number | undefined> {
    const { target, stream, shard } = this;
    const ending = early ? 'early' : 'over';
    const event = eventOf({ place: this.parts.world.place, stream, shard, window, records: [], ending });
    const answer = await this.parts.functions.invoke(
      target,
      event,
      'kinesis',
      serviceParty(`kinesis ${stream.props.name}`),
    );
    if (answer.kind === 'value') {
      this.closing = 0;
      if (early) window.state = {};
      else this.window = undefined;
      return undefined;
    }
    this.closing++;
    if (this.exhausted([], this.closing) === undefined) return pauseAfter(this.closing);
    this.giveUp([], 'RetryAttemptsExhausted', this.closing, answer.kind);
    this.window = undefined;
    this.closing = 0;
    return undefined;
  }

  private giveUp(records: readonly StreamedRecord[], condition: string, tries: number, why: string): void {
    const { world, sqs } = this.parts;
    const { onFailureArn, label } = this.mapping;
    const { target, stream, shard } = this;
    const detail = `${target.props.label} failed ${tries} times with ${records.length} records of ${shard.id}`;
    const queue = onFailureArn === undefined ? undefined : sqs.find(onFailureArn);
    if (queue === undefined) return this.lost(detail);
    const decision = sqs
      .sending(queue.props.url)
      .map((need) => world.authorizer.role(target.props.roleArn, need))
      .reduce((first, each) => (first.allowed ? each : first));
    if (!report(world, target.actor.party, serviceParty('sqs'), 'gives up records', decision)) return this.lost(detail);
    const body = failureOf({ world, target, stream, shard, records, condition, tries, why });
    sqs.deadLetter(queue.props.arn, JSON.stringify(body), detail, label);
  }

  private lost(detail: string): void {
    this.parts.world.events.emit({
      kind: 'fault',
      who: this.target.actor.party,
      what: `records of ${this.stream.props.name} are lost`,
      code: 'EventLost',
      detail,
    });
  }

  /** Refused: nothing is read, as long as the rehearsal lasts. */
  private mayRead(): boolean {
    const { world, kinesis } = this.parts;
    const refused = kinesis
      .reading(this.stream.props.arn)
      .map((need) => world.authorizer.role(this.target.props.roleArn, need))
      .find(({ allowed }) => !allowed);
    if (refused === undefined) return true;
    this.stopped = true;
    this.window = undefined;
    report(world, this.target.actor.party, serviceParty('kinesis'), 'reads the stream', refused);
    return false;
  }

  private windowOf({ arrivedAt }: StreamedRecord): Window | undefined {
    return boundsOf(arrivedAt, this.mapping.windowSeconds);
  }
}

function pauseAfter(tries: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
}
