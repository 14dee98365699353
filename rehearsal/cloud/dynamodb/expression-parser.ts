import type { AwsFault } from '../fault';
import { recordOf } from '../operation';
import { at, invalid, type Path, put } from './paths';
import { compare, type Item, rawOf, same, typeOf, type Value } from './values';

export type Test = (item: Item) => boolean;
type Operand = (item: Item) => Value | undefined;
/** Changes an item, given what it was before all changes. */
export type Change = (item: Item, before: Item) => void;

/** What placeholders stand for. */
export interface Placeholders {
  nameOf(token: string): string;
  valueOf(token: string): Value;
}

const TOKEN = /\s*(?:([#:]?[A-Za-z_][A-Za-z0-9_-]*|[#:][A-Za-z0-9_]+)|(<>|<=|>=|[=<>(),.+[\]-])|(\d+))/y;

/** Reads one expression. */
export class Parser {
  private readonly tokens: string[] = [];
  private position = 0;

  constructor(
    text: string,
    private readonly kind: string,
    private readonly around: Placeholders,
  ) {
    TOKEN.lastIndex = 0;
    for (let end = 0; end < text.trimEnd().length; end = TOKEN.lastIndex) {
      const found = TOKEN.exec(text);
      if (found === null) throw invalid(`Invalid ${kind}: Syntax error near '${text.slice(end, end + 10)}'`);
      this.tokens.push(found[0].trim());
    }
  }

  public whole<T>(read: (parser: this) => T): T {
    const result = read(this);
    if (this.position < this.tokens.length) throw this.unexpected();
    return result;
  }

  public or(): Test {
    let left = this.and();
    while (this.takeWord('OR')) left = either(left, this.and());
    return left;
  }

  public paths(): Path[] {
    const found = [this.path()];
    while (this.take(',')) found.push(this.path());
    return found;
  }

  public update(): Change {
    const changes: Change[] = [];
    while (this.position < this.tokens.length) {
      const clause = this.next().toUpperCase();
      const read = {
        SET: () => this.setting(),
        REMOVE: () => this.removal(),
        ADD: () => this.addition(),
        DELETE: () => this.deletion(),
      }[clause];
      if (read === undefined) throw this.unexpected();
      do changes.push(read());
      while (this.take(','));
    }
    return (item, before) => {
      for (const change of changes) change(item, before);
    };
  }

  private and(): Test {
    let left = this.not();
    while (this.takeWord('AND')) left = both(left, this.not());
    return left;
  }

  private not(): Test {
    if (!this.takeWord('NOT')) return this.primary();
    const inner = this.not();
    return (item) => !inner(item);
  }

  private primary(): Test {
    if (this.take('(')) {
      const inner = this.or();
      this.expect(')');
      return inner;
    }
    const test = FUNCTIONS[this.peek() ?? ''];
    if (test !== undefined && this.tokens[this.position + 1] === '(') {
      const name = this.next();
      return name.startsWith('attribute_') && name !== 'attribute_type' ? this.existence(name) : test(this.operands());
    }
    return this.comparison();
  }

  private existence(name: string): Test {
    this.expect('(');
    const path = this.path();
    this.expect(')');
    return (item) => (at(item, path) !== undefined) === (name === 'attribute_exists');
  }

  private comparison(): Test {
    const left = this.operand();
    if (this.takeWord('BETWEEN')) {
      const low = this.operand();
      if (!this.takeWord('AND')) throw this.unexpected();
      const high = this.operand();
      return (item) => ordered(low(item), left(item), '<=') && ordered(left(item), high(item), '<=');
    }
    if (this.takeWord('IN')) {
      const options = this.operands();
      return (item) => options.some((option) => same(left(item), option(item)));
    }
    const operator = this.next();
    if (!/^(=|<>|<|>|<=|>=)$/.test(operator)) throw this.unexpected();
    const right = this.operand();
    return (item) => ordered(left(item), right(item), operator);
  }

  private operands(): Operand[] {
    this.expect('(');
    const found = [this.operand()];
    while (this.take(',')) found.push(this.operand());
    this.expect(')');
    return found;
  }

  private operand(): Operand {
    const token = this.peek() ?? '';
    if (token.startsWith(':')) {
      const value = this.around.valueOf(this.next());
      return () => value;
    }
    if (token === 'size' && this.tokens[this.position + 1] === '(') {
      this.next();
      const [inner] = this.operands();
      return (item) => sizeOf(inner?.(item));
    }
    const path = this.path();
    return (item) => at(item, path);
  }

  private setting(): Change {
    const path = this.path();
    this.expect('=');
    const first = this.setValue();
    const sign = this.take('+') ? 1 : this.take('-') ? -1 : 0;
    const second = sign === 0 ? undefined : this.setValue();
    return (item, before) => {
      const value = first(before);
      const other = second?.(before);
      if (value === undefined || (second !== undefined && other === undefined))
        throw invalid('The provided expression refers to an attribute that does not exist in the item');
      put(
        item,
        path,
        other === undefined ? structuredClone(value) : { N: String(Number(value.N) + sign * Number(other.N)) },
      );
    };
  }

  private setValue(): Operand {
    const name = this.peek();
    if ((name !== 'if_not_exists' && name !== 'list_append') || this.tokens[this.position + 1] !== '(')
      return this.operand();
    this.next();
    const [left, right] = this.operands();
    if (left === undefined || right === undefined) throw this.unexpected();
    if (name === 'if_not_exists') return (item) => left(item) ?? right(item);
    return (item) => ({ L: [...((left(item)?.L ?? []) as Value[]), ...((right(item)?.L ?? []) as Value[])] });
  }

  private removal(): Change {
    const path = this.path();
    return (item) => {
      if (at(item, path) !== undefined) put(item, path, undefined);
    };
  }

  private addition(): Change {
    const path = this.path();
    const operand = this.operand();
    return (item, before) => {
      const added = operand(before) as Value;
      const old = at(before, path);
      const type = typeOf(added);
      if (type === 'N') return put(item, path, { N: String(Number(old?.N ?? 0) + Number(added.N)) });
      if (!/^[SNB]S$/.test(type)) throw invalid('Incorrect operand type for operator or function; operator: ADD');
      const members = new Set([...((old?.[type] ?? []) as string[]), ...(added[type] as string[])]);
      put(item, path, { [type]: [...members] });
    };
  }

  private deletion(): Change {
    const path = this.path();
    const operand = this.operand();
    return (item, before) => {
      const removed = operand(before) as Value;
      const type = typeOf(removed);
      const left = ((at(before, path)?.[type] ?? []) as string[]).filter(
        (each) => !(removed[type] as string[]).includes(each),
      );
      put(item, path, left.length === 0 ? undefined : { [type]: left });
    };
  }

  private path(): Path {
    const steps: (string | number)[] = [this.name()];
    for (;;) {
      if (this.take('.')) steps.push(this.name());
      else if (this.take('[')) {
        steps.push(Number(this.next()));
        this.expect(']');
      } else return steps;
    }
  }

  private name(): string {
    const token = this.next();
    if (!/^[#A-Za-z_]/.test(token)) throw this.unexpected();
    return this.around.nameOf(token);
  }

  private peek(): string | undefined {
    return this.tokens[this.position];
  }

  private next(): string {
    const token = this.tokens[this.position++];
    if (token === undefined) throw invalid(`Invalid ${this.kind}: Syntax error; token: <EOF>`);
    return token;
  }

  private take(token: string): boolean {
    if (this.peek() !== token) return false;
    this.position++;
    return true;
  }

  private takeWord(word: string): boolean {
    if (this.peek()?.toUpperCase() !== word) return false;
    this.position++;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) throw this.unexpected();
  }

  private unexpected(): AwsFault {
    return invalid(`Invalid ${this.kind}: Syntax error; token: "${this.peek() ?? '<EOF>'}"`);
  }
}

const FUNCTIONS: Readonly<Record<string, (operands: readonly Operand[]) => Test>> = {
  attribute_exists: () => () => false,
  attribute_not_exists: () => () => false,
  attribute_type:
    ([left, right]) =>
    (item) => {
      const value = left?.(item);
      return value !== undefined && typeOf(value) === right?.(item)?.S;
    },
  begins_with:
    ([left, right]) =>
    (item) => {
      const text = left?.(item)?.S;
      return typeof text === 'string' && text.startsWith(String(right?.(item)?.S));
    },
  contains:
    ([left, right]) =>
    (item) => {
      const whole = left?.(item);
      const part = right?.(item);
      if (whole === undefined || part === undefined) return false;
      if (typeOf(whole) === 'S') return String(whole.S).includes(String(part.S));
      if (typeOf(whole) === 'L') return (whole.L as Value[]).some((each) => same(each, part));
      const raw = rawOf(whole);
      return Array.isArray(raw) && raw.includes(rawOf(part));
    },
};

const both =
  (left: Test, right: Test): Test =>
  (item) =>
    left(item) && right(item);
const either =
  (left: Test, right: Test): Test =>
  (item) =>
    left(item) || right(item);

function sizeOf(value: Value | undefined): Value | undefined {
  if (value === undefined) return undefined;
  const raw = rawOf(value);
  const size =
    typeof raw === 'string'
      ? Buffer.byteLength(raw)
      : Array.isArray(raw)
        ? raw.length
        : Object.keys(recordOf(raw)).length;
  return { N: String(size) };
}

function ordered(left: Value | undefined, right: Value | undefined, operator: string): boolean {
  if (operator === '<>') return !same(left, right);
  if (left === undefined || right === undefined) return false;
  if (operator === '=') return same(left, right);
  const order = compare(left, right);
  if (order === undefined) return false;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}
