import fc from 'fast-check';
import { decideHold, decideIsolate, decideRelease, decideReport } from '../../../lambda/operate-incident/decide';
import { parseOperation } from '../../../lambda/operate-incident/event';
import { MESSAGE, VERDICTS } from '../../../lambda/shared/incident/contract';
import type { Incident, State } from '../../../lambda/shared/incident/incident';
import { parseMessage } from '../../../lambda/shared/incident/parse-message';
import { CERTIFICATE, PLACE, SOURCES, TIME } from '../shared/incident/messages';

const CALLER = 'arn:aws:sts::123456789012:assumed-role/soc/ada';

const request = (routeKey: string, body?: object | string, values: object = {}) => ({
  version: '2.0',
  routeKey,
  requestContext: { authorizer: { iam: { userArn: CALLER } } },
  body: typeof body === 'object' ? JSON.stringify(body) : body,
  ...values,
});
const order = { subject: 'pump-7', why: 'smoke' };
const NO_WHY = 'why: say why in 1 to 512 characters, it is put on record';
const OR_ALL = 'subject: a thing name or certificate/ID, or allHeld: true instead';

describe('a request', () => {
  test.each(['isolate', 'hold', 'release', 'retire'] as const)('to %s one device', (verb) => {
    expect(parseOperation(request(`POST /${verb}`, order))).toEqual({
      ok: true,
      value: { verb, by: CALLER, why: 'smoke', subject: 'pump-7', response: verb === 'retire' ? 'retire' : 'isolate' },
    });
  });

  test.each(['isolate', 'release'])('to %s all that are held', (verb) => {
    const parsed = parseOperation(request(`POST /${verb}`, { allHeld: true, why: 'sure' }));
    expect(parsed).toMatchObject({ ok: true, value: { verb } });
    expect(parsed.ok && 'subject' in parsed.value).toBe(false);
  });

  test('to report one device, as bad as it is said to be', () => {
    const report = (body?: object) => parseOperation(request('POST /report', body));
    const value = { verb: 'report', by: CALLER, why: 'smoke', subject: 'pump-7' };
    expect(report(order)).toEqual({ ok: true, value: { ...value, severity: 'HIGH' } });
    expect(report({ ...order, severity: 'LOW' })).toEqual({
      ok: true,
      value: { ...value, severity: 'LOW' },
    });
    for (const [body, reason] of [
      [undefined, 'body: not a JSON object'],
      [{ ...order, why: '' }, NO_WHY],
      [{ ...order, severity: null }, 'severity: one of LOW, MEDIUM, HIGH, CRITICAL'],
      [{ ...order, response: 'retire' }, 'body: takes subject, why, severity, and nothing else'],
      [{ ...order, severity: 'high' }, 'severity: one of LOW, MEDIUM, HIGH, CRITICAL'],
      [{ ...order, subject: '*' }, 'subject: a thing name or certificate/ID'],
      [{ why: 'smoke', allHeld: true }, 'body: takes subject, why, severity, and nothing else'],
      [{ why: 'smoke' }, 'subject: a thing name or certificate/ID'],
    ] as const)
      expect(report(body)).toEqual({ ok: false, reason });
  });

  test.each(VERDICTS)('to release with the verdict %s', (verdict) => {
    expect(parseOperation(request('POST /release', { ...order, verdict }))).toMatchObject({ value: { verdict } });
    expect(parseOperation(request('POST /release', { allHeld: true, why: 'x', verdict }))).toMatchObject({
      value: { verdict },
    });
  });

  test('on one device, where it is said that not all are meant, and with as long a reason as can be', () => {
    const why = 'x'.repeat(512);
    expect(parseOperation(request('POST /release', { ...order, why, allHeld: false }))).toMatchObject({
      value: { subject: 'pump-7', why },
    });
  });

  test('to lock out a certificate, in base64', () => {
    const body = Buffer.from(
      JSON.stringify({ ...order, subject: `certificate/${CERTIFICATE}`, response: 'lockOut' }),
    ).toString('base64');
    expect(parseOperation(request('POST /isolate', body, { isBase64Encoded: true }))).toMatchObject({
      value: { subject: `certificate/${CERTIFICATE}`, response: 'lockOut' },
    });
  });

  test('to read', () => {
    expect(
      parseOperation(request('GET /incident', undefined, { queryStringParameters: { subject: 'pump-7' } })),
    ).toEqual({
      ok: true,
      value: { verb: 'read', by: CALLER, subject: 'pump-7' },
    });
    expect(parseOperation(request('GET /held'))).toEqual({ ok: true, value: { verb: 'list', by: CALLER } });
    expect(parseOperation(request('GET /held', undefined, { queryStringParameters: { start: '{}' } }))).toEqual({
      ok: true,
      value: { verb: 'list', by: CALLER, start: '{}' },
    });
  });

  test('says who calls by the signature, never by the body', () => {
    expect(parseOperation(request('POST /hold', order))).toMatchObject({ value: { by: CALLER } });
    expect(parseOperation(request('POST /hold', { ...order, by: 'somebody else' }))).toMatchObject({ ok: false });
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'not a route that is known'],
    ['another route', request('POST /explode', order), 'not a route that is known'],
    ['no signature', request('POST /hold', order, { requestContext: {} }), 'not authorized by IAM'],
    ['no body', request('POST /hold'), 'body: not a JSON object'],
    ['a body that is no JSON', request('POST /hold', '{'), 'body: not a JSON object'],
    ['no reason', request('POST /hold', { subject: 'pump-7' }), NO_WHY],
    ['a reason of blanks', request('POST /hold', { subject: 'pump-7', why: ' \t' }), NO_WHY],
    ['a reason that nobody can see', request('POST /hold', { subject: 'pump-7', why: '\u200b\u2060 \u0000' }), NO_WHY],
    ['a reason that is no text', request('POST /hold', { subject: 'pump-7', why: 7 }), NO_WHY],
    ['a reason without end', request('POST /hold', { subject: 'pump-7', why: 'x'.repeat(513) }), NO_WHY],
    [
      'a response to a release',
      request('POST /release', { ...order, response: 'isolate' }),
      'body: takes subject, why, verdict, allHeld, and nothing else',
    ],
    [
      'a field that is misspelled',
      request('POST /isolate', { ...order, respnse: 'lockOut' }),
      'body: takes subject, why, response, allHeld, and nothing else',
    ],
    ...['retire', 'observe', 'notify', 'x', 7].map((response): [string, unknown, string] => [
      `the response ${response}`,
      request('POST /isolate', { ...order, response }),
      'response: isolate or lockOut',
    ]),
    [
      'one response for all',
      request('POST /isolate', { allHeld: true, why: 'x', response: 'lockOut' }),
      'response: not with allHeld, each has its own',
    ],
    [
      'a verdict on what stays isolated',
      request('POST /isolate', { ...order, verdict: 'FALSE_POSITIVE' }),
      'body: takes subject, why, response, allHeld, and nothing else',
    ],
    [
      'an unknown verdict',
      request('POST /release', { ...order, verdict: 'false-positive' }),
      'verdict: one of FALSE_POSITIVE, BENIGN_POSITIVE, TRUE_POSITIVE, UNKNOWN',
    ],
    [
      'retiring all',
      request('POST /retire', { allHeld: true, why: 'x' }),
      'body: takes subject, why, and nothing else',
    ],
    ['holding all', request('POST /hold', { allHeld: true, why: 'x' }), 'body: takes subject, why, and nothing else'],
    ['retiring nobody', request('POST /retire', { why: 'x' }), 'subject: a thing name or certificate/ID'],
    ['all, said in words', request('POST /release', { allHeld: 'true', why: 'x' }), 'allHeld: true or false'],
    ['all, said with nothing', request('POST /release', { allHeld: null, why: 'x' }), 'allHeld: true or false'],
    ['all and one', request('POST /release', { ...order, allHeld: true }), OR_ALL],
    ['neither', request('POST /release', { why: 'x' }), OR_ALL],
    ['no thing name', request('POST /release', { ...order, subject: 'a b' }), OR_ALL],
    ['reading nothing', request('GET /incident'), 'subject: a thing name or certificate/ID'],
    [
      'a page that is none',
      request('GET /held', undefined, { queryStringParameters: { start: 'x' } }),
      'start: not a page',
    ],
    [
      'a page without end',
      request('GET /held', undefined, { queryStringParameters: { start: 'x'.repeat(3_000) } }),
      'start: not a page',
    ],
  ])('fails for %s', (_name, given, reason) => expect(parseOperation(given)).toEqual({ ok: false, reason }));

  test('of any form is an operation or a reason', () => {
    const keys = fc.constantFrom(
      'GET /held',
      'GET /incident',
      'POST /isolate',
      'POST /hold',
      'POST /release',
      'POST /retire',
    );
    fc.assert(
      fc.property(keys, fc.json(), fc.jsonValue(), (routeKey, body, odd) => {
        const parsed = parseOperation(request(routeKey, body, { queryStringParameters: odd }));
        return parsed.ok || parsed.reason.length > 0;
      }),
      { numRuns: 1_000 },
    );
  });
});

