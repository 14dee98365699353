import { deviceOf, type LogRecord } from '../../../lambda/evaluate-behaviors/contract';
import { ENV } from '../../../lambda/forward-iot-logs/contract';
import { createHandler } from '../../../lambda/forward-iot-logs/handler';
import { createLogger } from '../../../lambda/shared/logger';
import { BundledHandler } from '../../support/bundled-handler';
import { AwsFault, FakeAws } from '../../support/fake-aws';
import { dataOf, delivery, REFUSED } from './deliveries';

interface Rig {
  readonly taken: LogRecord[];
  readonly calls: number[];
  readonly pauses: number[];
  readonly counts: Record<string, number>;
  run(event: unknown, remaining?: number): Promise<void>;
}

/** A stream that takes, of each call, those records that `takes` lets through. */
function rig(takes: (record: LogRecord, call: number) => boolean = () => true): Rig {
  const taken: LogRecord[] = [];
  const calls: number[] = [];
  const pauses: number[] = [];
  const counts: Record<string, number> = {};
  const handler = createHandler({
    streams: [
      {
        put: (records) => {
          const call = calls.push(records.length) - 1;
          const refused = records.filter((record) => !takes(record, call));
          taken.push(...records.filter((record) => !refused.includes(record)));
          return Promise.resolve(refused);
        },
      },
    ],
    clock: {
      sleep: (milliseconds) => Promise.resolve(void pauses.push(milliseconds)),
      random: () => 0.5,
    },
    log: createLogger({
      service: 'test',
      write: (text) => {
        const { message, [message as string]: value } = JSON.parse(text) as Record<string, unknown>;
        counts[message as string] = (counts[message as string] ?? 0) + Number(value);
      },
    }),
  });
  return {
    taken,
    calls,
    pauses,
    counts,
    run: (event, remaining = 60_000) => handler(event, { getRemainingTimeInMillis: () => remaining }),
  };
}

const lines = (number: number) =>
  Array.from({ length: number }, (_item, index) => ({ ...REFUSED, clientId: `d${index}` }));

test('lines about clients go to the stream, the others are counted', async () => {
  const { run, taken, counts } = rig();
  await run(dataOf(REFUSED, 'no JSON', { ...REFUSED, clientId: undefined }));
  expect(taken.map(deviceOf)).toEqual(['pump-7']);
  expect(counts).toEqual({ LogLinesForwarded: 1, LogLinesSkipped: 2 });
});

test('nothing is counted where there is nothing', async () => {
  const { run, calls, counts } = rig();
  await run(delivery({ messageType: 'CONTROL_MESSAGE' }));
  expect(calls).toEqual([]);
  expect(counts).toEqual({});
});

test('what the stream does not take is sent again, alone, after growing pauses', async () => {
  const { run, taken, calls, pauses, counts } = rig((record, call) => call >= 8 || record.entry.clientId === 'd0');
  await run(dataOf(...lines(3)));
  expect(taken.map(deviceOf)).toEqual(['d0', 'd1', 'd2']);
  expect(calls).toEqual([3, 2, 2, 2, 2, 2, 2, 2, 2]);
  expect(pauses).toEqual([75, 150, 300, 600, 1200, 2400, 3750, 3750]);
  expect(counts).toEqual({ LogLinesSentAgain: 16, LogLinesForwarded: 3 });
});

test('a delivery fails as a whole when time runs out, and is delivered again by the service', async () => {
  const { run, taken, pauses } = rig((record) => record.entry.clientId !== 'd1');
  await expect(run(dataOf(...lines(3)), 15_099)).rejects.toThrow('the stream did not take 1 records in time');
  expect(taken).toHaveLength(2);
  expect(pauses).toEqual([]);
  const again = rig((_record, call) => call > 0);
  await again.run(dataOf(...lines(1)), 15_100);
  expect(again.pauses).toEqual([75]);
});

test('each stream gets every line, and one that is full holds up no other', async () => {
  const taken: LogRecord[] = [];
  const open = { put: (records: readonly LogRecord[]) => Promise.resolve(void taken.push(...records)).then(() => []) };
  const full = { put: (records: readonly LogRecord[]) => Promise.resolve([...records]) };
  const handler = createHandler({
    streams: [full, open, open],
    clock: { sleep: () => Promise.resolve(), random: () => 0 },
    log: createLogger({ service: 'test', write: () => undefined }),
  });
  const run = handler(dataOf(...lines(2)), { getRemainingTimeInMillis: () => 15_000 });
  await expect(run).rejects.toThrow('the stream did not take 2 records in time');
  expect(taken.map(deviceOf).sort()).toEqual(['d0', 'd0', 'd1', 'd1']);
});

test('a large delivery is sent in parts', async () => {
  const { run, calls } = rig();
  await run(dataOf(...lines(1_001)));
  expect(calls).toEqual([500, 500, 1]);
});

test('what cannot be read fails with the reason, which ends in the dead-letter queue', async () => {
  const { run, counts } = rig();
  await expect(run({ awslogs: { data: 'x' } })).rejects.toThrow('not gzip of a JSON object, or too large');
  expect(counts).toEqual({ LogBatchesUnreadable: 1 });
});

describe('as it is deployed', () => {
  let aws: FakeAws;
  let handler: BundledHandler;
  const put: { PartitionKey: string; Data: string }[] = [];
  beforeAll(async () => {
    aws = await FakeAws.start([
      {
        operation: 'PutRecords',
        match: 'Kinesis_20131202.PutRecords',
        act: ({ Records, StreamName }) => {
          expect(StreamName).toBe('events');
          const records = Records as typeof put;
          // The first try takes one of two records.
          const refused = put.length === 0 ? records.slice(1) : [];
          put.push(...records.filter((record) => !refused.includes(record)));
          const results = records.map((record) =>
            refused.includes(record)
              ? { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow down' }
              : { SequenceNumber: '1', ShardId: 'shardId-000000000000' },
          );
          return { FailedRecordCount: refused.length, Records: results };
        },
      },
    ]);
    handler = new BundledHandler('forward-iot-logs', {
      ...aws.environment(),
      [ENV.streams]: 'events',
      [ENV.detector]: 'Test',
    });
  });
  afterAll(async () => {
    await handler.stop();
    await aws.stop();
  });

  test('it puts records by device, and what was refused again', async () => {
    await handler.invoke(dataOf(...lines(2)));
    expect(put.map(({ PartitionKey }) => PartitionKey)).toEqual(['d0', 'd1']);
    const [first] = put.map(({ Data }) => JSON.parse(Buffer.from(Data, 'base64').toString('utf8')) as LogRecord);
    expect(first).toMatchObject({ v: 1, source: 'log', entry: { clientId: 'd0', reason: 'AUTHORIZATION_FAILURE' } });
    expect(aws.calls.map(({ input }) => (input.Records as unknown[]).length)).toEqual([2, 1]);
  });

  test('it fails where the call fails', async () => {
    aws.trouble = () => ({ after: 'nothing', then: new AwsFault('AccessDeniedException', 'no', 400) });
    await expect(handler.invoke(dataOf(...lines(1)))).rejects.toThrow('AccessDeniedException');
  });
});
