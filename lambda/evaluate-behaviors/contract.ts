/**
 * What the stream engine's parts agree on: what stands on the stream, the behaviors as the function reads them, the table that
 * it keeps, and its environment.
 */

/** Environment of the function that evaluates behaviors. */
export const ENV = {
  /**
   * JSON of a `BehaviorsDocument`, or `file:NAME`: a file of that name beside the bundle. Lambda takes 4 kB for all variables
   * together, so a document that is longer than `INLINE_DOCUMENT_BYTES` is staged with the code; one that holds
   * CloudFormation tokens must be inline.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
   */
  behaviors: 'BEHAVIORS',
  /**
   * JSON of the names of thing groups, by the `target` of a behavior that their members belong to: `{"0":["Pumps-1A2B"]}`. They
   * are tokens as a rule, so they stand apart from the document. A target that is not here must be one of `TARGETS`.
   */
  groups: 'TARGET_GROUPS',
  /** Name of the table with the state of devices. */
  table: 'STATE_TABLE',
  /** ARN of the topic that signals are published to. */
  topic: 'SIGNAL_TOPIC_ARN',
} as const;

/** Bytes of a document, as UTF-8, that fit into the environment beside the rest. */
export const INLINE_DOCUMENT_BYTES = 2_500;

/** Name of the metrics' service dimension; the other dimension is `Detector`, the `detector` of the document. */
export const SERVICE = 'evaluate-behaviors';

/** Counted by the function, in the namespace of all handlers. */
export const METRIC = {
  /** Records that were counted. */
  records: 'StreamRecords',
  /** Records that nothing could be made of: not JSON, not of version 1, out of bounds. */
  refused: 'StreamRecordsRefused',
  /** Reports of a device that somebody else made: another device, a person, a service. Worth an alarm at the first. */
  foreign: 'ForeignReports',
  /** Records whose service time is too far from their arrival to belong to the window. */
  late: 'StreamRecordsLate',
  /** Records that failed the code itself and went to the on-failure destination. Worth an alarm. */
  failed: 'StreamRecordsFailed',
  /** Parts of windows that did not fit into the window's state and were kept in the table. */
  spilled: 'WindowsSpilled',
  /** Devices that the table had no room for: their behaviors are not evaluated. Worth an alarm at the first. */
  overflowed: 'DevicesNotKept',
  /** Values beyond what is kept of one device and window (a flood of reports). */
  cut: 'ValuesNotKept',
  /** Windows that were closed: the engine is alive. */
  closed: 'WindowsClosed',
  /** Devices in windows that were closed. */
  devices: 'DevicesEvaluated',
  /** Behaviors of devices that are still learning. */
  training: 'BehaviorsTraining',
  /** Alarms that were raised, including those of suppressed behaviors and dry runs. */
  alarms: 'BehaviorAlarms',
  /** Alarms that nobody was told of, since the behavior is suppressed or in its dry run. */
  withheld: 'BehaviorAlarmsWithheld',
  /** Unusual values that no normal was widened by, since so many devices had them at once: an incident, or an attack. */
  held: 'UnusualNotLearned',
  /** Devices that were not heard of for two days and had an alarm that is invalid since. */
  silent: 'DevicesSilent',
} as const;

/** Seconds of the tumbling window of the event source mapping; longer windows of behaviors are made of several of these. */
export const WINDOW_SECONDS = 300;

/**
 * The constant input of a schedule that calls the function every `WINDOW_SECONDS`: devices that say nothing any more have no
 * records that could call it (disconnect duration, alarms of devices that have been silent for two days).
 */
export const SWEEP_EVENT = { schema: 'zero-trust-iot/sweep@1' } as const;

/** Most records of a batch that the function is made for. */
export const BATCH_RECORDS = 10_000;

// ------------------------------------------------------------------------------------------------------------ stream records

/**
 * Every record of the stream is JSON of one of the shapes below, in UTF-8, at most 256 kB; the partition key is `deviceOf` it:
 * the name of the thing, which is its client id. What a rule knows itself (`topic()`, `clientid()`, `principal()`) stands beside
 * what a device says, never in the same object, so that no payload can pass for it.
 */
export const RECORD_VERSION = 1;

/**
 * A lifecycle event: `SELECT *, 1 AS v, 'presence' AS source FROM '$aws/events/presence/+/+'`, partition key `${clientId}`. The
 * payload is written by AWS IoT, so it may be flat.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html
 */
