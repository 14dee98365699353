import {
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { type Budget, FRESH_BUDGET } from './blast-radius';
import { TABLE } from './contract';
import type { Incident } from './incident';
import {
  type Attribute,
  BUDGET_SUBJECT,
  DUE_FOR,
  HELD_FOR,
  budgetItemOf,
  incidentOf,
  type Item,
  itemOf,
} from './table-item';

export interface IncidentTable {
  latest(subject: string): Promise<Incident | undefined>;
  /** One that need not be the newest. */
  episode(subject: string, episode: number): Promise<Incident | undefined>;
  save(incident: Incident, budget?: Budget): Promise<Incident | 'conflict'>;
  budget(): Promise<Budget>;
  /** Incidents that wait for a person, the oldest first; `next` begins the page after. */
  held(limit: number, start?: string): Promise<HeldPage>;
  /** Incidents whose isolation was to end by then, the longest overdue first; `next` begins the page after. */
  due(until: number, limit: number, start?: string): Promise<HeldPage>;
}

export interface HeldPage {
  readonly incidents: readonly Incident[];
  readonly next?: string;
}

/** The incident table: every write states which version it replaces. */
export function createIncidentTable(client: DynamoDBClient, table: string): IncidentTable {
  const newest = async (subject: string, episode?: number): Promise<Item | undefined> => {
    const one = episode !== undefined;
    const { Items } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: `#subject = :subject${one ? ' AND #episode = :episode' : ''}`,
        ExpressionAttributeNames: { '#subject': TABLE.partitionKey, ...(one && { '#episode': TABLE.sortKey }) },
        ExpressionAttributeValues: { ':subject': { S: subject }, ...(one && { ':episode': { N: String(episode) } }) },
        ScanIndexForward: false,
        Limit: 1,
        ConsistentRead: true,
      }),
    );
    return Items?.[0] as Item | undefined;
  };
  const read = async (subject: string, episode?: number): Promise<Incident | undefined> => {
    const item = await newest(subject, episode);
    return item === undefined ? undefined : incidentOf(item);
  };
  const page = async (limit: number, start: string | undefined, query: Omit<QueryCommandInput, 'TableName'>) => {
    const { Items, LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        ...query,
        Limit: limit,
        ExclusiveStartKey: start === undefined ? undefined : (JSON.parse(start) as Record<string, never>),
      }),
    );
    return {
      incidents: (Items ?? []).map((item) => incidentOf(item as Item)),
      next: LastEvaluatedKey && JSON.stringify(LastEvaluatedKey),
    };
  };
  return {
    latest: (subject) => read(subject),
    episode: read,
    budget: async () => {
      const record = (await newest(BUDGET_SUBJECT))?.record?.S;
      return record === undefined ? FRESH_BUDGET : (JSON.parse(record) as Budget);
    },
    held: (limit, start) =>
      page(limit, start, {
        IndexName: TABLE.heldIndex,
        KeyConditionExpression: '#held = :held',
        ExpressionAttributeNames: { '#held': TABLE.heldKey },
        ExpressionAttributeValues: { ':held': { S: HELD_FOR } },
      }),
    due: (until, limit, start) =>
      page(limit, start, {
        IndexName: TABLE.dueIndex,
        KeyConditionExpression: '#due = :due AND #at <= :until',
        ExpressionAttributeNames: { '#due': TABLE.dueKey, '#at': TABLE.dueSort },
        ExpressionAttributeValues: { ':due': { S: DUE_FOR }, ':until': { N: String(until) } },
      }),
    save: async (incident, budget) => {
      const next = { ...incident, version: incident.version + 1 };
      const put = replacing(table, itemOf(next), incident.version);
      try {
        if (budget === undefined) await client.send(new PutItemCommand(put));
        else
          await client.send(
            new TransactWriteItemsCommand({
              TransactItems: [{ Put: put }, { Put: replacing(table, budgetItemOf(budget), budget.version - 1) }],
            }),
          );
      } catch (error) {
        if (isConflict(error)) return 'conflict';
        throw error;
      }
      return next;
    },
  };
}

function replacing(table: string, item: Record<string, Attribute>, version: number) {
  return {
    TableName: table,
    Item: item as Record<string, never>,
    ExpressionAttributeNames: { '#version': 'version' },
    ...(version === 0
      ? { ConditionExpression: 'attribute_not_exists(#version)' }
      : {
          ConditionExpression: '#version = :version',
          ExpressionAttributeValues: { ':version': { N: String(version) } },
        }),
  };
}

/** Somebody else wrote, or is writing, the same items. A transaction that fails for another reason is a fault. */
function isConflict(error: unknown): boolean {
  const { name, CancellationReasons } = error as { name?: string; CancellationReasons?: { Code?: string }[] };
  if (name === 'ConditionalCheckFailedException' || name === 'TransactionConflictException') return true;
  return (
    name === 'TransactionCanceledException' &&
    (CancellationReasons ?? []).every(({ Code }) =>
      [undefined, 'None', 'ConditionalCheckFailed', 'TransactionConflict'].includes(Code),
    )
  );
}
