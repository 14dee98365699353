import type { Incident } from '../shared/incident/incident';
import type { Turn } from './decide';

export interface IncidentPort {
  latest(subject: string): Promise<Incident | undefined>;
  save(incident: Incident): Promise<Incident | 'conflict'>;
}

export interface TurnPort {
  current(): Promise<Turn>;
  /** `conflict`: somebody else took that place in the line. */
  take(turn: Turn): Promise<'taken' | 'conflict'>;
}

export interface TunnelSpec {
  readonly thing: string;
  readonly description: string;
  readonly services: readonly string[];
  readonly minutes: number;
}

/** A tunnel with the one secret that its asker needs. The device gets its own from AWS IoT. */
export interface OpenedTunnel {
  readonly tunnelId: string;
  readonly sourceAccessToken: string;
}

export interface TunnelPort {
  /** `busy`: others of the account open tunnels just now. `outside`: the device is not in quarantine. */
  open(spec: TunnelSpec): Promise<OpenedTunnel | 'busy' | 'outside'>;
}
