import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clientsIn, type Seen } from '../../../bench/detection/captures';
import { mqttset } from '../../../bench/detection/mqttset';

const CONNECT = Buffer.from([0x10, 2, 0, 0]);
const refusal = (code: number): Buffer => Buffer.from([0x20, 2, 0, code]);
const publish = (bytes: number): Buffer => Buffer.concat([header(0x30, bytes), Buffer.alloc(bytes)]);
const FIN = 0x11;
const ACK = 0x10;

function header(kind: number, length: number): Buffer {
  return Buffer.from(length < 128 ? [kind, length] : [kind, (length % 128) | 128, length >> 7]);
}

interface Sent {
  readonly at?: number;
  readonly from?: string;
  readonly to?: string;
  readonly port?: number;
  readonly sequence: number;
  readonly payload: Buffer;
  readonly flags?: number;
  readonly ofBroker?: boolean;
}

const BROKER = '10.0.0.9';

function frame({ from = '10.0.0.1', port = 50_000, sequence, payload, flags = ACK, ofBroker = false }: Sent): Buffer {
  const ip = Buffer.alloc(20);
  ip[0] = 0x45;
  ip[9] = 6;
  ip.writeUInt16BE(40 + payload.length, 2);
  const addresses = ofBroker ? [BROKER, from] : [from, BROKER];
  addresses.forEach((address, index) => Buffer.from(address.split('.').map(Number)).copy(ip, 12 + 4 * index));
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(ofBroker ? 1_883 : port, 0);
  tcp.writeUInt16BE(ofBroker ? port : 1_883, 2);
  tcp.writeUInt32BE(sequence, 4);
  tcp[12] = 0x50;
  tcp[13] = flags;
  return Buffer.concat([ip, tcp, payload]);
}

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => buffer.writeUInt32LE(value >>> 0, index * 4));
  return buffer;
}

function pcap(sent: readonly Sent[], { magic = 0xa1b2c3d4, link = 101, fraction = 1e6 } = {}): Buffer {
  const before = Buffer.alloc({ 101: 0, 1: 14, 113: 16 }[link] ?? 4);
  return Buffer.concat([
    words(magic, 0, 0, 0, 65_535, link),
    ...sent.flatMap((one) => {
      const data = Buffer.concat([before, frame(one)]);
      const at = one.at ?? 100;
      return [words(Math.floor(at), Math.round((at % 1) * fraction), data.length, data.length), data];
    }),
  ]);
}

function pcapng(sent: readonly Sent[], options: Buffer, fraction: number): Buffer {
  const block = (type: number, body: Buffer): Buffer => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    return Buffer.concat([words(type, padded.length + 12), padded, words(padded.length + 12)]);
  };
  return Buffer.concat([
    block(0x0a0d0d0a, words(0x1a2b3c4d, 1, -1, -1)),
    block(1, Buffer.concat([words(101, 65_535), options])),
    ...sent.map((one) => {
      const time = BigInt(one.at ?? 100) * BigInt(fraction);
      const data = frame(one);
      return block(
        6,
        Buffer.concat([words(0, Number(time >> 32n), Number(time & 0xffffffffn), data.length, data.length), data]),
      );
    }),
  ]);
}

const seen = (capture: Buffer): Seen[] => [...clientsIn(capture)];
const words3 = (capture: Buffer): string[] =>
  seen(capture).map(({ client, what, bytes }) => `${client} ${what} ${bytes}`);

const LIFE: readonly Sent[] = [
  { sequence: 1, payload: CONNECT },
  { sequence: 9, payload: refusal(0), ofBroker: true },
  { sequence: 5, payload: Buffer.concat([publish(3), publish(200)]), at: 101.5 },
  { sequence: 13, payload: publish(7), ofBroker: true },
  { sequence: 213, payload: Buffer.alloc(0), flags: FIN },
  { sequence: 22, payload: Buffer.alloc(0), flags: FIN, ofBroker: true },
];
const DID = ['10.0.0.1 attempt 2', '10.0.0.1 message 3', '10.0.0.1 message 200', '10.0.0.1 disconnect 0'];

