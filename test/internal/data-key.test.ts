import { type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { DataKey } from '../../lib/internal/data-key';
import { testStack } from '../support/app';

const policyOf = (stack: Stack) =>
  Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'))[0]?.Properties.KeyPolicy.Statement as Record<
    string,
    unknown
  >[];

test('is one for a stack, rotated, and kept: what it encrypted must stay readable', () => {
  const stack = testStack();
  const below = new Construct(stack, 'Below');
  expect(DataKey.of(below)).toBe(DataKey.of(stack));
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::KMS::Key', 1);
  template.hasResource('AWS::KMS::Key', {
    Properties: { EnableKeyRotation: true },
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
});

test('gives way to a key of the user', () => {
  const stack = testStack();
  const given = new CfnKey(stack, 'Key', { keyPolicy: {} });
  expect(stack.resolve(DataKey.arnFor(stack, given))).toEqual({ 'Fn::GetAtt': ['Key', 'Arn'] });
  expect(stack.resolve(DataKey.arnFor(stack, undefined))).toEqual(stack.resolve(DataKey.of(stack).keyArn));
});

test('is administered by the account, and used by its logs, spelled out', () => {
  const stack = testStack();
  DataKey.of(stack);
  const [owner, logs] = policyOf(stack);
  expect(owner).toMatchObject({
    Principal: {
      AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']] },
    },
    Action: 'kms:*',
  });
  expect(JSON.stringify(logs?.Action)).not.toContain('*');
  expect(logs).toMatchObject({
    Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] } },
    Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': expect.anything() } },
  });
});

test('is opened to a service once, for this account', () => {
  const stack = testStack();
  DataKey.of(stack).allowService('events.amazonaws.com');
  DataKey.of(stack).allowService('events.amazonaws.com');
  expect(policyOf(stack).slice(2)).toEqual([
    {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    },
  ]);
});