export interface PresenceRecord {
  readonly v: 1;
  readonly source: 'presence';
  readonly clientId: string;
  readonly eventType: 'connected' | 'disconnected' | 'connect_failed';
  /** Milliseconds, exact to two minutes. */
  readonly timestamp: number;
  readonly sessionIdentifier?: string;
  readonly versionNumber?: number;
  readonly principalIdentifier?: string;
  readonly ipAddress?: string;
  readonly disconnectReason?: string;
  readonly connectFailureReason?: string;
}

/** `SELECT *, 1 AS v, 'subscription' AS source FROM '$aws/events/subscriptions/+/+'`, partition key `${clientId}`. */
export interface SubscriptionRecord {
  readonly v: 1;
  readonly source: 'subscription';
  readonly clientId: string;
  readonly eventType: 'subscribed' | 'unsubscribed';
  readonly timestamp: number;
  readonly sessionIdentifier?: string;
  readonly topics?: readonly string[];
}

/**
 * One entry of the AWS IoT Core log about one client; what has no `clientId` is not forwarded. Partition key: `entry.clientId`.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/cwl-format.html
 */
export interface LogRecord {
  readonly v: 1;
  readonly source: 'log';
  /** The id that CloudWatch Logs gave the event: the same when it is delivered again. */
  readonly id: string;
  /** When CloudWatch Logs was told, in milliseconds (`timestamp` of the log event, not of the entry). */
  readonly at: number;
  /** The entry, as far as it is needed; the function reads these fields and no others. */
  readonly entry: {
    readonly clientId: string;
    readonly eventType: string;
    readonly status: string;
    readonly reason?: string;
    readonly details?: string;
    readonly topicName?: string;
    readonly sourceIp?: string;
    readonly principalId?: string;
  };
}

/**
 * One message that a device published, without its content:
 * `SELECT 1 AS v, 'message' AS source, '<id>' AS on, clientid() AS clientId, traceid() AS id, timestamp() AS at, <bytes> AS bytes
 * FROM '<filter>'`, partition key `${clientid()}`.
 */
export interface MessageRecord {
  readonly v: 1;
  readonly source: 'message';
  /** The `id` of the selection of topics that the rule is for. A message on two filters of one selection is counted once. */
  readonly on: string;
  readonly clientId: string;
  /** `traceid()`: the same for all rules that see one message. */
  readonly id: string;
  readonly at: number;
  /** Bytes of the payload; absent where the rule does not know them (then it only counts). */
  readonly bytes?: number;
}

/**
 * One Device Defender report of a device:
 * `SELECT 1 AS v, 'report' AS source, topic(N) AS thing, clientid() AS clientId, principal() AS principal, traceid() AS id,
 * timestamp() AS at, encode(*, 'base64') AS data FROM '<topic with the thing name as N-th part>'`, partition key `${clientid()}`.
 *
 * A report whose `thing` is not its `clientId`, or whose `principal` is not that of a device, is refused and counted
 * (`METRIC.foreign`).
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-device-side-metrics.html
 */
export interface ReportRecord {
  readonly v: 1;
  readonly source: 'report';
  /** The thing that the topic names. */
  readonly thing: string;
  /** The client that published it. */
  readonly clientId: string;
  /** The certificate that it connected with, or what a custom authorizer calls it. */
  readonly principal: string;
  readonly id: string;
  readonly at: number;
  /** The payload as base64: JSON or CBOR, in its long or short form. */
  readonly data: string;
}

export type StreamRecord = PresenceRecord | SubscriptionRecord | LogRecord | MessageRecord | ReportRecord;

/** The partition key of a record. */
export function deviceOf(record: StreamRecord): string {
  return record.source === 'log' ? record.entry.clientId : record.clientId;
}

// ----------------------------------------------------------------------------------------------------------------- behaviors

/** A behavior as the function reads it: the fields of `BehaviorSpec` of the same names, as they are, and two more. */
export interface CompiledBehavior {
  /** 1 to 128 of letters, digits, ':', '_' and '-'; unique in the document. */
  readonly name: string;
  /** Name of the metric in `METRIC_SOURCES`, or of a custom metric. */
  readonly metric: string;
  readonly customType?: 'number' | 'number-list' | 'string-list' | 'ip-address-list';
  readonly operator?: 'lessThan' | 'atMost' | 'greaterThan' | 'atLeast' | 'within' | 'notWithin';
  readonly threshold?: number;
  /** `p0` to `p100`. */
  readonly percentile?: string;
  readonly confidence?: 'LOW' | 'MEDIUM' | 'HIGH';
  readonly texts?: readonly string[];
  readonly numbers?: readonly number[];
  readonly windowSeconds?: number;
  readonly datapointsToAlarm: number;
  readonly datapointsToClear: number;
  readonly severity: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  readonly suppressed: boolean;
  /** Whom it is for: one of `TARGETS`, or a key of `ENV.groups`. */
  readonly target: string;
  /** Id of a selection of `BehaviorsDocument.topics`; absent: all topics. */
  readonly on?: string;
}

