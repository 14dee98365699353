import { pastedKey } from '../../../../test/support/private-key';
import { ARN, CONNECT, deny, policy, type Statement } from '../../../../test/compliance/support/policies';
import { arnOf, iot, one, OPEN, ref, role } from '../../../../test/compliance/support/resources';
import type { Resources } from '../../../../test/compliance/support/rewrite';
import { into, type RuleCase } from './case';

const all: RuleCase[] = [];
const outcomes = into(all);

const when = (operator: string, key: string, value: string | string[]): object => ({ [operator]: { [key]: value } });
const HIDDEN = { 'Fn::Transform': { Name: 'Secret' } };
const NEVER = {
  Conditions: { Never: { 'Fn::Equals': ['a', 'b'] }, Perhaps: { 'Fn::Equals': [ref('AWS::Region'), 'b'] } },
};
const under = (Condition: string, resources: Resources): Resources =>
  Object.fromEntries(Object.entries(resources).map(([id, each]) => [id, { ...(each as object), Condition }]));

const KEY = pastedKey().pem;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

outcomes('ZTI-ID1', [
  ['a default of a parameter', 'fails', policy(CONNECT), { Parameters: { Key: { Type: 'String', Default: KEY } } }],
  ['a map', 'fails', policy(CONNECT), { Mappings: { A: { B: { C: KEY } } } }],
  ['metadata of the template', 'fails', policy(CONNECT), { Metadata: { A: [KEY] } }],
  ['metadata of a resource', 'fails', { It: { Type: 'AWS::IoT::Thing', Metadata: { A: KEY } } }],
  ['Base64 that begins later', 'fails', one('X', { A: base64(`x${KEY}`) })],
  ['Base64 that begins later still', 'fails', one('X', { A: base64(`xy${KEY}`) })],
  ['a JSON Web Key', 'fails', one('X', { A: '{"kty":"EC","crv":"P-256","d":"x"}' })],
  [
    'a function that makes one',
    'fails',
    one('AWS::Lambda::Function', { Code: { ZipFile: 'iot.createKeysAndCertificate()' } }),
  ],
  [
    'what a loop puts out',
    'fails',
    one('Custom::Keys', {}, 'KeyA'),
    {
      Transform: 'AWS::LanguageExtensions',
      Outputs: {
        'Fn::ForEach::Keys': [
          'N',
          ['A'],
          { 'Out${N}': { Value: { 'Fn::GetAtt': [{ 'Fn::Sub': 'Key${N}' }, 'PrivateKey'] } } },
        ],
      },
    },
  ],
  [
    'the permission to make one',
    'passes',
    one('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'iot:CreateKeysAndCertificate', Resource: '*' }] },
    }),
  ],
  ['a public JSON Web Key', 'passes', one('X', { A: '{"kty":"EC","crv":"P-256","x":"y"}' })],
]);

const attachment = (principal: unknown): Resources => ({
  ...iot('PolicyPrincipalAttachment', { PolicyName: 'p', Principal: principal }, 'Policy'),
});
const CERTIFICATE = 'arn:aws:iot:eu-central-1:123456789012:cert/abc';
const thing = iot(
  'ThingPrincipalAttachment',
  { ThingName: 't', Principal: CERTIFICATE, ThingPrincipalType: 'EXCLUSIVE_THING' },
  'Thing',
);

outcomes('ZTI-ID2', [
  ['an attachment that is never made', 'fails', { ...attachment(CERTIFICATE), ...under('Never', thing) }, NEVER],
  ['an attachment that may be made', 'fails', { ...attachment(CERTIFICATE), ...under('Perhaps', thing) }, NEVER],
  ['both under the same condition', 'passes', under('Perhaps', { ...attachment(CERTIFICATE), ...thing }), NEVER],
  ['a certificate of another stack', 'unverified', attachment(OPEN)],
]);

const template = (properties: object): Resources =>
  iot('ProvisioningTemplate', { ProvisioningRoleArn: arnOf('Role'), Enabled: true, ...properties });
outcomes('ZTI-PRV1', [
  ['an empty hook', 'fails', template({ PreProvisioningHook: {} })],
  [
    'a hook that a condition takes away',
    'fails',
    template({ PreProvisioningHook: { 'Fn::If': ['Perhaps', { TargetArn: 'x' }, ref('AWS::NoValue')] } }),
    NEVER,
  ],
  ['a type in small letters', 'fails', template({ TemplateType: 'fleet_provisioning' })],
  ['a hook that a macro writes', 'unverified', template({ PreProvisioningHook: HIDDEN })],
  ['just-in-time provisioning', 'passes', template({ TemplateType: 'JITP' })],
]);

