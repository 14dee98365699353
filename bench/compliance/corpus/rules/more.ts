import { allow, CONNECT, policy, THING } from '../../../../test/compliance/support/policies';
import { arnOf, iot, one, OPEN, ref, role } from '../../../../test/compliance/support/resources';
import type { Resources } from '../../../../test/compliance/support/rewrite';
import { into, type RuleCase } from './case';

const all: RuleCase[] = [];
const outcomes = into(all);

/** More of the same, so that each rule has met at least three ways around it. */
const PERHAPS = { Conditions: { Perhaps: { 'Fn::Equals': [ref('AWS::Region'), 'b'] } } };
const either = (bad: unknown, good: unknown): object => ({ 'Fn::If': ['Perhaps', bad, good] });

outcomes('ZTI-POL4', [
  [
    'the name as the group of a shared filter',
    'fails',
    policy(CONNECT, allow('iot:Subscribe', `topicfilter/$share/${THING}/cmd/*`)),
  ],
  ['a star for the group too', 'fails', policy(CONNECT, allow('iot:Subscribe', 'topicfilter/$share/*'))],
  ['a plus before the name', 'fails', policy(CONNECT, allow('iot:Subscribe', `topicfilter/+/${THING}`))],
  ['a hash in its own', 'passes', policy(CONNECT, allow('iot:Subscribe', `topicfilter/cmd/${THING}/#`))],
]);
outcomes('ZTI-POL5', [
  ['a subscription to a topic', 'fails', policy(CONNECT, allow('iot:Subscribe', `topic/cmd/${THING}`))],
  ['messages of a filter', 'fails', policy(CONNECT, allow(['iot:Publish', 'iot:Receive'], `topicfilter/a/${THING}`))],
]);
outcomes('ZTI-POL6', [
  [
    'a right of its own, on everything',
    'fails',
    policy(CONNECT, allow('iot:Publish', `topic/a/${THING}`), allow('iot:RetainPublish', '*')),
  ],
  [
    'the commands of the device itself',
    'fails',
    policy(CONNECT, allow(['iot:Publish', 'iot:RetainPublish'], `topic/${THING}/Command`)),
  ],
  ['by a wildcard in the action', 'fails', policy(CONNECT, allow('iot:Retain*', 'topic/*'))],
]);
outcomes('ZTI-POL10', [
  [
    'many short ones',
    'fails',
    policy(CONNECT, ...Array.from({ length: 40 }, (_, i) => allow('iot:Publish', `topic/t${i}`))),
  ],
  [
    'a document in a string',
    'fails',
    iot('Policy', {
      PolicyDocument: JSON.stringify({ Statement: [allow('iot:Publish', `topic/${'x'.repeat(2_100)}`)] }),
    }),
  ],
]);
const CERTIFICATE = 'arn:aws:iot:eu-central-1:123456789012:cert/abc';
outcomes('ZTI-ID2', [
  [
    'another certificate is attached',
    'fails',
    {
      ...iot('PolicyPrincipalAttachment', { PolicyName: 'p', Principal: CERTIFICATE }),
      ...iot('ThingPrincipalAttachment', { ThingName: 't', Principal: `${CERTIFICATE}d` }, 'Thing'),
    },
  ],
]);
outcomes('ZTI-ID4', [
  [
    'attributes in one branch',
    'fails',
    iot('Thing', { AttributePayload: either({}, { Attributes: { a: 'b' } }) }),
    PERHAPS,
  ],
]);
const CLAIM = allow('iot:Publish', 'topic/$aws/certificates/create/*');
outcomes('ZTI-PRV2', [
  ['any template', 'fails', policy(CLAIM, allow('iot:Publish', 'topic/$aws/provisioning-templates/*'))],
  [
    'templates by a prefix',
    'fails',
    policy(CLAIM, allow('iot:Receive', 'topic/$aws/provisioning-templates/t*/provision/*')),
  ],
  ['a role beside', 'fails', policy(CLAIM, allow('iot:AssumeRoleWithCertificate', 'rolealias/x'))],
]);
const enrolling = (Role: object): Resources => ({
  ...iot('ProvisioningTemplate', { ProvisioningRoleArn: arnOf('Role') }),
  Role,
});
outcomes('ZTI-PRV3', [
  ['all but something', 'fails', enrolling(role([{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }]))],
  ['a wildcard in an action', 'fails', enrolling(role([{ Effect: 'Allow', Action: 'iot:Create*', Resource: '*' }]))],
  [
    'rights in a policy beside',
    'fails',
    {
      ...enrolling(role([])),
      ...one(
        'AWS::IAM::Policy',
        { Roles: [ref('Role')], PolicyDocument: { Statement: { Effect: 'Allow', Action: 'iot:*', Resource: '*' } } },
        'Beside',
      ),
    },
  ],
]);
outcomes('ZTI-CA2', [
  [
    'none in one branch',
    'fails',
    iot('CACertificate', { VerificationCertificatePem: either(ref('AWS::NoValue'), 'PEM') }),
    PERHAPS,
  ],
  [
    'another account vouches',
    'fails',
    iot('CACertificate', { CertificateMode: { 'Fn::Join': ['_', ['SNI', 'ONLY']] } }),
  ],
]);
const speaking = (SecurityPolicy: unknown): Resources => iot('DomainConfiguration', { TlsConfig: { SecurityPolicy } });
outcomes('ZTI-TLS1', [
  [
    'an old one in one branch',
    'fails',
    speaking(either('IoTSecurityPolicy_TLS12_1_0_2015_01', 'IoTSecurityPolicy_TLS13_1_2_2022_10')),
    PERHAPS,
  ],
  ['one that nobody knows', 'fails', speaking('IoTSecurityPolicy_TLS11_2014_01')],
]);
outcomes('ZTI-AUT1', [
  ['off as text', 'fails', iot('Authorizer', { SigningDisabled: 'True', TokenSigningPublicKeys: { a: 'PEM' } })],
  [
    'off in one branch',
    'fails',
    iot('Authorizer', { SigningDisabled: either(true, false), TokenSigningPublicKeys: { a: 'PEM' } }),
    PERHAPS,
  ],
  ['by an import', 'unverified', iot('Authorizer', { SigningDisabled: OPEN, TokenSigningPublicKeys: { a: 'PEM' } })],
]);
outcomes('ZTI-AUT2', [
  [
    'out of a map',
    'fails',
    iot('Authorizer', { EnableCachingForHttp: { 'Fn::FindInMap': ['M', 'a', 'b'] } }),
    { Mappings: { M: { a: { b: 'true' } } } },
  ],
]);
const DEVICES = policy(CONNECT);
outcomes('ZTI-AUD1', [
  ['a schedule alone', 'fails', { ...DEVICES, ...iot('ScheduledAudit', { Frequency: 'DAILY' }) }],
  ['the audit of another service', 'fails', { ...DEVICES, ...one('Custom::Audit', {}) }],
]);
outcomes('ZTI-LOG1', [
  ['off in one branch', 'fails', iot('Logging', { DefaultLogLevel: either('DISABLED', 'WARN') }), PERHAPS],
  ['no level', 'fails', iot('Logging', {})],
  ['a level for one group alone', 'fails', { ...DEVICES, ...iot('ResourceSpecificLogging', { LogLevel: 'DEBUG' }) }],
]);
outcomes('ZTI-DET2', [
  ['measures of the device alone', 'fails', iot('SecurityProfile', { Behaviors: [{ Metric: 'aws:all-bytes-out' }] })],
]);
const alerting = (topic: object, more: Resources = {}): Resources => ({
  ...iot(
    'AccountAuditConfiguration',
    { AuditNotificationTargetConfigurations: { Sns: { Enabled: true, TargetArn: ref('Topic'), RoleArn: 'x' } } },
    'Audit',
  ),
  ...one('AWS::SNS::Topic', topic, 'Topic'),
  ...more,
});
const secured = (Effect: string, value: string): Resources =>
  one('AWS::SNS::TopicPolicy', {
    Topics: [ref('Topic')],
    PolicyDocument: {
      Statement: [
        { Effect, Principal: '*', Action: 'sns:Publish', Condition: { Bool: { 'aws:SecureTransport': value } } },
      ],
    },
  });
