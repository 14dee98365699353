import fc from 'fast-check';
import { MESSAGE } from '../../../../lambda/shared/incident/contract';
import { parseAudit, parseAuditFinding, signalsOfPage } from '../../../../lambda/shared/incident/parse-audit';
import { parseDetect } from '../../../../lambda/shared/incident/parse-detect';
import { parseGuardDuty } from '../../../../lambda/shared/incident/parse-finding';
import { isSubject, type Message, parseMessage } from '../../../../lambda/shared/incident/parse-message';
import { parsePlain, parseReport } from '../../../../lambda/shared/incident/parse-plain';
import { type SecuritySignal, subjectKey, subjectOf } from '../../../../lambda/shared/incident/signal';
import {
  asList,
  asTime,
  isClientId,
  objectIn,
  type Parsed,
  safeText,
  stableId,
} from '../../../../lambda/shared/incident/text';
import {
  audit,
  auditFinding,
  CERTIFICATE,
  guardDuty,
  own,
  PLACE,
  plain,
  securityHub,
  securityHubV2,
  SOURCES,
  TIME,
  TOPIC,
  viaSns,
  violation,
} from './messages';

const detect = { kind: 'detect' } as const;
const generic = { kind: 'generic', severity: 'MEDIUM' } as const;

function value<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

function reason<T>(parsed: Parsed<T>): string {
  return parsed.ok ? 'parsed' : parsed.reason;
}

const read = (body: unknown): Parsed<Message> =>
  parseMessage(typeof body === 'string' ? body : JSON.stringify(body), SOURCES, PLACE, 'response');

describe('Device Defender Detect', () => {
  test('reads a violation', () => {
    expect(value(parseDetect(violation(), detect))).toEqual({
      source: 'detect',
      id: '123456789/in-alarm',
      time: TIME,
      subject: { kind: 'thing', name: 'pump-7' },
      phase: 'alarm',
      kind: 'behavior',
      severity: 'HIGH',
      about: 'LargeMessageSize/messageSize',
      evidence: { metric: 'aws:message-byte-size', value: 5126, violation: '123456789' },
    });
  });

  test('keeps the id of the violation, where the service can be told of it', () => {
    expect(value(parseDetect(violation(), detect)).evidence).toMatchObject({ violation: '123456789' });
    expect(value(parseDetect(violation({ violationId: 'a b' }), detect)).evidence).not.toHaveProperty('violation');
  });

  test.each([
    ['in-alarm', 'alarm'],
    ['alarm-cleared', 'cleared'],
    ['alarm-invalidated', 'invalidated'],
  ])('%s is the phase %s, with an id of its own', (violationEventType, phase) => {
    expect(value(parseDetect(violation({ violationEventType }), detect))).toMatchObject({
      phase,
      id: `123456789/${violationEventType}`,
    });
  });

  test.each(['LOW', 'MEDIUM', 'HIGH'])('a learned behavior is as severe as its confidence, %s', (confidenceLevel) => {
    const behavior = { name: 'x', criteria: { mlDetectionConfig: { confidenceLevel } } };
    const signal = value(parseDetect(violation({ behavior, metricValue: undefined }), detect));
    expect(signal).toMatchObject({ kind: 'anomaly', severity: confidenceLevel, evidence: {} });
  });

  test('a statistical behavior is an anomaly, as severe as the source says', () => {
    const behavior = { name: 'x', criteria: { statisticalThreshold: { statistic: 'p99' } } };
    const signal = value(parseDetect(violation({ behavior }), { kind: 'detect', severity: 'LOW' }));
    expect(signal).toMatchObject({ kind: 'anomaly', severity: 'LOW' });
  });

  test('a behavior is as severe as it was declared', () => {
    const source = { kind: 'detect', severity: 'LOW', severities: { messageSize: 'CRITICAL' } } as const;
    expect(value(parseDetect(violation(), source)).severity).toBe('CRITICAL');
    const behavior = { name: 'constructor' };
    expect(value(parseDetect(violation({ behavior }), source)).severity).toBe('LOW');
  });

  test.each([
    [{ cidrs: ['203.0.113.9/32', '198.51.100.1/32'] }, '203.0.113.9/32, 198.51.100.1/32'],
    [{ ports: [23, 4444] }, '23, 4444'],
    [{ numbers: [1.5, null, 2] }, '1.5, 2'],
    [{ strings: ['evil\nnet', { a: 1 }] }, 'evil net'],
    [{ ports: Array.from({ length: 100 }, () => 8080) }, '8080, '.repeat(30).slice(0, 128)],
    [{ count: 0, ports: [1] }, 0],
  ])('keeps what was listed, as one line: %j', (metricValue, said) => {
    expect(value(parseDetect(violation({ metricValue }), detect)).evidence).toMatchObject({ value: said });
  });

  test.each([{ ports: [] }, { cidrs: 'x' }, { count: '7' }, {}, null])('has no value for %j', (metricValue) => {
    expect(value(parseDetect(violation({ metricValue }), detect)).evidence).not.toHaveProperty('value');
  });

  test('keeps a number and what a person verified', () => {
    const given = violation({ metricValue: { number: 1.5 }, verificationState: 'FALSE_POSITIVE' });
    expect(value(parseDetect(given, detect)).evidence).toMatchObject({ value: 1.5, verification: 'FALSE_POSITIVE' });
  });

  test.each([
    [{ violationEventType: 'other' }, 'detect: not an event type that is known'],
    [{ violationEventType: undefined }, 'detect: not an event type that is known'],
    [{ behavior: undefined }, 'detect: no behavior or profile'],
    [{ behavior: { name: '' } }, 'detect: no behavior or profile'],
    [{ securityProfileName: 7 }, 'detect: no behavior or profile'],
    [{ thingName: 'pump/7' }, 'detect: not a thing name'],
    [{ thingName: '' }, 'detect: not a thing name'],
    [{ thingName: 'x'.repeat(129) }, 'detect: not a thing name'],
    [{ thingName: 'pump-7\n' }, 'detect: not a thing name'],
    [{ thingName: '*' }, 'detect: not a thing name'],
    [{ violationId: '' }, 'detect: no violation id'],
    [{ violationEventTime: '1' }, 'detect: no time'],
    [{ violationEventTime: TIME / 1000 }, 'detect: no time'],
  ])('refuses %j', (values, expected) => {
    expect(reason(parseDetect(violation(values), detect))).toBe(expected);
  });

  test('takes the longest thing name and every character that one may have', () => {
    const thingName = 'aZ0:_-'.padEnd(128, 'x');
    expect(value(parseDetect(violation({ thingName }), detect)).subject).toEqual({ kind: 'thing', name: thingName });
  });
});

