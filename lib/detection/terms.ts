/** How bad it is when a device leaves its normal. Alerts and responses go by it. */
export enum Severity {
  /** Worth knowing. */
  LOW = 'LOW',
  /** Worth a look by a person. */
  MEDIUM = 'MEDIUM',
  /** Likely a compromised or broken device. */
  HIGH = 'HIGH',
  /** Act at once. */
  CRITICAL = 'CRITICAL',
}

/**
 * How sure a learned normal must be before it raises an alarm: the higher, the fewer alarms.
 *
 * The rates of the stream engine are those of devices that behave as ever. `LOW` holds its rate whatever a metric is like; the
 * others go by how the tail of a metric goes on, and raised up to six times as many where it is heavy or where a normal changed
 * unnoticed (`docs/detection-figures.md`). Count on one alarm of a device in two months at `HIGH`, not in a year.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/dd-detect-ml.html
 */
export enum Confidence {
  /** Many alarms: small deviations count. Stream engine: one false alarm of a device in 1,000 windows, which is 3.5 days. */
  LOW = 'LOW',
  /** In between. Stream engine: one false alarm of a device in 10,000 windows, which is 35 days. */
  MEDIUM = 'MEDIUM',
  /** Few alarms: only large deviations count. Stream engine: one false alarm of a device in 100,000 windows, about a year, at best. */
  HIGH = 'HIGH',
}

/**
 * A percentile of what all watched devices report in one window.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_StatisticalThreshold.html
 */
export enum Percentile {
  /** The lowest value. */
  P0 = 'p0',
  /** 0.01 % of the values are lower. */
  P0_01 = 'p0.01',
  /** 0.1 % of the values are lower. */
  P0_1 = 'p0.1',
  /** 1 % of the values are lower. */
  P1 = 'p1',
  /** 10 % of the values are lower. */
  P10 = 'p10',
  /** The median. */
  P50 = 'p50',
  /** 90 % of the values are lower. */
  P90 = 'p90',
  /** 99 % of the values are lower. */
  P99 = 'p99',
  /** 99.9 % of the values are lower. */
  P99_9 = 'p99.9',
  /** 99.99 % of the values are lower. */
  P99_99 = 'p99.99',
  /** The highest value. */
  P100 = 'p100',
}

/**
 * What kind of values a custom metric has. It cannot be changed once the metric exists.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/dd-detect-custom-metrics.html
 */
export enum CustomMetricType {
  /** One number: a temperature, a charge level. */
  NUMBER = 'number',
  /** Several numbers: open files, process ids. */
  NUMBER_LIST = 'number-list',
  /** Several texts: running processes, firmware modules. */
  STRING_LIST = 'string-list',
  /** Several addresses: name servers, gateways. */
  IP_ADDRESS_LIST = 'ip-address-list',
}

/** How a metric relates to its normal, said from the side of the normal. */
export enum BehaviorOperator {
  /** Normal is less than the bound. */
  LESS_THAN = 'lessThan',
  /** Normal is the bound or less. */
  AT_MOST = 'atMost',
  /** Normal is more than the bound. */
  GREATER_THAN = 'greaterThan',
  /** Normal is the bound or more. */
  AT_LEAST = 'atLeast',
  /** Normal is that each value is one of those listed. */
  WITHIN = 'within',
  /** Normal is that no value is one of those listed. */
  NOT_WITHIN = 'notWithin',
}
