import type { Stack } from 'aws-cdk-lib';
import { SignalSource } from '../../lib/mitigation/signal-source';
import { patternMatches } from '../../rehearsal/cloud/pattern';
import {
  hubAuditFinding,
  detectFinding,
  guardDuty,
  PLACE,
  securityHub,
  securityHubV2,
} from '../lambda/shared/incident/messages';
import { testStack } from '../support/app';

/** The pattern of a source as it is deployed in the account and region of the messages. */
function patternOf(source: SignalSource): unknown {
  const stack: Stack = testStack();
  const text = JSON.stringify(stack.resolve(stack.toJsonString(source._binding.eventPattern)));
  const [, parts] = (JSON.parse(text) as { 'Fn::Join': [string, (string | { Ref: string })[]] })['Fn::Join'];
  const values: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::Region': PLACE.region,
    'AWS::AccountId': PLACE.account,
  };
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : values[part.Ref])).join(''));
}

describe('events of Security Hub that reach the queue', () => {
  const pattern = patternOf(SignalSource.securityHub());
  const CHECK = 'DEVICE_CERTIFICATE_SHARED_CHECK';
  const V2 = {
    metadata: { product: { uid: 'arn:aws:securityhub:eu-west-1::productv2/aws/iot-device-defender-audit' } },
  };
  const ELSEWHERE = 'arn:aws:iot:us-east-1:123456789012:thing/pump-7';

  test.each([
    ['a finding on an ARN', securityHub()],
    ['one of Device Defender, with a bare name', securityHub(detectFinding())],
    ['one in the second format', securityHubV2()],
    ['one of Device Defender that names nothing known', securityHub(detectFinding({ Resources: [{ Id: 'x' }] }))],
    ['one of Audit on a device', securityHub(hubAuditFinding(CHECK, { Id: 'x' }))],
    [
      'one of Audit on a device in the second format',
      securityHubV2({ ...V2, resources: [] }, { title: `${CHECK}: R` }),
    ],
    [
      'one of Detect in the second format',
      securityHubV2({
        resources: [],
        metadata: { product: { uid: V2.metadata.product.uid.replace('audit', 'detect') } },
      }),
    ],
    [
      'one of Device Defender in the second format',
      securityHubV2({
        resources: [{ uid: 'x', data: { Other: { ThingArn: `arn:aws:iot:eu-west-1:123456789012:thing/x` } } }],
      }),
    ],
  ])('%s', (_name, event) => expect(patternMatches(pattern, event)).toBe(true));

  test.each([
    ['a finding on something else', securityHub({ Resources: [{ Id: 'arn:aws:s3:::bucket' }] })],
    ['one of another region', securityHub({ Resources: [{ Id: ELSEWHERE }] })],
    ['one of another region in the second format', securityHubV2({ resources: [{ uid: ELSEWHERE }] })],
    ['one of Audit on a policy', securityHub(hubAuditFinding('IOT_POLICY_OVERLY_PERMISSIVE_CHECK', { Id: 'p' }))],
    [
      'a summary of Audit',
      securityHub(
        hubAuditFinding(CHECK, { Id: 'x' }, { ProductFields: { ReportType: 'CheckSummary', CheckName: CHECK } }),
      ),
    ],
    [
      'one of Audit on a device of another account',
      securityHub(hubAuditFinding(CHECK, {}, { AwsAccountId: '210987654321' })),
    ],
    [
      'a summary of Audit in the second format',
      securityHubV2({ ...V2, resources: [] }, { title: `${CHECK} Summary: 2` }),
    ],
    ['a custom action', securityHub({}, { 'detail-type': 'Security Hub Findings - Custom Action' })],
  ])('and not %s', (_name, event) => expect(patternMatches(pattern, event)).toBe(false));
});

test('findings of GuardDuty about tagged instances of this account and region reach the queue, and no others', () => {
  const pattern = patternOf(SignalSource.guardDuty());
  expect(patternMatches(pattern, guardDuty())).toBe(true);
  for (const detail of [{ accountId: '210987654321' }, { region: 'us-east-1' }, { resource: {} }])
    expect(patternMatches(pattern, guardDuty(detail))).toBe(false);
});
