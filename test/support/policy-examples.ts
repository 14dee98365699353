import {
  ConnectionContext,
  type ConnectionContextProps,
  ConnectionProtocol,
  type PolicyRequest,
} from '../../lib/policy/evaluator';
import { allow, ARN, deny, registered, type StatementJson, THING_NAME, unregistered } from './policy-builders';
import { EXAMPLES_OF_GROUPS, EXAMPLES_OF_SERVICES } from './policy-examples-of-services';
import { EXAMPLES_OF_TUTORIALS } from './policy-examples-of-tutorials';
import {
  assumeRoleWithCertificate,
  connect,
  of,
  publish,
  type Question,
  receive,
  retain,
  subscribe,
} from './policy-questions';

/** An example of AWS's documentation: its policy, rebuilt, and what the text around it says of requests. */
export interface DocumentedExample {
  /** Page of the AWS IoT Core developer guide; of another guide, with its path. */
  readonly page: string;
  readonly about: string;
  /** Statements of the certificate's policy. */
  readonly statements: readonly StatementJson[];
  /** Thing groups with a policy or a parent. */
  readonly groups?: readonly ExampleGroup[];
  /** Requests that the text calls allowed. */
  readonly allowed: readonly Question[];
  /** Requests that the text, or its silence, calls denied. */
  readonly denied: readonly Question[];
}

export interface ExampleGroup {
  readonly name: string;
  readonly parent?: string;
  readonly statements: readonly StatementJson[];
}

const thing1 = registered('thing1');
const client1 = unregistered('client1');
const clientId1 = unregistered('clientId1');
const stranger = unregistered('stranger');
const notAttached = unregistered('thing1');

const ATTACHED = { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } };
const connectAsThing = allow('iot:Connect', `client/${THING_NAME}`, ATTACHED);
const connectAsThingPlain = allow('iot:Connect', `client/${THING_NAME}`);
const connectAsOneOfThree = allow('iot:Connect', ['client/clientId1', 'client/clientId2', 'client/clientId3']);
const connectAsClients = allow('iot:Connect', ['client/client1', 'client/client2', 'client/client3']);
const connectAsClient1 = allow('iot:Connect', 'client/client1');

/** The connection of a device that may connect, and what makes sure that another may not. */
const asThing: Pick<DocumentedExample, 'allowed' | 'denied'> = {
  allowed: [[thing1, connect]],
  denied: [
    [stranger, connect],
    [notAttached, connect],
    [registered('thing1', { clientId: 'thing2' }), connect],
  ],
};
const asOneOfThree: Pick<DocumentedExample, 'allowed' | 'denied'> = {
  allowed: [
    [clientId1, connect],
    [unregistered('clientId3'), connect],
  ],
  denied: [[stranger, connect]],
};
const asClients: Pick<DocumentedExample, 'allowed' | 'denied'> = {
  allowed: [
    [client1, connect],
    [unregistered('client3'), connect],
  ],
  denied: [[unregistered('client4'), connect]],
};

/** The same policy for devices of the registry and for others, as most pages have it. */
function pair(
  page: string,
  about: string,
  statements: readonly StatementJson[],
  allowed: readonly PolicyRequest[],
  denied: readonly PolicyRequest[],
): DocumentedExample[] {
  const as = (
    who: ConnectionContext,
    connecting: StatementJson,
    base: Pick<DocumentedExample, 'allowed' | 'denied'>,
    kind: string,
  ): DocumentedExample => ({
    page,
    about: `${about} (${kind} devices)`,
    statements: [connecting, ...statements],
    allowed: [...base.allowed, ...allowed.map((request) => [who, request] as const)],
    denied: [...base.denied, ...denied.map((request) => [who, request] as const)],
  });
  return [
    as(thing1, connectAsThing, asThing, 'registered'),
    as(clientId1, connectAsOneOfThree, asOneOfThree, 'unregistered'),
  ];
}

