import { COG1 } from '../../../lib/compliance/rules/cog1';
import { RA2 } from '../../../lib/compliance/rules/ra2';
import { ARN } from '../support/policies';
import { arnOf, change, iot, one, OPEN, role, without } from '../support/resources';
import type { Resources } from '../support/rewrite';
import { said } from '../support/said';
import { judge } from '../support/suite';

/** Where the rules about roles begin and end, and what they say of what lies just beside. */
const when = (operator: string, key: string, value: unknown): object => ({ [operator]: { [key]: value } });

describe('ZTI-RA2: what a device may do in AWS', () => {
  const OWN = '${credentials-iot:ThingName}';
  const may = (Action: unknown, Resource: unknown = `arn:aws:s3:::data/${OWN}/*`, rest: object = {}): object => ({
    Effect: 'Allow',
    Action,
    Resource,
    ...rest,
  });
  const devices = (...statements: object[]): string[] =>
    said(RA2, { ...iot('RoleAlias', { RoleArn: arnOf('Role') }), Role: role(statements) });
  const others = (actions: string, resources: string): string =>
    `every device may ${actions} on ${resources}, also on what is another's`;

  test.each<[string, object, string[]]>([
    ['everything, on its own', may('*'), ['devices may *']],
    [
      'everything of one service, on its own',
      may(['s3:GetObject', 'dynamodb:*']),
      ['devices may s3:GetObject, dynamodb:*'],
    ],
    [
      'all but one, on its own',
      { Effect: 'Allow', NotAction: 's3:DeleteObject', Resource: `arn:aws:s3:::data/${OWN}/*` },
      ['devices may all but s3:DeleteObject'],
    ],
    [
      'all but one, on everything',
      { Effect: 'Allow', NotAction: 's3:DeleteObject', Resource: '*' },
      ['devices may all but s3:DeleteObject', others('all but s3:DeleteObject', '*')],
    ],
    ['measures, which have no resource', may('cloudwatch:PutMetricData', '*'), []],
    [
      'measures and more',
      may(['cloudwatch:PutMetricData', 's3:GetObject'], '*'),
      [others('cloudwatch:PutMetricData, s3:GetObject', '*')],
    ],
    ['users and roles', may('iam:GetUser', 'arn:aws:iam::1:user/x'), ['devices may iam:GetUser']],
    ['a service with a very long name', may(`${'x'.repeat(200)}*:Get`), [`devices may ${'x'.repeat(200)}*:Get`]],
    ['a service with a long name', may(`${'x'.repeat(200)}:Get`), []],
    [
      'something, where a condition asks for nothing',
      may('s3:GetObject', 'arn:aws:s3:::data/*', { Condition: when('StringLike', 's3:prefix', []) }),
      [others('s3:GetObject', 'arn:aws:s3:::data/*')],
    ],
    [
      'something of its own, or of all',
      may('s3:GetObject', [`arn:aws:s3:::data/${OWN}/*`, 'arn:aws:s3:::all/*']),
      [others('s3:GetObject', 'arn:aws:s3:::all/*')],
    ],
    ['something of its own, in any region', may('kinesis:PutRecord', `arn:aws:kinesis:*:1:stream/${OWN}/*`), []],
    [
      'something by half an ARN',
      may('kinesis:PutRecord', `arn:aws:kinesis:*:${OWN}`),
      [others('kinesis:PutRecord', `arn:aws:kinesis:*:${OWN}`)],
    ],
  ])('%s', (_name, statement, expected) => expect(devices(statement).sort()).toEqual([...expected].sort()));

  test('an alias without a role, or with one from elsewhere', () => {
    expect(said(RA2, iot('RoleAlias', {}))).toEqual(['unverified: the role  is not in the templates']);
    expect(said(RA2, iot('RoleAlias', { RoleArn: OPEN }))).toEqual([
      'unverified: the role ‹ImportValue:not-in-these-templates› is not in the templates',
    ]);
  });

  test('points at the role of the alias', () => {
    const trust = {
      Effect: 'Allow',
      Principal: { Service: 'credentials.iot.amazonaws.com', AWS: '*' },
      Action: 'sts:AssumeRole',
    };
    const Role = role([may('iam:*', '*')], { trust, managed: ['arn:aws:iam::aws:policy/x'] });
    const resources = { ...iot('RoleAlias', { RoleArn: arnOf('Role') }), Role };
    const { findings } = judge([{ path: 't.json', body: { Resources: resources } }], RA2);
    expect(findings.map(({ location }) => location)).toEqual(Array(5).fill('Properties/RoleArn'));
  });
});

