import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Alias, CfnKey, type IKeyRef, Key } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, type ITopicRef, Topic } from 'aws-cdk-lib/aws-sns';
import { type AlertRules, checkAlertDestination, publishStatements } from '../../lib/internal/alert-destination';
import { Problems } from '../../lib/internal/problems';
import { SecureTopic } from '../../lib/internal/secure-topic';
import { testStack } from '../support/app';

function check(alertTopic: ITopicRef | undefined, alertTopicKey?: IKeyRef, rules?: AlertRules): Problems {
  const problems = new Problems();
  checkAlertDestination({ alertTopic, alertTopicKey }, problems, rules);
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

describe('a key', () => {
  const other = new Key(stack, 'Other');
  const arn = (id: string) => `arn:aws:kms:eu-west-1:111122223333:key/${id}`;
  const [theirs, another] = ['one', 'two'].map((id) => Key.fromKeyArn(stack, id, arn(id))) as [Key, Key];

  test('without a topic is refused, unless it encrypts the topic that is made', () => {
    expect(() => check(undefined, key).throwIfAny()).toThrow(
      /'alertTopicKey' is given without 'alertTopic'.*give the topic, or leave the key out.*\[AlertTopicKeyUnfit\]/,
    );
    expect(check(undefined, key, { keyEncryptsOwn: true }).isEmpty).toBe(true);
    expect(check(undefined, key, { ownKey: key }).isEmpty).toBe(true);
    expect(check(undefined, key, { ownKey: other }).isEmpty).toBe(false);
    expect(check(undefined, undefined, { ownKey: other }).isEmpty).toBe(true);
    expect(() => check(undefined, key, { names: { topic: 'to', key: 'by' } }).throwIfAny()).toThrow(
      "'by' is given without 'to'",
    );
  });

  test.each<[string, ITopicRef, IKeyRef]>([
    ['of an L2 topic', new Topic(stack, 'Keyed', { masterKey: key }), other],
    ['of a raw topic', new CfnTopic(stack, 'Raw', { kmsMasterKeyId: key.keyId }), other],
    [
      'of a raw topic, as a raw key',
      new CfnTopic(stack, 'RawArn', { kmsMasterKeyId: key.keyArn }),
      new CfnKey(stack, 'C', { keyPolicy: {} }),
    ],
    ['of a topic of this library', new SecureTopic(stack, 'Ours', { displayName: 'x', encryptionKey: key }), other],
    ['of its own account', new Topic(stack, 'Known', { masterKey: theirs }), another],
    ['by id', new CfnTopic(stack, 'Id', { kmsMasterKeyId: 'one' }), another],
  ])('that is not the one %s is refused', (_name, topic, given) => {
    const refusal =
      /'alertTopicKey' is Test\/\w+, but the topic Test\/\w+ is encrypted with another key.*\[AlertTopicKeyUnfit\]/;
    expect(() => check(topic, given).throwIfAny()).toThrow(refusal);
    expect(() => check(topic, given, { alarmsOnly: true }).throwIfAny()).toThrow(refusal);
  });

  test.each<[string, ITopicRef, IKeyRef]>([
    [
      'the same, from another stack',
      new Topic(stack, 'Same', { masterKey: key }),
      Key.fromKeyArn(new Stack(stack.node.root, 'S'), 'Again', key.keyArn),
    ],
    ['by its resource', new Topic(stack, 'Resource', { masterKey: key }), key.node.defaultChild as CfnKey],
    [
      'of an alias',
      new Topic(stack, 'Aliased', { masterKey: new Alias(stack, 'Alias', { aliasName: 'mine', targetKey: key }) }),
      key,
    ],
    ['of an alias that exists', new CfnTopic(stack, 'ByAlias', { kmsMasterKeyId: 'alias/mine' }), theirs],
    ['by its ARN and id', new CfnTopic(stack, 'ArnAndId', { kmsMasterKeyId: 'one' }), theirs],
    [
      'by a parameter',
      new CfnTopic(stack, 'Later', { kmsMasterKeyId: new CfnParameter(stack, 'P').valueAsString }),
      theirs,
    ],
    ['made here, and known by its ARN', new Topic(stack, 'Made', { masterKey: key }), theirs],
  ])('that may be the one %s passes', (_name, topic, given) => {
    expect(check(topic, given).isEmpty).toBe(true);
  });
});

describe('a FIFO topic', () => {
  test.each<[string, ITopicRef]>([
    ['L2', new Topic(stack, 'Fifo', { fifo: true })],
    ['raw', new CfnTopic(stack, 'RawFifo', { fifoTopic: true })],
    ['from elsewhere', Topic.fromTopicArn(stack, 'TheirFifo', 'arn:aws:sns:eu-west-1:111122223333:alerts.fifo')],
  ])('is refused: %s', (_name, topic) => {
    expect(() => check(topic).throwIfAny()).toThrow(
      /'alertTopic' Test\/\w+ is a FIFO topic.*give a standard topic.*\[AlertTopicFifo\]/,
    );
    expect(check(topic, undefined, { alarmsOnly: true }).isEmpty).toBe(true);
  });
});

test('alarms need no key to be given: CloudWatch has its right in the policy of the key', () => {
  expect(
    check(new CfnTopic(stack, 'ForAlarms', { kmsMasterKeyId: 'id' }), undefined, { alarmsOnly: true }).isEmpty,
  ).toBe(true);
});
