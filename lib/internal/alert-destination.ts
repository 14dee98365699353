import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
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

/** Alerts to a topic whose key the publisher may not use would be lost without anybody noticing. */
export function checkAlertDestination(destination: AlertDestination, errors: Problems): void {
  const { alertTopic } = destination;
  if (alertTopic === undefined || keyArnOf(destination) !== undefined) return;
  const { keyId } = encryptionOf(destination);
  if (keyId === undefined || KEY_OF_SNS.test(keyId)) return;
  errors.report(
    'AlertTopicKeyMissing',
    `'alertTopicKey' must be the key of the encrypted topic ${alertTopic.node.path}, so that alerts can be published to it`,
  );
}

/** What a topic is encrypted with, as far as this app knows: by its name in the template, and as what can be given rights. */
export function encryptionOf({ alertTopic, alertTopicKey }: AlertDestination): { keyId?: string; keyRef?: IKeyRef } {
  const resource: unknown = CfnTopic.isCfnTopic(alertTopic) ? alertTopic : alertTopic?.node.defaultChild;
  return {
    keyId: CfnTopic.isCfnTopic(resource) ? resource.kmsMasterKeyId : undefined,
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
