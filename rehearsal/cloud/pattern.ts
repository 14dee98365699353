import { BlockList, isIP } from 'node:net';
import { globMatches } from '../iam/glob';
import { NotModelled } from './fault';
import { recordOf } from './operation';

/**
 * The patterns of EventBridge, Pipes, event source mappings and SNS filter policies: an object whose leaves are lists of
 * what is allowed there. An operator that is not known is said to be unknown, never taken for a match or a miss.
 */
export function patternMatches(pattern: unknown, event: unknown): boolean {
  return Object.entries(recordOf(pattern)).every(([key, expected]) => {
    if (key === '$or') return (expected as unknown[]).some((each) => patternMatches(each, event));
    const values = valuesOf(event, key);
    if (Array.isArray(expected)) return leafMatches(expected, values);
    return (
      values.some((value) => patternMatches(expected, value)) ||
      (values.length === 0 && patternMatches(expected, undefined))
    );
  });
}

/** Values of a member; those of all elements where it, or what holds it, is a list. */
function valuesOf(event: unknown, key: string): unknown[] {
  if (Array.isArray(event)) return event.flatMap((item) => valuesOf(item, key));
  const value = recordOf(event)[key];
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function leafMatches(expected: readonly unknown[], values: readonly unknown[]): boolean {
  return expected.some((each) => {
    if (typeof each !== 'object' || each === null) return values.some((value) => value === each);
    const [entry] = Object.entries(each);
    if (entry === undefined) return false;
    const [operator, operand] = entry;
    if (operator === 'exists') return values.length > 0 === operand;
    return values.some((value) => operatorMatches(operator, operand, value));
  });
}

function operatorMatches(operator: string, operand: unknown, value: unknown): boolean {
  switch (operator) {
    case 'prefix':
      return textTest(operand, value, (text, part) => text.startsWith(part));
    case 'suffix':
      return textTest(operand, value, (text, part) => text.endsWith(part));
    case 'equals-ignore-case':
      return typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase();
    case 'wildcard':
      return (
        typeof value === 'string' &&
        listOf(operand).some((each) => globMatches(String(each).replace(/\?/g, '\\?'), value))
      );
    case 'anything-but':
      return !isExcluded(operand, value);
    case 'numeric':
      return typeof value === 'number' && numericMatches(operand as readonly (string | number)[], value);
    case 'cidr':
      return typeof value === 'string' && inNetwork(String(operand), value);
    default:
      throw new NotModelled(`pattern operator ${operator}`, 'nothing that the pattern is about was decided');
  }
}

function textTest(operand: unknown, value: unknown, test: (text: string, part: string) => boolean): boolean {
  if (typeof value !== 'string') return false;
  if (typeof operand === 'string') return test(value, operand);
  const folded = recordOf(operand)['equals-ignore-case'];
  return typeof folded === 'string' && test(value.toLowerCase(), folded.toLowerCase());
}

function isExcluded(operand: unknown, value: unknown): boolean {
  if (typeof operand !== 'object' || operand === null || Array.isArray(operand)) return listOf(operand).includes(value);
  return Object.entries(operand).some(([operator, inner]) =>
    listOf(inner).some((each) => operatorMatches(operator, each, value)),
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function numericMatches(terms: readonly (string | number)[], value: number): boolean {
  for (let index = 0; index < terms.length; index += 2) {
    const limit = Number(terms[index + 1]);
    const holds = {
      '=': value === limit,
      '<': value < limit,
      '<=': value <= limit,
      '>': value > limit,
      '>=': value >= limit,
    }[String(terms[index])];
    if (holds !== true) return false;
  }
  return true;
}

function inNetwork(network: string, address: string): boolean {
  const [base = '', bits = '32'] = network.split('/');
  if (isIP(base) === 0 || isIP(base) !== isIP(address)) return false;
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(base, Number(bits), family);
  return list.check(address, family);
}
