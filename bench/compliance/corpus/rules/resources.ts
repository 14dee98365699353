import { pastedKey } from '../../../../test/support/private-key';
import { allow } from '../../../../test/compliance/support/policies';
import { arnOf, iot, one, OPEN, ref, role } from '../../../../test/compliance/support/resources';
import type { Resources } from '../../../../test/compliance/support/rewrite';
import { into, type RuleCase } from './case';

const all: RuleCase[] = [];
const outcomes = into(all);

/** More ways around the rules about what is not a policy; one matter in each. */
const PERHAPS = { Conditions: { Perhaps: { 'Fn::Equals': [ref('AWS::Region'), 'b'] } } };
const KEY = pastedKey().pem;
const script = (text: string): Resources =>
  one('AWS::EC2::Instance', { UserData: { 'Fn::Base64': { 'Fn::Sub': `${text} \${AWS::Region}` } } });
const code = (ZipFile: string): Resources => one('AWS::Lambda::Function', { Code: { ZipFile } });
const returned = (attribute: string, type = 'Custom::Certificate'): object => ({
  resources: { Maker: { Type: type, Properties: {} } },
  value: { 'Fn::GetAtt': ['Maker', attribute] },
});
const passedOn = (attribute: string, name: string): Resources => {
  const { resources, value } = returned(attribute) as { resources: Resources; value: object };
  return { ...resources, ...one('AWS::Lambda::Function', { Environment: { Variables: { [name]: value } } }) };
};

outcomes('ZTI-ID1', [
  ['keys that a Python function makes', 'fails', code('iot.create_keys_and_certificate(setAsActive=True)')],
  ['keys that a command of the SDK makes', 'fails', code('send(new CreateKeysAndCertificateCommand({}))')],
  ['keys that a script makes', 'fails', script('aws iot create-keys-and-certificate')],
  ['a key in a script', 'fails', script(`echo "${KEY}"`)],
  ['what is called a private key', 'fails', passedOn('data', 'PRIVATE_KEY')],
  ['what is called a private key in a file', 'fails', passedOn('data', 'devicePrivateKeyPem')],
  ['where a private key is kept', 'passes', passedOn('data', 'PRIVATE_KEY_SECRET_ARN')],
  ['the ARN of where one is kept', 'passes', passedOn('privateKeySecretArn', 'SECRET')],
  ['a public key', 'passes', passedOn('publicKey', 'PUBLIC_KEY')],
  [
    'the permission in the policy of a custom resource',
    'passes',
    one('Custom::Role', { Actions: ['iot:CreateKeysAndCertificate'] }),
  ],
  [
    'an output that is called a private key',
    'fails',
    one('Custom::Certificate', {}),
    { Outputs: { DevicePrivateKey: { Value: { 'Fn::GetAtt': ['It', 'data'] } } } },
  ],
]);

const slow = { Type: 'AWS::Lambda::Function', Properties: { Timeout: '30' } };
const hooked = (TargetArn: object): Resources => ({
  ...iot('ProvisioningTemplate', { PreProvisioningHook: { TargetArn } }),
  Hook: slow,
  Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: ref('Hook') } },
  Alias: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: ref('Hook') } },
});
const anybody = { Type: 'AWS::Lambda::Permission', Properties: { Principal: '*', FunctionName: ref('Called') } };
const called = { Type: 'AWS::Lambda::Function', Properties: { Timeout: 3 } };
outcomes('ZTI-PRV4', [
  ['a slow hook behind an alias', 'fails', hooked(ref('Alias'))],
  ['a slow version of a hook', 'fails', hooked(ref('Version'))],
  [
    'a hook that anybody may call',
    'fails',
    {
      ...iot('ProvisioningTemplate', { PreProvisioningHook: { TargetArn: arnOf('Called') } }),
      Called: called,
      Open: anybody,
    },
  ],
  [
    'an authorizer that anybody may call',
    'fails',
    { ...iot('Authorizer', { AuthorizerFunctionArn: arnOf('Called') }), Called: called, Open: anybody },
  ],
  [
    'the function of a rule that anybody may call',
    'fails',
    {
      ...iot('TopicRule', { TopicRulePayload: { Actions: [{ Lambda: { FunctionArn: arnOf('Called') } }] } }),
      Called: called,
      Open: anybody,
    },
  ],
  ['a function of something else that anybody may call', 'passes', { Called: called, Open: anybody }],
]);