const SERVICE_ROLE = 'policy/service-role/AWSIoTThingsRegistration';
outcomes('ZTI-PRV3', [
  [
    'a policy of that name in another account',
    'fails',
    { ...template({}), Role: role([], { managed: [`arn:aws:iam::123456789012:${SERVICE_ROLE}`] }) },
  ],
  [
    'a role by its name',
    'fails',
    {
      ...iot('ProvisioningTemplate', { ProvisioningRoleArn: 'arn:aws:iam::123456789012:role/enroll' }),
      Role: named(role([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]), 'enroll'),
    },
  ],
  [
    'the policy of AWS',
    'passes',
    { ...template({}), Role: role([], { managed: [`arn:aws:iam::aws:${SERVICE_ROLE}`] }) },
  ],
]);

function named(each: object, RoleName: string): object {
  return { ...each, Properties: { ...(each as { Properties: object }).Properties, RoleName } };
}

const permission = (properties: object): Resources =>
  one('AWS::Lambda::Permission', { Principal: 'iot.amazonaws.com', ...properties });
outcomes('ZTI-PRV4', [
  ['a source of any account', 'fails', permission({ SourceArn: 'arn:aws:iot:*:*:rule/*' })],
  ['a source without account', 'fails', permission({ SourceArn: 'arn:aws:iot:eu-central-1::rule/x' })],
  ['any account', 'fails', permission({ SourceAccount: '*' })],
  [
    'any account in this partition',
    'fails',
    permission({ SourceArn: { 'Fn::Sub': 'arn:${AWS::Partition}:iot:${AWS::Region}:*:rule/x' } }),
  ],
  ['an account that nobody knows', 'unverified', permission({ SourceAccount: OPEN })],
  [
    'a source of this account',
    'passes',
    permission({ SourceArn: { 'Fn::Sub': 'arn:aws:iot:${AWS::Region}:${AWS::AccountId}:rule/x' } }),
  ],
  ['capitals', 'fails', permission({ Principal: 'IoT.amazonaws.com' })],
  ['the service by its ending', 'fails', permission({ Principal: { 'Fn::Sub': 'iot.${AWS::URLSuffix}' } })],
  ['a service that nobody knows', 'unverified', permission({ Principal: OPEN })],
  ['a source with a wildcard in its name', 'passes', permission({ SourceArn: 'arn:aws:iot:*:123456789012:rule/*' })],
]);

const authority = (properties: object): Resources =>
  iot('CACertificate', { AutoRegistrationStatus: 'ENABLE', ...properties });
const listening = (payload: object): Resources =>
  iot(
    'TopicRule',
    {
      TopicRulePayload: {
        Sql: "SELECT * FROM '$aws/events/certificates/registered/#'",
        Actions: [{ Lambda: {} }],
        ...payload,
      },
    },
    'Rule',
  );
outcomes('ZTI-CA1', [
  ['a configuration with nothing in it', 'fails', authority({ RegistrationConfig: {} })],
  ['a rule that is off', 'fails', { ...authority({}), ...listening({ RuleDisabled: 'true' }) }],
  ['a rule that does nothing', 'fails', { ...authority({}), ...listening({ Actions: [] }) }],
  [
    'a rule that says so in its description',
    'fails',
    {
      ...authority({}),
      ...listening({ Sql: "SELECT * FROM 'x'", Description: '$aws/events/certificates/registered/#' }),
    },
  ],
  ['a rule under a condition', 'fails', { ...authority({}), ...under('Perhaps', listening({})) }, NEVER],
  ['a rule that looks', 'passes', { ...authority({}), ...listening({}) }],
]);

outcomes('ZTI-TLS1', [
  ['what a macro writes', 'unverified', iot('DomainConfiguration', { TlsConfig: HIDDEN })],
  [
    'small letters',
    'fails',
    iot('DomainConfiguration', { TlsConfig: { SecurityPolicy: 'iotsecuritypolicy_tls12_1_0_2016_01' } }),
  ],
]);

