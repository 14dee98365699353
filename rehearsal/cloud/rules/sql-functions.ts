import type { Value, MessageContext } from './sql-evaluate';
import { notModelled } from './sql-parse';

type Act = (args: readonly Value[], context: MessageContext) => Value;

interface SqlFunction {
  readonly least: number;
  readonly most: number;
  readonly act: Act;
}

/** Numbers and texts that are numbers; undefined for whatever else. */
export function decimalOf(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** How a value is written as a text. */
export function textOf(value: Value): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  return value === null ? undefined : JSON.stringify(value);
}

const onNumber = (act: (value: number) => number): SqlFunction => ({
  least: 1,
  most: 1,
  act: ([value]) => {
    const number = decimalOf(value);
    return number === undefined ? undefined : act(number);
  },
});

const onTexts = (count: number, act: (first: string, second: string, third: string) => Value): SqlFunction => ({
  least: count,
  most: count,
  act: (args) => {
    const texts = args.map(textOf);
    const [first = '', second = '', third = ''] = texts;
    return texts.includes(undefined) ? undefined : act(first, second, third);
  },
});

const ofMessage = (act: (context: MessageContext) => Value): SqlFunction => ({
  least: 0,
  most: 0,
  act: (_args, context) => act(context),
});

const substring: Act = ([value, from, to]) => {
  const text = textOf(value);
  const [start, end] = [decimalOf(from), decimalOf(to)];
  if (text === undefined || start === undefined || (to !== undefined && end === undefined)) return undefined;
  return text.slice(Math.max(0, start), end === undefined ? undefined : Math.max(0, end));
};

const concat: Act = (args) => {
  if (args.length === 0) return undefined;
  if (args.length === 1) return args[0];
  if (args.some(Array.isArray)) return args.flatMap((arg) => (arg === undefined ? [] : (arg as Value[])));
  const texts = args.map(textOf);
  return texts.includes(undefined) ? undefined : texts.join('');
};

/**
 * Functions that are modelled, by their names in lower case; any other is said to be unknown when the rule is made.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-functions.html
 */
export const FUNCTIONS: ReadonlyMap<string, SqlFunction> = new Map(
  Object.entries({
    abs: onNumber(Math.abs),
    accountid: ofMessage(({ account }) => account),
    ceil: onNumber(Math.ceil),
    clientid: ofMessage(({ clientId }) => clientId ?? 'n/a'),
    concat: { least: 0, most: 50, act: concat },
    encode: {
      least: 2,
      most: 2,
      act: ([value, scheme]) => {
        if (scheme !== 'base64') return undefined;
        if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
        const text = textOf(value);
        return text === undefined ? undefined : Buffer.from(text).toString('base64');
      },
    },
    endswith: onTexts(2, (text, end) => text.endsWith(end)),
    floor: onNumber(Math.floor),
    indexof: onTexts(2, (text, part) => text.indexOf(part)),
    isnull: { least: 1, most: 1, act: ([value]) => value === null },
    isundefined: { least: 1, most: 1, act: ([value]) => value === undefined },
    length: onTexts(1, (text) => text.length),
    lower: onTexts(1, (text) => text.toLowerCase()),
    newuuid: ofMessage(({ uuid }) => uuid()),
    principal: ofMessage(({ principal }) => principal),
    regexp_matches: onTexts(2, (text, pattern) => regex(pattern).test(text)),
    regexp_replace: onTexts(3, (text, pattern, to) => text.replace(regex(pattern, 'g'), to)),
    replace: onTexts(3, (text, from, to) => text.split(from).join(to)),
    round: onNumber((value) => Math.sign(value) * Math.round(Math.abs(value))),
    startswith: onTexts(2, (text, start) => text.startsWith(start)),
    substring: { least: 2, most: 3, act: substring },
    timestamp: ofMessage(({ at }) => at),
    topic: {
      least: 0,
      most: 1,
      act: ([level], { topic }) => (level === undefined ? topic : topic.split('/')[Number(level) - 1]),
    },
    traceid: ofMessage(({ traceId }) => traceId),
    trim: onTexts(1, (text) => text.trim()),
    upper: onTexts(1, (text) => text.toUpperCase()),
  } satisfies Record<string, SqlFunction>),
);

/** The service's expressions are those of Java: what reads otherwise in JavaScript is not taken. */
const ONLY_THERE = /\(\?(?![:=!])|[*+?}]\+|&&|\[\[|\\/;

export function regex(pattern: string, flags = ''): RegExp {
  if (ONLY_THERE.test(pattern)) throw notModelled(`the regular expression ${pattern}`);
  try {
    return new RegExp(pattern, flags);
  } catch {
    throw notModelled(`the regular expression ${pattern}`);
  }
}
