import { CfnDeletionPolicy, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { CUSTOM_RESOURCE } from '../../lambda/shared/contract';
import { CustomResourceProvider, type ManagedResourceProps } from '../../lib/internal/custom-resource-provider';
import { allow } from '../../lib/internal/iam';
import { testApp, testStack } from '../support/app';
import { nagFindings } from '../support/nag';

const TYPE = 'Custom::IotExample';
const STATEMENTS = [allow(['iot:DescribeThing'], ['arn:thing'])];

function providerIn(scope: Construct): CustomResourceProvider {
  return CustomResourceProvider.of(scope, {
    handler: 'attach-group-policies',
    description: 'Does something',
    environment: { A: '1' },
    memorySize: 512,
  });
}

function add(scope: Construct, id: string, props: Partial<ManagedResourceProps> = {}) {
  return providerIn(scope).addResource(scope, id, {
    type: TYPE,
    properties: { Name: 'one' },
    statements: STATEMENTS,
    ...props,
  });
}

describe('one resource', () => {
  const stack = testStack();
  add(stack, 'Example');
  const template = Template.fromStack(stack);

  test('is served by the function, for as long as both agree on', () => {
    template.hasResource(TYPE, {
      Properties: {
        ServiceToken: { 'Fn::GetAtt': [Match.stringLikeRegexp('Function'), 'Arn'] },
        ServiceTimeout: CUSTOM_RESOURCE.serviceTimeoutSeconds,
        Name: 'one',
      },
      DeletionPolicy: Match.absent(),
      UpdateReplacePolicy: Match.absent(),
    });
    expect(CUSTOM_RESOURCE.deadlineSeconds).toBeLessThan(CUSTOM_RESOURCE.serviceTimeoutSeconds);
    expect(CUSTOM_RESOURCE.serviceTimeoutSeconds).toBeLessThanOrEqual(3_600);
  });

  test('waits through a queue, message by message, and what fails for good is kept', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      MemorySize: 512,
      Environment: {
        Variables: { A: '1', [CUSTOM_RESOURCE.waitQueueEnv]: { Ref: Match.stringLikeRegexp('WaitQueue') } },
      },
      DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetterQueue'), 'Arn'] } },
    });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    template.hasResourceProperties('AWS::SQS::Queue', {
      MessageRetentionPeriod: 7_200,
      RedrivePolicy: { maxReceiveCount: 5 },
    });
    expect(providerIn(stack).deadLetterQueue.queueArn).toBeDefined();
  });

  test('is not delivered any more when CloudFormation has given up', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      Qualifier: '$LATEST',
      MaximumEventAgeInSeconds: CUSTOM_RESOURCE.serviceTimeoutSeconds,
      MaximumRetryAttempts: 2,
    });
  });

  test('comes back soon after a crash, but not while the function may still run', () => {
    const [lambda] = Object.values(template.findResources('AWS::Lambda::Function'));
    const waiting = Object.values(template.findResources('AWS::SQS::Queue')).find(
      ({ Properties }) => Properties.RedrivePolicy !== undefined,
    );
    expect(waiting?.Properties.VisibilityTimeout).toBeGreaterThan(lambda?.Properties.Timeout);
    expect(waiting?.Properties.VisibilityTimeout).toBeLessThan(CUSTOM_RESOURCE.deadlineSeconds / 4);
  });

  test('comes after all that the function needs, and so goes before it', () => {
    const { Resources } = template.toJSON() as { Resources: Record<string, { Type: string }> };
    const [{ DependsOn: after }] = Object.values(template.findResources(TYPE)) as unknown as [{ DependsOn: string[] }];
    expect(after.map((id) => Resources[id]?.Type).sort()).toEqual([
      'AWS::IAM::ManagedPolicy',
      'AWS::IAM::RolePolicy',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::Lambda::EventSourceMapping',
      'AWS::SQS::QueuePolicy',
      'AWS::SQS::QueuePolicy',
    ]);
  });
});

describe('rights', () => {
  const rightsOf = (stack: Stack) => Template.fromStack(stack).findResources('AWS::IAM::RolePolicy');

  test('are shared by resources that need the same', () => {
    const stack = testStack();
    for (const id of ['A', 'B']) add(stack, id);
    expect(Object.keys(rightsOf(stack))).toHaveLength(1);
  });

  test('are apart for resources that need others, so that each keeps its own to the end', () => {
    const stack = testStack();
    add(stack, 'A');
    add(stack, 'B', { statements: [allow(['iot:DescribeThing'], ['arn:other'])] });
    expect(Object.keys(rightsOf(stack))).toHaveLength(2);
  });

  test('are others once CloudFormation replaces what they are about', () => {
    const idOf = (identity?: string) => {
      const stack = testStack();
      add(stack, 'A', { identity });
      return Object.keys(rightsOf(stack))[0];
    };
    expect(idOf('old')).toBe(idOf('old'));
    expect(new Set([idOf(), idOf('old'), idOf('new')]).size).toBe(3);
  });

  test('with wildcards carry the reason', () => {
    const stack = testStack();
    const wildcard = [allow(['iot:ListAttachedPolicies'], ['*'])];
    add(stack, 'A', { statements: wildcard, wildcards: 'There is no resource.' });
    add(stack, 'B', { statements: wildcard, wildcards: 'There is no resource.' });
    expect(Object.keys(rightsOf(stack))).toHaveLength(1);
  });
});

test('a resource is kept where it is said, but not when its creation fails', () => {
  const stack = testStack();
  add(stack, 'A', { deletionPolicy: CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE });
  add(stack, 'B', { deletionPolicy: CfnDeletionPolicy.RETAIN });
  const [a, b] = Object.values(Template.fromStack(stack).findResources(TYPE));
  expect(a).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  expect(b).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
});

test('there is one provider in a stack for a handler, and another in a nested stack', () => {
  const stack = testStack();
  const nested = new NestedStack(stack, 'Nested');
  expect(providerIn(stack)).toBe(providerIn(new Construct(stack, 'Below')));
  expect(providerIn(nested)).not.toBe(providerIn(stack));
});

test('takes references to other stacks into its rights', () => {
  const app = testApp();
  const group = new CfnThingGroup(new Stack(app, 'Other'), 'Group');
  const stack = new Stack(app, 'Test');
  add(stack, 'A', { statements: [allow(['iot:DescribeThingGroup'], [group.attrArn])] });
  expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::RolePolicy'))).toContain('Fn::ImportValue');
});

test('has no finding of cdk-nag that is not acknowledged with a reason', () => {
  const app = testApp();
  add(new Stack(app, 'Test'), 'A');
  expect(nagFindings(app)).toEqual({
    open: [],
    acknowledged: ['NIST.800.53.R5-LambdaConcurrency', 'NIST.800.53.R5-LambdaInsideVPC'],
  });
});
