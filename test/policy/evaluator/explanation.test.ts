import {
  AttachedPolicy,
  PolicyAssumption,
  type PolicyDecision,
  PolicyRequest,
  PolicyVerdict,
} from '../../../lib/policy/evaluator';
import { explain } from '../../../lib/policy/evaluator/explanation';
import {
  allow,
  ARN,
  certificatePolicy,
  decide,
  deny,
  documentOf,
  evaluatorOf,
  registered,
  type StatementJson,
  unregistered,
} from '../../support/policy-builders';

const client = unregistered('c');

function ask(request: PolicyRequest, ...statements: StatementJson[]): PolicyDecision {
  return decide(certificatePolicy(...statements), client, request);
}

describe('names what decided', () => {
  test('each statement that allows', () => {
    const decision = ask(
      PolicyRequest.publish('a/b'),
      allow('iot:Receive', '*'),
      { ...allow('iot:Publish', 'topic/a/*'), Sid: 'Mine' },
      allow('iot:*', '*'),
    );
    expect(decision.because).toEqual([
      {
        policyName: 'certificate-policy',
        target: 'certificate',
        statementIndex: 1,
        sid: 'Mine',
        effect: 'Allow',
        label: "Allow in Statement[1] (Mine) of policy 'certificate-policy' on certificate",
      },
      {
        policyName: 'certificate-policy',
        target: 'certificate',
        statementIndex: 2,
        sid: undefined,
        effect: 'Allow',
        label: "Allow in Statement[2] of policy 'certificate-policy' on certificate",
      },
    ]);
    expect(decision.missing).toEqual([]);
    expect(decision.nearestAllow).toBeUndefined();
    expect(decision.checks).toEqual([
      { action: 'iot:Publish', resource: `${ARN}topic/a/b`, verdict: PolicyVerdict.ALLOWED, because: decision.because },
    ]);
  });

  test('each statement that denies, and no allow', () => {
    const decision = ask(
      PolicyRequest.publish('a'),
      allow('iot:*', '*'),
      deny('iot:Publish', 'topic/a'),
      deny('iot:Publish', 'topic/b'),
      deny('*', '*'),
    );
    expect(decision.because.map((statement) => [statement.effect, statement.statementIndex])).toEqual([
      ['Deny', 1],
      ['Deny', 3],
    ]);
    expect(decision.missing).toEqual([`iot:Publish on ${ARN}topic/a is denied`]);
    expect(decision.nearestAllow).toBeUndefined();
  });

  test('policies by their place, if they have no name, and groups by theirs', () => {
    const evaluator = evaluatorOf(
      AttachedPolicy.onCertificate(documentOf(allow('iot:Receive', '*'))),
      AttachedPolicy.onThingGroup('pumps', documentOf(allow('iot:Publish', '*'))),
    );
    const [statement] = decide(evaluator, registered('t'), PolicyRequest.publish('a')).because;
    expect(statement?.label).toBe("Allow in Statement[0] of policy 'policy 1' on thing group pumps");
  });
});

