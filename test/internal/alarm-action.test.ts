import { Aspects, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, type ITopicRef, Topic } from 'aws-cdk-lib/aws-sns';
import { alarmActions } from '../../lib/internal/alarm-action';
import { SecureTopic } from '../../lib/internal/secure-topic';
import { testStack } from '../support/app';

const CLOUDWATCH = {
  Effect: 'Allow',
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
};

type Documents = Record<string, { Properties: { [name: string]: { Statement: unknown[] } } }>;

test('publishes to the topic, where there is one', () => {
  const stack = testStack();
  const topic = new CfnTopic(stack, 'Topic');
  expect(stack.resolve(alarmActions(stack, topic))).toEqual([{ Ref: 'Topic' }]);
  expect(alarmActions(stack, undefined)).toBeUndefined();
});

describe('the key of SNS is none that an alarm can use', () => {
  const stack = testStack();
  const masterKey = Alias.fromAliasName(stack, 'Alias', 'alias/aws/sns');
  test.each<[string, ITopicRef]>([
    ['by its alias', new CfnTopic(stack, 'Plain', { kmsMasterKeyId: 'alias/aws/sns' })],
    ['of an L2 topic', new Topic(stack, 'L2', { masterKey })],
  ])('%s', (_form, topic) => {
    expect(() => alarmActions(stack, topic)).toThrow(
      /^Test: the topic Test\/\w+ is encrypted with alias\/aws\/sns.*cloudwatch.*\[AlarmTopicKeyOfSns\]$/,
    );
  });
});

test.each(['its own', 'one that is given'])('the key of the topic, %s, lets alarms use it, once', (form) => {
  const stack = testStack();
  const masterKey = new Key(stack, 'Key');
  const own = form === 'its own';
  const topic = own
    ? new Topic(stack, 'T', { masterKey })
    : new CfnTopic(stack, 'T', { kmsMasterKeyId: masterKey.keyId });
  for (let alarm = 0; alarm < 2; alarm += 1) alarmActions(stack, topic, own ? undefined : masterKey);
  const [key] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key') as Documents);
  expect(key?.Properties.KeyPolicy?.Statement.slice(1)).toEqual([
    { ...CLOUDWATCH, Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: '*' },
  ]);
});

test('a key whose policy stands elsewhere is left as it is', () => {
  const stack = testStack();
  const key = new CfnKey(stack, 'Key', { keyPolicy: {} });
  alarmActions(stack, new CfnTopic(stack, 'T', { kmsMasterKeyId: key.ref }), key);
  const imported = Key.fromKeyArn(stack, 'Imported', 'arn:aws:kms:eu-west-1:111122223333:key/1');
  alarmActions(stack, new Topic(stack, 'L2', { masterKey: imported }));
  Template.fromStack(stack).allResourcesProperties('AWS::KMS::Key', { KeyPolicy: {} });
});

test('the key that a raw topic names lets alarms use it', () => {
  const stack = testStack();
  const key = new Key(stack, 'Key');
  alarmActions(stack, new CfnTopic(stack, 'T', { kmsMasterKeyId: key.keyArn }));
  const raw = new CfnKey(stack, 'Raw', { keyPolicy: {} });
  alarmActions(stack, new CfnTopic(stack, 'T2', { kmsMasterKeyId: raw.attrArn }));
  const [made, theirs] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key') as Documents);
  expect(made?.Properties.KeyPolicy?.Statement.slice(1)).toEqual([expect.objectContaining(CLOUDWATCH)]);
  expect(theirs?.Properties.KeyPolicy).toEqual({});
});

