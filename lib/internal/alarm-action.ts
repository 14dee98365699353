import type { IResource } from 'aws-cdk-lib';
import { AspectPriority, Aspects, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopic, ITopicRef } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { encryptionOf, KEY_OF_SNS, keyResourceOf } from './alert-destination';
import { ConfigurationError } from './configuration-error';
import { DataKey } from './data-key';
import { regionProblem } from './place';

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
  checkRegion(scope, topic);
  const { keyId, keyRef } = encryptionOf({ alertTopic: topic, alertTopicKey: key });
  if (keyId !== undefined && KEY_OF_SNS.test(keyId))
    throw new ConfigurationError(
      'AlarmTopicKeyOfSns',
      `the topic ${topic.node.path} is encrypted with alias/aws/sns, a key that AWS lets no alarm use, so that nobody would hear of one; encrypt it with a key of your own whose policy lets ${SERVICE} use it`,
      scope,
    );
  const used = keyRef ?? ownerOf(keyId);
  if (used !== undefined) DataKey.letUse(scope, used, SERVICE);
  letPublish(scope, topic);
  return [topic.topicRef.topicArn];
}

/** The account may be another; the region may not. */
function checkRegion(scope: IConstruct, topic: ITopicRef): void {
  const problem = regionProblem(scope, topic);
  if (problem === undefined) return;
  throw new ConfigurationError(
    'AlarmTopicElsewhere',
    `the topic ${topic.node.path} ${problem}, and alarms publish in their own region only; give a topic of that region, which may feed the other`,
    scope,
  );
}

/** The construct around the key that a raw topic names, where both are made in this app. */
function ownerOf(keyId: string | undefined): IKeyRef | undefined {
  const resource = keyId === undefined ? undefined : keyResourceOf(keyId);
  const owner = resource?.node.scope as (IConstruct & Partial<IKeyRef>) | undefined;
  return owner?.keyRef !== undefined && owner.node.defaultChild === resource ? (owner as IKeyRef) : undefined;
}

/** By topic, the accounts whose alarms its policy lets publish. */
const PUBLISHERS = new WeakMap<ITopicRef, Set<string>>();
/** After what else gives the topic a policy, also as an aspect, and before what only looks. */
const LATE = { priority: AspectPriority.READONLY - 1 };

/**
 * A topic with a policy has lost what SNS lets the account do by default, and one without would lose it with the policy that is
 * made for one statement. Which of the two it is, is known when all else is made.
 */
function letPublish(scope: IConstruct, topic: ITopicRef): void {
  if ((topic as Partial<ITopic>).addToResourcePolicy === undefined) return;
  const { account } = Stack.of(scope);
  const known = PUBLISHERS.get(topic);
  known?.add(account);
  if (known !== undefined) return;
  const accounts = new Set([account]);
  PUBLISHERS.set(topic, accounts);
  Aspects.of(topic).add({ visit: (node) => node === topic && amendPolicy(topic, accounts) }, LATE);
}

function amendPolicy(topic: ITopicRef, accounts: Set<string>): void {
  const { addToResourcePolicy } = topic as Partial<ITopic>;
  if (topic.node.tryFindChild('Policy') === undefined) return;
  for (const account of accounts)
    addToResourcePolicy?.call(
      topic as ITopicRef & IResource,
      PolicyStatement.fromJson({
        Effect: 'Allow',
        Principal: { Service: SERVICE },
        Action: 'sns:Publish',
        Resource: topic.topicRef.topicArn,
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
  accounts.clear();
}
