import { Template } from 'aws-cdk-lib/assertions';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { SecureTopic } from '../../lib/internal/secure-topic';
import { testStack } from '../support/app';

test('is encrypted with the key of the stack and takes messages over TLS only', () => {
  const stack = testStack();
  const topic = new SecureTopic(stack, 'Topic', { displayName: 'Alerts' });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::SNS::Topic', {
    DisplayName: 'Alerts',
    KmsMasterKeyId: stack.resolve(topic.keyArn),
  });
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    Topics: [stack.resolve(topic.topicArn)],
    PolicyDocument: {
      Statement: [
        {
          Sid: 'TlsOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sns:Publish',
          Resource: stack.resolve(topic.topicRef.topicArn),
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  });
  expect(stack.resolve(topic.env)).toEqual({ account: { Ref: 'AWS::AccountId' }, region: { Ref: 'AWS::Region' } });
});

test('is opened to a service on behalf of this account, with the key of the stack', () => {
  const stack = testStack();
  new SecureTopic(stack, 'Topic', { displayName: 'Alerts' }).allowService('Alarms', 'cloudwatch.amazonaws.com');
  const template = Template.fromStack(stack);
  const [policy] = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
  expect(policy?.Properties.PolicyDocument.Statement[1]).toMatchObject({
    Sid: 'Alarms',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: 'sns:Publish',
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  });
  expect(JSON.stringify(template.findResources('AWS::KMS::Key'))).toContain('cloudwatch.amazonaws.com');
});

test('leaves a given key as it is', () => {
  const stack = testStack();
  const encryptionKey = new CfnKey(stack, 'Key', { keyPolicy: {} });
  new SecureTopic(stack, 'Topic', { displayName: 'Alerts', encryptionKey }).allowService(
    'Alarms',
    'cloudwatch.amazonaws.com',
  );
  Template.fromStack(stack).allResourcesProperties('AWS::KMS::Key', { KeyPolicy: {} });
});