const PUB_SUB = 'pub-sub-policy';
const pubSub: DocumentedExample[] = [
  ...pair(
    PUB_SUB,
    'one topic',
    [
      allow('iot:Publish', 'topic/some_specific_topic'),
      allow('iot:Subscribe', 'topicfilter/some_specific_topic'),
      allow('iot:Receive', 'topic/some_specific_topic'),
    ],
    [publish('some_specific_topic'), subscribe('some_specific_topic'), receive('some_specific_topic')],
    [
      publish('some_specific_topic/below'),
      publish('other'),
      subscribe('other'),
      subscribe('#'),
      receive('other'),
      retain('some_specific_topic'),
    ],
  ),
  ...pair(
    PUB_SUB,
    'a prefix',
    [allow(['iot:Publish', 'iot:Receive'], 'topic/topic_prefix*'), allow('iot:Subscribe', 'topicfilter/topic_prefix*')],
    [
      publish('topic_prefix'),
      publish('topic_prefix/a/b'),
      receive('topic_prefix1'),
      subscribe('topic_prefix/#'),
      subscribe('topic_prefix/+/b'),
    ],
    [publish('topic_prefi'), receive('other/topic_prefix'), subscribe('#'), subscribe('+/topic_prefix')],
  ),
  {
    page: PUB_SUB,
    about: 'topics of each device (registered devices)',
    statements: [
      connectAsThing,
      allow('iot:Publish', `topic/sensor/device/${THING_NAME}`),
      allow('iot:Subscribe', `topicfilter/command/device/${THING_NAME}`),
      allow('iot:Receive', `topic/command/device/${THING_NAME}`),
    ],
    allowed: [
      ...asThing.allowed,
      [thing1, publish('sensor/device/thing1')],
      [thing1, subscribe('command/device/thing1')],
      [thing1, receive('command/device/thing1')],
    ],
    denied: [
      ...asThing.denied,
      [thing1, publish('sensor/device/thing2')],
      [thing1, publish('command/device/thing1')],
      [thing1, subscribe('command/device/+')],
      [thing1, receive('command/device/thing2')],
    ],
  },
  {
    page: PUB_SUB,
    about: 'topics of each device (unregistered devices)',
    statements: [
      connectAsOneOfThree,
      allow('iot:Publish', 'topic/sensor/device/${iot:ClientId}'),
      allow('iot:Subscribe', 'topicfilter/command/device/${iot:ClientId}'),
      allow('iot:Receive', 'topic/command/device/${iot:ClientId}'),
    ],
    allowed: [
      ...asOneOfThree.allowed,
      [clientId1, publish('sensor/device/clientId1')],
      [clientId1, subscribe('command/device/clientId1')],
      [clientId1, receive('command/device/clientId1')],
    ],
    denied: [
      ...asOneOfThree.denied,
      [clientId1, publish('sensor/device/clientId2')],
      [clientId1, subscribe('command/device/clientId2')],
      [clientId1, receive('command/device/#')],
    ],
  },
  {
    page: PUB_SUB,
    about: 'a thing attribute in the topic',
    statements: [
      connectAsThing,
      allow('iot:Publish', 'topic/sensor/${iot:Connection.Thing.Attributes[version]}'),
      allow('iot:Subscribe', 'topicfilter/command/${iot:Connection.Thing.Attributes[location]}'),
      allow('iot:Receive', 'topic/command/${iot:Connection.Thing.Attributes[location]}'),
    ],
    ...(() => {
      const device = registered('thing1', { attributes: { version: 'v1', location: 'Seattle' } });
      return {
        allowed: [
          [device, publish('sensor/v1')],
          [device, subscribe('command/Seattle')],
          [device, receive('command/Seattle')],
        ] as const,
        denied: [
          [device, publish('sensor/Seattle')],
          [device, subscribe('command/v1')],
          [thing1, publish('sensor/v1')],
          [thing1, publish('sensor/')],
          [notAttached, receive('command/Seattle')],
        ] as const,
      };
    })(),
  },
  ...pair(
    PUB_SUB,
    'deny publishing to a subtopic',
    [allow('iot:Publish', 'topic/department/*'), deny('iot:Publish', 'topic/department/admins')],
    [publish('department/engineering'), publish('department/admins/x')],
    [publish('department/admins'), publish('department')],
  ),
  ...pair(
    PUB_SUB,
    'deny receiving from subtopics with NotResource',
    [
      allow('iot:Subscribe', 'topicfilter/topic_prefix/*'),
      { Effect: 'Allow', Action: 'iot:Receive', NotResource: `${ARN}topic/topic_prefix/restricted/*` },
    ],
    [
      subscribe('topic_prefix/topic1'),
      subscribe('topic_prefix/restricted'),
      subscribe('topic_prefix/restricted/x'),
      receive('topic_prefix/topic1'),
    ],
    [receive('topic_prefix/restricted/x'), subscribe('other'), publish('topic_prefix/topic1')],
  ),
  ...pair(
    PUB_SUB,
    'MQTT wildcards are literals',
    [
      allow('iot:Subscribe', 'topicfilter/department/+/employees'),
      allow('iot:Subscribe', 'topicfilter/location/#'),
      allow('iot:Receive', 'topic/*'),
    ],
    [
      subscribe('department/+/employees'),
      subscribe('location/#'),
      receive('department/engineering/employees'),
      receive('location/Seattle'),
    ],
    [subscribe('department/engineering/employees'), subscribe('location/Seattle'), subscribe('location/+')],
  ),
  {
    page: PUB_SUB,
    about: 'policy wildcards of the table: * crosses levels, ? is one character',
    statements: [
      allow('iot:Subscribe', ['topicfilter/some/*/topic', 'topicfilter/other/sensor???/topic']),
      allow('iot:Publish', 'topic/some/?????/topic'),
    ],
    allowed: [
      [client1, subscribe('some/string1/topic')],
      [client1, subscribe('some/a/b/topic')],
      [client1, subscribe('some/+/topic')],
      [client1, subscribe('other/sensor123/topic')],
      [client1, publish('some/abcde/topic')],
      [client1, publish('some/a/c/e/topic')],
    ],
    denied: [
      [client1, subscribe('some/topic')],
      [client1, subscribe('other/sensor12/topic')],
      [client1, subscribe('other/sensor1234/topic')],
      [client1, publish('some/abcd/topic')],
      [client1, publish('some/abcdef/topic')],
    ],
  },
  {
    page: PUB_SUB,
    about: 'any topic below the own name (2022, registered 5)',
    statements: [connectAsThingPlain, allow('iot:Publish', `topic/${THING_NAME}/*`)],
    allowed: [
      [thing1, connect],
      [thing1, publish('thing1/a/b')],
    ],
    denied: [
      [notAttached, connect],
      [thing1, publish('thing1')],
      [thing1, publish('thing2/a')],
    ],
  },
  {
    page: PUB_SUB,
    about: 'any topic below the own client ID (2022, unregistered 5)',
    statements: [connectAsClients, allow('iot:Publish', 'topic/${iot:ClientId}/*')],
    allowed: [...asClients.allowed, [client1, publish('client1/a/b')]],
    denied: [...asClients.denied, [client1, publish('client2/a')]],
  },
  {
    page: PUB_SUB,
    about: 'rooms of the own thing (2022, registered 6)',
    statements: [
      connectAsThingPlain,
      allow('iot:Subscribe', `topicfilter/${THING_NAME}/room*`),
      allow('iot:Receive', `topic/${THING_NAME}/room*`),
    ],
    allowed: [
      [thing1, subscribe('thing1/room1')],
      [thing1, subscribe('thing1/room2/#')],
      [thing1, receive('thing1/room1')],
    ],
    denied: [
      [thing1, subscribe('thing2/room1')],
      [thing1, subscribe('+/room1')],
      [thing1, receive('thing2/room1')],
      [thing1, publish('thing1/room1')],
    ],
  },
  {
    page: PUB_SUB,
    about: 'denying a filter does not deny a wider one (2022)',
    statements: [allow('iot:Subscribe', 'topicfilter/a/*'), deny('iot:Subscribe', 'topicfilter/a/restricted/*')],
    allowed: [
      [client1, subscribe('a/#')],
      [client1, subscribe('a/b')],
    ],
    denied: [[client1, subscribe('a/restricted/b')]],
  },
  {
    page: PUB_SUB,
    about: 'what keeps the restricted messages from being delivered (2022)',
    statements: [
      allow('iot:Subscribe', 'topicfilter/a/*'),
      deny('iot:Subscribe', 'topicfilter/a/restricted/*'),
      { Effect: 'Allow', Action: 'iot:Receive', NotResource: `${ARN}topic/a/restricted/*` },
    ],
    allowed: [
      [client1, subscribe('a/#')],
      [client1, receive('a/b')],
    ],
    denied: [[client1, receive('a/restricted/b')]],
  },
  {
    page: PUB_SUB,
    about: 'subscribe, but not receive (2022)',
    statements: [allow('iot:Subscribe', 'topicfilter/device/update'), deny('iot:Receive', 'topic/device/update')],
    allowed: [[client1, subscribe('device/update')]],
    denied: [[client1, receive('device/update')]],
  },
  {
    page: PUB_SUB,
    about: 'a literal + in a filter (2022, 4)',
    statements: [connectAsClient1, allow('iot:Subscribe', 'topicfilter/some/+/topic')],
    allowed: [[client1, subscribe('some/+/topic')]],
    denied: [
      [client1, subscribe('some/a/topic')],
      [client1, subscribe('some/#')],
    ],
  },
  {
    page: PUB_SUB,
    about: 'two filters (2022, 7)',
    statements: [connectAsClient1, allow('iot:Subscribe', ['topicfilter/my/topic', 'topicfilter/my/othertopic'])],
    allowed: [
      [client1, subscribe('my/topic')],
      [client1, subscribe('my/othertopic')],
    ],
    denied: [[client1, subscribe('my/thirdtopic')]],
  },
  {
    page: PUB_SUB,
    about: 'all below the own client ID except one (2022, 9)',
    statements: [
      allow('iot:Connect', ['client/client1', 'client/client2']),
      allow('iot:Publish', 'topic/${iot:ClientId}/*'),
      deny('iot:Publish', 'topic/${iot:ClientId}/bar'),
    ],
    allowed: [
      [client1, publish('client1/foo')],
      [client1, publish('client1/foo/bar')],
      [unregistered('client2'), publish('client2/foo')],
    ],
    denied: [
      [client1, publish('client1/bar')],
      [client1, publish('client2/foo')],
      [unregistered('client3'), connect],
    ],
  },
  {
    page: PUB_SUB,
    about: 'a fixed topic for a certificate (2022)',
    statements: [
      connectAsClient1,
      allow(['iot:Publish', 'iot:Receive'], 'topic/iotmonitor/provisioning/987654321098'),
      allow('iot:Subscribe', 'topicfilter/iotmonitor/provisioning/987654321098'),
    ],
    allowed: [
      [client1, publish('iotmonitor/provisioning/987654321098')],
      [client1, receive('iotmonitor/provisioning/987654321098')],
      [client1, subscribe('iotmonitor/provisioning/987654321098')],
    ],
    denied: [[client1, publish('iotmonitor/provisioning/1')]],
  },
  {
    page: PUB_SUB,
    about: 'the Cognito identity in topic and client ID',
    statements: [
      allow('iot:Publish', 'topic/${cognito-identity.amazonaws.com:sub}'),
      allow('iot:Connect', 'client/${cognito-identity.amazonaws.com:sub}'),
    ],
    ...(() => {
      const conditionKeys = { 'cognito-identity.amazonaws.com:sub': ['us-east-1:1234'] };
      const protocol = ConnectionProtocol.MQTT_WSS;
      const user = new ConnectionContext({ clientId: 'us-east-1:1234', protocol, conditionKeys });
      return {
        allowed: [
          [user, connect],
          [user, publish('us-east-1:1234')],
        ] as const,
        denied: [
          [user, publish('us-east-1:5678')],
          [new ConnectionContext({ clientId: 'other', protocol, conditionKeys }), connect],
          [client1, publish('us-east-1:1234')],
        ] as const,
      };
    })(),
  },
];

