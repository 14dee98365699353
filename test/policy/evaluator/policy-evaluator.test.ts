import { ConnectionContext, PolicyEvaluator, PolicyRequest } from '../../../lib/policy/evaluator';
import { AttachedPolicy } from '../../../lib/policy/evaluator/attached-policy';
import { ConnectionEvaluator } from '../../../lib/policy/evaluator/connection-evaluator';
import {
  allow,
  ARN,
  certificatePolicy,
  decide,
  documentOf,
  evaluatorOf,
  registered,
  THING_NAME,
  unregistered,
} from '../../support/policy-builders';

const STATEMENT = { Effect: 'Allow', Action: 'iot:Publish', Resource: '*' };

describe('an attached policy', () => {
  test('says what it hangs on', () => {
    const document = documentOf(STATEMENT);
    const own = AttachedPolicy.onCertificate(document, 'own');
    expect([own.document, own.policyName, own.thingGroupName, own.target]).toEqual([
      document,
      'own',
      undefined,
      'certificate',
    ]);
    const group = AttachedPolicy.onThingGroup('pumps', '{}');
    expect([group.document, group.policyName, group.thingGroupName, group.target]).toEqual([
      '{}',
      undefined,
      'pumps',
      'thing group pumps',
    ]);
  });

  // A policy on the certificate counts under any client id: as one of them, a group's would allow what it does not.
  test.each([[undefined], [null], [''], [7]])('on a group without a name (%p) is refused', (name) => {
    expect(() => AttachedPolicy.onThingGroup(name as unknown as string, documentOf(STATEMENT))).toThrow(
      /^'thingGroupName' must be the name of a thing group, got .*: give the group a name.*\[PolicyDocumentInvalid\]$/,
    );
  });

  test('without a document is refused, or its denial would be none', () => {
    expect(() => evaluatorOf(AttachedPolicy.onCertificate(undefined, 'isolate'))).toThrow(
      "policy 'isolate': the document must be a JSON object, got nothing",
    );
  });
});

