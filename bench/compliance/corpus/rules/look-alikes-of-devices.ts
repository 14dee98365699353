import { allow, ARN, CONNECT, deny, IS_ATTACHED, policy, THING } from '../../../../test/compliance/support/policies';
import { arnOf, iot, one, ref } from '../../../../test/compliance/support/resources';
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
const text = (...statements: object[]): Resources =>
  iot('Policy', { PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2) });

outcomes('ZTI-POL1', [
  [
    'many actions, each by its name',
    'passes',
    policy(allow(['iot:Publish', 'iot:Receive', 'iot:RetainPublish'], `topic/${THING}`)),
  ],
  ['a Deny of every action', 'passes', policy(CONNECT, deny('iot:*', 'topic/secret/*'))],
  ['a document in a text', 'passes', text(CONNECT)],
  [
    'an action that a parameter picks from two',
    'passes',
    policy({ ...allow('', `topic/${THING}`), Action: ref('Value') }),
    parameter(['iot:Publish', 'iot:Receive']),
  ],
]);
outcomes('ZTI-POL2', [
  [
    'the name of the thing, joined',
    'passes',
    policy({
      ...CONNECT,
      Resource: { 'Fn::Join': [':', ['arn:aws:iot', ref('AWS::Region'), ref('AWS::AccountId'), `client/${THING}`]] },
    }),
  ],
  [
    'all that is attached, in the thing’s own name',
    'passes',
    policy(allow('iot:Connect', '*', { ...IS_ATTACHED, StringEquals: { 'iot:ClientId': THING } })),
  ],
  [
    'one client of a gateway, by a function',
    'passes',
    policy({ ...allow('iot:Connect', ''), Resource: sub('client/gateway-7') }),
  ],
  [
    'either of two clients',
    'passes',
    policy({ ...CONNECT, Resource: either(`${ARN}client/a`, `${ARN}client/b`) }),
    PERHAPS,
  ],
]);
outcomes('ZTI-POL4', [
  [
    'its own, by a function',
    'passes',
    policy(CONNECT, { ...allow('iot:Subscribe', ''), Resource: sub(`topicfilter/cmd/${THING}/+`) }),
  ],
  ['what all may hear, by its name', 'passes', policy(CONNECT, allow('iot:Subscribe', 'topicfilter/announcements'))],
]);
outcomes('ZTI-POL5', [
  [
    'a filter, and its messages',
    'passes',
    policy(CONNECT, allow('iot:Subscribe', `topicfilter/${THING}/#`), allow('iot:Receive', `topic/${THING}/*`)),
  ],
  [
    'a filter with a plus, and its messages',
    'passes',
    policy(CONNECT, allow('iot:Subscribe', `topicfilter/${THING}/+/x`), allow('iot:Receive', `topic/${THING}/*/x`)),
  ],
  [
    'both in one statement',
    'passes',
    policy(CONNECT, allow(['iot:Subscribe', 'iot:Receive'], [`topicfilter/${THING}`, `topic/${THING}`])),
  ],
]);
outcomes('ZTI-POL6', [
  [
    'a topic of its own',
    'passes',
    policy(CONNECT, allow(['iot:Publish', 'iot:RetainPublish'], `topic/state/${THING}`)),
  ],
  [
    'a Deny of what is retained',
    'passes',
    policy(CONNECT, allow('iot:Publish', `topic/${THING}/*`), deny('iot:RetainPublish', '*')),
  ],
  ['messages that are not retained', 'passes', policy(CONNECT, allow('iot:Publish', 'topic/site/estop'))],
]);
outcomes('ZTI-POL7', [
  ['a name with a plus in it', 'passes', policy(CONNECT, deny('iot:Publish', 'topic/c++/x'))],
  [
    'an Allow with a plus',
    'passes',
    policy(CONNECT, allow('iot:Subscribe', `topicfilter/${THING}/+`), allow('iot:Receive', `topic/${THING}/*`)),
  ],
]);
outcomes('ZTI-POL8', [
  [
    'the shadow of the thing, over HTTPS',
    'passes',
    policy(CONNECT, allow(['iot:GetThingShadow', 'iot:UpdateThingShadow'], `thing/${THING}`)),
  ],
  [
    'jobs of the thing, over HTTPS',
    'passes',
    policy(CONNECT, allow('iotjobsdata:StartNextPendingJobExecution', `thing/${THING}`)),
  ],
  ['a Deny of what manages', 'passes', policy(CONNECT, deny(['iot:AttachPolicy', 'iot:CreateThing'], '*'))],
]);
outcomes('ZTI-POL9', [
  ['its own jobs', 'passes', policy(CONNECT, allow('iot:Publish', `topic/$aws/things/${THING}/jobs/*`))],
  [
    'a named shadow of its own, by a function',
    'passes',
    policy(CONNECT, {
      ...allow('iot:Receive', ''),
      Resource: sub(`topic/$aws/things/${THING}/shadow/name/state/update/delta`),
    }),
  ],
]);
outcomes('ZTI-POL10', [
  [
    'indented text',
    'passes',
    iot('Policy', { PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [CONNECT] }, null, 400) }),
  ],
  [
    'a few statements',
    'passes',
    policy(CONNECT, ...Array.from({ length: 5 }, (_, i) => allow('iot:Publish', `topic/t${i}/${THING}`))),
  ],
]);

