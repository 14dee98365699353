import { type CfnResource, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { SuppressionProperties } from '../../lambda/adopt-account-settings/contract';
import { knownInAccount } from '../internal/account-registry';
import { markCapability } from '../internal/capability';
import { checkProps } from '../internal/guard';
import { InputErrors } from '../internal/input-errors';
import { checkPlaces } from '../internal/place';
import { warn } from '../internal/warn';
import { adoptSetting } from './account-settings';
import type { AuditCheck } from './audit-check';
import type { DeviceDefenderAudit } from './device-defender-audit';
import type { SuppressedResource } from './suppressed-resource';
import type { SuppressionExpiry } from './suppression-expiry';

/** Options for `DeviceDefenderAudit.addSuppression`. */
export interface AuditSuppressionOptions {
  /** The check whose finding is accepted. */
  readonly check: AuditCheck;
  /** The resource that does not comply. */
  readonly resource: SuppressedResource;
  /** When the finding is reported again. A date in the past is an error. */
  readonly expiry: SuppressionExpiry;
  /** Why the finding is accepted, for whoever reviews it: 1 to 1,000 printable ASCII characters. */
  readonly reason: string;
}

/** Properties for `AuditSuppression`. */
export interface AuditSuppressionProps extends AuditSuppressionOptions {
  /**
   * The audit of the account; the suppression waits for its checks to be enabled.
   *
   * @default - the check is enabled elsewhere
   */
  readonly audit?: DeviceDefenderAudit;
}

/**
 * Accepts one finding of the audit for a time: it no longer counts as non-compliant and no mitigation acts on it.
 *
 * A suppression of the same finding that somebody else made is replaced, and put back when this one is removed.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-finding-suppressions.html
 *
 * @example
 * const audit = new DeviceDefenderAudit(this, 'Audit');
 * new AuditSuppression(this, 'SharedTestCertificate', {
 *   audit,
 *   check: AuditCheck.DEVICE_CERTIFICATE_SHARED,
 *   resource: SuppressedResource.deviceCertificate('0123456789abcdef'.repeat(4)),
 *   expiry: SuppressionExpiry.on('2099-12-31'),
 *   reason: 'Test bench: all rigs share the certificate until they get their own',
 * });
 */
export class AuditSuppression extends Construct {
  /** The custom resource behind this. */
  public readonly suppression: CfnResource;

  constructor(scope: Construct, id: string, props: AuditSuppressionProps) {
    super(scope, id);
    checkProps(this, 'AuditSuppressionProps', props);
    markCapability(this, 'posture');
    this.validate(props);
    if (props.expiry.isNever)
      warn(this, 'SuppressionWithoutEnd', `the finding of ${props.check.checkName} is never reported again`);
    const properties: SuppressionProperties = {
      CheckName: props.check.checkName,
      ResourceIdentifier: props.resource._render(),
      ExpirationDate: props.expiry._render(),
      Reason: props.reason,
    };
    this.suppression = adoptSetting(this, 'Resource', {
      kind: 'suppression',
      properties,
      after: props.audit === undefined ? [] : [props.audit.configuration],
    });
  }

  private validate(props: AuditSuppressionProps): void {
    const errors = new InputErrors(this);
    errors.text('reason', props.reason, {
      maxLength: 1_000,
      pattern: /^[\x20-\x7e]+$/,
      allowed: 'printable ASCII characters',
    });
    props.resource._validate(errors);
    props.expiry._validate(errors);
    if (props.audit?.enables(props.check) === false)
      errors.report(
        'SuppressedCheckNotEnabled',
        `'check' is ${props.check.checkName}, which ${props.audit.node.path} does not enable`,
      );
    checkPlaces(this, { audit: props.audit && { env: Stack.of(props.audit) } }, errors);
    this.checkTaken(props, errors);
    errors.throwIfAny();
  }

  private checkTaken(props: AuditSuppressionProps, errors: InputErrors): void {
    const resource = props.resource._identity();
    if (resource === undefined) return;
    const known = knownInAccount(this, 'suppression');
    const identity = `${props.check.checkName} ${resource}`;
    const first = known.get(identity);
    if (first !== undefined) errors.report('SuppressionTaken', `this finding is already suppressed by ${first}`);
    known.set(identity, this.node.path);
  }
}
