import {
  AttachedPolicy,
  ConnectionContext,
  type ConnectionContextProps,
  ConnectionProtocol,
  PolicyAssumption,
  type PolicyDecision,
  PolicyEvaluator,
  PolicyRequest,
  ThingAttachment,
} from '../../../lib/policy/evaluator';
import {
  ACCOUNT,
  allow,
  certificatePolicy,
  decide,
  deny,
  documentOf,
  evaluatorOf,
  groupPolicy,
  REGION,
  registered,
  type StatementJson,
  THING_NAME,
  unregistered,
} from '../../support/policy-builders';

const publish = PolicyRequest.publish('x');

describe('policies of a thing group', () => {
  const evaluator = groupPolicy(allow('iot:*', '*'), deny('iot:Receive', '*'));
  const asked = (props: ConnectionContextProps, request = publish): PolicyDecision =>
    decide(evaluator, new ConnectionContext(props), request);

  test.each<[string, ConnectionContextProps, boolean, PolicyAssumption[]]>([
    ['a client ID that equals the thing name', { thingName: 't' }, true, []],
    ['the same, exclusive', { thingName: 't', attachment: ThingAttachment.EXCLUSIVE_THING }, true, []],
    ['the same over WebSocket', { thingName: 't', protocol: ConnectionProtocol.MQTT_WSS }, true, []],
    ['another client ID', { thingName: 't', clientId: 'u' }, false, []],
    [
      'another client ID, exclusive',
      { thingName: 't', clientId: 'u', attachment: ThingAttachment.EXCLUSIVE_THING },
      false,
      [PolicyAssumption.GROUP_POLICIES_NEED_MATCHING_CLIENT_ID],
    ],
    [
      'a thing that the certificate is not attached to',
      { thingName: 't', attachment: ThingAttachment.NOT_ATTACHED },
      false,
      [],
    ],
    ['no thing', { clientId: 't' }, false, []],
    [
      'HTTPS',
      { thingName: 't', protocol: ConnectionProtocol.HTTPS },
      false,
      [PolicyAssumption.GROUP_POLICIES_NEED_MQTT],
    ],
  ])('%s', (_name, props, applies, assumptions) => {
    expect(asked(props).allowed).toBe(applies);
    expect(asked(props).assumptions).toEqual(assumptions);
    if (props.protocol !== ConnectionProtocol.HTTPS) {
      expect(asked(props, PolicyRequest.receive('x')).because).toHaveLength(applies ? 1 : 0);
    }
  });

  test.each<[ConnectionContextProps, string]>([
    [
      { thingName: 't', clientId: 'u' },
      "policies of thing group 'pumps' need a client ID that equals the thing name: 'u' is not 't'",
    ],
    [{ clientId: 't' }, "policies of thing group 'pumps' need a thing that the certificate is attached to"],
    [{ protocol: ConnectionProtocol.HTTPS }, "policies of thing group 'pumps' need a request over MQTT"],
  ])('says why they do not count: %p', (props, reason) => {
    expect(asked(props).nearestAllow?.reason).toBe(reason);
  });

  test('an action of an HTTPS API does not count either, whatever the connection is', () => {
    const decision = asked({ thingName: 't' }, PolicyRequest.of('iot:GetThingShadow', 'thing/t'));
    expect(decision.allowed).toBe(false);
    expect(decision.assumptions).toEqual([PolicyAssumption.GROUP_POLICIES_NEED_MQTT]);
  });

  test('without group policies nothing is assumed of them', () => {
    const plain = certificatePolicy(allow('iot:*', '*'));
    expect(decide(plain, new ConnectionContext({ protocol: ConnectionProtocol.HTTPS }), publish).assumptions).toEqual(
      [],
    );
  });
});

describe('union of policies', () => {
  const evaluator = evaluatorOf(
    AttachedPolicy.onCertificate(documentOf(allow('iot:Publish', 'topic/a')), 'one'),
    AttachedPolicy.onCertificate(documentOf(allow('iot:Publish', 'topic/b')), 'two'),
    AttachedPolicy.onThingGroup(
      'pumps',
      documentOf(allow('iot:Publish', 'topic/c'), deny('iot:Publish', 'topic/a')),
      'three',
    ),
  );

  test.each([
    ['a', false],
    ['b', true],
    ['c', true],
    ['d', false],
  ])('topic %s: %p', (topic, expected) => {
    expect(decide(evaluator, registered('t'), PolicyRequest.publish(topic)).allowed).toBe(expected);
  });

  test('the deny of a group does not reach a client ID that is not the thing name', () => {
    expect(decide(evaluator, registered('t', { clientId: 'u' }), PolicyRequest.publish('a')).allowed).toBe(true);
  });
});

