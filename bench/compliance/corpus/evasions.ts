import { bad, document, good, type Sample, weak } from './sample';

/*
 * Written to slip past rules that read text, and honest look-alikes beside them. Each says one thing in an unusual way.
 */

const SOURCE = 'written to evade';
const OURS = (name: string, reason: string, ...lines: string[]) => [name, SOURCE, reason, ...lines] as const;
const AS_THING = '+ Connect client/{thing} ? attached';
const MANY = 'reaches what is of other devices';
const ALL = 'any device connects as any other';
const OWN = 'bound by the device';
const MANAGES = 'manages the account';

const actions: Sample[] = [
  bad(...OURS('an action that begins like Connect', 'wildcard in an action', '+ iot:Con* client/{thing} ? attached')),
  bad(...OURS('an action with a question mark', 'wildcard in an action', AS_THING, '+ iot:?ublish topic/dt/{thing}/x')),
  bad(...OURS('the service and more', 'the whole account', '+ iot* *')),
  bad(...OURS('both halves of an action', 'the whole account', '+ *:* *')),
  bad(...OURS('capitals', ALL, '+ IOT:CONNECT *')),
  good(...OURS('small letters', OWN, AS_THING, '+ iot:publish topic/dt/{thing}/x')),
  bad(...OURS('Greengrass deploys', MANAGES, AS_THING, '+ greengrass:CreateDeployment *')),
  good(...OURS('a client device finds its core', 'data plane of Greengrass', AS_THING, '+ greengrass:Discover *')),
  bad(...OURS('a right of another service', MANAGES, AS_THING, '+ s3:GetObject *')),
  bad(...OURS('devices disconnect others', MANAGES, AS_THING, '+ DeleteConnection client/*')),
];

const connecting: Sample[] = [
  bad(...OURS('anything that ends in the name', ALL, '+ Connect client/*-{thing}')),
  bad(...OURS('anything that begins with the name', 'one name begins with another', '+ Connect client/{thing}*')),
  bad(...OURS('one more character', 'one name begins with another', '+ Connect client/{thing}?')),
  bad(...OURS('the type of the thing and more', ALL, '+ Connect client/{type}-*')),
  bad(...OURS('what all certificates say', ALL, '+ Connect client/{org}')),
  bad(...OURS('wildcards up to the client', ALL, '+ Connect arn:aws:*:*:*:client/*')),
  bad(...OURS('an ARN that ends early', ALL, '+ Connect arn:aws:iot:*')),
  bad(...OURS('inside of one network', ALL, '+ Connect * ? IpAddress aws:SourceIp 10.0.0.0/8')),
  bad(...OURS('itself, or a pattern', MANY, '+ Connect client/* ? StringLike iot:ClientId {thing},dev-*')),
  bad(...OURS('a part of its name', MANY, '+ Connect client/* ? StringLike iot:Connection.Thing.ThingName {client}*')),
  bad(
    ...OURS('a level of its name', MANY, '+ Connect client/* ? StringLike iot:Connection.Thing.ThingName {client}-*'),
  ),
  bad(
    ...OURS(
      'a part of an attribute',
      MANY,
      '+ Connect client/* ? StringLike iot:Connection.Thing.Attributes[id] {client}*',
    ),
  ),
  bad(
    ...OURS(
      'its name in other letters',
      'group policies do not apply',
      '+ Connect client/* ? StringEqualsIgnoreCase iot:Connection.Thing.ThingName {client}',
    ),
  ),
  bad(
    ...OURS(
      'its type',
      'one name for all',
      '+ Connect client/* ? StringEquals iot:Connection.Thing.ThingTypeName {client}',
    ),
  ),
  good(
    ...OURS(
      'an attribute, whole',
      OWN,
      '+ Connect client/* ? StringEquals iot:Connection.Thing.Attributes[id] {client}',
      '+ Publish topic/{client}/x',
    ),
  ),
  bad(...OURS('all but what is left of a deny', MANY, '+ Connect client/*', '-! Connect client/sensor-*')),
  good(...OURS('itself, by a pattern that is none', OWN, '+ Connect client/* ? StringLike iot:ClientId {thing}')),
  bad(...OURS('at one endpoint', ALL, '+ Connect client/* ? StringEquals iot:DomainName iot.example.com')),
  bad(
    ...OURS(
      'attached, or nobody knows',
      'holds for who is attached to nothing',
      '+ Connect * ? BoolIfExists iot:Connection.Thing.IsAttached true',
    ),
  ),
  bad(
    ...OURS(
      'all of no values',
      'holds for a key without a value',
      '+ Connect * ? ForAllValues:StringEquals iot:Connection.Thing.ThingName {client}',
    ),
  ),
  bad(...OURS('a client id like the name', ALL, '+ Connect client/* ? StringLike iot:ClientId {thing}*')),
  good(...OURS('a client id that is the name', OWN, '+ Connect client/* ? StringEquals iot:ClientId {thing}')),
  good(
    ...OURS(
      'all, and who is not attached is denied',
      OWN,
      '+ Connect client/*',
      '- Connect * ? Bool iot:Connection.Thing.IsAttached false',
    ),
  ),
  good(
    ...OURS('the client id, when attached', OWN, '+ Connect client/{client} ? attached', '+ Publish topic/{client}/x'),
  ),
  good(...OURS('the certificate as client id', OWN, '+ Connect client/{cert}', '+ Publish topic/{cert}/x')),
];