describe('names the nearest allow', () => {
  test('none, if no statement speaks of the action', () => {
    const decision = ask(PolicyRequest.publish('a'), allow('iot:Receive', '*'));
    expect(decision.nearestAllow).toBeUndefined();
    expect(decision.missing).toEqual(['no statement allows iot:Publish']);
    expect(ask(PolicyRequest.publish('a'), deny('iot:Publish', 'topic/b')).nearestAllow).toBeUndefined();
  });

  test.each<[string, StatementJson[], number, string]>([
    [
      'the longest common start',
      [
        allow('iot:Publish', 'topic/x'),
        allow('iot:Publish', ['topic/y', 'topic/a/c', 'topic/z']),
        allow('iot:Publish', 'topic/a'),
      ],
      1,
      `its resource '${ARN}topic/a/c' does not match`,
    ],
    [
      'the first of those that are equally near',
      [allow('iot:Publish', ['topic/a/x', 'topic/a/y']), allow('iot:Publish', 'topic/a/z')],
      0,
      `its resource '${ARN}topic/a/x' does not match`,
    ],
    [
      'wildcards as they stand',
      [allow('iot:Publish', 'topic/a/?*x')],
      0,
      `its resource '${ARN}topic/a/?*x' does not match`,
    ],
    [
      'a pattern that the resource goes beyond',
      [allow('iot:Publish', 'topic/a')],
      0,
      `its resource '${ARN}topic/a' does not match`,
    ],
    [
      'NotResource',
      [{ Effect: 'Allow', Action: 'iot:Publish', NotResource: `${ARN}topic/a/*` }],
      0,
      'it spares the resource (NotResource)',
    ],
    [
      'a variable before a resource',
      [allow('iot:Publish', `topic/a/${'c'.repeat(50)}`), allow('iot:Publish', 'topic/${iot:CertificateId}')],
      1,
      "the variable 'iot:CertificateId' has no value",
    ],
    [
      'a condition before a variable',
      [
        allow('iot:Publish', 'topic/${iot:CertificateId}'),
        allow('iot:Publish', 'topic/a/b', {
          Bool: { 'iot:Connection.Thing.IsAttached': 'true' },
          StringEquals: { 'iot:ClientId': 'd' },
        }),
      ],
      1,
      'its condition Bool of iot:Connection.Thing.IsAttached is not met',
    ],
    [
      'the condition that is not met',
      [
        allow('iot:Publish', '*', {
          Bool: { 'iot:Connection.Thing.IsAttached': 'false' },
          StringEquals: { 'iot:ClientId': 'd' },
        }),
      ],
      0,
      'its condition StringEquals of iot:ClientId is not met',
    ],
    [
      'a resource, where neither it nor the condition fits',
      [allow('iot:Publish', 'topic/b', { StringEquals: { 'iot:ClientId': 'd' } })],
      0,
      `its resource '${ARN}topic/b' does not match`,
    ],
  ])('%s', (_name, statements, index, reason) => {
    const decision = ask(PolicyRequest.publish('a/b'), ...statements);
    expect([decision.nearestAllow?.statement.statementIndex, decision.nearestAllow?.reason]).toEqual([index, reason]);
    expect(decision.missing).toEqual([
      `no statement allows iot:Publish on ${ARN}topic/a/b; nearest is Allow in Statement[${index}] of policy 'certificate-policy' on certificate: ${reason}`,
    ]);
  });

  test('a group policy that would allow comes before all, one that would not before a variable', () => {
    const evaluator = (resource: string) =>
      evaluatorOf(
        AttachedPolicy.onCertificate(
          documentOf(
            allow('iot:Publish', 'topic/${iot:CertificateId}'),
            allow('iot:Publish', '*', { StringEquals: { 'iot:ClientId': 'd' } }),
          ),
          'own',
        ),
        AttachedPolicy.onThingGroup('pumps', documentOf(allow('iot:Publish', resource)), 'group'),
      );
    const nearest = (resource: string, request: PolicyRequest) =>
      decide(evaluator(resource), registered('t', { clientId: 'c' }), request).nearestAllow?.statement.policyName;
    expect(nearest('topic/a', PolicyRequest.publish('a'))).toBe('group');
    expect(nearest('topic/b', PolicyRequest.publish('a'))).toBe('own');
    const withoutCondition = evaluatorOf(
      AttachedPolicy.onCertificate(documentOf(allow('iot:Publish', 'topic/${iot:CertificateId}')), 'own'),
      AttachedPolicy.onThingGroup('pumps', documentOf(allow('iot:Publish', 'topic/b')), 'group'),
    );
    expect(
      decide(withoutCondition, registered('t', { clientId: 'c' }), PolicyRequest.publish('a')).nearestAllow?.statement
        .policyName,
    ).toBe('group');
  });

  test('of the first permission that is lacking', () => {
    const decision = ask(
      PolicyRequest.retain('a'),
      allow('iot:Publish', 'topic/b'),
      allow('iot:RetainPublish', 'topic/c'),
    );
    expect(decision.nearestAllow?.statement.statementIndex).toBe(0);
    expect(decision.missing).toHaveLength(2);
  });
});

