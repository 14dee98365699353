import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { type IoTClient, ListThingGroupsForThingCommand } from '@aws-sdk/client-iot';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Pacer } from '../shared/pacer';
import { STATE } from './contract';
import type { Item, RegistryPort, SignalPort, StatePort } from './ports';

/** A page that nobody writes for so long is of devices that nobody heard of. */
const KEPT_SECONDS = 60 * 86_400;

type Attributes = Record<string, AttributeValue>;

export function createState(client: DynamoDBClient, table: string, now: () => number): StatePort {
  return {
    load: async (key) => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: { [STATE.partitionKey]: { S: key } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : itemOf(Item);
    },
    share: async function* (share, of) {
      let from: Attributes | undefined;
      do {
        const { Items, LastEvaluatedKey } = await client.send(
          new ScanCommand({
            TableName: table,
            ConsistentRead: true,
            Segment: share,
            TotalSegments: of,
            ExclusiveStartKey: from,
          }),
        );
        yield (Items ?? []).map(itemOf);
        from = LastEvaluatedKey;
      } while (from !== undefined);
    },
    save: async (key, version, body) => {
      const fresh = version === 0;
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              [STATE.partitionKey]: { S: key },
              [STATE.version]: { N: String(version + 1) },
              [STATE.body]: { B: body },
              [STATE.timeToLive]: { N: String(Math.floor(now() / 1_000) + KEPT_SECONDS) },
            },
            ConditionExpression: fresh ? 'attribute_not_exists(#version)' : '#version = :version',
            ExpressionAttributeNames: { '#version': STATE.version },
            ...(fresh ? {} : { ExpressionAttributeValues: { ':version': { N: String(version) } } }),
          }),
        );
        return 'saved';
      } catch (error) {
        if ((error as { name?: string }).name === 'ConditionalCheckFailedException') return 'conflict';
        throw error;
      }
    },
  };
}

/** The table is written by this code only, so an item has all of it. */
function itemOf(attributes: Attributes): Item {
  const { [STATE.partitionKey]: key, [STATE.version]: version, [STATE.body]: body } = attributes;
  return { key: key?.S as string, version: Number(version?.N), body: body?.B as Uint8Array };
}

export function createSignals(client: SNSClient, topicArn: string): SignalPort {
  return {
    publish: async (signal) => {
      await client.send(new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify(signal) }));
    },
  };
}

export function createRegistry(client: IoTClient, pace: Pacer): RegistryPort {
  return {
    groupsOf: async (thingName) => {
      const groups: string[] = [];
      let nextToken: string | undefined;
      try {
        do {
          await pace('ListThingGroupsForThing');
          const command = new ListThingGroupsForThingCommand({ thingName, nextToken, maxResults: 25 });
          const page = await client.send(command);
          groups.push(...(page.thingGroups ?? []).flatMap(({ groupName }) => groupName ?? []));
          nextToken = page.nextToken;
        } while (nextToken !== undefined);
        return groups;
      } catch (error) {
        if ((error as { name?: string }).name === 'ResourceNotFoundException') return undefined;
        throw error;
      }
    },
  };
}