/** Targets that are not a thing group. */
export const TARGETS = { all: 'all', registered: 'registered', unregistered: 'unregistered' } as const;

/** Topics that a behavior is narrowed to; log entries are matched here, messages by the rules that carry the id. */
export interface TopicSelection {
  readonly id: string;
  readonly filters: readonly string[];
  readonly excluded: boolean;
}

/** The id of the messages on all topics (what `MessageRecord.on` is for behaviors without a selection). */
export const ALL_TOPICS = 'all';

/** What the function is told to watch. */
export interface BehaviorsDocument {
  readonly v: 1;
  /** Name of the detector: 1 to 60 characters; signals are `about` `<detector>/<behavior>`. */
  readonly detector: string;
  /** Nobody is told of any alarm; they are counted and kept. */
  readonly dryRun: boolean;
  /** For so long after a device was first seen nobody is told of alarms of its learned behaviors. */
  readonly learnedDryRunSeconds: number;
  readonly topics: readonly TopicSelection[];
  /** At most 1,000. */
  readonly behaviors: readonly CompiledBehavior[];
}

/** Where the values of a metric come from: the sources that the construct must put on the stream for it. */
export type RecordSource = StreamRecord['source'];

/**
 * Which records a metric needs. Messages that devices receive are seen in log entries only (`Publish-Out`, log level INFO).
 * Custom metrics need `report`.
 */
export const METRIC_SOURCES: Readonly<Record<string, readonly RecordSource[]>> = {
  'messages-sent': ['message'],
  'messages-received': ['log'],
  'message-size': ['message'],
  'authorization-failures': ['log'],
  'connection-attempts': ['presence'],
  disconnects: ['presence'],
  'disconnect-duration': ['presence'],
  'source-ip': ['presence', 'log'],
  'bytes-out': ['report'],
  'bytes-in': ['report'],
  'packets-out': ['report'],
  'packets-in': ['report'],
  'listening-tcp-port-count': ['report'],
  'listening-udp-port-count': ['report'],
  'established-tcp-connections': ['report'],
  'listening-tcp-ports': ['report'],
  'listening-udp-ports': ['report'],
  'destination-ips': ['report'],
};

// --------------------------------------------------------------------------------------------------------------------- table

/**
 * The one table. Items are pages: the state of all devices whose names hash into one of `PAGES` parts, so that a window costs a
 * few writes a page and not one a device. Keys: `page` (text), no sort key, no index, no stream. `expiresAt` (epoch seconds) is
 * the time to live of items.
 *
 * - `d#<000..3ff>`: a page of devices (`version`, `body`)
 * - `fleet`: what all devices have in common: the prior of learned behaviors (`version`, `body`)
 * - `bounds#<shard>`: the percentiles of the window that a shard closed last (`version`, `body`)
 * - `recent#<shard>`: hashes of the records that a shard counted last, so that they are known again in its next window, and
 *   in the first of the shards that come of it
 * - `shards`: which pages the devices of each shard are on (`version`, `body`), by which a new shard knows those that it comes of
 *
 * Every write states which version it replaces.
 */
export const STATE = {
  partitionKey: 'page',
  version: 'version',
  body: 'body',
  timeToLive: 'expiresAt',
  pagePrefix: 'd#',
  fleetKey: 'fleet',
  boundsPrefix: 'bounds#',
  recentPrefix: 'recent#',
  shardsKey: 'shards',
} as const;

/**
 * Number of pages: the first ten bits of the MD5 of a name, which is what Kinesis shards by, so that the shards of a stream that
 * is split evenly share no page.
 *
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
 */
export const PAGES = 1_024;

/**
 * Calls of the function, for its role: `dynamodb:GetItem`, `dynamodb:Scan` and `dynamodb:PutItem` on the table, `sns:Publish` on
 * the topic (encrypted: the usual rights of its key), and, only where a target is a thing group or (un)registered things,
 * `iot:ListThingGroupsForThing` on `thing/*`.
 */
export const CALLS = [
  'dynamodb:GetItem',
  'dynamodb:Scan',
  'dynamodb:PutItem',
  'sns:Publish',
  'iot:ListThingGroupsForThing',
] as const;
