import type { BehaviorOperator, Confidence, CustomMetricType, Percentile, Severity } from './terms';

/**
 * A behavior as plain data: what an engine watches, a responder weighs and a report shows.
 *
 * Exactly one way of stating the normal is there: `threshold`, `percentile`, `texts` or `numbers` with `operator`, or `confidence`.
 */
export interface BehaviorSpec {
  /** Name of the behavior, unique in what it was watched with; alarms carry it. */
  readonly name: string;
  /** What is measured: the name of a metric as fleet.json writes it, or of a custom metric. */
  readonly metric: string;
  /**
   * Type of the custom metric.
   *
   * @default - the metric is one of AWS IoT's own
   */
  readonly customType?: CustomMetricType;
  /**
   * How the metric relates to its normal.
   *
   * @default - the normal is learned
   */
  readonly operator?: BehaviorOperator;
  /**
   * The bound of a number, in the unit of the metric.
   *
   * @default - the normal is not a number
   */
  readonly threshold?: number;
  /**
   * The percentile of all watched devices that is the bound.
   *
   * @default - the normal is not a percentile
   */
  readonly percentile?: Percentile;
  /**
   * How sure a learned normal must be.
   *
   * @default - the normal is stated, not learned
   */
  readonly confidence?: Confidence;
  /**
   * Address ranges or texts of the normal.
   *
   * @default - the normal is not a list of texts
   */
  readonly texts?: string[];
  /**
   * Ports or numbers of the normal.
   *
   * @default - the normal is not a list of numbers
   */
  readonly numbers?: number[];
  /**
   * Length of the window in seconds.
   *
   * @default - each datapoint is judged by itself
   */
  readonly windowSeconds?: number;
  /** Consecutive datapoints outside the normal that raise an alarm. */
  readonly datapointsToAlarm: number;
  /** Consecutive datapoints inside the normal that clear it. */
  readonly datapointsToClear: number;
  /** How bad it is to leave the normal. */
  readonly severity: Severity;
  /** Whether violations are recorded, but not alerted. */
  readonly suppressed: boolean;
  /** Whether the values are exported. */
  readonly exported: boolean;
  /**
   * MQTT topic filters that the metric is narrowed to.
   *
   * @default - all topics, unless there is a dimension whose filters are not known
   */
  readonly topicFilters?: string[];
  /**
   * Name of an existing dimension that the metric is narrowed by.
   *
   * @default - no dimension of the account
   */
  readonly dimensionName?: string;
  /**
   * Whether the topic filters name what does not count, instead of what does.
   *
   * @default false
   */
  readonly topicsExcluded?: boolean;
}
