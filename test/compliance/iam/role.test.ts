import { COG1 } from '../../../lib/compliance/rules/cog1';
import { RA2 } from '../../../lib/compliance/rules/ra2';
import { arnOf, iot, one, OPEN, ref, role } from '../support/resources';
import type { Resources } from '../support/rewrite';
import { CONDITIONS, either, said } from '../support/said';

/** Which rights a role has, by what the rule about roles of devices says of them. */
const alias = (RoleArn: unknown): Resources => iot('RoleAlias', { RoleArn }, 'Alias');
const may = (Action: unknown, Resource: unknown = 'arn:aws:s3:::data/*'): object => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const EVERYBODY = "every device may s3:PutObject on arn:aws:s3:::data/*, also on what is another's";
const WIDE = may('s3:PutObject');
const named = (each: object, RoleName: unknown): object => ({
  ...each,
  Properties: { ...(each as { Properties: object }).Properties, RoleName },
});
const OTHER_TRUST = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
const other = (...statements: object[]): object => role(statements, { trust: OTHER_TRUST });

describe('the role behind an alias', () => {
  const ELSEWHERE = 'unverified: the role arn:aws:iam::123456789012:role/devices is not in the templates';
  const byName = alias('arn:aws:iam::123456789012:role/devices');

  test('is the one of that name', () => {
    const resources = {
      ...byName,
      Other: named(other(), 'others'),
      Role: named(role([WIDE], { trust: OTHER_TRUST }), 'devices'),
    };
    expect(said(RA2, resources)).toEqual([EVERYBODY]);
  });

  test('may have the name in one branch only', () => {
    const resources = { ...byName, Role: named(other(WIDE), either('devices', 'others')) };
    expect(said(RA2, resources, CONDITIONS)).toContain(EVERYBODY);
  });

  test('is not one that has another name, or none', () => {
    expect(said(RA2, { ...byName, Role: named(other(WIDE), 'others') })).toEqual([ELSEWHERE]);
    expect(said(RA2, { ...byName, Role: other(WIDE) })).toEqual([ELSEWHERE]);
  });

  test('is not something else that ends in the name of a role', () => {
    const resources = {
      ...alias('arn:aws:iot:eu-central-1:123456789012:x/devices'),
      Role: named(other(WIDE), 'devices'),
    };
    expect(said(RA2, resources)).toEqual([expect.stringMatching(/^unverified: the role .* is not in the templates$/)]);
  });

  test('is not a resource of another type, nor one that is not there', () => {
    const maker = one('Custom::Role', { ServiceToken: 'x' }, 'Maker');
    for (const reference of [arnOf('Maker'), arnOf('Missing')])
      expect(said(RA2, { ...alias(reference), ...maker })).toEqual([
        expect.stringMatching(/^unverified: the role .* is not in the templates$/),
      ]);
  });
});

