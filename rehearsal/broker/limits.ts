import type { Client } from 'aedes' with { 'resolution-mode': 'import' };
import { MAX_FILTERS_PER_SUBSCRIBE, MAX_PACKET_BYTES } from './topics';

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

/** Watches what comes from a client, packet by packet, for what no packet of a device may have. It is told of once it is seen. */
export function watchPackets(client: Client, exceeded: (why: string) => void): void {
  const { _parser: parser } = client as unknown as Parsing;
  const parse = parser.parse.bind(parser);
  parser.parse = (chunk) => {
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
