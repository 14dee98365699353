import { parseMessage, type Message } from '../../../../lambda/shared/incident/parse-message';
import { parseSecurityHub } from '../../../../lambda/shared/incident/parse-security-hub';
import type { Parsed } from '../../../../lambda/shared/incident/text';
import { ACCOUNT, CERTIFICATE, detectFinding, PLACE, securityHub, securityHubV2, SOURCES, TIME } from './messages';

function value<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

function reason<T>(parsed: Parsed<T>): string {
  return parsed.ok ? 'parsed' : parsed.reason;
}

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
  ])('a name alone is nobody: %j', (resource) => expect(signals({ Resources: [resource] })).toEqual([]));
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
});
