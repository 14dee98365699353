import { CHECKS } from '../../../../lib/compliance/rules/account';
import { allow, ARN, CONNECT, deny, policy, THING } from '../../../../test/compliance/support/policies';
import { arnOf, iot, OPEN, ref, role } from '../../../../test/compliance/support/resources';
import type { Resources } from '../../../../test/compliance/support/rewrite';
import { into, type RuleCase } from './case';

const all: RuleCase[] = [];
const outcomes = into(all);

/** Settings that are written in another way than a rule may expect. */
const PERHAPS = { Conditions: { Perhaps: { 'Fn::Equals': [ref('AWS::Region'), 'b'] } } };
const either = (bad: unknown, good: unknown): object => ({ 'Fn::If': ['Perhaps', bad, good] });
const parameter = (rest: object): object => ({ Parameters: { Value: { Type: 'String', ...rest } } });

const RECEIVES = [allow('iot:Subscribe', `topicfilter/a/${THING}/*`), allow('iot:Receive', `topic/a/${THING}/*`)];
outcomes('ZTI-POL7', [
  ['a hash in the middle of a list', 'fails', policy(CONNECT, deny('iot:Publish', ['topic/a', 'topic/b/#']))],
  ['a Deny of every action with a plus', 'fails', policy(CONNECT, deny('*', `${ARN}topicfilter/+/a`))],
  [
    'Receive denied for less',
    'fails',
    policy(CONNECT, ...RECEIVES, deny('iot:Subscribe', 'topicfilter/a/*'), deny('iot:Receive', 'topic/a/b/*')),
  ],
  ['a variable of nobody', 'fails', policy(CONNECT, ...RECEIVES, deny('iot:*', 'topic/${aws:username}/*'))],
  ['everything denied', 'passes', policy(deny('iot:*', '*'))],
  [
    'both denied by a wildcard',
    'passes',
    policy(CONNECT, ...RECEIVES, deny('iot:*', [`${ARN}topicfilter/a`, `${ARN}topic/a`])),
  ],
]);

outcomes('ZTI-POL8', [
  ['an action in capitals', 'fails', policy(CONNECT, allow('IOT:ATTACHPOLICY', '*'))],
  ['all but one action', 'fails', policy({ Effect: 'Allow', NotAction: ['iot:Publish'], Resource: '*' })],
  ['all but one resource', 'fails', policy({ Effect: 'Allow', Action: 'iot:Publish', NotResource: `${ARN}topic/a` })],
  ['a deployment of Greengrass', 'fails', policy(CONNECT, allow('greengrass:CreateDeployment', '*'))],
  ['what a core asks', 'passes', policy(CONNECT, allow('greengrass:getDeploymentConfiguration', '*'))],
  ['a Deny of all but one action', 'passes', policy({ Effect: 'Deny', NotAction: 'iot:Connect', Resource: '*' })],
]);

const sized = (characters: number): Resources =>
  policy(CONNECT, allow('iot:Publish', `topic/${'x'.repeat(characters)}`));
outcomes('ZTI-POL10', [
  ['one long name', 'fails', sized(2_000)],
  ['white space for length', 'passes', policy({ ...CONNECT, Sid: ' '.repeat(3_000) })],
  ['a short one', 'passes', sized(100)],
]);

const attached = (id: string, rest: object): Resources =>
  iot(
    'ThingPrincipalAttachment',
    { ThingName: id, Principal: 'p', ThingPrincipalType: 'EXCLUSIVE_THING', ...rest },
    id,
  );
outcomes('ZTI-ID3', [
  ['two things, exclusively', 'fails', { ...attached('A', {}), ...attached('B', {}) }],
  ['two things in two branches', 'fails', attached('A', { ThingName: either('a', 'b') }), PERHAPS],
  [
    'not exclusive in one branch',
    'fails',
    attached('A', { ThingPrincipalType: either('NON_EXCLUSIVE_THING', 'EXCLUSIVE_THING') }),
    PERHAPS,
  ],
  ['one thing twice', 'passes', { ...attached('A', { ThingName: 't' }), ...attached('B', { ThingName: 't' }) }],
  ['a type that is not known', 'unverified', attached('A', { ThingPrincipalType: OPEN })],
]);

outcomes('ZTI-ID4', [
  ['attributes with nothing in them', 'fails', iot('Thing', { AttributePayload: { Attributes: {} } })],
  ['a group with no tags', 'fails', iot('ThingGroup', { Tags: [] })],
  ['a description', 'passes', iot('ThingGroup', { ThingGroupProperties: { ThingGroupDescription: 'x' } })],
]);

