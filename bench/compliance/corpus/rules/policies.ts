import { allow, ARN, CONNECT, deny, policy, THING } from '../../../../test/compliance/support/policies';
import { into, type RuleCase } from './case';

const all: RuleCase[] = [];
const outcomes = into(all);

const when = (operator: string, key: string, value: string | string[]): object => ({ [operator]: { [key]: value } });
const ATTACHED = 'iot:Connection.Thing.IsAttached';
const NAME = 'iot:Connection.Thing.ThingName';
outcomes('ZTI-POL1', [
  ['a question mark in an action', 'fails', policy(allow('iot:Publis?', `topic/${THING}`))],
  ['a list in which one is a wildcard', 'fails', policy(allow(['iot:Connect', 'iot:*'], '*'))],
  ['an action that a function joins', 'fails', policy(allow({ 'Fn::Join': [':', ['iot', '*']] } as never, '*'))],
]);

outcomes('ZTI-POL2', [
  [
    'a client id that only has to look like one',
    'fails',
    policy(allow('iot:Connect', 'client/*', when('StringLike', 'iot:ClientId', 'sensor-*'))),
  ],
  ['who is attached to nothing', 'fails', policy(allow('iot:Connect', 'client/*', when('Bool', ATTACHED, 'false')))],
  ['attached or not', 'fails', policy(allow('iot:Connect', 'client/*', when('Bool', ATTACHED, ['true', 'false'])))],
  ['a key that is there', 'fails', policy(allow('iot:Connect', '*', when('Null', ATTACHED, 'false')))],
  ['a name that nobody has', 'fails', policy(allow('iot:Connect', '*', when('BoolIfExists', `${ATTACHED}x`, 'true')))],
  ['what is not attached so', 'fails', policy(allow('iot:Connect', '*', when('StringNotEquals', ATTACHED, 'true')))],
  ['the type of the thing', 'fails', policy(allow('iot:Connect', 'client/${iot:Connection.Thing.ThingTypeName}'))],
  ['the type and more', 'fails', policy(allow('iot:Connect', 'client/${iot:Connection.Thing.ThingTypeName}-*'))],
  [
    'an attribute that many have',
    'fails',
    policy(allow('iot:Connect', 'client/*', when('StringEquals', 'iot:Connection.Thing.Attributes[fleet]', 'a'))),
  ],
  ['the type of a resource by a wildcard', 'fails', policy(allow('iot:Connect', `${ARN}cl*`))],
  [
    'one client id by a condition',
    'passes',
    policy(allow('iot:Connect', '*', when('StringEquals', 'iot:ClientId', 'gateway-7'))),
  ],
  [
    'the thing name by a condition',
    'passes',
    policy(allow('iot:Connect', '*', when('StringEquals', 'iot:ClientId', THING))),
  ],
]);

outcomes('ZTI-POL3', [
  ['a wildcard for the type of resource', 'fails', policy(CONNECT, allow('iot:Publish', `${ARN}*/command`))],
  ['a wildcard inside of the type', 'fails', policy(CONNECT, allow('iot:Publish', `${ARN}topi?/dt/*`))],
  ['an ARN that is cut short', 'fails', policy(CONNECT, allow('iot:Publish', 'arn:aws:iot:*:topic/dt/*'))],
  [
    'a name that only has to look like one',
    'fails',
    policy(CONNECT, allow('iot:Publish', 'topic/*', when('StringLike', NAME, 'gateway-*'))),
  ],
  [
    'a certificate that only has to look like one',
    'fails',
    policy(
      CONNECT,
      allow('iot:Publish', 'topic/admin/*', when('StringLike', 'iot:Certificate.Subject.CommonName', '*')),
    ),
  ],
  [
    'any certificate but one',
    'fails',
    policy(
      CONNECT,
      allow('iot:Publish', 'topic/admin/*', when('StringNotEquals', 'iot:Certificate.Subject.CommonName', 'x')),
    ),
  ],
  [
    'what all certificates say',
    'fails',
    policy(
      CONNECT,
      allow('iot:Publish', 'topic/admin/*', when('StringEquals', 'iot:Certificate.Subject.Organization', 'x')),
    ),
  ],
  [
    'a Deny for some addresses',
    'fails',
    policy(CONNECT, allow('iot:Publish', 'topic/*'), {
      ...deny('iot:Publish', 'topic/*'),
      Condition: when('IpAddress', 'aws:SourceIp', '192.0.2.0/24'),
    }),
  ],
  [
    'a Deny of one topic',
    'fails',
    policy(CONNECT, allow('iot:Publish', 'topic/*'), deny('iot:Publish', 'topic/$aws/*')),
  ],
  [
    'a certificate by its name',
    'passes',
    policy(
      CONNECT,
      allow(
        'iot:Publish',
        'topic/admin/*',
        when('StringEquals', 'iot:Certificate.Subject.CommonName.2', 'Administrator'),
      ),
    ),
  ],
  [
    'a thing by its name',
    'passes',
    policy(CONNECT, allow('iot:Publish', 'topic/broadcast/*', when('StringEquals', NAME, 'gateway-7'))),
  ],
  [
    'the client id of a policy for one device',
    'passes',
    policy(allow('iot:Connect', 'client/client1'), allow('iot:Publish', 'topic/my/${iot:ClientId}')),
  ],
  [
    'the client ids of a policy for three',
    'passes',
    policy(
      allow('iot:Connect', ['client/c1', 'client/c2', 'client/c3']),
      allow('iot:Publish', 'topic/my/${iot:ClientId}/*'),
    ),
  ],
  [
    'the client id that a condition binds',
    'passes',
    policy(
      allow('iot:Connect', '*', when('StringEquals', 'iot:ClientId', 'c1')),
      allow('iot:Publish', 'topic/my/${iot:ClientId}/*'),
    ),
  ],
]);

