import { NotModelled } from './fault';
import { type DeployedFunction, type Functions } from './functions';
import { patternMatches } from './pattern';
import type { Message, Queue } from './sqs';
import { report, serviceParty, type World } from './world';

export interface QueueMapping {
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly partialBatches: boolean;
  /** Patterns of which one must match; empty: all messages. */
  readonly filters: readonly unknown[];
}

/** Lambda polls a queue in the function's role, and deletes what the function has dealt with. */
export function pollQueue(
  world: World,
  functions: Functions,
  queue: Queue,
  target: DeployedFunction,
  mapping: QueueMapping,
): void {
  const from = serviceParty(`sqs ${queue.props.name}`);
  const allowed = (): boolean => {
    const needs = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map((action) => ({
      action,
      resource: queue.props.arn,
    }));
    const context = { 'kms:ViaService': `sqs.${world.place.region}.amazonaws.com` };
    const key =
      queue.props.keyArn === undefined ? [] : [{ action: 'kms:Decrypt', resource: queue.props.keyArn, context }];
    const refused = [...needs, ...key]
      .map((need) => world.authorizer.role(target.props.roleArn, need))
      .find((decision) => !decision.allowed);
    return refused === undefined || report(world, target.actor.party, serviceParty('sqs'), 'polls', refused);
  };
  queue.consumer = async () => {
    // Refused: nothing is taken, and nobody hears of the messages.
    if (!allowed()) {
      queue.consumer = undefined;
      return;
    }
    // What the function sends to its own queue is for the next time.
    for (let left = queue.visible(); left > 0; left -= mapping.batchSize) {
      const batch = queue.receive(Math.min(left, mapping.batchSize));
      if (batch.length === 0) return;
      const wanted = batch.filter((message) => passes(mapping.filters, message));
      for (const message of batch) if (!wanted.includes(message)) queue.delete(message.receiptHandle);
      if (wanted.length === 0) continue;
      const answer = await functions.invoke(
        target,
        { Records: wanted.map((message) => recordOf(world, queue, message)) },
        'sqs',
        from,
      );
      if (answer.kind !== 'value') continue;
      const failed = mapping.partialBatches ? failedIds(answer.value) : new Set<string>();
      for (const message of wanted)
        if (!failed.has(message.messageId) && !failed.has('')) queue.delete(message.receiptHandle);
    }
  };
  queue.awaken();
}

function passes(filters: readonly unknown[], message: Message): boolean {
  if (filters.length === 0) return true;
  let body: unknown = message.body;
  try {
    body = JSON.parse(message.body);
  } catch {
    // A body that is not JSON is compared as the text that it is.
  }
  return filters.some((filter) => patternMatches(filter, { ...message, body }));
}

/** An id that is empty fails the whole batch, as in the service. */
function failedIds(value: unknown): Set<string> {
  const failures = (value as { batchItemFailures?: { itemIdentifier?: string }[] } | null)?.batchItemFailures ?? [];
  return new Set(failures.map(({ itemIdentifier = '' }) => itemIdentifier));
}

function recordOf({ place }: World, { props }: Queue, message: Message): object {
  const attributes = Object.entries(message.attributes).map(([name, value]) => {
    const { StringValue, DataType } = value as { StringValue?: string; DataType?: string };
    return [
      name,
      { stringValue: StringValue, dataType: DataType, stringListValues: [], binaryListValues: [] },
    ] as const;
  });
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.received),
      SentTimestamp: String(message.sentAt),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt ?? message.sentAt),
    },
    messageAttributes: Object.fromEntries(attributes),
    eventSource: 'aws:sqs',
    eventSourceARN: props.arn,
    awsRegion: place.region,
  };
}

/** Filters of a mapping or pipe, from the template: JSON texts. */
export function filtersOf(criteria: unknown): unknown[] {
  const filters = (criteria as { Filters?: { Pattern?: unknown }[] } | undefined)?.Filters ?? [];
  return filters.map(({ Pattern }) => {
    if (typeof Pattern !== 'string') throw new NotModelled('a filter without a pattern', 'the source is not connected');
    return JSON.parse(Pattern) as unknown;
  });
}
