import { audit, type AuditState } from '../../../lambda/adopt-account-settings/audit';
import { ageThreshold, auditProperties, NOTIFIER, ROLE, TOPIC } from './properties';

const AGE = 'check:DEVICE_CERTIFICATE_AGE_CHECK';
const DAYS = `${AGE}/CERT_AGE_THRESHOLD_IN_DAYS`;
const LOGGING = 'check:LOGGING_DISABLED_CHECK';
const OURS = JSON.stringify({ targetArn: TOPIC, roleArn: NOTIFIER, enabled: true });
const OFF = JSON.stringify({ targetArn: 'theirs', roleArn: 'role', enabled: false });

test('wants role, target, checks and thresholds', () => {
  expect(audit.parse(auditProperties({ ...ageThreshold('180'), ReplaceExisting: 'true' }))).toEqual({
    ok: true,
    value: {
      wants: { roleArn: ROLE, notification: OURS, [LOGGING]: 'true', [AGE]: 'true', [DAYS]: '180' },
      replace: true,
    },
  });
});

test.each([
  ['a role', { RoleArn: undefined }, 'RoleArn must be a text'],
  ['a target', { NotificationTargetArn: '' }, 'NotificationTargetArn must be a text'],
  ['a role for the target', { NotificationRoleArn: [] }, 'NotificationRoleArn must be a text'],
  ['checks', { CheckNames: [] }, 'CheckNames must name a check'],
  ['thresholds that are texts', ageThreshold(1 as never), 'Thresholds of DEVICE_CERTIFICATE_AGE_CHECK must be texts'],
  ['an answer whether to replace', { ReplaceExisting: 'x' }, 'ReplaceExisting must be true or false'],
])('fails without %s', (_name, options, reason) => {
  expect(audit.parse(auditProperties(options))).toEqual({ ok: false, reason });
});

test('thresholds of nothing are none', () => {
  expect(audit.parse(auditProperties({ Thresholds: { X_CHECK: null } }))).toMatchObject({ ok: true });
});

test('another set of checks is another version, another threshold or order is not', () => {
  const version = (options: object): string => {
    const parsed = audit.parse(auditProperties({ ...options }));
    return parsed.ok ? audit.version(parsed.value) : '';
  };
  const first = version({});
  expect(version({ ...ageThreshold('180'), RoleArn: 'other' })).toBe(first);
  expect(version({ CheckNames: ['DEVICE_CERTIFICATE_AGE_CHECK', 'LOGGING_DISABLED_CHECK'] })).toBe(first);
  expect(version({ CheckNames: ['LOGGING_DISABLED_CHECK'] })).not.toBe(first);
});

test('reads what the account has', () => {
  const state: AuditState = {
    roleArn: ROLE,
    notification: { targetArn: TOPIC, roleArn: NOTIFIER, enabled: true },
    checks: {
      DEVICE_CERTIFICATE_AGE_CHECK: { enabled: true, configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '90' } },
      LOGGING_DISABLED_CHECK: { enabled: false },
    },
  };
  expect(audit.flatten(state)).toEqual({
    roleArn: ROLE,
    notification: OURS,
    [AGE]: 'true',
    [DAYS]: '90',
    [LOGGING]: 'false',
  });
  expect(audit.flatten({ notification: { enabled: false }, checks: {} })).toEqual({});
});

test.each([
  ['a check is enabled', LOGGING, 'true', { [LOGGING]: 'false' }, false, 'true'],
  ['a role is set where there is none', 'roleArn', 'ours', {}, false, 'ours'],
  ['a role of others is kept', 'roleArn', 'ours', { roleArn: 'theirs' }, false, 'theirs'],
  ['a role of others is replaced when asked', 'roleArn', 'ours', { roleArn: 'theirs' }, true, 'ours'],
  ['a target of others is kept', 'notification', 'x', { notification: OURS }, false, OURS],
  ['a target that is off is nobody’s', 'notification', OURS, { notification: OFF }, false, OURS],
  ['a threshold of others is kept', DAYS, '180', { [DAYS]: '90', [AGE]: 'true' }, false, '90'],
  ['a threshold of others is replaced when asked', DAYS, '180', { [DAYS]: '90', [AGE]: 'true' }, true, '180'],
  ['a threshold of a check that was off is nobody’s', DAYS, '180', { [DAYS]: '90', [AGE]: 'false' }, false, '180'],
  ['a threshold that is the service’s is nobody’s', DAYS, '180', { [DAYS]: '365', [AGE]: 'true' }, false, '180'],
])('%s', (_name, key, want, base, replace, expected) => {
  expect(audit.rule(key, want, base, replace)).toBe(expected);
});

test('only checks wait until scheduled audits were updated', () => {
  expect([LOGGING, DAYS, 'roleArn', 'notification'].filter((key) => audit.defer(key))).toEqual([LOGGING]);
});

test('a check goes with its threshold when not all can go', () => {
  expect([LOGGING, AGE, DAYS, 'roleArn'].map((key) => audit.group(key))).toEqual([LOGGING, AGE, AGE, 'roleArn']);
});

test('role and target hand a role over', () => {
  expect([LOGGING, DAYS, 'roleArn', 'notification'].filter((key) => audit.passesRole(key))).toEqual([
    'roleArn',
    'notification',
  ]);
});

