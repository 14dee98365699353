import { Token } from 'aws-cdk-lib';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, type ITopicRef } from 'aws-cdk-lib/aws-sns';
import { allow, type IamStatement } from './iam';
import type { Problems } from './problems';

/** A topic that alerts go to, and the key that it is encrypted with. */
export interface AlertDestination {
  readonly alertTopic?: ITopicRef;
  readonly alertTopicKey?: IKeyRef;
}

/** SNS lets every principal of the account use its own key. */
const KEY_OF_SNS = 'alias/aws/sns';

/** Alerts to a topic whose key the publisher may not use would be lost without anybody noticing. */
export function checkAlertDestination(destination: AlertDestination, errors: Problems): void {
  const { alertTopic } = destination;
  if (alertTopic === undefined || keyArnOf(destination) !== undefined) return;
  const resource: unknown = CfnTopic.isCfnTopic(alertTopic) ? alertTopic : alertTopic.node.defaultChild;
  const key = CfnTopic.isCfnTopic(resource) ? resource.kmsMasterKeyId : undefined;
  if (key === undefined || (!Token.isUnresolved(key) && key === KEY_OF_SNS)) return;
  errors.report(
    'AlertTopicKeyMissing',
    `'alertTopicKey' must be the key of the encrypted topic ${alertTopic.node.path}, so that alerts can be published to it`,
  );
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
