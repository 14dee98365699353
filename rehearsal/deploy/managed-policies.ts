import type { NamedPolicy } from '../iam/statement';

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

const iot = (text: string): string[] => text.split(/\s+/).map((action) => `iot:${action}`);

/**
 * Actions of policies that AWS keeps, each on anything, as far as roles of such stacks are given them by habit.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const KEPT_BY_AWS: Readonly<Record<string, readonly string[]>> = {
  AdministratorAccess: ['*'],
  AWSLambdaBasicExecutionRole: LOGS,
  AWSLambdaVPCAccessExecutionRole: [
    ...LOGS,
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DeleteNetworkInterface',
  ],
  AWSXRayDaemonWriteAccess: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  AWSLambdaSQSQueueExecutionRole: [...LOGS, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  AWSLambdaKinesisExecutionRole: [
    ...LOGS,
    'kinesis:DescribeStream',
    'kinesis:DescribeStreamSummary',
    'kinesis:GetRecords',
    'kinesis:GetShardIterator',
    'kinesis:ListShards',
    'kinesis:ListStreams',
    'kinesis:SubscribeToShard',
  ],
  AWSLambdaDynamoDBExecutionRole: [
    ...LOGS,
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
  ],
  AWSIoTLogging: [...LOGS, 'logs:PutMetricFilter', 'logs:PutRetentionPolicy'],
  AWSIoTDeviceDefenderAudit: [
    ...iot(
      `GetLoggingOptions GetV2LoggingOptions ListCACertificates ListCertificates DescribeCACertificate DescribeCertificate
       ListPolicies GetPolicy GetEffectivePolicies ListRoleAliases DescribeRoleAlias`,
    ),
    'cognito-identity:GetIdentityPoolRoles',
    'iam:ListRolePolicies',
    'iam:ListAttachedRolePolicies',
    'iam:GetRole',
    'iam:GetPolicy',
    'iam:GetPolicyVersion',
    'iam:GetRolePolicy',
    'iam:GenerateServiceLastAccessedDetails',
    'iam:GetServiceLastAccessedDetails',
  ],
  AWSIoTThingsRegistration: iot(
    `AddThingToThingGroup AttachPolicy AttachPrincipalPolicy AttachThingPrincipal CreateCertificateFromCsr CreatePolicy
     CreateThing DescribeCertificate DescribeThing DescribeThingGroup DescribeThingType DetachPolicy DetachThingPrincipal
     GetPolicy ListAttachedPolicies ListPolicyPrincipals ListPrincipalPolicies ListPrincipalThings ListTargetsForPolicy
     ListThingGroupsForThing ListThingPrincipals RegisterCertificate RegisterThing RemoveThingFromThingGroup
     UpdateCertificate UpdateThing UpdateThingGroupsForThing AddThingToBillingGroup DescribeBillingGroup
     RemoveThingFromBillingGroup`,
  ),
};

/** The policy of an ARN: of the stacks, or kept by AWS. Undefined where what it says is not known here. */
export function managedPolicy(arn: string, ofStacks: ReadonlyMap<string, NamedPolicy>): NamedPolicy | undefined {
  const own = ofStacks.get(arn);
  if (own !== undefined) return own;
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  if (!arn.includes(':iam::aws:policy/') || !Object.hasOwn(KEPT_BY_AWS, name)) return undefined;
  return { name, document: { Statement: [{ Effect: 'Allow', Action: KEPT_BY_AWS[name], Resource: '*' }] } };
}