const incident = (state: State, values: Partial<Incident> = {}): Incident => ({
  subject: 'pump-7',
  episode: 2,
  version: 3,
  state,
  response: 'isolate',
  severity: 'HIGH',
  openedAt: TIME,
  updatedAt: TIME,
  signals: [],
  alarms: [],
  clientIds: [],
  orders: [],
  ...values,
});
const given = { by: CALLER, why: 'smoke', time: TIME };
const understood = (message: object) => parseMessage(JSON.stringify(message), SOURCES, PLACE, 'response');

test('a report says how bad it is, and leaves the rest to the playbook', () => {
  const decision = decideReport('pump-7', 'LOW', given);
  const parsed = decision.kind === 'send' && understood(decision.message);
  expect(parsed).toMatchObject({ value: { signals: [{ source: 'person', kind: 'report', severity: 'LOW' }] } });
  expect(JSON.stringify(parsed)).not.toContain('response');
});

describe('an order', () => {
  test('on a held incident lets it go ahead, and the responder understands it', () => {
    const decision = decideIsolate(incident('held'), 'pump-7', 'isolate', given);
    expect(decision).toEqual({
      kind: 'send',
      queue: 'tasks',
      message: { schema: MESSAGE.order, subject: 'pump-7', episode: 2, ...given },
    });
    expect(decision.kind === 'send' && understood(decision.message)).toMatchObject({ value: { kind: 'order' } });
  });

  test.each([
    ['no incident', undefined, 'isolate'],
    ['an isolated one', incident('isolated'), 'lockOut'],
    ['a held one that is to be retired', incident('held'), 'retire'],
    ['a held one that is to be locked out', incident('held'), 'lockOut'],
  ] as const)('on %s is a report of a person', (_name, known, response) => {
    const decision = decideIsolate(known, 'pump-7', response, given);
    expect(decision.kind === 'send' && understood(decision.message)).toMatchObject({
      value: { kind: 'signals', signals: [{ source: 'person', response, subject: { kind: 'thing', name: 'pump-7' } }] },
    });
    const certificate = decideIsolate(undefined, `certificate/${CERTIFICATE}`, response, given);
    expect(certificate.kind === 'send' && understood(certificate.message)).toMatchObject({
      value: { signals: [{ subject: { kind: 'certificate', id: CERTIFICATE } }] },
    });
  });

  test('to release goes to the function that gives back', () => {
    for (const state of ['held', 'isolating', 'isolated', 'repairing', 'proving'] as const)
      expect(decideRelease(incident(state), given)).toEqual({
        kind: 'send',
        queue: 'release',
        message: { schema: MESSAGE.release, subject: 'pump-7', episode: 2, ...given },
      });
  });

  test('to hold is written down', () => {
    for (const state of ['detected', 'held', 'isolated', 'repairing', 'proving'] as const)
      expect(decideHold(incident(state), given)).toMatchObject({
        kind: 'save',
        incident: { state: 'held', because: 'smoke', orders: [{ verb: 'hold', ...given }] },
      });
  });

  test.each([
    ['releasing nothing', decideRelease(undefined, given), 404, 'no incident of this device'],
    [
      'releasing what is recorded only',
      decideRelease(incident('detected'), given),
      409,
      'nothing was taken from the device',
    ],
    ['releasing what is released', decideRelease(incident('released'), given), 409, 'the incident is released already'],
    ['holding nothing', decideHold(undefined, given), 404, 'no incident of this device'],
    [
      'holding what is retired',
      decideHold(incident('retired'), given),
      409,
      'the incident is retired already; enroll the device anew',
    ],
    [
      'holding what is being isolated',
      decideHold(incident('isolating'), given),
      409,
      'the device is isolating; try again in a moment',
    ],
  ])('is refused: %s', (_name, decision, status, because) => {
    expect(decision).toEqual({ kind: 'refuse', status, because });
  });
});
