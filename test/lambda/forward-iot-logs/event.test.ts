import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parseBatch } from '../../../lambda/forward-iot-logs/event';
import { dataOf, delivery, REFUSED } from './deliveries';

const NOT_A_DELIVERY = { ok: false, reason: 'not a delivery of CloudWatch Logs' };
const NOT_GZIP = { ok: false, reason: 'not gzip of a JSON object, or too large' };

test('lines come with their ids and times', () => {
  expect(parseBatch(dataOf(REFUSED, 'plain text'))).toEqual({
    ok: true,
    value: [
      { id: expect.stringMatching(/^[0-9]{53}$/), time: 1_764_000_000_000, json: REFUSED },
      { id: expect.stringMatching(/0001$/), time: 1_764_000_000_001, json: undefined },
    ],
  });
});

test('what tests the subscription has no lines', () => {
  expect(parseBatch(delivery({ messageType: 'CONTROL_MESSAGE', logEvents: [{}] }))).toEqual({ ok: true, value: [] });
});

test.each([undefined, null, 7, 'text', {}, { awslogs: 1 }, { awslogs: { data: 5 } }])('%j is no delivery', (event) => {
  expect(parseBatch(event)).toEqual(NOT_A_DELIVERY);
});

test('text that is longer than what Lambda takes is not unpacked', () => {
  expect(parseBatch({ awslogs: { data: 'A'.repeat(6 * 1024 * 1024 + 1) } })).toEqual(NOT_A_DELIVERY);
  expect(parseBatch({ awslogs: { data: 'A'.repeat(6 * 1024 * 1024) } })).toEqual(NOT_GZIP);
});

test.each([
  ['not gzip', 'bm90IGd6aXA='],
  ['cut off', gzipSync('{"messageType":"CONTROL_MESSAGE"}').subarray(0, 20).toString('base64')],
  ['not JSON', gzipSync('{').toString('base64')],
  ['no object', gzipSync('[]').toString('base64')],
])('%s is refused', (_what, data) => {
  expect(parseBatch({ awslogs: { data } })).toEqual(NOT_GZIP);
});

test('a bomb is refused before it has taken the memory', () => {
  const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024, ' '), { level: 9 });
  expect(bomb.length).toBeLessThan(100_000);
  const before = process.memoryUsage().arrayBuffers;
  expect(parseBatch({ awslogs: { data: bomb.toString('base64') } })).toEqual(NOT_GZIP);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80 * 1024 * 1024);
});

test.each([
  {},
  { messageType: 'OTHER', logEvents: [] },
  { messageType: 'DATA_MESSAGE' },
  { messageType: 'DATA_MESSAGE', logEvents: {} },
])('%j is no batch', (batch) => {
  expect(parseBatch(delivery(batch))).toEqual({ ok: false, reason: 'not a batch of log lines' });
});

test.each([
  null,
  {},
  { id: '', timestamp: 1, message: '{}' },
  { id: 'x1', timestamp: 1, message: '{}' },
  { id: '1', timestamp: 0, message: '{}' },
  { id: '1', timestamp: 1.5, message: '{}' },
  { id: '1', timestamp: '1', message: '{}' },
  { id: 1, timestamp: 1, message: '{}' },
])('the line %j has no content', (line) => {
  expect(parseBatch(delivery({ messageType: 'DATA_MESSAGE', logEvents: [line] }))).toEqual({
    ok: true,
    value: [{ id: '', time: 0 }],
  });
});

test('nothing that is delivered makes it throw', () => {
  fc.assert(
    fc.property(fc.anything(), fc.json(), (event, json) => {
      expect(typeof parseBatch(event).ok).toBe('boolean');
      expect(typeof parseBatch(delivery(JSON.parse(json))).ok).toBe('boolean');
    }),
    { numRuns: 500 },
  );
});
