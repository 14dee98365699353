import { Model } from '../../../lib/compliance/model/model';
import { forgetFound } from '../../../lib/compliance/policies/reach';
import type { Rule } from '../../../lib/compliance/rule';
import { cpuMs } from '../../support/cpu';

const MEGABYTE = 1_000_000;
/** What a rule may take for a megabyte of anything, in milliseconds of CPU. */
export const BUDGET_MS = 50;
/** What parsers that look twice, or expressions that backtrack, choke on. */
export const HOSTILE = [
  '${',
  '*',
  '?',
  '/',
  "'",
  'FROM ',
  '-----BEGIN ',
  '{"a":[',
  '{{resolve:',
  'arn:',
  '$aws/things/',
  '${iot:ClientId}',
];

const long = (piece: string): string => piece.repeat(Math.ceil(MEGABYTE / piece.length));

/** The value with the text at one place made long; places are counted in order. */
function lengthened(value: unknown, place: number, text: string): unknown {
  let seen = 0;
  const walk = (each: unknown): unknown => {
    if (typeof each === 'string') return seen++ === place ? `${each.slice(0, 40)}${text}` : each;
    if (Array.isArray(each)) return each.map(walk);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, item]) => [key, walk(item)]));
  };
  return walk(value);
}

/** How many texts the example of a rule has, each of which may be a megabyte long. */
export function placesOf(rule: Rule): number {
  const textsIn = (value: unknown): number => {
    if (typeof value === 'string') return 1;
    return typeof value === 'object' && value !== null
      ? Object.values(value).reduce((sum: number, each) => sum + textsIn(each), 0)
      : 0;
  };
  return textsIn(rule.example);
}

/**
 * CPU milliseconds that a rule takes for its example with a megabyte at one place. Garbage of others may be collected meanwhile, and
 * code compiled: what is slow each of ten times is slow.
 */
export function millisecondsFor(rule: Rule, piece: string, place: number): number {
  const body = { Resources: lengthened(rule.example, place, long(piece)) };
  let least = Infinity;
  for (let time = 0; time < 10 && least >= BUDGET_MS; time++) {
    const model = new Model([{ path: 't.json', body }]);
    // Working out functions is not the rule's.
    if (model.resources.some(({ variants }) => variants.length === 0)) throw new Error('nothing to judge');
    // What was found the time before would hide what it takes.
    forgetFound();
    least = Math.min(
      least,
      cpuMs(() => rule.check(model, { profile: 'strict', accountBaseline: 'this-app' })),
    );
  }
  return least;
}
