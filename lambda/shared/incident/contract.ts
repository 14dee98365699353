/**
 * The words of the response path: what signals, playbooks and incidents are made of, for the constructs that write them into
 * templates and for the handlers that read them.
 */

/** From weak to strong. */
export const SEVERITIES = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a signal is about. */
export const SIGNAL_KINDS = ['behavior', 'anomaly', 'identity', 'posture', 'finding', 'report'] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];

/** From mild to drastic: a later one contains all that an earlier one does. */
export const RESPONSES = ['observe', 'notify', 'isolate', 'lockOut', 'retire'] as const;
export type Response = (typeof RESPONSES)[number];

/** Which adapter understands a source's messages. */
export const SOURCE_KINDS = ['detect', 'audit', 'generic', 'securityHub', 'guardDuty', 'engine', 'person'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** A source that may speak, as the construct tells the handler. Sources that SNS delivers are known by their topic. */
export interface SourceEntry {
  readonly kind: SourceKind;
  readonly topicArn?: string;
  /** For sources that state none themselves. */
  readonly severity?: Severity;
  /** By name of the behavior, where it is not the one above. */
  readonly severities?: Readonly<Record<string, Severity>>;
}

export interface PlaybookRule {
  /** Kinds of signals that the rule is for; all when absent. */
  readonly kinds?: readonly SignalKind[];
  readonly atLeast: Severity;
  readonly response: Response;
}

/** At most `devices` in any `seconds`, or `percent` of the fleet but never fewer than `devices`. */
export interface BlastRadiusRule {
  readonly devices: number;
  readonly percent?: number;
  readonly seconds: number;
}

/** A playbook as the handler reads it; the first rule that matches decides, and no match is `observe`. */
export interface PlaybookDocument {
  readonly rules: readonly PlaybookRule[];
  /** Things in one of these groups are held for a person. */
  readonly protectedGroups: readonly string[];
  readonly dryRun: boolean;
  /** Absent: no bound. */
  readonly blastRadius?: BlastRadiusRule;
  /** How long a device stays isolated that raises no further alarm. Absent: until it is released. */
  readonly isolationSeconds?: number;
}

/**
 * Schemas of the project's own messages. On the signal queue, where every source may send, only `signal` and `heartbeat` are
 * taken: the others are orders, and come on queues that only the response itself sends to.
 */
export const MESSAGE = {
  signal: 'zero-trust-iot/signal@1',
  look: 'zero-trust-iot/look@1',
  lockOut: 'zero-trust-iot/lock-out@1',
  auditPage: 'zero-trust-iot/audit-page@1',
  order: 'zero-trust-iot/order@1',
  isolateHeld: 'zero-trust-iot/isolate-held@1',
  release: 'zero-trust-iot/release@1',
  releaseHeld: 'zero-trust-iot/release-held@1',
  releaseDue: 'zero-trust-iot/release-due@1',
  verify: 'zero-trust-iot/verify@1',
  heartbeat: 'zero-trust-iot/heartbeat@1',
} as const;

/**
 * What a person found an alarm to be, in the words of Device Defender Detect, which is told: not true; true of a device that means
 * no harm; true of one that does; not known.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_PutVerificationStateOnViolation.html
 */
export const VERDICTS = ['FALSE_POSITIVE', 'BENIGN_POSITIVE', 'TRUE_POSITIVE', 'UNKNOWN'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Keys and the one index of the incident table. */
export const TABLE = {
  partitionKey: 'subject',
  sortKey: 'episode',
  timeToLive: 'expiresAt',
  /** Sparse: an incident has this attribute only while it is held. */
  heldKey: 'heldFor',
  heldIndex: 'held',
  /** What the index is sorted by. */
  heldSort: 'updatedAt',
  /** Sparse: an incident has these only while its isolation has an end. */
  dueKey: 'dueFor',
  dueIndex: 'due',
  dueSort: 'dueAt',
} as const;

/** Sources that speak of all devices of an account, also of those that are none of this fleet's. */
export const ACCOUNT_WIDE: readonly SourceKind[] = ['audit', 'securityHub', 'guardDuty'];

/** Checks of an audit that are about devices or their certificates; the others concern the account and have no device to act on. */
export const CHECKS_OF_DEVICES = [
  'CONFLICTING_CLIENT_IDS_CHECK',
  'DEVICE_CERTIFICATE_AGE_CHECK',
  'DEVICE_CERTIFICATE_EXPIRING_CHECK',
  'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK',
  'DEVICE_CERTIFICATE_SHARED_CHECK',
  'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK',
  'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK',
] as const;

/** The last part of the ARN under which Device Defender speaks in Security Hub, of Audit and of Detect. */
export const DEFENDER_PRODUCT = {
  audit: 'aws/iot-device-defender-audit',
  detect: 'aws/iot-device-defender-detect',
} as const;

/** The tag that says which thing an EC2 instance is (a gateway, a simulator), for findings that name instances only. */
export const THING_TAG = 'iot-thing-name';

/** Who releases a device whose time is over. */
export const BY_TIME = 'playbook';

/** Why a finding of such a source is only recorded. */
export const NOT_OURS = 'in none of the fleet groups';

/** Why an incident is closed about a device that is not in the registry. */
export const GONE = 'the thing does not exist';

/** Why an order to release was not carried out. */
export const OVERTAKEN = 'an alarm came after the order to release it';

/** How long a policy change may take to reach every connection, with reserve over the documented 6 to 8 minutes. */
export const PROPAGATION_SECONDS = 600;