const alias = (device: object): Resources => ({ ...iot('RoleAlias', { RoleArn: arnOf('Role') }), Role: device });
const grant = (Resource: unknown, rest: object = {}): object => ({
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource,
  ...rest,
});
const TRUST = { Effect: 'Allow', Principal: { Service: 'credentials.iot.amazonaws.com' }, Action: 'sts:AssumeRole' };
outcomes('ZTI-RA2', [
  ['a trust that anybody has', 'fails', alias(role([], { trust: { ...TRUST, Principal: { AWS: '*' } } }))],
  [
    'a source that is any',
    'fails',
    alias(role([], { trust: { ...TRUST, Condition: when('ArnLike', 'aws:SourceArn', '*') } })),
  ],
  [
    'a source of any account',
    'fails',
    alias(role([], { trust: { ...TRUST, Condition: when('ArnLike', 'aws:SourceArn', 'arn:aws:iot:*:*:*') } })),
  ],
  [
    'any source but one',
    'fails',
    alias(role([], { trust: { ...TRUST, Condition: when('StringNotEquals', 'aws:SourceAccount', '1') } })),
  ],
  [
    'a trust in the service by its ending',
    'fails',
    alias(
      role([], {
        trust: { ...TRUST, Principal: { Service: { 'Fn::Join': ['.', ['credentials.iot', ref('AWS::URLSuffix')]] } } },
      }),
    ),
  ],
  [
    'a source, for each value of none',
    'fails',
    alias(role([], { trust: { ...TRUST, Condition: when('ForAllValues:StringEquals', 'aws:SourceAccount', '1') } })),
  ],
  ['a wildcard in the name of a service', 'fails', alias(role([grant('x', { Action: 'ia?:PassRole' })]))],
  ['a service in capitals', 'fails', alias(role([grant('x', { Action: 'IAM:PassRole' })]))],
  ['NotResource', 'fails', alias(role([{ Effect: 'Allow', Action: 's3:GetObject', NotResource: 'x' }]))],
  ['a statement that a macro writes', 'unverified', alias(role([HIDDEN]))],
  [
    'a condition that excludes the own name',
    'fails',
    alias(
      role([
        grant('arn:aws:s3:::b/*', { Condition: when('StringNotLike', 's3:prefix', '${credentials-iot:ThingName}/*') }),
      ]),
    ),
  ],
  [
    'a condition that asks for the own name',
    'passes',
    alias(
      role([
        grant('arn:aws:dynamodb:x:123456789012:table/t/index/*', {
          Action: 'dynamodb:Query',
          Condition: when('ForAllValues:StringEquals', 'dynamodb:LeadingKeys', ['${credentials-iot:ThingName}']),
        }),
      ]),
    ),
  ],
]);

outcomes('ZTI-AUD1', [
  [
    'an audit that is never there',
    'fails',
    { ...policy(CONNECT), ...under('Never', iot('AccountAuditConfiguration', {}, 'Audit')) },
    NEVER,
  ],
  [
    'an audit that may be there',
    'unverified',
    { ...policy(CONNECT), ...under('Perhaps', iot('AccountAuditConfiguration', {}, 'Audit')) },
    NEVER,
  ],
]);
outcomes('ZTI-AUD3', [
  [
    'a schedule that may be there',
    'unverified',
    {
      ...iot(
        'AccountAuditConfiguration',
        { AuditCheckConfigurations: { LoggingDisabledCheck: { Enabled: true } } },
        'Audit',
      ),
      ...under('Perhaps', iot('ScheduledAudit', { Frequency: 'DAILY', TargetCheckNames: ['LOGGING_DISABLED_CHECK'] })),
    },
    NEVER,
  ],
]);
outcomes('ZTI-LOG1', [
  [
    'logging that may be there',
    'unverified',
    { ...policy(CONNECT), ...under('Perhaps', iot('Logging', { DefaultLogLevel: 'WARN' }, 'Logging')) },
    NEVER,
  ],
  [
    'logging that is never there',
    'fails',
    { ...policy(CONNECT), ...under('Never', iot('Logging', { DefaultLogLevel: 'WARN' }, 'Logging')) },
    NEVER,
  ],
]);

const behavior = (Metric: string, ComparisonOperator: string): object => ({
  Name: 'b',
  Metric,
  Criteria: { ComparisonOperator, Value: { Count: '5' } },
});
const profile = (properties: object): Resources =>
  iot('SecurityProfile', {
    TargetArns: ['x'],
    AlertTargets: { SNS: { AlertTargetArn: 'x', RoleArn: 'x' } },
    ...properties,
  });
