import type { Run } from './decide';
import type { PatchJob } from './event';

/** Jobs of AWS IoT. */
export interface JobPort {
  /** Undefined for a job that is not there. */
  find(jobId: string): Promise<Run | undefined>;
  /** `taken`: the id has a job already. `refused`: the request is not valid, or names a role that IAM has not made known yet. */
  create(jobId: string, job: PatchJob): Promise<'created' | 'taken' | { readonly refused: string }>;
  /** Devices that are at it finish; those that wait for it do not get it any more. */
  cancel(jobId: string): Promise<void>;
}