describe('rights', () => {
  const document = { Statement: WIDE };
  const beside = (properties: object, type = 'AWS::IAM::Policy'): Resources =>
    one(type, { PolicyDocument: document, ...properties }, 'Beside');
  const own = (properties: object = {}): Resources => {
    const made = named(role([]), 'devices') as { Properties: object };
    return { ...alias(arnOf('Role')), Role: { ...made, Properties: { ...made.Properties, ...properties } } };
  };

  test.each<[string, Resources]>([
    [
      'a managed policy of the templates',
      { ...own({ ManagedPolicyArns: [ref('Beside')] }), ...beside({}, 'AWS::IAM::ManagedPolicy') },
    ],
    [
      'a managed policy that names the role',
      { ...own(), ...beside({ Roles: ['x', 'devices'] }, 'AWS::IAM::ManagedPolicy') },
    ],
    ['a policy for this role and another', { ...own(), ...beside({ Roles: ['x', ref('Role')] }) }],
    ['a policy of one role, by its name', { ...own(), ...beside({ RoleName: 'devices' }, 'AWS::IAM::RolePolicy') }],
    ['a policy of one role, by reference', { ...own(), ...beside({ RoleName: ref('Role') }, 'AWS::IAM::RolePolicy') }],
  ])('are those of %s', (_name, resources) => expect(said(RA2, resources)).toEqual([EVERYBODY]));

  test('are those that a policy gives in one branch', () => {
    expect(said(RA2, { ...own(), ...beside({ Roles: either([ref('Role')], ['x']) }) }, CONDITIONS)).toEqual([
      EVERYBODY,
    ]);
  });

  test.each<[string, Resources]>([
    ['of another role', { ...own(), Another: other(), ...beside({ Roles: [ref('Another')] }) }],
    ['of a role of another name', { ...own(), ...beside({ Roles: ['others'] }) }],
    ['of a role that only the deployment names', { ...own(), ...beside({ Roles: [ref('Stage')] }) }],
    ['that nobody has', { ...own(), ...beside({ Users: ['x'] }) }],
  ])('are not those of a policy %s', (_name, resources) => expect(said(RA2, resources, CONDITIONS)).toEqual([]));

  test('a managed policy from elsewhere is named', () => {
    const managed = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
    const resources = {
      ...own({ ManagedPolicyArns: [managed, ref('Beside')] }),
      ...beside({}, 'AWS::IAM::ManagedPolicy'),
    };
    expect(said(RA2, resources).sort()).toEqual([`devices get ${managed}, which knows no thing name`, EVERYBODY]);
  });

  test('an action that only the deployment knows is not verified', () => {
    const resources = { ...alias(arnOf('Role')), Role: role([may(OPEN, 'arn:aws:s3:::data/x')]) };
    expect(said(RA2, resources)).toEqual([expect.stringMatching(/^unverified: the role's rights depend on /)]);
  });
});

describe('the trust of a role', () => {
  const trusting = (rest: object): Resources => ({
    ...alias(arnOf('Role')),
    Role: role([], {
      trust: {
        Effect: 'Allow',
        Principal: { Service: 'credentials.iot.amazonaws.com' },
        Action: 'sts:AssumeRole',
        ...rest,
      },
    }),
  });
  const source = (operator: string, key: string, value: unknown): Resources =>
    trusting({ Condition: { [operator]: { [key]: value } } });
  const UNNAMED = [expect.stringMatching(/^the trust policy does not say for which account or role alias/) as string];
  const UNKNOWN = ['unverified: for which account or role alias the trust policy is, is only known at deployment'];
  const ACCOUNT = '123456789012';

  test.each<[string, Resources, string[]]>([
    ['an account', source('StringEquals', 'aws:SourceAccount', ACCOUNT), []],
    ['an account in capitals', source('StringEquals', 'AWS:SOURCEACCOUNT', ACCOUNT), []],
    [
      'an alias of this account and region',
      source('ArnEquals', 'aws:SourceArn', { 'Fn::Sub': 'arn:aws:iot:${AWS::Region}:${AWS::AccountId}:rolealias/a' }),
      [],
    ],
    [
      'an alias of any account, in this partition',
      source('ArnLike', 'aws:SourceArn', { 'Fn::Sub': 'arn:${AWS::Partition}:iot:${AWS::Region}:*:rolealias/a' }),
      UNNAMED,
    ],
    ['an account that only the deployment knows', source('StringEquals', 'aws:SourceAccount', OPEN), UNKNOWN],
    [
      'one account, or one that only the deployment knows',
      source('StringEquals', 'aws:SourceAccount', [ACCOUNT, OPEN]),
      UNKNOWN,
    ],
    ['no account', source('StringEquals', 'aws:SourceAccount', ''), UNNAMED],
    ['none of no accounts', source('StringEquals', 'aws:SourceAccount', []), UNNAMED],
    ['an alias of an account', source('ArnLike', 'aws:SourceArn', `arn:aws:iot:*:${ACCOUNT}:rolealias/*`), []],
    ['no condition', trusting({}), UNNAMED],
    ['another key', source('StringEquals', 'aws:PrincipalOrgID', 'o-1'), UNNAMED],
    ['an account, or any', source('StringLike', 'aws:SourceAccount', [ACCOUNT, '*']), UNNAMED],
    ['an account of which one character is open', source('StringLike', 'aws:SourceAccount', '12345678901?'), UNNAMED],
    ['an ARN that ends before the account', source('ArnLike', 'aws:SourceArn', 'arn:aws:iot'), UNNAMED],
    ['an ARN of any account', source('ArnLike', 'aws:SourceArn', 'arn:aws:iot:x:1?:rolealias/a'), UNNAMED],
    ['an ARN without an account', source('ArnLike', 'aws:SourceArn', 'arn:aws:iot:x::rolealias/a'), UNNAMED],
    ['an account that is there or not', source('StringEqualsIfExists', 'aws:SourceAccount', ACCOUNT), UNNAMED],
    ['that there is an account', source('Null', 'aws:SourceAccount', 'false'), UNNAMED],
    ['an account, for each value of none', source('ForAllValues:StringEquals', 'aws:SourceAccount', ACCOUNT), UNNAMED],
    ['an account, for some value', source('ForAnyValue:StringEquals', 'aws:SourceAccount', ACCOUNT), []],
  ])('asks for %s', (_name, resources, expected) => expect(said(RA2, resources)).toEqual(expected));

  const ANYBODY = 'the trust policy lets anybody take the role';
  test.each<[string, object, string[]]>([
    ['anybody', { Principal: '*' }, [ANYBODY]],
    ['anybody of AWS', { Principal: { AWS: ['arn:aws:iam::1:root', '*'] } }, [ANYBODY]],
    ['all but one', { Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::1:root' } }, [ANYBODY]],
    ['one account', { Principal: { AWS: 'arn:aws:iam::1:root' } }, []],
    ['nobody', { Effect: 'Deny', Principal: '*' }, []],
    ['nobody but one', { Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::1:root' } }, []],
    ['no one that is said', { Principal: undefined }, []],
  ])('lets in %s', (_name, rest, expected) => expect(said(RA2, trusting(rest))).toEqual(expected));

  test('is not verified where one statement of two is known', () => {
    const made = role([]) as { Properties: { AssumeRolePolicyDocument: { Statement: object[] } } };
    const Statement = [...made.Properties.AssumeRolePolicyDocument.Statement, { 'Fn::Transform': { Name: 'X' } }];
    const Role = { ...made, Properties: { ...made.Properties, AssumeRolePolicyDocument: { Statement } } };
    const expected = "unverified: the role's trust policy is only known at deployment";
    expect(said(RA2, { ...alias(arnOf('Role')), Role })).toEqual([expected]);
    // Of an identity pool, the same.
    const attachment = one('AWS::Cognito::IdentityPoolRoleAttachment', { Roles: { authenticated: arnOf('Role') } });
    const rights = one(
      'AWS::IAM::Policy',
      { Roles: [ref('Role')], PolicyDocument: { Statement: may('iot:Receive', 'arn:aws:iot:x:1:topic/news') } },
      'Rights',
    );
    expect(said(COG1, { ...attachment, Role, ...rights })).toEqual([expected]);
  });
});
