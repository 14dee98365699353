import { Template } from 'aws-cdk-lib/assertions';
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
