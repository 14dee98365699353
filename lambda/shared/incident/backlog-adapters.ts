import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Backlog } from '../lanes';

/** Two batches: fewer are on their way to be handled. */
const MANY = 400;
const FRESH_MS = 5_000;

/** Asks the signal queue how many wait, now and then. What cannot be asked is no reason to wait. */
export function createBacklog(client: SQSClient, QueueUrl: string, now: () => number): Backlog {
  let known: { readonly at: number; readonly many: Promise<boolean> } | undefined;
  const ask = async () => {
    try {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
      );
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0) > MANY;
    } catch {
      return false;
    }
  };
  return () => {
    if (known === undefined || now() - known.at > FRESH_MS) known = { at: now(), many: ask() };
    return known.many;
  };
}
