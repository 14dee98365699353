import * as fc from 'fast-check';
import {
  AttachedPolicy,
  ConnectionContext,
  ConnectionProtocol,
  PolicyRequest,
  ThingAttachment,
} from '../../../lib/policy/evaluator';
import { decide, evaluatorOf } from '../../support/policy-builders';
import {
  type ReferenceDevice,
  type ReferencePolicy,
  type ReferenceRequest,
  type ReferenceStatement,
  referenceVerdict,
} from '../../support/policy-reference';

/** Names that collide, that hold wildcards of both languages, and that look like variables. */
const name = fc.constantFrom(
  'a',
  'b',
  'ab',
  'a*',
  '*',
  '?',
  '+',
  '#',
  'a/b',
  'é',
  '😀',
  '$',
  '${iot:ClientId}',
  'A',
  'a:b',
);
const topicPiece = fc.oneof(name, fc.constantFrom('/', '/', 'a/', 'b/', '$share/g/', '$aws/', 'topic/'));
const topic = fc.array(topicPiece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));

const patternPiece = fc.oneof(
  { weight: 3, arbitrary: topicPiece },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '*',
      '?',
      '${iot:ClientId}',
      '${iot:Connection.Thing.ThingName}',
      '${IOT:connection.thing.THINGNAME}',
      '${iot:Connection.Thing.ThingTypeName}',
      '${iot:Connection.Thing.Attributes[color]}',
      "${iot:Connection.Thing.Attributes[size], 'a'}",
      '${iot:Certificate.Subject.Organization}',
      '${iot:Certificate.Subject.Organization.1}',
      '${iot:Certificate.Subject.Organization.List}',
      '${iot:Unknown}',
      '${*}',
      '$(*)',
      '${?}',
      '$(?)',
      '${$}',
      '$($)',
      '${',
      '}',
    ),
  },
);
const type = fc.constantFrom('client/', 'topic/', 'topic/', 'topicfilter/', 'topicfilter/', '*');
const prefix = fc.oneof(
  { weight: 6, arbitrary: fc.constant('arn:aws:iot:us-east-1:123456789012:') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'arn:aws:iot:*:*:',
      'arn:*:iot:us-east-?:*:',
      'arn:aws:iot:eu-west-1:123456789012:',
      'arn:aws:iot:*',
      'arn:aws:iot:${iot:ClientId}:123456789012:',
    ),
  },
);
const resource = fc.oneof(
  { weight: 1, arbitrary: fc.constant('*') },
  {
    weight: 8,
    arbitrary: fc
      .tuple(prefix, type, fc.array(patternPiece, { maxLength: 4 }))
      .map(([start, kind, pieces]) => start + kind + pieces.join('')),
  },
);
const action = fc.constantFrom(
  'iot:Connect',
  'iot:Publish',
  'iot:publish',
  'iot:Subscribe',
  'iot:Receive',
  'iot:RetainPublish',
  'iot:*',
  'IOT:*Publish',
  'iot:?e*',
  '*',
);

function oneOrMany<T>(item: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> {
  return fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }));
}

const text = fc.array(patternPiece, { maxLength: 3 }).map((pieces) => pieces.join(''));
const keyName = fc.constantFrom(
  'iot:ClientId',
  'IOT:clientid',
  'iot:Connection.Thing.ThingName',
  'iot:Connection.Thing.Attributes[color]',
  'iot:Certificate.Subject.Organization',
  'iot:Certificate.Subject.Organization.List',
  'iot:ConnectAttributes',
  'iot:DomainName',
);
const stringOperator = fc
  .tuple(
    fc.constantFrom('', '', 'ForAllValues:', 'ForAnyValue:'),
    fc.constantFrom('StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringLike', 'StringNotLike'),
    fc.constantFrom('', '', 'IfExists'),
  )
  .map((parts) => parts.join(''));
const condition = fc.oneof(
  fc.tuple(stringOperator, keyName, oneOrMany(fc.oneof(text, name, fc.constantFrom('PersistentConnect', 'LastWill')))),
  fc.tuple(fc.constantFrom('Null'), keyName, fc.constantFrom('true', 'false')),
  fc.tuple(
    fc.constantFrom('Bool', 'BoolIfExists'),
    fc.constant('iot:Connection.Thing.IsAttached'),
    fc.constantFrom('true', 'false'),
  ),
  fc.tuple(
    fc.constantFrom('IpAddress', 'NotIpAddress', 'NotIpAddressIfExists'),
    fc.constant('aws:SourceIp'),
    oneOrMany(fc.constantFrom('10.0.0.0/8', '10.1.2.3', '10.1.2.0/24', '0.0.0.0/0', '192.168.0.1/32')),
  ),
  fc.tuple(
    fc.constantFrom('ArnEquals', 'ArnLike', 'ArnNotEquals'),
    fc.constant('iot:LastWillTopic'),
    fc.oneof(resource, fc.constantFrom('arn:aws:iot:us-east-1:123456789012:topic/*', 'arn:aws:iot:*:*:topic/a')),
  ),
);