const persistent = unregistered('client1', { persistent: true });
const will = unregistered('client1', { lastWill: { topic: 'my/lastwill/topicName' } });
const both = unregistered('client1', { persistent: true, lastWill: { topic: 'my/lastwill/topicName' } });
const otherWill = unregistered('client1', { lastWill: { topic: 'my/other' } });
const attributes = (operator: string, ...values: string[]) => ({ [operator]: { 'iot:ConnectAttributes': values } });
const willTopic = { ArnEquals: { 'iot:LastWillTopic': `${ARN}topic/my/lastwill/topicName` } };
/** The page is about connecting; a will needs the permission to publish besides. */
const publishWills = allow('iot:Publish', 'topic/my/*');

function connectExample(
  about: string,
  statements: StatementJson[],
  allowed: ConnectionContext[],
  denied: ConnectionContext[],
): DocumentedExample {
  const ask = (context: ConnectionContext): Question => [context, connect];
  return {
    page: 'connect-policy',
    about,
    statements: [...statements, publishWills],
    allowed: allowed.map(ask),
    denied: denied.map(ask),
  };
}

const onClient1 = (condition?: object) => allow('iot:Connect', 'client/client1', condition);
const denyConnect = (condition: object) => deny('iot:Connect', '*', condition);

const connecting: DocumentedExample[] = [
  connectExample(
    'two client IDs denied, things allowed',
    [deny('iot:Connect', ['client/client1', 'client/client2']), connectAsThing],
    [thing1],
    [client1, registered('client1'), registered('client2'), notAttached],
  ),
  connectExample('one client ID', [onClient1()], [client1, persistent, will], [stranger]),
  connectExample(
    'persistent sessions allowed',
    [onClient1(attributes('ForAllValues:StringEquals', 'PersistentConnect'))],
    [client1, persistent],
    [will, both],
  ),
  connectExample(
    'persistent sessions not allowed, other features are',
    [onClient1(attributes('ForAllValues:StringNotEquals', 'PersistentConnect'))],
    [client1, will],
    [persistent, both],
  ),
  connectExample(
    'the same with a deny',
    [onClient1(), denyConnect(attributes('ForAnyValue:StringEquals', 'PersistentConnect'))],
    [client1, will],
    [persistent, both],
  ),
  connectExample(
    'persistent sessions and last wills allowed',
    [onClient1(attributes('ForAllValues:StringEquals', 'PersistentConnect', 'LastWill'))],
    [client1, persistent, will, both],
    [stranger],
  ),
  connectExample(
    'clean sessions with or without a last will',
    [onClient1({ StringEquals: { 'iot:ConnectAttributes': 'LastWill' } })],
    [client1, will],
    [persistent, both],
  ),
  connectExample(
    'clean sessions with or without a last will (2022)',
    [onClient1(attributes('ForAllValues:StringEquals', 'LastWill'))],
    [client1, will],
    [persistent, both],
  ),
  connectExample(
    'default features only',
    [onClient1(attributes('ForAllValues:StringEquals'))],
    [client1],
    [persistent, will, both],
  ),
  connectExample(
    'only with a persistent session',
    [onClient1(attributes('ForAnyValue:StringEquals', 'PersistentConnect'))],
    [persistent, both],
    [client1, will],
  ),
  connectExample(
    'both features needed',
    [
      onClient1(attributes('ForAllValues:StringEquals', 'PersistentConnect', 'LastWill')),
      denyConnect(attributes('ForAllValues:StringEquals', 'PersistentConnect')),
      denyConnect(attributes('ForAllValues:StringEquals', 'LastWill')),
      denyConnect(attributes('ForAllValues:StringEquals')),
    ],
    [both],
    [client1, persistent, will],
  ),
  connectExample(
    'no persistent session, a last will if wanted',
    [
      denyConnect(attributes('ForAnyValue:StringEquals', 'PersistentConnect')),
      onClient1(attributes('ForAllValues:StringEquals', 'LastWill')),
    ],
    [client1, will],
    [persistent, both],
  ),
  connectExample('only with one topic for the will', [onClient1(willTopic)], [will, both], [client1, otherWill]),
  connectExample(
    'only with one topic for the will, in a clean session',
    [onClient1(willTopic), denyConnect(attributes('ForAnyValue:StringEquals', 'PersistentConnect'))],
    [will],
    [client1, otherWill, both],
  ),
  connectExample(
    'a registered device and one filter (2022, registered 3)',
    [connectAsThingPlain, allow('iot:Subscribe', 'topicfilter/my/topic/filter')],
    [thing1],
    [notAttached],
  ),
];

