import { CfnManagedPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { assumedBy, type IamStatement, policyDocument } from './iam';
import { Stack } from 'aws-cdk-lib';

export interface ServiceRoleProps {
  readonly description: string;
  /** Who may assume it: `iot.amazonaws.com`. */
  readonly service: string;
  /** Of which resource of this account the service must be acting for. */
  readonly sourceArn: string;
  readonly statements: readonly IamStatement[];
}

/** A role that a service assumes on behalf of one resource of this account only. */
export class ServiceRole extends Construct {
  public readonly roleArn: string;
  /** Depend on this so that the role is used only once it has its rights. */
  public readonly rights: CfnManagedPolicy;

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const role = new CfnRole(this, 'Resource', {
      description: props.description,
      assumeRolePolicyDocument: assumedBy(props.service, {
        account: Stack.of(this).account,
        sourceArn: props.sourceArn,
      }),
    });
    this.roleArn = role.attrArn;
    this.rights = new CfnManagedPolicy(this, 'Rights', {
      description: props.description,
      roles: [role.ref],
      policyDocument: policyDocument(props.statements),
    });
  }
}
