import type { QueueRecord } from '../shared/incident/consumer';
import type { Tunnel } from './decide';

export interface TunnelPort {
  /** All tunnels of a thing that AWS IoT still knows, whoever opened them. */
  of(thing: string): Promise<readonly Tunnel[]>;
  /** `gone`: it is closed or forgotten already. */
  close(id: string): Promise<'closed' | 'gone'>;
}

export interface QueuePort {
  /** To this function itself, after that time. */
  again(message: object, seconds: number): Promise<void>;
  refuse(body: string, reason: string): Promise<void>;
  retry(record: QueueRecord, seconds: number): Promise<void>;
}