describe('names what has no value', () => {
  test('in resources and conditions of statements about the action, each once', () => {
    const decision = ask(
      PolicyRequest.publish('a'),
      allow('iot:Publish', ['topic/${iot:CertificateId}', 'topic/${iot:CertificateId}/x']),
      deny('iot:Publish', 'topic/${iot:Connection.Thing.ThingTypeName}', {
        StringLike: { 'iot:DomainName': '${aws:SourceVpc}' },
      }),
      allow('iot:Receive', 'topic/${iot:Connection.Thing.ThingName}'),
    );
    expect(decision.missingContextValues).toEqual([
      'iot:CertificateId',
      'iot:Connection.Thing.ThingTypeName',
      'iot:DomainName',
      'aws:SourceVpc',
    ]);
  });

  test('also when the request is allowed: a deny does not take effect then', () => {
    const decision = ask(
      PolicyRequest.publish('a'),
      allow('iot:Publish', '*'),
      deny('iot:Publish', 'topic/${iot:Connection.Thing.ThingName}'),
    );
    expect([decision.allowed, decision.missingContextValues]).toEqual([true, ['iot:Connection.Thing.ThingName']]);
  });

  test('a deny that spares a resource without a value denies everything', () => {
    const decision = ask(PolicyRequest.publish('a'), allow('iot:Publish', '*'), {
      Effect: 'Deny',
      Action: 'iot:Publish',
      NotResource: `${ARN}topic/\${iot:Connection.Thing.ThingName}`,
    });
    expect(decision.verdict).toBe(PolicyVerdict.EXPLICITLY_DENIED);
  });
});

describe('a shared subscription', () => {
  const share = PolicyRequest.subscribe('$share/g/a');

  test.each([
    ['both filters', ['topicfilter/$share/g/a', 'topicfilter/a'], true],
    ['the shared filter only', ['topicfilter/$share/g/a'], false],
    ['the plain filter only', ['topicfilter/a'], false],
    ['a wildcard', ['topicfilter/*'], true],
  ])('allowed for %s: %p', (_name, resources, expected) => {
    const decision = ask(share, allow('iot:Subscribe', resources));
    expect(decision.allowed).toBe(expected);
    expect(decision.assumptions).toEqual([PolicyAssumption.SHARED_SUBSCRIPTION_NEEDS_BOTH_FILTERS]);
  });

  test('is decided alike however it is written', () => {
    const written = PolicyRequest.of('iot:Subscribe', 'topicfilter/$share/g/a');
    for (const resources of [['topicfilter/$share/g/a'], ['topicfilter/a'], ['topicfilter/*']])
      expect(ask(written, allow('iot:Subscribe', resources))).toEqual(ask(share, allow('iot:Subscribe', resources)));
  });

  test('is denied by a deny of either filter', () => {
    for (const filter of ['topicfilter/$share/g/a', 'topicfilter/a']) {
      expect(ask(share, allow('iot:Subscribe', '*'), deny('iot:Subscribe', filter)).verdict).toBe(
        PolicyVerdict.EXPLICITLY_DENIED,
      );
    }
  });

  test('a plain one rests on no assumption', () => {
    expect(ask(PolicyRequest.subscribe('a'), allow('iot:Subscribe', '*')).assumptions).toEqual([]);
  });
});

test('a request without any permission is not allowed', () => {
  expect(explain(undefined as never, undefined).verdict).toBe(PolicyVerdict.IMPLICITLY_DENIED);
});
