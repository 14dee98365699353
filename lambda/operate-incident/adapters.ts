import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { OrderPort } from './ports';

/** The client is made at the first order: most requests read. */
export function createOrders(
  connect: () => SQSClient,
  urls: { readonly tasks: string; readonly release: string },
): OrderPort {
  let client: SQSClient | undefined;
  return {
    send: async (queue, message) => {
      client ??= connect();
      await client.send(new SendMessageCommand({ QueueUrl: urls[queue], MessageBody: JSON.stringify(message) }));
    },
  };
}
