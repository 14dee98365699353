import { COG1 } from '../../../lib/compliance/rules/cog1';
import { outcomes } from '../support/outcome';
import { arnOf, one, OPEN, ref, role } from '../support/resources';
import type { Resources } from '../support/rewrite';
import { suite } from '../support/suite';

const PROVIDER = 'cognito-identity.amazonaws.com';
const SUB = `\${${PROVIDER}:sub}`;
const POOL = 'eu-central-1:11111111-2222-3333-4444-555555555555';
const ARN = 'arn:aws:iot:eu-central-1:123456789012:';

const trust = (conditions: object): object => ({
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: conditions,
});
const tied = (amr: unknown) => ({
  StringEquals: { [`${PROVIDER}:aud`]: POOL },
  'ForAnyValue:StringLike': { [`${PROVIDER}:amr`]: amr },
});
const SIGNED_IN = trust(tied('authenticated'));
const ANYBODY = trust(tied('unauthenticated'));
const allow = (Action: unknown, Resource: unknown, rest: object = {}): object => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
});
const OWN = allow(['iot:Publish', 'iot:Receive'], `${ARN}topic/apps/${SUB}/*`);

function pool(statements: object[], kind = 'unauthenticated', options: Parameters<typeof role>[1] = {}): Resources {
  return {
    ...one('AWS::Cognito::IdentityPoolRoleAttachment', { IdentityPoolId: POOL, Roles: { [kind]: arnOf('Role') } }),
    Role: role(statements, { trust: kind === 'authenticated' ? SIGNED_IN : ANYBODY, ...options }),
  };
}
const users = (statements: object[], options: Parameters<typeof role>[1] = {}) =>
  pool(statements, 'authenticated', options);

suite(COG1, {
  fails: {
    'every topic': { resources: pool([allow('iot:Publish', `${ARN}topic/*`)]), says: /also on what is another's/ },
    'every client': { resources: users([allow('iot:Connect', '*')]), says: /every user who signed in may iot:Connect/ },
    'the shadow of any thing': {
      resources: users([allow('iot:UpdateThingShadow', `${ARN}thing/*`)]),
      says: /iot:UpdateThingShadow on/,
    },
    'the jobs of any thing': { resources: users([allow('iotjobsdata:UpdateJobExecution', `${ARN}thing/*`)]) },
    'every action': { resources: pool([allow('iot:*', '*')]), says: /whoever knows the id of the pool may iot:\*/ },
    'rights to give rights': { resources: users([allow('iot:AttachPolicy', '*')]), says: /may iot:AttachPolicy/ },
    'the registry, for anybody': {
      resources: pool([allow('iot:DescribeThing', `${ARN}thing/pump-7`)]),
      says: /may iot:DescribeThing/,
    },
    'a managed policy of AWS IoT': {
      resources: users([], { managed: ['arn:aws:iam::aws:policy/AWSIoTDataAccess'] }),
      says: /AWSIoTDataAccess/,
    },
    'any pool': {
      resources: users([OWN], { trust: trust({ 'ForAnyValue:StringLike': { [`${PROVIDER}:amr`]: 'authenticated' } }) }),
      says: /of any pool/,
    },
    'also who did not sign in': {
      resources: users([OWN], { trust: trust({ StringEquals: { [`${PROVIDER}:aud`]: POOL } }) }),
      says: /did not sign in/,
    },
    'a role from elsewhere': {
      resources: one('AWS::Cognito::IdentityPoolRoleAttachment', {
        IdentityPoolId: POOL,
        Roles: { authenticated: 'arn:aws:iam::123456789012:role/x' },
      }),
      unverified: true,
    },
    'rights that are not known': { resources: users([allow('iot:Publish', OPEN)]), unverified: true },
  },
  passes: {
    'its own topics': { resources: users([OWN, allow('iot:Connect', `${ARN}client/${SUB}`)]) },
    'its own topics, without signing in': { resources: pool([OWN]) },
    'one topic in full': { resources: pool([allow('iot:Receive', `${ARN}topic/announcements`)]) },
    'the address of the account': { resources: pool([allow('iot:DescribeEndpoint', '*')]) },
    'one thing of the registry': { resources: users([allow('iot:DescribeThing', `${ARN}thing/pump-7`)]) },
    'another service': { resources: pool([allow('s3:GetObject', 'arn:aws:s3:::maps/*')]) },
    'a Deny': { resources: users([OWN, { Effect: 'Deny', Action: 'iot:*', Resource: '*' }]) },
    'a role of another service': {
      resources: {
        Role: role([allow('iot:*', '*')], {
          trust: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        }),
      },
    },
  },
});

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
