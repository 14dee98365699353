import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { BundledFunction, type BundledFunctionProps, HANDLER_RUNTIME } from '../../lib/internal/bundled-function';
import { allow } from '../../lib/internal/iam';
import { SecureQueue } from '../../lib/internal/secure-queue';
import { testApp, testStack } from '../support/app';
import { nagFindings } from '../support/nag';
import { Stack } from 'aws-cdk-lib';

const PROPS: BundledFunctionProps = {
  handler: 'attach-group-policies',
  description: 'Does something',
  timeout: Duration.seconds(30),
};

function functionIn(stack: Stack, props: Partial<BundledFunctionProps> = {}): BundledFunction {
  return new BundledFunction(stack, 'Function', { ...PROPS, ...props });
}

const rightsOf = (template: Template) =>
  (Object.values(template.findResources('AWS::IAM::ManagedPolicy'))[0]?.Properties.PolicyDocument.Statement ?? []) as {
    Action: string[];
    Resource: unknown[];
  }[];

test('runs on the newest Node.js that Lambda has', () => {
  const newest = Runtime.ALL.filter(
    ({ family, name }) => family === RuntimeFamily.NODEJS && /^nodejs\d+\.x$/.test(name),
  )
    .map(({ name }) => Number(/\d+/.exec(name)?.[0]))
    .sort((a, b) => b - a)[0];
  expect(HANDLER_RUNTIME).toBe(`nodejs${newest}.x`);
});

describe('with little said', () => {
  const stack = testStack();
  const lambda = functionIn(stack);
  const template = Template.fromStack(stack);

  test('is the bundled handler', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: HANDLER_RUNTIME,
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Code: { S3Key: Match.stringLikeRegexp('\\.zip$') },
      Timeout: 30,
      MemorySize: 256,
      Environment: Match.absent(),
      DeadLetterConfig: Match.absent(),
      LoggingConfig: { LogGroup: stack.resolve(lambda.logGroupName) },
    });
  });

  test('may write its own log, which is encrypted and kept a year, and nothing else', () => {
    expect(rightsOf(template)).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: [{ 'Fn::GetAtt': [expect.stringContaining('Logs'), 'Arn'] }],
      },
    ]);
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { KmsKeyId: stack.resolve(lambda.keyArn), RetentionInDays: 365 },
      DeletionPolicy: Match.absent(),
    });
  });

  test('is called once it has its rights', () => {
    template.hasResource('AWS::Lambda::Function', { DependsOn: [Match.stringLikeRegexp('FunctionRights')] });
    expect(stack.resolve(lambda.functionArn)).toEqual({ 'Fn::GetAtt': [expect.any(String), 'Arn'] });
    expect(stack.resolve(lambda.roleArn)).toEqual({ 'Fn::GetAtt': [expect.stringContaining('Role'), 'Arn'] });
  });
});

test('takes memory, environment, rights and a dead-letter queue, and may keep its log', () => {
  const stack = testStack();
  const dead = new SecureQueue(stack, 'Dead');
  const lambda = functionIn(stack, {
    memorySize: 512,
    environment: { A: '1' },
    statements: [allow(['iot:DescribeThing'], ['arn:1'])],
    deadLetterQueue: dead,
    retainLogs: true,
  });
  lambda.addEnvironment('B', '2');
  lambda.addStatements(allow(['iot:DescribeThing'], ['arn:2']), allow(['iot:DescribeThing'], ['arn:1']));
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Lambda::Function', {
    MemorySize: 512,
    Environment: { Variables: { A: '1', B: '2' } },
    DeadLetterConfig: { TargetArn: stack.resolve(dead.queueArn) },
  });
  template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  expect(rightsOf(template).map(({ Action, Resource }) => [Action[0], Resource.length])).toEqual([
    ['logs:CreateLogStream', 1],
    ['iot:DescribeThing', 2],
    ['sqs:SendMessage', 1],
    ['kms:Decrypt', 1],
  ]);
});

test('reads a queue, reporting failures one by one', () => {
  const stack = testStack();
  const lambda = functionIn(stack);
  lambda.consume('Signals', new SecureQueue(stack, 'Queue'), { batchSize: 10, maximumConcurrency: 2 });
  lambda.consume('Others', new SecureQueue(stack, 'Other'), { batchSize: 1 });
  const template = Template.fromStack(stack);
  template.hasResource('AWS::Lambda::EventSourceMapping', {
    Properties: {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    },
    DependsOn: [Match.stringLikeRegexp('FunctionRights')],
  });
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { BatchSize: 1, ScalingConfig: Match.absent() });
  expect(rightsOf(template).find(({ Action }) => Action.includes('sqs:ReceiveMessage'))?.Resource).toHaveLength(2);
});

test('is called by a service for one source of this account', () => {
  const stack = testStack();
  functionIn(stack).allowInvoke('Rule', 'events.amazonaws.com', 'arn:rule');
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
    SourceArn: 'arn:rule',
    SourceAccount: { Ref: 'AWS::AccountId' },
  });
});

test('has rights apart, as a resource that can come and go', () => {
  const stack = testStack();
  const lambda = functionIn(stack);
  lambda.addRightsApart('Rights1', [allow(['iot:AttachPolicy'], ['arn:1']), allow(['iot:AttachPolicy'], ['arn:2'])]);
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::IAM::RolePolicy', {
    PolicyName: 'attach-group-policies-Rights1',
    RoleName: { Ref: Match.stringLikeRegexp('FunctionRole') },
    PolicyDocument: { Statement: [{ Effect: 'Allow', Action: ['iot:AttachPolicy'], Resource: ['arn:1', 'arn:2'] }] },
  });
  expect(JSON.stringify(rightsOf(template))).not.toContain('iot:AttachPolicy');
});

test('has no finding of cdk-nag that is not acknowledged with a reason', () => {
  const app = testApp();
  const stack = new Stack(app, 'Test');
  const dead = new SecureQueue(stack, 'Dead');
  functionIn(stack, { deadLetterQueue: dead }).consume(
    'Signals',
    new SecureQueue(stack, 'Queue', { deadLetterQueue: { queue: dead, maxReceiveCount: 3 } }),
    { batchSize: 1 },
  );
  new BundledFunction(stack, 'Synchronous', PROPS);
  expect(nagFindings(app)).toEqual({
    open: [],
    acknowledged: ['NIST.800.53.R5-LambdaConcurrency', 'NIST.800.53.R5-LambdaDLQ', 'NIST.800.53.R5-LambdaInsideVPC'],
  });
});
