import type { Duration } from 'aws-cdk-lib';
import { ConfigurationError } from '../internal/configuration-error';
import { timeProblem } from '../internal/time';
import type { Behavior } from './behavior';
import type { Criterion, MeasuredMetric } from './behavior-draft';
import { RetainedMetric } from './retained-metric';
import { BehaviorOperator } from './terms';

/**
 * A metric that is a time, waiting for its normal.
 *
 * @example
 * const silence: DurationMetric = Behavior.disconnectDuration();
 * const behavior = silence.mustBeAtMost(Duration.hours(6));
 */
export class DurationMetric {
  /** @internal */
  public static _of(
    measured: MeasuredMetric,
    state: (measured: MeasuredMetric, criterion: Criterion) => Behavior,
  ): DurationMetric {
    return new DurationMetric(measured, state);
  }

  private constructor(
    private readonly measured: MeasuredMetric,
    private readonly state: (measured: MeasuredMetric, criterion: Criterion) => Behavior,
  ) {}

  /**
   * Normal is less than a time.
   *
   * @param time whole minutes
   */
  public mustBeLessThan(time: Duration): Behavior {
    return this.compare(BehaviorOperator.LESS_THAN, time);
  }

  /**
   * Normal is a time or less.
   *
   * @param time whole minutes
   */
  public mustBeAtMost(time: Duration): Behavior {
    return this.compare(BehaviorOperator.AT_MOST, time);
  }

  /** Keeps the metric without judging it, to look at or to find its normal. */
  public retained(): RetainedMetric {
    return RetainedMetric._of(this.measured);
  }

  private compare(operator: BehaviorOperator, time: Duration): Behavior {
    const problem = timeProblem('minutes', time);
    if (problem !== undefined) throw new ConfigurationError('BehaviorValueInvalid', `'time' ${problem}`);
    // The service compares minutes (and exports seconds).
    return this.state(this.measured, { kind: 'threshold', operator, threshold: time.toMinutes({ integral: false }) });
  }
}