const statement: fc.Arbitrary<ReferenceStatement> = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    actions: oneOrMany(action),
    notAction: fc.boolean(),
    resources: oneOrMany(resource),
    notResource: fc.boolean(),
    conditions: fc.array(condition, { maxLength: 2 }),
    rare: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ Effect, actions, notAction, resources, notResource, conditions, rare }) => ({
    Effect,
    [notAction && rare === 0 ? 'NotAction' : 'Action']: actions,
    [notResource && rare < 2 ? 'NotResource' : 'Resource']: resources,
    ...(rare < 3
      ? { Condition: Object.fromEntries(conditions.map(([operator, key, values]) => [operator, { [key]: values }])) }
      : {}),
  }));

const policy: fc.Arbitrary<ReferencePolicy> = fc.record({
  group: fc.constantFrom(undefined, undefined, 'group'),
  document: fc.record({
    Version: fc.constant('2012-10-17'),
    Statement: fc.array(statement, { minLength: 1, maxLength: 4 }),
  }),
});

const device: fc.Arbitrary<ReferenceDevice> = fc
  .record({
    protocol: fc.constantFrom('mqtt' as const, 'mqtt' as const, 'mqtt' as const, 'https' as const),
    clientId: name,
    thingName: fc.option(name, { nil: undefined }),
    same: fc.boolean(),
    attachment: fc.constantFrom('none' as const, 'plain' as const, 'exclusive' as const),
    thingTypeName: fc.option(name, { nil: undefined }),
    attributes: fc.oneof(
      fc.constant({}),
      name.map((color) => ({ color })),
      name.map((size) => ({ size })),
    ),
    organizations: fc.array(fc.oneof(name, fc.constantFrom('a=b', 'a,b', 'O\\P')), { maxLength: 7 }),
    sourceIp: fc.constantFrom(undefined, '10.1.2.3', '10.9.9.9', '192.168.0.1'),
    domainName: fc.option(name, { nil: undefined }),
    persistent: fc.boolean(),
    will: fc.option(fc.record({ topic, retained: fc.boolean() }), { nil: undefined }),
  })
  .map(({ same, organizations, ...rest }) => ({
    ...rest,
    subject: { Organization: organizations },
    clientId: same && rest.thingName !== undefined ? rest.thingName : rest.clientId,
    attachment: rest.thingName === undefined ? 'none' : rest.attachment,
  }));

type MqttRequest = Exclude<ReferenceRequest, { kind: 'assume' | 'api' }>;
const request: fc.Arbitrary<MqttRequest> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: 'connect' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('publish' as const, 'retain' as const, 'subscribe' as const, 'receive' as const),
      name: topic,
    }),
  },
);

const ATTACHMENTS = {
  none: ThingAttachment.NOT_ATTACHED,
  plain: ThingAttachment.NON_EXCLUSIVE_THING,
  exclusive: ThingAttachment.EXCLUSIVE_THING,
};

function contextOf(given: ReferenceDevice): ConnectionContext {
  const { protocol, attachment, subject, will, attributes, clientId, thingName, thingTypeName } = given;
  const { sourceIp, domainName, persistent } = given;
  return new ConnectionContext({
    clientId,
    thingName,
    thingTypeName,
    sourceIp,
    domainName,
    persistent,
    attributes: { ...attributes },
    protocol: protocol === 'https' ? ConnectionProtocol.HTTPS : ConnectionProtocol.MQTT,
    attachment: ATTACHMENTS[attachment],
    certificate: { subject: { Organization: [...(subject.Organization ?? [])] } },
    lastWill: will,
  });
}

function requestOf(given: MqttRequest): PolicyRequest {
  return given.kind === 'connect' ? PolicyRequest.connect() : PolicyRequest[given.kind](given.name);
}

test('agrees with the reference on random policies, devices and requests', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(
      fc.array(policy, { minLength: 1, maxLength: 3 }),
      device,
      fc.array(request, { minLength: 1, maxLength: 4 }),
      (policies, who, requests) => {
        const evaluator = evaluatorOf(
          ...policies.map(({ group, document }) =>
            group === undefined ? AttachedPolicy.onCertificate(document) : AttachedPolicy.onThingGroup(group, document),
          ),
        );
        const context = contextOf(who);
        for (const asked of requests) {
          const expected = referenceVerdict(policies, who, asked);
          seen.set(expected, (seen.get(expected) ?? 0) + 1);
          expect(decide(evaluator, context, requestOf(asked)).verdict).toBe(expected);
        }
      },
    ),
    { numRuns: 1500 },
  );
  // The generator must reach every verdict often, or the agreement means little.
  for (const verdict of ['ALLOWED', 'EXPLICITLY_DENIED', 'IMPLICITLY_DENIED']) {
    expect(seen.get(verdict)).toBeGreaterThan(100);
  }
});
