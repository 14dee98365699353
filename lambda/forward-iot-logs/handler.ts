import type { LogRecord } from '../evaluate-behaviors/contract';
import type { Logger } from '../shared/logger';
import { METRIC } from './contract';
import { inCalls, recordOf } from './decide';
import { parseBatch } from './event';
import type { Clock, StreamPort } from './ports';

export interface Deps {
  /** Of the detectors that read this log; each gets every line. */
  readonly streams: readonly StreamPort[];
  readonly clock: Clock;
  readonly log: Logger;
}

export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** No further try is begun with less time than a slow call takes. */
const RESERVE_MS = 15_000;

/**
 * From the log of AWS IoT to the streams, partitioned by device, which the log itself is not.
 *
 * What the stream does not take is sent again until time runs out; then the delivery fails, and CloudWatch Logs makes it again
 * or Lambda puts it into the dead-letter queue. A line that comes twice has the same id, by which it is counted once.
 */
export function createHandler({ streams, clock, log }: Deps) {
  return async (event: unknown, context: InvocationContext): Promise<void> => {
    const batch = parseBatch(event);
    if (!batch.ok) {
      log.count(METRIC.unreadable, 1, { reason: batch.reason });
      throw new Error(batch.reason);
    }
    const records = batch.value.map(recordOf).filter((record) => record !== undefined);
    for (const call of inCalls(records)) {
      // All at once, and each to its end: a stream that is full holds up no other one.
      const ends = await Promise.allSettled(streams.map((stream) => putAll(stream, { clock, log }, call, context)));
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
    const skipped = batch.value.length - records.length;
    if (skipped > 0) log.count(METRIC.skipped, skipped);
    if (records.length > 0) log.count(METRIC.forwarded, records.length);
  };
}

async function putAll(
  stream: StreamPort,
  { clock, log }: Omit<Deps, 'streams'>,
  records: readonly LogRecord[],
  context: InvocationContext,
): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  let left = await stream.put(records);
  while (left.length > 0) {
    log.count(METRIC.throttled, left.length);
    if (context.getRemainingTimeInMillis() < RESERVE_MS + pause)
      throw new Error(`the stream did not take ${left.length} records in time`);
    await clock.sleep(pause * (0.5 + clock.random() / 2));
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
    left = await stream.put(left);
  }
}
