import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib';
import { Behavior, Detection, DetectionTarget } from '../../../lib';
import { alertTopicOf } from '../../../lib/detection/device-defender/alert-topic';
import { SecureTopic } from '../../../lib/internal/secure-topic';
import { templateOf, testStack } from '../../support/app';

test('is the topic that is given, or a new one', () => {
  const stack = testStack();
  const secure = new SecureTopic(stack, 'Secure', { displayName: 'x' });
  expect(alertTopicOf(stack, { alertTopic: secure })).toBe(secure);
  const key = new CfnKey(stack, 'Key', { keyPolicy: {} });
  expect(alertTopicOf(testStack(), { alertTopicKey: key })).toMatchObject({ keyArn: key.attrArn });
});

test('an L2 topic names its key, so the profile may use it without being told', () => {
  const stack = testStack();
  const masterKey = new Key(stack, 'Key');
  Detection.deviceDefender().watch(stack, 'Watch', {
    behaviors: [Behavior.messagesSent().mustBeAtMost(1).per(Duration.minutes(5))],
    target: DetectionTarget.allThings(),
    alertTopic: new Topic(stack, 'Topic', { masterKey }),
  });
  const policies = JSON.stringify(templateOf(stack).findResources('AWS::IAM::ManagedPolicy'));
  expect(policies).toContain('kms:GenerateDataKey');
});