describe('ZTI-COG1: users of a pool', () => {
  const PROVIDER = 'cognito-identity.amazonaws.com';
  const SUB = `\${${PROVIDER}:sub}`;
  const trust = (Condition: object, rest: object = {}): object => ({
    Effect: 'Allow',
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition,
    ...rest,
  });
  const tied = (amr: unknown, operator = 'ForAnyValue:StringLike', aud: unknown = 'x:1'): object => ({
    StringEquals: { [`${PROVIDER}:aud`]: aud },
    [operator]: { [`${PROVIDER}:amr`]: amr },
  });
  const may = (Action: unknown, Resource: unknown, rest: object = {}): object => ({
    Effect: 'Allow',
    Action,
    Resource,
    ...rest,
  });
  const OWN = may('iot:Publish', `${ARN}topic/${SUB}/*`);
  const users = (statements: object[], given: object = trust(tied('authenticated'))): string[] =>
    said(COG1, {
      ...one('AWS::Cognito::IdentityPoolRoleAttachment', { Roles: { authenticated: arnOf('Role') } }),
      Role: role(statements, { trust: given }),
    });
  const alone = (statements: object[], given: object): string[] =>
    said(COG1, { Role: role(statements, { trust: given }) });
  const also = (actions: string, resources: string): string =>
    `every user who signed in may ${actions} on ${resources}, also on what is another's`;
  const ANY_POOL = 'the trust policy lets identities of any pool in: it does not say of which (aud)';
  const NOT_SIGNED_IN = 'the trust policy also lets in who did not sign in (amr)';

  test.each<[string, object[], string[]]>([
    ['their own', [OWN], []],
    [
      'their own where a condition asks for it',
      [may('iot:Publish', `${ARN}topic/*`, { Condition: when('StringEquals', 'iot:x', SUB) })],
      [],
    ],
    [
      'more where a condition asks for little',
      [may('iot:Publish', `${ARN}topic/*`, { Condition: when('StringEquals', 'iot:x', [SUB, '*']) })],
      [also('iot:Publish', `${ARN}topic/*`)],
    ],
    [
      'more where a condition asks for nothing',
      [may('iot:Publish', `${ARN}topic/*`, { Condition: when('StringEquals', 'iot:x', []) })],
      [also('iot:Publish', `${ARN}topic/*`)],
    ],
    [
      'more, beside what manages',
      [may(['iot:AttachPolicy', 'iot:Publish'], '*')],
      ['every user who signed in may iot:AttachPolicy', also('iot:Publish', '*')],
    ],
    ['what manages', [may('iot:AttachPolicy', '*')], ['every user who signed in may iot:AttachPolicy']],
    ['another service, and one thing', [may(['s3:GetObject', 'iot:DescribeThing'], `${ARN}thing/a`)], []],
    ['another service on something unknown', [may('s3:GetObject', OPEN)], []],
    [
      'something on what is unknown',
      [may(['s3:GetObject', 'iot:Publish'], OPEN)],
      [expect.stringMatching(/^unverified: the role's rights depend on /) as string],
    ],
    [
      'all but something',
      [{ Effect: 'Allow', NotAction: 'iam:*', Resource: `${ARN}topic/a` }],
      ['every user who signed in may all but iam:*'],
    ],
    ['a service with a very long name', [may(`${'x'.repeat(200)}:Get`, '*')], []],
    [
      'a service with a very long name and a wildcard',
      [may(`${'x'.repeat(200)}*:Get`, '*')],
      [`every user who signed in may ${'x'.repeat(200)}*:Get`],
    ],
    ['an action without a service', [may('Publish', '*')], []],
    ['an ARN that ends early', [may('iot:Publish', 'arn:aws:iot:*')], [also('iot:Publish', 'arn:aws:iot:*')]],
    ['what is no ARN', [may('iot:Publish', `a:b:c:d:*:${SUB}`)], [also('iot:Publish', `a:b:c:d:*:${SUB}`)]],
  ])('may do %s', (_name, statements, expected) => expect(users(statements).sort()).toEqual([...expected].sort()));

  test.each<[string, object, string[]]>([
    ['one pool, signed in', trust(tied('authenticated')), []],
    ['one pool, signed in, in full', trust(tied('authenticated', 'StringEquals:')), [NOT_SIGNED_IN]],
    ['signed in for all values', trust(tied('authenticated', 'ForAllValues:StringLike')), [NOT_SIGNED_IN]],
    ['a way that is excluded', trust(tied('unauthenticated', 'StringNotLike')), [NOT_SIGNED_IN]],
    ['signed in, if anything is said', trust(tied('authenticated', 'StringLikeIfExists')), [NOT_SIGNED_IN]],
    ['one pool or any', trust(tied('authenticated', 'ForAnyValue:StringLike', ['x:1', '*'])), [ANY_POOL]],
    ['a condition that cannot be read', trust({ StringEquals: 'x' }), [ANY_POOL, NOT_SIGNED_IN]],
    ['no condition', trust({}, { Condition: undefined }), [ANY_POOL, NOT_SIGNED_IN]],
  ])('are let in by %s', (_name, given, expected) => expect(users([OWN], given).sort()).toEqual([...expected].sort()));

  test('the trust of a role without an attachment says who they are', () => {
    const shown = [may('iot:DescribeThing', `${ARN}thing/a`)];
    expect(alone(shown, trust(tied('authenticated')))).toEqual([]);
    expect(alone(shown, trust(tied('unauthenticated')))).toEqual([
      'whoever knows the id of the pool may iot:DescribeThing',
    ]);
    expect(alone([may('iot:Publish', '*')], trust(tied('authenticated'), { Effect: 'Deny' }))).toEqual([]);
    expect(alone([may('iot:Publish', '*')], trust({}, { Principal: { Federated: 'accounts.google.com' } }))).toEqual(
      [],
    );
  });

  test('a role is judged once, by what the attachment says of it', () => {
    expect(users([may('iot:Publish', '*')])).toEqual([also('iot:Publish', '*')]);
  });

  test('rules of a pool are for who signed in', () => {
    const mapping = (Type: string, rest: object): Resources =>
      one('AWS::Cognito::IdentityPoolRoleAttachment', { RoleMappings: { idp: { Type, ...rest } } });
    const rules = { RulesConfiguration: { Rules: [{ RoleARN: arnOf('Role') }] } };
    const Role = role([may('iot:DescribeThing', `${ARN}thing/a`)], { trust: trust(tied('authenticated')) });
    expect(said(COG1, { ...mapping('Rules', rules), Role })).toEqual([]);
    expect(said(COG1, { ...mapping('Token', {}), Role })).toEqual([]);
    expect(said(COG1, one('AWS::Cognito::IdentityPoolRoleAttachment', { Roles: { authenticated: OPEN } }))).toEqual([
      'unverified: the role ‹ImportValue:not-in-these-templates› is not in the templates',
    ]);
  });

  test('a role without rights over AWS IoT is nobody’s concern', () => {
    expect(users([may('s3:GetObject', '*')], trust({}))).toEqual([]);
    expect(said(COG1, without(change({ Role: role([]) }, 'Role', 'AssumeRolePolicyDocument', undefined)))).toEqual([]);
  });
});
