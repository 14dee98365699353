import { POL1 } from '../../../lib/compliance/rules/pol1';
import { POL10 } from '../../../lib/compliance/rules/pol10';
import { POL2 } from '../../../lib/compliance/rules/pol2';
import { POL3 } from '../../../lib/compliance/rules/pol3';
import { POL4 } from '../../../lib/compliance/rules/pol4';
import { POL5 } from '../../../lib/compliance/rules/pol5';
import { POL6 } from '../../../lib/compliance/rules/pol6';
import { POL7 } from '../../../lib/compliance/rules/pol7';
import { POL8 } from '../../../lib/compliance/rules/pol8';
import { POL9 } from '../../../lib/compliance/rules/pol9';
import { PRV2 } from '../../../lib/compliance/rules/prv2';
import { RA3 } from '../../../lib/compliance/rules/ra3';
import { allow, ARN, CONNECT, deny, IS_ATTACHED, policy, provisioned, THING } from '../support/policies';
import { iot, one, ref } from '../support/resources';
import type { Resources } from '../support/rewrite';
import { suite } from '../support/suite';

const GOOD = [
  CONNECT,
  allow('iot:Publish', `topic/dt/${THING}/*`),
  allow('iot:Subscribe', `topicfilter/cmd/${THING}/#`),
  allow('iot:Receive', `topic/cmd/${THING}/*`),
];

suite(POL1, {
  fails: {
    'everything on everything': { resources: policy(allow('*', '*')), severity: 'fatal' },
    'iot:* on everything': { resources: policy(allow('iot:*', '*')), severity: 'fatal' },
    'iot:* but what NotResource spares': {
      resources: policy({ Effect: 'Allow', Action: 'iot:*', NotResource: `${ARN}topic/x` }),
      severity: 'fatal',
    },
    'IOT:* in capitals': { resources: policy(allow('IOT:*', '*')), severity: 'fatal' },
    'iot:* on what is its own': {
      resources: policy(allow('iot:*', `topic/dt/${THING}/*`)),
      severity: 'error',
      says: /allows iot:\*$/,
    },
    'a prefix': { resources: policy(CONNECT, allow(['iot:P*'], `topic/dt/${THING}/*`)), says: /iot:P\*/ },
    'a single character': { resources: policy(allow('iot:Publis?', `topic/dt/${THING}/x`)), says: /Publis\?/ },
    'one policy of a provisioning template': { resources: provisioned(allow('iot:*', '*')), severity: 'fatal' },
    'one that is an object, not a list': {
      resources: {
        P: {
          Type: 'AWS::IoT::Policy',
          Properties: { PolicyDocument: { Version: '2012-10-17', Statement: allow('iot:*', '*') } },
        },
      },
      severity: 'fatal',
    },
  },
  passes: {
    'a list of actions': { resources: policy(...GOOD) },
    'a Deny of everything': { resources: policy(CONNECT, deny('*', '*')) },
    'a provisioning template': { resources: provisioned(...GOOD) },
  },
});

suite(POL2, {
  fails: {
    'any resource': { resources: policy(allow('iot:Connect', '*')), says: /can connect as 'device-b'/ },
    'any client': { resources: policy(allow('iot:Connect', 'client/*')), says: /can connect as 'device-b'/ },
    'the client id itself': {
      resources: policy(allow('iot:Connect', 'client/${iot:ClientId}')),
      says: /can connect as 'device-b'/,
    },
    'a prefix of a fleet': {
      resources: policy(allow('iot:Connect', 'client/pump-*')),
      says: /can connect as 'pump-0'/,
    },
    'a name that another may begin with': {
      resources: policy(allow('iot:Connect', `client/${THING}*`)),
      says: /can connect as 'device-a0'/,
    },
    'everywhere in any account': { resources: policy(allow('iot:Connect', 'arn:aws:iot:*:*:client/*')) },
    'a condition on the address only': {
      resources: policy(allow('iot:Connect', '*', { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })),
    },
    'a Deny that depends on the address': {
      resources: policy(allow('iot:Connect', 'client/*'), {
        ...deny('iot:Connect', 'client/*'),
        Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      }),
    },
    'IsAttached where certificates are exclusive': {
      resources: {
        ...policy(allow('iot:Connect', 'client/*', IS_ATTACHED)),
        Attachment: {
          Type: 'AWS::IoT::ThingPrincipalAttachment',
          Properties: {
            ThingName: 'x',
            Principal: 'arn:aws:iot:eu-central-1:1:cert/1',
            ThingPrincipalType: 'EXCLUSIVE_THING',
          },
        },
      },
      says: /can connect as 'device-b'/,
    },
  },
  passes: {
    'the thing name': { resources: policy(CONNECT) },
    'the thing name without IsAttached': { resources: policy(allow('iot:Connect', `client/${THING}`)) },
    'everything if attached, as the developer guide shows': {
      resources: policy(allow('iot:Connect', '*', IS_ATTACHED)),
    },
    'the client id if attached': { resources: policy(allow('iot:Connect', 'client/${iot:ClientId}', IS_ATTACHED)) },
    'the name in the certificate': {
      resources: policy(allow('iot:Connect', 'client/${iot:Certificate.Subject.CommonName}')),
    },
    'one device by its name': { resources: policy(allow('iot:Connect', 'client/gateway-7')) },
    'a wildcard that a Deny takes back': {
      resources: policy(allow('iot:Connect', 'client/*'), {
        Effect: 'Deny',
        Action: 'iot:Connect',
        NotResource: `${ARN}client/${THING}`,
      }),
    },
  },
});