const CERTIFICATES = 'certificate-policy-examples';
const certified = (subject: { [field: string]: string[] }): ConnectionContextProps => ({
  certificate: { certificateId: 'c0ffee', subject },
});
const publishOwn = (resource: string | string[], condition?: object) => allow('iot:Publish', resource, condition);
const admin = { StringEquals: { 'iot:Certificate.Subject.CommonName.2': 'Administrator' } };
const anyAdmin = { 'ForAnyValue:StringEquals': { 'iot:Certificate.Subject.CommonName.List': 'Administrator' } };
const corporations = {
  'ForAllValues:StringEquals': { 'iot:Certificate.Subject.Organization.List': ['Example Corp', 'AnyCompany'] },
};
const names = (...CommonName: string[]) => certified({ CommonName });
const organizations = (...Organization: string[]) => certified({ Organization });

const certificates: DocumentedExample[] = [
  {
    page: CERTIFICATES,
    about: 'a topic named by the certificate (registered devices)',
    statements: [publishOwn('topic/${iot:CertificateId}'), connectAsThingPlain],
    allowed: [
      [registered('thing1', names('a')), connect],
      [registered('thing1', names('a')), publish('c0ffee')],
    ],
    denied: [
      [registered('thing1', names('a')), publish('thing1')],
      [thing1, publish('c0ffee')],
    ],
  },
  {
    page: CERTIFICATES,
    about: 'a topic named by the certificate (unregistered devices)',
    statements: [publishOwn('topic/${iot:CertificateId}'), connectAsClients],
    allowed: [...asClients.allowed, [unregistered('client2', names('a')), publish('c0ffee')]],
    denied: [...asClients.denied, [client1, publish('c0ffee')]],
  },
  {
    page: CERTIFICATES,
    about: 'a topic named by the common name',
    statements: [publishOwn('topic/${iot:Certificate.Subject.CommonName}'), connectAsThingPlain],
    allowed: [
      [registered('thing1', names('pump')), publish('pump')],
      [registered('thing1', names('pump', 'valve')), publish('pump')],
    ],
    denied: [
      [registered('thing1', names('pump', 'valve')), publish('valve')],
      [registered('thing1', names('pump')), publish('thing1')],
      [thing1, publish('pump')],
    ],
  },
  {
    page: CERTIFICATES,
    about: 'the third common name must be Administrator',
    statements: [connectAsThingPlain, publishOwn('topic/admin/*', admin)],
    allowed: [[registered('thing1', names('a', 'b', 'Administrator')), publish('admin/x')]],
    denied: [
      [registered('thing1', names('Administrator')), publish('admin/x')],
      [registered('thing1', names('a', 'Administrator')), publish('admin/x')],
      [registered('thing1', names('a', 'b', 'Administrator')), publish('other')],
      [thing1, publish('admin/x')],
    ],
  },
  {
    page: CERTIFICATES,
    about: 'any common name must be Administrator (registered devices)',
    statements: [connectAsThingPlain, publishOwn(`topic/admin/${THING_NAME}`, anyAdmin)],
    allowed: [
      [registered('thing1', names('Administrator')), publish('admin/thing1')],
      [registered('thing1', names('a', 'b', 'c', 'd', 'Administrator')), publish('admin/thing1')],
    ],
    denied: [
      [registered('thing1', names('Administrator')), publish('admin/thing2')],
      [registered('thing1', names('administrator')), publish('admin/thing1')],
      // Values after the fifth are ignored.
      [registered('thing1', names('a', 'b', 'c', 'd', 'e', 'Administrator')), publish('admin/thing1')],
      [thing1, publish('admin/thing1')],
    ],
  },
  {
    page: CERTIFICATES,
    about: 'any common name must be Administrator (unregistered devices)',
    statements: [connectAsClients, publishOwn('topic/admin', anyAdmin)],
    allowed: [[unregistered('client1', names('a', 'Administrator')), publish('admin')]],
    denied: [[unregistered('client1', names('a')), publish('admin')]],
  },
  {
    page: 'cert-policy-variables',
    about: 'every organization must be one of two (registered devices)',
    statements: [connectAsThingPlain, publishOwn(`topic/my/topic/${THING_NAME}`, corporations)],
    allowed: [
      [registered('thing1', organizations('Example Corp')), publish('my/topic/thing1')],
      [registered('thing1', organizations('AnyCompany', 'Example Corp')), publish('my/topic/thing1')],
    ],
    denied: [
      [registered('thing1', organizations('Example Corp', 'Other')), publish('my/topic/thing1')],
      [registered('thing1', organizations('Example Corp')), publish('my/topic/thing2')],
    ],
  },
  {
    page: 'cert-policy-variables',
    about: 'every organization must be one of two (unregistered devices)',
    statements: [connectAsClients, publishOwn('topic/my/topic/${iot:ClientId}', corporations)],
    allowed: [[unregistered('client1', organizations('AnyCompany')), publish('my/topic/client1')]],
    denied: [[unregistered('client1', organizations('Other')), publish('my/topic/client1')]],
  },
  {
    page: 'cert-policy-variables',
    about: 'the plain name is the first country, .1 the second, and a missing third fails',
    statements: [
      publishOwn([
        'topic/first/${iot:Certificate.Subject.Country}',
        'topic/second/${iot:Certificate.Subject.Country.1}',
        'topic/third/${iot:Certificate.Subject.Country.2}',
      ]),
    ],
    ...(() => {
      const device = unregistered('client1', certified({ Country: ['US', 'FR'] }));
      return {
        allowed: [
          [device, publish('first/US')],
          [device, publish('second/FR')],
        ] as const,
        denied: [
          [device, publish('first/FR')],
          [device, publish('third/')],
          [device, publish('third/${iot:Certificate.Subject.Country.2}')],
        ] as const,
      };
    })(),
  },
  {
    page: 'cert-policy-variables',
    about: 'wildcards and long values are not replaced; special characters are escaped',
    statements: [publishOwn('topic/${iot:Certificate.Subject.Organization}')],
    allowed: [
      [
        unregistered('client1', organizations('O=Amazon.com Inc. L=Seattle')),
        publish('O\\=Amazon.com Inc. L\\=Seattle'),
      ],
      [unregistered('client1', organizations('x'.repeat(1024))), publish('x'.repeat(1024))],
    ],
    denied: [
      ...['*', '$', '+', '?', '#'].map(
        (char) => [unregistered('client1', organizations(`a${char}`)), publish(`a${char}`)] as const,
      ),
      [unregistered('client1', organizations('x'.repeat(1025))), publish('x'.repeat(1025))],
    ],
  },
];

