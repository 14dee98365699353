import { CfnAccountAuditConfiguration, CfnScheduledAudit } from 'aws-cdk-lib/aws-iot';
import { AUDIT_CHECKS, type AuditCheckFacts, auditCheckFacts, meantAuditCheck } from '../../lib/internal/audit-checks';
import { templateOf, testStack } from '../support/app';

const checks = Object.entries<AuditCheckFacts>(AUDIT_CHECKS);

test('there are the 17 checks of the service, each once', () => {
  expect(checks).toHaveLength(17);
  for (const part of ['name', 'cloudFormationName'] as const)
    expect(new Set(checks.map(([, check]) => check[part])).size).toBe(17);
});

test.each(checks)('%s is complete', (constant, check) => {
  expect(check.name).toBe(`${constant}_CHECK`);
  expect(check.reasonCodes.length).toBeGreaterThan(0);
  expect(new Set(check.reasonCodes).size).toBe(check.reasonCodes.length);
  expect(check.cloudFormationName.toUpperCase()).toBe(check.name.replaceAll('_', ''));
});

test('severities are those of the documentation', () => {
  const by = (severity: string): string[] =>
    checks.filter(([, check]) => check.severity === severity).map(([name]) => name);
  expect(by('LOW')).toEqual(['DEVICE_CERTIFICATE_AGE', 'LOGGING_DISABLED']);
  expect(by('HIGH')).toEqual(['CONFLICTING_CLIENT_IDS']);
  expect(by('MEDIUM')).toEqual([
    'CA_CERTIFICATE_EXPIRING',
    'DEVICE_CERTIFICATE_EXPIRING',
    'IOT_POLICY_POTENTIAL_MISCONFIGURATION',
    'IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES',
    'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE',
  ]);
  expect(by('CRITICAL')).toHaveLength(9);
});

test('thresholds are those of the documentation', () => {
  expect(checks.flatMap(([name, { threshold }]) => (threshold === undefined ? [] : [[name, threshold]]))).toEqual([
    ['DEVICE_CERTIFICATE_AGE', { name: 'CERT_AGE_THRESHOLD_IN_DAYS', minDays: 30, maxDays: 3652, defaultDays: 365 }],
    [
      'DEVICE_CERTIFICATE_EXPIRING',
      { name: 'CERT_EXPIRATION_THRESHOLD_IN_DAYS', minDays: 30, maxDays: 3652, defaultDays: 30 },
    ],
  ]);
});

test('CloudFormation knows every check by the name in the table', () => {
  const stack = testStack();
  const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
  new CfnAccountAuditConfiguration(stack, 'Configuration', {
    accountId: '111122223333',
    roleArn: 'arn:aws:iam::111122223333:role/audit',
    auditCheckConfigurations: Object.fromEntries(
      checks.map(([, check]) => [camel(check.cloudFormationName), { enabled: true }]),
    ) as never,
  });
  new CfnScheduledAudit(stack, 'Audit', {
    frequency: 'DAILY',
    targetCheckNames: checks.map(([, check]) => check.name),
  });
  templateOf(stack).hasResourceProperties('AWS::IoT::AccountAuditConfiguration', {
    AuditCheckConfigurations: Object.fromEntries(
      checks.map(([, check]) => [check.cloudFormationName, { Enabled: true }]),
    ),
  });
});

test('finds a check by its name', () => {
  expect(auditCheckFacts('LOGGING_DISABLED_CHECK')).toBe(AUDIT_CHECKS.LOGGING_DISABLED);
  expect(auditCheckFacts('LOGGING_DISABLED')).toBeUndefined();
});

test.each([
  ['REVOKED_CA_CERT_CHECK', 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK'],
  ['REVOKED_DEVICE_CERT_CHECK', 'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK'],
  ['IOT_POLICY_POTENTIAL_MIS_CONFIGURATION_CHECK', 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK'],
  ['INTERMEDIATE_CA_REVOKED_CHECK', 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK'],
  ['LOGGING_DISABLED', 'LOGGING_DISABLED_CHECK'],
  ['logging_disabled_check', 'LOGGING_DISABLED_CHECK'],
  ['IoTPolicyPotentialMisConfigurationCheck', 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK'],
])('%s means %s', (wrong, meant) => {
  expect(meantAuditCheck(wrong)?.name).toBe(meant);
});

test('what means nothing, means nothing', () => {
  expect(meantAuditCheck('SOMETHING_NEW_CHECK')).toBeUndefined();
});