suite(POL3, {
  fails: {
    'every topic': { resources: policy(CONNECT, allow('iot:Publish', 'topic/*')), says: /'dt\/device-b\/telemetry'/ },
    'a wildcard in the middle': {
      resources: policy(CONNECT, allow('iot:Publish', 'topic/dt/*/telemetry')),
      says: /can publish to 'dt\/device-b\/telemetry'/,
    },
    'a name that another may begin with': {
      resources: policy(CONNECT, allow('iot:Publish', `topic/dt/${THING}*`)),
      says: /'dt\/device-a0'/,
    },
    'the type of the thing': {
      resources: policy(CONNECT, allow('iot:Receive', 'topic/cmd/${iot:Connection.Thing.ThingTypeName}/*')),
      says: /receive from/,
    },
    'what all certificates have in common': {
      resources: policy(CONNECT, allow('iot:Publish', 'topic/${iot:Certificate.Subject.Organization}/*')),
    },
    'a name behind a wildcard': { resources: policy(CONNECT, allow('iot:Publish', `topic/*/${THING}`)) },
    'a client id that anybody may take': {
      resources: policy(allow('iot:Connect', 'client/*'), allow('iot:Publish', 'topic/dt/${iot:ClientId}/x')),
      says: /connected under client id 'device-b'/,
    },
    'single characters': { resources: policy(CONNECT, allow('iot:Publish', 'topic/dt/dev?/x')) },
    'retained messages of all': {
      resources: policy(CONNECT, allow('iot:GetRetainedMessage', 'topic/*')),
      says: /read the retained message/,
    },
    'a policy of a provisioning template': { resources: provisioned(CONNECT, allow('iot:Publish', 'topic/*')) },
    'an action that only NotAction allows': {
      resources: policy(CONNECT, { Effect: 'Allow', NotAction: 'iot:Connect', Resource: `${ARN}topic/dt/*` }),
    },
    'part of the list': {
      resources: policy(CONNECT, allow('iot:Publish', [`topic/dt/${THING}/*`, 'topic/alarms/*'])),
      says: /alarms/,
    },
    'a Deny in another region': {
      resources: policy(
        CONNECT,
        allow('iot:Publish', 'topic/dt/*'),
        deny('iot:Publish', 'arn:aws:iot:us-west-2:123456789012:topic/*'),
      ),
    },
  },
  passes: {
    'its own topics': { resources: policy(...GOOD) },
    'a topic for all that is named in full': {
      resources: policy(CONNECT, allow('iot:Receive', 'topic/announcements')),
    },
    'its client id, which Connect binds': {
      resources: policy(allow('iot:Connect', `client/${THING}`), allow('iot:Publish', 'topic/dt/${iot:ClientId}/*')),
    },
    'its attribute': {
      resources: policy(CONNECT, allow('iot:Publish', 'topic/${iot:Connection.Thing.Attributes[serial]}/*')),
    },
    'one device by its name': {
      resources: policy(allow('iot:Connect', 'client/gateway-7'), allow('iot:Publish', 'topic/gw/gateway-7/*')),
    },
    'a wildcard that a Deny takes back': {
      resources: policy(CONNECT, allow('iot:Publish', 'topic/dt/*'), {
        Effect: 'Deny',
        Action: 'iot:Publish',
        NotResource: `${ARN}topic/dt/${THING}/*`,
      }),
    },
    'a star that is no wildcard': { resources: policy(CONNECT, allow('iot:Publish', 'topic/dt/${*}/x')) },
    'the topics of provisioning': {
      resources: policy(CONNECT, allow('iot:Publish', 'topic/$aws/certificates/create/*')),
    },
  },
});