const topics: Sample[] = [
  bad(...OURS('the name behind a star', MANY, AS_THING, '+ Publish topic/*/{thing}/x')),
  bad(...OURS('what a deny leaves', MANY, AS_THING, '+ Publish topic/*', '-! Publish topic/public/*')),
  bad(...OURS('the name and more', 'one name begins with another', AS_THING, '+ Publish topic/dt/{thing}*')),
  bad(...OURS('a question mark for each character', MANY, AS_THING, '+ Publish topic/dt/????????/x')),
  bad(...OURS('a question mark in the type', MANY, AS_THING, '+ Publish arn:aws:iot:us-east-1:123456789012:top?c/x/*')),
  bad(...OURS('a star behind the type', MANY, AS_THING, '+ Publish arn:aws:iot:us-east-1:123456789012:topic*')),
  bad(...OURS('the name after everything', MANY, AS_THING, '+ Publish arn:aws:iot:us-east-1:123456789012:*/{thing}')),
  bad(...OURS('the address of the device', 'many have one address', AS_THING, '+ Publish topic/dt/{aws:SourceIp}/*')),
  bad(
    ...OURS('the issuer of the certificate', MANY, AS_THING, '+ Publish topic/{iot:Certificate.Issuer.CommonName}/*'),
  ),
  bad(...OURS('every rule of basic ingest', MANY, AS_THING, '+ Publish topic/$aws/rules/*')),
  bad(...OURS('every reserved topic', MANY, AS_THING, '+ Publish topic/$aws/*')),
  bad(...OURS('commands of all things', MANY, AS_THING, '+ Publish topic/$aws/commands/things/*')),
  bad(...OURS('metrics of all things', MANY, AS_THING, '+ Publish topic/$aws/things/*/defender/metrics/json')),
  bad(
    ...OURS('messages of all, own filters', MANY, AS_THING, '+ Subscribe topicfilter/{thing}/*', '+ Receive topic/*'),
  ),
  bad(...OURS('a hash alone', MANY, AS_THING, '+ Subscribe topicfilter/#', '+ Receive topic/cmd/{thing}/*')),
  bad(
    ...OURS('a plus before the name', MANY, AS_THING, '+ Subscribe topicfilter/+/{thing}', '+ Receive topic/a/{thing}'),
  ),
  bad(
    ...OURS(
      'the name as the group of a shared filter',
      'the group is no level of the topic',
      AS_THING,
      '+ Subscribe topicfilter/$share/{thing}/cmd/*',
      '+ Receive topic/cmd/{thing}/x',
    ),
  ),
  bad(
    ...OURS(
      'a star for the group of a shared filter',
      MANY,
      AS_THING,
      '+ Subscribe topicfilter/$share/*',
      '+ Receive topic/cmd/{thing}/x',
    ),
  ),
  good(
    ...OURS(
      'a shared filter of its own',
      OWN,
      AS_THING,
      '+ Subscribe topicfilter/$share/{type}/cmd/{thing}/*',
      '+ Receive topic/cmd/{thing}/*',
    ),
  ),
  bad(
    ...OURS(
      'who has a type',
      'many have the type',
      AS_THING,
      '+ Publish topic/* ? StringEquals iot:Connection.Thing.ThingTypeName gateway',
    ),
  ),
  bad(
    ...OURS(
      'a name that is itself',
      'holds for all',
      AS_THING,
      '+ Publish topic/* ? StringEquals iot:Connection.Thing.ThingName {thing}',
    ),
  ),
  good(
    ...OURS(
      'one of several names in a certificate',
      'named in full',
      AS_THING,
      '+ Publish topic/admin/* ? ForAnyValue:StringEquals iot:Certificate.Subject.CommonName.List Administrator',
    ),
  ),
  good(...OURS('a prefix and the name', OWN, AS_THING, '+ Publish topic/dt/x-{thing}/*')),
  good(...OURS('the type before the name', OWN, AS_THING, '+ Publish topic/{type}/{thing}/*')),
  good(...OURS('a star that is a character', 'one topic', AS_THING, '+ Publish topic/dt/${*}')),
  good(...OURS('one rule of basic ingest', OWN, AS_THING, '+ Publish topic/$aws/rules/ingest/{thing}')),
  bad(...OURS('a variable that does not exist', 'a slip: never meant', AS_THING, '+ Publish topic/{iot:Device}/*')),
  bad(...OURS('a variable of roles', 'never meant', AS_THING, '+ Publish topic/${credentials-iot:ThingName}')),
  bad(
    ...OURS(
      'denied to a name that does not exist',
      'denied to nobody',
      AS_THING,
      '+ Publish topic/{thing}/*',
      '- Publish topic/{iot:ThingName}/service',
    ),
  ),
  weak(...OURS('a variable of IAM users', 'allows nothing', AS_THING, '+ Publish topic/{aws:username}/*')),
  good(
    ...OURS(
      'commands of its own',
      OWN,
      AS_THING,
      '+ Publish topic/$aws/commands/things/{thing}/executions/*',
      '+ Subscribe topicfilter/$aws/commands/things/{thing}/executions/+/request/#',
      '+ Receive topic/$aws/commands/things/{thing}/executions/*',
    ),
  ),
];

