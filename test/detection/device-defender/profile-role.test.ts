import { Stack } from 'aws-cdk-lib';
import { CfnThing } from 'aws-cdk-lib/aws-iot';
import { ProfileRole } from '../../../lib/detection/device-defender/profile-role';
import { allow } from '../../../lib/internal/iam';
import { templateOf, testApp } from '../../support/app';

test('is assumed by AWS IoT for one profile of this account only, and has its rights before what it precedes', () => {
  const stack = new Stack(testApp(), 'S', { env: { account: '111111111111', region: 'us-gov-west-1' } });
  const role = new ProfileRole(stack, 'R', {
    description: 'Does it',
    securityProfileName: 'Mine',
    statements: [allow(['sns:Publish'], ['arn:aws-us-gov:sns:us-gov-west-1:111111111111:t'])],
  });
  const thing = new CfnThing(stack, 'T');
  role.precede(thing);
  const template = templateOf(stack);
  const [trust] = Object.values(template.findResources('AWS::IAM::Role'));
  expect(trust?.Properties.AssumeRolePolicyDocument.Statement).toEqual([
    {
      Effect: 'Allow',
      Principal: { Service: 'iot.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: { 'aws:SourceAccount': '111111111111' },
        ArnLike: {
          'aws:SourceArn': {
            'Fn::Join': [
              '',
              ['arn:', { Ref: 'AWS::Partition' }, ':iot:us-gov-west-1:111111111111:securityprofile/Mine'],
            ],
          },
        },
      },
    },
  ]);
  const [rights] = Object.keys(template.findResources('AWS::IAM::ManagedPolicy'));
  template.hasResource('AWS::IoT::Thing', { DependsOn: [rights] });
  expect(stack.resolve(role.roleArn)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^R/), 'Arn'] });
});