describe('an evaluator', () => {
  test('fails for a document that AWS IoT would not store for its length', () => {
    const long = documentOf({ ...STATEMENT, Resource: `${ARN}topic/${'x'.repeat(2000)}` });
    const policy = AttachedPolicy.onCertificate(long, 'long');
    expect(() => evaluatorOf(policy)).toThrow(/^policy 'long': the document has 2\d{3} characters .* of 2048 /);
    // What is judged for a template has names that stand for shorter ones.
    expect(evaluatorOf(policy._ofAnySize()).isAllowed(registered('t'), PolicyRequest.publish('x'.repeat(2000)))).toBe(
      true,
    );
    expect(AttachedPolicy.onThingGroup('pumps', long, 'long')._ofAnySize()).toMatchObject({
      thingGroupName: 'pumps',
      policyName: 'long',
      document: long,
    });
  });

  test('answers alike whatever was asked before', () => {
    const statements = [
      { Effect: 'Allow', Action: 'iot:*', Resource: '*' },
      { Effect: 'Deny', Action: 'iot:Foo', Resource: `${ARN}foo` },
    ];
    const requests = ['foo', `${ARN}foo`].map((resource) => PolicyRequest.of('iot:Foo', resource));
    for (const order of [requests, [...requests].reverse()]) {
      const evaluator = certificatePolicy(...statements);
      const context = registered('t');
      expect(order.map((request) => evaluator.isAllowed(context, request))).toEqual([false, false]);
    }
  });

  test('says what is no request and no connection', () => {
    const evaluator = evaluatorOf();
    const context = registered('t');
    const given = ['publish', undefined, null, 7, {}, () => 'publish'] as unknown as PolicyRequest[];
    for (const request of given) {
      const words =
        /^'request' must be a PolicyRequest, such as PolicyRequest\.publish\('a\/b'\), got ("publish"|nothing|number|object|function) \[PolicyRequestInvalid\]$/;
      expect(() => evaluator.isAllowed(context, request)).toThrow(words);
      expect(() => evaluator.evaluate(context, request)).toThrow(words);
    }
    for (const connection of ['pump-7', undefined, null, {}, { attachment: 'x' }] as unknown as ConnectionContext[])
      expect(() => evaluator.isAllowed(connection, PolicyRequest.connect())).toThrow(
        /^'context' must be a ConnectionContext, such as .*, got ("pump-7"|undefined|object) \[ConnectionContextInvalid\]$/,
      );
    expect(evaluator.isAllowed(context, PolicyRequest.connect())).toBe(false);
  });

  test('says all on one line, whatever names hold', () => {
    const statement = { Effect: 'Allow', Action: 'iot:Publish', Resource: `${ARN}topic/a\u001b[2J`, Sid: 'S\n' };
    const evaluator = evaluatorOf(AttachedPolicy.onThingGroup('pu\nmps', documentOf(statement), 'po\rlicy'));
    const controls = /\p{C}/u;
    for (const context of [registered('t'), registered('t', { clientId: 'x\n' })]) {
      const denied = evaluator.evaluate(context, PolicyRequest.publish('b\n\u001b[31mALLOWED'));
      for (const text of [
        String(denied),
        ...denied.missing,
        denied.nearestAllow!.reason,
        denied.nearestAllow!.statement.label,
      ])
        expect(text).not.toMatch(controls);
      expect(String(denied)).toContain('b\\u000a\\u001b[31mALLOWED');
    }
    const allowed = evaluator.evaluate(registered('t'), PolicyRequest.publish('a\u001b[2J'));
    expect(String(allowed)).toMatch(
      /^allowed by Allow in Statement\[0\] \(S\\u000a\) of policy 'po\\u000dlicy' on thing group pu\\u000amps$/,
    );
    expect(allowed.checks[0]!.resource).toBe(`${ARN}topic/a\u001b[2J`);
    expect(() => evaluatorOf(AttachedPolicy.onCertificate('{', 'a\u001b[2J'))).toThrow(
      "policy 'a\\u001b[2J': the document is not",
    );
  });

  test('without policies denies everything', () => {
    const evaluator = evaluatorOf();
    for (const request of [PolicyRequest.connect(), PolicyRequest.publish('a'), PolicyRequest.of('iot:X', '*')]) {
      expect(String(decide(evaluator, registered('t'), request))).toMatch(
        /^implicitly denied: no statement allows iot:/,
      );
    }
  });

  test('fails for all that is wrong in all documents', () => {
    const broken = () =>
      evaluatorOf(
        AttachedPolicy.onCertificate(documentOf({ ...STATEMENT, Effect: 'x' }), 'first'),
        AttachedPolicy.onCertificate(documentOf(STATEMENT)),
        AttachedPolicy.onThingGroup('pumps', '{'),
      );
    expect(broken).toThrow(
      /policy 'first': Statement\[0\]\.Effect .*; policy 'policy 2': the document is not valid JSON \[PolicyDocumentInvalid\]$/,
    );
  });

  test.each([
    ['its partition', { partition: 'aws-cn', region: 'r', account: '1' }, 'arn:aws-cn:iot:r:1:topic/a'],
    [
      'partition aws by default',
      { region: 'eu-west-1', account: '210987654321' },
      'arn:aws:iot:eu-west-1:210987654321:topic/a',
    ],
  ])('compares with %s', (_name, scope, resource) => {
    const asked = (Resource: string): boolean =>
      new PolicyEvaluator({
        ...scope,
        policies: [AttachedPolicy.onCertificate(documentOf({ ...STATEMENT, Resource }))],
      }).isAllowed(unregistered('c'), PolicyRequest.publish('a'));
    expect(asked(resource)).toBe(true);
    for (const part of resource.split(':').slice(1, 5))
      expect(asked(resource.replace(`:${part}:`, ':other:'))).toBe(false);
  });

  test('compiles a connection once for each context', () => {
    const evaluator = certificatePolicy(allow('iot:Publish', `topic/${THING_NAME}`));
    const context = registered('t');
    const connection = evaluator.forConnection(context);
    expect(connection).toBeInstanceOf(ConnectionEvaluator);
    expect(evaluator.forConnection(context)).toBe(connection);
    expect(evaluator.forConnection(registered('t'))).not.toBe(connection);
    expect(connection.context).toBe(context);
    expect([
      connection.isAllowed(PolicyRequest.publish('t')),
      connection.isAllowed(PolicyRequest.publish('u')),
    ]).toEqual([true, false]);
    expect(connection.evaluate(PolicyRequest.publish('t')).allowed).toBe(true);
  });

  test('does not change when the document does', () => {
    const document = { Version: '2012-10-17', Statement: [{ ...STATEMENT }] };
    const evaluator = evaluatorOf(AttachedPolicy.onCertificate(document));
    document.Statement[0]!.Effect = 'Deny';
    expect(evaluator.isAllowed(unregistered('c'), PolicyRequest.publish('a'))).toBe(true);
  });
});

