/** Environment of the proof of health. */
export const ENV = {
  table: 'INCIDENT_TABLE',
  /** JSON of a `ProofRule`. */
  rule: 'PROOF_RULE',
  /** Id of the patch job; absent where no job is asked for. */
  jobId: 'JOB_ID',
  /** JSON of calls per second, by name, for one process. */
  rates: 'CALL_RATES',
  /** Its own queue: reminders of what it waits for. */
  proofQueue: 'PROOF_QUEUE_URL',
  releaseQueue: 'RELEASE_QUEUE_URL',
  deadLetterQueue: 'DEAD_LETTER_QUEUE_URL',
  quarantineGroup: 'QUARANTINE_GROUP',
} as const;

export const SERVICE = 'prove-health';

/** The schema of a reminder. */
export const REMINDER = 'zero-trust-iot/proof@1';

/** When a device is well again. */
export interface ProofRule {
  /** Windows without an alarm, and how long each is. */
  readonly windows: number;
  readonly windowSeconds: number;
  /** Whether an alarm of a source that says when one is over must be over. */
  readonly requireCleared: boolean;
  /** How long a device may not be heard of before people are told. */
  readonly silentSeconds: number;
  /** How many times a device is released without a person; 0 is never. */
  readonly automaticReleases: number;
}

/** Counted by the function; the alarms of the construct watch them. */
export const METRIC = {
  failed: 'RepairsFailed',
  silent: 'RepairsSilent',
  proven: 'ProofsComplete',
  stopped: 'PatchJobsStopped',
} as const;
