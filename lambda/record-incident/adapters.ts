import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { AlertPort, EvidencePort } from './ports';

export function createEvidence(client: S3Client, bucket: string): EvidencePort {
  return {
    keep: async (key, text) => {
      try {
        await client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: text,
            ContentType: 'application/json',
            IfNoneMatch: '*',
          }),
        );
      } catch (error) {
        // There already: the same write was delivered before.
        if ((error as { name?: string }).name !== 'PreconditionFailed') throw error;
      }
    },
  };
}

export function createAlerts(client: SNSClient, topicArn: string): AlertPort {
  return {
    tell: async (subject, body) => {
      await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: body }));
    },
  };
}