suite(POL4, {
  fails: {
    'every filter': { resources: policy(CONNECT, allow('iot:Subscribe', 'topicfilter/*')), says: /subscribe to/ },
    'a wildcard of MQTT in place of the device': {
      resources: policy(CONNECT, allow('iot:Subscribe', 'topicfilter/dt/+/telemetry')),
      says: /'dt\/\+\/telemetry'/,
    },
    'everything below a level': {
      resources: policy(CONNECT, allow('iot:Subscribe', 'topicfilter/cmd/#')),
      says: /'cmd\/#'/,
    },
    'a client id that may be a plus sign': {
      resources: policy(allow('iot:Connect', 'client/*'), allow('iot:Subscribe', 'topicfilter/my/${iot:ClientId}/x')),
      says: /'my\/(\+|device-b)\/x'/,
    },
    'events of all devices': { resources: policy(CONNECT, allow('iot:Subscribe', 'topicfilter/$aws/events/*')) },
  },
  passes: {
    'its own filter': { resources: policy(...GOOD) },
    'a wildcard behind its name': {
      resources: policy(CONNECT, allow('iot:Subscribe', `topicfilter/cmd/${THING}/+/x`)),
    },
    'a filter that is named in full': {
      resources: policy(CONNECT, allow('iot:Subscribe', 'topicfilter/announcements')),
    },
  },
});

suite(POL5, {
  fails: {
    'Subscribe on a topic': {
      resources: policy(CONNECT, allow('iot:Subscribe', `topic/cmd/${THING}`)),
      says: /only topicfilter/,
    },
    'Publish on a filter': {
      resources: policy(CONNECT, allow('iot:Publish', `topicfilter/dt/${THING}`)),
      says: /only topic\//,
    },
    'Subscribe without Receive': {
      resources: policy(CONNECT, allow('iot:Subscribe', `topicfilter/cmd/${THING}`)),
      says: /nowhere iot:Receive/,
    },
  },
  passes: {
    'both in one statement': {
      resources: policy(
        CONNECT,
        allow(['iot:Subscribe', 'iot:Receive'], [`topicfilter/cmd/${THING}`, `topic/cmd/${THING}`]),
      ),
    },
    'a pair': { resources: policy(...GOOD) },
    'Publish alone': { resources: policy(CONNECT, allow('iot:Publish', `topic/dt/${THING}`)) },
    everything: { resources: policy(allow('iot:*', '*')) },
  },
});

suite(POL6, {
  fails: {
    'every topic': {
      resources: policy(CONNECT, allow(['iot:Publish', 'iot:RetainPublish'], 'topic/*')),
      says: /leave retained messages/,
    },
    'its own command topic': {
      resources: policy(CONNECT, allow('iot:RetainPublish', `topic/cmd/${THING}`)),
      says: /makes devices act/,
    },
    'its shadow': {
      resources: policy(CONNECT, allow('iot:RetainPublish', `topic/$aws/things/${THING}/shadow/update`)),
      says: /makes devices act/,
    },
    'the state of all': { resources: policy(CONNECT, allow('iot:RetainPublish', 'topic/state/*')) },
  },
  passes: {
    'its own state': {
      resources: policy(CONNECT, allow(['iot:Publish', 'iot:RetainPublish'], `topic/state/${THING}`)),
    },
    none: { resources: policy(...GOOD) },
    'a Deny': { resources: policy(...GOOD, deny('iot:RetainPublish', '*')) },
  },
});

