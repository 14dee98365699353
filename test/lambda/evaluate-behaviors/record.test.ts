import fc from 'fast-check';
import { deviceOf, type StreamRecord } from '../../../lambda/evaluate-behaviors/contract';
import { FOREIGN, parseRecord } from '../../../lambda/evaluate-behaviors/record';
import { EPOCH, log, message, presence, report } from '../../support/stream';

const read = (record: object) => parseRecord(JSON.stringify(record));
const SIGN = { v: 1, source: 'subscription', clientId: 'pump-7', eventType: 'subscribed', timestamp: EPOCH } as const;
const samples: Record<string, StreamRecord> = {
  presence: presence('pump-7', 'connected', EPOCH),
  subscription: SIGN,
  log: log('pump-7', EPOCH),
  message: message('pump-7', EPOCH),
  report: report('pump-7', EPOCH, { metrics: {} }),
};

test.each(Object.entries(samples))('a record of %s is about its device', (_name, record) => {
  expect(read(record)).toMatchObject({ ok: true, value: { device: 'pump-7', at: EPOCH } });
  expect(deviceOf(record)).toBe('pump-7');
});

const odd = (source: string, more: object) => ({ ...samples[source], ...more });
const entry = (more: object) => odd('log', { entry: { ...log('pump-7', EPOCH).entry, ...more } });
const TIMES = [undefined, '1', 1.5, Date.UTC(2019, 0, 1), Date.UTC(2101, 0, 1)];
const NAMES = [undefined, 7, '', 'a b', 'x'.repeat(129), '#'];

test.each<[string, object, string]>([
  ['of another version', odd('log', { v: 2 }), 'record: not version 1'],
  ['of no known source', odd('log', { source: 'x' }), 'record: not a source that is known'],
  ...NAMES.flatMap((clientId): [string, object, string][] => [
    [`of presence of ${String(clientId)}`, odd('presence', { clientId }), 'presence: no client id'],
    [`of a subscription of ${String(clientId)}`, odd('subscription', { clientId }), 'subscription: no client id'],
    [`of the log about ${String(clientId)}`, entry({ clientId }), 'log: no client id'],
    [`of a message of ${String(clientId)}`, odd('message', { clientId }), 'message: no client id'],
    [`of a report of ${String(clientId)}`, odd('report', { clientId }), 'report: no thing or client id'],
    [`of a report about ${String(clientId)}`, odd('report', { thing: clientId }), 'report: no thing or client id'],
  ]),
  ...TIMES.flatMap((at): [string, object, string][] => [
    [`of presence at ${String(at)}`, odd('presence', { timestamp: at }), 'presence: no time'],
    [`of a subscription at ${String(at)}`, odd('subscription', { timestamp: at }), 'subscription: no time'],
    [`of the log at ${String(at)}`, odd('log', { at }), 'log: no time'],
    [`of a message at ${String(at)}`, odd('message', { at }), 'message: no time'],
    [`of a report at ${String(at)}`, odd('report', { at }), 'report: no time'],
  ]),
  ['of no known event', odd('presence', { eventType: 'subscribed' }), 'presence: not an event that is known'],
  ['of half a version', odd('presence', { versionNumber: 0.5 }), 'presence: no version'],
  ['of a negative version', odd('presence', { versionNumber: -1 }), 'presence: no version'],
  ['of the log without an entry', odd('log', { entry: 'x' }), 'log: no entry or id'],
  ['of the log without an id', odd('log', { id: '' }), 'log: no entry or id'],
  ['of a message on no selection', odd('message', { on: 7 }), 'message: no topics or id'],
  ['of a message without an id', odd('message', { id: 'x'.repeat(257) }), 'message: no topics or id'],
  ['of a message of half a byte', odd('message', { bytes: 0.5 }), 'message: not a size'],
  ['of a message of less than nothing', odd('message', { bytes: -1 }), 'message: not a size'],
  ['of a report without a principal', odd('report', { principal: undefined }), 'report: no principal'],
  ['of a report of somebody else', odd('report', { thing: 'pump-8' }), FOREIGN],
  ['of a report by a role', odd('report', { principal: 'AROAEXAMPLEID1234567' }), FOREIGN],
  ['of a report without data', odd('report', { data: 7 }), 'report: no data'],
  ['of a report that is none', odd('report', { data: 'e30=' }), 'report: no report id'],
])('a record %s is refused', (_name, record, reason) => expect(read(record)).toEqual({ ok: false, reason }));

test.each(['', '[]', '7', '{', 'null'])('a record %p is refused', (text) => {
  expect(parseRecord(text)).toEqual({ ok: false, reason: 'record: not a JSON object' });
});