const THINGS = 'thing-policy-examples';
const typed = { thingTypeName: 'Pump', attributes: { attributeName: 'attributeValue' } };
const things: DocumentedExample[] = [
  {
    page: THINGS,
    about: 'the certificate must be attached',
    statements: [allow('iot:Connect', '*', { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } })],
    allowed: [[thing1, connect]],
    denied: [
      [notAttached, connect],
      [client1, connect],
      [registered('thing1', { clientId: 'thing2' }), connect],
    ],
  },
  {
    page: THINGS,
    about: 'a thing type and an attribute',
    statements: [
      allow('iot:Publish', 'topic/device/stats', {
        StringEquals: {
          'iot:Connection.Thing.Attributes[attributeName]': 'attributeValue',
          'iot:Connection.Thing.ThingTypeName': 'Pump',
        },
        Bool: { 'iot:Connection.Thing.IsAttached': 'true' },
      }),
    ],
    allowed: [[registered('thing1', typed), publish('device/stats')]],
    denied: [
      [registered('thing1', { ...typed, thingTypeName: 'Valve' }), publish('device/stats')],
      [registered('thing1', { ...typed, attributes: {} }), publish('device/stats')],
      [registered('thing1', { ...typed, attributes: { attributename: 'attributeValue' } }), publish('device/stats')],
      [registered('thing1', { ...typed, clientId: 'other' }), publish('device/stats')],
    ],
  },
  {
    page: THINGS,
    about: 'a topic that starts with an attribute; without association it does not resolve',
    statements: [allow('iot:Publish', 'topic/${iot:Connection.Thing.Attributes[attributeName]}/*')],
    allowed: [[registered('thing1', typed), publish('attributeValue/x')]],
    denied: [
      [thing1, publish('attributeValue/x')],
      [registered('thing1', { ...typed, clientId: 'other' }), publish('attributeValue/x')],
      [notAttached, publish('${iot:Connection.Thing.Attributes[attributeName]}/x')],
    ],
  },
  {
    page: 'thing-policy-variables',
    about: 'the client ID must end with an attribute',
    statements: [
      allow('iot:Connect', 'client/*', {
        StringLike: { 'iot:ClientId': '*${iot:Connection.Thing.Attributes[envType]}' },
      }),
    ],
    ...(() => {
      const more = { attributes: { envType: 'prod' } };
      return {
        allowed: [[registered('pump-prod', more), connect]] as const,
        denied: [
          [registered('pump-test', more), connect],
          [registered('pump-prod'), connect],
        ] as const,
      };
    })(),
  },
];

