import { isIPv4, isIPv6 } from 'node:net';

/** An address as a number; IPv4 stands at its place among the IPv6 addresses (`::ffff:a.b.c.d`), so that both spellings are one. */
export function addressOf(text: string): bigint | undefined {
  if (isIPv4(text)) return 0xffff_0000_0000n | ipv4(text);
  return isIPv6(text) && !text.includes('%') ? ipv6(text) : undefined;
}

/** Tests addresses against ranges such as `203.0.113.0/24` and `2001:db8::/32`. */
export function rangeTest(ranges: readonly string[]): (address: string) => boolean {
  const parsed = ranges.map((range) => {
    const [address = '', prefix] = range.split('/');
    const base = addressOf(address);
    if (base === undefined) throw new Error('a behavior has a range that is not one');
    const bits = prefix === undefined ? 128 : Number(prefix) + (isIPv4(address) ? 96 : 0);
    const shift = BigInt(128 - bits);
    return { shift, base: base >> shift };
  });
  return (text) => {
    const address = addressOf(text);
    return address !== undefined && parsed.some(({ shift, base }) => address >> shift === base);
  };
}

function ipv4(text: string): bigint {
  return text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function ipv6(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const front = groups(head);
  const back = groups(tail ?? '');
  const gap = Array.from({ length: 8 - front.length - back.length }, () => 0n);
  return [...front, ...gap, ...back].reduce((bits, group) => (bits << 16n) | group, 0n);
}

/** 16 bits each; an IPv4 address at the end is two of them. */
function groups(part: string): bigint[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const bits = ipv4(group);
    return [bits >> 16n, bits & 0xffffn];
  });
}