suite(POL7, {
  fails: {
    'a number sign': {
      resources: policy(...GOOD, deny(['iot:Subscribe', 'iot:Receive'], ['topicfilter/cmd/#', 'topic/cmd/*'])),
      says: /ordinary characters/,
    },
    'a plus sign': { resources: policy(...GOOD, deny('iot:Publish', 'topic/dt/+/x')), says: /ordinary characters/ },
    'a name that is no variable': {
      resources: policy(...GOOD, deny('iot:Publish', 'topic/dt/${iot:ThingName}/service')),
      says: /in which a variable has no value that is known/,
    },
    'Subscribe without Receive': {
      resources: policy(...GOOD, deny('iot:Subscribe', 'topicfilter/cmd/secret/*')),
      says: /not iot:Receive/,
    },
    'Receive of something narrower': {
      resources: policy(
        ...GOOD,
        deny('iot:Subscribe', 'topicfilter/cmd/secret/*'),
        deny('iot:Receive', 'topic/cmd/secret/a'),
      ),
      says: /not iot:Receive/,
    },
  },
  passes: {
    'a pair': {
      resources: policy(
        ...GOOD,
        deny('iot:Subscribe', 'topicfilter/cmd/secret/*'),
        deny('iot:Receive', 'topic/cmd/secret/*'),
      ),
    },
    everything: { resources: policy(...GOOD, deny('iot:*', '*')) },
    'Receive of something wider': {
      resources: policy(...GOOD, deny('iot:Subscribe', 'topicfilter/cmd/secret/*'), deny('iot:Receive', 'topic/cmd/*')),
    },
    'all but a list': {
      resources: policy(...GOOD, { Effect: 'Deny', Action: 'iot:*', NotResource: `${ARN}client/${THING}` }),
    },
  },
});

suite(POL8, {
  fails: {
    NotAction: {
      resources: policy({ Effect: 'Allow', NotAction: 'iot:DeletePolicy', Resource: '*' }),
      says: /NotAction/,
    },
    NotResource: {
      resources: policy(CONNECT, { Effect: 'Allow', Action: 'iot:Publish', NotResource: `${ARN}topic/x` }),
      says: /NotResource/,
    },
    AttachPolicy: { resources: policy(CONNECT, allow('iot:AttachPolicy', '*')), says: /iot:AttachPolicy/ },
    'an action of another service': { resources: policy(CONNECT, allow('s3:GetObject', '*')), says: /s3:GetObject/ },
  },
  passes: {
    'what devices need': { resources: policy(...GOOD) },
    'NotResource in a Deny': {
      resources: policy(...GOOD, { Effect: 'Deny', Action: 'iot:*', NotResource: `${ARN}client/x` }),
    },
    'the jobs of a device, in both spellings': {
      resources: policy(
        CONNECT,
        allow(['iotjobsdata:DescribeJobExecution', 'iot:DescribeJobExecution'], `thing/${THING}`),
      ),
    },
    Greengrass: { resources: policy(CONNECT, allow('greengrass:Discover', '*')) },
  },
});

suite(POL9, {
  fails: {
    'shadows of all': {
      resources: policy(CONNECT, allow('iot:Publish', 'topic/$aws/things/*/shadow/update')),
      says: /\$aws\/things\/device-b\/shadow\/update/,
    },
    'shadows of all over HTTPS': {
      resources: policy(CONNECT, allow('iot:UpdateThingShadow', 'thing/*')),
      says: /change the shadow of 'device-b'/,
    },
    'jobs of all': {
      resources: policy(CONNECT, allow('iotjobsdata:UpdateJobExecution', 'thing/*')),
      says: /change the jobs of/,
    },
    everything: { resources: policy(CONNECT, allow('iot:Publish', 'topic/*')), says: /\$aws\/things\/device-b/ },
    'metrics in the name of others': {
      resources: policy(CONNECT, allow('iot:Publish', 'topic/$aws/things/*/defender/metrics/json')),
    },
  },
  passes: {
    'its own shadow': { resources: policy(CONNECT, allow('iot:Publish', `topic/$aws/things/${THING}/shadow/*`)) },
    'its own jobs over HTTPS': {
      resources: policy(CONNECT, allow('iotjobsdata:UpdateJobExecution', `thing/${THING}`)),
    },
    'other topics': { resources: policy(...GOOD) },
  },
});

const many = (count: number) =>
  policy(CONNECT, ...Array.from({ length: count }, (_, i) => allow('iot:Publish', `topic/dt/${THING}/channel-${i}`)));

