import { isDeepStrictEqual } from 'node:util';
import { decimalOf, FUNCTIONS, regex, textOf } from './sql-functions';
import { type Expression, notModelled, parseExpression, parseStatement, type Statement } from './sql-parse';

/** A value of AWS IoT SQL: what JSON has, `undefined`, and the bytes of a payload. */
export type Value =
  string | number | boolean | null | undefined | Uint8Array | readonly Value[] | { readonly [key: string]: Value };

/** What a message is to a statement. */
export interface MessageContext {
  /** Without what selects the rule of Basic Ingest. */
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly at: number;
  readonly account: string;
  readonly clientId?: string;
  readonly principal?: string;
  /** Only of messages that came over MQTT. */
  readonly traceId?: string;
  uuid(): string;
}

/** Reads a statement, and names what of it is not modelled: also functions, and how many arguments they take. */
export function compileStatement(sql: string): Statement {
  const statement = parseStatement(sql);
  for (const column of statement.columns) if (column !== '*') check(column.value);
  if (statement.where !== undefined) check(statement.where);
  if (statement.columns.length > 1 && statement.columns.slice(1).includes('*')) throw notModelled('* after a column');
  return statement;
}

function check(expression: Expression): void {
  if (expression.kind === 'call') {
    const known = FUNCTIONS.get(expression.name);
    if (known === undefined) throw notModelled(`the function ${expression.name}`);
    const { length } = expression.args;
    if (length < known.least || length > known.most)
      throw notModelled(`${expression.name} with ${length} ${length === 1 ? 'argument' : 'arguments'}`);
    const [, pattern] = expression.args;
    if (expression.name.startsWith('regexp_') && pattern?.kind === 'literal') regex(String(pattern.value));
    expression.args.forEach((arg) => {
      if (arg.kind !== 'payload') check(arg);
      else if (expression.name !== 'encode') throw notModelled(`${expression.name}(*)`);
    });
  } else if (expression.kind === 'binary') {
    check(expression.left);
    check(expression.right);
  } else if (expression.kind === 'list') expression.items.forEach(check);
  else if (expression.kind === 'not' || expression.kind === 'minus') check(expression.operand);
  else if (expression.kind === 'payload') throw notModelled('* in a list');
}

/** What a statement makes of a message; undefined where its condition does not hold. */
export function resultOf({ columns, where }: Statement, context: MessageContext): Buffer | undefined {
  const message = new Message(context);
  if (where !== undefined && truth(message.value(where)) !== true) return undefined;
  if (columns.length === 1 && columns[0] === '*') return Buffer.from(context.payload);
  const result: Record<string, Value> = {};
  for (const column of columns) {
    if (column === '*') Object.assign(result, message.object());
    else result[column.name] = message.value(column.value);
  }
  return Buffer.from(JSON.stringify(result));
}

/** Fills `${...}` in a property of an action, from the message as it came. */
export function substituted(template: string, context: MessageContext): string {
  const message = new Message(context);
  return template.replace(/\$\{([^}]*)\}/g, (_all, text: string) => {
    const expression = parseExpression(text);
    check(expression);
    return textOf(message.value(expression)) ?? '';
  });
}

class Message {
  private json: { readonly value: Value } | undefined;

  constructor(private readonly context: MessageContext) {}

  public object(): Readonly<Record<string, Value>> {
    const { value } = this.parsed();
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw notModelled('* beside columns, for a payload that is no JSON object');
    return value as Record<string, Value>;
  }

  public value(expression: Expression): Value {
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'payload':
        return this.context.payload;
      case 'list':
        return expression.items.map((item) => this.value(item));
      case 'path':
        return expression.steps.reduce<Value>(memberOf, this.parsed().value);
      case 'call': {
        const args = expression.args.map((arg) => this.value(arg));
        return FUNCTIONS.get(expression.name)?.act(args, this.context);
      }
      case 'not': {
        const operand = truth(this.value(expression.operand));
        return operand === undefined ? undefined : !operand;
      }
      case 'minus': {
        const operand = decimalOf(this.value(expression.operand));
        return operand === undefined ? undefined : -operand;
      }
      case 'binary':
        return operate(expression.operator, this.value(expression.left), this.value(expression.right));
    }
  }

  /** A payload that is not JSON has no members. */
  private parsed(): { readonly value: Value } {
    if (this.json === undefined) {
      let value: Value;
      try {
        value = JSON.parse(Buffer.from(this.context.payload).toString('utf8')) as Value;
      } catch {
        value = undefined;
      }
      this.json = { value };
    }
    return this.json;
  }
}

function memberOf(value: Value, step: string | number): Value {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined;
  if (Array.isArray(value)) return typeof step === 'number' ? (value as Value[])[step] : undefined;
  return Object.hasOwn(value, step) ? (value as Record<string, Value>)[step] : undefined;
}

function truth(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const lower = typeof value === 'string' ? value.toLowerCase() : '';
  return lower === 'true' || lower === 'false' ? lower === 'true' : undefined;
}

/**
 * Operators by the tables of the documentation: what has no value, or is of a type that an operator does not take, gives none.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-operators.html
 */
function operate(operator: string, left: Value, right: Value): Value {
  switch (operator) {
    case 'and':
    case 'or': {
      const [a, b] = [truth(left), truth(right)];
      if (a === undefined || b === undefined) return undefined;
      return operator === 'and' ? a && b : a || b;
    }
    case '=':
    case '<>': {
      if (left === undefined || right === undefined) return undefined;
      return isDeepStrictEqual(left, right) === (operator === '=');
    }
    case 'in':
      return Array.isArray(right) ? right.some((item) => isDeepStrictEqual(item, left)) : undefined;
    case '+':
      if (typeof left === 'string' || typeof right === 'string') {
        const [a, b] = [textOf(left), textOf(right)];
        return a === undefined || b === undefined ? undefined : a + b;
      }
      return typeof left === 'number' && typeof right === 'number' ? left + right : undefined;
    default:
      return compute(operator, decimalOf(left), decimalOf(right));
  }
}

function compute(operator: string, a: number | undefined, b: number | undefined): Value {
  if (a === undefined || b === undefined) return undefined;
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      if (b === 0) return undefined;
      // Two whole numbers give a whole number.
      return Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b;
    default:
      return b === 0 ? undefined : a % b;
  }
}
