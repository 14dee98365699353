import { Stack, Validations } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { ACKNOWLEDGED_RULES, acknowledge } from '../../lib/internal/acknowledge';
import { testApp } from '../support/app';
import { nagFindings } from '../support/nag';

test('a finding stands in the report as acknowledged, and others stay', () => {
  const app = testApp();
  const stack = new Stack(app, 'Test');
  const topic = new CfnTopic(stack, 'Acknowledged');
  acknowledge(topic, 'SNSEncryptedKMS', 'It holds nothing.');
  acknowledge(topic, 'AwsSolutions-SNS3', 'It holds nothing.');
  new CfnTopic(stack, 'Open');
  const { open, acknowledged } = nagFindings(app);
  expect(open.sort()).toEqual(['AwsSolutions-SNS3 at Test/Open', 'NIST.800.53.R5-SNSEncryptedKMS at Test/Open']);
  expect(acknowledged).toEqual(['AwsSolutions-SNS3', 'NIST.800.53.R5-SNSEncryptedKMS']);
});

test('what is recorded has the key by which the CDK looks for it', () => {
  expect(ACKNOWLEDGED_RULES).toBe(Validations.ACKNOWLEDGED_RULES_METADATA_KEY);
});
