import type { Budget } from '../shared/incident/blast-radius';
import type { Incident } from '../shared/incident/incident';
import type { QueueRecord } from '../shared/incident/consumer';
import type { AuditPage } from '../shared/incident/parse-message';

/** Groups of things. `gone` is a thing that is not (or no longer) registered. */
export interface FleetPort {
  groupsOf(thing: string): Promise<readonly string[] | 'gone'>;
  leave(thing: string, group: string): Promise<void>;
  join(thing: string, group: string): Promise<'joined' | 'full' | 'gone'>;
  /** How many things the fleet has; undefined where the index does not tell. */
  size(): Promise<number | undefined>;
}

export interface SessionPort {
  /** Ends the session with its subscriptions and queue, without its last will. */
  cut(clientId: string): Promise<void>;
  /** Since when it is connected, in milliseconds; undefined when it is not. */
  connectedSince(clientId: string): Promise<number | undefined>;
}

export interface CertificatePort {
  certificatesOf(thing: string): Promise<readonly string[]>;
  thingsOf(certificateId: string): Promise<readonly string[]>;
  /** Undefined for a certificate that is deleted. */
  statusOf(certificateId: string): Promise<string | undefined>;
  switchOff(certificateId: string, status: 'INACTIVE' | 'REVOKED'): Promise<'off' | 'gone' | 'refused'>;
}

export interface IncidentPort {
  /** The newest episode of a device, as last written. */
  latest(subject: string): Promise<Incident | undefined>;
  /** One that need not be the newest. */
  episode(subject: string, episode: number): Promise<Incident | undefined>;
  /** The written record, or why it was not: somebody else wrote it, or the budget, since it was read. */
  save(incident: Incident, budget?: Budget): Promise<Incident | 'conflict'>;
  budget(): Promise<Budget>;
  /** Incidents that wait for a person; `next` begins the page after. */
  held(limit: number, start?: string): Promise<{ readonly incidents: readonly Incident[]; readonly next?: string }>;
}

export interface QueuePort {
  /** Comes back after that time; at most 900 seconds. */
  later(message: object, seconds: number): Promise<void>;
  /** To the lane of the calls with small quotas. */
  slow(body: string): Promise<void>;
  /** To the dead-letter queue, with the reason beside it. */
  refuse(body: string, reason: string): Promise<void>;
  /** Has a message delivered again after that time. */
  retry(record: QueueRecord, seconds: number): Promise<void>;
}

export interface AuditPort {
  /** What a finding is about that names no device itself. */
  related(
    findingId: string,
    start: string | undefined,
  ): Promise<{ readonly resources: readonly unknown[]; readonly nextToken?: string }>;
  findings(page: AuditPage): Promise<{ readonly findings: readonly unknown[]; readonly nextToken?: string }>;
}