outcomes('ZTI-POL4', [
  [
    'the name of the one device as the group of a shared filter',
    'fails',
    policy(allow('iot:Connect', 'client/c1'), allow('iot:Subscribe', 'topicfilter/$share/c1/*')),
  ],
  [
    'a shared subscription to all',
    'fails',
    policy(CONNECT, allow('iot:Subscribe', 'topicfilter/$share/workers/cmd/#')),
  ],
  [
    'its own shared subscription',
    'passes',
    policy(CONNECT, allow('iot:Subscribe', `topicfilter/$share/workers/cmd/${THING}/#`)),
  ],
]);

outcomes('ZTI-POL5', [
  [
    'a topic among filters',
    'fails',
    policy(CONNECT, allow('iot:Subscribe', ['topicfilter/a', 'topic/b']), allow('iot:Receive', 'topic/a')),
  ],
  ['a filter among topics', 'fails', policy(CONNECT, allow('iot:Publish', ['topic/a', 'topicfilter/b']))],
]);

outcomes('ZTI-POL6', [
  [
    'a topic that all write to',
    'fails',
    policy(CONNECT, allow(['iot:Publish', 'iot:RetainPublish'], 'topic/site/estop')),
  ],
  [
    'the topic of a policy for one device',
    'passes',
    policy(allow('iot:Connect', 'client/d1'), allow(['iot:Publish', 'iot:RetainPublish'], 'topic/d/sample')),
  ],
]);

outcomes('ZTI-POL9', [
  [
    'another thing by its name',
    'fails',
    policy(CONNECT, allow('iot:Publish', 'topic/$aws/things/controller/shadow/update')),
  ],
  [
    'the shadow of another thing over HTTPS',
    'fails',
    policy(CONNECT, allow('iot:UpdateThingShadow', 'thing/controller')),
  ],
  [
    'a plus sign for the thing',
    'fails',
    policy(CONNECT, allow('iot:Subscribe', 'topicfilter/$aws/things/+/shadow/update')),
  ],
  [
    'a thing by its name, beside no Connect',
    'passes',
    policy(allow(['iot:Publish', 'iot:Receive'], 'topic/$aws/things/one/shadow/*')),
  ],
  [
    'the thing of a policy for one device',
    'passes',
    policy(
      allow('iot:Connect', 'client/one'),
      allow('iot:Publish', 'topic/$aws/things/one/shadow/*'),
      allow('iot:GetThingShadow', 'thing/one'),
    ),
  ],
]);

outcomes('ZTI-PRV2', [
  [
    'small letters',
    'passes',
    policy(allow('iot:connect', 'client/claim-*'), allow('iot:publish', 'topic/$aws/certificates/create/*')),
  ],
  [
    'more than provisioning',
    'fails',
    policy(
      allow('iot:Connect', 'client/claim-*'),
      allow('iot:Publish', ['topic/$aws/certificates/create/*', 'topic/dt/x']),
    ),
  ],
]);

export const POLICIES: readonly RuleCase[] = all;
