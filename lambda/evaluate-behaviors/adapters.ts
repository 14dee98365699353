import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type IoTClient, ListThingGroupsForThingCommand } from '@aws-sdk/client-iot';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Pacer } from '../shared/pacer';
import { STATE } from './contract';
import type { RegistryPort, SignalPort, StatePort } from './ports';

/** A page that nobody writes for so long is of devices that nobody heard of. */
const KEPT_SECONDS = 60 * 86_400;

export function createState(client: DynamoDBClient, table: string, now: () => number): StatePort {
  return {
    load: async (key) => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: { [STATE.partitionKey]: { S: key } }, ConsistentRead: true }),
      );
      const body = Item?.[STATE.body]?.B;
      return body === undefined ? undefined : { version: Number(Item?.[STATE.version]?.N), body };
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
