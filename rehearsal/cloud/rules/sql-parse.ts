import { NotModelled } from '../fault';

/** An expression of AWS IoT SQL. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** The payload as it came: `*`, as an argument. */
  | { readonly kind: 'payload' }
  | { readonly kind: 'path'; readonly steps: readonly (string | number)[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'not' | 'minus'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'list'; readonly items: readonly Expression[] };

/** What a column gives its value to; `*` spreads the payload. */
export type Column = { readonly name: string; readonly value: Expression } | '*';

export interface Statement {
  readonly columns: readonly Column[];
  /** Topic filter. */
  readonly from: string;
  readonly where?: Expression;
}

interface Token {
  readonly kind: 'text' | 'number' | 'word' | 'sign' | 'end';
  readonly text: string;
}

const SIGNS = /^(<>|<=|>=|[=<>+\-*/%(),.[\]{}])/;
const KEYWORDS = ['select', 'from', 'where', 'as', 'and', 'or', 'not', 'in', 'case'];

export function notModelled(what: string): NotModelled {
  return new NotModelled(`${what} of AWS IoT SQL`, 'the rule did not run');
}

/** Reads a statement. What is outside of the part that is modelled is named, and nothing is guessed of it. */
export function parseStatement(sql: string): Statement {
  return new Parser(tokensOf(sql)).statement();
}

/** Reads an expression alone, as substitution templates hold one. */
export function parseExpression(text: string): Expression {
  return new Parser(tokensOf(text)).whole();
}

/** The filter of a statement that cannot be read: which messages would have met it. `#` where even that is unknown. */
export function filterOf(sql: string): string {
  return /\bFROM\s+'([^']+)'/i.exec(sql)?.[1] ?? '#';
}

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  let rest = sql.trim();
  while (rest !== '') {
    const token = nextToken(rest);
    tokens.push(token.token);
    rest = rest.slice(token.length).trimStart();
  }
  return [...tokens, { kind: 'end', text: 'the end' }];
}

function nextToken(rest: string): { readonly token: Token; readonly length: number } {
  const quoted = /^'([^']*)'/.exec(rest);
  if (quoted !== null) {
    const [all, text = ''] = quoted;
    // How a quote is written in a text, and what a backslash does in one, is not documented.
    if (rest.startsWith("'", all.length) || text.includes('\\')) throw notModelled('a quote or backslash in a text');
    return { token: { kind: 'text', text }, length: all.length };
  }
  const [number] = /^\d+(\.\d+)?/.exec(rest) ?? [];
  if (number !== undefined) return { token: { kind: 'number', text: number }, length: number.length };
  const [word] = /^[A-Za-z_][A-Za-z0-9_]*/.exec(rest) ?? [];
  if (word !== undefined) return { token: { kind: 'word', text: word }, length: word.length };
  const [sign] = SIGNS.exec(rest) ?? [];
  if (sign !== undefined) return { token: { kind: 'sign', text: sign }, length: sign.length };
  throw notModelled(`'${rest.slice(0, 12)}'`);
}

class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  public statement(): Statement {
    this.expect('select');
    const columns = [this.column()];
    while (this.take(',')) columns.push(this.column());
    this.expect('from');
    const from = this.next();
    if (from.kind !== 'text') throw notModelled(`FROM ${from.text}`);
    const where = this.take('where') ? this.or() : undefined;
    this.end();
    return { columns, from: from.text, where };
  }

  public whole(): Expression {
    const expression = this.or();
    this.end();
    return expression;
  }

  private column(): Column {
    if (this.take('*')) return '*';
    const value = this.or();
    if (this.take('as')) {
      const name = this.next();
      if (name.kind !== 'word') throw notModelled(`AS ${name.text}`);
      if (this.peek('.')) throw notModelled('a path after AS');
      return { name: name.text, value };
    }
    const last = value.kind === 'path' ? value.steps.at(-1) : undefined;
    if (typeof last !== 'string') throw notModelled('a column without a name');
    return { name: last, value };
  }

  private or(): Expression {
    return this.chain(['or'], () => this.and());
  }

  private and(): Expression {
    return this.chain(['and'], () => this.not());
  }

  private not(): Expression {
    return this.take('not') ? { kind: 'not', operand: this.not() } : this.comparison();
  }

  private comparison(): Expression {
    const left = this.sum();
    for (const operator of ['=', '<>', '<=', '>=', '<', '>', 'in'])
      if (this.take(operator)) return { kind: 'binary', operator, left, right: this.sum() };
    return left;
  }

  private sum(): Expression {
    return this.chain(['+', '-'], () => this.product());
  }

  private product(): Expression {
    return this.chain(['*', '/', '%'], () => this.unary());
  }

  private chain(operators: readonly string[], part: () => Expression): Expression {
    let left = part();
    for (;;) {
      const operator = operators.find((each) => this.take(each));
      if (operator === undefined) return left;
      left = { kind: 'binary', operator, left, right: part() };
    }
  }

  private unary(): Expression {
    return this.take('-') ? { kind: 'minus', operand: this.unary() } : this.primary();
  }

  private primary(): Expression {
    const token = this.next();
    if (token.kind === 'text') return { kind: 'literal', value: token.text };
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) };
    if (token.kind === 'word') return this.word(token.text);
    if (token.text === '(') {
      const inner = this.or();
      this.expect(')');
      return inner;
    }
    if (token.text === '[') return { kind: 'list', items: this.items(']') };
    throw notModelled(`'${token.text}'`);
  }

  private word(word: string): Expression {
    const lower = word.toLowerCase();
    if (lower === 'true' || lower === 'false') return { kind: 'literal', value: lower === 'true' };
    if (lower === 'null') return { kind: 'literal', value: null };
    if (KEYWORDS.includes(lower)) throw notModelled(`'${word}'`);
    if (this.take('(')) return { kind: 'call', name: lower, args: this.items(')') };
    return { kind: 'path', steps: this.steps(word) };
  }

  private steps(first: string): (string | number)[] {
    const steps: (string | number)[] = [first];
    for (;;) {
      if (this.take('.')) {
        const name = this.next();
        if (name.kind !== 'word') throw notModelled(`'.${name.text}'`);
        steps.push(name.text);
      } else if (this.take('[')) {
        const index = this.next();
        if (index.kind !== 'number' || index.text.includes('.')) throw notModelled(`'[${index.text}'`);
        steps.push(Number(index.text));
        this.expect(']');
      } else return steps;
    }
  }

  private items(close: string): Expression[] {
    const items: Expression[] = [];
    if (this.take(close)) return items;
    do items.push(this.take('*') ? { kind: 'payload' } : this.or());
    while (this.take(','));
    this.expect(close);
    return items;
  }

  private peek(text: string): boolean {
    const token = this.tokens[this.at] as Token;
    return token.kind !== 'text' && token.text.toLowerCase() === text;
  }

  private take(text: string): boolean {
    if (!this.peek(text)) return false;
    this.at++;
    return true;
  }

  private next(): Token {
    return this.tokens[this.at < this.tokens.length - 1 ? this.at++ : this.at] as Token;
  }

  private expect(text: string): void {
    if (!this.take(text)) throw notModelled(`'${(this.tokens[this.at] as Token).text}' in the place of '${text}'`);
  }

  private end(): void {
    const token = this.tokens[this.at] as Token;
    if (token.kind !== 'end') throw notModelled(`'${token.text}'`);
  }
}
