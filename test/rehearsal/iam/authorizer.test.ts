import { runSimulation } from '@cloud-copilot/iam-simulate';
import { Authorizer } from '../../../rehearsal/iam/authorizer';
import { arnMatches, globMatches } from '../../../rehearsal/iam/glob';

const PLACE = { partition: 'aws', region: 'eu-west-1', account: '123456789012' };
const ROLE = 'arn:aws:iam::123456789012:role/R';
const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:q';

function authorizer(...statements: object[]): Authorizer {
  const made = new Authorizer(PLACE, () => Date.UTC(2026, 0, 1));
  const trust = {
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'iot.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:iot:*:*:rule/*' } },
    },
  };
  const policies = [{ name: 'own', document: { Version: '2012-10-17', Statement: statements } }];
  made.roles.set(ROLE, { arn: ROLE, name: 'R', trust: { name: 'trust', document: trust }, policies });
  return made;
}

const ALLOW = { Effect: 'Allow', Action: 'sqs:Send*', Resource: 'arn:aws:sqs:eu-west-1:123456789012:*' };
const SEND = { action: 'sqs:SendMessage', resource: QUEUE };

describe('a role', () => {
  test('may do what a statement allows, and the answer names it', () => {
    expect(authorizer(ALLOW).role(ROLE, SEND)).toMatchObject({
      allowed: true,
      because: [{ policyName: 'own', statementIndex: 0, effect: 'Allow' }],
    });
  });

  test.each([
    ['another action', { ...ALLOW, Action: 'sqs:Receive*' }],
    ['another resource', { ...ALLOW, Resource: `${QUEUE}2` }],
    ['NotAction that names it', { Effect: 'Allow', NotAction: ['SQS:sendmessage'], Resource: '*' }],
    ['NotResource that names it', { Effect: 'Allow', Action: 'sqs:*', NotResource: QUEUE }],
    [
      'a condition that does not hold',
      { ...ALLOW, Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } } },
    ],
    ['a variable where the account stands', { ...ALLOW, Resource: 'arn:aws:sqs:*:${aws:SourceAccount}:q' }],
    ['a variable without a value', { ...ALLOW, Resource: 'arn:aws:sqs:*:*:${aws:userid}' }],
  ])('may not, with %s', (_name, statement) => {
    const context = { 'aws:SourceAccount': PLACE.account };
    expect(authorizer(statement).role(ROLE, { ...SEND, context })).toMatchObject({
      allowed: false,
      because: [],
      missing: 'nothing in R allows it',
    });
  });

  test('may not what a statement denies, whatever allows it', () => {
    const denied = authorizer(ALLOW, { Sid: 'No', Effect: 'Deny', NotAction: 'iot:*', Resource: '*' }).role(ROLE, SEND);
    expect(denied).toMatchObject({ allowed: false, because: [{ sid: 'No', effect: 'Deny', statementIndex: 1 }] });
  });

  test('may not, where a statement about it is not understood, and the answer says what was not', () => {
    const unknown = authorizer(ALLOW, { ...ALLOW, Effect: 'Deny', Condition: { StringSounds: { 'aws:x': 'y' } } }).role(
      ROLE,
      SEND,
    );
    expect(unknown).toMatchObject({
      allowed: false,
      missing: 'the rehearsal does not know condition operator StringSounds in own',
    });
    expect(
      authorizer(ALLOW, { Effect: 'Deny', Action: 'iot:*', Resource: '*', Condition: { StringSounds: {} } }).role(
        ROLE,
        SEND,
      ).allowed,
    ).toBe(true);
  });

  test('that does not exist may do nothing', () => {
    expect(authorizer(ALLOW).role(`${ROLE}2`, SEND)).toMatchObject({
      allowed: false,
      missing: `there is no role ${ROLE}2`,
    });
  });

  test('needs `*` for actions without resources', () => {
    expect(
      authorizer({ Effect: 'Allow', Action: 'iot:List*', Resource: '*' }).role(ROLE, {
        action: 'iot:ListThings',
        resource: '*',
      }).allowed,
    ).toBe(true);
    expect(
      authorizer({ Effect: 'Allow', Action: 'iot:List*', Resource: 'arn:aws:iot:*:*:*' }).role(ROLE, {
        action: 'iot:ListThings',
        resource: '*',
      }).allowed,
    ).toBe(false);
  });
});

