import { Stack } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { createAuditRole, createNotificationRole } from '../../lib/posture/audit-roles';
import { templateOf, testApp, testStack } from '../support/app';

test('looks at this account and region only', () => {
  const stack = new Stack(testApp(), 'Test', { env: { account: '111122223333', region: 'us-gov-west-1' } });
  createAuditRole(new Construct(stack, 'Audit'));
  const text = JSON.stringify(templateOf(stack).toJSON());
  const arns = text.match(/:(iot|iam|cognito-identity):[^"]*\*/g) ?? [];
  expect([...new Set(arns)].sort()).toEqual([
    ':cognito-identity:us-gov-west-1:111122223333:identitypool/*',
    ':iam::111122223333:policy/*',
    ':iam::111122223333:role/*',
    ':iam::aws:policy/*',
    ':iot:us-gov-west-1:111122223333:cacert/*',
    ':iot:us-gov-west-1:111122223333:cert/*',
    ':iot:us-gov-west-1:111122223333:policy/*',
    ':iot:us-gov-west-1:111122223333:rolealias/*',
  ]);
});

test('reports to one topic, without a key where it has none', () => {
  const stack = testStack();
  createNotificationRole(stack, new CfnTopic(stack, 'Topic'), undefined);
  templateOf(stack).hasResourceProperties('AWS::IAM::ManagedPolicy', {
    PolicyDocument: { Statement: [{ Effect: 'Allow', Action: ['sns:Publish'], Resource: [{ Ref: 'Topic' }] }] },
  });
});
