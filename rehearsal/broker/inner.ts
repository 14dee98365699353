import type { Client } from 'aedes' with { 'resolution-mode': 'import' };

/** Parts of the broker below that its types leave out. */
export type InnerClient = Client & { will: unknown; _disconnected?: boolean };
export type ConnectPacket = {
  clientId: string;
  clean?: boolean;
  keepalive?: number;
  protocolVersion?: number;
  will?: Will;
};
type Will = { topic: string; payload: Buffer | string; qos: number; retain?: boolean };

export function bytesOf(payload: Buffer | string): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}
