import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { IoTClient, ListThingGroupsForThingCommand, ListThingPrincipalsCommand } from '@aws-sdk/client-iot';
import { sdkConfig } from '../shared/sdk';
import { ITEM } from './contract';
import type { Claim } from './decide';
import type { AllowListPort, RegistryPort } from './ports';

/** One call may take a part of the time only, so that a second attempt still fits. */
const hurried = () => ({
  ...sdkConfig(),
  maxAttempts: 2,
  retryMode: 'standard',
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_400, throwOnRequestTimeout: true },
});

export function createAllowList(tableName: string): AllowListPort {
  const client = new DynamoDBClient(hurried());
  return {
    async find(serial, abortSignal) {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: { [ITEM.serial]: { S: serial } }, ConsistentRead: true }),
        { abortSignal },
      );
      if (Item === undefined) return undefined;
      const certificateId = Item[ITEM.claimedBy]?.S;
      return {
        listed: Item[ITEM.listed]?.BOOL === true,
        denied: Item[ITEM.denied] !== undefined,
        claim: certificateId === undefined ? undefined : { certificateId, at: Number(Item[ITEM.claimedAt]?.N ?? 0) },
      };
    },

    async claim(serial, claim, previous, abortSignal) {
      try {
        await client.send(new UpdateItemCommand(claimInput(tableName, serial, claim, previous)), { abortSignal });
        return 'claimed';
      } catch (error) {
        if ((error as Error).name === 'ConditionalCheckFailedException') return 'changed-meanwhile';
        throw error;
      }
    },
  };
}

function claimInput(tableName: string, serial: string, claim: Claim, previous: Claim | undefined) {
  // Every try has a certificate of its own, so the certificate tells one claim from the next.
  const lastClaim = previous === undefined ? 'attribute_not_exists(#by)' : '#by = :previousBy';
  return {
    TableName: tableName,
    Key: { [ITEM.serial]: { S: serial } },
    UpdateExpression: 'SET #at = :at, #by = :by',
    ConditionExpression: `#listed = :true AND attribute_not_exists(#denied) AND ${lastClaim}`,
    ExpressionAttributeNames: {
      '#at': ITEM.claimedAt,
      '#by': ITEM.claimedBy,
      '#listed': ITEM.listed,
      '#denied': ITEM.denied,
    },
    ExpressionAttributeValues: {
      ':at': { N: String(claim.at) },
      ':by': { S: claim.certificateId },
      ':true': { BOOL: true },
      ...(previous && { ':previousBy': { S: previous.certificateId } }),
    },
  };
}

export function createRegistry(): RegistryPort {
  const client = new IoTClient(hurried());
  return {
    async identityOf(thingName, abortSignal) {
      try {
        const [principals, groups] = await Promise.all([
          client.send(new ListThingPrincipalsCommand({ thingName }), { abortSignal }),
          client.send(new ListThingGroupsForThingCommand({ thingName }), { abortSignal }),
        ]);
        return {
          certificateIds: (principals.principals ?? []).map((arn) => arn.slice(arn.lastIndexOf('/') + 1)),
          groups: (groups.thingGroups ?? []).map((group) => group.groupName ?? ''),
        };
      } catch (error) {
        if ((error as Error).name === 'ResourceNotFoundException') return undefined;
        throw error;
      }
    },
  };
}
