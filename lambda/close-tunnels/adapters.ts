import {
  CloseTunnelCommand,
  type IoTSecureTunnelingClient,
  ListTunnelsCommand,
} from '@aws-sdk/client-iotsecuretunneling';
import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { orGone } from '../shared/incident/gone';
import type { Pacer } from '../shared/pacer';
import type { Tunnel } from './decide';
import type { QueuePort, TunnelPort } from './ports';

export function createTunnels(client: IoTSecureTunnelingClient, pace: Pacer): TunnelPort {
  return {
    of: async (thingName) => {
      const tunnels: Tunnel[] = [];
      let nextToken: string | undefined;
      do {
        const page = await client.send(new ListTunnelsCommand({ thingName, nextToken, maxResults: 100 }));
        for (const { tunnelId, status, description = '' } of page.tunnelSummaries ?? [])
          if (tunnelId !== undefined) tunnels.push({ id: tunnelId, isOpen: status === 'OPEN', description });
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return tunnels;
    },
    close: async (tunnelId) => {
      await pace('CloseTunnel');
      // Not deleted: for some hours AWS IoT still says when it was open.
      const answer = await orGone(client.send(new CloseTunnelCommand({ tunnelId, delete: false })));
      return answer === 'gone' ? 'gone' : 'closed';
    },
  };
}

export function createQueue(client: SQSClient, urls: { readonly own: string; readonly dead: string }): QueuePort {
  const QueueUrl = urls.own;
  return {
    again: async (message, DelaySeconds) => {
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message), DelaySeconds }));
    },
    refuse: async (MessageBody, reason) => {
      const MessageAttributes = { Reason: { DataType: 'String', StringValue: reason } };
      await client.send(new SendMessageCommand({ QueueUrl: urls.dead, MessageBody, MessageAttributes }));
    },
    retry: async ({ receiptHandle }, VisibilityTimeout) => {
      await client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }),
      );
    },
  };
}