const here = { sourceIp: '123.45.167.89' };
const endpoint = 'd1234567890abcdefghij-ats.iot.us-east-1.amazonaws.com';
const basics: DocumentedExample[] = [
  {
    page: 'basic-policy-variables',
    about: 'client ID and source address',
    statements: [
      allow('iot:Connect', 'client/clientid1'),
      allow('iot:Publish', 'topic/my/topic/${iot:ClientId}', { IpAddress: { 'aws:SourceIp': '123.45.167.89' } }),
    ],
    allowed: [
      [unregistered('clientid1'), connect],
      [unregistered('clientid1', here), publish('my/topic/clientid1')],
    ],
    denied: [
      [unregistered('clientid1', { sourceIp: '123.45.167.90' }), publish('my/topic/clientid1')],
      [unregistered('clientid1'), publish('my/topic/clientid1')],
      [unregistered('clientid1', here), publish('my/topic/clientid2')],
    ],
  },
  {
    page: 'basic-policy-variables',
    about: 'a client with the ID + gets the filter my/+/topic',
    statements: [allow('iot:Subscribe', 'topicfilter/my/${iot:ClientId}/topic')],
    allowed: [[unregistered('+'), subscribe('my/+/topic')]],
    denied: [
      [unregistered('clientid1'), subscribe('my/+/topic')],
      [unregistered('+'), subscribe('my/clientid1/topic')],
    ],
  },
  {
    page: 'basic-policy-variables',
    about: 'one domain allowed',
    statements: [
      {
        Sid: 'AllowConnectionsToSpecifiedDomain',
        ...allow('iot:Connect', 'client/clientid', { StringEquals: { 'iot:DomainName': endpoint } }),
      },
    ],
    allowed: [[unregistered('clientid', { domainName: endpoint }), connect]],
    denied: [
      [unregistered('clientid', { domainName: 'other.example.com' }), connect],
      [unregistered('clientid'), connect],
    ],
  },
  {
    page: 'basic-policy-variables',
    about: 'one domain denied',
    statements: [
      allow('iot:Connect', '*'),
      {
        Sid: 'DenyConnectionsToSpecifiedDomain',
        ...deny('iot:Connect', 'client/clientid', { StringEquals: { 'iot:DomainName': endpoint } }),
      },
    ],
    allowed: [
      [unregistered('clientid', { domainName: 'other.example.com' }), connect],
      [unregistered('another', { domainName: endpoint }), connect],
    ],
    denied: [[unregistered('clientid', { domainName: endpoint }), connect]],
  },
  {
    page: 'connect-and-pub',
    about: 'a topic of the own name (registered devices)',
    statements: [allow('iot:Publish', `topic/${THING_NAME}`), connectAsThingPlain],
    allowed: [
      [thing1, connect],
      [thing1, publish('thing1')],
    ],
    denied: [
      [notAttached, connect],
      [thing1, publish('thing2')],
    ],
  },
  {
    page: 'connect-and-pub',
    about: 'a topic of the own name (unregistered devices)',
    statements: [allow('iot:Publish', 'topic/${iot:ClientId}'), connectAsClient1],
    allowed: [
      [client1, connect],
      [client1, publish('client1')],
    ],
    denied: [
      [stranger, connect],
      [client1, publish('stranger')],
    ],
  },
  {
    page: 'cross-account-access',
    about: 'a topic of the own name below a prefix',
    statements: [connectAsThingPlain, allow('iot:Publish', `topic/my/topic/${THING_NAME}`)],
    allowed: [[thing1, publish('my/topic/thing1')]],
    denied: [[thing1, publish('my/topic/thing1/x')]],
  },
  {
    page: 'security-best-practices',
    about: 'the thing name as client ID',
    statements: [allow('iot:Connect', `client/${THING_NAME}`)],
    allowed: [[thing1, connect]],
    denied: [
      [stranger, connect],
      [registered('thing1', { clientId: 'stranger' }), connect],
    ],
  },
  {
    page: 'IoTCore-VPC',
    about: 'only through one VPC endpoint',
    statements: [
      allow('iot:Connect', `client/${THING_NAME}`, { StringEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } }),
      allow('iot:Publish', `topic/${THING_NAME}/*`),
    ],
    allowed: [
      [registered('thing1', { sourceVpce: 'vpce-1a2b3c4d' }), connect],
      [thing1, publish('thing1/x')],
    ],
    denied: [
      [thing1, connect],
      [registered('thing1', { sourceVpce: 'vpce-other' }), connect],
    ],
  },
];

const retainedWill = unregistered('device1', { lastWill: { topic: 'will', retained: true } });
const retainedMessages: DocumentedExample[] = [
  {
    page: 'retained-message-policy-examples',
    about: 'publish retained messages',
    statements: [
      allow('iot:Connect', 'client/device1'),
      allow(['iot:Publish', 'iot:RetainPublish'], 'topic/device/sample/configuration'),
    ],
    allowed: [
      [unregistered('device1'), connect],
      [unregistered('device1'), publish('device/sample/configuration')],
      [unregistered('device1'), retain('device/sample/configuration')],
    ],
    denied: [[unregistered('device1'), retain('device/sample')]],
  },
  {
    page: 'retained-message-policy-examples',
    about: 'a retained last will',
    statements: [
      allow('iot:Connect', 'client/device1', attributes('ForAllValues:StringEquals', 'LastWill')),
      allow(['iot:Publish', 'iot:RetainPublish'], 'topic/will'),
    ],
    allowed: [
      [retainedWill, connect],
      [unregistered('device1', { lastWill: { topic: 'will' } }), connect],
    ],
    denied: [
      [unregistered('device1', { lastWill: { topic: 'other', retained: true } }), connect],
      [unregistered('device1', { lastWill: { topic: 'will' }, persistent: true }), connect],
    ],
  },
  {
    page: 'retained-message-policy-examples',
    about: 'list and get retained messages',
    statements: [allow('iot:ListRetainedMessages', '*'), allow('iot:GetRetainedMessage', 'topic/foo')],
    allowed: [
      [client1, of('iot:ListRetainedMessages', '*')],
      [client1, of('iot:GetRetainedMessage', 'topic/foo')],
    ],
    denied: [[client1, of('iot:GetRetainedMessage', 'topic/bar')]],
  },
];

