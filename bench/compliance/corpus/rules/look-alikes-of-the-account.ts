import { CHECKS } from '../../../../lib/compliance/rules/account';
import { PROFILE } from '../../../../lib/compliance/rules/det1';
import { PIPELINE } from '../../../../lib/compliance/rules/mit3';
import { QUARANTINE } from '../../../../lib/compliance/rules/mit1';
import { allow, CONNECT, deny, policy } from '../../../../test/compliance/support/policies';
import { arnOf, change, iot, one, ref, role, without } from '../../../../test/compliance/support/resources';
import type { Resources } from '../../../../test/compliance/support/rewrite';
import { into, type RuleCase } from './case';

const all: RuleCase[] = [];
const outcomes = into(all);

/** Templates that look like what a rule forbids, and are as they should be. */
const PERHAPS = { Conditions: { Perhaps: { 'Fn::Equals': [ref('AWS::Region'), 'b'] } } };
const either = (one: unknown, other: unknown): object => ({ 'Fn::If': ['Perhaps', one, other] });
const parameter = (AllowedValues: string[]): object => ({ Parameters: { Value: { Type: 'String', AllowedValues } } });
const sub = (resource: string): object => ({
  'Fn::Sub': `arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:${resource.replaceAll('${iot', '${!iot')}`,
});

const template = (properties: object): Resources =>
  iot('ProvisioningTemplate', { ProvisioningRoleArn: arnOf('Role'), Enabled: true, ...properties });
outcomes('ZTI-PRV1', [
  [
    'a hook by an alias',
    'passes',
    template({ PreProvisioningHook: { TargetArn: ref('Alias'), PayloadVersion: '2020-04-01' } }),
  ],
  [
    'a hook in either branch',
    'passes',
    template({ PreProvisioningHook: either({ TargetArn: 'a' }, { TargetArn: 'b' }) }),
    PERHAPS,
  ],
  ['a template that is off', 'passes', template({ Enabled: 'false' })],
]);
const CLAIM = allow(['iot:Publish', 'iot:Receive'], 'topic/$aws/certificates/create-from-csr/*');
outcomes('ZTI-PRV2', [
  [
    'one template by a function',
    'passes',
    policy(CLAIM, {
      ...allow('iot:Publish', ''),
      Resource: sub('topic/$aws/provisioning-templates/pumps/provision/*'),
    }),
  ],
  ['a client id with a prefix', 'passes', policy(CLAIM, allow('iot:Connect', 'client/claim-*'))],
  [
    'replies of its template',
    'passes',
    policy(CLAIM, allow('iot:Subscribe', 'topicfilter/$aws/provisioning-templates/pumps/provision/json/+')),
  ],
]);
const registering = (Action: string[], Resource: unknown): Resources => ({
  ...template({}),
  Role: role([{ Effect: 'Allow', Action, Resource }]),
});
outcomes('ZTI-PRV3', [
  [
    'what registering needs',
    'passes',
    registering(['iot:CreateThing', 'iot:UpdateCertificate', 'iot:AttachThingPrincipal'], '*'),
  ],
  ['a policy of one name', 'passes', registering(['iot:AttachPolicy', 'iot:GetPolicy'], '*')],
]);
outcomes('ZTI-PRV4', [
  [
    'a source of one account',
    'passes',
    one('AWS::Lambda::Permission', { Principal: 'iot.amazonaws.com', SourceAccount: ref('AWS::AccountId') }),
  ],
  ['another service', 'passes', one('AWS::Lambda::Permission', { Principal: 'sns.amazonaws.com' })],
]);
const authority = (properties: object): Resources =>
  iot('CACertificate', { VerificationCertificatePem: 'PEM', ...properties });
