import type { ContextKeys } from './context-keys';
import { MANY, matches, type Codes } from './glob';
import { contains, parseAddress, parseRange } from './ip';
import { parseNumber, parseTime } from './scalars';
import { Template } from './template';

type Test = (value: string, keys: ContextKeys) => boolean;

/** What the base of a condition operator compares: `StringLike`, `NumericLessThan`. */
export interface Comparison {
  readonly negated: boolean;
  /** `Null`: not the value counts, but whether there is one. */
  readonly presence: boolean;
  /** What is wrong with a value that a policy gives, in words; undefined if nothing is. */
  readonly refuse: (value: string) => string | undefined;
  readonly compile: (value: string) => Test;
}

const anything = (): undefined => undefined;

function same(fold: (text: string) => string): (text: string) => Test {
  return (text) => {
    const template = new Template(text);
    return (value, keys) => {
      const expected = template.text(keys);
      return expected !== undefined && fold(expected) === fold(value);
    };
  };
}

function like(text: string): Test {
  const template = new Template(text);
  return (value, keys) => {
    const codes = template.pattern(keys);
    return codes !== undefined && matches(codes, value);
  };
}

/** The six parts of an ARN; the last keeps its colons. Undefined for fewer. */
function arnParts<T>(list: readonly T[], colon: T): (readonly T[])[] | undefined {
  const parts: T[][] = [[]];
  for (const item of list) {
    if (item === colon && parts.length < 6) parts.push([]);
    else (parts[parts.length - 1] as T[]).push(item);
  }
  return parts.length === 6 ? parts : undefined;
}

/** Each part of the ARN is compared on its own, so that a `*` does not reach over a colon. */
function arnLike(text: string): Test {
  const template = new Template(text);
  return (value, keys) => {
    const codes: Codes | undefined = template.pattern(keys);
    if (codes === undefined) return false;
    if (codes.length === 1 && codes[0] === MANY) return true;
    const patterns = arnParts(codes, ':'.charCodeAt(0));
    const parts = arnParts([...value], ':');
    if (patterns === undefined || parts === undefined) return false;
    return patterns.every((pattern, i) => matches(pattern, (parts[i] as readonly string[]).join('')));
  };
}

function ordered(parse: (text: string) => number | undefined, holds: (a: number, b: number) => boolean) {
  return (text: string): Test => {
    const expected = parse(text) as number;
    return (value) => {
      const actual = parse(value);
      return actual !== undefined && holds(actual, expected);
    };
  };
}

function inRange(text: string): Test {
  const range = parseRange(text);
  return (value) => {
    const address = parseAddress(value);
    return range !== undefined && address !== undefined && contains(range, address);
  };
}

const lower = (text: string): string => text.toLowerCase();
const exact = same((text) => text);
const ignoringCase = same(lower);

const ORDERS: [string, (a: number, b: number) => boolean][] = [
  ['Equals', (a, b) => a === b],
  ['LessThan', (a, b) => a < b],
  ['LessThanEquals', (a, b) => a <= b],
  ['GreaterThan', (a, b) => a > b],
  ['GreaterThanEquals', (a, b) => a >= b],
];

const needNumber = (value: string): string | undefined =>
  parseNumber(value) === undefined ? 'must be a number' : undefined;
const needTime = (value: string): string | undefined =>
  parseTime(value) === undefined ? 'must be an ISO 8601 date or seconds since 1970' : undefined;
const needRange = (value: string): string | undefined =>
  parseRange(value) === undefined ? 'must be an IPv4 or IPv6 address or CIDR range' : undefined;
const needTruth = (value: string): string | undefined =>
  ['true', 'false'].includes(lower(value)) ? undefined : "must be 'true' or 'false'";
const needBool = (value: string): string | undefined =>
  new Template(value).hasVariables ? undefined : needTruth(value);
const needBase64 = (value: string): string | undefined =>
  value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value) ? undefined : 'must be base64';

const COMPARISONS = new Map<string, Comparison>();

function define(
  name: string,
  compile: (value: string) => Test,
  refuse: (value: string) => string | undefined,
  negatedName?: string,
): void {
  COMPARISONS.set(name, { negated: false, presence: name === 'Null', compile, refuse });
  if (negatedName !== undefined) COMPARISONS.set(negatedName, { negated: true, presence: false, compile, refuse });
}

define('StringEquals', exact, anything, 'StringNotEquals');
define('StringEqualsIgnoreCase', ignoringCase, anything, 'StringNotEqualsIgnoreCase');
define('StringLike', like, anything, 'StringNotLike');
define('ArnEquals', arnLike, anything, 'ArnNotEquals');
define('ArnLike', arnLike, anything, 'ArnNotLike');
define('Bool', ignoringCase, needBool);
define('BinaryEquals', (text) => (value) => value === text, needBase64);
define('IpAddress', inRange, needRange, 'NotIpAddress');
define('Null', ignoringCase, needTruth);
for (const [order, holds] of ORDERS) {
  const negated = order === 'Equals';
  define(`Numeric${order}`, ordered(parseNumber, holds), needNumber, negated ? 'NumericNotEquals' : undefined);
  define(`Date${order}`, ordered(parseTime, holds), needTime, negated ? 'DateNotEquals' : undefined);
}

/** Undefined for a name that IAM does not have. */
export function comparisonOf(name: string): Comparison | undefined {
  return COMPARISONS.get(name);
}
