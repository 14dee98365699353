import { Fn } from 'aws-cdk-lib';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, type ITopicRef, Topic } from 'aws-cdk-lib/aws-sns';
import { alertTopicOf, checkAlerts, publishStatements } from '../../../lib/detection/device-defender/alert-destination';
import { Problems } from '../../../lib/internal/problems';
import { SecureTopic } from '../../../lib/internal/secure-topic';
import { testStack } from '../../support/app';

const stack = testStack();
const key = new CfnKey(stack, 'Key', { keyPolicy: {} });
const secure = new SecureTopic(stack, 'Secure', { displayName: 'x' });

function check(alertTopic?: ITopicRef, given?: CfnKey): void {
  const errors = new Problems();
  checkAlerts({ alertTopic, alertTopicKey: given }, errors);
  errors.throwIfAny();
}

test.each<[string, ITopicRef]>([
  ['an L1', new CfnTopic(stack, 'L1', { kmsMasterKeyId: 'alias/mine' })],
  ['an L1 with a key of the stack', new CfnTopic(stack, 'L1Key', { kmsMasterKeyId: key.attrArn })],
  ['an L1 with a key that is a token', new CfnTopic(stack, 'L1Token', { kmsMasterKeyId: Fn.ref('Parameter') })],
  ['an L2', encrypted()],
])('fails for %s with a customer managed key that is not given', (_what, topic) => {
  expect(() => check(topic)).toThrow(
    /'alertTopicKey' must be the key of the encrypted topic .*\[AlertTopicKeyMissing\]/,
  );
  check(topic, key);
});

test.each<[string, ITopicRef | undefined]>([
  ['no topic', undefined],
  ['a topic without encryption', new CfnTopic(stack, 'Plain')],
  ['an L2 without encryption', new Topic(stack, 'PlainL2')],
  ['a topic with the key that AWS manages', new CfnTopic(stack, 'Managed', { kmsMasterKeyId: 'alias/aws/sns' })],
  [
    'an imported topic, of which nothing is known',
    Topic.fromTopicArn(stack, 'Imported', 'arn:aws:sns:eu-west-1:111111111111:alerts'),
  ],
  ['a topic of this library, which says its key', secure],
])('takes %s', (_what, topic) => check(topic));

test('lets a role publish to exactly the topic, with exactly its key', () => {
  expect(stack.resolve(publishStatements(secure, undefined))).toEqual([
    { Effect: 'Allow', Action: ['sns:Publish'], Resource: [stack.resolve(secure.topicArn)] },
    { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: [stack.resolve(secure.keyArn)] },
  ]);
  const plain = new CfnTopic(stack, 'PlainAgain');
  expect(publishStatements(plain, undefined)).toHaveLength(1);
  expect(stack.resolve(publishStatements(plain, key)[1]?.Resource)).toEqual([{ 'Fn::GetAtt': ['Key', 'Arn'] }]);
});

test('is the topic that is given, or a new one', () => {
  expect(alertTopicOf(stack, { alertTopic: secure })).toBe(secure);
  const made = alertTopicOf(testStack(), { alertTopicKey: key });
  expect(made).toMatchObject({ keyArn: key.attrArn });
});

function encrypted(): ITopicRef {
  const topic = new Topic(stack, 'L2');
  (topic.node.defaultChild as CfnTopic).kmsMasterKeyId = key.attrArn;
  return topic;
}