outcomes('ZTI-CA1', [
  [
    'a template for those who come',
    'passes',
    authority({ AutoRegistrationStatus: 'ENABLE', RegistrationConfig: { TemplateName: 'pumps' } }),
  ],
  ['no registration by itself', 'passes', authority({ AutoRegistrationStatus: 'DISABLE' })],
]);
outcomes('ZTI-CA2', [
  [
    'a verification in either branch',
    'passes',
    iot('CACertificate', { VerificationCertificatePem: either('A', 'B') }),
    PERHAPS,
  ],
  ['the mode by its name', 'passes', authority({ CertificateMode: 'DEFAULT' })],
]);
const tls = (SecurityPolicy: unknown): Resources => iot('DomainConfiguration', { TlsConfig: { SecurityPolicy } });
outcomes('ZTI-TLS1', [
  ['TLS 1.3', 'passes', tls('IoTSecurityPolicy_TLS13_1_3_2022_10')],
  ['the default', 'passes', iot('DomainConfiguration', {})],
  [
    'one of two that are allowed',
    'passes',
    tls(ref('Value')),
    parameter(['IoTSecurityPolicy_TLS13_1_2_2022_10', 'IoTSecurityPolicy_TLS13_1_3_2022_10']),
  ],
]);
const SAID = { AuthenticationType: 'AWS_X509', ApplicationProtocol: 'SECURE_MQTT' };
outcomes('ZTI-TLS2', [
  [
    'an override that is refused',
    'passes',
    iot('DomainConfiguration', { ...SAID, AuthorizerConfig: { AllowAuthorizerOverride: 'false' } }),
  ],
  ['HTTPS', 'passes', iot('DomainConfiguration', { ...SAID, ApplicationProtocol: 'HTTPS' })],
]);
const authorizer = (properties: object): Resources =>
  iot('Authorizer', { TokenSigningPublicKeys: { first: 'PEM' }, ...properties });
outcomes('ZTI-AUT1', [
  ['signing that is said to be on', 'passes', authorizer({ SigningDisabled: 'false' })],
  [
    'keys in either branch',
    'passes',
    authorizer({ TokenSigningPublicKeys: either({ a: 'PEM' }, { b: 'PEM' }) }),
    PERHAPS,
  ],
]);
outcomes('ZTI-AUT2', [
  ['nothing said', 'passes', authorizer({})],
  ['no, in either branch', 'passes', authorizer({ EnableCachingForHttp: either('false', false) }), PERHAPS],
]);
const lasting = (CredentialDurationSeconds?: unknown): Resources => ({
  ...iot('RoleAlias', { RoleArn: arnOf('Role'), CredentialDurationSeconds }),
  Role: role([]),
});
outcomes('ZTI-RA1', [
  ['a quarter of an hour', 'passes', lasting(900)],
  ['the default', 'passes', lasting()],
]);
outcomes('ZTI-RA3', [
  [
    'one alias by reference',
    'passes',
    { ...lasting(), ...policy(CONNECT, { ...allow('iot:AssumeRoleWithCertificate', ''), Resource: arnOf('It') }) },
  ],
  ['a Deny of all', 'passes', policy(CONNECT, deny('iot:AssumeRoleWithCertificate', '*'))],
]);

const HERE = policy(CONNECT);
outcomes('ZTI-AUD1', [
  ['an audit', 'passes', { ...HERE, ...iot('AccountAuditConfiguration', {}, 'Audit') }],
  ['the audit of this library', 'passes', { ...HERE, ...one('Custom::IotAccountAudit', {}, 'Audit') }],
  ['no devices', 'passes', one('AWS::SNS::Topic', {})],
]);
const auditing = (Enabled: unknown): Resources =>
  iot(
    'AccountAuditConfiguration',
    {
      AuditCheckConfigurations: Object.fromEntries(
        CHECKS.map(({ cloudFormationName }) => [cloudFormationName, { Enabled }]),
      ),
    },
    'Audit',
  );
outcomes('ZTI-AUD2', [
  ['on in either branch', 'passes', auditing(either(true, 'true')), PERHAPS],
  ['all of this library', 'passes', one('Custom::IotAccountAudit', { CheckNames: CHECKS.map(({ name }) => name) })],
]);
outcomes('ZTI-AUD3', [
  [
    'each week, at some day',
    'passes',
    {
      ...auditing(true),
      ...iot('ScheduledAudit', {
        Frequency: either('WEEKLY', 'DAILY'),
        DayOfWeek: 'MON',
        TargetCheckNames: CHECKS.map(({ name }) => name),
      }),
    },
    PERHAPS,
  ],
]);
const telling = (Sns: unknown): Resources =>
  iot('AccountAuditConfiguration', { AuditNotificationTargetConfigurations: { Sns } });
