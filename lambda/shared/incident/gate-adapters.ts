import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DENIED } from '../../validate-connection/contract';
import { nameOf } from './gone';

/** The deny-list of the gate that certificates pass at each connection. */
export interface Gate {
  deny(certificateId: string, subject: string): Promise<void>;
  /** Unless it is denied for another device since, which `false` says. */
  admit(certificateId: string, subject: string): Promise<boolean>;
}

export function createGate(client: DynamoDBClient, TableName: string, now: () => number): Gate {
  const put = (certificateId: string, subject: string, denied: boolean, condition?: object) =>
    client.send(
      new PutItemCommand({
        TableName,
        Item: {
          [DENIED.certificateId]: { S: certificateId },
          [DENIED.denied]: { BOOL: denied },
          [DENIED.deniedFor]: { S: subject },
          [DENIED.at]: { N: String(now()) },
        },
        ...condition,
      }),
    );
  return {
    deny: async (certificateId, subject) => void (await put(certificateId, subject, true)),
    admit: async (certificateId, subject) => {
      try {
        await put(certificateId, subject, false, {
          ConditionExpression: '#for = :for',
          ExpressionAttributeNames: { '#for': DENIED.deniedFor },
          ExpressionAttributeValues: { ':for': { S: subject } },
        });
        return true;
      } catch (error) {
        if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
        return false;
      }
    },
  };
}
