import { type CfnResource, type Duration, Token } from 'aws-cdk-lib';
import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { AuditProperties } from '../../lambda/adopt-account-settings/contract';
import { checkAlertDestination } from '../internal/alert-destination';
import { AUDIT_CHECKS, type AuditThresholdFacts } from '../internal/audit-checks';
import { markCapability } from '../internal/capability';
import { checkProps } from '../internal/guard';
import { InputErrors } from '../internal/input-errors';
import { numberText } from '../internal/number-text';
import { SecureTopic } from '../internal/secure-topic';
import { adoptSetting, checkManagedOnce } from './account-settings';
import { AuditCheck } from './audit-check';
import { createAuditRole, createNotificationRole } from './audit-roles';
import { AuditSchedule } from './audit-schedule';
import { AuditSuppression, type AuditSuppressionOptions } from './audit-suppression';
import { checkReplacement } from './replacement';
import { ScheduledAudit, type ScheduledAuditOptions } from './scheduled-audit';

/** Properties for `DeviceDefenderAudit`. */
export interface DeviceDefenderAuditProps {
  /**
   * What is looked at. Checks that somebody else enabled stay enabled whatever stands here.
   *
   * @default AuditCheck.all()
   */
  readonly checks?: AuditCheck[];
  /**
   * Age from which a device certificate counts as too old: 30 to 3,652 whole days.
   *
   * @default - as the account has it; 365 days where nobody set it
   */
  readonly certificateAge?: Duration;
  /**
   * Time before its expiration from which a device certificate counts as about to expire: 30 to 3,652 whole days.
   *
   * @default - as the account has it; 30 days where nobody set it
   */
  readonly certificateExpiration?: Duration;
  /**
   * When all checks run; at most 5. An empty list leaves it to `addScheduledAudit` and to audits on demand.
   *
   * @default - every day
   */
  readonly schedules?: AuditSchedule[];
  /**
   * Topic to which the end of each audit, with its counts, is reported.
   *
   * @default - a new encrypted topic without subscribers
   */
  readonly alertTopic?: ITopicRef;
  /**
   * Key that encrypts `alertTopic`; needed where it is a customer managed key that the topic does not name.
   *
   * @default - the key that the topic names
   */
  readonly alertTopicKey?: IKeyRef;
  /**
   * Key that encrypts the topic that is made if `alertTopic` is not given. Its policy must leave access to IAM.
   *
   * @default - a key that the stack has for all data of this library
   */
  readonly encryptionKey?: IKeyRef;
  /**
   * Role with which the audit looks at the account. It must trust `iot.amazonaws.com`.
   *
   * @default - a new role with the rights that the checks need
   */
  readonly role?: IRoleRef;
  /**
   * Overwrite role, notification target and thresholds that the account has from somebody else. Deleting the stack puts
   * them back. Checks are not disabled by this.
   *
   * @default false - what the account has is kept, and named in the attribute `keptSettings`
   */
  readonly replaceExisting?: boolean;
  /**
   * Roles that stand in the account's configuration now and that may be handed to it again when the stack is deleted; an
   * account cannot be given back a role that the handler may not pass.
   *
   * @default - roles that are replaced stay replaced
   */
  readonly replacedRoles?: IRoleRef[];
}

/**
 * Has AWS IoT Device Defender audit the account, whatever it was set to before.
 *
 * There is one audit configuration per account and region, so this **adopts** it: it creates the configuration or merges
 * into what is there, disables no check that it did not enable, and overwrites nothing of others unless asked. What it
 * changed, and what was there before, is remembered outside the stack; deleting the stack puts back each setting that still
 * is as this construct left it. Several stacks may adopt the same account.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-audit.html
 *
 * @example
 * new DeviceDefenderAudit(this, 'Audit');
 *
 * @example
 * const audit = new DeviceDefenderAudit(this, 'Audit', {
 *   certificateAge: Duration.days(180),
 *   schedules: [AuditSchedule.weekly(AuditDay.SUNDAY)],
 *   alertTopic: new sns.CfnTopic(this, 'Alerts'),
 * });
 * audit.addScheduledAudit('Certificates', { checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED] });
 */
export class DeviceDefenderAudit extends Construct {
  /** The checks that this construct enables. */
  public readonly checks: AuditCheck[];
  /** Topic to which audits report. */
  public readonly alertTopic: ITopicRef;
  /** ARN of the role with which the audit looks at the account, unless the account had one already. */
  public readonly roleArn: string;
  /** The custom resource behind this; depend on it where checks must be enabled. */
  public readonly configuration: CfnResource;

