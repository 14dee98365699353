import { AwsFault, type Input, type Route } from './fake-aws';

type Value = { readonly S?: string; readonly N?: string; readonly BOOL?: boolean };
export type Item = Record<string, Value>;

/** One DynamoDB table with a text key: the calls and the kinds of expressions that the handlers use, and no others. */
export class FakeDynamoTable {
  public readonly items = new Map<string, Item>();
  public pageSize = 1_000;

  constructor(private readonly key: string) {}

  public put(key: string, item: Item = {}): this {
    this.items.set(key, { [this.key]: { S: key }, ...item });
    return this;
  }

  public get routes(): Route[] {
    const route = (operation: string, act: Route['act']): Route => ({
      operation,
      match: `DynamoDB_20120810.${operation}`,
      act,
    });
    return [
      route('GetItem', (input) => ({ Item: this.items.get(this.keyOf(input)) })),
      route('UpdateItem', (input) => this.update(input)),
      route('DeleteItem', (input) => this.delete(input)),
      route('Scan', (input) => this.scan(input)),
    ];
  }

  private keyOf(input: Input): string {
    return (input.Key as Item)[this.key]?.S ?? '';
  }

  private update(input: Input): object {
    const key = this.keyOf(input);
    this.check(input, key);
    const item: Item = { ...(this.items.get(key) ?? { [this.key]: { S: key } }) };
    const expression = String(input.UpdateExpression);
    for (const [, name, value] of expression.matchAll(/(#\w+) = (:\w+)/g))
      item[nameOf(input, name!)] = valueOf(input, value!);
    for (const [, name] of expression.matchAll(/REMOVE (#\w+)/g)) Reflect.deleteProperty(item, nameOf(input, name!));
    this.items.set(key, item);
    return {};
  }

  private delete(input: Input): object {
    const key = this.keyOf(input);
    this.check(input, key);
    this.items.delete(key);
    return {};
  }

  private scan(input: Input): object {
    const keys = [...this.items.keys()];
    const start = input.ExclusiveStartKey as Item | undefined;
    const from = start === undefined ? 0 : keys.indexOf(start[this.key]?.S ?? '') + 1;
    const page = keys.slice(from, from + this.pageSize);
    const more = from + this.pageSize < keys.length;
    return {
      Items: page.map((key) => this.items.get(key)),
      ...(more && { LastEvaluatedKey: { [this.key]: { S: page.at(-1) } } }),
    };
  }

  private check(input: Input, key: string): void {
    const item = this.items.get(key) ?? {};
    for (const term of String(input.ConditionExpression ?? '')
      .split(' AND ')
      .filter((part) => part !== '')) {
      const absent = /^attribute_not_exists\((#\w+)\)$/.exec(term);
      const equal = /^(#\w+) = (:\w+)$/.exec(term);
      if (absent === null && equal === null)
        throw new AwsFault('ValidationException', `the fake does not know: ${term}`);
      const holds =
        absent === null
          ? JSON.stringify(item[nameOf(input, equal![1]!)]) === JSON.stringify(valueOf(input, equal![2]!))
          : item[nameOf(input, absent[1]!)] === undefined;
      if (!holds) throw new AwsFault('ConditionalCheckFailedException', 'The conditional request failed');
    }
  }
}

function nameOf(input: Input, placeholder: string): string {
  const name = (input.ExpressionAttributeNames as Record<string, string>)[placeholder];
  if (name === undefined) throw new AwsFault('ValidationException', `undefined name ${placeholder}`);
  return name;
}

function valueOf(input: Input, placeholder: string): Value {
  const value = (input.ExpressionAttributeValues as Record<string, Value>)[placeholder];
  if (value === undefined) throw new AwsFault('ValidationException', `undefined value ${placeholder}`);
  return value;
}
