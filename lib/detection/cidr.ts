import { isIPv4, isIPv6 } from 'node:net';

/** The longest that the service takes: a full IPv6 address with its prefix. */
const MAX_LENGTH = 43;

/** What is wrong with an address range, in words that follow its name; undefined when it is right. */
export function cidrProblem(value: string): string | undefined {
  const [address, prefix, ...more] = value.split('/') as [string, string?, ...string[]];
  const bits = isIPv4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : 0;
  if (bits === 0 || more.length > 0 || value.length > MAX_LENGTH) {
    return "must be an IPv4 or IPv6 range such as '203.0.113.0/24' or '2001:db8::/32'";
  }
  if (prefix === undefined) return `must have a prefix length; write '${address}/${bits}' for this one address`;
  if (!/^(0|[1-9][0-9]{0,2})$/.test(prefix) || Number(prefix) > bits) {
    return `must have a prefix length from 0 to ${bits}`;
  }
  const hostBits = BigInt(bits - Number(prefix));
  const beyond = addressBits(address) & ((1n << hostBits) - 1n);
  if (beyond !== 0n) {
    return `has address bits beyond its prefix; write the first address of the range, or '${address}/${bits}' for this one address`;
  }
  return undefined;
}

/** Whether a valid range holds every address of its family. */
export function holdsEveryAddress(cidr: string): boolean {
  return cidr.endsWith('/0');
}

function addressBits(address: string): bigint {
  return isIPv4(address) ? ipv4Bits(address) : ipv6Bits(address);
}

function ipv4Bits(address: string): bigint {
  return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function ipv6Bits(address: string): bigint {
  const [head = '', tail] = address.split('::');
  const front = groups(head);
  const back = groups(tail ?? '');
  const gap = Array.from({ length: 8 - front.length - back.length }, () => 0n);
  return [...front, ...gap, ...back].reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** The 16-bit groups of a part of an IPv6 address; a trailing IPv4 address is two of them. */
function groups(part: string): bigint[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const bits = ipv4Bits(group);
    return [bits >> 16n, bits & 0xffffn];
  });
}
