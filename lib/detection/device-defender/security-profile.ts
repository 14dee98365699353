import { Names, Stack } from 'aws-cdk-lib';
import { CfnSecurityProfile, type ISecurityProfileRef, type SecurityProfileReference } from 'aws-cdk-lib/aws-iot';
import type { ResourceEnvironment } from 'aws-cdk-lib/interfaces';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { markCapability } from '../../internal/capability';
import { checkProps } from '../../internal/guard';
import { allow } from '../../internal/iam';
import { InputErrors } from '../../internal/input-errors';
import type { Behavior } from '../behavior';
import type { BehaviorSpec } from '../behavior-spec';
import { checkBehaviors, type CheckedBehavior, checkRetainedMetrics } from '../checked-behaviors';
import type { DetectionTarget } from '../detection-target';
import type { RetainedMetric } from '../retained-metric';
import { checkNameOnce } from '../../internal/account-registry';
import { checkAlertDestination, publishStatements } from '../../internal/alert-destination';
import { alertTopicOf } from './alert-topic';
import { warnOfClosure } from './closure-warning';
import type { MetricsExport } from './metrics-export';
import { checkExport, checkTargets, checkTopics } from './profile-checks';
import { MAX_BEHAVIORS, MAX_VALUES, profilesOf, valuesOf } from './profile-limits';
import { ProfileRole } from './profile-role';
import { renderBehavior, renderRetainedMetric } from './render';

/** Properties of `SecurityProfile`. */
export interface SecurityProfileProps {
  /** The devices that the profile is for: 1 to 100 targets. The service attaches at most 5 profiles to a target. */
  readonly targets: DetectionTarget[];
  /**
   * What is normal: at most 100 behaviors with at most 1,000 values together, either all stated or all learned.
   *
   * @default - no behavior; there must be a retained metric then
   */
  readonly behaviors?: Behavior[];
  /**
   * Metrics that are kept without a behavior that judges them.
   *
   * @default - only the metrics of behaviors are kept
   */
  readonly retainedMetrics?: RetainedMetric[];
  /**
   * Name of the profile: 1 to 128 of letters, digits, ':', '_' and '-'. Alerts carry it.
   *
   * @default - a name made of the stack's name and the construct's path, since the trust policies of the profile's roles name it
   */
  readonly securityProfileName?: string;
  /**
   * What the profile is for: at most 1,000 printable characters.
   *
   * @default - no description
   */
  readonly description?: string;
  /**
   * Topic that alerts are published to.
   *
   * @default - a topic is made, encrypted and open to nobody else
   */
  readonly alertTopic?: ITopicRef;
  /**
   * Customer managed key of the alert topic. Without it alerts of an encrypted topic cannot be published.
   *
   * @default - the key of a topic that is made here is the key of the stack; a topic that is given is not encrypted with a customer
   * managed key
   */
  readonly alertTopicKey?: IKeyRef;
  /**
   * Where values are exported to, of behaviors and retained metrics that say `exported()`.
   *
   * @default - nothing is exported
   */
  readonly metricsExport?: MetricsExport;
}

/**
 * Lets Device Defender Detect watch behaviors of some devices and alert when one leaves its normal, for accounts that have Detect.
 *
 * `Detection.deviceDefender()` makes as many profiles as behaviors need; take this construct to decide what goes into which profile.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-HowToHowTo.html
 *
 * @example
 * new SecurityProfile(this, 'Strangers', {
 *   targets: [DetectionTarget.unregisteredThings()],
 *   behaviors: [Behavior.connectionAttempts().mustBeAtMost(0).per(Duration.minutes(5))],
 * });
 */
export class SecurityProfile extends Construct implements ISecurityProfileRef {
  /** The behaviors of the profile, with the names that alerts carry and all defaults. */
  public readonly behaviors: BehaviorSpec[];
  /** The topic that alerts are published to. */
  public readonly alertTopic: ITopicRef;
  /** Name of the profile. Alerts carry it. */
  public readonly securityProfileName: string;
  /** The account and region that the profile is made in. */
  public readonly env: ResourceEnvironment;
  private readonly resource: CfnSecurityProfile;