describe('Device Defender Audit', () => {
  test('names the checks about devices that found something', () => {
    expect(value(parseAudit(audit()))).toEqual({
      taskId: '0123456789abcdef0123456789abcdef',
      checks: ['DEVICE_CERTIFICATE_SHARED_CHECK'],
    });
  });

  test('names each check once, in order', () => {
    const found = (checkName: string) => ({ checkName, checkRunStatus: 'COMPLETED_NON_COMPLIANT' });
    const names = [
      'DEVICE_CERTIFICATE_SHARED_CHECK',
      'CONFLICTING_CLIENT_IDS_CHECK',
      'DEVICE_CERTIFICATE_SHARED_CHECK',
    ];
    expect(value(parseAudit(audit({ auditDetails: [null, ...names.map(found)] }))).checks).toEqual([
      'CONFLICTING_CLIENT_IDS_CHECK',
      'DEVICE_CERTIFICATE_SHARED_CHECK',
    ]);
  });

  test.each([
    [{ taskId: 'a b' }, 'audit: no task id'],
    [{ taskId: 'x'.repeat(41) }, 'audit: no task id'],
    [{ taskStatus: 'FAILED' }, 'audit: not completed'],
    [{ auditDetails: {} }, 'audit: no details'],
  ])('refuses %j', (values, expected) => expect(reason(parseAudit(audit(values)))).toBe(expected));

  test('reads a finding', () => {
    expect(value(parseAuditFinding(auditFinding()))).toEqual({
      source: 'audit',
      id: 'finding-1',
      time: TIME,
      subject: { kind: 'certificate', id: CERTIFICATE },
      phase: 'alarm',
      kind: 'identity',
      severity: 'CRITICAL',
      about: 'DEVICE_CERTIFICATE_SHARED_CHECK',
      evidence: { reason: 'CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES' },
    });
  });

  test.each([
    ['DEVICE_CERTIFICATE_EXPIRING_CHECK', 'posture'],
    ['DEVICE_CERTIFICATE_AGE_CHECK', 'posture'],
    ['DEVICE_CERTIFICATE_KEY_QUALITY_CHECK', 'identity'],
    ['REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK', 'identity'],
    ['INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK', 'identity'],
  ])('%s is about %s', (checkName, kind) => {
    const finding = auditFinding({ checkName, reasonForNonComplianceCode: undefined, severity: undefined });
    expect(value(parseAuditFinding(finding))).toMatchObject({ kind, severity: 'MEDIUM', evidence: {} });
  });

  test.each([
    [{ deviceCertificateId: `0x${CERTIFICATE}` }, { kind: 'certificate', id: CERTIFICATE }],
    [{ deviceCertificateArn: `arn:aws:iot:eu-west-1:1:cert/${CERTIFICATE}` }, { kind: 'certificate', id: CERTIFICATE }],
    [{ clientId: 'pump-7' }, { kind: 'thing', name: 'pump-7' }],
  ])('finds the device in %j', (resourceIdentifier, subject) => {
    expect(value(parseAuditFinding(auditFinding({ nonCompliantResource: { resourceIdentifier } }))).subject).toEqual(
      subject,
    );
  });

  test.each([
    [{ checkName: 'LOGGING_DISABLED_CHECK' }, 'audit: not a finding about a device'],
    [{ checkName: 7 }, 'audit: not a finding about a device'],
    [{ isSuppressed: true }, 'audit: suppressed'],
    [{ nonCompliantResource: undefined }, 'audit: no device named'],
    [{ nonCompliantResource: { resourceIdentifier: { clientId: 'a/b' } } }, 'audit: no device named'],
    [{ nonCompliantResource: { resourceIdentifier: { deviceCertificateId: 'zz' } } }, 'audit: no device named'],
    [{ nonCompliantResource: { resourceIdentifier: { deviceCertificateArn: 'x:cert/1' } } }, 'audit: no device named'],
    [{ findingTime: undefined }, 'audit: no time'],
  ])('passes over %j', (values, expected) => expect(reason(parseAuditFinding(auditFinding(values)))).toBe(expected));

  test('counts what it passes over', () => {
    const page = signalsOfPage([auditFinding(), null, auditFinding({ isSuppressed: true })]);
    expect(page.signals).toHaveLength(1);
    expect(page.passedOver).toBe(2);
    expect(signalsOfPage(undefined)).toEqual({ signals: [], shared: [], passedOver: 0 });
  });
});