describe('calls', () => {
  const state: AuditState = {
    roleArn: ROLE,
    notification: { targetArn: TOPIC, roleArn: NOTIFIER, enabled: true },
    checks: {
      DEVICE_CERTIFICATE_AGE_CHECK: { enabled: true, configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '180' } },
      LOGGING_DISABLED_CHECK: { enabled: true },
    },
  };

  test('name what changes and nothing else', () => {
    expect(audit.steps(state, { [LOGGING]: 'false' }, 0)).toEqual({
      steps: [{ call: { kind: 'patch', checks: { LOGGING_DISABLED_CHECK: { enabled: false } } } }],
      cannot: [],
    });
    expect(audit.steps(state, { roleArn: 'other' }, 0).steps).toEqual([{ call: { kind: 'patch', roleArn: 'other' } }]);
  });

  test('carry the threshold of a check along', () => {
    expect(audit.steps(state, { [AGE]: 'false' }, 0).steps).toEqual([
      {
        call: {
          kind: 'patch',
          checks: {
            DEVICE_CERTIFICATE_AGE_CHECK: { enabled: false, configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '180' } },
          },
        },
      },
    ]);
  });

  test.each([
    [
      'an enabled check has the service’s own',
      {},
      { enabled: true, configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '365' } },
    ],
    ['a disabled check has none', { [AGE]: 'false' }, { enabled: false }],
  ])('unset a threshold: %s', (_name, changes, check) => {
    expect(audit.steps(state, { [DAYS]: null, ...changes }, 0).steps).toEqual([
      { call: { kind: 'patch', checks: { DEVICE_CERTIFICATE_AGE_CHECK: check } } },
    ]);
  });

  test('set a threshold that was not there', () => {
    const changes = {
      'check:DEVICE_CERTIFICATE_EXPIRING_CHECK': 'true',
      'check:DEVICE_CERTIFICATE_EXPIRING_CHECK/CERT_EXPIRATION_THRESHOLD_IN_DAYS': '60',
    };
    expect(audit.steps(state, changes, 0).steps).toMatchObject([
      {
        call: {
          checks: {
            DEVICE_CERTIFICATE_EXPIRING_CHECK: {
              enabled: true,
              configuration: { CERT_EXPIRATION_THRESHOLD_IN_DAYS: '60' },
            },
          },
        },
      },
    ]);
  });

  test('unset a target by turning it off', () => {
    expect(audit.steps(state, { notification: null }, 0).steps).toEqual([
      { call: { kind: 'patch', notification: { enabled: false } } },
    ]);
  });

  test('put back a target that was off, without its role if that may not be passed', () => {
    expect(audit.steps(state, { notification: OFF }, 0).steps).toEqual([
      {
        call: { kind: 'patch', notification: { targetArn: 'theirs', roleArn: 'role', enabled: false } },
        ifDenied: { kind: 'patch', notification: { enabled: false } },
      },
    ]);
    expect(audit.steps(state, { notification: OURS }, 0).steps).toEqual([
      { call: { kind: 'patch', notification: { targetArn: TOPIC, roleArn: NOTIFIER, enabled: true } } },
    ]);
  });

  test('delete a configuration that nobody uses any more', () => {
    const changes = { roleArn: null, notification: null, [LOGGING]: 'false', [AGE]: 'false', [DAYS]: null };
    expect(audit.steps(state, changes, 0)).toEqual({ steps: [{ call: { kind: 'delete' } }], cannot: [] });
  });

  test('delete a configuration in which only the service’s own threshold of a check that is off is left', () => {
    const unset = {
      ...state.checks.DEVICE_CERTIFICATE_AGE_CHECK!,
      configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '365' },
    };
    const checks = { ...state.checks, DEVICE_CERTIFICATE_AGE_CHECK: unset };
    const changes = { roleArn: null, notification: null, [LOGGING]: 'false', [AGE]: 'false' };
    expect(audit.steps({ ...state, checks }, changes, 0)).toEqual({
      steps: [{ call: { kind: 'delete' } }],
      cannot: [],
    });
    expect(audit.steps({ ...state, checks }, { ...changes, [AGE]: 'true' }, 0).cannot).toEqual(['roleArn']);
  });

  test.each([
    ['a check is on', { roleArn: null, notification: null, [LOGGING]: 'false', [DAYS]: null }],
    ['a target is set', { roleArn: null, [LOGGING]: 'false', [AGE]: 'false', [DAYS]: null }],
    ['a threshold is set', { roleArn: null, notification: null, [LOGGING]: 'false', [AGE]: 'false' }],
  ])('leave the role where %s', (_name, changes) => {
    const { steps, cannot } = audit.steps(state, changes, 0);
    expect(cannot).toEqual(['roleArn']);
    expect(steps).toHaveLength(1);
    expect(steps[0]?.call).toMatchObject({ kind: 'patch' });
    expect(steps[0]?.call).not.toHaveProperty('roleArn', expect.anything());
  });

  test('are none where only the role cannot go', () => {
    expect(audit.steps(state, { roleArn: null }, 0)).toEqual({ steps: [], cannot: ['roleArn'] });
  });
});
