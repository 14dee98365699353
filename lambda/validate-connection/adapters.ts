import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DENIED } from './contract';
import type { DenyListPort } from './ports';

export function createDenyList(client: DynamoDBClient, TableName: string): DenyListPort {
  return {
    isDenied: async (certificateId) => {
      const { Item } = await client.send(
        new GetItemCommand({
          TableName,
          Key: { [DENIED.certificateId]: { S: certificateId } },
          ConsistentRead: true,
          ProjectionExpression: DENIED.denied,
        }),
      );
      return Item?.[DENIED.denied]?.BOOL === true;
    },
  };
}
