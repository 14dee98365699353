import { Stack } from 'aws-cdk-lib';
import { CfnScheduledAudit, type IScheduledAuditRef, type ScheduledAuditReference } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { knownInAccount } from '../internal/account-registry';
import { markCapability } from '../internal/capability';
import { checkProps } from '../internal/guard';
import { InputErrors } from '../internal/input-errors';
import { checkPlaces } from '../internal/place';
import type { AuditCheck } from './audit-check';
import type { AuditSchedule } from './audit-schedule';
import type { DeviceDefenderAudit } from './device-defender-audit';

/** Audits that an account and region may have scheduled. */
const MAX_SCHEDULED_AUDITS = 5;
const MAX_NAME_LENGTH = 128;

/** Options for `DeviceDefenderAudit.addScheduledAudit`. */
export interface ScheduledAuditOptions {
  /**
   * How often the audit runs.
   *
   * @default AuditSchedule.daily()
   */
  readonly schedule?: AuditSchedule;
  /**
   * What is looked at; each check must be enabled by the audit.
   *
   * @default - all checks that the audit enables
   */
  readonly checks?: AuditCheck[];
  /**
   * Name of the scheduled audit, unique in the account and region: 1 to 128 letters, digits, `_` and `-`.
   *
   * @default - CloudFormation generates a unique name
   */
  readonly scheduledAuditName?: string;
}

/** Properties for `ScheduledAudit`. */
export interface ScheduledAuditProps extends ScheduledAuditOptions {
  /** The audit of the account, which enables the checks. */
  readonly audit: DeviceDefenderAudit;
}

/**
 * Runs checks of the account's audit regularly. An account and region may have 5 of them; each may run all checks.
 *
 * Findings are kept for 90 days.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-audit.html
 *
 * @example
 * const audit = new DeviceDefenderAudit(this, 'Audit', { schedules: [] });
 * new ScheduledAudit(this, 'Certificates', {
 *   audit,
 *   schedule: AuditSchedule.weekly(AuditDay.MONDAY),
 *   checks: [AuditCheck.DEVICE_CERTIFICATE_EXPIRING, AuditCheck.DEVICE_CERTIFICATE_SHARED],
 * });
 */
export class ScheduledAudit extends Construct implements IScheduledAuditRef {
  /** Name of the scheduled audit. */
  public readonly scheduledAuditName: string;
  /** ARN of the scheduled audit. */
  public readonly scheduledAuditArn: string;
  /** Where the audit runs. */
  public readonly env: IScheduledAuditRef['env'];

  constructor(scope: Construct, id: string, props: ScheduledAuditProps) {
    super(scope, id);
    checkProps(this, 'ScheduledAuditProps', props);
    markCapability(this, 'posture');
    const stack = Stack.of(this);
    this.env = { account: stack.account, region: stack.region };
    this.validate(props);
    const schedule = props.schedule;
    const audit = new CfnScheduledAudit(this, 'Resource', {
      scheduledAuditName: props.scheduledAuditName,
      frequency: schedule?.frequency ?? 'DAILY',
      dayOfWeek: schedule?.dayOfWeek,
      dayOfMonth: schedule?.dayOfMonth,
      targetCheckNames: (props.checks ?? props.audit.checks).map((check) => check.checkName),
    });
    // The service refuses checks that are off, and to turn off checks that are scheduled.
    audit.node.addDependency(props.audit.configuration);
    this.scheduledAuditName = audit.ref;
    this.scheduledAuditArn = audit.attrScheduledAuditArn;
  }

  /** Reference for constructs that take a scheduled audit. */
  public get scheduledAuditRef(): ScheduledAuditReference {
    return { scheduledAuditName: this.scheduledAuditName, scheduledAuditArn: this.scheduledAuditArn };
  }

  private validate(props: ScheduledAuditProps): void {
    const errors = new InputErrors(this);
    errors.text('scheduledAuditName', props.scheduledAuditName, {
      maxLength: MAX_NAME_LENGTH,
      pattern: /^[a-zA-Z0-9_-]+$/,
      allowed: "letters, digits, '_' and '-'",
    });
    const names = props.checks?.map((check) => check.checkName);
    errors.size('checks', names, 1, Number.MAX_SAFE_INTEGER);
    errors.unique('checks', names);
    for (const check of props.checks ?? []) {
      if (!props.audit.enables(check))
        errors.report(
          'ScheduledCheckNotEnabled',
          `'checks' names ${check.checkName}, which ${props.audit.node.path} does not enable`,
        );
    }
    checkPlaces(this, { audit: { env: Stack.of(props.audit) } }, errors);
    this.checkLimits(props, errors);
    errors.throwIfAny();
  }

  private checkLimits(props: ScheduledAuditProps, errors: InputErrors): void {
    const known = knownInAccount(this, 'scheduled-audit');
    const name = props.scheduledAuditName ?? this.node.path;
    const first = known.get(name);
    if (first !== undefined)
      errors.report('ScheduledAuditNameTaken', `'scheduledAuditName' ${name} is already that of ${first}`);
    known.set(name, this.node.path);
    if (known.size > MAX_SCHEDULED_AUDITS)
      errors.report(
        'ScheduledAuditLimit',
        `an account and region may have ${MAX_SCHEDULED_AUDITS} scheduled audits, this is number ${known.size} of the app`,
      );
  }
}