describe('an event of the life of a connection', () => {
  test('is the same when it comes again, and another one is not', () => {
    const idOf = (more: object) => {
      const fact = read(odd('presence', more));
      return fact.ok && fact.value.kind === 'presence' ? fact.value.id : undefined;
    };
    const session = { sessionIdentifier: 's', versionNumber: 3 };
    expect(idOf({ ...session, timestamp: EPOCH + 5 })).toBe(idOf(session));
    expect(idOf({ ...session, versionNumber: 4 })).not.toBe(idOf(session));
    expect(idOf({ ...session, eventType: 'disconnected' })).not.toBe(idOf(session));
    // A failed attempt has no session; https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html
    const failed = { ...session, eventType: 'connect_failed' };
    expect(idOf({ ...failed, timestamp: EPOCH + 5 })).not.toBe(idOf(failed));
    expect(idOf({ sessionIdentifier: 's', versionNumber: undefined })).toBe('connected/s/0');
    // One that names no session must not be taken for the next one, in any window to come.
    const nameless = { sessionIdentifier: undefined, versionNumber: 3 };
    expect(idOf({ ...nameless, timestamp: EPOCH + 5 })).not.toBe(idOf(nameless));
    expect(idOf(nameless)).toBe(idOf(nameless));
  });
});

test('a subscription, and a report, say which one they are', () => {
  const sign = { v: 1, source: 'subscription', clientId: 'pump-7', eventType: 'subscribed', timestamp: EPOCH };
  const idOf = (more: object): unknown => {
    const fact = parseRecord(JSON.stringify({ ...sign, ...more }));
    return fact.ok && fact.value.kind === 'sign' ? fact.value.id : undefined;
  };
  expect(idOf({ sessionIdentifier: 's' })).toBe(`s/${EPOCH}`);
  expect(new Set([idOf({ sessionIdentifier: 't' }), idOf({ timestamp: EPOCH + 1 }), idOf({})]).size).toBe(3);
  expect(read(odd('report', { id: 'trace-1' }))).toMatchObject({ ok: true, value: { trace: 'trace-1' } });
  expect(read(odd('report', { id: 7 }))).toMatchObject({ ok: true, value: { kind: 'report', trace: undefined } });
});

describe('a line of the log', () => {
  test.each<[object, object]>([
    [
      { status: 'Failure', reason: 'AUTHORIZATION_FAILURE' },
      { kind: 'log', what: 'denied' },
    ],
    [
      { status: 'Failure', reason: 'AUTHORIZATION_FAILED' },
      { kind: 'log', what: 'denied' },
    ],
    [
      { status: 'Failure', reason: undefined, details: 'Authorization Failure' },
      { kind: 'log', what: 'denied' },
    ],
    [
      { status: 'Failure', eventType: 'Connect', reason: 'AUTHORIZATION_FAILURE' },
      { kind: 'log', what: 'denied' },
    ],
    [
      { status: 'Success', eventType: 'Publish-In' },
      { kind: 'log', what: 'sent' },
    ],
    [
      { status: 'Success', eventType: 'Publish-Out' },
      { kind: 'log', what: 'received' },
    ],
    // What says nothing of rights or messages says that the device is there.
    [{ status: 'Failure', reason: 'THROTTLED', details: 'not an Authorization Failure' }, { kind: 'sign' }],
    [{ status: 'Success', eventType: 'Subscribe', reason: 'AUTHORIZATION_FAILURE' }, { kind: 'sign' }],
  ])('%j is %j', (given, expected) => expect(read(entry(given))).toMatchObject({ ok: true, value: expected }));

  test('has a topic and an address only where they are texts of a length that can be', () => {
    const told = { topicName: 't'.repeat(256), sourceIp: '192.0.2.1' };
    expect(read(entry(told))).toMatchObject({ value: { topic: told.topicName, address: '192.0.2.1' } });
    for (const none of [{ topicName: 7 }, { topicName: 't'.repeat(257) }])
      expect(read(entry(none))).toMatchObject({ ok: true, value: { topic: undefined } });
    expect(read(entry({ sourceIp: 'x'.repeat(300), principalId: 7 }))).toMatchObject({
      value: { address: undefined, principal: undefined },
    });
  });
});

test('any record is a fact or a reason', () => {
  const near = fc
    .tuple(
      fc.constantFrom(...Object.values(samples)),
      fc.dictionary(
        fc.constantFrom(
          'clientId',
          'at',
          'timestamp',
          'entry',
          'thing',
          'data',
          'id',
          'bytes',
          'versionNumber',
          'principal',
        ),
        fc.jsonValue(),
      ),
    )
    .map(([sample, more]) => JSON.stringify({ ...sample, ...more }));
  fc.assert(
    fc.property(fc.oneof(near, fc.json(), fc.string()), (text) => {
      const fact = parseRecord(text);
      if (!fact.ok) expect(fact.reason).toMatch(/^(record|presence|subscription|log|message|report): [a-zA-Z1,\- ]+$/);
    }),
    { numRuns: 1_000 },
  );
});
