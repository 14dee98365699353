import type { QueueRecord } from '../shared/incident/consumer';
import type { Incident } from '../shared/incident/incident';
import type { Execution } from './outcome';

export interface IncidentPort {
  latest(subject: string): Promise<Incident | undefined>;
  save(incident: Incident): Promise<Incident | 'conflict'>;
}

export interface JobPort {
  /** Undefined for a device that has not been given the job. */
  executionOf(jobId: string, thing: string): Promise<Execution | undefined>;
}

export interface QueuePort {
  /** To this function itself, after that time; at most 900 seconds. */
  remind(message: object, seconds: number): Promise<void>;
  /** To the function that gives back. */
  release(message: object): Promise<void>;
  refuse(body: string, reason: string): Promise<void>;
  retry(record: QueueRecord, seconds: number): Promise<void>;
}
