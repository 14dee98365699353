import type { Stack } from 'aws-cdk-lib';
import { SignalSource } from '../../lib/mitigation/signal-source';
import { patternMatches } from '../../rehearsal/cloud/pattern';
import { detectFinding, guardDuty, PLACE, securityHub, securityHubV2 } from '../lambda/shared/incident/messages';
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
  const ELSEWHERE = 'arn:aws:iot:us-east-1:123456789012:thing/pump-7';

  test.each([
    ['a finding on an ARN', securityHub()],
    ['one of Device Defender, with a bare name', securityHub(detectFinding())],
    ['one in the second format', securityHubV2()],
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
    ['a custom action', securityHub({}, { 'detail-type': 'Security Hub Findings - Custom Action' })],
  ])('and not %s', (_name, event) => expect(patternMatches(pattern, event)).toBe(false));
});

test('findings of GuardDuty about tagged instances of this account and region reach the queue, and no others', () => {
  const pattern = patternOf(SignalSource.guardDuty());
  expect(patternMatches(pattern, guardDuty())).toBe(true);
  for (const detail of [{ accountId: '210987654321' }, { region: 'us-east-1' }, { resource: {} }])
    expect(patternMatches(pattern, guardDuty(detail))).toBe(false);
});
