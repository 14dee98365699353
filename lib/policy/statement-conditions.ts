import type { Problems } from '../internal/problems';
import { quote } from '../internal/quote';
import { parseOperator } from './evaluator/condition';
import { hasToken, LIST_TOKEN } from './tokens';

/** Conditions of a statement: operator, key, values. */
export interface Conditions {
  [operator: string]: { [key: string]: string[] };
}

/**
 * What the accesses of this library ask for, and the values that these operators take: known without the evaluator, which an app
 * that asks for nothing else need not load.
 */
const COMMON: ReadonlyMap<string, RegExp> = new Map([
  ['Bool', /^(?:true|false)$/],
  ['ForAllValues:StringEquals', /^/],
]);

/**
 * A copy of the conditions, all of which were checked: AWS IoT refuses a document with an operator or a value that is none, and
 * an operator without keys would be a condition that always holds.
 */
export function copyConditions(given: Conditions, problems: Problems): Conditions {
  if (!isMap(given)) return unknownMap('', problems);
  return mapValues(given, (operator, keys) => {
    const path = `.${operator}`;
    const isKnown = hasToken(operator) || isCommon(operator, keys);
    const comparison = isKnown ? undefined : parseOperator(operator)?.comparison;
    if (comparison === undefined && !isKnown)
      report(problems, path, "is not an operator; use one such as StringEquals or 'ForAllValues:StringEquals'");
    if (!isMap(keys)) return unknownMap(path, problems);
    if (Object.keys(keys).length === 0) report(problems, path, 'must have at least one key, such as iot:DomainName');
    return mapValues(keys, (key, values) => copyValues(`${path}.${key}`, values, comparison?.refuse, problems));
  });
}

function isCommon(operator: string, keys: Conditions[string]): boolean {
  const values = COMMON.get(operator);
  return (
    values !== undefined &&
    isMap(keys) &&
    Object.values(keys).every((list) => [list].flat().every((each) => values.test(each)))
  );
}

function copyValues(
  path: string,
  values: string[],
  refuse: ((value: string) => string | undefined) | undefined,
  problems: Problems,
): string[] {
  if (!Array.isArray(values) || values.some((value) => typeof value !== 'string' || value.startsWith(LIST_TOKEN))) {
    report(problems, path, 'must be a list of texts that is known at synth; its items may be tokens');
    return [];
  }
  for (const value of values) {
    const refused = hasToken(value) || isLookedUp(value) ? undefined : refuse?.(value);
    if (refused !== undefined) report(problems, path, `${refused}, got ${quote(value)}`);
  }
  return [...values];
}

/**
 * Stands for a value that is yet to be looked up: the CDK's command does so once this synth has told what is missing, and then
 * runs it again.
 */
function isLookedUp(value: string): boolean {
  return value.startsWith('dummy-value-for-');
}

/** What is resolved at synth is an object as well, but not one that can be read. */
function isMap(value: object): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && typeof (value as { resolve?: unknown }).resolve !== 'function';
}

function unknownMap(path: string, problems: Problems): Record<string, never> {
  report(problems, path, 'must be an object that is known at synth');
  return {};
}

function mapValues<T, R>(object: { readonly [key: string]: T }, map: (key: string, value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(key, value)]));
}

function report(problems: Problems, path: string, message: string): void {
  problems.report('PolicyStatementInvalid', `'conditions${path}' ${message}`);
}
