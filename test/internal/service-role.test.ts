import { allow } from '../../lib/internal/iam';
import { ServiceRole } from '../../lib/internal/service-role';
import { templateOf, testStack } from '../support/app';

test('is assumed by one service, for this account and one source', () => {
  const stack = testStack();
  const role = new ServiceRole(stack, 'Role', {
    description: 'what for',
    service: 'iot.amazonaws.com',
    sourceArn: 'arn:source',
    statements: [allow(['sns:Publish'], ['arn:topic'])],
  });
  const template = templateOf(stack);
  template.hasResourceProperties('AWS::IAM::Role', {
    Description: 'what for',
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'iot.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: {
            StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            ArnLike: { 'aws:SourceArn': 'arn:source' },
          },
        },
      ],
    },
  });
  template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
    PolicyDocument: { Statement: [{ Effect: 'Allow', Action: ['sns:Publish'], Resource: ['arn:topic'] }] },
    Roles: [stack.resolve(role.rights.roles?.[0])],
  });
});