describe('policies of resources', () => {
  test('let services in, for the source that they name', () => {
    const made = authorizer();
    const statement = {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: QUEUE,
      Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:123456789012:t' } },
    };
    made.resourcePolicies.set(QUEUE, [{ name: 'queue', document: { Statement: [statement] } }]);
    const from = (source: string) => ({ ...SEND, context: { 'aws:SourceArn': source } });
    expect(made.service('sns.amazonaws.com', from('arn:aws:sns:eu-west-1:123456789012:t')).allowed).toBe(true);
    expect(made.service('sns.amazonaws.com', from('arn:aws:sns:eu-west-1:123456789012:u'))).toMatchObject({
      allowed: false,
      missing: 'no policy of the resource lets sns.amazonaws.com in',
    });
    expect(made.service('events.amazonaws.com', from('arn:aws:sns:eu-west-1:123456789012:t')).allowed).toBe(false);
  });

  test('deny roles, and allow the role that they name without a policy of its own', () => {
    const made = authorizer();
    const policy = (Effect: string) => [
      {
        name: 'queue',
        document: { Statement: { Effect, Principal: { AWS: ROLE }, Action: 'sqs:*', Resource: QUEUE } },
      },
    ];
    made.resourcePolicies.set(QUEUE, policy('Allow'));
    expect(made.role(ROLE, SEND).allowed).toBe(true);
    const own = authorizer(ALLOW);
    own.resourcePolicies.set(QUEUE, policy('Deny'));
    expect(own.role(ROLE, SEND).allowed).toBe(false);
  });

  test('of a key: the account opens it, the role must be allowed; neither alone does', () => {
    const key = 'arn:aws:kms:eu-west-1:123456789012:key/1';
    const need = { action: 'kms:Decrypt', resource: key };
    const toAccount = [
      {
        name: 'key',
        document: {
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::123456789012:root' },
            Action: 'kms:*',
            Resource: '*',
          },
        },
      },
    ];
    const allowed = authorizer({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: key });
    allowed.resourcePolicies.set(key, [{ name: 'key', document: { Statement: [] } }]);
    expect(allowed.role(ROLE, need)).toMatchObject({
      allowed: false,
      missing: 'the key policy gives the account no access',
    });
    allowed.resourcePolicies.set(key, toAccount);
    expect(allowed.role(ROLE, need).allowed).toBe(true);
    const bare = authorizer();
    bare.resourcePolicies.set(key, toAccount);
    expect(bare.role(ROLE, need).allowed).toBe(false);
  });
});

test('a role is taken on by the service it trusts, for the source it names', () => {
  const made = authorizer();
  expect(made.assume('iot.amazonaws.com', ROLE, 'arn:aws:iot:eu-west-1:123456789012:rule/x').allowed).toBe(true);
  expect(made.assume('iot.amazonaws.com', ROLE, 'arn:aws:iot:eu-west-1:123456789012:policy/x').allowed).toBe(false);
  expect(made.assume('lambda.amazonaws.com', ROLE).missing).toBe('R does not trust lambda.amazonaws.com');
});

