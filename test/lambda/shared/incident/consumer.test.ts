import { type Consumer, createConsumer, type QueueRecord } from '../../../../lambda/shared/incident/consumer';
import { invalid, valid } from '../../../../lambda/shared/incident/text';

interface Said {
  readonly refused: [string, string][];
  readonly retried: [string, number][];
  readonly handled: string[];
  readonly counted: string[];
}

const record = (body: string, tried = 1): QueueRecord => ({
  messageId: `id ${body}`,
  body,
  receiptHandle: `receipt ${body}`,
  eventSourceARN: 'arn:aws:sqs:eu-west-1:1:q',
  attributes: { ApproximateReceiveCount: String(tried) },
});

/** Messages are texts; `lane/…` gives the lane, `bad…` is not understood, `fail…` cannot be handled now. */
function consumer(values: Partial<Consumer<string>> = {}) {
  const said: Said = { refused: [], retried: [], handled: [], counted: [] };
  const consume = createConsumer<string>({
    parse: (body) => (body.startsWith('bad') ? invalid('not understood') : valid(body)),
    laneOf: (message) => (message.includes('/') ? message.split('/')[0] : undefined),
    handle: async (message) => {
      await Promise.resolve();
      if (message.includes('fail')) throw new Error('busy');
      said.handled.push(message);
      return [{ done: 'acted' }];
    },
    refuse: (body, reason) => Promise.resolve(void said.refused.push([body, reason])),
    retry: ({ messageId }, seconds) => Promise.resolve(void said.retried.push([messageId, seconds])),
    random: () => 0.5,
    log: {
      info: (message) => void said.counted.push(message),
      warn: (message) => void said.counted.push(message),
      error: () => undefined,
      count: (metric) => void said.counted.push(metric),
    },
    ...values,
  });
  const run = (records: QueueRecord[], remaining = 60_000) =>
    consume({ Records: records }, { getRemainingTimeInMillis: () => remaining });
  return { said, run };
}

const failures = (...bodies: string[]) => ({
  batchItemFailures: bodies.map((body) => ({ itemIdentifier: `id ${body}` })),
});

test('each message ends as done, refused or to be delivered again', async () => {
  const { said, run } = consumer();
  expect(await run([record('a'), record('bad'), record('fail')])).toEqual(failures('fail'));
  expect(said.handled).toEqual(['a']);
  expect(said.refused).toEqual([['bad', 'not understood']]);
  expect(said.retried).toEqual([['id fail', 23]]);
  expect([...said.counted].sort()).toEqual(['SignalsRefused', 'SignalsRetried', 'acted']);
});

test('messages of one lane keep their order; those of others do not wait for them', async () => {
  const order: string[] = [];
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const { run } = consumer({
    handle: async (message) => {
      order.push(`begin ${message}`);
      if (message === 'x/1') await gate;
      order.push(`end ${message}`);
      if (message === 'y/1') release();
      return [];
    },
  });
  await run([record('x/1'), record('x/2'), record('y/1')]);
  expect(order).toEqual(['begin x/1', 'begin y/1', 'end y/1', 'end x/1', 'begin x/2', 'end x/2']);
});

test('a message that fails does not keep the next of its lane', async () => {
  const { said, run } = consumer();
  expect(await run([record('x/fail'), record('x/2')])).toEqual(failures('x/fail'));
  expect(said.handled).toEqual(['x/2']);
});

test('what is not understood takes no lane, and does not stop one', async () => {
  const { said, run } = consumer();
  expect(await run([record('bad 1'), record('bad 2'), record('x/1')])).toEqual(failures());
  expect(said.refused).toHaveLength(2);
  expect(said.handled).toEqual(['x/1']);
});

test('no message is begun in the last fifteen seconds', async () => {
  const early = consumer();
  expect(await early.run([record('a'), record('bad')], 14_999)).toEqual(failures('a', 'bad'));
  expect([early.said.handled, early.said.refused]).toEqual([[], []]);
  const late = consumer();
  expect(await late.run([record('a')], 15_000)).toEqual(failures());
});

test.each([
  [1, 0, 15],
  [1, 0.999_999, 30],
  [2, 0.5, 45],
  [6, 0, 450],
  [6, 0.999_999, 900],
  [12, 0.5, 675],
  [1_000, 0.999_999, 900],
])(
  'delivery %i that fails comes again after a time that grows, with jitter (%f: %i seconds)',
  async (tried, random, seconds) => {
    const { said, run } = consumer({ random: () => random });
    await run([record('fail', tried)]);
    expect(said.retried).toEqual([['id fail', seconds]]);
  },
);

test('where it cannot be postponed, or refused, it comes back all the same', async () => {
  const { said, run } = consumer({
    retry: () => Promise.reject(new Error('no')),
    refuse: () => Promise.reject(new Error('no')),
  });
  expect(await run([record('fail'), record('bad')])).toEqual(failures('fail', 'bad'));
  expect(said.counted.filter((word) => word === 'cannot postpone')).toHaveLength(2);
});