const SAID = { AuthenticationType: 'AWS_X509', ApplicationProtocol: 'SECURE_MQTT' };
outcomes('ZTI-TLS2', [
  [
    'an override as text',
    'fails',
    iot('DomainConfiguration', { ...SAID, AuthorizerConfig: { AllowAuthorizerOverride: 'True' } }),
  ],
  [
    'an override in one branch',
    'fails',
    iot('DomainConfiguration', { ...SAID, AuthorizerConfig: { AllowAuthorizerOverride: either(true, false) } }),
    PERHAPS,
  ],
  ['the default by its name', 'fails', iot('DomainConfiguration', { ...SAID, AuthenticationType: 'DEFAULT' })],
  ['all said', 'passes', iot('DomainConfiguration', SAID)],
]);

outcomes('ZTI-AUT2', [
  ['as text', 'fails', iot('Authorizer', { EnableCachingForHttp: 'TRUE' })],
  ['in one branch', 'fails', iot('Authorizer', { EnableCachingForHttp: either('true', false) }), PERHAPS],
  ['by a parameter', 'unverified', iot('Authorizer', { EnableCachingForHttp: ref('Value') }), parameter({})],
  [
    'a parameter that says no',
    'passes',
    iot('Authorizer', { EnableCachingForHttp: ref('Value') }),
    parameter({ AllowedValues: ['false'] }),
  ],
]);

const lasting = (CredentialDurationSeconds: unknown): Resources => ({
  ...iot('RoleAlias', { RoleArn: arnOf('Role'), CredentialDurationSeconds }),
  Role: role([]),
});
outcomes('ZTI-RA1', [
  ['as text', 'fails', lasting('43200')],
  ['in one branch', 'fails', lasting(either(43_200, 900)), PERHAPS],
  [
    'one of the values that are allowed',
    'fails',
    lasting(ref('Value')),
    parameter({ AllowedValues: ['900', '43200'] }),
  ],
  [
    'out of a map',
    'fails',
    lasting({ 'Fn::FindInMap': ['M', ref('AWS::Region'), 's'] }),
    { Mappings: { M: { a: { s: 900 }, b: { s: 7200 } } } },
  ],
  ['by a parameter', 'unverified', lasting(ref('Value')), parameter({ Type: 'Number' })],
  ['an hour', 'passes', lasting('3600')],
]);

outcomes('ZTI-RA3', [
  ['a prefix', 'fails', policy(CONNECT, allow('iot:AssumeRoleWithCertificate', 'rolealias/dev-*'))],
  ['a wildcard in the type', 'fails', policy(CONNECT, allow('iot:AssumeRoleWithCertificate', `${ARN}role*`))],
  ['a part of the action', 'fails', policy(CONNECT, allow('iot:Assume*', '*'))],
  ['one alias for each thing', 'passes', policy(CONNECT, allow('iot:assumerolewithcertificate', `rolealias/${THING}`))],
]);

const auditing = (Enabled: unknown, rest: object = {}): Resources =>
  iot('AccountAuditConfiguration', {
    AuditCheckConfigurations: Object.fromEntries(
      CHECKS.map(({ cloudFormationName }) => [cloudFormationName, { Enabled }]),
    ),
    ...rest,
  });
outcomes('ZTI-AUD2', [
  ['off as text', 'fails', auditing('False')],
  ['off in one branch', 'fails', auditing(either(false, true)), PERHAPS],
  ['what is no boolean', 'fails', auditing('yes')],
  ['by a parameter', 'unverified', auditing(ref('Value')), parameter({})],
  ['on as text', 'passes', auditing('true')],
]);

const telling = (Sns: unknown): Resources => auditing(true, { AuditNotificationTargetConfigurations: { Sns } });
outcomes('ZTI-AUD4', [
  ['off as text', 'fails', telling({ Enabled: 'false', TargetArn: 't', RoleArn: 'r' })],
  ['an empty topic', 'fails', telling({ Enabled: true, TargetArn: '', RoleArn: 'r' })],
  ['no role', 'fails', telling({ Enabled: true, TargetArn: 't' })],
  [
    'taken away in one branch',
    'fails',
    telling(either(ref('AWS::NoValue'), { Enabled: true, TargetArn: 't', RoleArn: 'r' })),
    PERHAPS,
  ],
  ['a topic and a role', 'passes', telling({ Enabled: 'true', TargetArn: 't', RoleArn: 'r' })],
]);

const moving = (OverrideDynamicGroups: unknown): Resources =>
  iot('MitigationAction', {
    ActionParams: { AddThingsToThingGroupParams: { ThingGroupNames: ['q'], OverrideDynamicGroups } },
  });
outcomes('ZTI-MIT2', [
  ['no as text', 'fails', moving('false')],
  ['nothing said', 'fails', moving(ref('AWS::NoValue'))],
  ['in one branch', 'fails', moving(either(false, true)), PERHAPS],
  ['yes as text', 'passes', moving('true')],
]);

export const SETTINGS: readonly RuleCase[] = all;
