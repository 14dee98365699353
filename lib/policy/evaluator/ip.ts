/** An address as its bits: 32 for IPv4, 128 for IPv6. An IPv4-mapped IPv6 address counts as the IPv4 address. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export interface Range extends Address {
  readonly prefix: number;
}

const MAPPED = 0xffffn << 32n;

/** Total: undefined for what is no address. */
export function parseAddress(text: string): Address | undefined {
  const written = writtenAddress(text);
  return written?.bits === 128 && (written.value & ~0xffffffffn) === MAPPED
    ? { bits: 32, value: written.value & 0xffffffffn }
    : written;
}

/** As `parseAddress`, but an IPv4-mapped IPv6 address stays the 128 bits that are written. */
export function writtenAddress(text: string): Address | undefined {
  if (!text.includes(':')) return parseV4(text);
  const value = parseV6(text);
  return value === undefined ? undefined : { bits: 128, value };
}

/** `203.0.113.0/24`, `2001:db8::/32`, or an address alone, which is a range of one. */
export function parseRange(text: string): Range | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  if (slash < 0) return { ...address, prefix: address.bits };
  const written = text.includes(':') ? 128 : 32;
  const prefix = decimal(text.slice(slash + 1), written);
  // The range of a mapped address is counted from the start of the IPv4 part.
  const known = prefix === undefined ? -1 : prefix - (written - address.bits);
  return known < 0 ? undefined : { ...address, prefix: known };
}

export function contains(range: Range, address: Address): boolean {
  const shift = BigInt(range.bits - range.prefix);
  return range.bits === address.bits && range.value >> shift === address.value >> shift;
}

function decimal(text: string, max: number): number | undefined {
  return /^\d{1,3}$/.test(text) && Number(text) <= max ? Number(text) : undefined;
}

function parseV4(text: string): Address | undefined {
  const bytes = text.split('.').map((byte) => decimal(byte, 255));
  if (bytes.length !== 4) return undefined;
  let value = 0n;
  for (const byte of bytes) {
    if (byte === undefined) return undefined;
    value = (value << 8n) | BigInt(byte);
  }
  return { bits: 32, value };
}

/** Eight groups of hex digits; `::` stands for a run of zeros once; the last two groups may be an IPv4 address. */
function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, i) => groups(half, i === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])];
  return all.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

function groups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const result: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (last && i === parts.length - 1 && part.includes('.')) {
      const v4 = parseV4(part);
      if (v4 === undefined) return undefined;
      result.push(Number(v4.value >> 16n), Number(v4.value & 0xffffn));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      result.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return result;
}
