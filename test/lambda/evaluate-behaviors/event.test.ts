import { isAfter, parseInvocation } from '../../../lambda/evaluate-behaviors/event';

/** The event of the guide: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html */
const EVENT = {
  Records: [
    {
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: '1',
        sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
        data: 'SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==',
        approximateArrivalTimestamp: 1607497475.0,
      },
      eventSource: 'aws:kinesis',
      eventName: 'aws:kinesis:record',
      eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/lambda-stream',
    },
  ],
  window: { start: '2020-12-09T07:04:00Z', end: '2020-12-09T07:06:00Z' },
  state: { '1': 282, '2': 715 },
  shardId: 'shardId-000000000006',
  eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/lambda-stream',
  isFinalInvokeForWindow: false,
  isWindowTerminatedEarly: false,
};

test('reads the event of the guide', () => {
  expect(parseInvocation(EVENT)).toEqual({
    kind: 'window',
    part: {
      start: Date.UTC(2020, 11, 9, 7, 4),
      end: Date.UTC(2020, 11, 9, 7, 6),
      shard: 'shardId-000000000006',
      state: { '1': 282, '2': 715 },
      final: false,
      early: false,
      records: [
        {
          sequence: '49590338271490256608559692538361571095921575989136588898',
          arrival: 1_607_497_475_000,
          data: 'SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==',
        },
      ],
    },
  });
  const last = {
    ...EVENT,
    Records: undefined,
    state: undefined,
    isFinalInvokeForWindow: true,
    isWindowTerminatedEarly: true,
  };
  expect(parseInvocation(last)).toMatchObject({ part: { state: {}, final: true, early: true, records: [] } });
});

test('knows the schedule', () => {
  expect(parseInvocation({ schema: 'zero-trust-iot/sweep@1' })).toEqual({ kind: 'sweep' });
});

test.each([
  ['nothing', undefined],
  ['no window', { ...EVENT, window: undefined }],
  ['no start', { ...EVENT, window: { end: EVENT.window.end } }],
  ['no end', { ...EVENT, window: { start: EVENT.window.start } }],
  ['no shard', { ...EVENT, shardId: 6 }],
])('fails for %s: the function was put behind something else', (_name, event) => {
  expect(() => parseInvocation(event)).toThrow('not a tumbling window of Kinesis: no window or shard');
});

test.each([
  undefined,
  {},
  { kinesis: {} },
  { kinesis: { sequenceNumber: '1', data: '' } },
  { kinesis: { sequenceNumber: 1, approximateArrivalTimestamp: 1, data: '' } },
  { kinesis: { sequenceNumber: '1', approximateArrivalTimestamp: 1 } },
])('fails for the record %j', (record) => {
  expect(() => parseInvocation({ ...EVENT, Records: [record] })).toThrow('not a record of Kinesis');
});

test('sequence numbers are numbers of any length', () => {
  expect([isAfter('10', '9'), isAfter('9', '10'), isAfter('11', '10'), isAfter('10', '10'), isAfter('1', '')]).toEqual([
    ...[true, false, true, false, true],
  ]);
});
