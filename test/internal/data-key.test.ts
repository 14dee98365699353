import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
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

test('a key of another region is refused, one of another account is not', () => {
  const env = { account: '111122223333', region: 'eu-west-1' };
  const stack = testStack({ env });
  const keyOf = (region: string) => Key.fromKeyArn(stack, region, `arn:aws:kms:${region}:444455556666:key/one`);
  expect(() => DataKey.arnFor(stack, keyOf('us-east-1'))).toThrow(
    /^Test: the key Test\/us-east-1 is in us-east-1, and this stack in eu-west-1.*replica \[EncryptionKeyElsewhere\]$/,
  );
  expect(DataKey.arnFor(stack, keyOf('eu-west-1'))).toBe('arn:aws:kms:eu-west-1:444455556666:key/one');
  const anywhere = new Stack(stack.node.root, 'Anywhere');
  expect(DataKey.arnFor(anywhere, keyOf('eu-west-2'))).toBe('arn:aws:kms:eu-west-2:444455556666:key/one');
});
