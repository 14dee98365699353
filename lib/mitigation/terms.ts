/** What a signal is about. */
export enum SignalKind {
  /** A device left a stated limit. */
  BEHAVIOR = 'behavior',
  /** A device left what was learned of it. */
  ANOMALY = 'anomaly',
  /** A certificate is shared, weak, revoked by its issuer, or two devices use one client id: it is not sure who it is. */
  IDENTITY = 'identity',
  /** A certificate is old or will expire: upkeep, no attack. */
  POSTURE = 'posture',
  /** A finding of another security service. */
  FINDING = 'finding',
  /** A person says so, without saying what to do. */
  REPORT = 'report',
}

/** What is done about a signal. Each does all that the milder ones do. */
export enum Response {
  /** Write it down. */
  OBSERVE = 'observe',
  /** Tell people and the event bus. */
  NOTIFY = 'notify',
  /** Take the device's rights by moving it to the quarantine group, and end its session. Its repair channel stays open. */
  ISOLATE = 'isolate',
  /** Isolate it, and switch off its certificates: it cannot connect at all, nor be repaired remotely. */
  LOCK_OUT = 'lockOut',
  /** Isolate it, and revoke its certificates for good. */
  RETIRE = 'retire',
}