const authority = (properties: object = {}): object => ({
  Type: 'AWS::IoT::CACertificate',
  Properties: { AutoRegistrationStatus: 'ENABLE', ...properties },
});
const reading = (Sql: string): Resources => ({
  Authority: authority(),
  ...iot('TopicRule', { TopicRulePayload: { Sql, Actions: [{ Lambda: {} }] } }),
});
outcomes('ZTI-CA1', [
  [
    'a topic that is selected as text',
    'fails',
    reading("SELECT '$aws/events/certificates/registered/x' AS a FROM 'b'"),
  ],
  [
    'a topic that is asked for in vain',
    'fails',
    reading("SELECT * FROM 'a' WHERE topic() = '$aws/events/certificates/registered/x'"),
  ],
  ['other events', 'fails', reading("SELECT * FROM '$aws/events/presence/#'")],
  ['the events of one authority', 'passes', reading("SELECT * FROM '$aws/events/certificates/registered/0a1b'")],
  ['all events of certificates', 'passes', reading("SELECT * FROM '$aws/events/certificates/#'")],
]);
outcomes('ZTI-CA2', [
  ['a verification that is empty', 'fails', { A: authority({ VerificationCertificatePem: '' }) }],
  ['a verification', 'passes', { A: authority({ VerificationCertificatePem: '-----BEGIN CERTIFICATE-----' }) }],
]);
outcomes('ZTI-AUT1', [
  ['a key that is empty', 'fails', iot('Authorizer', { TokenSigningPublicKeys: { first: '' } })],
  ['one key of two', 'passes', iot('Authorizer', { TokenSigningPublicKeys: { first: '', second: 'PEM' } })],
]);

const grant = (Resource: unknown, rest: object = {}): object => ({
  Effect: 'Allow',
  Action: 's3:GetObject',
  Resource,
  ...rest,
});
const alias = (...statements: object[]): Resources => ({
  ...iot('RoleAlias', { RoleArn: arnOf('Role') }),
  Role: role(statements),
});
const asking = (values: string | string[]): object => ({ Condition: { StringLike: { 's3:prefix': values } } });
const OWN = '${credentials-iot:ThingName}';
outcomes('ZTI-RA2', [
  ['a role that no alias names here', 'fails', { Role: role([grant('*')]) }],
  ['a role of another service', 'passes', { Role: role([grant('*')], { trust: lambdaTrust() }) }],
  ['the own prefix or any', 'fails', alias(grant('arn:aws:s3:::b/*', asking([`${OWN}/*`, '*'])))],
  ['the own prefix', 'passes', alias(grant('arn:aws:s3:::b*', asking(`${OWN}/*`)))],
  ['a bucket by a wildcard', 'fails', alias(grant(`arn:aws:s3:::b*/${OWN}/*`))],
  ['the variable of another service', 'fails', alias(grant('arn:aws:s3:::b/${iot:Connection.Thing.ThingName}/*'))],
  ['the own stream, in any region', 'passes', alias(grant(`arn:aws:kinesisvideo:*:*:stream/${OWN}/*`))],
]);

