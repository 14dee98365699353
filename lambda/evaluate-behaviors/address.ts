import { contains, parseAddress, parseRange } from '../../lib/policy/evaluator/ip';

/** Tests addresses against ranges such as `203.0.113.0/24` and `2001:db8::/32`; an IPv4-mapped IPv6 address is the IPv4 address. */
export function rangeTest(ranges: readonly string[]): (address: string) => boolean {
  const parsed = ranges.map((text) => {
    const range = parseRange(text);
    if (range === undefined) throw new Error('a behavior has a range that is not one');
    return range;
  });
  return (text) => {
    const address = parseAddress(text);
    return address !== undefined && parsed.some((range) => contains(range, address));
  };
}
