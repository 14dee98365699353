/** As much of DER as certificates and signing requests take. */

export const TAG = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  OID: 0x06,
  UTF8_STRING: 0x0c,
  SEQUENCE: 0x30,
  SET: 0x31,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
} as const;

/** Encodes one value. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : length < 0x10000
          ? [0x82, length >> 8, length & 0xff]
          : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(TAG.SEQUENCE, ...parts);
export const oid = (hex: string): Buffer => der(TAG.OID, Buffer.from(hex, 'hex'));
export const bits = (content: Uint8Array): Buffer => der(TAG.BIT_STRING, Buffer.from([0]), content);
export const text = (value: string): Buffer => der(TAG.UTF8_STRING, Buffer.from(value, 'utf8'));

/** A positive integer from its bytes, as short as DER asks for: random bytes may begin with zeros. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  const padded = ((short[0] ?? 0) & 0x80) === 0 ? short : Buffer.concat([Buffer.from([0]), short]);
  return der(TAG.INTEGER, padded);
}

export function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  const late = Number(digits.slice(0, 4)) >= 2050;
  return der(late ? TAG.GENERALIZED_TIME : TAG.UTC_TIME, Buffer.from(`${late ? digits : digits.slice(2)}Z`));
}

export interface DerNode {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length. */
  readonly whole: Buffer;
}

/** The values that stand one after another in `bytes`; throws where they are not whole. */
export function nodesOf(bytes: Buffer): DerNode[] {
  const nodes: DerNode[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1];
    if (first === undefined) throw new Error('DER ends early');
    const long = first >= 0x80 ? first & 0x7f : 0;
    if (long > 3 || first === 0x80 || at + 2 + long > bytes.length)
      throw new Error('DER has a length that is not usable');
    const length = long === 0 ? first : bytes.readUIntBE(at + 2, long);
    const start = at + 2 + long;
    if (start + length > bytes.length) throw new Error('DER ends early');
    nodes.push({ tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) });
    at = start + length;
  }
  return nodes;
}

export function toPem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** Bytes of the first block with one of the labels; undefined when there is none. */
export function fromPem(pem: string, ...labels: readonly string[]): Buffer | undefined {
  for (const label of labels) {
    const found = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`).exec(pem);
    if (found !== null) return Buffer.from(found[1] ?? '', 'base64');
  }
  return undefined;
}