const subscribeBuilding = allow('iot:Subscribe', 'topicfilter/building/*');
const receiveBuilding = allow('iot:Receive', 'topic/building/*');
const MISCONFIGURED = 'audit-chk-iot-misconfigured-policies';
const PERMISSIVE = 'audit-chk-iot-policy-permissive';
const audits: DocumentedExample[] = [
  {
    page: MISCONFIGURED,
    about: 'an MQTT wildcard in a deny denies nothing else',
    statements: [subscribeBuilding, deny('iot:Subscribe', 'topicfilter/building/control_room/#'), receiveBuilding],
    allowed: [
      [client1, subscribe('building/control_room/data1')],
      [client1, receive('building/control_room/data1')],
    ],
    denied: [[client1, subscribe('building/control_room/#')]],
  },
  {
    page: MISCONFIGURED,
    about: 'a wider filter reaches what is denied',
    statements: [subscribeBuilding, deny('iot:Subscribe', 'topicfilter/building/control_room/*'), receiveBuilding],
    allowed: [
      [client1, subscribe('building/#')],
      [client1, receive('building/control_room/data1')],
    ],
    denied: [[client1, subscribe('building/control_room/data1')]],
  },
  {
    page: MISCONFIGURED,
    about: 'subscribing and receiving both denied',
    statements: [
      subscribeBuilding,
      deny('iot:Subscribe', 'topicfilter/building/control_room/*'),
      receiveBuilding,
      deny('iot:Receive', 'topic/building/control_room/*'),
    ],
    allowed: [
      [client1, subscribe('building/#')],
      [client1, receive('building/lobby')],
    ],
    denied: [
      [client1, subscribe('building/control_room/data1')],
      [client1, receive('building/control_room/data1')],
    ],
  },
  {
    page: PERMISSIVE,
    about: 'client/* is any client ID, and so is client/${iot:ClientId}',
    statements: [allow('iot:Connect', 'client/${iot:ClientId}')],
    allowed: [
      [client1, connect],
      [stranger, connect],
      [unregistered('*'), connect],
    ],
    denied: [],
  },
  {
    page: PERMISSIVE,
    about: 'client/${iot:ClientId} with IsAttached is the own thing',
    statements: [allow('iot:Connect', 'client/${iot:ClientId}', ATTACHED)],
    allowed: [[thing1, connect]],
    denied: [[stranger, connect]],
  },
  {
    page: PERMISSIVE,
    about: "shadow updates of every device are everyone's",
    statements: [
      allow('iot:Publish', 'topic/$aws/things/*/shadow/update'),
      allow('iot:Subscribe', 'topicfilter/$aws/things/+/shadow/update'),
    ],
    allowed: [
      [thing1, publish('$aws/things/thing2/shadow/update')],
      [thing1, subscribe('$aws/things/+/shadow/update')],
    ],
    denied: [[thing1, subscribe('$aws/things/thing2/shadow/update')]],
  },
  {
    page: PERMISSIVE,
    about: 'shadow and jobs of the own thing',
    statements: [
      allow('iot:Publish', `topic/$aws/things/${THING_NAME}/shadow/*`),
      allow('iot:Subscribe', [
        `topicfilter/$aws/things/${THING_NAME}/shadow/*`,
        `topicfilter/$aws/things/${THING_NAME}/jobs/*`,
      ]),
    ],
    allowed: [
      [thing1, publish('$aws/things/thing1/shadow/update')],
      [thing1, subscribe('$aws/things/thing1/shadow/#')],
      [thing1, subscribe('$aws/things/thing1/jobs/notify')],
    ],
    denied: [
      [thing1, publish('$aws/things/thing2/shadow/update')],
      [thing1, publish('$aws/things/thing1/jobs/get')],
      [thing1, subscribe('$aws/things/+/shadow/#')],
      [notAttached, publish('$aws/things/thing1/shadow/update')],
    ],
  },
  {
    page: PERMISSIVE,
    about: 'shadow and job actions on two things',
    statements: [
      allow(
        ['iot:DeleteThingShadow', 'iot:GetThingShadow', 'iot:UpdateThingShadow', 'iotjobsdata:DescribeJobExecution'],
        ['thing/MyThing1', 'thing/MyThing2'],
      ),
    ],
    allowed: [
      [client1, of('iot:GetThingShadow', 'thing/MyThing1')],
      [client1, of('iotjobsdata:DescribeJobExecution', 'thing/MyThing2')],
    ],
    denied: [
      [client1, of('iot:GetThingShadow', 'thing/MyThing3')],
      [client1, of('iotjobsdata:UpdateJobExecution', 'thing/MyThing1')],
    ],
  },
];

