import { Stack } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import type { IThingGroupRef, IThingTypeRef } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../internal/acknowledge-wildcards';
import { allow, assumedBy, type IamStatement, policyDocument } from '../internal/iam';

export interface ProvisioningRoleProps {
  readonly templateArn: string;
  readonly thingNamePrefix: string;
  readonly fleetGroup: IThingGroupRef;
  readonly thingType?: IThingTypeRef;
}

/**
 * The role in which AWS IoT registers devices for one provisioning template.
 *
 * AWS's managed policy for this (AWSIoTThingsRegistration) allows 30 actions on everything, among them to attach any policy
 * to any certificate. This allows what the template of this library needs: no policies, no other groups, no billing groups,
 * and only things with the fleet's prefix.
 *
 * To attach a certificate to a thing is allowed for every certificate and not bound to the prefix: IAM knows the condition
 * `iot:thingArn` for this action, but AWS does not say whether AWS IoT fills it in when it registers a thing for a template.
 * Where it does not, no device could enroll. What this leaves open: in this role, which only AWS IoT can assume for the
 * template, a certificate could be attached to a thing outside the fleet.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSIoTThingsRegistration.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiot.html
 */
export class ProvisioningRole extends Construct {
  public readonly resource: CfnRole;
  /** Depend on this so that devices are registered only once the role has its rights. */
  public readonly rights: CfnManagedPolicy;

  constructor(scope: Construct, id: string, props: ProvisioningRoleProps) {
    super(scope, id);
    this.resource = new CfnRole(this, 'Resource', {
      description: 'AWS IoT registers devices in this role, for one provisioning template',
      assumeRolePolicyDocument: assumedBy('iot.amazonaws.com', {
        account: Stack.of(this).account,
        sourceArn: props.templateArn,
      }),
    });
    const statements = this.statements(props);
    this.rights = new CfnManagedPolicy(this, 'Rights', {
      description: 'What registering a device takes',
      roles: [this.resource.ref],
      policyDocument: policyDocument(statements),
    });
    acknowledgeWildcards(
      this.rights,
      statements,
      'Things and certificates of devices that are yet to enroll have no ARN that could be named; things are bounded by the prefix and group of the fleet, and iot:RegisterThing supports no resource. Attaching a certificate has no condition on the thing, since AWS does not document that it names the thing when a template registers it.',
    );
  }

  private statements({ thingNamePrefix, fleetGroup, thingType }: ProvisioningRoleProps): IamStatement[] {
    const { partition, region, account } = Stack.of(this);
    const arn = (resource: string) => `arn:${partition}:iot:${region}:${account}:${resource}`;
    const things = arn(`thing/${thingNamePrefix}*`);
    const certificates = arn('cert/*');
    const { thingGroupArn } = fleetGroup.thingGroupRef;
    return [
      allow(
        [
          'iot:CreateThing',
          'iot:DescribeThing',
          'iot:ListThingGroupsForThing',
          'iot:ListThingPrincipals',
          'iot:UpdateThing',
        ],
        [things],
      ),
      allow(['iot:AddThingToThingGroup', 'iot:UpdateThingGroupsForThing'], [things, thingGroupArn]),
      allow(['iot:DescribeThingGroup'], [thingGroupArn]),
      ...(thingType === undefined ? [] : [allow(['iot:DescribeThingType'], [thingType.thingTypeRef.thingTypeArn])]),
      // The certificate is made a moment before; its id cannot be known here. Why no condition names the thing: see above.
      allow(
        ['iot:AttachThingPrincipal', 'iot:DescribeCertificate', 'iot:ListPrincipalThings', 'iot:UpdateCertificate'],
        [certificates],
      ),
      // The service offers no narrower resource for this action.
      allow(['iot:RegisterThing'], ['*']),
    ];
  }
}
