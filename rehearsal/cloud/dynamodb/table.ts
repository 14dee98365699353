import { createHash } from 'node:crypto';
import { AwsFault } from '../fault';
import type { Input } from '../operation';
import { Expressions } from './expressions';
import { invalid } from './paths';
import { compare, type Item, same, typeOf, type Value } from './values';

export interface KeySchema {
  readonly hash: string;
  readonly range?: string;
}

export interface TableProps {
  readonly name: string;
  readonly arn: string;
  readonly key: KeySchema;
  readonly attributeTypes: Readonly<Record<string, string>>;
  readonly indexes: Readonly<Record<string, { readonly key: KeySchema; readonly project: (item: Item) => Item }>>;
  /** KMS key of the customer, where the table has one. */
  readonly keyArn?: string;
  readonly streamArn?: string;
}

/** A write, as a stream tells of it. */
export interface Write {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly keys: Item;
  readonly before?: Item;
  readonly after?: Item;
}

const PAGE = 100;
/** One answer to a query or a scan, before its filter. */
const MOST_BYTES = 1_048_576;

/** One table: its items in the order of their keys, as the service would give them back. */
export class Table {
  private readonly items = new Map<string, Item>();
  /** Told of each write. */
  public onWrite: (write: Write) => void = () => undefined;

  constructor(public readonly props: TableProps) {}

  public get all(): readonly Item[] {
    return [...this.items.values()];
  }

  public get(input: Input): object {
    const expressions = new Expressions(input);
    const project = expressions.projection(input.ProjectionExpression);
    expressions.finish();
    const item = this.items.get(this.identity(input.Key as Item, true));
    return item === undefined ? {} : { Item: project?.(item) ?? item };
  }

  public put(input: Input): object {
    const item = structuredClone(input.Item) as Item;
    return this.write(input, this.identity(item, false), () => item);
  }

  public update(input: Input): object {
    const key = input.Key as Item;
    const id = this.identity(key, true);
    const change = (expressions: Expressions) => {
      const apply = expressions.update(input.UpdateExpression);
      return (before: Item | undefined) => {
        const item = structuredClone(before ?? key);
        apply?.(item, structuredClone(before ?? key));
        if (this.identity(item, false) !== id)
          throw invalid('Cannot update attribute. This attribute is part of the key');
        return item;
      };
    };
    return this.write(input, id, undefined, change);
  }

  public delete(input: Input): object {
    return this.write(input, this.identity(input.Key as Item, true), () => undefined);
  }

  /** What a write of a transaction would do; nothing is changed yet. Throws `ConditionalCheckFailedException`. */
  public check(input: Input, key: Item): void {
    const expressions = new Expressions(input);
    const holds = expressions.condition(input.ConditionExpression);
    if (holds !== undefined && !holds(this.items.get(this.identity(key, false)) ?? {})) throw conditionFailed();
  }