const TOLD = { Enabled: true, TargetArn: ref('Topic'), RoleArn: arnOf('Role') };
outcomes('ZTI-AUD4', [
  ['either of two topics', 'passes', telling(either(TOLD, { ...TOLD, TargetArn: 'arn:x' })), PERHAPS],
  ['the topic of this library', 'passes', one('Custom::IotAccountAudit', { NotificationTargetArn: ref('Topic') })],
]);
const profile = (property: string, value: unknown): Resources => change(PROFILE, 'Profile', property, value);
const BEHAVIORS = PROFILE.Profile.Properties.Behaviors as object[];
outcomes('ZTI-DET1', [
  [
    'some alerts suppressed',
    'passes',
    profile(
      'Behaviors',
      BEHAVIORS.map((each, i) => ({ ...each, SuppressAlerts: i > 0 })),
    ),
  ],
  ['one target of a group', 'passes', profile('TargetArns', [arnOf('Group')])],
]);
outcomes('ZTI-DET2', [
  [
    'all three, in two profiles',
    'passes',
    {
      ...profile('Behaviors', BEHAVIORS.slice(1)),
      ...iot('SecurityProfile', { Behaviors: BEHAVIORS.slice(0, 1) }, 'Second'),
    },
  ],
  [
    'all three, more strictly in one branch',
    'passes',
    profile('Behaviors', [...BEHAVIORS, either(BEHAVIORS[0], ref('AWS::NoValue'))]),
    PERHAPS,
  ],
]);
outcomes('ZTI-MIT1', [
  [
    'a policy beside another one',
    'passes',
    { ...QUARANTINE, ...iot('Policy', { PolicyDocument: { Version: '2012-10-17', Statement: [CONNECT] } }, 'Repair') },
  ],
  ['a group of another purpose', 'passes', iot('ThingGroup', { ThingGroupName: 'pumps' })],
]);
const moving = (params: object): Resources => iot('MitigationAction', { ActionParams: params });
outcomes('ZTI-MIT2', [
  ['another action', 'passes', moving({ UpdateDeviceCertificateParams: { Action: 'DEACTIVATE' } })],
  [
    'yes in either branch',
    'passes',
    moving({ AddThingsToThingGroupParams: { OverrideDynamicGroups: either(true, 'true') } }),
    PERHAPS,
  ],
  ['a queue that listens', 'passes', without(PIPELINE, 'Isolate')],
]);
outcomes('ZTI-ENC1', [
  ['the key of the service for a queue', 'passes', change(PIPELINE, 'Signals', 'KmsMasterKeyId', undefined)],
  ['either of two keys', 'passes', change(PIPELINE, 'Alerts', 'KmsMasterKeyId', either('a', 'b')), PERHAPS],
]);
outcomes('ZTI-LOG1', [
  ['warnings', 'passes', { ...HERE, ...iot('Logging', { DefaultLogLevel: 'WARN' }) }],
  ['errors, by this library', 'passes', { ...HERE, ...one('Custom::IotLogging', { DefaultLogLevel: 'ERROR' }) }],
  [
    'either of two levels',
    'passes',
    { ...HERE, ...iot('Logging', { DefaultLogLevel: either('WARN', 'ERROR') }) },
    PERHAPS,
  ],
]);
const careful = (rest: object): Resources =>
  iot('JobTemplate', {
    AbortConfig: { CriteriaList: [{ Action: 'CANCEL' }] },
    TimeoutConfig: { InProgressTimeoutInMinutes: 5 },
    JobExecutionsRolloutConfig: { MaximumPerMinute: 5 },
    ...rest,
  });
outcomes('ZTI-JOB1', [
  [
    'a rate that grows',
    'passes',
    careful({ JobExecutionsRolloutConfig: { ExponentialRolloutRate: { BaseRatePerMinute: 5 } } }),
  ],
  ['two criteria', 'passes', careful({ AbortConfig: { CriteriaList: [{ Action: 'CANCEL' }, { Action: 'CANCEL' }] } })],
  ['signed firmware', 'passes', iot('OTAUpdate', { Files: [{ CodeSigning: { AwsSignerJobId: 'x' } }] })],
]);

export const LOOK_ALIKES_OF_THE_ACCOUNT: readonly RuleCase[] = all;
