import { openCloud, type RehearsalCloud } from '../../../../rehearsal/cloud/rehearsal-cloud';
import type { AuditEvent, NewEvent } from '../../../../rehearsal/ports';
import { makeCertificate } from '../../../../rehearsal/actor';
import { AUDIT_CHECKS } from '../../../../lib/internal/audit-checks';
import { assemblyOf } from '../../../support/rehearsal-assembly';
import { arnOf, role } from '../../../support/rehearsal-stack';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5, 8);
const ALL = Object.values(AUDIT_CHECKS);
let cloud: RehearsalCloud | undefined;

afterEach(async () => {
  await cloud?.close();
  cloud = undefined;
});

interface Options {
  readonly checks?: readonly string[];
  readonly actions?: readonly string[];
  readonly alerts?: readonly string[];
  readonly configuration?: object;
  readonly schedule?: object;
  readonly resources?: Readonly<Record<string, object>>;
  readonly startAt?: number;
}

/** An account in which each check is on and which is audited every day, with a queue that hears of it. */
async function audited({
  checks = ALL.map(({ name }) => name),
  actions = ['iot:List*', 'iot:Get*', 'iot:Describe*'],
  alerts = ['sns:Publish'],
  configuration = {},
  schedule = { Frequency: 'DAILY' },
  resources = {},
  startAt = START,
}: Options = {}) {
  const on = Object.fromEntries(ALL.map(({ cloudFormationName }) => [cloudFormationName, { Enabled: true }]));
  const assembly = assemblyOf({
    S: {
      Resources: {
        Reads: role('iot.amazonaws.com', ...actions),
        Tells: role('iot.amazonaws.com', ...alerts),
        Alerts: { Type: 'AWS::SNS::Topic' },
        Inbox: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'inbox' } },
        InboxPolicy: {
          Type: 'AWS::SQS::QueuePolicy',
          Properties: {
            Queues: [{ Ref: 'Inbox' }],
            PolicyDocument: {
              Statement: [
                { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:*', Resource: '*' },
              ],
            },
          },
        },
        Subscription: {
          Type: 'AWS::SNS::Subscription',
          Properties: {
            TopicArn: { Ref: 'Alerts' },
            Protocol: 'sqs',
            Endpoint: arnOf('Inbox'),
            RawMessageDelivery: true,
          },
        },
        Configuration: {
          Type: 'AWS::IoT::AccountAuditConfiguration',
          Properties: {
            AccountId: { Ref: 'AWS::AccountId' },
            RoleArn: arnOf('Reads'),
            AuditCheckConfigurations: { ...on, ...configuration },
            AuditNotificationTargetConfigurations: {
              Sns: { TargetArn: { Ref: 'Alerts' }, RoleArn: arnOf('Tells'), Enabled: true },
            },
          },
        },
        Schedule: {
          Type: 'AWS::IoT::ScheduledAudit',
          DependsOn: 'Configuration',
          Properties: { ScheduledAuditName: 'daily', TargetCheckNames: checks, ...schedule },
        },
        ...resources,
      },
    },
  });
  cloud = await openCloud({ assembly, startAt });
  const { events, clock, services, registry } = cloud;
  const audits = () => events.all().filter((event): event is AuditEvent => event.kind === 'audit');
  const who = { kind: 'device', name: 'client' } as const;
  const session = (change: 'connected' | 'disconnected', clientId: string, certificateId: string, reason?: string) =>
    events.emit({ kind: 'connection', who, what: change, change, clientId, certificateId, reason } as NewEvent);
  return {
    services,
    registry,
    events,
    audits,
    passes: (ms: number) => clock.advance(ms),
    /** What the last audit said of a check. */
    said: (check: string) =>
      audits()
        .at(-1)
        ?.checks.find((each) => each.check === check),
    messages: () =>
      services.sqs.find('inbox')?.messages.map(({ body }) => JSON.parse(body) as Readonly<Record<string, unknown>>) ??
      [],
    connects: (clientId: string, certificateId: string) => session('connected', clientId, certificateId),
    leaves: (clientId: string, certificateId: string, reason = 'CLIENT_INITIATED_DISCONNECT') =>
      session('disconnected', clientId, certificateId, reason),
    certificate: (name = 'device') =>
      registry.addCertificate(makeCertificate(name, clock.now()).certificatePem, 'ACTIVE').certificateId,
    logs: () =>
      services.account.setLogging({ roleArn: 'arn:aws:iam::123456789012:role/logs', defaultLogLevel: 'WARN' }),
    policy: (...statements: object[]) =>
      services.policies.create({
        policyName: `policy-${registry.policies.size}`,
        policyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
      }),
    findings: (input: object = {}) =>
      (
        services.audits.listFindings({ taskId: audits().at(-1)?.taskId, ...input }) as {
          findings: Readonly<Record<string, unknown>>[];
        }
      ).findings,
    denied: () => events.all().filter((event) => event.kind === 'call' && event.decision?.allowed === false),
  };
}

