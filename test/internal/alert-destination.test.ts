import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, type ITopicRef, Topic } from 'aws-cdk-lib/aws-sns';
import { checkAlertDestination, publishStatements } from '../../lib/internal/alert-destination';
import { Problems } from '../../lib/internal/problems';
import { SecureTopic } from '../../lib/internal/secure-topic';
import { testStack } from '../support/app';

function check(alertTopic: ITopicRef | undefined, alertTopicKey?: Key): Problems {
  const problems = new Problems();
  checkAlertDestination({ alertTopic, alertTopicKey }, problems);
  return problems;
}

const stack = testStack();
const key = new Key(stack, 'Key');

test.each([
  ['no topic', undefined],
  ['a topic without a key', new CfnTopic(stack, 'Plain')],
  ['a topic with the key of SNS', new CfnTopic(stack, 'Aws', { kmsMasterKeyId: 'alias/aws/sns' })],
  ['a topic that names its key', new Topic(stack, 'L2', { masterKey: key })],
  ['a topic of this library', new SecureTopic(stack, 'Own', { displayName: 'x' })],
  ['a topic made elsewhere', Topic.fromTopicArn(stack, 'Imported', 'arn:aws:sns:eu-west-1:111122223333:alerts')],
])('%s needs no key', (_name, topic) => {
  expect(check(topic).isEmpty).toBe(true);
});

test.each([
  ['by id', new CfnTopic(stack, 'ById', { kmsMasterKeyId: '51af3dc0' })],
  ['by reference', new CfnTopic(stack, 'ByReference', { kmsMasterKeyId: key.keyArn })],
])('fails for a topic with a key %s, unless it is given', (_name, topic) => {
  expect(() => check(topic).throwIfAny()).toThrow(/'alertTopicKey' must be the key .*AlertTopicKeyMissing/);
  expect(check(topic, key).isEmpty).toBe(true);
});

test('to publish needs the key of the topic', () => {
  const plain = new CfnTopic(stack, 'ToPublish');
  const arn = stack.resolve(key.keyArn) as unknown;
  const statements = (topic: ITopicRef, given?: Key): unknown => stack.resolve(publishStatements(topic, given));
  expect(statements(plain)).toEqual([{ Effect: 'Allow', Action: ['sns:Publish'], Resource: [{ Ref: 'ToPublish' }] }]);
  const kms = { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: [arn] };
  expect(statements(plain, key)).toContainEqual(kms);
  expect(statements(new Topic(stack, 'Encrypted', { masterKey: key }))).toContainEqual(kms);
});
