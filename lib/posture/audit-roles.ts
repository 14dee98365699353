import { Stack } from 'aws-cdk-lib';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from '../internal/acknowledge-wildcards';
import { publishStatements } from '../internal/alert-destination';
import { allow, type IamStatement } from '../internal/iam';
import { ServiceRole } from '../internal/service-role';

const IOT = 'iot.amazonaws.com';

/**
 * The role with which the audit looks at the account.
 *
 * What AWS's managed policy allows, but in this account and region only, and by type of resource where IAM knows one. Not
 * by check: a check that somebody else enables runs with the same role.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSIoTDeviceDefenderAudit.html
 */
export function createAuditRole(scope: Construct): ServiceRole {
  const statements = auditStatements(Stack.of(scope));
  const role = new ServiceRole(scope, 'Role', {
    description: 'Lets the Device Defender audit read what it checks',
    service: IOT,
    sourceArn: auditSource(scope),
    statements,
  });
  acknowledgeWildcards(
    role.rights,
    statements,
    'An audit looks at every certificate, policy, role alias and role of the account, those to come included; the rights are to read, and lists know no resource.',
  );
  return role;
}

/** The role with which the audit reports to the topic. */
export function createNotificationRole(scope: Construct, topic: ITopicRef, key: IKeyRef | undefined): ServiceRole {
  return new ServiceRole(scope, 'NotificationRole', {
    description: 'Lets the Device Defender audit report to the alert topic',
    service: IOT,
    sourceArn: auditSource(scope),
    statements: publishStatements(topic, key),
  });
}

/**
 * What the audit names as its source: this account and region, and no resource.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/cross-service-confused-deputy-prevention.html
 */
function auditSource(scope: Construct): string {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:iot:${region}:${account}:`;
}

function auditStatements(stack: Stack): IamStatement[] {
  const iot = (type: string): string => `arn:${stack.partition}:iot:${stack.region}:${stack.account}:${type}/*`;
  const iam = (type: string): string => `arn:${stack.partition}:iam::${stack.account}:${type}/*`;
  const managedPolicies = `arn:${stack.partition}:iam::aws:policy/*`;
  const identityPools = `arn:${stack.partition}:cognito-identity:${stack.region}:${stack.account}:identitypool/*`;
  return [
    allow(
      [
        'iot:GetLoggingOptions',
        'iot:GetV2LoggingOptions',
        'iot:ListCACertificates',
        'iot:ListCertificates',
        'iot:ListPolicies',
        'iot:ListRoleAliases',
        'iam:GetServiceLastAccessedDetails',
      ],
      ['*'],
    ),
    allow(['iot:DescribeCertificate', 'iot:GetEffectivePolicies'], [iot('cert')]),
    allow(['iot:DescribeCACertificate'], [iot('cacert')]),
    allow(['iot:GetPolicy'], [iot('policy')]),
    allow(['iot:DescribeRoleAlias'], [iot('rolealias')]),
    allow(['cognito-identity:GetIdentityPoolRoles'], [identityPools]),
    allow(['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListRolePolicies', 'iam:ListAttachedRolePolicies'], [iam('role')]),
    allow(['iam:GetPolicy', 'iam:GetPolicyVersion'], [iam('policy'), managedPolicies]),
    allow(['iam:GenerateServiceLastAccessedDetails'], [iam('role'), iam('policy'), managedPolicies]),
  ];
}
