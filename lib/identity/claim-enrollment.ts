import { Fn, region_info, Stack } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableRef } from 'aws-cdk-lib/aws-dynamodb';
import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import {
  CfnPolicy,
  CfnPolicyPrincipalAttachment,
  CfnProvisioningTemplate,
  type IPolicyRef,
  type IProvisioningTemplateRef,
  type ProvisioningTemplateReference,
} from 'aws-cdk-lib/aws-iot';
import type { ResourceEnvironment } from 'aws-cdk-lib/interfaces';
import { Construct } from 'constructs';
import { METRIC } from '../../lambda/verify-enrollment/contract';
import { markCapability } from '../internal/capability';
import { checkProps } from '../internal/guard';
import { didYouMean } from '../internal/near';
import { warn } from '../internal/warn';
import { ClaimAccess } from '../policy';
import { AllowList } from './allow-list';
import { AllowListTable } from './allow-list-table';
import type { ClaimEnrollmentProps } from './claim-enrollment-props';
import { checkClaimEnrollment, unknownRegions } from './claim-enrollment-rules';
import { EnrollmentHook } from './enrollment-hook';
import { ProvisioningRole } from './provisioning-role';
import { provisioningTemplate } from './provisioning-template';

/** A '.' is in no thing name, so no claim can ever connect in the place of a device. */
const CLAIM_CLIENT_ID_PREFIX = 'claim.';
const HOOK_PAYLOAD_VERSION = '2020-04-01';

/**
 * Lets devices enroll themselves with a claim certificate: each makes its own key, sends a signing request for it, is verified
 * against an allow-list, and becomes one thing of the fleet with a certificate that is attached to no other.
 *
 * A device connects with its claim certificate under a client id that starts with `claim.`, requests its certificate on
 * `$aws/certificates/create-from-csr/json`, registers on `$aws/provisioning-templates/TEMPLATE/provision/json` with the
 * parameter `SerialNumber`, and connects again with the new certificate and its thing name as client id. The claim certificate
 * can do nothing else, and cannot have AWS make a private key.
 *
 * Whatever goes wrong while a device is verified is a refusal. Refusals are counted and alarmed, with serial, claim
 * certificate and reason in the log. The template has the same few resources for any number of devices.
 *
 * The allow-list table outlives the stack: it says who enrolled when with which certificate. To shut a serial out for good,
 * give its item in the table the attribute `denied`, with the reason as its value.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/provision-wo-cert.html#claim-based
 *
 * @example
 * const fleetGroup = new iot.CfnThingGroup(this, 'Pumps');
 * new ClaimEnrollment(this, 'Enrollment', {
 *   fleetGroup,
 *   allowList: AllowList.fromSerials(['PX2-0001', 'PX2-0002']),
 *   thingNamePrefix: 'pump-',
 * });
 */
export class ClaimEnrollment extends Construct implements IProvisioningTemplateRef {
  /** Name of the provisioning template; firmware needs it to build the topics that it enrolls on. */
  public readonly templateName: string;
  /** ARN of the provisioning template. */
  public readonly templateArn: string;
  /** What client ids start with while a device uses its claim certificate. */
  public readonly claimClientIdPrefix: string = CLAIM_CLIENT_ID_PREFIX;
  /** Policy for claim certificates: enrolling through this template, and nothing else. */
  public readonly claimPolicy: IPolicyRef;
  /** The allow-list, one item a serial number. */
  public readonly allowListTable: ITableRef;
  /** Role in which AWS IoT registers devices. */
  public readonly provisioningRole: IRoleRef;
  /** Name of the log group of the hook: every refusal with its reason. */
  public readonly logGroupName: string;
  /** Account and region that this is deployed to. */
  public readonly env: ResourceEnvironment;

