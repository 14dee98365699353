import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { type IoTSecureTunnelingClient, OpenTunnelCommand } from '@aws-sdk/client-iotsecuretunneling';
import { TABLE } from '../shared/incident/contract';
import { nameOf } from '../shared/incident/gone';
import { FIRST_TURN, type Turn } from './decide';
import type { TunnelPort, TurnPort } from './ports';

/** The key of the line. No thing name has this character, and the recorder passes over what begins with it. */
const LINE = '#tunnels';

export function createTurns(client: DynamoDBClient, table: string): TurnPort {
  return {
    current: async () => {
      const { Items } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: '#subject = :subject',
          ExpressionAttributeNames: { '#subject': TABLE.partitionKey },
          ExpressionAttributeValues: { ':subject': { S: LINE } },
          ConsistentRead: true,
          Limit: 1,
        }),
      );
      const record = Items?.[0]?.record?.S;
      return record === undefined ? FIRST_TURN : (JSON.parse(record) as Turn);
    },
    take: async (turn) => {
      const first = turn.version === 1;
      try {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: {
              [TABLE.partitionKey]: { S: LINE },
              [TABLE.sortKey]: { N: '0' },
              version: { N: String(turn.version) },
              record: { S: JSON.stringify(turn) },
            },
            ConditionExpression: first ? 'attribute_not_exists(#version)' : '#version = :version',
            ExpressionAttributeNames: { '#version': 'version' },
            ...(first ? {} : { ExpressionAttributeValues: { ':version': { N: String(turn.version - 1) } } }),
          }),
        );
        return 'taken';
      } catch (error) {
        if (nameOf(error) === 'ConditionalCheckFailedException') return 'conflict';
        throw error;
      }
    },
  };
}

export function createTunnels(client: IoTSecureTunnelingClient): TunnelPort {
  return {
    open: async ({ thing, description, services, minutes }) => {
      try {
        const { tunnelId, sourceAccessToken } = await client.send(
          new OpenTunnelCommand({
            description,
            destinationConfig: { thingName: thing, services: [...services] },
            timeoutConfig: { maxLifetimeTimeoutMinutes: minutes },
          }),
        );
        if (tunnelId === undefined || sourceAccessToken === undefined) throw new Error('a tunnel without id or token');
        return { tunnelId, sourceAccessToken };
      } catch (error) {
        const name = nameOf(error);
        if (name === 'LimitExceededException' || /Throttl|TooManyRequests/.test(name)) return 'busy';
        // The role may reach members of the quarantine group only, and AWS IoT is the one who says who that is.
        if (/AccessDenied/.test(name)) return 'outside';
        throw error;
      }
    },
  };
}