const iotArn = (resource: string): string => `arn:aws:iot:eu-west-1:123456789012:${resource}`;
const THING = '${iot:Connection.Thing.ThingName}';
const OWN_CONNECT = {
  Effect: 'Allow',
  Action: 'iot:Connect',
  Resource: iotArn(`client/${THING}`),
  Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
};

describe('an audit that is scheduled', () => {
  test('runs every check by itself when it is due, and says so', async () => {
    const a = await audited();
    a.logs();
    await a.passes(HOUR - 1);
    expect(a.audits()).toEqual([]);
    await a.passes(1);
    expect(a.audits()).toHaveLength(1);
    expect(a.audits()[0]?.what).toBe('audit finds nothing in 17 checks (daily)');
    expect(a.audits()[0]?.checks.map(({ check, outcome }) => [check, outcome])).toEqual(
      ALL.map(({ name }) => [name, 'compliant']),
    );
    await a.passes(DAY);
    expect(a.audits()).toHaveLength(2);
    expect(a.denied()).toEqual([]);
  });

  test('tells its topic that it is done, with counts and a list of checks', async () => {
    const a = await audited({ checks: ['LOGGING_DISABLED_CHECK', 'DEVICE_CERTIFICATE_EXPIRING_CHECK'] });
    a.certificate();
    await a.passes(HOUR);
    const [message] = a.messages();
    expect(message).toEqual({
      accountId: '123456789012',
      taskId: a.audits()[0]?.taskId,
      taskStatus: 'COMPLETED',
      taskType: 'SCHEDULED_AUDIT_TASK',
      taskStartTime: START + HOUR,
      failedChecksCount: 0,
      canceledChecksCount: 0,
      nonCompliantChecksCount: 1,
      compliantChecksCount: 1,
      totalChecksCount: 2,
      auditDetails: [
        {
          checkName: 'LOGGING_DISABLED_CHECK',
          checkRunStatus: 'COMPLETED_NON_COMPLIANT',
          nonCompliantResourcesCount: 1,
          totalResourcesCount: 1,
          suppressedNonCompliantResourceCount: 0,
        },
        {
          checkName: 'DEVICE_CERTIFICATE_EXPIRING_CHECK',
          checkRunStatus: 'COMPLETED_COMPLIANT',
          nonCompliantResourcesCount: 0,
          totalResourcesCount: 1,
          suppressedNonCompliantResourceCount: 0,
        },
      ],
    });
  });

  test('fails to look where its role may not, and the denial is on record', async () => {
    const a = await audited({ actions: ['iot:GetLoggingOptions', 'iot:GetV2LoggingOptions', 'iot:ListCertificates'] });
    a.certificate();
    await a.passes(HOUR);
    expect(a.said('DEVICE_CERTIFICATE_AGE_CHECK')).toMatchObject({
      outcome: 'failed',
      because: expect.stringMatching(/may not iot:DescribeCertificate on .*:cert\//) as string,
    });
    expect(a.said('LOGGING_DISABLED_CHECK')).toMatchObject({ outcome: 'found' });
    expect(a.audits()[0]?.what).toMatch(/ in 17 checks, and \d+ say nothing \(daily\)$/);
    // Once for what the checks of certificates have in common.
    const certificates = a.denied().filter((event) => JSON.stringify(event).includes('iot:DescribeCertificate'));
    expect(certificates).toHaveLength(1);
    expect(a.messages()[0]).toMatchObject({ compliantChecksCount: 3, nonCompliantChecksCount: 1 });
  });

  test('tells nobody where the role of its topic may not publish', async () => {
    const a = await audited({ alerts: ['sns:Subscribe'] });
    await a.passes(HOUR);
    expect(a.messages()).toEqual([]);
    expect(a.denied()).toMatchObject([{ decision: { action: 'sns:Publish' } }]);
  });

  test.each([
    [{ Frequency: 'WEEKLY' }, 'takes a dayOfWeek'],
    [{ Frequency: 'DAILY', TargetCheckNames: ['NO_CHECK'] }, 'NO_CHECK is not enabled'],
  ])('cannot be made with %j', async (schedule, problem) => {
    await expect(audited({ schedule })).rejects.toThrow(problem);
  });

  test('cannot name a check that is off', async () => {
    await expect(audited({ configuration: { LoggingDisabledCheck: { Enabled: false } } })).rejects.toThrow(
      'LOGGING_DISABLED_CHECK is not enabled',
    );
  });

  test('is one of five at the most', async () => {
    const more = Object.fromEntries(
      [1, 2, 3, 4, 5].map((each) => [
        `Schedule${each}`,
        {
          Type: 'AWS::IoT::ScheduledAudit',
          DependsOn: 'Configuration',
          Properties: { Frequency: 'DAILY', TargetCheckNames: ['LOGGING_DISABLED_CHECK'] },
        },
      ]),
    );
    await expect(audited({ resources: more })).rejects.toThrow('at most 5 scheduled audits');
  });
});

describe('checks', () => {
  test('find a certificate that is too old, and one that expires, by the thresholds of the account', async () => {
    const a = await audited({
      configuration: {
        DeviceCertificateAgeCheck: { Enabled: true, Configuration: { CertAgeThresholdInDays: '40' } },
        DeviceCertificateExpiringCheck: { Enabled: true, Configuration: { CertExpirationThresholdInDays: '325' } },
      },
      schedule: { Frequency: 'WEEKLY', DayOfWeek: 'MON' },
    });
    const id = a.certificate();
    await a.passes(36 * DAY);
    expect(a.said('DEVICE_CERTIFICATE_AGE_CHECK')).toMatchObject({ outcome: 'compliant' });
    expect(a.said('DEVICE_CERTIFICATE_EXPIRING_CHECK')).toMatchObject({ outcome: 'compliant' });
    await a.passes(7 * DAY);
    const resource = `DEVICE_CERTIFICATE ${id}`;
    expect(a.said('DEVICE_CERTIFICATE_AGE_CHECK')).toMatchObject({
      found: [{ resource, reason: 'it is 42 days old' }],
    });
    expect(a.said('DEVICE_CERTIFICATE_EXPIRING_CHECK')).toMatchObject({
      found: [{ resource, reason: 'it expires in 322 days' }],
    });
    expect(a.findings({ checkName: 'DEVICE_CERTIFICATE_EXPIRING_CHECK' })).toMatchObject([
      { reasonForNonComplianceCode: 'CERTIFICATE_APPROACHING_EXPIRATION', severity: 'MEDIUM' },
    ]);
    // Nobody can use it any more: nothing is wrong with it.
    a.services.certificates.setStatus(a.registry.existingCertificate(id), 'INACTIVE');
    await a.passes(7 * DAY);
    expect(
      a
        .audits()
        .at(-1)
        ?.checks.filter(({ outcome }) => outcome === 'found'),
    ).toMatchObject([{ check: 'LOGGING_DISABLED_CHECK' }]);
  });

  test('find a client id that was taken over since the audit before', async () => {
    const a = await audited();
    a.connects('pump', 'a'.repeat(64));
    a.connects('pump', 'b'.repeat(64));
    a.leaves('pump', 'a'.repeat(64), 'DUPLICATE_CLIENTID');
    a.connects('other', 'c'.repeat(64));
    a.leaves('other', 'c'.repeat(64));
    await a.passes(HOUR);
    expect(a.said('CONFLICTING_CLIENT_IDS_CHECK')).toMatchObject({ found: [{ resource: 'CLIENT_ID pump' }] });
    const [finding] = a.findings({ checkName: 'CONFLICTING_CLIENT_IDS_CHECK' });
    expect(finding).toMatchObject({
      nonCompliantResource: { resourceType: 'CLIENT_ID', resourceIdentifier: { clientId: 'pump' } },
      severity: 'HIGH',
      isSuppressed: false,
      reasonForNonComplianceCode: 'DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS',
    });
    const related = finding?.relatedResources as { resourceIdentifier: object }[];
    expect(related.map(({ resourceIdentifier }) => resourceIdentifier)).toEqual([
      { deviceCertificateId: 'a'.repeat(64) },
      { deviceCertificateId: 'b'.repeat(64) },
    ]);
    await a.passes(DAY);
    expect(a.said('CONFLICTING_CLIENT_IDS_CHECK')).toMatchObject({ outcome: 'compliant' });
  });

  test('find a certificate with which several clients are connected at once, and not one after the other', async () => {
    const a = await audited();
    const [shared, own] = [a.certificate('shared'), a.certificate('own')];
    a.connects('one', shared);
    a.connects('two', shared);
    a.connects('three', own);
    a.leaves('three', own);
    a.connects('four', own);
    await a.passes(HOUR);
    const check = 'DEVICE_CERTIFICATE_SHARED_CHECK';
    expect(a.said(check)?.found).toMatchObject([
      { resource: `DEVICE_CERTIFICATE ${shared}`, reason: 'one and two were connected with it at once' },
    ]);
    // They still are, though nothing has happened since.
    await a.passes(DAY);
    expect(a.said(check)?.found).toHaveLength(1);
    a.leaves('two', shared);
    await a.passes(2 * DAY);
    expect(a.said(check)).toMatchObject({ outcome: 'compliant' });
  });

  test('take a session that takes over another one for one', async () => {
    const a = await audited();
    const id = a.certificate();
    a.connects('one', id);
    a.connects('one', id);
    a.leaves('one', id, 'DUPLICATE_CLIENTID');
    await a.passes(HOUR);
    expect(a.said('DEVICE_CERTIFICATE_SHARED_CHECK')).toMatchObject({ outcome: 'compliant' });
  });

  test('find policies that reach what is of others, and none for claims or for the own thing', async () => {
    const a = await audited();
    a.policy(OWN_CONNECT, { Effect: 'Allow', Action: 'iot:Publish', Resource: iotArn(`topic/dt/${THING}/*`) });
    a.policy(
      { Effect: 'Allow', Action: 'iot:Connect', Resource: iotArn('client/claim.*') },
      { Effect: 'Allow', Action: 'iot:Publish', Resource: iotArn('topic/$aws/certificates/create-from-csr/json') },
    );
    await a.passes(HOUR);
    expect(a.said('IOT_POLICY_OVERLY_PERMISSIVE_CHECK')).toMatchObject({ outcome: 'compliant' });
    a.policy(OWN_CONNECT, { Effect: 'Allow', Action: 'iot:Publish', Resource: iotArn('topic/dt/*') });
    a.policy({ Effect: 'Allow', Action: 'iot:Connect', Resource: iotArn('client/*') });
    await a.passes(DAY);
    expect(a.said('IOT_POLICY_OVERLY_PERMISSIVE_CHECK')?.found.map(({ resource }) => resource)).toEqual([
      'IOT_POLICY policy-2',
      'IOT_POLICY policy-3',
    ]);
    expect(a.findings({ checkName: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK' })[0]).toMatchObject({
      nonCompliantResource: {
        resourceIdentifier: { policyVersionIdentifier: { policyName: 'policy-2', policyVersionId: '1' } },
      },
    });
  });

  test.each([
    [
      { Effect: 'Deny', Action: 'iot:Publish', Resource: iotArn('topic/a/#') },
      'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT',
    ],
    [
      { Effect: 'Deny', Action: 'iot:Subscribe', Resource: iotArn('topicfilter/a/secret/*') },
      'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS',
    ],
  ])('find a Deny that denies less than it seems to: %j', async (statement, code) => {
    const a = await audited({ checks: ['IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK'] });
    a.policy(OWN_CONNECT, statement);
    await a.passes(HOUR);
    expect(a.findings()).toMatchObject([{ reasonForNonComplianceCode: code, severity: 'MEDIUM' }]);
  });

  test('find that nothing is logged', async () => {
    const a = await audited({ checks: ['LOGGING_DISABLED_CHECK'] });
    await a.passes(HOUR);
    expect(a.findings()).toMatchObject([
      { reasonForNonComplianceCode: 'LOGGING_DISABLED', nonCompliantResource: { resourceType: 'ACCOUNT_SETTINGS' } },
    ]);
    a.services.account.setLogging({ roleArn: 'arn:aws:iam::123456789012:role/logs', defaultLogLevel: 'DISABLED' });
    await a.passes(DAY);
    expect(a.findings()).toHaveLength(1);
    a.logs();
    await a.passes(DAY);
    expect(a.findings()).toEqual([]);
  });

  test('say of what they cannot judge that it was not evaluated, and never that it is in order', async () => {
    const a = await audited({
      resources: { Alias: { Type: 'AWS::IoT::RoleAlias', Properties: { RoleArn: arnOf('Reads') } } },
    });
    a.policy({ Effect: 'Allow', Action: 'iot:Publish', Resource: iotArn('topic/${iot:ClientId}/a') });
    await a.passes(HOUR);
    const unsaid = a.audits()[0]?.checks.filter(({ outcome }) => outcome === 'not evaluated') ?? [];
    expect(unsaid).toMatchObject([
      { check: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK', because: expect.stringContaining('of policy-0') as string },
      { check: 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK' },
      {
        check: 'IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK',
        because: 'the assembly has an AWS::IoT::RoleAlias, which is not modelled',
      },
      { check: 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK' },
    ]);
    const gaps = a.events.all().flatMap((event) => (event.kind === 'gap' ? [event] : []));
    expect(gaps.map(({ subject }) => subject)).toEqual(unsaid.map(({ check }) => check));
    expect(a.messages()[0]).toMatchObject({ failedChecksCount: unsaid.length });
  });
});

describe('a suppression', () => {
  const CHECK = 'CONFLICTING_CLIENT_IDS_CHECK';

  test('keeps a finding from counting, for as long as it holds, whatever the order of its members', async () => {
    const a = await audited({ checks: [CHECK, 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK'] });
    a.policy({ Effect: 'Allow', Action: 'iot:Connect', Resource: iotArn('client/*') });
    a.services.account.createSuppression({
      checkName: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
      resourceIdentifier: { policyVersionIdentifier: { policyVersionId: '1', policyName: 'policy-0' } },
      suppressIndefinitely: true,
    });
    a.services.account.createSuppression({
      checkName: CHECK,
      resourceIdentifier: { clientId: 'pump' },
      expirationDate: (START + 2 * HOUR) / 1_000,
    });
    a.leaves('pump', 'a'.repeat(64), 'DUPLICATE_CLIENTID');
    await a.passes(HOUR);
    expect(a.messages()[0]).toMatchObject({ compliantChecksCount: 2, nonCompliantChecksCount: 0 });
    expect(a.said(CHECK)).toMatchObject({ outcome: 'found', found: [{ isSuppressed: true }] });
    expect(a.findings({ listSuppressedFindings: false })).toEqual([]);
    expect(a.findings({ listSuppressedFindings: true })).toHaveLength(2);
    expect(a.findings()).toHaveLength(2);
    a.leaves('pump', 'a'.repeat(64), 'DUPLICATE_CLIENTID');
    await a.passes(DAY);
    expect(a.messages()[1]).toMatchObject({ nonCompliantChecksCount: 1 });
    expect(a.findings({ listSuppressedFindings: false })).toMatchObject([{ checkName: CHECK }]);
  });
});

describe('the API', () => {
  test('runs an audit on demand, which looks back 31 days, and describes it', async () => {
    const a = await audited({ schedule: { Frequency: 'MONTHLY', DayOfMonth: 'LAST' } });
    a.leaves('long-ago', 'a'.repeat(64), 'DUPLICATE_CLIENTID');
    await a.passes(20 * DAY);
    a.leaves('lately', 'a'.repeat(64), 'DUPLICATE_CLIENTID');
    await a.passes(12 * DAY);
    const { taskId } = a.services.audits.start({ targetCheckNames: ['CONFLICTING_CLIENT_IDS_CHECK'] }) as {
      taskId: string;
    };
    await a.passes(0);
    expect(a.findings({ taskId })).toMatchObject([
      { nonCompliantResource: { resourceIdentifier: { clientId: 'lately' } } },
    ]);
    expect(a.services.audits.describeTask({ taskId })).toMatchObject({
      taskStatus: 'COMPLETED',
      taskType: 'ON_DEMAND_AUDIT_TASK',
      taskStatistics: { totalChecks: 1, nonCompliantChecks: 1, failedChecks: 0 },
      auditDetails: { CONFLICTING_CLIENT_IDS_CHECK: { checkRunStatus: 'COMPLETED_NON_COMPLIANT' } },
    });
    const all = { startTime: new Date(START).toISOString(), endTime: new Date(START + 40 * DAY).toISOString() };
    expect(a.services.audits.listTasks(all)).toMatchObject({ tasks: [{}, { taskId }] });
    expect(a.services.audits.listTasks({ ...all, taskType: 'ON_DEMAND_AUDIT_TASK' })).toMatchObject({
      tasks: [{ taskId }],
    });
  });

  test.each([
    [{}, 'Either the taskId or startTime and endTime'],
    [{ taskId: 'a', startTime: 1, endTime: 2 }, 'Either the taskId or startTime and endTime'],
    [{ startTime: 1 }, 'Either the taskId or startTime and endTime'],
  ])('does not list findings of %j', async (input, problem) => {
    const a = await audited();
    expect(() => a.services.audits.listFindings(input)).toThrow(problem);
  });

  test('refuses a second configuration of audits, and one for another account', async () => {
    const again = (AccountId: unknown) => ({
      Type: 'AWS::IoT::AccountAuditConfiguration',
      DependsOn: 'Configuration',
      Properties: { AccountId, RoleArn: arnOf('Reads'), AuditCheckConfigurations: {} },
    });
    await expect(audited({ resources: { Again: again({ Ref: 'AWS::AccountId' }) } })).rejects.toThrow('already exists');
    await expect(audited({ resources: { Again: again('210987654321') } })).rejects.toThrow('AccountId says 2109');
  });
});