describe('membership', () => {
  const parentGroups = { pumps: 'machines', machines: 'root', loop: 'knot', knot: 'loop' };
  const evaluator = new PolicyEvaluator({
    region: REGION,
    account: ACCOUNT,
    parentGroups,
    policies: ['pumps', 'machines', 'root', 'valves', 'loop', 'knot'].map((group) =>
      AttachedPolicy.onThingGroup(group, documentOf(allow('iot:Publish', `topic/${group}`))),
    ),
  });
  const reached = (thingGroupNames?: string[]): string[] =>
    ['pumps', 'machines', 'root', 'valves', 'loop', 'knot'].filter((group) =>
      evaluator.isAllowed(registered('t', { thingGroupNames }), PolicyRequest.publish(group)),
    );

  test.each<[string[] | undefined, string[]]>([
    [undefined, ['pumps', 'machines', 'root', 'valves', 'loop', 'knot']],
    [[], []],
    [['root'], ['root']],
    [['machines'], ['machines', 'root']],
    [['pumps'], ['pumps', 'machines', 'root']],
    [
      ['pumps', 'valves'],
      ['pumps', 'machines', 'root', 'valves'],
    ],
    [['loop'], ['loop', 'knot']],
    [['unknown'], []],
  ])('of %p reaches the policies of %p', (groups, expected) => {
    expect(reached(groups)).toEqual(expected);
  });

  test('does not matter to policies on the certificate', () => {
    expect(certificatePolicy(allow('iot:*', '*')).isAllowed(registered('t', { thingGroupNames: [] }), publish)).toBe(
      true,
    );
  });
});

describe('thing variables', () => {
  const evaluator = certificatePolicy(
    allow('iot:*', `topic/${THING_NAME}`),
    allow(['iot:GetThingShadow', 'iotjobsdata:*'], `thing/${THING_NAME}`),
    allow('iot:AssumeRoleWithCertificate', `rolealias/${THING_NAME}`),
  );
  const thing = registered('t');

  test('have no value over HTTPS', () => {
    expect(decide(evaluator, thing, PolicyRequest.publish('t')).allowed).toBe(true);
    const https = registered('t', { protocol: ConnectionProtocol.HTTPS });
    const decision = decide(evaluator, https, PolicyRequest.publish('t'));
    expect(decision.allowed).toBe(false);
    expect(decision.missingContextValues).toEqual(['iot:Connection.Thing.ThingName']);
  });

  test('have no value for the HTTPS APIs, also of a device that is connected over MQTT', () => {
    expect(decide(evaluator, thing, PolicyRequest.of('iot:GetThingShadow', 'thing/t')).allowed).toBe(false);
    expect(decide(evaluator, thing, PolicyRequest.of('iotjobsdata:UpdateJobExecution', 'thing/t')).allowed).toBe(false);
  });

  test('have a value for the credential provider if the thing is named', () => {
    const assume = PolicyRequest.assumeRoleWithCertificate;
    expect(decide(evaluator, thing, assume('t')).allowed).toBe(false);
    expect(decide(evaluator, thing, assume('t', 't')).allowed).toBe(true);
    expect(decide(evaluator, registered('t', { clientId: 'u' }), assume('t', 't')).allowed).toBe(true);
    expect(decide(evaluator, registered('t', { protocol: ConnectionProtocol.HTTPS }), assume('t', 't')).allowed).toBe(
      true,
    );
  });
});

describe('is refused before any policy counts', () => {
  const evaluator = certificatePolicy(allow('*', '*'));
  const https = new ConnectionContext({ protocol: ConnectionProtocol.HTTPS, lastWill: { topic: 'w' } });

  test.each<[string, ConnectionContext, PolicyRequest, string]>([
    [
      'connect over HTTPS',
      https,
      PolicyRequest.connect(),
      'iot:Connect on arn:aws:iot:us-east-1:123456789012:client/ cannot be asked for over HTTPS',
    ],
    [
      'subscribe over HTTPS',
      https,
      PolicyRequest.subscribe('a'),
      'iot:Subscribe on arn:aws:iot:us-east-1:123456789012:topicfilter/a cannot be asked for over HTTPS',
    ],
    [
      'receive over HTTPS',
      https,
      PolicyRequest.receive('a'),
      'iot:Receive on arn:aws:iot:us-east-1:123456789012:topic/a cannot be asked for over HTTPS',
    ],
    [
      'credentials as another thing',
      registered('t'),
      PolicyRequest.assumeRoleWithCertificate('r', 'u'),
      "iot:AssumeRoleWithCertificate on arn:aws:iot:us-east-1:123456789012:rolealias/r names the thing 'u', which the certificate is not attached to",
    ],
    [
      'credentials as a thing that the certificate is not attached to',
      new ConnectionContext({ thingName: 't', attachment: ThingAttachment.NOT_ATTACHED }),
      PolicyRequest.assumeRoleWithCertificate('r', 't'),
      "iot:AssumeRoleWithCertificate on arn:aws:iot:us-east-1:123456789012:rolealias/r names the thing 't', which the certificate is not attached to",
    ],
  ])('%s', (_name, context, request, missing) => {
    const decision = decide(evaluator, context, request);
    expect(String(decision)).toBe(`implicitly denied: ${missing}`);
    expect(decision.checks).toHaveLength(1);
  });

  test.each<[string, ConnectionContext, PolicyRequest]>([
    ['publish over HTTPS', https, PolicyRequest.publish('a')],
    ['retained publish over HTTPS', https, PolicyRequest.retain('a')],
    ['credentials', https, PolicyRequest.assumeRoleWithCertificate('r')],
    ['subscribe over MQTT', unregistered('c'), PolicyRequest.subscribe('a')],
  ])('but not: %s', (_name, context, request) => {
    expect(decide(evaluator, context, request).allowed).toBe(true);
  });
});

