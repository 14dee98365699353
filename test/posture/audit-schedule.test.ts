import { Lazy, Stack } from 'aws-cdk-lib';
import { AuditDay, AuditSchedule } from '../../lib/posture/audit-schedule';

test.each([
  ['daily', AuditSchedule.daily(), { frequency: 'DAILY' }],
  ['weekly', AuditSchedule.weekly(AuditDay.SUNDAY), { frequency: 'WEEKLY', dayOfWeek: 'SUN' }],
  ['biweekly', AuditSchedule.biweekly(AuditDay.SATURDAY), { frequency: 'BIWEEKLY', dayOfWeek: 'SAT' }],
  ['monthly on the first', AuditSchedule.monthly(1), { frequency: 'MONTHLY', dayOfMonth: '1' }],
  ['monthly on the 31st', AuditSchedule.monthly(31), { frequency: 'MONTHLY', dayOfMonth: '31' }],
  ['monthly on the last day', AuditSchedule.monthlyOnLastDay(), { frequency: 'MONTHLY', dayOfMonth: 'LAST' }],
])('%s', (_name, schedule, expected) => {
  expect({ ...schedule }).toEqual(expected);
});

test('the days are those of the service', () => {
  expect(Object.values(AuditDay)).toEqual(['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT']);
});

test('a day that is known only at deployment passes', () => {
  const day = Lazy.number({ produce: () => 5 });
  expect(new Stack().resolve(AuditSchedule.monthly(day).dayOfMonth)).toBe('5');
});

test.each([0, 32, 1.5, Number.NaN, -1])('fails for day %s', (day) => {
  expect(() => AuditSchedule.monthly(day)).toThrow(
    /'dayOfMonth' must be a whole number from 1 to 31.*AuditScheduleInvalid/,
  );
});
