import type { Need } from '../../iam/authorizer';
import { AwsFault } from '../fault';
import { type Input, type Operation, type Place, recordOf } from '../operation';
import { speaking, TargetJson, type WireService } from '../wire';
import { invalid } from './paths';
import type { Table } from './table';
import type { Item } from './values';

type WriteKind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

/** The tables of the account. */
export class DynamoDb {
  /** By name. */
  public readonly tables = new Map<string, Table>();
  public readonly wire: WireService;

  constructor(private readonly place: Place) {
    const single = (name: string, act: (table: Table, input: Input) => object): Operation => ({
      name: `dynamodb:${name}`,
      needs: (input) => this.needs(`dynamodb:${name}`, [input], input.IndexName),
      act: (input) => act(this.existing(input.TableName), input),
    });
    const operations: Operation[] = [
      single('GetItem', (table, input) => table.get(input)),
      single('PutItem', (table, input) => table.put(input)),
      single('UpdateItem', (table, input) => table.update(input)),
      single('DeleteItem', (table, input) => table.delete(input)),
      single('Query', (table, input) => table.query(input)),
      single('Scan', (table, input) => table.scan(input)),
      single('DescribeTable', (table) => ({
        Table: { TableName: table.props.name, TableArn: table.props.arn, TableStatus: 'ACTIVE' },
      })),
      {
        name: 'dynamodb:TransactWriteItems',
        needs: (input) => writesOf(input).flatMap(([kind, write]) => this.needs(`dynamodb:${kind}Item`, [write])),
        act: (input) => this.transact(input),
      },
    ];
    const wire = new TargetJson('DynamoDB_20120810', '1.0', operations, 'com.amazonaws.dynamodb.v20120810');
    this.wire = {
      name: 'dynamodb',
      signingNames: ['dynamodb'],
      denied: ['AccessDeniedException', 400],
      ...speaking(wire),
      operations,
    };
  }

  private transact(input: Input): object {
    const writes = writesOf(input).map(([kind, write]) => ({ kind, write, table: this.existing(write.TableName) }));
    const reasons = writes.map(({ kind, write, table }) => {
      try {
        table.check(write, (kind === 'Put' ? write.Item : write.Key) as Item);
        return { Code: 'None' };
      } catch (error) {
        if (error instanceof AwsFault && error.name === 'ConditionalCheckFailedException')
          return { Code: 'ConditionalCheckFailed', Message: error.message };
        throw error;
      }
    });
    if (reasons.some(({ Code }) => Code !== 'None')) {
      const codes = reasons.map(({ Code }) => Code).join(', ');
      throw new AwsFault(
        'TransactionCanceledException',
        `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
        400,
        {
          CancellationReasons: reasons,
        },
      );
    }
    for (const { kind, write, table } of writes) {
      if (kind === 'Put') table.put(write);
      if (kind === 'Update') table.update(write);
      if (kind === 'Delete') table.delete(write);
    }
    return {};
  }

  /** A table with a customer's key needs permission for that key, too. */
  private needs(action: string, inputs: readonly Input[], index?: unknown): Need[] {
    return inputs.flatMap(({ TableName }) => {
      const name = String(TableName).replace(/^.*:table\//, '');
      const { partition, region, account } = this.place;
      const arn = `arn:${partition}:dynamodb:${region}:${account}:table/${name}`;
      const key = this.tables.get(name)?.props.keyArn;
      const context = { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` };
      return [
        { action, resource: index === undefined ? arn : `${arn}/index/${String(index)}` },
        ...(key === undefined ? [] : [{ action: 'kms:Decrypt', resource: key, context }]),
      ];
    });
  }

  private existing(nameOrArn: unknown): Table {
    const table = this.tables.get(String(nameOrArn).replace(/^.*:table\//, ''));
    if (table === undefined) throw new AwsFault('ResourceNotFoundException', 'Requested resource not found');
    return table;
  }
}

function writesOf(input: Input): (readonly [WriteKind, Input])[] {
  return ((input.TransactItems ?? []) as Input[]).map((item) => {
    const [entry] = Object.entries(item);
    if (entry === undefined) throw invalid('A transaction item has no operation');
    return [entry[0] as WriteKind, recordOf(entry[1])] as const;
  });
}