/** One policy that is nearly full, and so many, of one group. */
const nearlyFull = (count: number): Resources => {
  const full = policy(CONNECT, allow('iot:Publish', `topic/dt/${THING}/${'x'.repeat(1660)}`)).DevicePolicy;
  const names = Array.from({ length: count }, (_, index) => `Policy${index}`);
  const Policies = names.map((name) => ref(name));
  return {
    ...Object.fromEntries(names.map((name) => [name, full])),
    ...iot('ThingGroup', { Tags: [{ Key: 'owner', Value: 'x' }] }, 'Group'),
    ...one('Custom::IotGroupPolicies', { ServiceToken: 'arn:x', ThingGroupName: ref('Group'), PolicyNames: Policies }),
  };
};

suite(POL10, {
  fails: {
    'more than fits': { resources: many(20), severity: 'error', says: /cannot be deployed/ },
    'nearly as much': {
      resources: policy(CONNECT, allow('iot:Publish', `topic/dt/${THING}/${'x'.repeat(1660)}`)),
      severity: 'warning',
      says: /no room/,
    },
    'both policies of a group nearly full': { resources: nearlyFull(2), severity: 'warning', says: /no room/ },
    'more than fits once the region is known': {
      resources: policy(
        CONNECT,
        ...Array.from({ length: 16 }, (_, i) => ({
          ...allow('iot:Publish', '*'),
          Resource: { 'Fn::Sub': `arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:topic/channel-${i}` },
        })),
      ),
    },
  },
  passes: {
    'a short one': { resources: policy(...GOOD) },
    'white space, which does not count': { resources: policy({ ...CONNECT, Sid: ' '.repeat(3000) }) },
    'a few more': { resources: many(5) },
    'a group with room for a second policy': { resources: nearlyFull(1) },
  },
});

suite(RA3, {
  fails: {
    'every resource': { resources: policy(CONNECT, allow('iot:AssumeRoleWithCertificate', '*')) },
    'every alias': { resources: policy(CONNECT, allow('iot:AssumeRoleWithCertificate', 'rolealias/*')) },
    'a prefix': { resources: policy(CONNECT, allow('iot:AssumeRoleWithCertificate', 'rolealias/dev-*')) },
    'all but one': {
      resources: policy(CONNECT, {
        Effect: 'Allow',
        Action: 'iot:AssumeRoleWithCertificate',
        NotResource: `${ARN}rolealias/admin`,
      }),
    },
  },
  passes: {
    'one by its name': { resources: policy(CONNECT, allow('iot:AssumeRoleWithCertificate', 'rolealias/pumps')) },
    none: { resources: policy(...GOOD) },
    'a Deny of all': { resources: policy(...GOOD, deny('iot:AssumeRoleWithCertificate', '*')) },
  },
});

const CLAIM = [
  allow('iot:Connect', 'client/enroll-*'),
  allow(
    ['iot:Publish', 'iot:Receive'],
    ['topic/$aws/certificates/create-from-csr/*', 'topic/$aws/provisioning-templates/pumps/provision/*'],
  ),
  allow('iot:Subscribe', [
    'topicfilter/$aws/certificates/create-from-csr/*',
    'topicfilter/$aws/provisioning-templates/pumps/provision/*',
  ]),
];

suite(PRV2, {
  fails: {
    'any template': {
      resources: policy(...CLAIM, allow('iot:Publish', 'topic/$aws/provisioning-templates/*')),
      says: /any provisioning template/,
    },
    'a template by its beginning': {
      resources: policy(...CLAIM, allow('iot:Publish', 'topic/$aws/provisioning-templates/pump*/provision/*')),
    },
    'topics of devices': {
      resources: policy(...CLAIM, allow('iot:Publish', 'topic/dt/x')),
      says: /no topic of provisioning/,
    },
    'a role': {
      resources: policy(...CLAIM, allow('iot:AssumeRoleWithCertificate', 'rolealias/pumps')),
      says: /AssumeRoleWithCertificate/,
    },
    'any client id': {
      resources: policy(allow('iot:Connect', '*'), ...CLAIM.slice(1)),
      severity: 'warning',
      says: /any client id/,
    },
    everything: { resources: policy(...CLAIM, allow('iot:*', '*')) },
  },
  passes: {
    'what enrolling takes': { resources: policy(...CLAIM) },
    'both kinds of certificates': {
      resources: policy(...CLAIM, allow('iot:Publish', 'topic/$aws/certificates/create/*')),
    },
    'policies of devices': { resources: policy(...GOOD, allow('iot:Publish', 'topic/dt/x')) },
  },
});
