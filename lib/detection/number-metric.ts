import type { Behavior } from './behavior';
import type { Criterion, MeasuredMetric } from './behavior-draft';
import type { PercentileKey } from './metrics';
import { RetainedMetric } from './retained-metric';
import { BehaviorOperator, type Confidence, type Percentile } from './terms';

/**
 * A metric that is a number, waiting for its normal.
 *
 * Each method says what is normal; anything else is a violation. Nothing here says what is abnormal, so a behavior cannot be the
 * wrong way round.
 *
 * @example
 * const messages: NumberMetric = Behavior.messagesSent();
 * const behaviors = [
 *   messages.mustBeAtMost(120).per(Duration.minutes(5)),
 *   messages.mustBeAtMostPercentile(Percentile.P99_9).per(Duration.minutes(15)),
 *   messages.learned(Confidence.HIGH),
 * ];
 */
export class NumberMetric {
  /** @internal */
  public static _of(
    measured: MeasuredMetric,
    state: (measured: MeasuredMetric, criterion: Criterion) => Behavior,
  ): NumberMetric {
    return new NumberMetric(measured, state);
  }

  private constructor(
    private readonly measured: MeasuredMetric,
    private readonly state: (measured: MeasuredMetric, criterion: Criterion) => Behavior,
  ) {}

  /**
   * Normal is less than a bound.
   *
   * @param bound in the unit of the metric; a whole number except for custom metrics
   */
  public mustBeLessThan(bound: number): Behavior {
    return this.compare(BehaviorOperator.LESS_THAN, bound);
  }

  /**
   * Normal is a bound or less.
   *
   * @param bound in the unit of the metric; a whole number except for custom metrics
   */
  public mustBeAtMost(bound: number): Behavior {
    return this.compare(BehaviorOperator.AT_MOST, bound);
  }

  /**
   * Normal is more than a bound.
   *
   * @param bound in the unit of the metric; a whole number except for custom metrics
   */
  public mustBeGreaterThan(bound: number): Behavior {
    return this.compare(BehaviorOperator.GREATER_THAN, bound);
  }

  /**
   * Normal is a bound or more.
   *
   * @param bound in the unit of the metric; a whole number from 1 on, except for custom metrics: of what is counted, all is 0 or more
   */
  public mustBeAtLeast(bound: number): Behavior {
    return this.compare(BehaviorOperator.AT_LEAST, bound);
  }

  /**
   * Normal is less than a percentile of what all watched devices report in a window; say its length with `per`.
   *
   * Percentiles are not available while any device reports a negative value.
   *
   * @see https://docs.aws.amazon.com/iot/latest/apireference/API_StatisticalThreshold.html
   */
  public mustBeBelowPercentile(percentile: Percentile): Behavior {
    return this.rank('belowPercentile', percentile);
  }

  /**
   * Normal is a percentile of what all watched devices report in a window, or less; say its length with `per`. Not P100, which no
   * device is above.
   *
   * @see https://docs.aws.amazon.com/iot/latest/apireference/API_StatisticalThreshold.html
   */
  public mustBeAtMostPercentile(percentile: Percentile): Behavior {
    return this.rank('atMostPercentile', percentile);
  }

  /**
   * Normal is more than a percentile of what all watched devices report in a window; say its length with `per`.
   *
   * @see https://docs.aws.amazon.com/iot/latest/apireference/API_StatisticalThreshold.html
   */
  public mustBeAbovePercentile(percentile: Percentile): Behavior {
    return this.rank('abovePercentile', percentile);
  }

  /**
   * Normal is a percentile of what all watched devices report in a window, or more; say its length with `per`. Not P0, which no
   * device is below.
   *
   * @see https://docs.aws.amazon.com/iot/latest/apireference/API_StatisticalThreshold.html
   */
  public mustBeAtLeastPercentile(percentile: Percentile): Behavior {
    return this.rank('atLeastPercentile', percentile);
  }

  /**
   * Normal is learned from what the device did before, on both sides: less than ever is as unusual as more than ever.
   *
   * Device Defender needs 14 days and 25,000 datapoints of the metric before it raises the first alarm, and learns anew each day.
   * The stream engine needs a day of the fleet, and an hour of a device that comes later; nobody is told for `learnedDryRun`.
   * There a confidence is a rate: a device that behaves as ever raises an alarm in one of 1,000 (`LOW`), 10,000 (`MEDIUM`) or
   * 100,000 (`HIGH`) windows of 5 minutes.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/dd-detect-ml.html
   */
  public learned(confidence: Confidence): Behavior {
    return this.state(this.measured, { kind: 'learned', confidence });
  }

  /** Keeps the metric without judging it, to look at or to find its normal. */
  public retained(): RetainedMetric {
    return RetainedMetric._of(this.measured);
  }

  private compare(operator: BehaviorOperator, threshold: number): Behavior {
    return this.state(this.measured, { kind: 'threshold', operator, threshold });
  }

  private rank(bound: PercentileKey, percentile: Percentile): Behavior {
    return this.state(this.measured, { kind: 'percentile', bound, percentile });
  }
}
