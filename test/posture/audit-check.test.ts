import { Lazy } from 'aws-cdk-lib';
import { AUDIT_CHECKS } from '../../lib/internal/audit-checks';
import { AuditCheck, AuditSeverity } from '../../lib/posture/audit-check';

test.each(Object.entries(AUDIT_CHECKS))('there is a constant %s', (constant, facts) => {
  const check = (AuditCheck as unknown as Record<string, AuditCheck>)[constant];
  expect(check).toMatchObject({
    checkName: facts.name,
    severity: facts.severity,
    reasonCodes: facts.reasonCodes,
    mitigationActionTypes: facts.mitigationActions,
  });
  expect(String(check)).toBe(facts.name);
  expect(AuditCheck.of(facts.name)).toEqual(check);
});

test('all are all', () => {
  expect(AuditCheck.all().map(String)).toEqual(Object.values(AUDIT_CHECKS).map(({ name }) => name));
  expect(AuditCheck.all()[0]?.severity).toBe(AuditSeverity.CRITICAL);
});

test('a check that is newer than the library is taken as it is', () => {
  expect(AuditCheck.of('SOMETHING_NEW_CHECK')).toMatchObject({
    checkName: 'SOMETHING_NEW_CHECK',
    severity: undefined,
    reasonCodes: [],
    mitigationActionTypes: [],
  });
});

test('a name that is known only at deployment passes', () => {
  const name = Lazy.string({ produce: () => 'LOGGING_DISABLED_CHECK' });
  expect(AuditCheck.of(name).checkName).toBe(name);
});

test.each([
  ['an outdated name', 'REVOKED_CA_CERT_CHECK', 'use REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK'],
  [
    'the name that looks like the property of CloudFormation',
    'IOT_POLICY_POTENTIAL_MIS_CONFIGURATION_CHECK',
    'use IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK',
  ],
  ['a name without its ending', 'LOGGING_DISABLED', 'use LOGGING_DISABLED_CHECK'],
  ['small letters', 'logging_disabled_check', 'use LOGGING_DISABLED_CHECK'],
  ['nothing', '', 'capital letters'],
  ['white space', 'LOGGING DISABLED_CHECK', 'capital letters'],
  ['another ending', 'SOMETHING_NEW', 'capital letters'],
  ['a name that is too long', `${'A'.repeat(130)}_CHECK`, 'capital letters'],
])('fails for %s', (_name, checkName, hint) => {
  expect(() => AuditCheck.of(checkName)).toThrow(hint);
  expect(() => AuditCheck.of(checkName)).toThrow(expect.objectContaining({ code: 'AuditCheckUnknown' }));
});
