import { isIP } from 'node:net';
import { BlockList } from 'node:net';
import { arnMatches, globMatches } from './glob';

/** Values of condition keys, by key in lower case. */
export type Context = ReadonlyMap<string, readonly string[]>;

/** A part of a policy that this evaluator does not understand: what depends on it is refused. */
export class UnknownFeature extends Error {}

type Compare = (expected: string, given: string) => boolean;

const lower = (text: string) => text.toLowerCase();

const POSITIVE: Readonly<Record<string, Compare>> = {
  stringequals: (expected, given) => expected === given,
  stringequalsignorecase: (expected, given) => lower(expected) === lower(given),
  stringlike: (expected, given) => globMatches(expected, given),
  arnequals: arnMatches,
  arnlike: arnMatches,
  bool: (expected, given) => lower(expected) === lower(given),
  binaryequals: (expected, given) => expected === given,
  numericequals: (expected, given) => Number(given) === Number(expected),
  numericlessthan: (expected, given) => Number(given) < Number(expected),
  numericlessthanequals: (expected, given) => Number(given) <= Number(expected),
  numericgreaterthan: (expected, given) => Number(given) > Number(expected),
  numericgreaterthanequals: (expected, given) => Number(given) >= Number(expected),
  dateequals: (expected, given) => timeOf(given) === timeOf(expected),
  datelessthan: (expected, given) => timeOf(given) < timeOf(expected),
  datelessthanequals: (expected, given) => timeOf(given) <= timeOf(expected),
  dategreaterthan: (expected, given) => timeOf(given) > timeOf(expected),
  dategreaterthanequals: (expected, given) => timeOf(given) >= timeOf(expected),
  ipaddress: inNetwork,
};

const NEGATIVE: Readonly<Record<string, string>> = {
  stringnotequals: 'stringequals',
  stringnotequalsignorecase: 'stringequalsignorecase',
  stringnotlike: 'stringlike',
  arnnotequals: 'arnequals',
  arnnotlike: 'arnlike',
  numericnotequals: 'numericequals',
  datenotequals: 'dateequals',
  notipaddress: 'ipaddress',
};

function timeOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function inNetwork(network: string, address: string): boolean {
  const [base = '', bits] = network.split('/');
  const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(base) === 0 || isIP(address) === 0) return false;
  const list = new BlockList();
  list.addSubnet(base, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a whole `Condition` block holds. `fill` puts in the values of policy variables. */
export function conditionHolds(block: unknown, context: Context, fill: (text: string) => string | undefined): boolean {
  if (block === undefined) return true;
  for (const [operator, keys] of Object.entries(block as Record<string, Record<string, unknown>>))
    for (const [key, values] of Object.entries(keys)) {
      const expected = (Array.isArray(values) ? values : [values]).flatMap((value) => fill(String(value)) ?? []);
      if (!operatorHolds(operator, expected, context.get(key.toLowerCase()))) return false;
    }
  return true;
}

function operatorHolds(operator: string, expected: readonly string[], given: readonly string[] | undefined): boolean {
  const [, set, base, ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/i.exec(operator) ?? [];
  const name = lower(base ?? '');
  if (name === 'null')
    return expected.some((value) => (lower(value) === 'true') === (given === undefined || given.length === 0));
  const inner = NEGATIVE[name];
  const compare = POSITIVE[inner ?? name];
  if (compare === undefined) throw new UnknownFeature(`condition operator ${operator}`);
  const matches = (value: string) => expected.some((each) => compare(each, value)) !== (inner !== undefined);
  if (set !== undefined && lower(set) === 'forallvalues') return (given ?? []).every(matches);
  if (given === undefined || given.length === 0)
    return ifExists !== undefined || (inner !== undefined && set === undefined);
  // A key with one value; with several and no set operator, IAM compares as if any value would do.
  return inner !== undefined && set === undefined ? given.every(matches) : given.some(matches);
}
