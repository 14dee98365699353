import { Lazy, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import type { CfnScheduledAudit } from 'aws-cdk-lib/aws-iot';
import { AuditCheck } from '../../lib/posture/audit-check';
import { AuditDay, AuditSchedule } from '../../lib/posture/audit-schedule';
import { DeviceDefenderAudit } from '../../lib/posture/device-defender-audit';
import { ScheduledAudit } from '../../lib/posture/scheduled-audit';
import { templateOf, testApp, testStack } from '../support/app';

const env = { account: '111122223333', region: 'eu-west-1' };

function audited(stack = testStack()): { stack: Stack; audit: DeviceDefenderAudit } {
  const checks = [AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_SHARED];
  return { stack, audit: new DeviceDefenderAudit(stack, 'Audit', { schedules: [], checks }) };
}

test('runs all checks of the audit every day by default, once they are enabled', () => {
  const { stack, audit } = audited();
  const scheduled = new ScheduledAudit(stack, 'Scheduled', { audit });
  templateOf(stack).hasResource('AWS::IoT::ScheduledAudit', {
    Properties: {
      Frequency: 'DAILY',
      ScheduledAuditName: Match.absent(),
      DayOfWeek: Match.absent(),
      DayOfMonth: Match.absent(),
      TargetCheckNames: ['LOGGING_DISABLED_CHECK', 'DEVICE_CERTIFICATE_SHARED_CHECK'],
    },
    DependsOn: Match.arrayWith([stack.getLogicalId(audit.configuration)]),
  });
  const id = stack.getLogicalId(scheduled.node.defaultChild as CfnScheduledAudit);
  expect(stack.resolve(scheduled.scheduledAuditRef)).toEqual({
    scheduledAuditName: { Ref: id },
    scheduledAuditArn: { 'Fn::GetAtt': [id, 'ScheduledAuditArn'] },
  });
  expect(scheduled.env).toEqual({ account: stack.account, region: stack.region });
});

test.each([
  [AuditSchedule.weekly(AuditDay.MONDAY), { Frequency: 'WEEKLY', DayOfWeek: 'MON' }],
  [AuditSchedule.biweekly(AuditDay.FRIDAY), { Frequency: 'BIWEEKLY', DayOfWeek: 'FRI' }],
  [AuditSchedule.monthly(15), { Frequency: 'MONTHLY', DayOfMonth: '15' }],
  [AuditSchedule.monthlyOnLastDay(), { Frequency: 'MONTHLY', DayOfMonth: 'LAST' }],
])('runs some checks under a name, %j', (schedule, expected) => {
  const { stack, audit } = audited();
  audit.addScheduledAudit('Own', {
    schedule,
    checks: [AuditCheck.LOGGING_DISABLED],
    scheduledAuditName: 'my_audit-1',
  });
  templateOf(stack).hasResourceProperties('AWS::IoT::ScheduledAudit', {
    ...expected,
    ScheduledAuditName: 'my_audit-1',
    TargetCheckNames: ['LOGGING_DISABLED_CHECK'],
  });
});

test.each([
  ['a name with a space', { scheduledAuditName: 'a b' }, 'TextInvalid'],
  ['a name with a colon, which only CloudFormation takes', { scheduledAuditName: 'a:b' }, 'TextInvalid'],
  ['a name that is too long', { scheduledAuditName: 'a'.repeat(129) }, 'TextInvalid'],
  ['an empty name', { scheduledAuditName: '' }, 'TextInvalid'],
  ['no checks', { checks: [] }, 'ListSizeInvalid'],
  ['a check twice', { checks: [AuditCheck.LOGGING_DISABLED, AuditCheck.LOGGING_DISABLED] }, 'ListSizeInvalid'],
  ['a check that is off', { checks: [AuditCheck.CONFLICTING_CLIENT_IDS] }, 'ScheduledCheckNotEnabled'],
])('fails for %s', (_name, options, code) => {
  const { stack, audit } = audited();
  expect(() => new ScheduledAudit(stack, 'Scheduled', { audit, ...options })).toThrow(
    expect.objectContaining({ code }),
  );
});

test('takes names that are as long as they may be, or not known yet', () => {
  const { audit } = audited();
  audit.addScheduledAudit('Long', { scheduledAuditName: 'a'.repeat(128) });
  audit.addScheduledAudit('Later', {
    scheduledAuditName: Lazy.string({ produce: () => 'x' }),
    checks: [AuditCheck.of(Lazy.string({ produce: () => 'LOGGING_DISABLED_CHECK' }))],
  });
});

test('fails for a sixth audit in an account', () => {
  const { stack, audit } = audited(new Stack(testApp(), 'Test', { env }));
  for (let number = 1; number <= 5; number += 1) audit.addScheduledAudit(`Audit${number}`);
  expect(() => new ScheduledAudit(stack, 'Sixth', { audit })).toThrow(/may have 5 .* number 6 .*ScheduledAuditLimit/);
});

test('fails for a name that is taken in the account, in whatever stack', () => {
  const app = testApp();
  const { audit } = audited(new Stack(app, 'First', { env }));
  const named = { scheduledAuditName: 'daily' };
  audit.addScheduledAudit('Daily', named);
  const second = new Stack(app, 'Second', { env });
  expect(() => new ScheduledAudit(second, 'Other', { audit, ...named })).toThrow(
    /already that of First\/Audit\/Daily.*ScheduledAuditNameTaken/,
  );
  const elsewhere = new Stack(app, 'Elsewhere', { env: { ...env, region: 'us-east-1' } });
  audited(elsewhere).audit.addScheduledAudit('Daily', named);
});