const CERTIFICATE = one('AWS::IoT::Certificate', { Status: 'ACTIVE', CertificateSigningRequest: 'x' }, 'Certificate');
const attach = (
  ThingName: unknown,
  Principal: unknown,
  id: string,
  rest: object = { ThingPrincipalType: 'EXCLUSIVE_THING' },
): Resources => iot('ThingPrincipalAttachment', { ThingName, Principal, ...rest }, id);
const give = (Principal: unknown, PolicyName: unknown = 'p'): Resources =>
  iot('PolicyPrincipalAttachment', { PolicyName, Principal }, 'Grant');
outcomes('ZTI-ID2', [
  [
    'a certificate of the template and its thing',
    'passes',
    { ...CERTIFICATE, ...give(arnOf('Certificate')), ...attach('t', arnOf('Certificate'), 'A') },
  ],
  [
    'the same certificate by its id',
    'passes',
    { ...CERTIFICATE, ...give(sub('cert/${Certificate}')), ...attach('t', arnOf('Certificate'), 'A') },
  ],
  ['an identity of Cognito', 'passes', give('eu-central-1:11111111-2222-3333-4444-555555555555')],
  [
    'a claim',
    'passes',
    {
      ...policy(allow('iot:Publish', 'topic/$aws/certificates/create/*')),
      ...give('arn:aws:iot:x:1:cert/1', ref('DevicePolicy')),
    },
  ],
]);
outcomes('ZTI-ID3', [
  [
    'two certificates of one thing',
    'passes',
    { ...attach('t', 'arn:x:cert/1', 'A'), ...attach('t', 'arn:x:cert/2', 'B') },
  ],
  [
    'two certificates of two things',
    'passes',
    { ...attach('a', 'arn:x:cert/1', 'A'), ...attach('b', 'arn:x:cert/2', 'B') },
  ],
  [
    'the type by a parameter of one value',
    'passes',
    attach('t', 'arn:x:cert/1', 'A', { ThingPrincipalType: ref('Value') }),
    parameter(['EXCLUSIVE_THING']),
  ],
]);
outcomes('ZTI-ID4', [
  ['an attribute', 'passes', iot('Thing', { AttributePayload: { Attributes: { owner: 'plant-4' } } })],
  ['a type that says what it is', 'passes', { ...iot('ThingType', { ThingTypeName: 'pump' }, 'Type') }],
  ['tags of a group', 'passes', iot('ThingGroup', { Tags: [{ Key: 'owner', Value: 'x' }] })],
]);

export const LOOK_ALIKES_OF_DEVICES: readonly RuleCase[] = all;
