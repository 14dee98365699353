import { Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { AuditCheck } from '../../lib/posture/audit-check';
import { AuditSuppression, type AuditSuppressionProps } from '../../lib/posture/audit-suppression';
import { DeviceDefenderAudit } from '../../lib/posture/device-defender-audit';
import { SuppressedResource } from '../../lib/posture/suppressed-resource';
import { SuppressionExpiry } from '../../lib/posture/suppression-expiry';
import { templateOf, testApp, testStack } from '../support/app';

const env = { account: '111122223333', region: 'eu-west-1' };
const ID = '0123456789abcdef'.repeat(4);

function props(options: Partial<AuditSuppressionProps> = {}): AuditSuppressionProps {
  return {
    check: AuditCheck.DEVICE_CERTIFICATE_SHARED,
    resource: SuppressedResource.deviceCertificate(ID),
    expiry: SuppressionExpiry.on('2999-12-31'),
    reason: 'test bench',
    ...options,
  };
}

test('says check, resource, end and reason', () => {
  const stack = testStack();
  new AuditSuppression(stack, 'Suppression', props());
  templateOf(stack).hasResourceProperties('Custom::IotAuditSuppression', {
    CheckName: 'DEVICE_CERTIFICATE_SHARED_CHECK',
    ResourceIdentifier: { deviceCertificateId: ID },
    ExpirationDate: String(Date.UTC(2999, 11, 31, 23, 59, 59) / 1000),
    Reason: 'test bench',
  });
  Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('SuppressionWithoutEnd|never reported'));
});

test('warns of one without an end', () => {
  const stack = testStack();
  new AuditSuppression(stack, 'Suppression', props({ expiry: SuppressionExpiry.never() }));
  templateOf(stack).hasResourceProperties('Custom::IotAuditSuppression', { ExpirationDate: Match.absent() });
  Annotations.fromStack(stack).hasWarning(
    '/Test/Suppression',
    Match.stringLikeRegexp('zero-trust-iot:SuppressionWithoutEnd'),
  );
});

test('the handler may do with suppressions what it must, and nothing else of the audit', () => {
  const stack = testStack();
  new AuditSuppression(stack, 'Suppression', props());
  const text = JSON.stringify(templateOf(stack).toJSON());
  expect([...new Set(text.match(/"iot:\w+"/g))].sort()).toEqual(
    ['Create', 'Delete', 'Describe', 'Update'].map((verb) => `"iot:${verb}AuditSuppression"`),
  );
});

test('several share the rights', () => {
  const stack = testStack();
  new AuditSuppression(stack, 'One', props());
  const before = Object.keys(templateOf(stack).toJSON().Resources as object).length;
  const other = testStack();
  new AuditSuppression(other, 'One', props());
  new AuditSuppression(other, 'Two', props({ check: AuditCheck.DEVICE_CERTIFICATE_EXPIRING }));
  expect(Object.keys(templateOf(other).toJSON().Resources as object)).toHaveLength(before + 1);
});

test.each([
  ['an empty reason', { reason: '' }, 'TextInvalid'],
  ['a reason that is too long', { reason: 'a'.repeat(1_001) }, 'TextInvalid'],
  ['a reason outside ASCII', { reason: 'für Tests' }, 'TextInvalid'],
  ['a resource that is none', { resource: SuppressedResource.account('1') }, 'SuppressedResourceInvalid'],
  ['a date that is none', { expiry: SuppressionExpiry.on('soon') }, 'SuppressionExpiryInvalid'],
  ['a date that is over', { expiry: SuppressionExpiry.on('2001-01-01') }, 'SuppressionExpired'],
])('fails for %s', (_name, options, code) => {
  expect(() => new AuditSuppression(testStack(), 'Suppression', props(options))).toThrow(
    expect.objectContaining({ code }),
  );
});

test('takes a reason that is as long as it may be, or not known yet', () => {
  const stack = testStack();
  new AuditSuppression(stack, 'Long', props({ reason: 'a'.repeat(1_000) }));
  const later = { reason: Lazy.string({ produce: () => 'x' }), check: AuditCheck.LOGGING_DISABLED };
  new AuditSuppression(stack, 'Later', props(later));
});

test('fails for a check that the audit does not enable', () => {
  const stack = testStack();
  const audit = new DeviceDefenderAudit(stack, 'Audit', { checks: [AuditCheck.LOGGING_DISABLED] });
  expect(() => audit.addSuppression('Suppression', props())).toThrow(/does not enable.*SuppressedCheckNotEnabled/);
});

test('fails for a finding that is suppressed already in the account, in whatever stack', () => {
  const app = testApp();
  new AuditSuppression(new Stack(app, 'First', { env }), 'Suppression', props());
  const second = new Stack(app, 'Second', { env });
  expect(() => new AuditSuppression(second, 'Suppression', props())).toThrow(/by First\/Suppression.*SuppressionTaken/);
  new AuditSuppression(second, 'OtherCheck', props({ check: AuditCheck.DEVICE_CERTIFICATE_EXPIRING }));
  new AuditSuppression(new Stack(app, 'Elsewhere', { env: { ...env, region: 'us-east-1' } }), 'Suppression', props());
});
