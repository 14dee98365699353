import { CORPUS } from '../../../bench/compliance/corpus';
import { cfnGuard, judgeWithGuard } from '../../../bench/compliance/cfn-guard';
import { guardRules } from '../../../lib/compliance/guard/generate';
import { GUARD_SUBSET } from '../../../lib/compliance/guard/subset';
import { CATALOG } from '../../../lib/compliance/rules/catalog';
import { allow, CONNECT, deny, policy } from '../support/policies';
import { iot, one } from '../support/resources';
import type { Resources } from '../support/rewrite';

const RULES = guardRules(CATALOG);

/** What each rule must find, also in Guard. */
const BAD: { readonly [ruleId: string]: Resources } = {
  'ZTI-POL1': policy(allow('iot:*', 'topic/x')),
  'ZTI-POL2': policy(allow('iot:Connect', 'client/${iot:ClientId}')),
  'ZTI-POL3': policy(CONNECT, allow('iot:Publish', 'topic/dt/*')),
  'ZTI-POL4': policy(CONNECT, allow('iot:Subscribe', 'topicfilter/dt/+/x')),
  'ZTI-POL7': policy(CONNECT, deny('iot:Publish', 'topic/dt/#')),
  'ZTI-POL8': policy(CONNECT, allow('iot:AttachPolicy', '*')),
  'ZTI-RA3': policy(CONNECT, allow('iot:AssumeRoleWithCertificate', 'rolealias/*')),
  'ZTI-ID3': iot('ThingPrincipalAttachment', { ThingName: 't', Principal: 'p' }),
  'ZTI-PRV1': iot('ProvisioningTemplate', { Enabled: true, TemplateBody: '{}' }),
  'ZTI-PRV4': one('AWS::Lambda::Permission', { Principal: 'iot.amazonaws.com' }),
  'ZTI-CA1': iot('CACertificate', { AutoRegistrationStatus: 'ENABLE' }),
  'ZTI-CA2': iot('CACertificate', { CertificateMode: 'SNI_ONLY' }),
  'ZTI-TLS1': iot('DomainConfiguration', { TlsConfig: { SecurityPolicy: 'IoTSecurityPolicy_TLS12_1_0_2016_01' } }),
  'ZTI-TLS2': iot('DomainConfiguration', { AuthorizerConfig: { AllowAuthorizerOverride: true } }),
  'ZTI-AUT1': iot('Authorizer', { SigningDisabled: true }),
  'ZTI-AUT2': iot('Authorizer', { EnableCachingForHttp: true }),
  'ZTI-RA1': iot('RoleAlias', { CredentialDurationSeconds: 7200 }),
  'ZTI-AUD4': iot('AccountAuditConfiguration', {}),
  'ZTI-DET1': iot('SecurityProfile', { TargetArns: [] }),
  'ZTI-LOG1': iot('Logging', { DefaultLogLevel: 'DISABLED' }),
  'ZTI-RUL1': iot('TopicRule', { TopicRulePayload: { Sql: "SELECT * FROM 'a'" } }),
  'ZTI-JOB1': iot('JobTemplate', {}),
};

const nameOf = (ruleId: string): string => ruleId.replaceAll('-', '_');

test('every rule is from the catalog, says what it loses, and is marked as a part', () => {
  expect(Object.keys(BAD).sort()).toEqual(GUARD_SUBSET.map(({ ruleId }) => ruleId).sort());
  for (const { ruleId, lost } of GUARD_SUBSET) {
    expect(CATALOG.map(({ id }) => id)).toContain(ruleId);
    expect(RULES).toContain(`# Lost: ${lost}`);
  }
  expect(RULES).toContain('# PARTIAL');
  for (const { id } of CATALOG) expect(RULES).toContain(id);
});

const binary = cfnGuard();
/** Skipped on platforms for which its package brings no executable. */
const whereGuardRuns = binary === undefined ? describe.skip : describe;

whereGuardRuns('by the real cfn-guard', () => {
  const judge = (resources: readonly object[]) =>
    judgeWithGuard(
      binary ?? '',
      RULES,
      resources.map((each) => ({ Resources: each })),
    );

  test('every rule finds what is bad', () => {
    const results = judge(Object.values(BAD));
    const missed = Object.keys(BAD).filter((ruleId, index) => !results[index]?.failed.includes(nameOf(ruleId)));
    expect(missed).toEqual([]);
  });

  test('every rule passes its own fix', () => {
    const fixes = GUARD_SUBSET.map(({ ruleId }) => CATALOG.find(({ id }) => id === ruleId)!);
    const results = judge(fixes.map(({ example }) => example));
    expect(results.flatMap(({ failed }) => failed)).toEqual([]);
    expect(new Set(results.flatMap(({ passed }) => passed)).size).toBeGreaterThan(18);
  });

  test('of what is good, it reports no more than it says', () => {
    const good = CORPUS.filter(({ label }) => label === 'good');
    const results = judge(good.map(({ resources }) => resources));
    const reported = good.flatMap(({ name }, index) => (results[index]?.failed ?? []).map((rule) => `${rule} ${name}`));
    expect(reported).toEqual([
      'ZTI_POL3 one gateway by its name',
      'ZTI_POL3 a wide grant that a Deny takes back',
      'ZTI_POL2 all, and who is not attached is denied',
      'ZTI_POL3 all, but denied outside of its own',
    ]);
  });
});