const CONTEXT: Record<string, string | string[]> = {
  'aws:one': 'Value',
  'aws:many': ['a', 'b'],
  'aws:number': '5',
  'aws:ip': '10.0.0.7',
  'aws:bool': 'true',
  'aws:arn': 'arn:aws:iot:eu-west-1:1:rule/x',
};
const CONDITIONS: readonly (readonly [object, boolean])[] = [
  [{ StringEquals: { 'aws:one': 'Value' } }, true],
  [{ StringEquals: { 'aws:one': 'value' } }, false],
  [{ StringEqualsIgnoreCase: { 'AWS:ONE': 'value' } }, true],
  [{ StringNotEquals: { 'aws:one': ['Other', 'Value'] } }, false],
  [{ StringNotEquals: { 'aws:none': 'x' } }, true],
  [{ StringLike: { 'aws:one': 'V*e' } }, true],
  [{ StringNotLike: { 'aws:one': 'V*' } }, false],
  [{ StringEquals: { 'aws:none': 'x' } }, false],
  [{ StringEqualsIfExists: { 'aws:none': 'x' } }, true],
  [{ Null: { 'aws:none': 'true' } }, true],
  [{ Null: { 'aws:one': 'true' } }, false],
  [{ Bool: { 'aws:bool': 'true' } }, true],
  [{ NumericLessThan: { 'aws:number': '6' } }, true],
  [{ NumericGreaterThanEquals: { 'aws:number': 6 } }, false],
  [{ NumericNotEquals: { 'aws:number': '5' } }, false],
  [{ IpAddress: { 'aws:ip': '10.0.0.0/24' } }, true],
  [{ NotIpAddress: { 'aws:ip': ['10.0.0.0/24', '10.1.0.0/24'] } }, false],
  [{ ArnLike: { 'aws:arn': 'arn:aws:iot:*:*:rule/*' } }, true],
  [{ ArnNotEquals: { 'aws:arn': 'arn:aws:iot:*:*:rule/y' } }, true],
  [{ DateGreaterThan: { 'aws:CurrentTime': '2025-01-01T00:00:00Z' } }, true],
  [{ 'ForAllValues:StringEquals': { 'aws:many': ['a', 'b', 'c'] } }, true],
  [{ 'ForAllValues:StringEquals': { 'aws:many': ['a'] } }, false],
  [{ 'ForAllValues:StringEquals': { 'aws:none': ['a'] } }, true],
  [{ 'ForAnyValue:StringEquals': { 'aws:many': ['b'] } }, true],
  [{ 'ForAnyValue:StringNotEquals': { 'aws:many': ['a', 'b'] } }, false],
  [{ StringEquals: { 'aws:one': 'Value' }, Bool: { 'aws:bool': 'false' } }, false],
  [{ StringEquals: { 'aws:one': 'Value', 'aws:number': '5' } }, true],
];

test.each(CONDITIONS)('%j holds: %s', (Condition, expected) => {
  expect(authorizer({ ...ALLOW, Condition }).role(ROLE, { ...SEND, context: CONTEXT }).allowed).toBe(expected);
});

test('decides as another evaluator does', async () => {
  const patterns = ['*', 'sqs:*', 'sqs:SendMessage', 'sqs:Get*', 'iot:*'];
  const resources = [
    '*',
    QUEUE,
    'arn:aws:sqs:eu-west-1:123456789012:*',
    'arn:aws:sqs:*:*:q?',
    'arn:aws:sqs:us-east-1:123456789012:q',
  ];
  const conditions = [
    undefined,
    { StringEquals: { 'aws:SourceAccount': '1' } },
    { StringNotEquals: { 'aws:SourceAccount': '1' } },
  ];
  const different: unknown[] = [];
  for (const Effect of ['Allow', 'Deny'])
    for (const Action of patterns)
      for (const Resource of resources)
        for (const Condition of conditions) {
          const statement = { Effect, Action, Resource, ...(Condition && { Condition }) };
          const statements = Effect === 'Deny' ? [ALLOW, statement] : [statement];
          const ours = authorizer(...statements).role(ROLE, { ...SEND, context: { 'aws:SourceAccount': '1' } }).allowed;
          const theirs = await runSimulation(
            {
              request: {
                principal: ROLE,
                action: SEND.action,
                resource: { resource: QUEUE, accountId: PLACE.account },
                contextVariables: { 'aws:SourceAccount': '1' },
              },
              identityPolicies: [{ name: 'own', policy: { Version: '2012-10-17', Statement: statements } }],
              serviceControlPolicies: [],
              resourceControlPolicies: [],
            } as never,
            { simulationMode: 'Strict' } as never,
          );
          const allowed = JSON.stringify(theirs).includes('"overallResult":"Allowed"');
          if (ours !== allowed) different.push({ statement, ours, allowed });
        }
  expect(different).toEqual([]);
});

test('patterns', () => {
  expect(globMatches('a*c?', 'abbbcd')).toBe(true);
  expect(globMatches('a.c', 'abc')).toBe(false);
  expect(globMatches('****a', 'bba')).toBe(true);
  expect(arnMatches('arn:aws:*', 'arn:aws:sqs:eu-west-1:1:q')).toBe(false);
  expect(arnMatches('arn:aws:sqs:*:*:a/*', 'arn:aws:sqs:eu-west-1:1:a/b:c')).toBe(true);
});