function lambdaTrust(): object {
  return { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
}

const schedule = (TargetCheckNames: unknown): Resources =>
  iot('ScheduledAudit', { Frequency: 'DAILY', TargetCheckNames });
const auditing = (...enabled: string[]): Resources =>
  iot(
    'AccountAuditConfiguration',
    { AuditCheckConfigurations: Object.fromEntries(enabled.map((name) => [name, { Enabled: true }])) },
    'Audit',
  );
outcomes('ZTI-AUD3', [
  ['no checks', 'fails', schedule([])],
  ['a check that does not exist', 'fails', schedule(['LOGGING_CHECK'])],
  [
    'one check of two',
    'fails',
    { ...auditing('LoggingDisabledCheck', 'CaCertificateExpiringCheck'), ...schedule(['LOGGING_DISABLED_CHECK']) },
  ],
  ['the check that is on', 'passes', { ...auditing('LoggingDisabledCheck'), ...schedule(['LOGGING_DISABLED_CHECK']) }],
  [
    'a check that is a matter of taste left out',
    'passes',
    { ...auditing('LoggingDisabledCheck', 'DeviceCertificateAgeCheck'), ...schedule(['LOGGING_DISABLED_CHECK']) },
  ],
  ['checks that are not known', 'passes', { ...auditing('LoggingDisabledCheck'), ...schedule([OPEN]) }],
]);

const profile = (properties: object): Resources =>
  iot('SecurityProfile', {
    TargetArns: ['x'],
    AlertTargets: { SNS: { AlertTargetArn: 'x' } },
    Behaviors: [{ Name: 'a' }],
    ...properties,
  });
outcomes('ZTI-DET1', [
  ['no behaviors', 'fails', profile({ Behaviors: [] })],
  ['no behaviors said', 'fails', profile({ Behaviors: ref('AWS::NoValue') })],
  ['a target that is empty', 'fails', profile({ TargetArns: [''] })],
  ['one behavior', 'passes', profile({})],
]);

const isolating = (ThingGroupNames: unknown): Resources => ({
  ...iot('ThingGroup', { ThingGroupName: 'blocked' }, 'Blocked'),
  ...iot('MitigationAction', { ActionParams: { AddThingsToThingGroupParams: { ThingGroupNames } } }),
});
outcomes('ZTI-MIT1', [
  ['a group of another name, by reference', 'fails', isolating([ref('Blocked')])],
  ['a group of another name, by its name', 'fails', isolating(['blocked'])],
  ['another group', 'passes', isolating(['others'])],
]);

const LIST = { CriteriaList: [{ Action: 'CANCEL' }] };
const job = (AbortConfig: object): Resources =>
  iot('JobTemplate', {
    AbortConfig,
    TimeoutConfig: { InProgressTimeoutInMinutes: 5 },
    JobExecutionsRolloutConfig: { MaximumPerMinute: 5 },
  });
outcomes('ZTI-JOB1', [
  ['no criteria', 'fails', job({ CriteriaList: [] })],
  ['criteria with nothing in them', 'fails', job({ CriteriaList: [{}] })],
  ['criteria', 'passes', job(LIST)],
  ['a signature with nothing in it', 'fails', iot('OTAUpdate', { Files: [{ CodeSigning: {} }] })],
]);

const republishing = (Topic: string): Resources =>
  iot('TopicRule', {
    TopicRulePayload: { Sql: "SELECT * FROM 'a'", ErrorAction: { Sqs: {} }, Actions: [{ Republish: { Topic } }] },
  });
outcomes('ZTI-RUL1', [
  ['a topic out of the message', 'fails', republishing('${target}')],
  ['a first level out of the topic', 'fails', republishing('${topic(1)}/out')],
  ['a topic of its own', 'passes', republishing('out/${topic(2)}')],
  ['the client first', 'passes', republishing('${clientId()}/out')],
]);

const driven = (statement: object, rest: object = {}): Resources => ({
  ...iot('TopicRule', {
    TopicRulePayload: {
      Sql: "SELECT * FROM 'a'",
      ErrorAction: { Sqs: { QueueUrl: 'q', RoleArn: arnOf('Role') } },
      Actions: [{ Http: { Url: 'https://x.example', Auth: { Sigv4: { RoleArn: arnOf('Other'), ServiceName: 's' } } } }],
    },
  }),
  Role: role([allow('sqs:SendMessage', 'arn:aws:sqs:us-east-1:123456789012:q')]),
  Other: role([statement], rest),
});
outcomes('ZTI-RUL2', [
  ['a role that an action signs with', 'fails', driven(allow('*:*', '*'))],
  ['capitals', 'fails', driven(allow('IAM:CreateUser', '*'))],
  ['all of a service, in a list', 'fails', driven(allow(['execute-api:Invoke', 'dynamodb:*'], 'arn:aws:x'))],
  [
    'a managed policy by a function',
    'fails',
    driven(allow('execute-api:Invoke', '*'), {
      managed: [{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/PowerUserAccess' }],
    }),
  ],
  ['one call', 'passes', driven(allow('execute-api:Invoke', 'arn:aws:execute-api:us-east-1:123456789012:a/*'))],
  ['a metric, for which there is no resource', 'passes', driven(allow('cloudwatch:PutMetricData', '*'))],
  ['a name that begins like a service', 'passes', driven(allow('iamx:Do', '*'))],
]);

interface Parts {
  readonly queue?: object;
  readonly alarm?: object;
  readonly mapping?: object;
  readonly handler?: object;
}

/** An alert on its way, written without references where that is possible. */
function path({ queue = {}, alarm = {}, mapping = {}, handler }: Parts = {}): Resources {
  const sns = { Enabled: true, TargetArn: ref('Topic'), RoleArn: 'x' };
  return {
    ...iot('AccountAuditConfiguration', { AuditNotificationTargetConfigurations: { Sns: sns } }, 'Audit'),
    ...one('AWS::SNS::Topic', { KmsMasterKeyId: 'k' }, 'Topic'),
    ...secured('AWS::SNS::TopicPolicy', { Topics: [ref('Topic')] }, ['false'], 'TopicPolicy'),
    ...one(
      'AWS::SNS::Subscription',
      { TopicArn: ref('Topic'), Protocol: 'sqs', Endpoint: arnOf('Queue') },
      'Subscription',
    ),
    ...one('AWS::SQS::Queue', { VisibilityTimeout: 180, RedrivePolicy: DEAD, ...queue }, 'Queue'),
    ...secured('AWS::SQS::QueuePolicy', { Queues: [ref('Queue')] }, false, 'QueuePolicy'),
    ...one('AWS::SQS::Queue', { QueueName: 'dead' }, 'Dead'),
    ...one('AWS::CloudWatch::Alarm', { Dimensions: [{ Name: 'QueueName', Value: 'dead' }], ...alarm }, 'Alarm'),
    ...one('AWS::Lambda::Function', { Timeout: 30, Role: arnOf('Role') }, 'Handler'),
    ...one('AWS::Lambda::Alias', { FunctionName: ref('Handler') }, 'Alias'),
    Role:
      handler ?? role([{ Effect: 'Allow', Action: 'iot:AddThingToThingGroup', Resource: 'arn:aws:iot:x:1:thing/*' }]),
    ...one(
      'AWS::Lambda::EventSourceMapping',
      {
        EventSourceArn: arnOf('Queue'),
        FunctionName: ref('Alias'),
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ...mapping,
      },
      'Mapping',
    ),
  };
}

const DEAD = { deadLetterTargetArn: arnOf('Dead'), maxReceiveCount: 3 };

function secured(type: string, about: object, value: unknown, id: string): Resources {
  const Statement = { Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': value } } };
  return one(type, { ...about, PolicyDocument: { Statement } }, id);
}

const may = (Action: string, Resource: string): object => role([{ Effect: 'Allow', Action, Resource }]);
const managed = (name: string): object => role([], { managed: [`arn:aws:iam::aws:policy/${name}`] });
outcomes('ZTI-MIT3', [
  ['names in full', 'passes', path()],
  [
    'dead letters as text',
    'passes',
    path({ queue: { RedrivePolicy: { 'Fn::Sub': '{"deadLetterTargetArn":"${Dead.Arn}"}' } } }),
  ],
  [
    'dead letters under a condition',
    'fails',
    path({ queue: { RedrivePolicy: { 'Fn::If': ['Perhaps', DEAD, ref('AWS::NoValue')] } } }),
    PERHAPS,
  ],
  ['an alarm of another queue', 'fails', path({ alarm: { Dimensions: [{ Name: 'QueueName', Value: 'other' }] } })],
  [
    'the name of the queue for something else',
    'fails',
    path({ alarm: { Dimensions: [{ Name: 'Stage', Value: 'dead' }] } }),
  ],
  ['an alarm that tells nobody', 'fails', path({ alarm: { ActionsEnabled: 'false' } })],
  ['too short a time behind an alias', 'fails', path({ queue: { VisibilityTimeout: 60 } })],
  ['a mapping that is off', 'fails', path({ mapping: { Enabled: false } })],
  ['any certificate', 'fails', path({ handler: may('iot:UpdateCertificate', '*') })],
  ['any certificate, by a wildcard', 'fails', path({ handler: may('iot:Update*', '*') })],
  ['certificates of the account', 'passes', path({ handler: may('iot:UpdateCertificate', 'arn:aws:iot:x:1:cert/*') })],
  ['reading of everything', 'passes', path({ handler: may('iot:ListThingPrincipals', '*') })],
  ['passing of roles in small letters', 'fails', path({ handler: may('iam:passrole', '*') })],
  ['passing of roles by a wildcard', 'fails', path({ handler: may('iam:Pass*', 'arn:aws:iam::1:role/*') })],
  ['passing of one role', 'passes', path({ handler: may('iam:PassRole', 'arn:aws:iam::1:role/one') })],
  ['an administrator', 'fails', path({ handler: managed('AdministratorAccess') })],
  ['everything of AWS IoT', 'fails', path({ handler: managed('AWSIoTFullAccess') })],
  ['logs', 'passes', path({ handler: managed('service-role/AWSLambdaBasicExecutionRole') })],
]);
outcomes('ZTI-ENC1', [['a Deny in a list, and one that is no text', 'passes', path()]]);

export const RESOURCES: readonly RuleCase[] = all;