describe('GuardDuty', () => {
  test('reads a finding on an instance that is tagged as a thing', () => {
    expect(value(parseGuardDuty(guardDuty(), PLACE)).signals).toEqual([
      {
        source: 'guardDuty',
        id: '16afba5c5c43e07c9e3e5e2e544e95df/2026-11-22T12:00:00.000Z',
        time: TIME,
        subject: { kind: 'thing', name: 'gateway-1' },
        phase: 'alarm',
        kind: 'finding',
        severity: 'HIGH',
        about: 'CryptoCurrency:EC2/BitcoinTool.B!DNS#c415b066ac404e9b',
        evidence: { finding: '16afba5c5c43e07c9e3e5e2e544e95df' },
      },
    ]);
  });

  test.each([
    [1, 'LOW'],
    [3.9, 'LOW'],
    [4, 'MEDIUM'],
    [6.9, 'MEDIUM'],
    [7, 'HIGH'],
    [8.9, 'HIGH'],
    [9, 'CRITICAL'],
    [10, 'CRITICAL'],
  ])('severity %d is %s', (severity, label) => {
    expect(value(parseGuardDuty(guardDuty({ severity }), PLACE)).signals[0]).toMatchObject({ severity: label });
  });

  test.each([{ accountId: '210987654321' }, { region: 'us-east-1' }, { accountId: undefined }, { region: undefined }])(
    'a member account or another region names no device here: %j',
    (detail) => expect(value(parseGuardDuty(guardDuty(detail), PLACE))).toEqual({ kind: 'signals', signals: [] }),
  );

  test('an archived finding is over', () => {
    expect(value(parseGuardDuty(guardDuty({ service: { archived: true } }), PLACE)).signals[0]).toMatchObject({
      phase: 'cleared',
    });
  });

  test.each([[{ resource: {} }], [{ resource: { instanceDetails: { tags: [{ key: 'Name', value: 'x' }, null] } } }]])(
    'has no device for %j',
    (detail) => expect(value(parseGuardDuty(guardDuty(detail), PLACE))).toEqual({ kind: 'signals', signals: [] }),
  );

  test.each([[{ severity: 0.9 }], [{ severity: 11 }], [{ severity: '8' }], [{ updatedAt: undefined }], [{ id: '' }]])(
    'refuses %j',
    (detail) => expect(reason(parseGuardDuty(guardDuty(detail), PLACE))).toBe('guardDuty: not a finding'),
  );

  test('refuses an event without a detail, and stands without a type', () => {
    expect(reason(parseGuardDuty({}, PLACE))).toBe('guardDuty: not a finding');
    expect(value(parseGuardDuty(guardDuty({ type: undefined }), PLACE)).signals[0]).toMatchObject({
      about: expect.stringMatching(/^finding#[0-9a-f]{16}$/),
    });
  });

  test('the end of one finding is not that of another of its type', () => {
    const aboutOf = (id: string) => value(parseGuardDuty(guardDuty({ id }), PLACE)).signals[0]?.about;
    expect(aboutOf('one')).not.toBe(aboutOf('other'));
    expect(aboutOf('one')).toBe(aboutOf('one'));
  });
});

describe('the documented JSON', () => {
  test('reads a signal about a thing', () => {
    expect(value(parsePlain(plain({ evidence: { count: 9, topic: 'a/b', '1x': 'no', list: [] } }), generic))).toEqual({
      source: 'generic',
      id: 'window-1',
      time: TIME,
      subject: { kind: 'thing', name: 'pump-7' },
      phase: 'alarm',
      kind: 'behavior',
      severity: 'HIGH',
      about: 'messages-sent',
      evidence: { count: 9, topic: 'a/b' },
    });
  });

  test('reads one about a certificate, with everything that can be said', () => {
    const given = plain({
      thingName: undefined,
      certificateId: CERTIFICATE,
      phase: 'cleared',
      kind: 'anomaly',
      severity: undefined,
      clientId: 'other-client',
      reportedBy: CERTIFICATE,
      time: '2026-11-22T12:00:00Z',
    });
    expect(value(parsePlain(given, generic))).toMatchObject({
      subject: { kind: 'certificate', id: CERTIFICATE },
      phase: 'cleared',
      kind: 'anomaly',
      severity: 'MEDIUM',
      clientId: 'other-client',
      time: TIME,
    });
  });

  test('a device may speak of itself, and of no other', () => {
    expect(parsePlain(plain({ reportedBy: 'pump-7' }), generic).ok).toBe(true);
    expect(reason(parsePlain(plain({ reportedBy: 'pump-8' }), generic))).toBe('generic: stated by another device');
    expect(reason(parsePlain(plain({ reportedBy: null }), generic))).toBe('generic: stated by another device');
  });

  test.each([
    [{ thingName: undefined }, 'neither a thing name nor a certificate id'],
    [{ thingName: 'a b' }, 'neither a thing name nor a certificate id'],
    [{ certificateId: CERTIFICATE }, 'neither a thing name nor a certificate id'],
    [{ thingName: undefined, certificateId: 'x' }, 'neither a thing name nor a certificate id'],
    [{ id: 7 }, 'no id, time or about'],
    [{ time: 7 }, 'no id, time or about'],
    [{ about: '' }, 'no id, time or about'],
    [{ phase: 'in-alarm' }, 'not a phase, kind or severity that is known'],
    [{ kind: 'x' }, 'not a phase, kind or severity that is known'],
    [{ severity: 'high' }, 'not a phase, kind or severity that is known'],
    [{ kind: 'report' }, 'cannot report for a person'],
    [{ clientId: '$x' }, 'not a client id'],
    [{ clientId: '' }, 'not a client id'],
  ])('refuses %j', (values, expected) => {
    expect(reason(parsePlain(plain(values), generic))).toBe(`generic: ${expected}`);
  });

  test('needs a severity from the message or the source', () => {
    expect(reason(parsePlain(plain({ severity: undefined }), { kind: 'engine' }))).toBe(
      'engine: not a phase, kind or severity that is known',
    );
  });

  test('keeps eight pieces of evidence', () => {
    const evidence = Object.fromEntries('ihgfedcba'.split('').map((name, index) => [name, index]));
    const kept = value(parsePlain(plain({ evidence }), generic)).evidence;
    expect(Object.keys(kept)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  });
});

describe('a person', () => {
  const report = { thingName: 'pump-7', by: 'arn:aws:sts::1:assumed-role/soc/ada', why: 'smoke', time: TIME };

  test('reports, or orders what is done', () => {
    const said = value(parseReport(report));
    expect(said).toMatchObject({ source: 'person', kind: 'report', evidence: { by: report.by, why: 'smoke' } });
    expect(said).toMatchObject({ severity: 'HIGH' });
    expect(said.response).toBeUndefined();
    expect(value(parseReport({ ...report, severity: 'LOW' }))).toMatchObject({ severity: 'LOW' });
    expect(value(parseReport({ ...report, response: 'lockOut' }))).toMatchObject({
      response: 'lockOut',
      severity: 'CRITICAL',
    });
  });

  test.each([
    [{ thingName: 'a/b' }, 'person: neither a thing name nor a certificate id'],
    [{ by: '' }, 'person: no by, why or time'],
    [{ why: undefined }, 'person: no by, why or time'],
    [{ time: undefined }, 'person: no by, why or time'],
    [{ response: 'explode' }, 'person: not a response that is known'],
    [{ severity: 'SEVERE' }, 'person: not a severity that is known'],
  ])('refuses %j', (values, expected) => expect(reason(parseReport({ ...report, ...values }))).toBe(expected));
});

describe('a message of the queue', () => {
  const kinds: [string, unknown, object][] = [
    ['a violation', viaSns(TOPIC.detect, violation()), { kind: 'signals', signals: [{ source: 'detect' }] }],
    ['a generic signal', viaSns(TOPIC.generic, plain()), { kind: 'signals', signals: [{ source: 'generic' }] }],
    [
      'an audit',
      viaSns(TOPIC.audit, audit()),
      { kind: 'audit', pages: [{ check: 'DEVICE_CERTIFICATE_SHARED_CHECK' }] },
    ],
    ['the engine', own(), { kind: 'signals', signals: [{ source: 'engine' }] }],
    ['Security Hub', securityHub(), { kind: 'signals', signals: [{ source: 'securityHub' }] }],
    ['Security Hub, second format', securityHubV2(), { kind: 'signals', signals: [{ source: 'securityHub' }] }],
    ['GuardDuty', guardDuty(), { kind: 'signals', signals: [{ source: 'guardDuty' }] }],
    ['a heartbeat', { schema: MESSAGE.heartbeat }, { kind: 'heartbeat' }],
    [
      'a second look',
      { schema: MESSAGE.look, subject: 'pump-7', episode: 2 },
      { kind: 'look', subject: 'pump-7', episode: 2, attempt: 1 },
    ],
    ['a third look', { schema: MESSAGE.look, subject: 'pump-7', episode: 2, attempt: 2 }, { kind: 'look', attempt: 2 }],
    [
      'a lock-out',
      { schema: MESSAGE.lockOut, subject: `certificate/${CERTIFICATE}`, episode: 1 },
      { kind: 'lockOut', episode: 1 },
    ],
    [
      'a page',
      { schema: MESSAGE.auditPage, taskId: 't', check: 'DEVICE_CERTIFICATE_AGE_CHECK' },
      { kind: 'audit', pages: [{ taskId: 't' }] },
    ],
    [
      'a further page',
      { schema: MESSAGE.auditPage, taskId: 't', check: 'DEVICE_CERTIFICATE_AGE_CHECK', nextToken: 'n' },
      { kind: 'audit', pages: [{ taskId: 't', nextToken: 'n' }] },
    ],
    [
      'a page of what a finding is about',
      {
        schema: MESSAGE.auditPage,
        taskId: 't',
        check: 'DEVICE_CERTIFICATE_AGE_CHECK',
        finding: { id: 'f', time: TIME, severity: 'nothing known', reason: 'why' },
      },
      { kind: 'audit', pages: [{ taskId: 't', finding: { id: 'f', time: TIME, severity: 'MEDIUM', reason: 'why' } }] },
    ],
    [
      'an order',
      { schema: MESSAGE.order, subject: 'pump-7', episode: 3, by: 'ada', why: 'sure', time: TIME },
      { kind: 'order', order: { subject: 'pump-7', episode: 3, by: 'ada', why: 'sure', time: TIME } },
    ],
    [
      'an order on all that are held',
      { schema: MESSAGE.isolateHeld, by: 'ada', why: 'sure', time: TIME, start: '{}' },
      { kind: 'held', bulk: { by: 'ada', why: 'sure', time: TIME, start: '{}' } },
    ],
    [
      'a report',
      { schema: MESSAGE.order, thingName: 'pump-7', by: 'ada', why: 'sure', time: TIME },
      { kind: 'signals', signals: [{ source: 'person' }] },
    ],
  ];
  test.each(kinds)('%s', (_name, body, expected) => expect(value(read(body))).toMatchObject(expected));

  const refused: [string, unknown, string][] = [
    ['no JSON', '{', 'body: not a JSON object'],
    ['a list', '[]', 'body: not a JSON object'],
    ['null', 'null', 'body: not a JSON object'],
    ['a giant', `"${'x'.repeat(1_048_577)}"`, 'body: too long'],
    ['a deep nest', '['.repeat(500_000), 'body: not a JSON object'],
    ['an unknown schema', { schema: 'zero-trust-iot/signal@2' }, 'body: not a schema that is known'],
    ['no schema', {}, 'body: not a schema that is known'],
    ['an unknown topic', viaSns('arn:aws:sns:eu-west-1:1:evil', violation()), 'sns: not a topic that may speak'],
    ['no topic', { Type: 'Notification', Message: '{}' }, 'sns: not a topic that may speak'],
    ['no message', viaSns(TOPIC.detect, 'hello'), 'sns: the message is not a JSON object'],
    ['a bad audit', viaSns(TOPIC.audit, {}), 'audit: no task id'],
    ['a bad violation', viaSns(TOPIC.detect, {}), 'detect: not an event type that is known'],
    ['an event of elsewhere', securityHub({}, { account: '210987654321' }), 'event: of another account'],
    ['an unknown event', securityHub({}, { source: 'my.app' }), 'event: not a source that may speak'],
    ['a bad event', securityHub({}, { detail: {} }), 'securityHub: no findings'],
    ['a look at nothing', { schema: MESSAGE.look, subject: 'a/b', episode: 1 }, 'task: not an incident'],
    ['a look at no episode', { schema: MESSAGE.look, subject: 'a', episode: 0 }, 'task: not an incident'],
    ['a look too often', { schema: MESSAGE.look, subject: 'a', episode: 1, attempt: 1.5 }, 'task: not an incident'],
    ['a page of nothing', { schema: MESSAGE.auditPage, taskId: 't', check: 'x' }, 'audit page: not a page'],
    [
      'a page of no task',
      { schema: MESSAGE.auditPage, check: 'DEVICE_CERTIFICATE_AGE_CHECK' },
      'audit page: not a page',
    ],
    ...['', 7, 'x'.repeat(4_097)].map((nextToken): [string, unknown, string] => [
      'a page after nothing',
      { schema: MESSAGE.auditPage, taskId: 't', check: 'DEVICE_CERTIFICATE_AGE_CHECK', nextToken },
      'audit page: not a token',
    ]),
    ...[null, {}, { id: 'a b', time: TIME }, { id: 'f' }].map((finding): [string, unknown, string] => [
      'a page of no finding',
      { schema: MESSAGE.auditPage, taskId: 't', check: 'DEVICE_CERTIFICATE_AGE_CHECK', finding },
      'audit: a finding without id or time',
    ]),
    ['an order on all by nobody', { schema: MESSAGE.isolateHeld, why: 'x', time: TIME }, 'order: no by, why or time'],
    [
      'an order on a page that is none',
      { schema: MESSAGE.isolateHeld, by: 'a', why: 'x', time: TIME, start: 7 },
      'order: not a page',
    ],
    ['an order on nothing', { schema: MESSAGE.order, subject: '', episode: 1 }, 'order: not an incident'],
    [
      'an order without a reason',
      { schema: MESSAGE.order, subject: 'a', episode: 1, by: 'a', time: TIME },
      'order: no by, why or time',
    ],
    [
      'an order by nobody',
      { schema: MESSAGE.order, subject: 'a', episode: 1, why: 'a', time: TIME },
      'order: no by, why or time',
    ],
    [
      'an order at no time',
      { schema: MESSAGE.order, subject: 'a', episode: 1, why: 'a', by: 'a' },
      'order: no by, why or time',
    ],
  ];
  test.each(refused)('fails for %s', (_name, body, expected) => expect(reason(read(body))).toBe(expected));

  test('what an SNS topic carries never passes for an order, a look or an engine', () => {
    const order = { schema: MESSAGE.order, subject: 'pump-7', episode: 3, by: 'ada', why: 'x', time: TIME };
    for (const forged of [order, { schema: MESSAGE.heartbeat }, own({ kind: 'report' })])
      expect(read(viaSns(TOPIC.generic, forged)).ok).toBe(false);
    expect(value(read(viaSns(TOPIC.generic, own())))).toMatchObject({ signals: [{ source: 'generic' }] });
  });

  test('where every source may send, nobody gives orders', () => {
    const asAnybody = (body: unknown) => parseMessage(JSON.stringify(body), SOURCES, PLACE, 'anybody');
    for (const [, body] of kinds) {
      const { schema } = body as { schema?: string };
      const order = schema !== undefined && schema !== MESSAGE.signal && schema !== MESSAGE.heartbeat;
      if (order)
        expect(reason(asAnybody(body))).toBe('body: an order that did not come through the entry of the operators');
      else expect(asAnybody(typeof body === 'string' ? JSON.parse(body) : body).ok).toBe(true);
    }
    expect(reason(asAnybody({ schema: MESSAGE.releaseHeld }))).toContain('an order');
    expect(reason(asAnybody({ schema: 'other' }))).toBe('body: not a schema that is known');
  });

  test('sources that were not named cannot speak', () => {
    for (const body of [own(), securityHub(), guardDuty(), viaSns(TOPIC.detect, violation())])
      expect(parseMessage(JSON.stringify(body), [], PLACE, 'anybody').ok).toBe(false);
    expect(parseMessage(undefined, SOURCES, PLACE, 'anybody').ok).toBe(false);
  });
});

describe('hostile input', () => {
  const json = fc.json({ maxDepth: 4 });
  const messages = [violation(), audit(), plain(), own(), securityHub(), guardDuty()].map((item) =>
    JSON.stringify(item),
  );
  const mangled = fc
    .tuple(fc.constantFrom(...messages), fc.nat(), fc.string({ unit: 'binary', maxLength: 8 }))
    .map(
      ([text, at, piece]) => text.slice(0, at % text.length) + piece + text.slice((at % text.length) + piece.length),
    );
  const swapped = fc
    .tuple(fc.constantFrom(violation(), plain(), own(), auditFinding()), fc.jsonValue(), fc.nat())
    .map(([item, odd, at]) => {
      const key = Object.keys(item)[at % Object.keys(item).length]!;
      return { ...item, [key]: odd };
    });
  const body = fc.oneof(
    fc.string({ unit: 'binary' }),
    json,
    mangled,
    mangled.map((text) => viaSns(TOPIC.detect, text)),
    fc.tuple(fc.constantFrom(...Object.values(TOPIC)), swapped).map(([topic, item]) => viaSns(topic, item)),
    swapped.map((item) => JSON.stringify(item)),
  );

  const names = (signals: readonly SecuritySignal[]) =>
    signals.every(
      ({ subject }) => isSubject(subjectKey(subject)) && subjectOf(subjectKey(subject)).kind === subject.kind,
    );

  test('is a value or a reason, and a value names a device by a valid name', () => {
    fc.assert(
      fc.property(body, (text) => {
        const parsed = read(text);
        if (!parsed.ok) return /^[a-zA-Z ]+: [a-zA-Z ,]+$/.test(parsed.reason);
        if (parsed.value.kind === 'signals') return names(parsed.value.signals);
        if (parsed.value.kind === 'look' || parsed.value.kind === 'lockOut') return isSubject(parsed.value.subject);
        return true;
      }),
      { numRuns: 10_000 },
    );
  });

  test('a thing name is the one that was sent, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 140 }), (thingName) => {
        const parsed = parseDetect(violation({ thingName }), detect);
        return parsed.ok
          ? JSON.stringify(parsed.value.subject) === JSON.stringify({ kind: 'thing', name: thingName })
          : !/^[a-zA-Z0-9:_-]{1,128}$/.test(thingName);
      }),
      { numRuns: 2_000 },
    );
  });

  test('texts come out printable and short', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (about) => {
        const parsed = parsePlain(plain({ about, evidence: { a: about } }), generic);
        return (
          !parsed.ok ||
          /^[^\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028-\u202e\u2066-\u2069]+$/u.test(parsed.value.about)
        );
      }),
    );
  });
});

