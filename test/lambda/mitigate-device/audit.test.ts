import { readAuditPage } from '../../../lambda/mitigate-device/audit';
import type { Deps } from '../../../lambda/mitigate-device/deps';
import type { AuditPage } from '../../../lambda/shared/incident/parse-message';
import { createHandler } from '../../../lambda/mitigate-device/handler';
import { MESSAGE } from '../../../lambda/shared/incident/contract';
import { audit, auditFinding, SOURCES, TOPIC, viaSns } from '../shared/incident/messages';

const CHECK = 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK';
const CERTIFICATE = 'b'.repeat(64);
const ISSUER = { issuerCertificateIdentifier: { issuerCertificateSerialNumber: '1' } };
const FINDING = { id: 'finding-1', time: Date.UTC(2026, 10, 22), severity: 'CRITICAL', reason: 'REVOKED' } as const;

interface Answer {
  readonly findings?: readonly object[];
  readonly resources?: readonly object[];
  readonly nextToken?: string;
}

async function read({ findings = [], resources = [], nextToken }: Answer, page: Partial<AuditPage> = {}) {
  const sent: unknown[] = [];
  const logged: unknown[] = [];
  const asked: unknown[] = [];
  const answer = (words: unknown[], found: object) => (asked.push(words), Promise.resolve({ ...found, nextToken }));
  const deps = {
    audits: {
      findings: ({ taskId, check, nextToken: from }: AuditPage) => answer([taskId, check, from], { findings }),
      related: (id: string, from?: string) => answer([id, from], { resources }),
    },
    queue: { slow: (body: string) => Promise.resolve(void sent.push(JSON.parse(body))) },
    log: { info: (_word: string, fields: object) => void logged.push(fields) },
  } as unknown as Deps;
  const found = await readAuditPage(deps, { taskId: 'task', check: CHECK, ...page });
  return { sent, logged, asked, found };
}

test('the findings of a page are signals, and the next page is a message of its own', async () => {
  const findings = [auditFinding(), { checkName: CHECK }, auditFinding()];
  const { sent, logged, asked, found } = await read({ findings, nextToken: 'next' }, { nextToken: 'this' });
  expect(asked).toEqual([['task', CHECK, 'this']]);
  expect(found.signals).toHaveLength(2);
  expect(sent).toEqual([{ schema: 'zero-trust-iot/audit-page@1', taskId: 'task', check: CHECK, nextToken: 'next' }]);
  expect(logged).toEqual([{ taskId: 'task', check: CHECK, signals: 2, shared: 0, passedOver: 1 }]);
});

test('after the last page there is none', async () => {
  expect((await read({ findings: [auditFinding()] })).sent).toEqual([]);
});

describe('a finding about an issuer of certificates', () => {
  const ofIssuer = (values: object = {}) =>
    auditFinding({
      checkName: CHECK,
      findingTime: new Date(FINDING.time),
      reasonForNonComplianceCode: FINDING.reason,
      nonCompliantResource: { resourceType: 'ISSUER_CERTIFICATE', resourceIdentifier: ISSUER },
      ...values,
    });

  test('names no device: which it is about is asked for with a message of its own', async () => {
    const { sent, found } = await read({ findings: [ofIssuer()] });
    expect(found).toMatchObject({ signals: [], passedOver: 0 });
    expect(sent).toEqual([{ schema: 'zero-trust-iot/audit-page@1', taskId: 'task', check: CHECK, finding: FINDING }]);
  });

  test.each([
    ['that is suppressed', { isSuppressed: true }],
    ['of another check', { checkName: 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK' }],
    ['with an id that the service does not take', { findingId: 'a/b' }],
    ['without a time', { findingTime: undefined }],
  ])('%s is passed over', async (_form, values) => {
    const { sent, found } = await read({ findings: [ofIssuer(values)] });
    expect(sent).toEqual([]);
    expect(found.passedOver).toBe(1);
  });

  test('is one about each certificate that is related to it, page by page, as severe as the finding', async () => {
    const certificate = {
      resourceType: 'DEVICE_CERTIFICATE',
      resourceIdentifier: { deviceCertificateId: CERTIFICATE },
    };
    const resources = [certificate, { resourceType: 'ISSUER_CERTIFICATE', resourceIdentifier: ISSUER }];
    const { sent, asked, found } = await read(
      { resources, nextToken: 'next' },
      { finding: FINDING, nextToken: 'this' },
    );
    expect(asked).toEqual([[FINDING.id, 'this']]);
    expect(found).toMatchObject({ shared: [], passedOver: 1 });
    expect(found.signals).toEqual([
      expect.objectContaining({
        id: FINDING.id,
        time: FINDING.time,
        subject: { kind: 'certificate', id: CERTIFICATE },
        kind: 'identity',
        severity: 'CRITICAL',
        about: CHECK,
        evidence: { reason: FINDING.reason },
      }),
    ]);
    expect(sent).toEqual([
      {
        schema: 'zero-trust-iot/audit-page@1',
        taskId: 'task',
        check: CHECK,
        finding: FINDING,
        nextToken: 'next',
      },
    ]);
  });
});

describe('what an audit says of no device is accounted for', () => {
  const SLOW = 'arn:aws:sqs:eu-west-1:123456789012:slow';
  const done = async (body: string, findings: readonly object[]) => {
    const ignored: unknown[] = [];
    const deps = {
      audits: { findings: () => Promise.resolve({ findings }) },
      sources: SOURCES,
      place: {},
      slowQueueArn: SLOW,
      log: {
        info: () => undefined,
        count: (metric: string, _value: number, { because }: { because: string }) => ignored.push([metric, because]),
      },
    } as unknown as Deps;
    const record = { messageId: 'm', body, receiptHandle: 'r', eventSourceARN: SLOW };
    const Records = [{ ...record, attributes: { ApproximateReceiveCount: '1' } }];
    const answer = await createHandler(deps)({ Records }, { getRemainingTimeInMillis: () => 60_000 });
    expect(answer.batchItemFailures).toEqual([]);
    return ignored;
  };

  test('where no check about devices found anything', async () => {
    const body = viaSns(TOPIC.audit, audit({ auditDetails: [] }));
    expect(await done(body, [])).toEqual([['SignalsIgnored', 'an audit that found nothing about devices']]);
  });

  test('where findings name none', async () => {
    const body = JSON.stringify({ schema: MESSAGE.auditPage, taskId: 'task', check: CHECK });
    const nobody = auditFinding({ nonCompliantResource: { resourceIdentifier: { clientId: 'no thing/at all' } } });
    expect(await done(body, [nobody])).toEqual([['SignalsIgnored', 'findings of the audit that name no device']]);
    expect(await done(body, [])).toEqual([]);
  });
});