  constructor(scope: Construct, id: string, props: DeviceDefenderAuditProps = {}) {
    super(scope, id);
    checkProps(this, 'DeviceDefenderAuditProps', props);
    markCapability(this, 'posture');
    this.checks = props.checks ?? AuditCheck.all();
    this.validate(props);
    this.alertTopic =
      props.alertTopic ??
      new SecureTopic(this, 'Alerts', { displayName: 'IoT audit findings', encryptionKey: props.encryptionKey });
    const role = props.role === undefined ? createAuditRole(this) : undefined;
    this.roleArn = role?.roleArn ?? (props.role as IRoleRef).roleRef.roleArn;
    const notification = createNotificationRole(this, this.alertTopic, props.alertTopicKey);
    const properties: AuditProperties = {
      RoleArn: this.roleArn,
      CheckNames: this.checks.map((check) => check.checkName),
      Thresholds: this.renderThresholds(props),
      NotificationTargetArn: this.alertTopic.topicRef.topicArn,
      NotificationRoleArn: notification.roleArn,
      ReplaceExisting: props.replaceExisting === true,
    };
    this.configuration = adoptSetting(this, 'Resource', {
      kind: 'audit',
      properties,
      passedRoles: [
        this.roleArn,
        notification.roleArn,
        ...(props.replacedRoles ?? []).map((replaced) => replaced.roleRef.roleArn),
      ],
      after: [notification.rights, ...(role === undefined ? [] : [role.rights])],
    });
    for (const [index, schedule] of (props.schedules ?? [AuditSchedule.daily()]).entries())
      this.addScheduledAudit(`Schedule${index + 1}`, { schedule });
  }

  /** Names of the settings, separated by commas, that the account had from others and that were kept; known at deployment. */
  public get keptSettings(): string {
    return Token.asString(this.configuration.getAtt('Kept'));
  }

  /** Runs checks regularly. */
  public addScheduledAudit(id: string, options: ScheduledAuditOptions = {}): ScheduledAudit {
    return new ScheduledAudit(this, id, { ...options, audit: this });
  }

  /** Keeps a finding from being reported for a time. */
  public addSuppression(id: string, options: AuditSuppressionOptions): AuditSuppression {
    return new AuditSuppression(this, id, { ...options, audit: this });
  }

  /** Whether this construct enables a check. A name that is not known at synth counts as enabled. */
  public enables(check: AuditCheck): boolean {
    return (
      Token.isUnresolved(check.checkName) ||
      this.checks.some((enabled) => Token.isUnresolved(enabled.checkName) || enabled.checkName === check.checkName)
    );
  }

  private validate(props: DeviceDefenderAuditProps): void {
    const errors = new InputErrors(this);
    checkManagedOnce(this, 'audit', errors);
    const names = props.checks?.map((check) => check.checkName);
    errors.size('checks', names, 1, Number.MAX_SAFE_INTEGER);
    errors.unique('checks', names);
    for (const threshold of this.thresholds(props)) {
      const { minDays: min, maxDays: max } = threshold.facts;
      errors.time(threshold.property, threshold.value, { min, max, unit: 'days' });
      if (!this.enables(threshold.check))
        errors.report(
          'AuditThresholdUnused',
          `'${threshold.property}' is given, but 'checks' does not have ${threshold.check.checkName}`,
        );
    }
    checkAlertDestination(props, errors, { ownKey: props.encryptionKey });
    checkReplacement(this, props, errors);
    errors.throwIfAny();
  }

  private renderThresholds(props: DeviceDefenderAuditProps): AuditProperties['Thresholds'] {
    const thresholds = this.thresholds(props).map(
      ({ check, facts, value }) => [check.checkName, { [facts.name]: numberText(daysOf(value)) }] as const,
    );
    return thresholds.length === 0 ? undefined : Object.fromEntries(thresholds);
  }

  private thresholds(props: DeviceDefenderAuditProps): readonly Threshold[] {
    return [
      {
        property: 'certificateAge',
        check: AuditCheck.DEVICE_CERTIFICATE_AGE,
        facts: AUDIT_CHECKS.DEVICE_CERTIFICATE_AGE.threshold,
        value: props.certificateAge,
      },
      {
        property: 'certificateExpiration',
        check: AuditCheck.DEVICE_CERTIFICATE_EXPIRING,
        facts: AUDIT_CHECKS.DEVICE_CERTIFICATE_EXPIRING.threshold,
        value: props.certificateExpiration,
      },
    ].flatMap(({ value, ...rest }) => (value === undefined ? [] : [{ ...rest, value }]));
  }
}

interface Threshold {
  readonly property: string;
  readonly check: AuditCheck;
  readonly facts: AuditThresholdFacts;
  readonly value: Duration;
}

function daysOf(duration: Duration): number {
  return duration.toDays({ integral: false });
}
