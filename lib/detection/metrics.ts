import { BehaviorOperator, CustomMetricType } from './terms';

/** The engines that can watch metrics, by the name that `DetectionEngine.engineName` has. */
export type EngineName = 'device-defender' | 'stream';

/** What a metric is compared with, as the service names it. */
export type ValueKind = 'count' | 'number' | 'cidrs' | 'ports' | 'numbers' | 'strings';

/**
 * When a behavior of a metric has a window: always (it is counted over one), only where it is compared with a percentile of all
 * devices (that is taken over one), or never.
 */
export type WindowUse = 'always' | 'with-percentile' | 'never';

/** What is known of a metric. */
export interface MetricFacts {
  /** The name that Device Defender knows. */
  readonly defenderName: string;
  /** Measured by AWS IoT, or reported by an agent on the device. */
  readonly source: 'cloud' | 'device';
  /** What stands behind a number: `3 messages`. Lists have none. */
  readonly unit?: string;
  readonly value: ValueKind;
  readonly operators: readonly BehaviorOperator[];
  readonly window: WindowUse;
  readonly percentile: boolean;
  readonly learned: boolean;
  /** Whether a behavior may be narrowed to topics. */
  readonly topics: boolean;
  /** Consecutive datapoints that raise an alarm where a behavior does not say. */
  readonly alarmAfter: number;
  readonly engines: readonly EngineName[];
}

/** The ways to compare a number with a bound. */
export const THRESHOLD_OPERATORS: readonly BehaviorOperator[] = [
  BehaviorOperator.LESS_THAN,
  BehaviorOperator.AT_MOST,
  BehaviorOperator.GREATER_THAN,
  BehaviorOperator.AT_LEAST,
];

/** The ways to compare a list with a set. */
export const SET_OPERATORS: readonly BehaviorOperator[] = [BehaviorOperator.WITHIN, BehaviorOperator.NOT_WITHIN];

const SCALAR = {
  value: 'count',
  operators: THRESHOLD_OPERATORS,
  percentile: true,
  learned: true,
  topics: false,
  alarmAfter: 1,
  engines: ['stream', 'device-defender'],
} as const;
const LIST = {
  operators: SET_OPERATORS,
  window: 'never',
  percentile: false,
  learned: false,
  topics: false,
  alarmAfter: 1,
  engines: ['stream', 'device-defender'],
} as const;

/** Agents report differences since their last report; some send totals in the first one, which one datapoint would take for an attack. */
const TRAFFIC = { ...SCALAR, source: 'device', window: 'always', alarmAfter: 2 } as const;

/**
 * Every metric of Device Defender Detect, by the name that behaviors use. Types, validation, the JSON form, docs and tests derive
 * from this table.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-cloud-side-metrics.html
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-device-side-metrics.html
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/scoping-security-behavior.html
 */
