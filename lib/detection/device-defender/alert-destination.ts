import { Token } from 'aws-cdk-lib';
import { CfnTopic, type ITopicRef } from 'aws-cdk-lib/aws-sns';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { allow, type IamStatement } from '../../internal/iam';
import type { Problems } from '../../internal/problems';
import { SecureTopic } from '../../internal/secure-topic';

/** The topic that alerts go to, and the key that it is encrypted with. */
export interface AlertOptions {
  readonly alertTopic?: ITopicRef;
  readonly alertTopicKey?: IKeyRef;
}

/** Alerts of a topic whose key is not known would be lost without anybody noticing. */
export function checkAlerts(options: AlertOptions, errors: Problems): void {
  const { alertTopic } = options;
  if (alertTopic === undefined || keyArnOf(options) !== undefined) return;
  const resource = CfnTopic.isCfnTopic(alertTopic) ? alertTopic : alertTopic.node.defaultChild;
  const key = CfnTopic.isCfnTopic(resource) ? resource.kmsMasterKeyId : undefined;
  if (key === undefined || (!Token.isUnresolved(key) && key === 'alias/aws/sns')) return;
  errors.report(
    'AlertTopicKeyMissing',
    `'alertTopicKey' must be the key of the encrypted topic ${alertTopic.node.path}, so that alerts can be published to it`,
  );
}

/** The topic that was given, or a new one. */
export function alertTopicOf(scope: Construct, options: AlertOptions): ITopicRef {
  const { alertTopic, alertTopicKey: encryptionKey } = options;
  return alertTopic ?? new SecureTopic(scope, 'Alerts', { displayName: 'IoT security alerts', encryptionKey });
}

/** What a role needs to publish to a topic. */
export function publishStatements(topic: ITopicRef, key: IKeyRef | undefined): IamStatement[] {
  const keyArn = keyArnOf({ alertTopic: topic, alertTopicKey: key });
  return [
    allow(['sns:Publish'], [topic.topicRef.topicArn]),
    ...(keyArn === undefined ? [] : [allow(['kms:Decrypt', 'kms:GenerateDataKey'], [keyArn])]),
  ];
}

/** Topics of this library say which key they are encrypted with. */
function keyArnOf(options: AlertOptions): string | undefined {
  return options.alertTopicKey?.keyRef.keyArn ?? (options.alertTopic as { keyArn?: string } | undefined)?.keyArn;
}
