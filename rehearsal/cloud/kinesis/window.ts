import type { DeployedFunction } from '../functions';
import type { Place } from '../operation';
import { recordOf } from '../operation';
import type { World } from '../world';
import type { DataStream, Shard, StreamedRecord } from './stream';

/** A tumbling window of a shard, with what the function answered last. */
export interface Window {
  readonly start: number;
  readonly end: number;
  state: Readonly<Record<string, unknown>>;
}

/** The window in which a record arrived; windows follow on each other since the epoch. */
export function boundsOf(arrivedAt: number, seconds: number): Window | undefined {
  if (seconds === 0) return undefined;
  const length = seconds * 1_000;
  const start = Math.floor(arrivedAt / length) * length;
  return { start, end: start + length, state: {} };
}

interface Delivery {
  readonly place: Place;
  readonly stream: DataStream;
  readonly shard: Shard;
  readonly window?: Window;
  readonly records: readonly StreamedRecord[];
  readonly ending?: 'over' | 'early';
}

/** What a function is called with. */
export function eventOf({ place, stream, shard, window, records, ending }: Delivery): object {
  const Records = records.map((record) => ({
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.partitionKey,
      sequenceNumber: record.sequence,
      data: record.data.toString('base64'),
      approximateArrivalTimestamp: record.arrivedAt / 1_000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shard.id}:${record.sequence}`,
    eventName: 'aws:kinesis:record',
    awsRegion: place.region,
    eventSourceARN: stream.props.arn,
  }));
  if (window === undefined) return { Records };
  return {
    Records,
    window: { start: isoOf(window.start), end: isoOf(window.end) },
    state: window.state,
    shardId: shard.id,
    eventSourceARN: stream.props.arn,
    isFinalInvokeForWindow: ending !== undefined,
    isWindowTerminatedEarly: ending === 'early',
  };
}

function isoOf(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

/** What a function answered: the state of the window, and from which record on the batch failed. */
export function answerOf(
  value: unknown,
  records: readonly StreamedRecord[],
  partialBatches: boolean,
): { readonly state: Readonly<Record<string, unknown>>; readonly failedFrom?: number } {
  const { state, batchItemFailures } = recordOf(value);
  const failures = partialBatches && Array.isArray(batchItemFailures) ? batchItemFailures : [];
  const places = failures.map((failure) => {
    const at = records.findIndex(({ sequence }) => sequence === recordOf(failure).itemIdentifier);
    // What names no record fails the whole batch.
    return at < 0 ? 0 : at;
  });
  return { state: recordOf(state), ...(places.length > 0 && { failedFrom: Math.min(...places) }) };
}

/** What is known of records that are given up, in the form of an on-failure destination. */
export function failureOf(about: {
  readonly world: World;
  readonly target: DeployedFunction;
  readonly stream: DataStream;
  readonly shard: Shard;
  readonly records: readonly StreamedRecord[];
  readonly condition: string;
  readonly tries: number;
  readonly why: string;
}): object {
  const { world, target, stream, shard, records, condition, tries, why } = about;
  const [first] = records;
  const last = records.at(-1);
  const iso = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString());
  return {
    requestContext: {
      requestId: world.random.fork(`given up ${shard.id} ${first?.sequence ?? ''}`).uuid(),
      functionArn: target.props.arn,
      condition,
      approximateInvokeCount: tries,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: why },
    version: '1.0',
    timestamp: iso(world.clock.now()),
    KinesisBatchInfo: {
      shardId: shard.id,
      startSequenceNumber: first?.sequence,
      endSequenceNumber: last?.sequence,
      approximateArrivalOfFirstRecord: iso(first?.arrivedAt),
      approximateArrivalOfLastRecord: iso(last?.arrivedAt),
      batchSize: records.length,
      streamArn: stream.props.arn,
    },
  };
}
