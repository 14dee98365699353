import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { markCapability } from '../internal/capability';
import type { InputErrors } from '../internal/input-errors';
import { SecureTopic } from '../internal/secure-topic';

const MAX_EMAILS = 10;
/** Letters that only look like those of an address, or a `mailto:`, would be an alert that nobody gets. */
const EMAIL = {
  maxLength: 254,
  pattern: /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$/,
  allowed: 'an address like soc@example.com, in ASCII (a domain in another script as xn--...)',
} as const;

/** Checks the addresses of people who are to be told. */
export function checkEmails(property: string, emails: readonly string[] | undefined, errors: InputErrors): void {
  errors.knownList(property, emails);
  errors.size(property, emails, 0, MAX_EMAILS);
  errors.unique(property, emails);
  errors.texts(property, emails, EMAIL);
}

/** The topic that tells people: encrypted, TLS only, open to the alarms of this account and to roles that are given the right. */
export function createAlertTopic(
  scope: Construct,
  id: string,
  emails: readonly string[],
  encryptionKey: IKeyRef | undefined,
): SecureTopic {
  const topic = new SecureTopic(scope, id, { displayName: 'IoT security alerts', encryptionKey });
  markCapability(topic, 'observability');
  topic.allowService('Alarms', 'cloudwatch.amazonaws.com');
  for (const [index, endpoint] of emails.entries()) {
    new CfnSubscription(topic, `Email${index + 1}`, { topicArn: topic.topicArn, protocol: 'email', endpoint });
  }
  return topic;
}
