/** Reads what is needed of captured MQTT over TCP and IPv4, in pcap and pcapng files, as AWS IoT would count it by client. */

export interface Seen {
  /** Seconds. */
  readonly at: number;
  /** Address of the client, which stands for its id. */
  readonly client: string;
  readonly what: 'message' | 'attempt' | 'refusal' | 'disconnect';
  /** Of the payload and its topic. */
  readonly bytes: number;
}

interface Packet {
  readonly at: number;
  readonly link: number;
  readonly data: Buffer;
}

const BROKER_PORT = 1_883;
const NANOSECONDS = 0xa1b23c4d;
const SECTION = 0x0a0d0d0a;
/** Bytes before the IP header, by the type of the link: none, Ethernet, Linux cooked. https://www.tcpdump.org/linktypes.html */
const LINKS: ReadonlyMap<number, number> = new Map([
  [101, 0],
  [1, 14],
  [113, 16],
]);
const KINDS: Readonly<Record<number, Seen['what']>> = { 1: 'attempt', 2: 'refusal', 3: 'message' };

/** What clients did, in the order of the capture. */
export function* clientsIn(capture: Buffer): Generator<Seen> {
  const flows = new Map<string, Flow>();
  const ended = new Set<string>();
  for (const { at, link, data } of packetsIn(capture)) {
    const segment = segmentOf(link, data);
    if (segment === undefined) continue;
    const { client, flow, fromClient, ends } = segment;
    const key = `${flow} ${fromClient}`;
    const known = flows.get(key) ?? new Flow();
    flows.set(key, known);
    for (const { kind, bytes, code } of known.take(segment.sequence, segment.payload)) {
      const what = KINDS[kind];
      // Only what a client sent counts as its own, and only an answer that refuses is a refusal.
      const counts = what === 'refusal' ? !fromClient && code !== 0 : fromClient;
      if (what !== undefined && counts) yield { at, client, what, bytes };
    }
    if (!ends || ended.has(flow) || !flows.has(`${flow} true`)) continue;
    ended.add(flow);
    yield { at, client, what: 'disconnect', bytes: 0 };
  }
}

function packetsIn(capture: Buffer): Generator<Packet> {
  return capture.readUInt32LE(0) === SECTION ? blocksIn(capture) : recordsIn(capture);
}

/** https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/ */
function* recordsIn(capture: Buffer): Generator<Packet> {
  const fraction = capture.readUInt32LE(0) === NANOSECONDS ? 1e9 : 1e6;
  const link = capture.readUInt32LE(20);
  for (let at = 24; at + 16 <= capture.length;) {
    const [seconds, part, length] = [0, 4, 8].map((offset) => capture.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
    ];
    yield { at: seconds + part / fraction, link, data: capture.subarray(at + 16, at + 16 + length) };
    at += 16 + length;
  }
}

/** Interfaces and enhanced packets. https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/ */
function* blocksIn(capture: Buffer): Generator<Packet> {
  const interfaces: { readonly link: number; readonly fraction: number }[] = [];
  for (let at = 0; at + 12 <= capture.length;) {
    const [type, length] = [capture.readUInt32LE(at), capture.readUInt32LE(at + 4)];
    const block = capture.subarray(at, at + length);
    if (type === 1) interfaces.push({ link: block.readUInt16LE(8), fraction: fractionOf(block) });
    const from = type === 6 ? interfaces[block.readUInt32LE(8)] : undefined;
    if (from !== undefined) {
      const time = block.readUInt32LE(12) * 2 ** 32 + block.readUInt32LE(16);
      yield {
        at: time / from.fraction,
        link: from.link,
        data: block.subarray(28, 28 + block.readUInt32LE(20)),
      };
    }
    if (length < 12) return;
    at += length;
  }
}

/** Option 9 of an interface: negative powers of ten; microseconds where it says nothing. */
function fractionOf(block: Buffer): number {
  for (let at = 16; at + 4 <= block.length - 4;) {
    const [code, length] = [block.readUInt16LE(at), block.readUInt16LE(at + 2)];
    if (code === 0) break;
    if (code === 9) return 10 ** (block[at + 4] as number);
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return 1e6;
}

function segmentOf(link: number, data: Buffer) {
  const ip = data.subarray(LINKS.get(link) ?? data.length);
  if (ip.length < 40 || (ip[0] as number) >> 4 !== 4 || ip[9] !== 6) return undefined;
  const header = ((ip[0] as number) & 15) * 4;
  // The card of the capturing machine may put segments together that are larger than the length can say: then it is 0.
  const tcp = ip.subarray(header, ip.readUInt16BE(2) || ip.length);
  const [from, to] = [tcp.readUInt16BE(0), tcp.readUInt16BE(2)];
  if (from !== BROKER_PORT && to !== BROKER_PORT) return undefined;
  const fromClient = to === BROKER_PORT;
  const [source, destination] = [ip.subarray(12, 16).join('.'), ip.subarray(16, 20).join('.')];
  const client = fromClient ? source : destination;
  const flags = tcp[13] as number;
  return {
    client,
    fromClient,
    flow: `${client}:${fromClient ? from : to}`,
    sequence: tcp.readUInt32BE(4),
    ends: (flags & 0b101) !== 0,
    payload: tcp.subarray(((tcp[12] as number) >> 4) * 4),
  };
}

/** One direction of a connection: the control packets of MQTT in it. */
class Flow {
  private pending = Buffer.alloc(0);
  private next: number | undefined;

  public *take(sequence: number, payload: Buffer): Generator<{ kind: number; bytes: number; code: number }> {
    if (payload.length === 0) return;
    const known = this.next === undefined ? 0 : (this.next - sequence) | 0;
    // What comes again was read; after a gap reading begins anew.
    if (known >= payload.length) return;
    if (known < 0) this.pending = Buffer.alloc(0);
    this.next = (sequence + payload.length) >>> 0;
    this.pending = Buffer.concat([this.pending, payload.subarray(Math.max(0, known))]);
    for (let length = lengthOf(this.pending); length !== undefined; length = lengthOf(this.pending)) {
      const [header, body] = length;
      if (header + body > this.pending.length) return;
      const packet = this.pending.subarray(0, header + body);
      this.pending = this.pending.subarray(header + body);
      yield { kind: (packet[0] as number) >> 4, bytes: body, code: packet[header + 1] ?? 0 };
    }
  }
}

/** Of the fixed header and of what follows it. https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html */
function lengthOf(bytes: Buffer): readonly [header: number, body: number] | undefined {
  let body = 0;
  for (let at = 1; at <= 4 && at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    body += (byte & 127) * 128 ** (at - 1);
    if (byte < 128) return [at + 1, body];
  }
  return undefined;
}
