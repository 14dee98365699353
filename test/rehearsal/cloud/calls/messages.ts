import { DescribeStackResourceCommand, PublishCommand, sqs, ssm } from '../../../support/service-calls';
import type { Make, Row } from './row';

const resource =
  (LogicalResourceId: string, change = (id: string) => id): Make =>
  ({ stackId }) => [
    'cloudformation',
    new DescribeStackResourceCommand({ StackName: change(stackId), LogicalResourceId }),
  ];

export const MESSAGES: Readonly<Record<string, Row>> = {
  'cloudformation:DescribeStackResource': {
    works: resource('Topic'),
    fails: [
      ['ValidationError', resource('Nothing')],
      ['ValidationError', resource('Topic', (id) => `${id}0`)],
    ],
  },
  'sns:Publish': {
    works: () => [
      'sns',
      new PublishCommand({ TopicArn: 'arn:aws:sns:eu-west-1:123456789012:topic', Message: 'hello' }),
    ],
    fails: [
      [
        'NotFoundException',
        () => ['sns', new PublishCommand({ TopicArn: 'arn:aws:sns:eu-west-1:123456789012:nobody', Message: 'hello' })],
      ],
    ],
  },
  'sqs:SendMessage': {
    works: (a) => ['sqs', new sqs.SendMessageCommand({ QueueUrl: a.queueUrl, MessageBody: 'hello' })],
    fails: [
      [
        'QueueDoesNotExist',
        (a) => ['sqs', new sqs.SendMessageCommand({ QueueUrl: `${a.queueUrl}s`, MessageBody: 'x' })],
      ],
      [
        'InvalidParameterValue',
        (a) => ['sqs', new sqs.SendMessageCommand({ QueueUrl: a.queueUrl, MessageBody: 'x', DelaySeconds: 901 })],
      ],
    ],
  },
  'sqs:SendMessageBatch': {
    works: (a) => [
      'sqs',
      new sqs.SendMessageBatchCommand({ QueueUrl: a.queueUrl, Entries: [{ Id: '1', MessageBody: 'hello' }] }),
    ],
    fails: [
      [
        'QueueDoesNotExist',
        (a) => [
          'sqs',
          new sqs.SendMessageBatchCommand({ QueueUrl: `${a.queueUrl}s`, Entries: [{ Id: '1', MessageBody: 'x' }] }),
        ],
      ],
    ],
  },
  'sqs:ReceiveMessage': {
    works: (a) => ['sqs', new sqs.ReceiveMessageCommand({ QueueUrl: a.queueUrl })],
    fails: [['QueueDoesNotExist', (a) => ['sqs', new sqs.ReceiveMessageCommand({ QueueUrl: `${a.queueUrl}s` })]]],
  },
  'sqs:DeleteMessage': {
    works: async (a) => [
      'sqs',
      new sqs.DeleteMessageCommand({ QueueUrl: a.queueUrl, ReceiptHandle: await a.receipt() }),
    ],
    fails: [
      [
        'QueueDoesNotExist',
        (a) => ['sqs', new sqs.DeleteMessageCommand({ QueueUrl: `${a.queueUrl}s`, ReceiptHandle: 'x' })],
      ],
    ],
  },
  'sqs:ChangeMessageVisibility': {
    works: async (a) => [
      'sqs',
      new sqs.ChangeMessageVisibilityCommand({
        QueueUrl: a.queueUrl,
        ReceiptHandle: await a.receipt(),
        VisibilityTimeout: 0,
      }),
    ],
    fails: [
      [
        'ReceiptHandleIsInvalid',
        (a) => [
          'sqs',
          new sqs.ChangeMessageVisibilityCommand({ QueueUrl: a.queueUrl, ReceiptHandle: 'x', VisibilityTimeout: 0 }),
        ],
      ],
    ],
  },
  'sqs:GetQueueAttributes': {
    works: (a) => ['sqs', new sqs.GetQueueAttributesCommand({ QueueUrl: a.queueUrl, AttributeNames: ['All'] })],
    fails: [['QueueDoesNotExist', (a) => ['sqs', new sqs.GetQueueAttributesCommand({ QueueUrl: `${a.queueUrl}s` })]]],
  },
  'sqs:GetQueueUrl': {
    works: () => ['sqs', new sqs.GetQueueUrlCommand({ QueueName: 'queue' })],
    fails: [['QueueDoesNotExist', () => ['sqs', new sqs.GetQueueUrlCommand({ QueueName: 'nobody' })]]],
  },
  'ssm:PutParameter': {
    works: (a) => ['ssm', new ssm.PutParameterCommand({ Name: a.new('/x'), Value: 'v', Type: 'String' })],
    fails: [
      [
        'ParameterAlreadyExists',
        async (a) => ['ssm', new ssm.PutParameterCommand({ Name: await a.parameter(), Value: 'v', Type: 'String' })],
      ],
    ],
  },
  'ssm:GetParameter': {
    works: async (a) => ['ssm', new ssm.GetParameterCommand({ Name: await a.parameter() })],
    fails: [['ParameterNotFound', () => ['ssm', new ssm.GetParameterCommand({ Name: '/nobody' })]]],
  },
  'ssm:DeleteParameter': {
    works: async (a) => ['ssm', new ssm.DeleteParameterCommand({ Name: await a.parameter() })],
    fails: [['ParameterNotFound', () => ['ssm', new ssm.DeleteParameterCommand({ Name: '/nobody' })]]],
  },
  'ssm:GetParametersByPath': { works: () => ['ssm', new ssm.GetParametersByPathCommand({ Path: '/parameters' })] },
};
