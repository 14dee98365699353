import { inCalls, recordOf, RECORDS_OF_A_CALL } from '../../../lambda/forward-iot-logs/decide';
import { REFUSED } from './deliveries';

const line = (json: Record<string, unknown> | undefined) => ({ id: '77', time: 1_764_000_000_000, json });

test('an entry keeps what the evaluation reads, and nothing else', () => {
  expect(recordOf(line(REFUSED))).toEqual({
    v: 1,
    source: 'log',
    id: '77',
    at: 1_764_000_000_000,
    entry: {
      clientId: 'pump-7',
      eventType: 'Publish-In',
      status: 'Failure',
      reason: 'AUTHORIZATION_FAILURE',
      details: 'Authorization Failure',
      topicName: '$aws/things/pump-7/shadow/get',
      sourceIp: '205.251.233.181',
      principalId: REFUSED.principalId,
    },
  });
});

test('what is not there stays away', () => {
  const record = recordOf(line({ clientId: 'a', eventType: 'Connect', status: 'Success', reason: '', details: 7 }));
  expect(JSON.parse(JSON.stringify(record?.entry))).toEqual({ clientId: 'a', eventType: 'Connect', status: 'Success' });
});

test.each([
  ['no JSON', undefined],
  ['no client', { ...REFUSED, clientId: undefined }],
  ['an empty client', { ...REFUSED, clientId: '' }],
  ['a client that is no text', { ...REFUSED, clientId: ['a'] }],
  ['a client id that AWS IoT does not take', { ...REFUSED, clientId: 'c'.repeat(129) }],
  ['no type', { ...REFUSED, eventType: null }],
  ['no status', { ...REFUSED, status: undefined }],
])('a line with %s is no entry', (_what, json) => {
  expect(recordOf(line(json))).toBeUndefined();
});

test('long fields are cut, so that a record cannot outgrow the stream', () => {
  const long = 'x'.repeat(100_000);
  const json = { ...REFUSED, clientId: 'c'.repeat(128), eventType: long, status: long, reason: long, details: long };
  const entry = recordOf(line({ ...json, topicName: long, sourceIp: long, principalId: long }))?.entry;
  expect(Object.values(entry ?? {}).map((text) => text.length)).toEqual([128, 128, 128, 128, 128, 256, 128, 128]);
});

test('calls have as many records as they can take', () => {
  const numbers = Array.from({ length: 2 * RECORDS_OF_A_CALL + 1 }, (_item, index) => index);
  expect(inCalls(numbers).map((call) => call.length)).toEqual([500, 500, 1]);
  expect(inCalls(numbers).flat()).toEqual(numbers);
  expect(inCalls([])).toEqual([]);
});
