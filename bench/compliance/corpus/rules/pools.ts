import { arnOf, one, ref, role } from '../../../../test/compliance/support/resources';
import type { Resources } from '../../../../test/compliance/support/rewrite';
import { into, type RuleCase } from './case';

const all: RuleCase[] = [];
const outcomes = into(all);

export const PROVIDER = 'cognito-identity.amazonaws.com';
export const SUB = `\${${PROVIDER}:sub}`;
export const POOL = 'eu-central-1:11111111-2222-3333-4444-555555555555';
export const ARN = 'arn:aws:iot:eu-central-1:123456789012:';

export const trust = (conditions: object): object => ({
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: conditions,
});
export const tied = (amr: unknown) => ({
  StringEquals: { [`${PROVIDER}:aud`]: POOL },
  'ForAnyValue:StringLike': { [`${PROVIDER}:amr`]: amr },
});
export const SIGNED_IN = trust(tied('authenticated'));
export const ANYBODY = trust(tied('unauthenticated'));
export const allow = (Action: unknown, Resource: unknown, rest: object = {}): object => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
});
export const OWN = allow(['iot:Publish', 'iot:Receive'], `${ARN}topic/apps/${SUB}/*`);

export function pool(
  statements: object[],
  kind = 'unauthenticated',
  options: Parameters<typeof role>[1] = {},
): Resources {
  return {
    ...one('AWS::Cognito::IdentityPoolRoleAttachment', { IdentityPoolId: POOL, Roles: { [kind]: arnOf('Role') } }),
    Role: role(statements, { trust: kind === 'authenticated' ? SIGNED_IN : ANYBODY, ...options }),
  };
}
export const users = (statements: object[], options: Parameters<typeof role>[1] = {}) =>
  pool(statements, 'authenticated', options);

const mapped = (statements: object[]): Resources => ({
  ...one('AWS::Cognito::IdentityPoolRoleAttachment', {
    IdentityPoolId: POOL,
    RoleMappings: {
      idp: {
        Type: 'Rules',
        RulesConfiguration: { Rules: [{ Claim: 'a', MatchType: 'Equals', RoleARN: arnOf('Role') }] },
      },
    },
  }),
  Role: role(statements, { trust: SIGNED_IN }),
});
const elsewhere = (statements: object[], given: object): Resources => ({ Role: role(statements, { trust: given }) });
const ALL = allow('iot:Publish', '*');

outcomes('ZTI-COG1', [
  ['a role that rules of the pool choose', 'fails', mapped([ALL])],
  ['the own topics in a role that rules choose', 'passes', mapped([OWN])],
  ['a role that no attachment names here', 'fails', elsewhere([ALL], SIGNED_IN)],
  [
    'the registry where the trust does not say who signs in',
    'fails',
    elsewhere([allow('iot:DescribeThing', 'arn:aws:iot:x:1:thing/a')], trust({})),
  ],
  ['both ways of signing in', 'fails', users([OWN], { trust: trust(tied(['authenticated', 'unauthenticated'])) })],
  ['any way of signing in', 'fails', users([OWN], { trust: trust(tied('*authenticated')) })],
  [
    'a way of signing in that is excluded',
    'fails',
    users([OWN], {
      trust: trust({
        ...tied('authenticated'),
        'ForAnyValue:StringLike': {},
        StringNotEquals: { [`${PROVIDER}:amr`]: 'authenticated' },
      }),
    }),
  ],
  [
    'a provider by its name',
    'passes',
    users([OWN], { trust: trust(tied(`cognito-idp.eu-central-1.amazonaws.com/pool`)) }),
  ],
  [
    'any pool by a wildcard',
    'fails',
    users([OWN], {
      trust: trust({
        ...tied('authenticated'),
        StringEquals: undefined,
        StringLike: { [`${PROVIDER}:aud`]: 'eu-central-1:*' },
      }),
    }),
  ],
  ['a wildcard in the name of the service', 'fails', pool([allow('io?:Publish', `${ARN}topic/apps/${SUB}/*`)])],
  ['a wildcard in the action', 'fails', pool([allow('iot:Pub*', `${ARN}topic/apps/${SUB}/*`)])],
  ['capitals', 'fails', pool([allow('IOT:PUBLISH', `${ARN}topic/*`)])],
  ['every action of every service', 'fails', pool([allow('*', '*')])],
  ['NotAction', 'fails', pool([{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }])],
  ['NotResource', 'fails', pool([{ Effect: 'Allow', Action: 'iot:Publish', NotResource: `${ARN}topic/secret` }])],
  [
    'the variable of devices',
    'fails',
    users([allow('iot:Publish', `${ARN}topic/\${iot:Connection.Thing.ThingName}/*`)]),
  ],
  ['the own name and what begins with it', 'fails', users([allow('iot:Publish', `${ARN}topic/${SUB}*`)])],
  ['a wildcard before the own name', 'fails', users([allow('iot:Publish', `${ARN}topic/*/${SUB}`)])],
  ['any region', 'passes', users([allow('iot:Publish', `arn:aws:iot:*:*:topic/${SUB}/*`)])],
  [
    'a policy beside the role',
    'fails',
    {
      ...users([]),
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'p', Roles: [ref('Role')], PolicyDocument: { Statement: [ALL] } },
      },
    },
  ],
  ['all rights by a managed policy', 'fails', users([], { managed: ['arn:aws:iam::aws:policy/AdministratorAccess'] })],
  [
    'a managed policy of another service',
    'passes',
    users([], { managed: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'] }),
  ],
]);

export const POOLS: readonly RuleCase[] = all;
