import type { Incident } from '../shared/incident/incident';

export interface IncidentPort {
  latest(subject: string): Promise<Incident | undefined>;
  save(incident: Incident): Promise<Incident | 'conflict'>;
  held(limit: number, start?: string): Promise<{ readonly incidents: readonly Incident[]; readonly next?: string }>;
}

export interface OrderPort {
  send(queue: 'tasks' | 'release', message: object): Promise<void>;
}