  constructor(scope: Construct, id: string, props: ClaimEnrollmentProps) {
    super(scope, id);
    checkProps(this, 'ClaimEnrollmentProps', props);
    markCapability(this, 'identity');
    checkClaimEnrollment(this, props);
    const stack = Stack.of(this);
    this.env = { account: stack.account, region: stack.region };
    const arn = (resource: string) => `arn:${stack.partition}:iot:${stack.region}:${stack.account}:${resource}`;
    this.templateName = props.templateName ?? this.uniqueTemplateName();
    this.templateArn = arn(`provisioningtemplate/${this.templateName}`);
    const { oneTimeUse = true, thingNamePrefix = '' } = props;
    const table = new AllowListTable(
      this,
      'AllowList',
      props.allowList ?? AllowList.managedOutside(),
      props.encryptionKey,
    );
    const hook = new EnrollmentHook(this, 'Hook', {
      ...props,
      table,
      oneTimeUse,
      thingNamePrefix,
      templateName: this.templateName,
      templateArn: this.templateArn,
      thingsArn: arn(`thing/${thingNamePrefix}*`),
      fleetGroupName: props.fleetGroup.thingGroupRef.thingGroupName,
      refusalsToAlarm: props.refusalsToAlarm ?? 1,
    });
    const role = new ProvisioningRole(this, 'ProvisioningRole', {
      ...props,
      thingNamePrefix,
      templateArn: this.templateArn,
    });
    const template = new CfnProvisioningTemplate(this, 'Resource', {
      templateName: this.templateName,
      description:
        `Enrolls the devices of ${this.node.path} that have a claim certificate and a listed serial number`.slice(
          0,
          500,
        ),
      enabled: props.enabled ?? true,
      templateType: 'FLEET_PROVISIONING',
      provisioningRoleArn: role.resource.attrArn,
      preProvisioningHook: { payloadVersion: HOOK_PAYLOAD_VERSION, targetArn: hook.function.functionArn },
      templateBody: this.renderBody(props),
    });
    for (const prerequisite of [role.rights, ...hook.prerequisites]) template.node.addDependency(prerequisite);
    this.claimPolicy = this.createClaimPolicy(props);
    this.allowListTable = table.resource;
    this.provisioningRole = role.resource;
    this.logGroupName = hook.function.logGroupName;
    for (const region of unknownRegions(stack, props.claimCertificates)) this.warnOfRegion(region);
    if (!oneTimeUse) warn(this, 'SerialsReusable', 'serial numbers may be used again (oneTimeUse: false)');
  }

  /** The provisioning template, as AWS CDK constructs refer to it. */
  public get provisioningTemplateRef(): ProvisioningTemplateReference {
    return { templateName: this.templateName };
  }

  /**
   * Devices that were allowed to enroll; sum over 5 minutes unless the options say otherwise.
   *
   * @param options Period, statistic and looks
   */
  public metricAllowed(options?: MetricOptions): Metric {
    return this.metric(METRIC.allowed, options);
  }

  /**
   * Devices that were refused for a reason: not listed, used, denied, malformed; sum over 5 minutes unless the options say
   * otherwise.
   *
   * @param options Period, statistic and looks
   */
  public metricRefused(options?: MetricOptions): Metric {
    return this.metric(METRIC.refused, options);
  }

  /**
   * Devices that could not be verified and were refused for that; sum over 5 minutes unless the options say otherwise.
   *
   * @param options Period, statistic and looks
   */
  public metricFailed(options?: MetricOptions): Metric {
    return this.metric(METRIC.failed, options);
  }

  private metric(metricName: string, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: METRIC.namespace,
      metricName,
      ...options,
      dimensionsMap: options.dimensionsMap ?? {
        Service: METRIC.service,
        [METRIC.templateDimension]: this.templateName,
      },
      statistic: options.statistic ?? 'Sum',
    });
  }

  /**
   * Known before the template is made, so that its role, its hook's permission and the claim policy can name it exactly, and
   * different in every stack and place in it, so that a replaced template never meets its own name.
   */
  private uniqueTemplateName(): string {
    const stackGuid = Fn.select(2, Fn.split('/', Stack.of(this).stackId));
    return Fn.join('-', ['enroll', this.node.addr.slice(-8), Fn.select(4, Fn.split('-', stackGuid))]);
  }

  private warnOfRegion(region: string): void {
    const known = region_info.RegionInfo.regions.map(({ name }) => name);
    const meant = didYouMean(region, known) || '.';
    warn(
      this,
      'ClaimCertificateRegionUnknown',
      `'claimCertificates' names the region ${region}, which is none that is known${meant} Correct it, or acknowledge this where the region is new`,
    );
  }

  private renderBody(props: ClaimEnrollmentProps): string {
    const body = provisioningTemplate({
      thingNamePrefix: props.thingNamePrefix ?? '',
      thingGroupName: props.fleetGroup.thingGroupRef.thingGroupName,
      thingTypeName: props.thingType?.thingTypeRef.thingTypeName,
      attributes: props.attributes ?? {},
      oneTimeUse: props.oneTimeUse ?? true,
    });
    return Stack.of(this).toJsonString(body);
  }

  private createClaimPolicy(props: ClaimEnrollmentProps): CfnPolicy {
    const { partition, region, account } = Stack.of(this);
    const access = ClaimAccess.forTemplate(this.templateName, CLAIM_CLIENT_ID_PREFIX);
    const policy = new CfnPolicy(this, 'ClaimPolicy', {
      policyDocument: access.document({ partition, region, account }),
    });
    props.claimCertificates?.forEach((principal, index) => {
      new CfnPolicyPrincipalAttachment(this, `ClaimCertificate${index + 1}`, { policyName: policy.ref, principal });
    });
    return policy;
  }
}
