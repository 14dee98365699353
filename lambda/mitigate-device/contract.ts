/** Environment of the responder. */
export const ENV = {
  /** JSON of a `PlaybookDocument`. */
  playbook: 'PLAYBOOK',
  /** JSON of a list of `SourceEntry`. */
  sources: 'SOURCES',
  /** JSON of calls per second, by name, for one process. */
  rates: 'CALL_RATES',
  table: 'INCIDENT_TABLE',
  /** Name of the group that a device is isolated in. */
  quarantineGroup: 'QUARANTINE_GROUP',
  /** JSON of the names of the groups that give rights, which an isolated device leaves. */
  fleetGroups: 'FLEET_GROUPS',
  /**
   * Where second looks and orders wait, apart from the signals: their age is no sign of a backlog, and no source may send there.
   */
  lookQueue: 'LOOK_QUEUE_URL',
  lookQueueArn: 'LOOK_QUEUE_ARN',
  /** Of which it is asked how many wait. */
  signalQueue: 'SIGNAL_QUEUE_URL',
  slowQueue: 'SLOW_QUEUE_URL',
  slowQueueArn: 'SLOW_QUEUE_ARN',
  deadLetterQueue: 'DEAD_LETTER_QUEUE_URL',
  /** Deny-list of the gate; absent where there is no gate. */
  denyList: 'DENY_LIST_TABLE',
  account: 'ACCOUNT',
} as const;

/** Name of the metrics' service dimension. */
export const SERVICE = 'mitigate-device';

/** Counted by the responder; the alarms of the construct watch them. */
export const METRIC = {
  refused: 'SignalsRefused',
  ignored: 'SignalsIgnored',
  isolated: 'DevicesIsolated',
  held: 'IncidentsHeld',
  gone: 'DevicesGone',
  heartbeat: 'Heartbeats',
  lookClean: 'SecondLooksClean',
  lookConnected: 'SecondLooksConnected',
  lookDrifted: 'SecondLooksDrifted',
} as const;
