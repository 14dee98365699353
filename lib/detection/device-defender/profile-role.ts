import { type CfnResource, Stack } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { assumedBy, type IamStatement, policyDocument } from '../../internal/iam';

/** The role that Device Defender assumes on behalf of one security profile. */
export class ProfileRole extends Construct {
  public readonly roleArn: string;
  private readonly rights: CfnManagedPolicy;

  constructor(scope: Construct, id: string, props: ProfileRoleProps) {
    super(scope, id);
    const { partition, region, account } = Stack.of(this);
    const role = new CfnRole(this, 'Resource', {
      description: props.description,
      assumeRolePolicyDocument: assumedBy('iot.amazonaws.com', {
        account,
        sourceArn: `arn:${partition}:iot:${region}:${account}:securityprofile/${props.securityProfileName}`,
      }),
    });
    this.rights = new CfnManagedPolicy(this, 'Rights', {
      description: props.description,
      roles: [role.ref],
      policyDocument: policyDocument(props.statements),
    });
    this.roleArn = role.attrArn;
  }

  /** Lets a resource wait until the role has its rights. */
  public precede(resource: CfnResource): void {
    resource.node.addDependency(this.rights);
  }
}

export interface ProfileRoleProps {
  readonly description: string;
  readonly securityProfileName: string;
  readonly statements: IamStatement[];
}
