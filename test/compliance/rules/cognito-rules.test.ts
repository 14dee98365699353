import { PROVIDER, SUB, POOL, ARN, trust, allow, OWN, users, pool } from '../../../bench/compliance/corpus/rules/pools';
import { COG1 } from '../../../lib/compliance/rules/cog1';
import { one, OPEN, role } from '../support/resources';
import { suite } from '../support/suite';

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
