import { incidentOf, type Item } from '../../lambda/shared/incident/table-item';
import type { Incident } from '../../lambda/shared/incident/incident';
import { AwsFault, type Input, type Route } from './fake-aws';

interface Put {
  readonly Item: Item;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Record<string, { readonly N?: string }>;
}

/** The incident table: queries of one subject, conditional writes, and transactions of them. */
export class FakeIncidents {
  public readonly items = new Map<string, Item>();
  /** The deny-list of the gate, by certificate: for whom, while it is denied. */
  public readonly denied = new Map<string, { readonly for: string; readonly denied: boolean }>();

  public readonly routes: Route[] = [
    { operation: 'Query', match: 'DynamoDB_20120810.Query', act: (input) => this.query(input) },
    {
      operation: 'PutItem',
      match: 'DynamoDB_20120810.PutItem',
      act: (input) => (input.TableName === 'denied' ? this.deny(input) : this.putAll([input as unknown as Put], false)),
    },
    {
      operation: 'TransactWriteItems',
      match: 'DynamoDB_20120810.TransactWriteItems',
      act: ({ TransactItems }) =>
        this.putAll(
          (TransactItems as { Put: Put }[]).map(({ Put: put }) => put),
          true,
        ),
    },
  ];

  private deny({ Item: item, ConditionExpression: condition, ExpressionAttributeValues: values }: Input): object {
    const { certificateId, denied, deniedFor } = item as Record<
      string,
      { readonly S?: string; readonly BOOL?: boolean }
    >;
    const known = this.denied.get(certificateId?.S ?? '');
    if (condition !== undefined && known?.for !== (values as { ':for': { S: string } })[':for'].S)
      throw new AwsFault('ConditionalCheckFailedException');
    this.denied.set(certificateId?.S ?? '', { for: deniedFor?.S ?? '', denied: denied?.BOOL === true });
    return {};
  }

  /** The newest episode. */
  public incident(subject: string): Incident | undefined {
    const [newest] = this.episodes(subject);
    return newest === undefined ? undefined : incidentOf(newest);
  }

  public all(): Incident[] {
    return [...this.items.values()].filter((item) => !item.subject?.S?.startsWith('#')).map(incidentOf);
  }

  private episodes(subject: string): Item[] {
    return [...this.items.values()]
      .filter((item) => item.subject?.S === subject)
      .sort((a, b) => Number(b.episode?.N) - Number(a.episode?.N));
  }

  private query(input: Input): object {
    const values = input.ExpressionAttributeValues as Record<string, { S: string; N?: string }>;
    if (input.IndexName !== undefined) {
      const until = Number(values[':until']?.N ?? Infinity);
      const held = [...this.items.values()].filter((item) =>
        input.IndexName === 'due' ? Number(item.dueAt?.N ?? Infinity) <= until : item.heldFor !== undefined,
      );
      const start = Number((input.ExclusiveStartKey as Item | undefined)?.at?.N ?? 0);
      const end = start + Number(input.Limit ?? 100);
      return {
        Items: held.slice(start, end),
        ...(end < held.length && { LastEvaluatedKey: { at: { N: String(end) } } }),
      };
    }
    const episode = values[':episode']?.N;
    const found = this.episodes(values[':subject']?.S ?? '');
    return { Items: found.filter((item) => episode === undefined || item.episode?.N === episode).slice(0, 1) };
  }

  private putAll(puts: readonly Put[], transaction: boolean): object {
    const failed = puts.map((put) => !this.holds(put));
    if (failed.includes(true)) {
      if (!transaction) throw new AwsFault('ConditionalCheckFailedException');
      throw new Cancelled(failed);
    }
    for (const put of puts) this.items.set(this.keyOf(put), put.Item);
    return {};
  }

  private keyOf({ Item: item }: Put): string {
    return `${item.subject?.S} ${item.episode?.N}`;
  }

  private holds(put: Put): boolean {
    const version = this.items.get(this.keyOf(put))?.version?.N;
    if (put.ConditionExpression === 'attribute_not_exists(#version)') return version === undefined;
    if (put.ConditionExpression !== '#version = :version')
      throw new AwsFault('ValidationException', 'an unconditional write');
    return version === put.ExpressionAttributeValues?.[':version']?.N;
  }
}

class Cancelled extends AwsFault {
  constructor(failed: readonly boolean[]) {
    super('TransactionCanceledException', `Transaction cancelled [${failed.join(', ')}]`);
  }
}
