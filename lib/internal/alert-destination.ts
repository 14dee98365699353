import { Reference, Token, Tokenization } from 'aws-cdk-lib';
import { CfnKey, type IKeyRef } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, type ITopicRef } from 'aws-cdk-lib/aws-sns';
import { allow, type IamStatement } from './iam';
import type { Problems } from './problems';

/** A topic that alerts go to, and the key that it is encrypted with. */
export interface AlertDestination {
  readonly alertTopic?: ITopicRef;
  readonly alertTopicKey?: IKeyRef;
}

/** The key of SNS itself: every principal of the account may use it, and no service on its own behalf. */
export const KEY_OF_SNS = /(^|:)alias\/aws\/sns$/;

/** What differs between those that publish alerts. */
export interface AlertRules {
  /** What the properties are called. @default - 'alertTopic' and 'alertTopicKey' */
  readonly names?: { readonly topic: string; readonly key: string };
  /** Whether a key without a topic encrypts the topic that is made then. @default false */
  readonly keyEncryptsOwn?: boolean;
  /** The key that encrypts the topic that is made where none is given. @default - that of the stack */
  readonly ownKey?: IKeyRef;
  /** Whether only alarms go there: CloudWatch needs its right in the policy of the key, which is for its owner to write. @default false */
  readonly alarmsOnly?: boolean;
}

const NAMES = { topic: 'alertTopic', key: 'alertTopicKey' };

/** Alerts to a topic that its publisher cannot publish to, by its key or its kind, would be lost without anybody noticing. */
export function checkAlertDestination(destination: AlertDestination, errors: Problems, rules: AlertRules = {}): void {
  const { alertTopic, alertTopicKey } = destination;
  const { names = NAMES, keyEncryptsOwn = false, ownKey, alarmsOnly = false } = rules;
  if (alertTopic === undefined) {
    const isOwn = ownKey !== undefined && !areOthers(ownKey.keyRef.keyArn, alertTopicKey?.keyRef.keyArn);
    if (alertTopicKey !== undefined && !keyEncryptsOwn && !isOwn)
      errors.report(
        'AlertTopicKeyUnfit',
        `'${names.key}' is given without '${names.topic}', and a topic that is made here has another key; give the topic, or leave the key out`,
      );
    return;
  }
  const { keyId } = encryptionOf(destination);
  if (alertTopicKey !== undefined && areOthers(keyArnOf({ alertTopic }) ?? keyId, alertTopicKey.keyRef.keyArn))
    errors.report(
      'AlertTopicKeyUnfit',
      `'${names.key}' is ${alertTopicKey.node.path}, but the topic ${alertTopic.node.path} is encrypted with another key; give that key, or leave this out where the topic names its key`,
    );
  if (!alarmsOnly) {
    checkKind(alertTopic, names.topic, errors);
    checkKeyGiven(destination, names, errors);
  }
}

function checkKeyGiven(destination: AlertDestination, names: typeof NAMES, errors: Problems): void {
  if (keyArnOf(destination) !== undefined) return;
  const { keyId } = encryptionOf(destination);
  if (keyId === undefined || KEY_OF_SNS.test(keyId)) return;
  errors.report(
    'AlertTopicKeyMissing',
    `'${names.key}' must be the key of the encrypted topic ${destination.alertTopic?.node.path}, so that alerts can be published to it`,
  );
}

/** @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
function checkKind(topic: ITopicRef, property: string, errors: Problems): void {
  const { topicArn } = topic.topicRef;
  const isFifo = topicResourceOf(topic)?.fifoTopic ?? (topic as { fifo?: boolean }).fifo;
  if (isFifo === true || (!Token.isUnresolved(topicArn) && topicArn.endsWith('.fifo')))
    errors.report(
      'AlertTopicFifo',
      `'${property}' ${topic.node.path} is a FIFO topic, which takes only messages of a message group, and alerts have none; give a standard topic`,
    );
}

/** What a topic is encrypted with, as far as this app knows: by its name in the template, and as what can be given rights. */
export function encryptionOf({ alertTopic, alertTopicKey }: AlertDestination): { keyId?: string; keyRef?: IKeyRef } {
  return {
    keyId: topicResourceOf(alertTopic)?.kmsMasterKeyId,
    keyRef: alertTopicKey ?? (alertTopic as { masterKey?: IKeyRef } | undefined)?.masterKey,
  };
}

/** What a role needs to publish to a topic. */
export function publishStatements(topic: ITopicRef, key: IKeyRef | undefined): IamStatement[] {
  const keyArn = keyArnOf({ alertTopic: topic, alertTopicKey: key });
  return [
    allow(['sns:Publish'], [topic.topicRef.topicArn]),
    ...(keyArn === undefined ? [] : [allow(['kms:Decrypt', 'kms:GenerateDataKey'], [keyArn])]),
  ];
}

/** Topics of this library, and topics with an L2 key, say which key they are encrypted with. */
function keyArnOf({ alertTopic, alertTopicKey }: AlertDestination): string | undefined {
  const topic = alertTopic as { keyArn?: string; masterKey?: { keyArn?: string } } | undefined;
  return alertTopicKey?.keyRef.keyArn ?? topic?.keyArn ?? topic?.masterKey?.keyArn;
}

function topicResourceOf(topic: ITopicRef | undefined): CfnTopic | undefined {
  const resource: unknown = CfnTopic.isCfnTopic(topic) ? topic : topic?.node.defaultChild;
  return CfnTopic.isCfnTopic(resource) ? resource : undefined;
}

/** The resource that an ARN or id of a key is that of, where it is made in this app. */
export function keyResourceOf(id: string): CfnKey | undefined {
  const token = Token.isUnresolved(id) ? Tokenization.reverseString(id).firstToken : undefined;
  const target: unknown = Reference.isReference(token) ? token.target : undefined;
  return CfnKey.isCfnKey(target) ? target : undefined;
}

/** Whether two ARNs or ids are surely of different keys: an alias may be of any, and so may what is known at deployment only. */
function areOthers(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const [first, second] = [keyResourceOf(one), keyResourceOf(other)];
  if (first !== undefined && second !== undefined) return first !== second;
  const isKnown = (id: string) => !Token.isUnresolved(id) && !/(^|:)alias\//.test(id);
  return isKnown(one) && isKnown(other) && one.split('/').at(-1) !== other.split('/').at(-1);
}
