import type { ResourceJson, TemplateJson } from './reference';

/** A right, by action and resource, that a function has and that nothing in its template accounts for. */
export interface NeedlessRight {
  readonly function: string;
  readonly action: string;
  readonly resource: string;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const list = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : ([value].flat() as T[]));

const QUEUE_POLLING = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const STREAM_POLLING = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'].map(
  (name) => `kinesis:${name}`,
);
const READ = ['kms:Decrypt'];
const WRITE = ['kms:GenerateDataKey'];
const BOTH = [...READ, ...WRITE];

/**
 * What a call needs of the key that encrypts what it is sent to.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 * @see https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
const OF_THE_KEY: readonly (readonly [call: RegExp, rights: readonly string[]])[] = [
  [/^sqs:SendMessage/, BOTH],
  [/^sqs:ReceiveMessage/, READ],
  [/^sns:Publish/, BOTH],
  [/^dynamodb:/, READ],
  [/^kinesis:PutRecord/, WRITE],
  [/^s3:PutObject/, WRITE],
  [/^s3:GetObject/, READ],
];

/** Calls in which the service is given a role. */
const GIVES_A_ROLE = ['iot:UpdateAccountAuditConfiguration', 'iot:SetV2LoggingOptions', 'iot:CreateJob'];

/**
 * The rights of the functions of a template that neither a call of their handlers accounts for nor what Lambda does on their
 * behalf, which is read function by function from event sources, dead-letter queues and keys.
 */
export function needlessRights(
  { Resources: resources }: TemplateJson,
  commandsOf: (handler: string) => readonly string[],
): NeedlessRight[] {
  return Object.entries(resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .flatMap(([id, { Properties = {} }]) => {
      const role = logicalId(Properties.Role);
      const policies = Object.values(resources).filter((each) => hangsOn(each, role));
      const handler = policies.map(handlerOf).find((name) => name !== undefined);
      if (handler === undefined) throw new Error(`${id} has no rights that name its handler`);
      const accounted = platformRights(resources, id, commandsOf(handler));
      return policies
        .flatMap((policy) => (policy.Properties?.PolicyDocument as { Statement: Statement[] }).Statement)
        .filter(({ Effect }) => Effect === 'Allow')
        .flatMap(({ Action, Resource }) =>
          list(Action).flatMap((action) =>
            list(Resource).map((resource) => ({ function: id, action, resource: JSON.stringify(resource) })),
          ),
        )
        .filter(({ action, resource }) => !accounted.has(action) && !accounted.has(`${action} ${resource}`));
    });
}

/** Actions that are accounted for, bare where the handler calls them itself, with their only resource where Lambda does. */
function platformRights(
  resources: Readonly<Record<string, ResourceJson>>,
  id: string,
  commands: readonly string[],
): Set<string> {
  const properties = resources[id]?.Properties ?? {};
  const rights = new Set(commands);
  const add = (actions: readonly string[], resource: unknown): void =>
    actions.forEach((action) => rights.add(`${action} ${JSON.stringify(resource)}`));
  const keyOf = (part: unknown): unknown => {
    const { KmsMasterKeyId: ofQueue, StreamEncryption: ofStream } = resources[logicalId(part)]?.Properties ?? {};
    return ofQueue ?? (ofStream as { KeyId?: unknown } | undefined)?.KeyId;
  };
  const logs = (properties.LoggingConfig as { LogGroup: unknown }).LogGroup;
  add(['logs:CreateLogStream', 'logs:PutLogEvents'], { 'Fn::GetAtt': [logicalId(logs), 'Arn'] });
  const mappings = Object.values(resources).filter(
    ({ Type, Properties = {} }) =>
      Type === 'AWS::Lambda::EventSourceMapping' && logicalId(Properties.FunctionName) === id,
  );
  for (const { Properties: { EventSourceArn: source } = {} } of mappings) {
    add(resources[logicalId(source)]?.Type === 'AWS::SQS::Queue' ? QUEUE_POLLING : STREAM_POLLING, source);
    add(READ, keyOf(source));
  }
  const failures = [
    (properties.DeadLetterConfig as { TargetArn: unknown } | undefined)?.TargetArn,
    ...mappings.map(({ Properties: { DestinationConfig: to } = {} }) => destinationOf(to)),
  ];
  for (const queue of failures.filter((each) => each !== undefined)) {
    add(['sqs:SendMessage'], queue);
    add(BOTH, keyOf(queue));
  }
  for (const command of commands)
    for (const [call, ofTheKey] of OF_THE_KEY) if (call.test(command)) ofTheKey.forEach((action) => rights.add(action));
  if (GIVES_A_ROLE.some((call) => commands.includes(call))) rights.add('iam:PassRole');
  return rights;
}

function destinationOf(config: unknown): unknown {
  return (config as { readonly OnFailure?: { readonly Destination?: unknown } } | undefined)?.OnFailure?.Destination;
}

/** The resource that a reference or an attribute names; empty for what names none. */
function logicalId(value: unknown): string {
  const { Ref: reference, 'Fn::GetAtt': attribute } = Object(value) as { Ref?: string; 'Fn::GetAtt'?: string[] };
  return reference ?? attribute?.[0] ?? '';
}

function hangsOn({ Type, Properties = {} }: ResourceJson, role: string): boolean {
  if (Type === 'AWS::IAM::RolePolicy') return logicalId(Properties.RoleName) === role;
  return /^AWS::IAM::(Managed)?Policy$/.test(Type) && list(Properties.Roles).some((each) => logicalId(each) === role);
}

function handlerOf({ Properties = {} }: ResourceJson): string | undefined {
  return /^What the handler '([a-z-]+)' may do$/.exec(String(Properties.Description))?.[1];
}
