import { DescribeJobExecutionCommand, type IoTClient } from '@aws-sdk/client-iot';
import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { orGone } from '../shared/incident/gone';
import type { Pacer } from '../shared/pacer';
import type { JobPort, QueuePort } from './ports';

export function createJobs(client: IoTClient, pace: Pacer): JobPort {
  return {
    executionOf: async (jobId, thingName) => {
      await pace('DescribeJobExecution');
      const found = await orGone(client.send(new DescribeJobExecutionCommand({ jobId, thingName })));
      if (found === 'gone' || found.execution?.status === undefined) return undefined;
      return { status: found.execution.status, at: found.execution.lastUpdatedAt?.getTime() ?? 0 };
    },
  };
}

export interface QueueUrls {
  readonly proof: string;
  readonly release: string;
  readonly dead: string;
}

export function createQueue(client: SQSClient, urls: QueueUrls): QueuePort {
  const send = async (QueueUrl: string, message: object, DelaySeconds?: number) => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message), DelaySeconds }));
  };
  return {
    remind: (message, seconds) => send(urls.proof, message, seconds),
    release: (message) => send(urls.release, message),
    refuse: async (MessageBody, reason) => {
      const MessageAttributes = { Reason: { DataType: 'String', StringValue: reason } };
      await client.send(new SendMessageCommand({ QueueUrl: urls.dead, MessageBody, MessageAttributes }));
    },
    retry: async ({ receiptHandle }, VisibilityTimeout) => {
      const QueueUrl = urls.proof;
      await client.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }),
      );
    },
  };
}
