import { describeFault } from '../faults';
import type { Logger } from '../logger';
import type { Parsed } from './text';

/** A message of a queue, as SQS hands it over. */
export interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
  readonly receiptHandle: string;
  readonly eventSourceARN: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
}

/** What Lambda gives and takes for a batch of messages. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** What became of a message, for the log; failures are thrown. */
export interface Outcome {
  readonly done: string;
  readonly because?: string;
}

export interface Consumer<M> {
  readonly parse: (body: string, record: QueueRecord) => Parsed<M>;
  /** Messages of one lane are handled one after the other; without a lane, each by itself. */
  readonly laneOf: (message: M) => string | undefined;
  readonly handle: (message: M, record: QueueRecord) => Promise<readonly Outcome[]>;
  /** To the dead-letter queue, with the reason beside it. */
  readonly refuse: (body: string, reason: string) => Promise<void>;
  /** Has a message delivered again after that time. */
  readonly retry: (record: QueueRecord, seconds: number) => Promise<void>;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Logger;
}

/** Counted by every consumer. */
export const CONSUMER_METRIC = { refused: 'SignalsRefused', retried: 'SignalsRetried' } as const;

/** No message is begun with less time than a slow one takes. */
const RESERVE_MS = 15_000;
const FIRST_RETRY_SECONDS = 15;
const LAST_RETRY_SECONDS = 900;

/** Takes batches of a queue: each message ends as done, in the dead-letter queue, or is delivered again. */
export function createConsumer<M>(consumer: Consumer<M>) {
  return async (
    event: { readonly Records: readonly QueueRecord[] },
    context: InvocationContext,
  ): Promise<BatchResponse> => {
    const lanes = new Map<string, QueueRecord[]>();
    for (const record of event.Records) {
      const parsed = consumer.parse(record.body, record);
      const lane = (parsed.ok ? consumer.laneOf(parsed.value) : undefined) ?? `message ${record.messageId}`;
      lanes.set(lane, [...(lanes.get(lane) ?? []), record]);
    }
    const failed: string[] = [];
    const run = async (records: QueueRecord[]) => {
      for (const record of records) if (!(await attempt(consumer, record, context))) failed.push(record.messageId);
    };
    await Promise.all([...lanes.values()].map(run));
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

async function attempt<M>(consumer: Consumer<M>, record: QueueRecord, context: InvocationContext): Promise<boolean> {
  if (context.getRemainingTimeInMillis() < RESERVE_MS) return postpone(consumer, record, 'out of time');
  try {
    const parsed = consumer.parse(record.body, record);
    if (!parsed.ok) {
      await refuse(consumer, record, parsed.reason);
      return true;
    }
    for (const outcome of await consumer.handle(parsed.value, record))
      consumer.log.info(outcome.done, { messageId: record.messageId, because: outcome.because });
    return true;
  } catch (error) {
    return postpone(consumer, record, describeFault(error));
  }
}

export async function refuse(
  consumer: Pick<Consumer<unknown>, 'refuse' | 'log'>,
  record: QueueRecord,
  reason: string,
): Promise<void> {
  await consumer.refuse(record.body, reason);
  consumer.log.count(CONSUMER_METRIC.refused, 1, { messageId: record.messageId, reason });
}

/** Full jitter, so that what was throttled together does not come back together. */
async function postpone<M>(consumer: Consumer<M>, record: QueueRecord, because: string): Promise<false> {
  const tried = Number(record.attributes.ApproximateReceiveCount);
  const longest = Math.min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** Math.min(tried, 10));
  const seconds = Math.ceil(longest / 2 + (consumer.random() * longest) / 2);
  consumer.log.count(CONSUMER_METRIC.retried, 1, { messageId: record.messageId, because, seconds });
  try {
    await consumer.retry(record, seconds);
  } catch (error) {
    // Then it comes back when the queue's own time is over.
    consumer.log.warn('cannot postpone', { messageId: record.messageId, because: describeFault(error) });
  }
  return false;
}
