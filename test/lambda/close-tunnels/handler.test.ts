import { createHash } from 'node:crypto';
import { tunnelLabel } from '../../../lambda/shared/incident/tunnel-label';
import { BundledHandler } from '../../support/bundled-handler';
import { AwsFault, FakeAws, type Input, type Trouble } from '../../support/fake-aws';

const END = {
  source: 'zero-trust-iot',
  'detail-type': 'Incident State Change',
  detail: { state: 'released', thingName: 'pump-7', episode: 1, tunnels: 1 },
};
const PAGE = 2;

interface FakeTunnel {
  readonly thing: string;
  readonly description: string;
  status: string;
}

const tunnels = new Map<string, FakeTunnel>();
const sent: { readonly queue: string; readonly body: Input; readonly seconds: number }[] = [];
let aws: FakeAws;
let handler: BundledHandler;

const routes = [
  {
    operation: 'ListTunnels',
    match: 'IoTSecuredTunneling.ListTunnels',
    act: ({ thingName, nextToken = '0' }: Input) => {
      const all = [...tunnels].filter(([, { thing }]) => thing === thingName);
      const first = Number(nextToken);
      const tunnelSummaries = all
        .slice(first, first + PAGE)
        .map(([tunnelId, { status, description }]) => ({ tunnelId, status, description }));
      return { tunnelSummaries, ...(first + PAGE < all.length && { nextToken: String(first + PAGE) }) };
    },
  },
  {
    operation: 'CloseTunnel',
    match: 'IoTSecuredTunneling.CloseTunnel',
    act: ({ tunnelId }: Input) => {
      const tunnel = tunnels.get(String(tunnelId));
      if (tunnel === undefined) throw new AwsFault('ResourceNotFoundException', 'gone', 404);
      tunnel.status = 'CLOSED';
      return {};
    },
  },
  {
    operation: 'SendMessage',
    match: 'AmazonSQS.SendMessage',
    act: ({ QueueUrl, MessageBody, DelaySeconds = 0 }: Input) => {
      const body = String(MessageBody);
      sent.push({
        queue: String(QueueUrl).split('/').pop()!,
        body: (body.startsWith('{') ? JSON.parse(body) : { body }) as Input,
        seconds: Number(DelaySeconds),
      });
      return { MessageId: 'm', MD5OfMessageBody: createHash('md5').update(body).digest('hex') };
    },
  },
  { operation: 'ChangeMessageVisibility', match: 'AmazonSQS.ChangeMessageVisibility', act: () => ({}) },
];

const start = () =>
  new BundledHandler('close-tunnels', {
    ...aws.environment(),
    TUNNEL_QUEUE_URL: `${aws.url}/1/own`,
    DEAD_LETTER_QUEUE_URL: `${aws.url}/1/dead`,
    CALL_RATES: '{"CloseTunnel":1000}',
    QUARANTINE_GROUP: 'quarantine',
  });

beforeAll(async () => {
  aws = await FakeAws.start(routes);
  handler = start();
});
beforeEach(() => {
  tunnels.clear();
  sent.length = 0;
  aws.calls.length = 0;
  aws.trouble = () => undefined;
});
afterAll(async () => {
  await handler.stop();
  await aws.stop();
});

function open(id: string, thing = 'pump-7', episode = 1): void {
  tunnels.set(id, { thing, status: 'OPEN', description: `${tunnelLabel(thing, episode)}ada: look` });
}

const stateOf = () => Object.fromEntries([...tunnels].map(([id, { status }]) => [id, status]));

