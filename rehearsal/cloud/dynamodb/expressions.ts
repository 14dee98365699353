import { type Input, recordOf } from '../operation';
import { type Change, Parser, type Placeholders, type Test } from './expression-parser';
import { at, invalid } from './paths';
import { type Item, type Value } from './values';

/** Reads the expressions of one request. Every placeholder that was given must be used by one of them. */
export class Expressions implements Placeholders {
  private readonly names: Readonly<Record<string, unknown>>;
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly used = new Set<string>();

  constructor(input: Input) {
    this.names = recordOf(input.ExpressionAttributeNames);
    this.values = recordOf(input.ExpressionAttributeValues);
  }

  public condition(text: unknown, kind = 'ConditionExpression'): Test | undefined {
    return text === undefined ? undefined : new Parser(String(text), kind, this).whole((parser) => parser.or());
  }

  public update(text: unknown): Change | undefined {
    return text === undefined
      ? undefined
      : new Parser(String(text), 'UpdateExpression', this).whole((parser) => parser.update());
  }

  public projection(text: unknown): ((item: Item) => Item) | undefined {
    if (text === undefined) return undefined;
    const paths = new Parser(String(text), 'ProjectionExpression', this).whole((parser) => parser.paths());
    return (item) => {
      const result: Item = {};
      for (const path of paths) {
        const value = at(item, path);
        // A nested path keeps its place; the handlers ask for whole attributes only.
        if (value !== undefined && path.length === 1) result[String(path[0])] = value;
        else if (value !== undefined) throw invalid('The rehearsal projects whole attributes only');
      }
      return result;
    };
  }

  /** Fails as the service does for placeholders that no expression uses. */
  public finish(): void {
    for (const [member, given] of [
      ['ExpressionAttributeNames', this.names],
      ['ExpressionAttributeValues', this.values],
    ] as const)
      for (const name of Object.keys(given))
        if (!this.used.has(name)) throw invalid(`Value provided in ${member} unused in expressions: keys: {${name}}`);
  }

  public nameOf(token: string): string {
    if (!token.startsWith('#')) return token;
    this.used.add(token);
    const name = this.names[token];
    if (typeof name !== 'string')
      throw invalid(`An expression attribute name used in the document path is not defined; attribute name: ${token}`);
    return name;
  }

  public valueOf(token: string): Value {
    this.used.add(token);
    const value = this.values[token];
    if (value === undefined)
      throw invalid(`An expression attribute value used in expression is not defined; attribute value: ${token}`);
    return value as Value;
  }
}
