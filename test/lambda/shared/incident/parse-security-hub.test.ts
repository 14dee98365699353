import { parseMessage, type Message } from '../../../../lambda/shared/incident/parse-message';
import { parseSecurityHub } from '../../../../lambda/shared/incident/parse-security-hub';
import type { Parsed } from '../../../../lambda/shared/incident/text';
import {
  ACCOUNT,
  hubAuditFinding,
  CERTIFICATE,
  detectFinding,
  PLACE,
  securityHub,
  securityHubV2,
  SOURCES,
  TIME,
} from './messages';

function value<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

function reason<T>(parsed: Parsed<T>): string {
  return parsed.ok ? 'parsed' : parsed.reason;
}

const NO_DEVICE = 'securityHub: Device Defender names the device in no form that is known here';

const read = (body: string): Parsed<Message> => parseMessage(body, SOURCES, PLACE, 'anybody');

describe('Security Hub', () => {
  const subjects = (finding: object) =>
    value(parseSecurityHub(securityHub({ ...finding }), PLACE)).signals.map(({ subject }) => subject);

  test('reads a finding', () => {
    expect(value(parseSecurityHub(securityHub(), PLACE)).signals).toEqual([
      {
        source: 'securityHub',
        id: expect.stringMatching(/^[a-f0-9]{64}$|^[\w:./=+-]{1,128}$/),
        time: TIME,
        subject: { kind: 'thing', name: 'pump-7' },
        phase: 'alarm',
        kind: 'finding',
        severity: 'HIGH',
        about: expect.stringMatching(/^iot-rule#[a-f0-9]{16}$/),
        evidence: {
          finding: 'arn:aws:securityhub:eu-west-1:123456789012:subscription/x/finding/1',
          title: 'Device talks to a botnet',
        },
      },
    ]);
  });

  test.each([
    ['CRITICAL', 'CRITICAL'],
    ['MEDIUM', 'MEDIUM'],
    ['LOW', 'LOW'],
    ['INFORMATIONAL', 'LOW'],
  ])('a finding labelled %s is %s', (Label, severity) => {
    expect(value(parseSecurityHub(securityHub({ Severity: { Label } }), PLACE)).signals[0]).toMatchObject({ severity });
  });

  test.each([
    [{ RecordState: 'ARCHIVED' }],
    [{ Workflow: { Status: 'RESOLVED' } }],
    [{ Workflow: { Status: 'SUPPRESSED' } }],
  ])('does not act on what is closed there: %j', (finding) => {
    expect(value(parseSecurityHub(securityHub(finding), PLACE)).signals[0]).toMatchObject({ phase: 'cleared' });
  });

  test('names every thing and certificate of it once', () => {
    const arn = (resource: string) => ({ Id: `arn:aws:iot:eu-west-1:${ACCOUNT}:${resource}` });
    const Resources = [arn('thing/a'), arn(`cert/${CERTIFICATE}`), arn('thing/a'), arn('thing/b')];
    expect(subjects({ Resources })).toEqual([
      { kind: 'thing', name: 'a' },
      { kind: 'certificate', id: CERTIFICATE },
      { kind: 'thing', name: 'b' },
    ]);
  });

  test.each([
    `arn:aws:iot:eu-west-1:210987654321:thing/pump-7`,
    `arn:aws:iot:us-east-1:${ACCOUNT}:thing/pump-7`,
    `arn:aws:s3:eu-west-1:${ACCOUNT}:thing/pump-7`,
    `arn:aws:iot:eu-west-1:${ACCOUNT}:thing/a/b`,
    `arn:aws:iot:eu-west-1:${ACCOUNT}:cert/1`,
    `arn:aws:iot:eu-west-1:${ACCOUNT}:policy/p`,
    7,
  ])('names no device of this account: %s', (Id) => expect(subjects({ Resources: [{ Id }, null] })).toEqual([]));

  test.each([
    `x arn:aws:iot:eu-west-1:${ACCOUNT}:thing/pump-7`,
    `arn:aws:iot:eu-west-1:${ACCOUNT}:thing/pump-7\n`,
    `arn:aws:iot:eu-west-1:${ACCOUNT}:thing/${'a'.repeat(129)}`,
    `arn:aws:iot:eu-west-1:${ACCOUNT}:cert/x${CERTIFICATE}`,
    [`arn:aws:iot:eu-west-1:${ACCOUNT}:thing/pump-7`],
  ])('an ARN counts as a whole or not at all: %j', (Id) => {
    expect(value(read(JSON.stringify(securityHub({ Resources: [{ Id }] }))))).toMatchObject({ signals: [] });
  });

  test('takes other partitions', () => {
    const Id = `arn:aws-us-gov:iot:eu-west-1:${ACCOUNT}:thing/x`;
    expect(subjects({ Resources: [{ Id }] })).toEqual([{ kind: 'thing', name: 'x' }]);
  });

  test('passes over a finding about no device', () => {
    for (const finding of [{ Resources: undefined }, { Resources: [], Id: '' }])
      expect(value(parseSecurityHub(securityHub(finding), PLACE))).toEqual({ kind: 'signals', signals: [] });
  });

  test.each([[{ Severity: undefined }], [{ UpdatedAt: 'soon' }], [{ Id: '' }]])(
    'says that a finding about a device cannot be read, with %j, and reads the others',
    (finding) => {
      const [bad, good] = [securityHub(finding), securityHub()].map(
        ({ detail }) => (detail as { findings: object[] }).findings[0],
      );
      expect(value(parseSecurityHub({ detail: { findings: [bad, good] } }, PLACE))).toMatchObject({
        signals: [{ source: 'securityHub' }],
        unread: 'securityHub: a finding about a device without id, time or severity',
      });
    },
  );

  test('stands without a generator and a title', () => {
    expect(
      value(parseSecurityHub(securityHub({ GeneratorId: undefined, Title: undefined }), PLACE)).signals[0],
    ).toMatchObject({
      about: expect.stringMatching(/^finding#/),
      evidence: { title: '' },
    });
  });

  test('refuses an event without findings', () => {
    expect(reason(parseSecurityHub({ detail: {} }, PLACE))).toBe('securityHub: no findings');
    expect(value(parseSecurityHub({ detail: { findings: [null] } }, PLACE))).toEqual({ kind: 'signals', signals: [] });
  });
});

test('the end of one finding does not pass for the end of another of the same generator', () => {
  const aboutOf = (Id: string, values: object = {}) =>
    value(parseSecurityHub(securityHub({ Id, ...values }), PLACE)).signals[0]!.about;
  expect(aboutOf('a')).toBe(aboutOf('a', { RecordState: 'ARCHIVED', UpdatedAt: '2026-11-22T13:00:00.000Z' }));
  expect(aboutOf('a')).not.toBe(aboutOf('b'));
  expect(aboutOf('a', { GeneratorId: 'x'.repeat(200) })).toMatch(/^x{110}#[a-f0-9]{16}$/);
});

describe('Device Defender by way of Security Hub', () => {
  const signals = (values: Record<string, unknown>) =>
    value(parseSecurityHub(securityHub(detectFinding(values)), PLACE)).signals;

  test('names a thing by its bare name, which is found by its ARN', () => {
    expect(signals({})).toMatchObject([
      {
        subject: { kind: 'thing', name: 'pump-7' },
        phase: 'alarm',
        about: expect.stringMatching(/securityprofile\/Pumps#[a-f0-9]{16}$/),
      },
    ]);
    expect(signals({ RecordState: 'ARCHIVED' })).toMatchObject([{ phase: 'cleared' }]);
  });

  test.each([
    [{ Type: 'AwsIotRegisteredThing', Id: 'pump-7' }],
    [{ Id: 'pump-7', Details: { Other: { ThingArn: `arn:aws:iot:eu-west-1:210987654321:thing/pump-7` } } }],
    [{ Id: 'pump-7', Details: { Other: { ThingArn: 7 } } }],
    [{ Id: 'pump-7', Details: { Other: null } }],
    [{ Id: 'pump-7', Details: [] }],
  ])('a name alone is nobody, and a person is told: %j', (resource) => {
    const read = value(parseSecurityHub(securityHub(detectFinding({ Resources: [resource] })), PLACE));
    expect(read).toEqual({ kind: 'signals', signals: [], unread: NO_DEVICE });
  });

  test('what is over, or said of another account or region, needs nobody', () => {
    const unnamed = { Resources: [{ Type: 'AwsIotUnregisteredThing', Id: 'pump-7' }] };
    for (const values of [
      { RecordState: 'ARCHIVED' },
      { AwsAccountId: '210987654321' },
      { Region: 'us-east-1' },
      { ProductArn: 'arn:aws:securityhub:us-east-1::product/aws/iot-device-defender-detect' },
      { ProductArn: 'arn:aws:securityhub:eu-west-1::product/x/aws/iot-device-defender-detect' },
      { ProductArn: 7 },
    ])
      expect(value(parseSecurityHub(securityHub(detectFinding({ ...unnamed, ...values })), PLACE))).toEqual({
        kind: 'signals',
        signals: [],
      });
  });
});

describe('Audit by way of Security Hub', () => {
  const SHARED = 'DEVICE_CERTIFICATE_SHARED_CHECK';
  const readAudit = (check: string, resource: unknown, values: object = {}) =>
    value(parseSecurityHub(securityHub(hubAuditFinding(check, resource, { ...values })), PLACE));

  test.each([
    ['by its ARN', { Id: `arn:aws:iot:eu-west-1:${ACCOUNT}:cert/${CERTIFICATE}` }],
    ['by its bare id', { Type: 'AwsIotDeviceCertificate', Id: CERTIFICATE }],
  ])('names a certificate %s', (_how, resource) => {
    const subject = { kind: 'certificate', id: CERTIFICATE };
    expect(readAudit(SHARED, resource)).toMatchObject({
      signals: [{ subject, kind: 'finding', severity: 'CRITICAL', phase: 'alarm' }],
    });
    expect(readAudit('DEVICE_CERTIFICATE_EXPIRING_CHECK', resource)).toMatchObject({
      signals: [{ subject, kind: 'posture' }],
    });
  });

  test('says the same after the next audit, which is another generator', () => {
    const about = (values: object) => readAudit(SHARED, { Id: CERTIFICATE }, values).signals[0]!.about;
    expect(about({ GeneratorId: 'f3021945485adf92487c273558fcaa51', RecordState: 'ARCHIVED' })).toBe(about({}));
    expect(about({})).toMatch(/^DEVICE_CERTIFICATE_SHARED_CHECK#[a-f0-9]{16}$/);
  });

  test.each([
    ['another form of an id', SHARED, { Id: `0x${CERTIFICATE}` }],
    ['a name', SHARED, { Id: 'pump-7' }],
    ['a client id, which may be no thing', 'CONFLICTING_CLIENT_IDS_CHECK', { Id: 'pump-7' }],
    ['nothing', SHARED, {}],
    ['no resource', SHARED, null],
  ])('in a form that is not known a person is told: %s', (_what, check, resource) => {
    expect(readAudit(check, resource)).toEqual({ kind: 'signals', signals: [], unread: NO_DEVICE });
    expect(readAudit(check, resource, { Workflow: { Status: 'RESOLVED' } })).toEqual({ kind: 'signals', signals: [] });
  });

  test.each<[string, Parameters<typeof readAudit>]>([
    ['a policy', ['IOT_POLICY_OVERLY_PERMISSIVE_CHECK', { Type: 'AwsIotPolicy', Id: 'policyexample' }]],
    [
      'the summary of a check',
      [
        SHARED,
        { Type: 'AwsIotAuditTask', Id: 'f30' },
        { ProductFields: { CheckName: SHARED, ReportType: 'CheckSummary' } },
      ],
    ],
    ['a certificate of another account', [SHARED, { Id: CERTIFICATE }, { AwsAccountId: '210987654321' }]],
    ['a certificate of another region', [SHARED, { Id: CERTIFICATE }, { Region: 'us-east-1' }]],
    [
      'an id, said by somebody else',
      [SHARED, { Id: CERTIFICATE }, { ProductArn: 'arn:aws:securityhub:eu-west-1::product/x/y' }],
    ],
    ['nobody knows what', [SHARED, { Id: CERTIFICATE }, { ProductFields: null }]],
  ])('%s is no device of ours', (_what, given) => {
    expect(readAudit(...given)).toEqual({ kind: 'signals', signals: [] });
  });
});

describe('Security Hub, second format', () => {
  const read = (finding: object = {}, info: object = {}) =>
    value(parseSecurityHub(securityHubV2({ ...finding }, { ...info }), PLACE));

  test('reads a finding', () => {
    expect(read()).toEqual({
      kind: 'signals',
      signals: [
        {
          source: 'securityHub',
          id: 'arn:aws:guardduty:eu-west-1:123456789012:detector/d/finding/1/2026-11-22T12:00:00.000Z',
          time: TIME,
          subject: { kind: 'thing', name: 'pump-7' },
          phase: 'alarm',
          kind: 'finding',
          severity: 'HIGH',
          about: expect.stringMatching(/^TTPs\/Command and Control#[a-f0-9]{16}$/),
          evidence: {
            finding: 'arn:aws:guardduty:eu-west-1:123456789012:detector/d/finding/1',
            title: 'Device talks to a botnet',
          },
        },
      ],
    });
  });

  test.each([
    [1, 'LOW'],
    [2, 'LOW'],
    [3, 'MEDIUM'],
    [4, 'HIGH'],
    [5, 'CRITICAL'],
    [6, 'CRITICAL'],
  ])('severity %d is %s', (severity_id, severity) => {
    expect(read({ severity_id }).signals).toMatchObject([{ severity }]);
  });

  test.each([
    ['activity_name', 'Close'],
    ['status', 'Suppressed'],
    ['status', 'Resolved'],
    ['status', 'Archived'],
  ])('does not act on what is closed there: %s %s', (key, given) => {
    expect(read({ [key]: given }).signals).toMatchObject([{ phase: 'cleared' }]);
  });

  test.each([
    ['activity_name', 'Update'],
    ['status', 'In Progress'],
    ['status', undefined],
  ])('is an alarm with %s %s', (key, given) => {
    expect(read({ [key]: given }).signals).toMatchObject([{ phase: 'alarm' }]);
  });

  test('takes the time of the event where the finding has none', () => {
    expect(read({}, { modified_time_dt: undefined }).signals).toMatchObject([{ time: TIME + 1 }]);
  });

  test('finds a device by its ARN, beside the resource too, and no other', () => {
    const ThingArn = `arn:aws:iot:eu-west-1:${ACCOUNT}:thing/fan-1`;
    const resources = [
      { uid: `arn:aws:iot:eu-west-1:${ACCOUNT}:cert/${CERTIFICATE}` },
      { uid: 'fan-1', data: { Other: { ThingArn } } },
      { uid: `arn:aws:iot:us-east-1:${ACCOUNT}:thing/pump-7` },
      { uid: 'pump-7' },
      null,
    ];
    expect(read({ resources }).signals.map(({ subject }) => subject)).toEqual([
      { kind: 'certificate', id: CERTIFICATE },
      { kind: 'thing', name: 'fan-1' },
    ]);
    for (const none of [{ resources: undefined }, { resources: [{}] }])
      expect(read(none)).toEqual({ kind: 'signals', signals: [] });
  });

  test.each([
    [{ severity_id: 0 }, {}],
    [{ severity_id: 99 }, {}],
    [{ severity_id: '4' }, {}],
    [{ time: undefined }, { modified_time_dt: 'soon' }],
    [{}, { uid: undefined }],
    [{ finding_info: null }, {}],
  ])('says that a finding about a device cannot be read: %j %j', (finding, info) => {
    expect(read(finding, info)).toEqual({
      kind: 'signals',
      signals: [],
      unread: 'securityHub: a finding about a device without id, time or severity',
    });
  });

  test('stands without types and a title', () => {
    expect(read({}, { types: undefined, title: undefined }).signals).toMatchObject([
      { about: expect.stringMatching(/^finding#/), evidence: { title: '' } },
    ]);
  });

  test('is read by its own names only: a finding in the first format says nothing in its envelope', () => {
    const event = { ...securityHubV2(), detail: securityHub().detail };
    expect(value(parseSecurityHub(event, PLACE))).toEqual({ kind: 'signals', signals: [] });
  });

  const product = (name: string) => ({
    product: { uid: `arn:aws:securityhub:eu-west-1::productv2/aws/iot-device-defender-${name}` },
  });
  const resources = [{ uid: CERTIFICATE }];

  test.each<[string, object, object]>([
    ['Detect', { metadata: product('detect') }, {}],
    ['Audit', { metadata: product('audit') }, { title: 'DEVICE_CERTIFICATE_SHARED_CHECK: REASON' }],
  ])('tells a person of what %s says of a device in no form that is known', (_who, finding, info) => {
    expect(read({ resources, ...finding }, info)).toEqual({ kind: 'signals', signals: [], unread: NO_DEVICE });
    const passed = { kind: 'signals', signals: [] };
    expect(read({ resources, ...finding, status: 'Resolved' }, info)).toEqual(passed);
    for (const cloud of [
      undefined,
      { account: { uid: '210987654321' }, region: 'eu-west-1' },
      { account: { uid: ACCOUNT } },
    ])
      expect(read({ resources, ...finding, cloud }, info)).toEqual(passed);
  });

  test.each<[string, object, object]>([
    ['a policy', { metadata: product('audit') }, { title: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK: REASON' }],
    ['a summary', { metadata: product('audit') }, { title: 'DEVICE_CERTIFICATE_SHARED_CHECK Summary: 2' }],
    ['no title', { metadata: product('audit') }, { title: undefined }],
    ['no product', { metadata: { product: {} } }, { title: 'DEVICE_CERTIFICATE_SHARED_CHECK: REASON' }],
    ['another product', { metadata: product('other') }, { title: 'DEVICE_CERTIFICATE_SHARED_CHECK: REASON' }],
  ])('and passes over %s', (_what, finding, info) => {
    expect(read({ resources, ...finding }, info)).toEqual({ kind: 'signals', signals: [] });
  });
});