  constructor(scope: Construct, id: string, props: SecurityProfileProps) {
    super(scope, id);
    checkProps(this, 'SecurityProfileProps', props);
    markCapability(this, 'detection');
    const checked = this.check(props);
    warnOfClosure(this);
    const { account, region } = Stack.of(this);
    this.env = { account, region };
    this.behaviors = checked.map(({ spec }) => spec);
    this.securityProfileName = props.securityProfileName ?? this.defaultName();
    this.alertTopic = alertTopicOf(this, props);
    const alerts = this.createRole(
      'AlertRole',
      'Publishes alerts',
      publishStatements(this.alertTopic, props.alertTopicKey),
    );
    const exports = this.createExportRole(props.metricsExport);
    this.resource = new CfnSecurityProfile(this, 'Resource', {
      securityProfileName: this.securityProfileName,
      securityProfileDescription: props.description,
      behaviors: checked.map((behavior) => renderBehavior(this, behavior)),
      additionalMetricsToRetainV2: props.retainedMetrics?.map((metric) => renderRetainedMetric(this, metric)),
      alertTargets: { SNS: { alertTargetArn: this.alertTopic.topicRef.topicArn, roleArn: alerts.roleArn } },
      metricsExportConfig: exports &&
        props.metricsExport && { mqttTopic: props.metricsExport._topic, roleArn: exports.roleArn },
      targetArns: props.targets.map((target) => target._arn(this)),
    });
    alerts.precede(this.resource);
    exports?.precede(this.resource);
    for (const target of props.targets) profilesOf(this, target).set(this.node.path, this);
  }

  /** A reference to the profile in the account. */
  public get securityProfileRef(): SecurityProfileReference {
    return { securityProfileName: this.resource.ref, securityProfileArn: this.resource.attrSecurityProfileArn };
  }

  private defaultName(): string {
    return Names.uniqueResourceName(this, { maxLength: 128, separator: '-', allowedSpecialCharacters: '_-' });
  }

  private createRole(
    id: string,
    does: string,
    statements: ConstructorParameters<typeof ProfileRole>[2]['statements'],
  ): ProfileRole {
    return new ProfileRole(this, id, {
      description: `${does} of a security profile`,
      securityProfileName: this.securityProfileName,
      statements,
    });
  }

  private createExportRole(metricsExport: MetricsExport | undefined): ProfileRole | undefined {
    if (metricsExport === undefined) return undefined;
    const { partition, region, account } = Stack.of(this);
    const topicArn = `arn:${partition}:iot:${region}:${account}:topic/${metricsExport._topic}`;
    return this.createRole('ExportRole', 'Exports the metrics', [allow(['iot:Publish'], [topicArn])]);
  }

  private check(props: SecurityProfileProps): CheckedBehavior[] {
    const errors = new InputErrors(this);
    const { behaviors = [], retainedMetrics = [] } = props;
    errors.text('securityProfileName', props.securityProfileName, {
      maxLength: 128,
      pattern: /^[a-zA-Z0-9:_-]+$/,
      allowed: "letters, digits, ':', '_' and '-'",
    });
    errors.text('description', props.description, {
      minLength: 0,
      maxLength: 1000,
      pattern: /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u,
      allowed: 'printable characters and blanks',
    });
    if (behaviors.length + retainedMetrics.length === 0) {
      errors.report('DetectionEmpty', "'behaviors' and 'retainedMetrics' are both empty; state what is normal");
    }
    const checked = checkBehaviors(behaviors, 'device-defender', errors);
    checked.forEach(({ draft }, index) => checkTopics(this, `behaviors[${index}]`, draft.scope, errors));
    checkRetainedMetrics(retainedMetrics, errors);
    retainedMetrics.forEach((metric, index) => checkTopics(this, `retainedMetrics[${index}]`, metric._scope, errors));
    this.checkSize(checked, errors);
    errors.size('targets', props.targets, 1, 100, 'DetectionTargetInvalid');
    const properties = props.targets.map((_target, index) => `targets[${index}]`);
    checkTargets(this, props.targets, 1, properties, errors);
    checkExport(props.metricsExport, checked, retainedMetrics, errors);
    checkAlertDestination(props, errors, { keyEncryptsOwn: true });
    checkNameOnce(this, 'security profile', 'securityProfileName', props.securityProfileName, errors);
    errors.throwIfAny();
    return checked;
  }

  private checkSize(behaviors: readonly CheckedBehavior[], errors: InputErrors): void {
    const learned = behaviors.filter(({ spec }) => spec.confidence !== undefined).length;
    if (learned > 0 && learned < behaviors.length) {
      errors.report(
        'SecurityProfileMixed',
        `'behaviors' has ${learned} learned and ${behaviors.length - learned} stated; use one profile for each kind, or Detection.deviceDefender()`,
      );
    }
    const values = behaviors.reduce((sum, behavior) => sum + valuesOf(behavior), 0);
    if (behaviors.length > MAX_BEHAVIORS || values > MAX_VALUES) {
      errors.report(
        'SecurityProfileTooLarge',
        `'behaviors' must be at most ${MAX_BEHAVIORS} with at most ${MAX_VALUES} values together, got ${behaviors.length} with ${values}; use several profiles, or Detection.deviceDefender()`,
      );
    }
  }
}