export const METRICS = {
  'messages-sent': {
    ...SCALAR,
    defenderName: 'aws:num-messages-sent',
    source: 'cloud',
    unit: 'messages',
    window: 'always',
    topics: true,
  },
  'messages-received': {
    ...SCALAR,
    defenderName: 'aws:num-messages-received',
    source: 'cloud',
    unit: 'messages',
    window: 'always',
    topics: true,
  },
  'message-size': {
    ...SCALAR,
    defenderName: 'aws:message-byte-size',
    source: 'cloud',
    unit: 'bytes',
    window: 'with-percentile',
    topics: true,
  },
  'authorization-failures': {
    ...SCALAR,
    defenderName: 'aws:num-authorization-failures',
    source: 'cloud',
    unit: 'failures',
    window: 'always',
    topics: true,
  },
  'connection-attempts': {
    ...SCALAR,
    defenderName: 'aws:num-connection-attempts',
    source: 'cloud',
    unit: 'attempts',
    window: 'always',
  },
  disconnects: {
    ...SCALAR,
    defenderName: 'aws:num-disconnects',
    source: 'cloud',
    unit: 'disconnects',
    window: 'always',
  },
  'disconnect-duration': {
    ...SCALAR,
    defenderName: 'aws:disconnect-duration',
    source: 'cloud',
    unit: 'minutes',
    operators: [BehaviorOperator.LESS_THAN, BehaviorOperator.AT_MOST],
    window: 'never',
    percentile: false,
    learned: false,
  },
  'source-ip': { ...LIST, defenderName: 'aws:source-ip-address', source: 'cloud', value: 'cidrs', topics: true },
  'bytes-out': { ...TRAFFIC, defenderName: 'aws:all-bytes-out', unit: 'bytes' },
  'bytes-in': { ...TRAFFIC, defenderName: 'aws:all-bytes-in', unit: 'bytes' },
  'packets-out': { ...TRAFFIC, defenderName: 'aws:all-packets-out', unit: 'packets' },
  'packets-in': { ...TRAFFIC, defenderName: 'aws:all-packets-in', unit: 'packets' },
  'listening-tcp-port-count': {
    ...SCALAR,
    defenderName: 'aws:num-listening-tcp-ports',
    source: 'device',
    unit: 'ports',
    window: 'always',
  },
  'listening-udp-port-count': {
    ...SCALAR,
    defenderName: 'aws:num-listening-udp-ports',
    source: 'device',
    unit: 'ports',
    window: 'always',
  },
  'established-tcp-connections': {
    ...SCALAR,
    defenderName: 'aws:num-established-tcp-connections',
    source: 'device',
    unit: 'connections',
    window: 'with-percentile',
  },
  'listening-tcp-ports': { ...LIST, defenderName: 'aws:listening-tcp-ports', source: 'device', value: 'ports' },
  'listening-udp-ports': { ...LIST, defenderName: 'aws:listening-udp-ports', source: 'device', value: 'ports' },
  'destination-ips': { ...LIST, defenderName: 'aws:destination-ip-addresses', source: 'device', value: 'cidrs' },
} as const satisfies Record<string, MetricFacts>;

export type MetricId = keyof typeof METRICS;

export const METRIC_IDS = Object.keys(METRICS) as MetricId[];

/** What is known of custom metrics, by their type; their name is their own. */
export const CUSTOM_METRICS: Readonly<Record<CustomMetricType, Omit<MetricFacts, 'defenderName'>>> = {
  [CustomMetricType.NUMBER]: { ...SCALAR, source: 'device', value: 'number', window: 'with-percentile' },
  [CustomMetricType.NUMBER_LIST]: { ...LIST, source: 'device', value: 'numbers' },
  [CustomMetricType.STRING_LIST]: { ...LIST, source: 'device', value: 'strings' },
  [CustomMetricType.IP_ADDRESS_LIST]: { ...LIST, source: 'device', value: 'cidrs' },
};

/**
 * The lengths of a window, by the way that the JSON form writes them.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-cloud-side-metrics.html
 */
export const WINDOWS: Readonly<Record<string, number>> = { '5m': 300, '10m': 600, '15m': 900, '30m': 1800, '1h': 3600 };

/** How the JSON form says that a metric is compared with a percentile of all devices. */
export const PERCENTILE_KEYS = {
  belowPercentile: BehaviorOperator.LESS_THAN,
  atMostPercentile: BehaviorOperator.AT_MOST,
  abovePercentile: BehaviorOperator.GREATER_THAN,
  atLeastPercentile: BehaviorOperator.AT_LEAST,
} as const;

export type PercentileKey = keyof typeof PERCENTILE_KEYS;

export const PERCENTILE_KEY_NAMES = Object.keys(PERCENTILE_KEYS) as PercentileKey[];

/** The ways to state the normal of a metric, as the JSON form names them. */
export function criteriaOf(facts: Omit<MetricFacts, 'defenderName'>): string[] {
  return [...facts.operators, ...(facts.percentile ? PERCENTILE_KEY_NAMES : []), ...(facts.learned ? ['learned'] : [])];
}
