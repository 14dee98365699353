import { NotModelled } from '../fault';
import { recordOf } from '../operation';

/** Whether a line that is JSON is selected. */
export type LinePattern = (entry: unknown) => boolean;

const TOKEN = /^\s*(\(|\)|&&|\|\||!=|<=|>=|=|<|>|\$(?:\.[\w-]+)+|"[^"]*"|-?\d+(?:\.\d+)?|[A-Za-z][\w*-]*)/;

/**
 * The part of the filter patterns of CloudWatch Logs that compares members of JSON lines: `{ ($.status = "Failure") || ($.n > 3) }`.
 * The empty pattern selects every line.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function linePattern(pattern: string): LinePattern {
  if (pattern.trim() === '') return () => true;
  const [, inner] = /^\s*\{(.*)\}\s*$/s.exec(pattern) ?? [];
  if (inner === undefined) throw unknown(pattern);
  const parser = new Parser(tokensOf(inner, pattern), pattern);
  return parser.whole();
}

function unknown(pattern: string): NotModelled {
  return new NotModelled(`filter pattern ${pattern}`, 'nothing is delivered from the log group');
}

function tokensOf(text: string, pattern: string): string[] {
  const tokens: string[] = [];
  let rest = text;
  while (rest.trim() !== '') {
    const [all, token] = TOKEN.exec(rest) ?? [];
    if (all === undefined || token === undefined) throw unknown(pattern);
    tokens.push(token);
    rest = rest.slice(all.length);
  }
  return tokens;
}

class Parser {
  private at = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly pattern: string,
  ) {}

  public whole(): LinePattern {
    const found = this.either();
    if (this.at < this.tokens.length) throw unknown(this.pattern);
    return found;
  }

  private either(): LinePattern {
    const parts = [this.both()];
    while (this.take('||')) parts.push(this.both());
    return (entry) => parts.some((part) => part(entry));
  }

  private both(): LinePattern {
    const parts = [this.term()];
    while (this.take('&&')) parts.push(this.term());
    return (entry) => parts.every((part) => part(entry));
  }

  private term(): LinePattern {
    if (this.take('(')) {
      const inner = this.either();
      if (!this.take(')')) throw unknown(this.pattern);
      return inner;
    }
    const [path = '', operator = '', operand = ''] = this.tokens.slice(this.at, this.at + 3);
    this.at += 3;
    if (!path.startsWith('$.')) throw unknown(this.pattern);
    const steps = path.slice(2).split('.');
    const test = this.test(operator, operand);
    return (entry) => test(steps.reduce<unknown>((value, step) => recordOf(value)[step], entry));
  }

  private test(operator: string, operand: string): (value: unknown) => boolean {
    const isText = operand.startsWith('"') || /^[A-Za-z]/.test(operand);
    if (isText && (operator === '=' || operator === '!=')) {
      const [first = '', ...rest] = operand.replace(/^"|"$/g, '').split('*');
      // A star at the end stands for whatever follows; elsewhere, and after a bare word, it is not modelled.
      if (rest.length > 1 || (rest.length === 1 && rest[0] !== '')) throw unknown(this.pattern);
      const matches = (value: string) => (rest.length === 1 ? value.startsWith(first) : value === first);
      return (value) => typeof value === 'string' && matches(value) === (operator === '=');
    }
    const compare = isText || operand === '' ? undefined : COMPARISONS[operator];
    if (compare === undefined) throw unknown(this.pattern);
    return (value) => typeof value === 'number' && compare(value, Number(operand));
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }
}

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};