outcomes('ZTI-DET1', [
  ['a target with nothing in it', 'fails', profile({ AlertTargets: { SNS: {} } })],
  [
    'a target that a condition takes away',
    'fails',
    profile({ AlertTargets: { SNS: { 'Fn::If': ['Perhaps', { AlertTargetArn: 'x' }, ref('AWS::NoValue')] } } }),
    NEVER,
  ],
]);
const BEHAVIORS = [
  behavior('aws:num-connection-attempts', 'less-than'),
  behavior('aws:num-messages-sent', 'less-than'),
];
outcomes('ZTI-DET2', [
  [
    'a behavior the wrong way round',
    'fails',
    profile({ Behaviors: [...BEHAVIORS, behavior('aws:num-authorization-failures', 'greater-than')] }),
  ],
  [
    'the same metric both ways',
    'fails',
    profile({
      Behaviors: [
        ...BEHAVIORS,
        behavior('aws:num-authorization-failures', 'less-than'),
        behavior('aws:num-disconnects', 'greater-than-equals'),
      ],
    }),
  ],
  [
    'a sign of life',
    'passes',
    profile({
      Behaviors: [
        ...BEHAVIORS,
        behavior('aws:num-authorization-failures', 'less-than'),
        behavior('aws:num-messages-sent', 'greater-than'),
      ],
    }),
  ],
]);

const quarantine = (...statements: Statement[]): Resources => ({
  ...iot('ThingGroup', {}, 'Quarantine'),
  ...policy(...statements),
  Attach: { Type: 'Custom::Attach', Properties: { Policy: ref('DevicePolicy'), Group: arnOf('Quarantine') } },
});
outcomes('ZTI-MIT1', [
  ['a Deny of one topic', 'fails', quarantine(deny('iot:*', 'topic/x'))],
  [
    'a Deny for some addresses',
    'fails',
    quarantine({ ...deny('iot:*', '*'), Condition: when('IpAddress', 'aws:SourceIp', '192.0.2.0/24') }),
  ],
  [
    'a Deny that spares every topic',
    'fails',
    quarantine({ Effect: 'Deny', Action: 'iot:*', NotResource: `${ARN}topic/*` }),
  ],
  ['a Deny of publishing alone', 'fails', quarantine(deny('iot:Publish', '*'))],
  ['two statements that deny both', 'passes', quarantine(deny('iot:Publish', '*'), deny('iot:Receive', '*'))],
]);

const rule = (payload: object): Resources =>
  iot('TopicRule', { TopicRulePayload: { Sql: "SELECT * FROM 'a'", ErrorAction: { Sqs: {} }, ...payload } });
outcomes('ZTI-RUL1', [
  ['an error action with nothing in it', 'fails', rule({ ErrorAction: {} })],
  [
    'an error action that a condition takes away',
    'fails',
    rule({ ErrorAction: { 'Fn::If': ['Perhaps', { Sqs: {} }, ref('AWS::NoValue')] } }),
    NEVER,
  ],
  ['another FROM in quotes', 'fails', rule({ Sql: "SELECT * FROM '#' WHERE a = 'FROM x'" })],
  ['another FROM in parentheses', 'fails', rule({ Sql: "SELECT (SELECT v FROM x) AS y FROM '+/b'" })],
  ['a name that ends in from', 'passes', rule({ Sql: "SELECT * FROM 'a' WHERE sentfrom = '#'" })],
]);

outcomes('ZTI-GEN1', [
  ['properties that a macro writes', 'unverified', iot('DomainConfiguration', HIDDEN)],
  [
    'statements that a macro writes',
    'unverified',
    iot('Policy', { PolicyDocument: { Version: '2012-10-17', Statement: HIDDEN } }),
  ],
  ['a part that a macro writes', 'unverified', rule({ ErrorAction: HIDDEN })],
  [
    'the body of a provisioning template that is not known',
    'unverified',
    iot('ProvisioningTemplate', { TemplateBody: OPEN }),
  ],
]);

outcomes('ZTI-JOB1', [
  [
    'settings with nothing in them',
    'fails',
    iot('JobTemplate', { AbortConfig: {}, TimeoutConfig: {}, JobExecutionsRolloutConfig: {} }),
  ],
]);

export const MECHANISMS: readonly RuleCase[] = all;
