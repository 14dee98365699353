import { Stack } from 'aws-cdk-lib';
import { CfnCustomMetric, type CustomMetricReference, type ICustomMetricRef } from 'aws-cdk-lib/aws-iot';
import type { ResourceEnvironment } from 'aws-cdk-lib/interfaces';
import { Construct } from 'constructs';
import { markCapability } from '../internal/capability';
import { ConfigurationError } from '../internal/configuration-error';
import { checkProps } from '../internal/guard';
import { InputErrors } from '../internal/input-errors';
import { inSameAccount } from '../internal/account-registry';
import { customMetricNameProblem, customMetricTypeProblem } from './custom-metric-problems';
import type { CustomMetricType } from './terms';

const KIND = 'CustomMetric';

/** A metric of the fleet's own that devices report: a `CustomMetric`, or one known by its name. */
export interface ICustomMetric {
  /** Name under which devices report the metric. */
  readonly metricName: string;
  /** What kind of values it has. */
  readonly metricType: CustomMetricType;
  /**
   * Name that the console shows.
   *
   * @default - the name under which devices report it
   */
  readonly displayName?: string;
  /**
   * Whether the account has the metric by other means, so that no engine makes it.
   *
   * @default false
   */
  readonly existing?: boolean;
}

/** Options of `CustomMetric.named`. */
export interface CustomMetricOptions {
  /**
   * Name that the console shows: at most 128 printable characters.
   *
   * @default - the name under which devices report it
   */
  readonly displayName?: string;
  /**
   * Whether the account has the metric already, so that nothing makes it.
   *
   * @default false
   */
  readonly existing?: boolean;
}

/** Properties of `CustomMetric`. */
export interface CustomMetricProps {
  /**
   * Name under which devices report the metric: 1 to 128 of letters, digits, ':', '_' and '-', not beginning with `aws:`.
   * It cannot be changed once the metric exists.
   */
  readonly metricName: string;
  /** What kind of values it has. It cannot be changed once the metric exists. */
  readonly metricType: CustomMetricType;
  /**
   * Name that the console shows: at most 128 printable characters.
   *
   * @default - the name under which devices report it
   */
  readonly displayName?: string;
}

/**
 * Makes a metric of the fleet's own known to Device Defender Detect, once for an account and region.
 *
 * Devices report it in the `custom_metrics` part of their Device Defender report. Most fleets need no construct:
 * `CustomMetric.named` says what the metric is, and an engine that needs it in the account makes it.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/dd-detect-custom-metrics.html
 *
 * @example
 * const batteryTemperature = new CustomMetric(this, 'BatteryTemperature', {
 *   metricName: 'battery-temperature',
 *   metricType: CustomMetricType.NUMBER,
 *   displayName: 'Battery temperature in degrees Celsius',
 * });
 * Behavior.custom(batteryTemperature).mustBeAtMost(70);
 */
export class CustomMetric extends Construct implements ICustomMetric, ICustomMetricRef {
  /**
   * A metric by its name, without a resource of its own.
   *
   * The Device Defender engine makes it in the account when a behavior uses it, unless a `CustomMetric` construct of that name is in
   * the app or it is said to exist; other engines need nothing. It is made once for each `Stage`, and once for each stack whose
   * account and region are not known at synth: where several of them go to one account and region, say in all but one that it
   * exists.
   */
  public static named(
    metricName: string,
    metricType: CustomMetricType,
    options: CustomMetricOptions = {},
  ): ICustomMetric {
    return { metricName, metricType, displayName: options.displayName, existing: options.existing };
  }

  /**
   * The name of a metric as a resource of a stack refers to it, so that CloudFormation makes the metric first.
   *
   * @internal
   */
  public static _referTo(scope: Construct, metric: ICustomMetric): string {
    if (CustomMetric.isCustomMetric(metric)) return metric.customMetricRef.metricName;
    if (metric.existing === true) return metric.metricName;
    const known = inSameAccount<CustomMetric>(scope, KIND).get(metric.metricName);
    if (known !== undefined) {
      if (known.metricType === metric.metricType) return known.customMetricRef.metricName;
      const message = `custom metric '${metric.metricName}' is of type ${known.metricType} at ${known.node.path} and of type ${metric.metricType} here; use one type`;
      throw new ConfigurationError('CustomMetricInvalid', message, scope);
    }
    return new CustomMetric(Stack.of(scope), `CustomMetric-${metric.metricName}`, metric).customMetricRef.metricName;
  }

  private static isCustomMetric(metric: ICustomMetric): metric is CustomMetric {
    return 'customMetricRef' in metric;
  }

  /** Name under which devices report the metric. */
  public readonly metricName: string;
  /** What kind of values it has. */
  public readonly metricType: CustomMetricType;
  /**
   * Name that the console shows.
   *
   * @default - the name under which devices report it
   */
  public readonly displayName?: string;
  /** True: this construct makes the metric, no engine does. */
  public readonly existing?: boolean = true;
  /** The account and region that the metric is made in. */
  public readonly env: ResourceEnvironment;
  private readonly resource: CfnCustomMetric;

  constructor(scope: Construct, id: string, props: CustomMetricProps) {
    super(scope, id);
    checkProps(this, 'CustomMetricProps', props);
    markCapability(this, 'detection');
    this.validate(props);
    const stack = Stack.of(this);
    this.env = { account: stack.account, region: stack.region };
    this.metricName = props.metricName;
    this.metricType = props.metricType;
    this.displayName = props.displayName;
    this.resource = new CfnCustomMetric(this, 'Resource', {
      metricName: props.metricName,
      metricType: props.metricType,
      displayName: props.displayName,
    });
    inSameAccount<CustomMetric>(this, KIND).set(props.metricName, this);
  }

  /** A reference to the metric in the account. */
  public get customMetricRef(): CustomMetricReference {
    return { metricName: this.resource.ref };
  }

  private validate(props: CustomMetricProps): void {
    const errors = new InputErrors(this);
    const name = customMetricNameProblem(props.metricName);
    if (name !== undefined) errors.report('CustomMetricInvalid', `'metricName' ${name}`);
    const type = customMetricTypeProblem(props.metricType);
    if (type !== undefined) errors.report('CustomMetricInvalid', `'metricType' ${type}`);
    errors.text('displayName', props.displayName, {
      maxLength: 128,
      pattern: /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u,
      allowed: 'printable characters and blanks',
      code: 'CustomMetricInvalid',
    });
    const others = inSameAccount<CustomMetric>(this, KIND);
    const taken = others.get(props.metricName);
    if (taken !== undefined) {
      errors.report(
        'CustomMetricTaken',
        `'metricName' ${props.metricName} is made by ${taken.node.path} already; use that one, or CustomMetric.named`,
      );
    }
    errors.throwIfAny();
  }
}
