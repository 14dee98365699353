/** Environment of the gate. */
export const ENV = { denyList: 'DENY_LIST_TABLE' } as const;

export const SERVICE = 'validate-connection';

/** Counted by the gate; the alarm of the construct watches failures. */
export const METRIC = { refused: 'ConnectionsRefused', failed: 'GateFailures' } as const;

/** Attributes of the deny-list: one item a certificate. */
export const DENIED = {
  /** Partition key. */
  certificateId: 'certificateId',
  /** True while it is refused; what was let in again stays on record. */
  denied: 'denied',
  /** The device whose incident it was denied for last. */
  deniedFor: 'deniedFor',
  /** When, in milliseconds. */
  at: 'at',
} as const;
