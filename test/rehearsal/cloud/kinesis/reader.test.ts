import { openCloud, type RehearsalCloud } from '../../../../rehearsal/cloud/rehearsal-cloud';
import type { FaultEvent } from '../../../../rehearsal/ports';
import { assemblyOf } from '../../../support/rehearsal-assembly';
import { arnOf, eventsOf, recorder, role } from '../../../support/rehearsal-stack';

const READ = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'];
const MINUTE = 60_000;
/** Begins a window. */
const START = Date.UTC(2026, 0, 5, 8);
const open: RehearsalCloud[] = [];

afterEach(() => Promise.all(open.splice(0).map((cloud) => cloud.close())));

interface Batch {
  readonly Records: { readonly kinesis: { readonly data: string; readonly sequenceNumber: string } }[];
  readonly [key: string]: unknown;
}

async function reading(mapping: object, body = '', actions = READ.map((name) => `kinesis:${name}`)) {
  const assembly = assemblyOf({
    S: {
      Resources: {
        Role: role('lambda.amazonaws.com', ...actions, 'sqs:SendMessage'),
        Stream: { Type: 'AWS::Kinesis::Stream', Properties: { Name: 'events', ShardCount: 1 } },
        Failures: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'failures' } },
        Function: recorder('Role', body),
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: arnOf('Stream'),
            FunctionName: { Ref: 'Function' },
            StartingPosition: 'TRIM_HORIZON',
            DestinationConfig: { OnFailure: { Destination: arnOf('Failures') } },
            ...mapping,
          },
        },
      },
    },
  });
  const cloud = await openCloud({ assembly, startAt: START });
  open.push(cloud);
  const { clock } = cloud;
  return {
    cloud,
    put: (...values: string[]) =>
      values.map((value) => cloud.services.kinesis.find('events')!.put('key', Buffer.from(value))),
    pass: (ms: number) => clock.advance(ms),
    /** What each invocation got: the values, and the rest of the event. */
    calls: () =>
      cloud.services.functions
        .all()
        .flatMap(({ process }) => eventsOf(process.log) as unknown as Batch[])
        .map(({ Records, ...rest }) => ({
          ...rest,
          values: Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString()),
        })),
    faults: () => cloud.events.all().filter((event): event is FaultEvent => event.kind === 'fault'),
    failures: () => cloud.services.sqs.find('failures')!.messages.map(({ body: text }) => JSON.parse(text) as object),
  };
}

test('batches are as large as the time or the size makes them, in order', async () => {
  const { put, pass, calls } = await reading({ BatchSize: 3, MaximumBatchingWindowInSeconds: 30 });
  put('1', '2');
  await pass(29_000);
  expect(calls()).toEqual([]);
  put('3', '4');
  await pass(0);
  await pass(31_000);
  expect(calls().map(({ values }) => values)).toEqual([['1', '2', '3'], ['4']]);
});

describe('a tumbling window', () => {
  const WINDOWS = { BatchSize: 2, TumblingWindowInSeconds: 300 };

  test('hands what was answered to the next invocation, and ends when its time is over', async () => {
    const { put, pass, calls } = await reading(
      WINDOWS,
      'return { state: { seen: (event.state.seen ?? 0) + event.Records.length } };',
    );
    put('1', '2', '3');
    await pass(5 * MINUTE);
    const window = { start: '2026-01-05T08:00:00Z', end: '2026-01-05T08:05:00Z' };
    expect(calls()).toMatchObject([
      { values: ['1', '2'], state: {}, window, isFinalInvokeForWindow: false, shardId: 'shardId-000000000000' },
      { values: ['3'], state: { seen: 2 }, isFinalInvokeForWindow: false },
      { values: [], state: { seen: 3 }, isFinalInvokeForWindow: true, isWindowTerminatedEarly: false },
    ]);
    put('4');
    await pass(5 * MINUTE);
    expect(calls().slice(3)).toMatchObject([{ values: ['4'], state: {} }, { isFinalInvokeForWindow: true }]);
    await pass(20 * MINUTE);
    expect(calls()).toHaveLength(5);
  });

  test('ends early when its state is too large', async () => {
    const { put, pass, calls } = await reading(
      WINDOWS,
      "return { state: event.isFinalInvokeForWindow ? {} : { text: 'x'.repeat(1100000) } };",
    );
    put('1');
    await pass(0);
    const [, ending] = calls();
    expect(ending).toMatchObject({ isFinalInvokeForWindow: true, isWindowTerminatedEarly: true, state: 1_100_011 });
  });
});

test('a batch that fails is halved until the record is alone, which goes to the destination', async () => {
  const { put, pass, calls, failures, faults } = await reading(
    { BatchSize: 4, BisectBatchOnFunctionError: true, MaximumRetryAttempts: 1 },
    "if (event.Records.some(({ kinesis }) => atob(kinesis.data) === 'bad')) throw new Error('cannot');",
  );
  put('1', '2', 'bad', '4');
  await pass(10 * MINUTE);
  expect(calls().map(({ values }) => values.join())).toEqual(['1,2,bad,4', '1,2', 'bad,4', 'bad', 'bad', '4']);
  expect(failures()).toMatchObject([
    {
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
      KinesisBatchInfo: { shardId: 'shardId-000000000000', batchSize: 1 },
    },
  ]);
  expect(faults()).toMatchObject([{ code: 'DeadLetter' }]);
});

test('what a batch reports as failed comes again from there on, and nothing before it', async () => {
  const { put, pass, calls } = await reading(
    { FunctionResponseTypes: ['ReportBatchItemFailures'] },
    'return { batchItemFailures: calls === 1 ? [{ itemIdentifier: event.Records[1].kinesis.sequenceNumber }] : [] };',
  );
  put('1', '2', '3');
  await pass(MINUTE);
  expect(calls().map(({ values }) => values.join())).toEqual(['1,2,3', '2,3']);
});

test('records that are too old are given up', async () => {
  const { put, pass, failures } = await reading({ MaximumRecordAgeInSeconds: 60 }, "throw new Error('never');");
  put('1');
  await pass(10 * MINUTE);
  expect(failures()).toMatchObject([{ requestContext: { condition: 'RecordAgeExceeded' } }]);
});

test('a function whose role may not read gets nothing, and the refusal is told', async () => {
  const { put, pass, calls, faults } = await reading({}, '', ['kinesis:GetRecords']);
  put('1');
  await pass(MINUTE);
  expect(calls()).toEqual([]);
  expect(faults()).toMatchObject([{ code: 'AccessDenied', what: expect.stringContaining('kinesis:DescribeStream') }]);
});

test('filters leave out what they do not select', async () => {
  const { put, pass, calls } = await reading({
    FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ data: { v: [1] } }) }] },
  });
  put('{"v":1}', '{"v":2}', 'no JSON');
  await pass(MINUTE);
  expect(calls().map(({ values }) => values)).toEqual([['{"v":1}']]);
});

test('keys are spread over shards, and one key stays in its own', async () => {
  const assembly = assemblyOf({
    S: {
      Resources: {
        Stream: {
          Type: 'AWS::Kinesis::Stream',
          Properties: { Name: 'events', StreamModeDetails: { StreamMode: 'ON_DEMAND' } },
        },
      },
    },
  });
  const cloud = await openCloud({ assembly });
  open.push(cloud);
  const stream = cloud.services.kinesis.find('events')!;
  const shards = Array.from({ length: 40 }, (_, index) => stream.put(`pump-${index}`, Buffer.from('x')).shardId);
  expect(new Set(shards).size).toBe(4);
  expect(stream.put('pump-7', Buffer.from('y')).shardId).toBe(shards[7]);
});