const features: DocumentedExample[] = [
  {
    page: 'basic-jobs-example',
    about: 'jobs over MQTT, in another region',
    statements: [
      allow('iot:Connect', 'client/uniqueThingName'),
      allow('iot:Publish', [
        'topic/test/dc/pubtopic',
        'topic/$aws/events/job/*',
        'topic/$aws/things/uniqueThingName/jobs/*',
      ]),
      allow('iot:Subscribe', [
        'topicfilter/test/dc/subtopic',
        'topicfilter/$aws/events/jobExecution/*',
        'topicfilter/$aws/things/uniqueThingName/jobs/*',
      ]),
      allow('iot:Receive', ['topic/test/dc/subtopic', 'topic/$aws/things/uniqueThingName/jobs/*']),
    ],
    ...(() => {
      const device = registered('uniqueThingName');
      return {
        allowed: [
          [device, connect],
          [device, publish('$aws/things/uniqueThingName/jobs/get')],
          [device, subscribe('$aws/things/uniqueThingName/jobs/notify-next')],
          [device, receive('$aws/things/uniqueThingName/jobs/job-1/get/accepted')],
        ] as const,
        denied: [
          [device, publish('$aws/things/otherThing/jobs/get')],
          [device, receive('$aws/events/jobExecution/job-1/succeeded')],
        ] as const,
      };
    })(),
  },
  {
    page: 'iot-data-plane-jobs',
    about: 'jobs over HTTPS',
    statements: [
      allow(
        [
          'iotjobsdata:GetPendingJobExecutions',
          'iotjobsdata:StartNextPendingJobExecution',
          'iotjobsdata:DescribeJobExecution',
          'iotjobsdata:UpdateJobExecution',
        ],
        'thing/thing-name',
      ),
    ],
    allowed: [
      [client1, of('iotjobsdata:StartNextPendingJobExecution', 'thing/thing-name')],
      [client1, of('iot:UpdateJobExecution', 'thing/thing-name')],
    ],
    denied: [
      [client1, of('iotjobsdata:StartNextPendingJobExecution', 'thing/other')],
      [client1, publish('$aws/things/thing-name/jobs/start-next')],
    ],
  },
  {
    page: 'device-shadow-mqtt',
    about: 'getting the shadow over MQTT',
    statements: [
      allow('iot:Publish', 'topic/$aws/things/thing1/shadow/get'),
      allow('iot:Subscribe', 'topicfilter/$aws/things/thing1/shadow/get/accepted'),
      allow('iot:Receive', 'topic/$aws/things/thing1/shadow/get/accepted'),
    ],
    allowed: [
      [thing1, publish('$aws/things/thing1/shadow/get')],
      [thing1, subscribe('$aws/things/thing1/shadow/get/accepted')],
      [thing1, receive('$aws/things/thing1/shadow/get/accepted')],
    ],
    denied: [
      [thing1, subscribe('$aws/things/thing1/shadow/get/#')],
      [thing1, publish('$aws/things/thing1/shadow/update')],
    ],
  },
  {
    page: 'device-shadow-rest-api',
    about: 'shadow over HTTPS',
    statements: ['Get', 'Update', 'Delete'].map((verb) => allow(`iot:${verb}ThingShadow`, 'thing/thing')),
    allowed: ['Get', 'Update', 'Delete'].map((verb) => [client1, of(`iot:${verb}ThingShadow`, 'thing/thing')] as const),
    denied: [
      [client1, of('iot:GetThingShadow', 'thing/other')],
      [client1, of('iot:GetThingShadow', 'thing/thing/named')],
    ],
  },
  {
    page: 'iot-action-resources',
    about: 'a named shadow is a resource below the thing',
    statements: [allow('iot:GetThingShadow', 'thing/thingOne/shadowOne'), allow('iot:ListNamedShadowsForThing', '*')],
    allowed: [
      [client1, of('iot:GetThingShadow', 'thing/thingOne/shadowOne')],
      [client1, of('iot:GetThingShadow', `${ARN}thing/thingOne/shadowOne`)],
      [client1, of('iot:ListNamedShadowsForThing', '*')],
    ],
    denied: [[client1, of('iot:GetThingShadow', 'thing/thingOne')]],
  },
  {
    page: 'provision-wo-cert',
    about: 'a claim certificate',
    statements: [
      allow('iot:Connect', '*'),
      allow(
        ['iot:Publish', 'iot:Receive'],
        ['topic/$aws/certificates/create/*', 'topic/$aws/provisioning-templates/templateName/provision/*'],
      ),
      allow('iot:Subscribe', [
        'topicfilter/$aws/certificates/create/*',
        'topicfilter/$aws/provisioning-templates/templateName/provision/*',
      ]),
    ],
    allowed: [
      [client1, connect],
      [client1, publish('$aws/certificates/create/json')],
      [client1, subscribe('$aws/certificates/create/json/accepted')],
      [client1, publish('$aws/provisioning-templates/templateName/provision/json')],
      [client1, receive('$aws/provisioning-templates/templateName/provision/json/rejected')],
    ],
    denied: [
      [client1, publish('$aws/certificates/create-from-csr/json')],
      [client1, publish('$aws/provisioning-templates/otherTemplate/provision/json')],
    ],
  },
  {
    page: 'authorizing-direct-aws',
    about: 'credentials of a role alias',
    statements: [allow('iot:AssumeRoleWithCertificate', 'rolealias/your-role-alias')],
    allowed: [
      [client1, assumeRoleWithCertificate('your-role-alias')],
      [thing1, assumeRoleWithCertificate('your-role-alias', 'thing1')],
    ],
    denied: [
      [client1, assumeRoleWithCertificate('Your-Role-Alias')],
      [client1, assumeRoleWithCertificate('other')],
      // The header must name the thing that the certificate is attached to: 403 otherwise.
      [thing1, assumeRoleWithCertificate('your-role-alias', 'thing2')],
      [client1, assumeRoleWithCertificate('your-role-alias', 'thing1')],
    ],
  },
  {
    page: 'mqtt-based-file-delivery-managing',
    about: 'streams of the own thing',
    statements: [
      connectAsThingPlain,
      allow(['iot:Receive', 'iot:Publish'], `topic/$aws/things/${THING_NAME}/streams/*`),
      allow('iot:Subscribe', `topicfilter/$aws/things/${THING_NAME}/streams/*`),
    ],
    allowed: [
      [thing1, publish('$aws/things/thing1/streams/s1/get/json')],
      [thing1, subscribe('$aws/things/thing1/streams/s1/data/json')],
    ],
    denied: [[thing1, publish('$aws/things/thing2/streams/s1/get/json')]],
  },
  {
    page: 'custom-auth-lambda',
    about: 'what the sample authorizer returns',
    statements: [
      allow('iot:Connect', '*'),
      allow('iot:Publish', 'topic/telemetry/${iot:ClientId}'),
      allow('iot:Subscribe', 'topicfilter/telemetry/${iot:ClientId}'),
      allow('iot:Receive', 'topic/telemetry/${iot:ClientId}'),
    ],
    allowed: [
      [client1, connect],
      [client1, publish('telemetry/client1')],
      [client1, subscribe('telemetry/client1')],
      [client1, receive('telemetry/client1')],
    ],
    denied: [
      [client1, publish('telemetry/myClientName')],
      [client1, subscribe('telemetry/+')],
    ],
  },
  {
    page: 'custom-auth-lambda',
    about: 'what the sample authorizer returns for a wrong password',
    statements: [deny('iot:Connect', 'client/myClientName'), deny('iot:Publish', 'topic/telemetry/myClientName')],
    allowed: [],
    denied: [
      [unregistered('myClientName'), connect],
      [unregistered('myClientName'), publish('telemetry/myClientName')],
    ],
  },
];

export const DOCUMENTED_EXAMPLES: readonly DocumentedExample[] = [
  ...pubSub,
  ...connecting,
  ...certificates,
  ...things,
  ...basics,
  ...retainedMessages,
  ...audits,
  ...features,
  ...EXAMPLES_OF_TUTORIALS,
  ...EXAMPLES_OF_SERVICES,
  ...EXAMPLES_OF_GROUPS,
];

/** Address of a page of the examples. */
export function addressOf(page: string): string {
  const guide = /^(audit|device-defender)-/.test(page)
    ? 'iot-device-defender/latest/devguide'
    : 'iot/latest/developerguide';
  return `https://docs.aws.amazon.com/${page.includes('/') ? page : `${guide}/${page}`}.html`;
}
