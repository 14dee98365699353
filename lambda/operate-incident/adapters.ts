import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { OrderPort } from './ports';

export function createOrders(client: SQSClient, urls: { readonly tasks: string; readonly release: string }): OrderPort {
  return {
    send: async (queue, message) => {
      await client.send(new SendMessageCommand({ QueueUrl: urls[queue], MessageBody: JSON.stringify(message) }));
    },
  };
}
