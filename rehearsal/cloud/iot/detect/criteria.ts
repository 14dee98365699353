import { BlockList, isIPv4 } from 'node:net';
import type { Criteria } from './profile';

/** Whether a number is as the criteria call normal; they compare with a bound, or with one that was worked out. */
export function compares(criteria: Criteria, value: number, bound = boundOf(criteria)): boolean {
  switch (criteria.ComparisonOperator) {
    case 'less-than':
      return value < bound;
    case 'less-than-equals':
      return value <= bound;
    case 'greater-than':
      return value > bound;
    case 'greater-than-equals':
      return value >= bound;
    default:
      throw new Error(`not an operator for numbers: ${criteria.ComparisonOperator}`);
  }
}

function boundOf({ Value }: Criteria): number {
  return Number(Value?.Count ?? Value?.Number);
}

/** The nearest rank: the first value that so many are at or below. */
export function percentile(values: readonly number[], statistic: string): number {
  const sorted = [...values].sort((one, other) => one - other);
  const share = Number(statistic.slice(1)) / 100;
  return sorted.find((_, index) => (index + 1) / sorted.length >= share - 1e-12) ?? (sorted.at(-1) as number);
}

/** Whether a value of a list is as the criteria call normal. */
export function isListed({ ComparisonOperator, Value = {} }: Criteria, value: string | number): boolean {
  const { Cidrs, Ports, Numbers, Strings } = Value;
  const listed =
    Cidrs === undefined ? [Ports, Numbers, Strings].some((list) => has(list, value)) : inCidrs(Cidrs, value);
  return ComparisonOperator.startsWith('not-') ? !listed : listed;
}

function has(list: readonly (string | number)[] | undefined, value: string | number): boolean {
  return list?.includes(value) === true;
}

function inCidrs(cidrs: readonly string[], value: string | number): boolean {
  const family = (address: string) => (isIPv4(address) ? 'ipv4' : 'ipv6');
  const address = String(value);
  return cidrs.some((cidr) => {
    const [base = '', prefix] = cidr.split('/');
    if (family(base) !== family(address)) return false;
    const list = new BlockList();
    list.addSubnet(base, Number(prefix), family(base));
    return list.check(address, family(address));
  });
}