describe('a connection', () => {
  const connects = (props: ConnectionContextProps, ...statements: StatementJson[]): PolicyDecision =>
    decide(
      certificatePolicy(allow('iot:Connect', 'client/c'), ...statements),
      new ConnectionContext({ clientId: 'c', ...props }),
      PolicyRequest.connect(),
    );
  const will = { lastWill: { topic: 'w' } };
  const retainedWill = { lastWill: { topic: 'w', retained: true } };

  test('needs permission to connect only, without a will', () => {
    expect(connects({}).checks.map((check) => check.action)).toEqual(['iot:Connect']);
    expect(connects({ clientId: 'd' }).allowed).toBe(false);
  });

  test('needs permission to publish its will', () => {
    expect(connects(will).allowed).toBe(false);
    expect(connects(will, allow('iot:Publish', 'topic/w')).allowed).toBe(true);
    expect(connects({ lastWill: { topic: 'w', retained: false } }, allow('iot:Publish', 'topic/w')).allowed).toBe(true);
    expect(connects(will, allow('iot:Publish', 'topic/v')).allowed).toBe(false);
  });

  test('needs permission to retain a retained will', () => {
    expect(connects(retainedWill, allow('iot:Publish', 'topic/w')).allowed).toBe(false);
    expect(
      connects(retainedWill, allow(['iot:Publish', 'iot:RetainPublish'], 'topic/w')).checks.map(
        (check) => check.resource,
      ),
    ).toEqual([
      'arn:aws:iot:us-east-1:123456789012:client/c',
      'arn:aws:iot:us-east-1:123456789012:topic/w',
      'arn:aws:iot:us-east-1:123456789012:topic/w',
    ]);
  });

  test('has its keys however the action is spelt', () => {
    const evaluator = certificatePolicy(
      allow('iot:Connect', '*', { 'ForAnyValue:StringEquals': { 'iot:ConnectAttributes': 'PersistentConnect' } }),
    );
    const persistent = unregistered('c', { persistent: true });
    expect(evaluator.isAllowed(persistent, PolicyRequest.of('iot:Connect', 'client/c'))).toBe(true);
    expect(evaluator.isAllowed(persistent, PolicyRequest.of('IOT:CONNECT', 'client/c'))).toBe(true);
    expect(evaluator.isAllowed(unregistered('c'), PolicyRequest.of('iot:Connect', 'client/c'))).toBe(false);
  });

  test('has keys that no other request has', () => {
    const evaluator = certificatePolicy(
      allow('iot:*', '*', { 'ForAnyValue:StringEquals': { 'iot:ConnectAttributes': 'PersistentConnect' } }),
    );
    const persistent = unregistered('c', { persistent: true });
    expect(decide(evaluator, persistent, PolicyRequest.connect()).allowed).toBe(true);
    expect(decide(evaluator, persistent, publish).allowed).toBe(false);
  });

  test('gives the topic of the will in the region and account of the evaluator', () => {
    const evaluator = new PolicyEvaluator({
      partition: 'aws-cn',
      region: 'cn-north-1',
      account: '1',
      policies: [
        AttachedPolicy.onCertificate(
          documentOf(
            allow('iot:*', '*', { ArnEqualsIfExists: { 'iot:LastWillTopic': 'arn:aws-cn:iot:cn-north-1:1:topic/w' } }),
          ),
        ),
      ],
    });
    expect(evaluator.isAllowed(unregistered('c', will), PolicyRequest.connect())).toBe(true);
    expect(evaluator.isAllowed(unregistered('c', { lastWill: { topic: 'v' } }), PolicyRequest.connect())).toBe(false);
  });
});
