import type { IResource } from 'aws-cdk-lib';
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopic, ITopicRef } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { encryptionOf, KEY_OF_SNS } from './alert-destination';
import { ConfigurationError } from './configuration-error';
import { DataKey } from './data-key';

const SERVICE = 'cloudwatch.amazonaws.com';

/**
 * What an alarm does: it publishes to the topic, where there is one. CloudWatch does so on its own behalf, and nobody hears of an
 * alarm that it may not encrypt, or publish.
 *
 * @see https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
 *
 * @param key Key of the topic, where the topic does not say it
 */
export function alarmActions(scope: IConstruct, topic: ITopicRef | undefined, key?: IKeyRef): string[] | undefined {
  if (topic === undefined) return undefined;
  const { keyId, keyRef } = encryptionOf({ alertTopic: topic, alertTopicKey: key });
  if (keyId !== undefined && KEY_OF_SNS.test(keyId))
    throw new ConfigurationError(
      'AlarmTopicKeyOfSns',
      `the topic ${topic.node.path} is encrypted with alias/aws/sns, a key that AWS lets no alarm use, so that nobody would hear of one; encrypt it with a key of your own whose policy lets ${SERVICE} use it`,
      scope,
    );
  if (keyRef !== undefined) DataKey.letUse(scope, keyRef, SERVICE);
  letPublish(scope, topic);
  return [topic.topicRef.topicArn];
}

/** A topic with a policy has lost what SNS lets the account do by default. */
function letPublish(scope: IConstruct, topic: ITopicRef): void {
  const { addToResourcePolicy } = topic as Partial<ITopic>;
  if (addToResourcePolicy === undefined || topic.node.tryFindChild('Policy') === undefined) return;
  addToResourcePolicy.call(
    topic as ITopicRef & IResource,
    PolicyStatement.fromJson({
      Effect: 'Allow',
      Principal: { Service: SERVICE },
      Action: 'sns:Publish',
      Resource: topic.topicRef.topicArn,
      Condition: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
}