describe('a topic of another region is none that an alarm can publish to', () => {
  const env = { account: '111122223333', region: 'eu-west-1' };
  const arn = (region: string, account = env.account) => `arn:aws:sns:${region}:${account}:alerts`;
  const topicOf = (stack: Stack, topicArn: string) => Topic.fromTopicArn(stack, 'Theirs', topicArn);

  test('where both are known', () => {
    const stack = testStack({ env });
    const refusal =
      /^Test: the topic Test\/Theirs is in us-east-1, and this stack in eu-west-1.*\[AlarmTopicElsewhere\]$/;
    expect(() => alarmActions(stack, topicOf(stack, arn('us-east-1')))).toThrow(refusal);
    const other = new Stack(stack.node.root, 'Other', { env: { ...env, region: 'us-east-1' } });
    expect(() => alarmActions(stack, new CfnTopic(other, 'T'))).toThrow(/in us-east-1.*AlarmTopicElsewhere/);
  });

  test('and otherwise may be the right one, of another account, too', () => {
    const stack = testStack({ env });
    expect(alarmActions(stack, topicOf(stack, arn('eu-west-1', '444455556666')))).toHaveLength(1);
    const anywhere = testStack();
    expect(alarmActions(anywhere, topicOf(anywhere, arn('us-east-1')))).toHaveLength(1);
  });
});

describe('a topic that gets its policy later lets alarms publish', () => {
  const statement = (topic: Topic) =>
    new PolicyStatement({
      actions: ['sns:Publish'],
      principals: [new ServicePrincipal('events.amazonaws.com')],
      resources: [topic.topicArn],
    });

  test.each<[string, (topic: Topic) => unknown]>([
    ['from another construct', (topic) => topic.addToResourcePolicy(statement(topic))],
    [
      'from an aspect',
      (topic) =>
        Aspects.of(topic.stack).add({ visit: (node) => node === topic && topic.addToResourcePolicy(statement(topic)) }),
    ],
  ])('%s', (_from, give) => {
    const stack = testStack();
    const topic = new Topic(stack, 'T');
    for (let alarm = 0; alarm < 2; alarm += 1) alarmActions(stack, topic);
    give(topic);
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::SNS::TopicPolicy') as Documents);
    expect(policy?.Properties.PolicyDocument?.Statement).toEqual([
      expect.objectContaining({ Principal: { Service: 'events.amazonaws.com' } }),
      expect.objectContaining(CLOUDWATCH),
    ]);
  });

  test('of each account that has some', () => {
    const stack = testStack({ env: { account: '111122223333', region: 'eu-west-1' } });
    const other = new Stack(stack.node.root, 'Other', { env: { account: '444455556666', region: 'eu-west-1' } });
    const topic = new Topic(stack, 'T', { enforceSSL: true, topicName: 'alerts' });
    for (const scope of [stack, other]) alarmActions(scope, topic);
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::SNS::TopicPolicy') as Documents);
    const accounts = (policy?.Properties.PolicyDocument?.Statement as (typeof CLOUDWATCH)[]).slice(1);
    expect(accounts.map(({ Condition }) => Object.values(Condition.StringEquals)[0])).toEqual([
      '111122223333',
      '444455556666',
    ]);
  });
});

test('a topic with a policy, which takes the place of the default, lets alarms publish, once', () => {
  const stack = testStack();
  const topic = new Topic(stack, 'T', { enforceSSL: true });
  for (let alarm = 0; alarm < 2; alarm += 1) alarmActions(stack, topic);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::SNS::TopicPolicy') as Documents);
  const statement = { ...CLOUDWATCH, Action: 'sns:Publish', Resource: stack.resolve(topic.topicArn) as unknown };
  expect(policy?.Properties.PolicyDocument?.Statement.slice(1)).toEqual([expect.objectContaining(statement)]);
});

test('no policy is made for a topic that has none, nor one of this library, or one from elsewhere, changed', () => {
  const stack = testStack();
  alarmActions(stack, new Topic(stack, 'T'));
  alarmActions(stack, Topic.fromTopicArn(stack, 'Imported', 'arn:aws:sns:eu-west-1:111122223333:alerts'));
  const own = new SecureTopic(stack, 'Own', { displayName: 'x' });
  alarmActions(stack, own);
  const [policy, none] = Object.values(Template.fromStack(stack).findResources('AWS::SNS::TopicPolicy') as Documents);
  expect(policy?.Properties.PolicyDocument?.Statement).toHaveLength(1);
  expect(none).toBeUndefined();
});