describe('a capture says what each client did', () => {
  test.each([101, 1, 113])('on a link of type %i', (link) => {
    expect(words3(pcap(LIFE, { link }))).toEqual(DID);
  });

  test('on no other link, and nothing of other ports', () => {
    expect(seen(pcap(LIFE, { link: 147 }))).toEqual([]);
    const elsewhere = pcap(LIFE);
    for (let at = 24; at < elsewhere.length; at += 16 + elsewhere.readUInt32LE(at + 8))
      for (const port of [36, 38]) elsewhere.writeUInt16BE(8_883, at + port);
    expect(seen(elsewhere)).toEqual([]);
  });

  test.each([
    ['microseconds', { magic: 0xa1b2c3d4, fraction: 1e6 }],
    ['nanoseconds', { magic: 0xa1b23c4d, fraction: 1e9 }],
  ])('in %s', (_unit, form) => {
    expect(seen(pcap(LIFE, form)).map(({ at }) => at)).toEqual([100, 101.5, 101.5, 100]);
  });

  test.each([
    ['microseconds where it says nothing', Buffer.alloc(0), 1e6],
    [
      'nanoseconds where it says so, behind another option',
      Buffer.concat([words(0x0001_0002, 0x41), words(0x0001_0009, 9), words(0)]),
      1e9,
    ],
  ])('in the newer form, in %s', (_unit, options, fraction) => {
    const whole = LIFE.map(({ at, ...rest }) => ({ ...rest, at: Math.floor(at ?? 100) }));
    const found = seen(pcapng(whole, options, fraction));
    expect(found.map(({ client, what, bytes }) => `${client} ${what} ${bytes}`)).toEqual(DID);
    expect(found[1]?.at).toBe(101);
  });

  test('refusals are those that the broker sends with a code', () => {
    const capture = pcap([
      { sequence: 1, payload: CONNECT },
      { sequence: 1, payload: refusal(5), ofBroker: true },
      { sequence: 5, payload: refusal(5) },
    ]);
    expect(words3(capture)).toEqual(['10.0.0.1 attempt 2', '10.0.0.1 refusal 2']);
  });

  test('packets that lie in several segments, or come again, count once; after a gap reading goes on', () => {
    const long = publish(300);
    const capture = pcap([
      { sequence: 1, payload: long.subarray(0, 2) },
      { sequence: 3, payload: long.subarray(2, 100) },
      { sequence: 3, payload: long.subarray(2, 100) },
      { sequence: 51, payload: long.subarray(50) },
      { sequence: 900, payload: publish(4) },
      { sequence: 906, payload: long.subarray(0, 90) },
      { sequence: 2_000, payload: publish(5) },
    ]);
    expect(words3(capture)).toEqual([300, 4, 5].map((bytes) => `10.0.0.1 message ${bytes}`));
  });
});

test('each attack is put into what each sensor did, once, after the training', () => {
  const folder = mkdtempSync(join(tmpdir(), 'captures-'));
  try {
    const steady = (from: string, seconds: number): Sent[] =>
      Array.from({ length: seconds }, (_, at) => ({ at: 1_000 + at, from, sequence: 1 + at * 5, payload: publish(3) }));
    const flood = Array.from({ length: 40 }, (_, at) => ({
      at: 50 + at / 4,
      sequence: 1 + at * 3,
      payload: publish(1),
    }));
    const files = {
      'benign-5mb/benign-5mb-train.pcap': pcap(steady('10.0.0.1', 401)),
      'benign-5mb/benign-5mb-test.pcap': pcap(steady('10.0.0.2', 401)),
      'flood.pcap': pcap(flood),
      'malariados.pcap': pcap([{ sequence: 1, payload: CONNECT }]),
      'bruteforce.pcapng': pcapng([{ sequence: 1, payload: refusal(5), ofBroker: true }], Buffer.alloc(0), 1e6),
      'malformed.pcap': pcap([]),
      'slowite.pcap': pcap([
        { sequence: 1, payload: CONNECT, at: 1 },
        { sequence: 5, payload: CONNECT, at: 999 },
      ]),
    };
    for (const [path, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    const { devices } = mqttset(folder);
    expect(devices.map(({ name }) => name).slice(0, 3)).toEqual([
      'publish flood/10.0.0.1',
      'publish flood/10.0.0.2',
      'connection flood/10.0.0.1',
    ]);
    const [first, second] = devices;
    expect(first?.windows).toEqual([[52 * 300, 53 * 300]]);
    expect(second?.windows).toEqual([[60 * 300, 61 * 300]]);
    expect(first?.metrics[0]?.values.slice(50, 56)).toEqual([5, 5, 25, 25, 5, 5]);
    expect(first?.metrics[1]?.values.slice(51, 53)).toEqual([15, 35]);
    const slow = devices.find(({ name }) => name === 'slow connections/10.0.0.1');
    expect(slow?.windows).toEqual([[52 * 300, 111 * 300]]);
    expect(slow?.metrics[2]?.values.reduce((sum, value) => sum + value, 0)).toBe(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