async function deliver(body: unknown): Promise<string[]> {
  const record = {
    messageId: 'm',
    receiptHandle: 'r',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    eventSourceARN: 'arn:aws:sqs:eu-west-1:1:own',
    attributes: { ApproximateReceiveCount: '1' },
  };
  const answer = (await handler.invoke({ Records: [record] })) as { batchItemFailures: { itemIdentifier: string }[] };
  return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

/** Delivers what the function sends to itself, until it sends nothing more. */
async function drain(): Promise<void> {
  for (let next = sent.shift(); next !== undefined; next = sent.shift()) expect(await deliver(next.body)).toEqual([]);
}

test('tunnels of the incident are closed, over all pages; those of others are not', async () => {
  for (const id of ['a', 'b', 'c']) open(id);
  open('other-episode', 'pump-7', 2);
  open('other-device', 'pump-70');
  expect(await deliver(END)).toEqual([]);
  expect(stateOf()).toEqual({
    a: 'CLOSED',
    b: 'CLOSED',
    c: 'CLOSED',
    'other-episode': 'OPEN',
    'other-device': 'OPEN',
  });
  expect(aws.calls.filter(({ operation }) => operation === 'CloseTunnel').map(({ input }) => input.delete)).toEqual([
    false,
    false,
    false,
  ]);
});

test('a tunnel that opens while its device is released is found a minute later', async () => {
  await deliver(END);
  expect(sent).toEqual([
    {
      queue: 'own',
      body: { schema: 'zero-trust-iot/close-tunnels@1', thing: 'pump-7', episode: 1, look: 2 },
      seconds: 60,
    },
  ]);
  open('late');
  await drain();
  expect(stateOf()).toEqual({ late: 'CLOSED' });
});

test('many are closed one message after the other', async () => {
  for (let id = 0; id < 12; id += 1) open(`t${id}`);
  await deliver(END);
  expect(sent[0]).toMatchObject({ seconds: 0, body: { look: 1 } });
  expect(Object.values(stateOf()).filter((status) => status === 'OPEN')).toHaveLength(7);
  await drain();
  expect(new Set(Object.values(stateOf()))).toEqual(new Set(['CLOSED']));
});

test('a tunnel that is forgotten meanwhile is closed', async () => {
  open('a');
  open('b');
  aws.trouble = ({ operation, input }): Trouble | undefined =>
    operation === 'CloseTunnel' && input.tunnelId === 'a'
      ? { after: 'nothing', then: new AwsFault('ResourceNotFoundException', 'gone', 404) }
      : undefined;
  expect(await deliver(END)).toEqual([]);
  expect(stateOf()).toMatchObject({ b: 'CLOSED' });
});

test('what AWS IoT has no time for comes again', async () => {
  open('a');
  aws.trouble = ({ operation }): Trouble | undefined =>
    operation === 'CloseTunnel'
      ? { after: 'nothing', then: new AwsFault('ThrottlingException', 'slow down', 400) }
      : undefined;
  expect(await deliver(END)).toEqual(['m']);
  expect(sent).toEqual([]);
  aws.trouble = () => undefined;
  await deliver(END);
  expect(stateOf()).toEqual({ a: 'CLOSED' });
});

test.each(['nothing', 'effect'] as const)('stopped at any call, after %s, it ends the same', async (after) => {
  for (let call = 0; ; call += 1) {
    tunnels.clear();
    sent.length = 0;
    for (const id of ['a', 'b', 'c']) open(id);
    const first = aws.calls.length;
    let reached = false;
    const stopped = new Promise<void>((resolve) => {
      aws.trouble = (_call, index) => {
        if (reached || index !== first + call) return undefined;
        reached = true;
        setImmediate(resolve);
        return { after, then: 'silence' };
      };
    });
    await Promise.race([stopped, deliver(END)]);
    aws.trouble = () => undefined;
    if (reached) {
      await handler.stop();
      handler = start();
      expect(await deliver(END)).toEqual([]);
    }
    await drain();
    expect(stateOf()).toEqual({ a: 'CLOSED', b: 'CLOSED', c: 'CLOSED' });
    if (!reached) {
      // Two pages, three tunnels, and the second look.
      expect(call).toBe(6);
      return;
    }
  }
});

test('what it does not understand it keeps for people', async () => {
  expect(await deliver('nonsense')).toEqual([]);
  expect(sent).toEqual([{ queue: 'dead', body: { body: 'nonsense' }, seconds: 0 }]);
  expect(aws.calls.map(({ operation }) => operation)).toEqual(['SendMessage']);
});
