import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { AlertDestination } from '../../internal/alert-destination';
import { SecureTopic } from '../../internal/secure-topic';

/** The topic that was given, or a new one. */
export function alertTopicOf(scope: Construct, options: AlertDestination): ITopicRef {
  const { alertTopic, alertTopicKey: encryptionKey } = options;
  return alertTopic ?? new SecureTopic(scope, 'Alerts', { displayName: 'IoT security alerts', encryptionKey });
}