describe('resources', () => {
  test.each([
    ['*', 'topic/a', true],
    ['arn:aws:iot:us-east-1:123456789012:*', 'topic/a', true],
    ['arn:aws:iot:*', 'topic/a', true],
    ['arn:*:topic/a', 'topic/a', true],
    ['arn:aws:iot:*:*:topic/a', 'topic/a', true],
    ['arn:aws:iot:us-east-?:123456789012:topic/?', 'topic/a', true],
    ['arn:aws:iot:us-east-1:123456789012:topic/A', 'topic/a', false],
    ['arn:aws:iot:us-east-1:123456789012:top*', 'topic/a', true],
    ['arn:aws:iot:us-east-1:123456789012:topicfilter/a', 'topic/a', false],
    ['arn:aws:iot:us-east-1:210987654321:topic/a', 'topic/a', false],
    ['arn:aws:iot:eu-west-1:123456789012:topic/a', 'topic/a', false],
    ['arn:aws:sns:us-east-1:123456789012:topic/a', 'topic/a', false],
    ['arn:aws:iot:us-east-1:123456789012:topic/a:b', 'topic/a:b', true],
    ['arn:aws:iot:*:topic/b', 'topic/a:topic/b', true],
  ])('%p and %p: %p', (Resource, resource, expected) => {
    const evaluator = evaluatorOf(AttachedPolicy.onCertificate(documentOf({ ...STATEMENT, Resource })));
    expect(decide(evaluator, unregistered('c'), PolicyRequest.of('iot:Publish', resource)).allowed).toBe(expected);
    expect(decide(evaluator, unregistered('c'), PolicyRequest.of('iot:Publish', ARN + resource)).allowed).toBe(
      expected,
    );
  });

  test('an action without a resource needs one that covers everything', () => {
    const list = PolicyRequest.of('iot:ListRetainedMessages', '*');
    const asked = (resource: string): boolean =>
      certificatePolicy(allow('iot:ListRetainedMessages', resource)).isAllowed(unregistered('c'), list);
    expect([asked('*'), asked('topic/a')]).toEqual([true, false]);
  });
});

test('a thing of the registry connects as itself and as nobody else', () => {
  const evaluator = certificatePolicy(
    allow('iot:Connect', `client/${THING_NAME}`, { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } }),
  );
  expect(evaluator.isAllowed(ConnectionContext.ofThing('t'), PolicyRequest.connect())).toBe(true);
  expect(evaluator.isAllowed(registered('t', { clientId: 'u' }), PolicyRequest.connect())).toBe(false);
});

test.each(['account', 'region', 'partition'])('fails for an empty %s', (name) => {
  const scope = { account: '123456789012', region: 'eu-west-1', partition: 'aws', policies: [] };
  expect(() => new PolicyEvaluator(scope)).not.toThrow();
  expect(() => new PolicyEvaluator({ ...scope, [name]: '' })).toThrow(`'${name}' must not be empty`);
});