const DENYING = {
  Statement: { Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
};
outcomes('ZTI-ENC1', [
  [
    'a key in one branch',
    'fails',
    alerting({ KmsMasterKeyId: either(ref('AWS::NoValue'), 'k') }, secured('Deny', 'false')),
    PERHAPS,
  ],
  ['an Allow for TLS', 'fails', alerting({ KmsMasterKeyId: 'k' }, secured('Allow', 'true'))],
  ['a Deny of TLS itself', 'fails', alerting({ KmsMasterKeyId: 'k' }, secured('Deny', 'true'))],
  [
    'a Deny of another topic',
    'fails',
    alerting({ KmsMasterKeyId: 'k' }, one('AWS::SNS::TopicPolicy', { Topics: ['x'], PolicyDocument: {} })),
  ],
  [
    'a Deny in one branch',
    'fails',
    alerting(
      { KmsMasterKeyId: 'k' },
      one('AWS::SNS::TopicPolicy', { Topics: [ref('Topic')], PolicyDocument: either(DENYING, { Statement: [] }) }),
    ),
    PERHAPS,
  ],
  [
    'a Deny that may not be there',
    'fails',
    alerting({ KmsMasterKeyId: 'k' }, { It: { ...(secured('Deny', 'false').It as object), Condition: 'Perhaps' } }),
    PERHAPS,
  ],
  [
    'a Deny in a text',
    'passes',
    alerting(
      { KmsMasterKeyId: 'k' },
      one('AWS::SNS::TopicPolicy', { Topics: [ref('Topic')], PolicyDocument: JSON.stringify(DENYING) }),
    ),
  ],
  ['a key and a Deny', 'passes', alerting({ KmsMasterKeyId: 'k' }, secured('Deny', 'false'))],
]);

export const MORE: readonly RuleCase[] = all;
