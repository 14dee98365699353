import type { Behavior } from './behavior';
import type { Criterion, MeasuredMetric } from './behavior-draft';
import { RetainedMetric } from './retained-metric';
import { BehaviorOperator } from './terms';

/**
 * A metric that is a list of numbers (ports, ids), waiting for its normal.
 *
 * @example
 * const ports: NumberListMetric = Behavior.listeningTcpPorts();
 * const behavior = ports.mustBeWithin([22, 8883]);
 */
export class NumberListMetric {
  /** @internal */
  public static _of(
    measured: MeasuredMetric,
    state: (measured: MeasuredMetric, criterion: Criterion) => Behavior,
  ): NumberListMetric {
    return new NumberListMetric(measured, state);
  }

  private constructor(
    private readonly measured: MeasuredMetric,
    private readonly state: (measured: MeasuredMetric, criterion: Criterion) => Behavior,
  ) {}

  /**
   * Normal is that each number that a device reports is one of these.
   *
   * @param values 1 to 1,000 numbers; ports from 0 to 65535
   */
  public mustBeWithin(values: number[]): Behavior {
    return this.state(this.measured, { kind: 'numbers', operator: BehaviorOperator.WITHIN, values });
  }

  /**
   * Normal is that no number that a device reports is one of these.
   *
   * @param values 1 to 1,000 numbers; ports from 0 to 65535
   */
  public mustNotBeWithin(values: number[]): Behavior {
    return this.state(this.measured, { kind: 'numbers', operator: BehaviorOperator.NOT_WITHIN, values });
  }

  /** Keeps the metric without judging it, to look at or to find its normal. */
  public retained(): RetainedMetric {
    return RetainedMetric._of(this.measured);
  }
}

/**
 * A metric that is a list of texts (address ranges, names), waiting for its normal.
 *
 * @example
 * const addresses: TextListMetric = Behavior.sourceIp();
 * const behavior = addresses.mustBeWithin(['203.0.113.0/24', '2001:db8::/32']);
 */
export class TextListMetric {
  /** @internal */
  public static _of(
    measured: MeasuredMetric,
    state: (measured: MeasuredMetric, criterion: Criterion) => Behavior,
  ): TextListMetric {
    return new TextListMetric(measured, state);
  }

  private constructor(
    private readonly measured: MeasuredMetric,
    private readonly state: (measured: MeasuredMetric, criterion: Criterion) => Behavior,
  ) {}

  /**
   * Normal is that each address lies in one of these ranges, or each text is one of these.
   *
   * @param values 1 to 1,000 address ranges (`203.0.113.0/24`, `2001:db8::/32`) or texts
   */
  public mustBeWithin(values: string[]): Behavior {
    return this.state(this.measured, { kind: 'texts', operator: BehaviorOperator.WITHIN, values });
  }

  /**
   * Normal is that no address lies in one of these ranges, or no text is one of these.
   *
   * @param values 1 to 1,000 address ranges (`203.0.113.0/24`, `2001:db8::/32`) or texts
   */
  public mustNotBeWithin(values: string[]): Behavior {
    return this.state(this.measured, { kind: 'texts', operator: BehaviorOperator.NOT_WITHIN, values });
  }

  /** Keeps the metric without judging it, to look at or to find its normal. */
  public retained(): RetainedMetric {
    return RetainedMetric._of(this.measured);
  }
}
