import type { Client } from 'aedes' with { 'resolution-mode': 'import' };
import { MAX_FILTERS_PER_SUBSCRIBE, MAX_PACKET_BYTES } from '../topics';

type Packet = { readonly cmd: string; readonly subscriptions?: readonly unknown[] };

/** The parser of a client, which its types leave out. */
type Parsing = {
  readonly _parser: {
    parse: (chunk: Buffer) => number;
    /** As far as it is read. */
    readonly packet: { readonly length: number };
    prependListener: (event: 'packet', listener: (packet: Packet) => void) => void;
  };
};

const REQUEST = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+ HTTP\/1\.[01]\r\n/;

/** What of the service a client asks for that does not begin with MQTT; undefined where it may be MQTT, or nothing at all. */
export function otherProtocol(first: Buffer): string | undefined {
  const text = first.toString('latin1', 0, 4_096);
  if (!REQUEST.test(text)) return undefined;
  return /\r\nupgrade:\s*websocket/i.test(text) ? 'MQTT over WebSocket' : 'HTTPS to the endpoint of devices';
}

/** Watches what comes from a client, packet by packet, for what no packet of a device may have. It is told of once it is seen. */
export function watchPackets(
  client: Client,
  exceeded: (why: string) => void,
  speaks: (protocol: string) => void,
): void {
  const { _parser: parser } = client as unknown as Parsing;
  const parse = parser.parse.bind(parser);
  let isFirst = true;
  let other: string | undefined;
  parser.parse = (chunk) => {
    if (isFirst) other = otherProtocol(chunk);
    if (isFirst && other !== undefined) speaks(other);
    isFirst = false;
    // What follows is of that protocol, too.
    if (other !== undefined) return 0;
    const left = parse(chunk);
    const { length } = parser.packet;
    // What is announced is not waited for.
    if (length > MAX_PACKET_BYTES)
      exceeded(`a packet has ${length} bytes, and none that is taken has ${MAX_PACKET_BYTES}`);
    return left;
  };
  parser.prependListener('packet', ({ cmd, subscriptions = [] }) => {
    if (cmd === 'subscribe' && subscriptions.length > MAX_FILTERS_PER_SUBSCRIBE)
      exceeded(`a request subscribes to ${subscriptions.length} filters, and may to ${MAX_FILTERS_PER_SUBSCRIBE}`);
  });
}