test('small readers', () => {
  expect(objectIn(undefined)).toBeUndefined();
  expect(asList({})).toEqual([]);
  expect(asTime(Date.UTC(2019, 11, 31))).toBeUndefined();
  expect(asTime(Date.UTC(2020, 0, 1))).toBe(Date.UTC(2020, 0, 1));
  expect(asTime(Date.UTC(2100, 0, 1))).toBeUndefined();
  expect(asTime(TIME + 0.5)).toBe(TIME);
  expect(asTime(Infinity)).toBeUndefined();
  expect(stableId('a', 1)).toBe('a/1');
  expect(stableId('a b')).toMatch(/^[a-f0-9]{64}$/);
  expect(stableId('x'.repeat(129))).toMatch(/^[a-f0-9]{64}$/);
  expect(isClientId('x'.repeat(129))).toBe(false);
  expect(isClientId('pump 7')).toBe(false);
  expect(isSubject(`certificate/${CERTIFICATE}`)).toBe(true);
  expect(isSubject('certificate/x')).toBe(false);
  expect(isSubject(7)).toBe(false);
});

describe('text for records and people', () => {
  test.each([
    'Prüfstand, já está vazio',
    'ポンプ室の点検',
    'проверено, לבדוק, تم الفحص',
    '👩🏽‍🔧 fixed it ✅ (é as e\u0301)',
  ])('is kept whole in any script: %s', (text) => expect(safeText(text)).toBe(text));

  test.each([
    ['what ends a line is a blank', 'one\r\n\ttwo', 'one two'],
    ['controls are marked', 'a\u0000b\u001b[2Jc\u007f\u0085d', 'a?b?[2Jc??d'],
    ['so is what ends a line elsewhere', 'a\u2028b\u2029c', 'a?b?c'],
    [
      'so is what turns the direction of writing',
      'pump-7\u202e7-pmup\u202c \u2066x\u2069\u200f',
      'pump-7?7-pmup? ?x??',
    ],
    ['so are halves of a character, and none at all', 'a\ud83db\udc00\uffff\u{1fffe}\ufeff', 'a?b????'],
  ])('%s', (_what, text, expected) => expect(safeText(text)).toBe(expected));

  test('is cut between two characters', () => {
    expect(safeText('abcdef', 3)).toBe('abc');
    expect(safeText('ab🔧f', 3)).toBe('ab');
    expect(safeText('ab🔧f', 4)).toBe('ab🔧');
    // What was broken before is not taken for what the cut broke.
    expect(safeText('ab\ud83d', 3)).toBe('ab?');
  });

  test('tells two names apart that differ in other scripts only', () => {
    const aboutOf = (about: string) => {
      const parsed = parsePlain(plain({ about }), generic);
      return parsed.ok && parsed.value.about;
    };
    expect(aboutOf('Größe')).not.toBe(aboutOf('Gräße'));
  });
});
