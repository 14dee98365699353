import type { Incident } from '../shared/incident/incident';
import type { Verdict } from '../shared/incident/contract';
import type { QueueRecord } from '../shared/incident/consumer';

export interface RegistryPort {
  /** `gone` is a thing that is not registered any more. */
  groupsOf(thing: string): Promise<readonly string[] | 'gone'>;
  leave(thing: string, group: string): Promise<void>;
  join(thing: string, group: string): Promise<'joined' | 'full' | 'gone'>;
  /** Undefined for a certificate that is deleted. */
  statusOf(certificateId: string): Promise<string | undefined>;
  /** The things that have it, if they are no more than that. */
  thingsOf(certificateId: string, most: number): Promise<readonly string[] | 'more'>;
  activate(certificateId: string): Promise<void>;
  /** Of a certificate that turned out to be another's to keep off. */
  deactivate(certificateId: string): Promise<void>;
  /** Ends the session, so that the device comes back with what it was given. */
  cut(clientId: string): Promise<void>;
}

export interface IncidentPage {
  readonly incidents: readonly Incident[];
  readonly next?: string;
}

export interface IncidentPort {
  latest(subject: string): Promise<Incident | undefined>;
  /** One that need not be the newest. */
  episode(subject: string, episode: number): Promise<Incident | undefined>;
  save(incident: Incident): Promise<Incident | 'conflict'>;
  held(limit: number, start?: string): Promise<IncidentPage>;
  /** Those whose isolation was to end by then. */
  due(until: number, limit: number, start?: string): Promise<IncidentPage>;
}

export interface QueuePort {
  /** To this function itself, at once or after that time. */
  order(message: object, seconds?: number): Promise<void>;
  /** To the responder, at once. */
  look(message: object): Promise<void>;
  refuse(body: string, reason: string): Promise<void>;
  retry(record: QueueRecord, seconds: number): Promise<void>;
}

/** Device Defender Detect, which learns from what persons found its violations to be. */
export interface VerificationPort {
  /** `unknown`: there is no such violation (any more). */
  verify(violation: string, verdict: Verdict, why: string): Promise<'told' | 'unknown'>;
}
