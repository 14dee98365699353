import type { NamedPolicy } from '../iam/statement';
import { documentOf, type Provider, text, texts } from './provider';

/** Roles, their policies, and keys. */
export const IAM_PROVIDERS: Readonly<Record<string, Provider>> = {
  'AWS::IAM::Role': (request, { world }) => {
    const { properties } = request;
    const name = text(properties, 'RoleName') ?? request.generatedName(64);
    const { partition, account } = world.place;
    const arn = `arn:${partition}:iam::${account}:role${text(properties, 'Path') ?? '/'}${name}`;
    const inline = (Array.isArray(properties.Policies) ? properties.Policies : []) as {
      PolicyName: string;
      PolicyDocument: unknown;
    }[];
    const policies = inline.map(({ PolicyName, PolicyDocument }) => ({
      name: `${request.label}/${PolicyName}`,
      document: documentOf(PolicyDocument),
    }));
    for (const managed of texts(properties.ManagedPolicyArns)) policies.push(managedPolicy(managed));
    const trust = { name: `trust of ${request.label}`, document: documentOf(properties.AssumeRolePolicyDocument) };
    world.authorizer.roles.set(arn, { arn, name: request.label, trust, policies });
    return { ref: name, attributes: { Arn: arn, RoleId: `AROA${world.random.fork(arn).hex(17).toUpperCase()}` } };
  },

  'AWS::IAM::Policy': (request, { world }) => {
    const { properties } = request;
    for (const role of texts(properties.Roles))
      attach(world.authorizer, role, request.label, properties.PolicyDocument);
    return { ref: text(properties, 'PolicyName') ?? request.generatedName(), attributes: { Id: request.logicalId } };
  },

  'AWS::IAM::RolePolicy': (request, { world }) => {
    const { properties } = request;
    attach(world.authorizer, text(properties, 'RoleName') ?? '', request.label, properties.PolicyDocument);
    return { ref: text(properties, 'PolicyName') ?? request.generatedName() };
  },

  'AWS::IAM::ManagedPolicy': (request, { world }) => {
    const { properties } = request;
    const { partition, account } = world.place;
    const name = text(properties, 'ManagedPolicyName') ?? request.generatedName();
    for (const role of texts(properties.Roles))
      attach(world.authorizer, role, request.label, properties.PolicyDocument);
    const arn = `arn:${partition}:iam::${account}:policy/${name}`;
    return { ref: arn, attributes: { PolicyArn: arn } };
  },

  'AWS::KMS::Key': (request, { world }) => {
    const { partition, region, account } = world.place;
    const id = world.random.fork(`key ${request.label}`).uuid();
    const arn = `arn:${partition}:kms:${region}:${account}:key/${id}`;
    world.authorizer.resourcePolicies.set(arn, [
      { name: `key policy of ${request.label}`, document: documentOf(request.properties.KeyPolicy) },
    ]);
    return { ref: id, attributes: { Arn: arn, KeyId: id } };
  },
};

function attach(
  { roles }: { readonly roles: ReadonlyMap<string, { readonly arn: string; readonly policies: NamedPolicy[] }> },
  roleName: string,
  name: string,
  document: unknown,
): void {
  const role = [...roles.values()].find(({ arn }) => arn.endsWith(`/${roleName}`));
  // A role that the stacks do not make belongs to somebody else.
  role?.policies.push({ name, document: documentOf(document) });
}

/** Policies that AWS keeps, as far as functions are given them by habit. What is not known here gives nothing. */
function managedPolicy(arn: string): NamedPolicy {
  const basic = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
  const known: Readonly<Record<string, readonly string[]>> = {
    AWSLambdaBasicExecutionRole: basic,
    AWSLambdaSQSQueueExecutionRole: [...basic, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    AWSLambdaKinesisExecutionRole: [
      ...basic,
      'kinesis:DescribeStream',
      'kinesis:DescribeStreamSummary',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
      'kinesis:ListStreams',
      'kinesis:SubscribeToShard',
    ],
    AWSLambdaDynamoDBExecutionRole: [
      ...basic,
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
    ],
  };
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const Action = known[name] ?? [];
  return { name, document: { Statement: Action.length === 0 ? [] : [{ Effect: 'Allow', Action, Resource: '*' }] } };
}
