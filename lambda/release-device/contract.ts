/** Environment of the function that gives back. */
export const ENV = {
  table: 'INCIDENT_TABLE',
  /** Name of the group that isolated devices are in. */
  quarantineGroup: 'QUARANTINE_GROUP',
  /** JSON of calls per second, by name, for one process. */
  rates: 'CALL_RATES',
  /** What the ARNs of the account's certificates begin with. */
  certificates: 'CERTIFICATE_ARN_PREFIX',
  /** Of which it is asked how many wait. */
  signalQueue: 'SIGNAL_QUEUE_URL',
  releaseQueue: 'RELEASE_QUEUE_URL',
  /** Where the responder's second looks wait. */
  lookQueue: 'LOOK_QUEUE_URL',
  deadLetterQueue: 'DEAD_LETTER_QUEUE_URL',
  /** Deny-list of the gate; absent where there is no gate. */
  denyList: 'DENY_LIST_TABLE',
  /** Set while the playbook is on trial: then no alarm stands against a person's word. */
  dryRun: 'DRY_RUN',
} as const;

export const SERVICE = 'release-device';

/** Counted by the function; the alarms of the construct watch them. */
export const METRIC = {
  released: 'DevicesReleased',
  incomplete: 'ReleasesIncomplete',
  /** Released devices from which a call that was under way had taken something again, which was given back. */
  mended: 'ReleasesMended',
  /** Violations of Device Defender that a person's verdict was put on. */
  verified: 'ViolationsVerified',
} as const;

/** Longer than any function runs that takes something from a device, and than their clocks differ. */
export const NOTHING_UNDER_WAY_SECONDS = 120;

/** Violations of one message: a batch of such messages is done within the time of the function, at 10 calls a second. */
export const MOST_VIOLATIONS = 5;
