import { isIP } from 'node:net';
import { type Address, writtenAddress } from '../policy/evaluator/ip';

/** The longest that the service takes: a full IPv6 address with its prefix. */
const MAX_LENGTH = 43;

/** What is wrong with an address range, in words that follow its name; undefined when it is right. */
export function cidrProblem(value: string): string | undefined {
  const [address, prefix, ...more] = value.split('/') as [string, string?, ...string[]];
  const written = isIP(address) === 0 ? undefined : writtenAddress(address);
  if (written === undefined || more.length > 0 || value.length > MAX_LENGTH) {
    return "must be an IPv4 or IPv6 range such as '203.0.113.0/24' or '2001:db8::/32'";
  }
  const { bits } = written;
  if (prefix === undefined) return `must have a prefix length; write '${address}/${bits}' for this one address`;
  if (!/^(0|[1-9][0-9]{0,2})$/.test(prefix) || Number(prefix) > bits) {
    return `must have a prefix length from 0 to ${bits}`;
  }
  const hostBits = BigInt(bits - Number(prefix));
  const beyond = written.value & ((1n << hostBits) - 1n);
  if (beyond !== 0n) {
    return `has address bits beyond its prefix; write the first address of the range, or '${address}/${bits}' for this one address`;
  }
  return undefined;
}

/** Whether a valid range holds every address of its family. */
export function holdsEveryAddress(cidr: string): boolean {
  return cidr.endsWith('/0');
}

/** The family of which valid ranges hold every address together, and none alone; undefined where they leave some. */
export function familyHeldTogether(cidrs: readonly string[]): 'IPv4' | 'IPv6' | undefined {
  return cidrs.some(holdsEveryAddress) ? undefined : familiesHeld(cidrs)[0];
}

/** The families of which valid ranges hold every address, alone or together. */
export function familiesHeld(cidrs: readonly string[]): ('IPv4' | 'IPv6')[] {
  const spans = cidrs.map((cidr) => {
    const [address, prefix] = cidr.split('/') as [string, string];
    const { bits, value } = writtenAddress(address) as Address;
    return { bits, first: value, beyond: value + (1n << BigInt(bits - Number(prefix))) };
  });
  const isHeld = (bits: number): boolean => {
    const own = spans.filter((span) => span.bits === bits).sort((a, b) => (a.first < b.first ? -1 : 1));
    const reached = own.reduce((end, { first, beyond }) => (first <= end && beyond > end ? beyond : end), 0n);
    return reached === 1n << BigInt(bits);
  };
  return [...(isHeld(32) ? ['IPv4' as const] : []), ...(isHeld(128) ? ['IPv6' as const] : [])];
}
