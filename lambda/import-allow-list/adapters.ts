import { DeleteItemCommand, DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { sdkConfig } from '../shared/sdk';
import { ITEM } from '../verify-enrollment/contract';
import type { FilePort, TablePort } from './ports';

export function createFile(): FilePort {
  const client = new S3Client(sdkConfig());
  return {
    async read(bucket, key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
  };
}

const NAMES = { '#serial': ITEM.serial, '#listed': ITEM.listed, '#by': ITEM.claimedBy, '#denied': ITEM.denied };
const LISTED = { '#listed': ITEM.listed };
const key = (serial: string) => ({ [ITEM.serial]: { S: serial } });

export function createTable(): TablePort {
  // A large list is throttled as a matter of course while the table grows; the client slows down instead of giving up.
  const client = new DynamoDBClient({ ...sdkConfig(), maxAttempts: 10 });
  return {
    async *entries(TableName) {
      let ExclusiveStartKey;
      do {
        const page: Awaited<ReturnType<typeof scan>> = await scan(client, TableName, ExclusiveStartKey);
        yield (page.Items ?? []).map((item) => ({
          serial: item[ITEM.serial]?.S ?? '',
          listed: item[ITEM.listed]?.BOOL === true,
          hasHistory: item[ITEM.claimedBy] !== undefined || item[ITEM.denied] !== undefined,
        }));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
    },

    async list(TableName, serial) {
      await client.send(
        new UpdateItemCommand({
          TableName,
          Key: key(serial),
          UpdateExpression: 'SET #listed = :true',
          ExpressionAttributeNames: LISTED,
          ExpressionAttributeValues: { ':true': { BOOL: true } },
        }),
      );
    },

    async unlist(TableName, serial) {
      await client.send(
        new UpdateItemCommand({
          TableName,
          Key: key(serial),
          UpdateExpression: 'REMOVE #listed',
          ExpressionAttributeNames: LISTED,
        }),
      );
    },

    async forget(TableName, serial) {
      try {
        await client.send(
          new DeleteItemCommand({
            TableName,
            Key: key(serial),
            ConditionExpression: 'attribute_not_exists(#by) AND attribute_not_exists(#denied)',
            ExpressionAttributeNames: { '#by': ITEM.claimedBy, '#denied': ITEM.denied },
          }),
        );
      } catch (error) {
        if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
        await this.unlist(TableName, serial);
      }
    },
  };
}

type StartKey = ScanCommand['input']['ExclusiveStartKey'];

function scan(client: DynamoDBClient, TableName: string, ExclusiveStartKey: StartKey) {
  return client.send(
    new ScanCommand({
      TableName,
      ExclusiveStartKey,
      // What an earlier round wrote must be seen, or it is written again.
      ConsistentRead: true,
      ProjectionExpression: '#serial, #listed, #by, #denied',
      ExpressionAttributeNames: NAMES,
    }),
  );
}