const denies: Sample[] = [
  good(
    ...OURS(
      'all, but denied outside of its own',
      OWN,
      AS_THING,
      '+ Publish topic/dt/*',
      '-! Publish topic/dt/{thing}/*',
    ),
  ),
  bad(...OURS('all, but the administrators', MANY, AS_THING, '+ Publish topic/dt/*', '- Publish topic/dt/admin/*')),
  bad(
    ...OURS(
      'a Deny with a plus',
      'denies one odd topic',
      AS_THING,
      '- Subscribe topicfilter/+/a',
      '- Receive topic/+/a',
    ),
  ),
  bad(
    ...OURS(
      'Receive is denied for some addresses only',
      'a wider subscription still delivers',
      AS_THING,
      '+ Subscribe topicfilter/dt/{thing}/*',
      '+ Receive topic/dt/{thing}/*',
      '- Subscribe topicfilter/dt/{thing}/x',
      '- Receive topic/dt/{thing}/x ? IpAddress aws:SourceIp 10.0.0.0/8',
    ),
  ),
  good(...OURS('nothing at all', 'denies', '- * *')),
];

const claims: Sample[] = [
  bad(
    ...OURS(
      'any template',
      'any template',
      '+ Connect client/claim-*',
      '+ Publish topic/$aws/provisioning-templates/*',
    ),
  ),
  bad(...OURS('templates by prefix', 'any template', '+ Publish topic/$aws/provisioning-templates/t*/provision/*')),
  bad(
    ...OURS(
      'what begins like certificates',
      MANY,
      '+ Publish topic/$aws/certificates/*,topic/$aws/provisioning-templates/t/provision/*',
    ),
  ),
  bad(
    ...OURS(
      'a claim with a role',
      'more than an identity',
      '+ Publish topic/$aws/certificates/create/*',
      '+ AssumeRoleWithCertificate rolealias/x',
    ),
  ),
];