  public query(input: Input): object {
    const expressions = new Expressions(input);
    const matches = expressions.condition(input.KeyConditionExpression, 'KeyConditionExpression');
    if (matches === undefined)
      throw invalid('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
    return this.read(input, expressions, matches, input.ScanIndexForward === false);
  }

  public scan(input: Input): object {
    return this.read(input, new Expressions(input), this.segment(input), false);
  }

  /** Which items are in the segment that is asked for, by a hash of their partition key. */
  private segment({ Segment, TotalSegments }: Input): (item: Item) => boolean {
    if (Segment === undefined && TotalSegments === undefined) return () => true;
    if (Segment === undefined || TotalSegments === undefined)
      throw invalid('Segment and TotalSegments must be given together');
    const [segment, of] = [Number(Segment), Number(TotalSegments)];
    if (!(of >= 1 && of <= 1_000_000 && segment >= 0 && segment < of))
      throw invalid('Segment must be at least 0 and less than TotalSegments, which is from 1 to 1000000');
    return (item) => {
      const key = JSON.stringify(item[this.props.key.hash]);
      return createHash('md5').update(key).digest().readUInt32BE(0) % of === segment;
    };
  }

  private read(input: Input, expressions: Expressions, matches: (item: Item) => boolean, backwards: boolean): object {
    const filter = expressions.condition(input.FilterExpression, 'FilterExpression');
    const project = expressions.projection(input.ProjectionExpression);
    expressions.finish();
    const index = input.IndexName === undefined ? undefined : this.props.indexes[String(input.IndexName)];
    if (input.IndexName !== undefined && index === undefined)
      throw invalid(`The table does not have the specified index: ${String(input.IndexName)}`);
    const key = index?.key ?? this.props.key;
    const inIndex = (item: Item) =>
      item[key.hash] !== undefined && (key.range === undefined || item[key.range] !== undefined);
    const sorted = this.all
      .filter((item) => inIndex(item) && matches(item))
      .sort((a, b) => order(a, b, key) || order(a, b, this.props.key));
    if (backwards) sorted.reverse();
    const start = input.ExclusiveStartKey as Item | undefined;
    const from =
      start === undefined
        ? 0
        : sorted.findIndex((item) => this.identity(item, false) === this.identity(start, false)) + 1;
    const limit = Number(input.Limit ?? PAGE);
    const page = upTo(MOST_BYTES, sorted.slice(from, from + limit));
    const last = page.at(-1);
    const more = from + page.length < sorted.length && last !== undefined;
    const found = page.filter((item) => filter?.(item) ?? true).map((item) => index?.project(item) ?? item);
    return {
      Items: found.map((item) => project?.(item) ?? item),
      Count: found.length,
      ScannedCount: page.length,
      ...(more && { LastEvaluatedKey: pick(last, [...names(key), ...names(this.props.key)]) }),
    };
  }

  private write(
    input: Input,
    id: string,
    make?: () => Item | undefined,
    prepare?: (expressions: Expressions) => (before: Item | undefined) => Item | undefined,
  ): object {
    const expressions = new Expressions(input);
    const holds = expressions.condition(input.ConditionExpression);
    const change = prepare?.(expressions) ?? make;
    expressions.finish();
    const before = this.items.get(id);
    if (holds !== undefined && !holds(before ?? {}))
      throw conditionFailed(input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' ? before : undefined);
    const after = change?.(before);
    if (after === undefined) this.items.delete(id);
    else this.items.set(id, after);
    this.tell(before, after);
    const wanted = { ALL_OLD: before, ALL_NEW: after }[String(input.ReturnValues)];
    return wanted === undefined ? {} : { Attributes: wanted };
  }

  private tell(before: Item | undefined, after: Item | undefined): void {
    const known = after ?? before;
    if (known === undefined || (before !== undefined && after !== undefined && same({ M: before }, { M: after })))
      return;
    const eventName = before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY';
    this.onWrite({ eventName, keys: pick(known, names(this.props.key)), before, after });
  }

  private identity(item: Item | undefined, exactly: boolean): string {
    const key = names(this.props.key);
    const values = key.map((name) => item?.[name]);
    const wrong = key.some(
      (name, index) =>
        values[index] === undefined || typeOf(values[index] as Value) !== this.props.attributeTypes[name],
    );
    if (wrong || (exactly && Object.keys(item ?? {}).length !== key.length))
      throw invalid('The provided key element does not match the schema');
    return JSON.stringify(values.map((value) => Object.values(value as Value)[0]));
  }
}

/** The first ones, with the one that goes beyond so many bytes. */
function upTo(bytes: number, items: readonly Item[]): readonly Item[] {
  let left = bytes;
  const beyond = items.findIndex((item) => {
    left -= JSON.stringify(item).length;
    return left <= 0;
  });
  return beyond === -1 ? items : items.slice(0, beyond + 1);
}

function names({ hash, range }: KeySchema): string[] {
  return range === undefined ? [hash] : [hash, range];
}

export function pick(item: Item, keys: readonly string[]): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => keys.includes(name)));
}

function order(left: Item, right: Item, { hash, range }: KeySchema): number {
  const by = (name: string) => compare(left[name] as Value, right[name] as Value) ?? 0;
  return by(hash) || (range === undefined ? 0 : by(range));
}

function conditionFailed(item?: Item): AwsFault {
  return new AwsFault(
    'ConditionalCheckFailedException',
    'The conditional request failed',
    400,
    item === undefined ? {} : { Item: item },
  );
}
