import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { SecureQueue } from '../../lib/internal/secure-queue';
import { testStack } from '../support/app';

const SOURCE = 'arn:aws:events:eu-west-1:111122223333:rule/r';

test('is encrypted with the key of the stack, keeps messages long, and is open to nobody', () => {
  const stack = testStack();
  const queue = new SecureQueue(stack, 'Queue');
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::SQS::Queue', {
    KmsMasterKeyId: stack.resolve(queue.keyArn),
    MessageRetentionPeriod: 1_209_600,
    VisibilityTimeout: Match.absent(),
    RedrivePolicy: Match.absent(),
  });
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    Queues: [stack.resolve(queue.queueUrl)],
    PolicyDocument: {
      Statement: [
        {
          Sid: 'TlsOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource: stack.resolve(queue.queueArn),
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  });
  expect(stack.resolve(queue.queueName)).toEqual({ 'Fn::GetAtt': [expect.any(String), 'QueueName'] });
});

test('takes times, a key and a dead-letter queue', () => {
  const stack = testStack();
  const encryptionKey = new CfnKey(stack, 'Key', { keyPolicy: {} });
  const dead = new SecureQueue(stack, 'Dead', { encryptionKey });
  new SecureQueue(stack, 'Queue', {
    encryptionKey,
    visibilityTimeout: Duration.minutes(2),
    retention: Duration.hours(1),
    deadLetterQueue: { queue: dead, maxReceiveCount: 3 },
  });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::KMS::Key', 1);
  template.hasResourceProperties('AWS::SQS::Queue', {
    KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] },
    VisibilityTimeout: 120,
    MessageRetentionPeriod: 3_600,
    RedrivePolicy: { deadLetterTargetArn: stack.resolve(dead.queueArn), maxReceiveCount: 3 },
  });
});

describe('open to a service', () => {
  const statementsOf = (own: boolean) => {
    const stack = testStack();
    const encryptionKey = own ? undefined : new CfnKey(stack, 'Key', { keyPolicy: {} });
    new SecureQueue(stack, 'Queue', { encryptionKey }).allowService('events.amazonaws.com', SOURCE);
    const template = Template.fromStack(stack);
    const policyOf = (type: string, name: string) =>
      JSON.stringify(Object.values(template.findResources(type))[0]?.Properties[name]);
    return { queue: policyOf('AWS::SQS::QueuePolicy', 'PolicyDocument'), key: policyOf('AWS::KMS::Key', 'KeyPolicy') };
  };

  test('for one source only', () => {
    expect(JSON.parse(statementsOf(true).queue).Statement[1]).toEqual({
      Sid: 'events',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: expect.anything(),
      Condition: { ArnEquals: { 'aws:SourceArn': SOURCE } },
    });
  });

  test('with the key, where that is the key of the stack; a given key is not ours to open', () => {
    expect(statementsOf(true).key).toContain('events.amazonaws.com');
    expect(statementsOf(false).key).toBe('{}');
  });
});