const sample = (label: Sample['label'], name: string, reason: string, resources: Sample['resources']): Sample => ({
  name,
  label,
  reason,
  source: SOURCE,
  resources,
});
const OPEN = document(['+ Connect,Publish *']);
const BOUND = document([AS_THING, '+ Publish topic/dt/{thing}/*']);
const custom = (Properties: object, Type = 'Custom::DevicePolicy'): Sample['resources'] => ({
  Custom: { Type, Properties: { ServiceToken: 'arn:aws:lambda:us-east-1:123456789012:function:f', ...Properties } },
});
const call = (policyDocument: object): object => ({
  Create: JSON.stringify({
    service: 'Iot',
    action: 'createPolicy',
    parameters: { policyName: 'device', policyDocument: JSON.stringify(policyDocument) },
  }),
});
const enrolling = (PolicyDocument: unknown): string =>
  JSON.stringify({ Resources: { policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument } } } });
const authority = (PolicyDocument: unknown): Sample['resources'] => ({
  Authority: {
    Type: 'AWS::IoT::CACertificate',
    Properties: {
      CACertificatePem: '-----BEGIN CERTIFICATE-----',
      VerificationCertificatePem: '-----BEGIN CERTIFICATE-----',
      Status: 'ACTIVE',
      AutoRegistrationStatus: 'ENABLE',
      RegistrationConfig: { TemplateBody: enrolling(PolicyDocument) },
    },
  },
});
const set = (PolicyDocument: object): Sample['resources'] => ({
  Set: {
    Type: 'AWS::CloudFormation::StackSet',
    Properties: { StackSetName: 'devices', PermissionModel: 'SELF_MANAGED', TemplateBody: enrolling(PolicyDocument) },
  },
});

const elsewhere: Sample[] = [
  sample('bad', 'a policy as text', ALL, {
    Policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: JSON.stringify(OPEN) } },
  }),
  sample('bad', 'a custom resource that makes a policy', ALL, custom({ PolicyDocument: OPEN })),
  sample('bad', 'a custom resource with a policy as text', ALL, custom({ policy: JSON.stringify(OPEN) })),
  sample('good', 'a custom resource with a good policy', OWN, custom({ PolicyDocument: BOUND })),
  sample('bad', 'a call of CreatePolicy', ALL, custom(call(OPEN), 'Custom::AWS')),
  sample('good', 'a call of CreatePolicy with a good one', OWN, custom(call(BOUND), 'Custom::AWS')),
  sample(
    'good',
    'a custom resource with rights in AWS',
    'a policy of IAM',
    custom({ Document: { Statement: [{ Effect: 'Allow', Action: 'iot:Publish', Resource: '*' }] } }),
  ),
  sample('bad', 'registration of an authority, with a policy', ALL, authority(JSON.stringify(OPEN))),
  sample(
    'bad',
    'registration of an authority, with functions',
    ALL,
    authority({ 'Fn::Join': ['', [JSON.stringify(OPEN)]] }),
  ),
  sample('good', 'registration of an authority, with a good policy', OWN, authority(JSON.stringify(BOUND))),
  sample('bad', 'a stack set', ALL, set(OPEN)),
  sample('good', 'a good stack set', OWN, set(BOUND)),
];

/** Evasions, and what only looks like one. */
export const EVASIONS: readonly Sample[] = [...actions, ...connecting, ...topics, ...denies, ...claims, ...elsewhere];
