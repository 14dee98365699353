import {
  createIsAwaited,
  createRequeue,
  respond,
  serveCustomResources,
} from '../../../lambda/shared/custom-resource-adapters';
import { AwsFault, FakeAws, FakeCloudFormation, FakeQueue } from '../../support/fake-aws';

const cloudFormation = new FakeCloudFormation();
const queue = new FakeQueue();
let aws: FakeAws;

beforeAll(async () => {
  aws = await FakeAws.start([...cloudFormation.routes, ...queue.routes]);
  Object.assign(process.env, aws.environment());
});

afterAll(async () => {
  for (const name of Object.keys(aws.environment())) Reflect.deleteProperty(process.env, name);
  await aws.stop();
});

beforeEach(() => {
  aws.trouble = () => undefined;
  aws.calls.splice(0);
  cloudFormation.answers.splice(0);
  queue.messages.splice(0);
});

describe('respond', () => {
  const pauses: number[] = [];
  const pause = async (milliseconds: number) => void pauses.push(milliseconds);

  beforeEach(() => pauses.splice(0));

  test('puts the answer at the address', async () => {
    await respond(`${aws.url}/answers/1?Signature=x`, '{"Status":"SUCCESS"}');
    expect(cloudFormation.answers).toEqual([{ Status: 'SUCCESS', Signature: 'x', id: '1' }]);
  });

  test('tries again, ever later, when the address does not work', async () => {
    aws.trouble = (_, index) => {
      if (index === 0) return { after: 'nothing', then: new AwsFault('SlowDown', 'busy', 429) };
      return index === 1 ? { after: 'nothing', then: 'drop' } : undefined;
    };
    await respond(`${aws.url}/answers/1`, '{}', pause);
    expect(aws.calls).toHaveLength(3);
    expect(pauses).toEqual([500, 1_000]);
  });

  test('gives up after four tries', async () => {
    aws.trouble = () => ({ after: 'nothing', then: new AwsFault('InternalError', 'broken', 500) });
    await expect(respond(`${aws.url}/answers/1`, '{}', pause)).rejects.toThrow('CloudFormation answered 500');
    expect(aws.calls).toHaveLength(4);
  });

  test('does not insist when the answer is refused', async () => {
    aws.trouble = () => ({ after: 'nothing', then: new AwsFault('AccessDenied', 'expired', 403) });
    await expect(respond(`${aws.url}/answers/1`, '{}', pause)).rejects.toThrow('refused the answer: 403');
    expect(aws.calls).toHaveLength(1);
  });

  test.each(['http://example.com/answers/1', 'http://127.0.0.1.example.com/1', 'ftp://127.0.0.1/1'])(
    'never sends an answer in the clear: %s',
    async (address) => {
      await expect(respond(address, '{}', pause)).rejects.toThrow('not an https address');
      expect(pauses).toEqual([]);
    },
  );

  test('speaks TLS to an https address', async () => {
    await expect(respond(aws.url.replace('http:', 'https:') + '/answers/1', '{}', pause)).rejects.toThrow(
      /SSL|EPROTO|wrong version|hang up|ECONNRESET/,
    );
    expect(aws.calls).toHaveLength(0);
  });

  test('pauses for real by default', async () => {
    const timer = jest
      .spyOn(global, 'setTimeout')
      .mockImplementation(((run: () => void) => setImmediate(run)) as never);
    try {
      aws.trouble = (_, index) =>
        index === 0 ? { after: 'nothing', then: new AwsFault('SlowDown', 'busy', 503) } : undefined;
      await respond(`${aws.url}/answers/1`, '{}');
      expect(timer.mock.calls.some(([, delay]) => delay === 500)).toBe(true);
    } finally {
      timer.mockRestore();
    }
  });
});

const request = {
  RequestType: 'Create',
  RequestId: 'r',
  StackId: 's',
  LogicalResourceId: 'l',
  ResourceType: 'Custom::X',
  ResourceProperties: {},
} as const;

test('requeue sends the request whole, with whole seconds of delay', async () => {
  const waiting = { request: { ...request, ResponseURL: `${aws.url}/answers/1` }, startedAt: 1, state: { a: 1 } };
  await createRequeue(`${aws.url}/111122223333/wait`)(waiting, 4.2);
  expect(queue.messages).toEqual([{ body: JSON.stringify(waiting), delaySeconds: 5 }]);
});

describe('whether CloudFormation waits', () => {
  const STARTED = Date.parse('2026-01-01T00:00:00.000Z');
  const waiting = {
    ...request,
    ResponseURL: 'https://example.com',
    StackId: 'arn:aws:cloudformation:x',
    LogicalResourceId: 'Group',
  };
  afterEach(() => (cloudFormation.changedAt = new Date(0)));

  test.each<[string, typeof cloudFormation.changedAt, boolean]>([
    ['the status changed just before', new Date(STARTED - 1), true],
    ['its clock is a second ahead', new Date(STARTED + 1_000), true],
    ['the status changed since', new Date(STARTED + 1_001), false],
    ['there is no such resource any more', 'gone', false],
  ])('where %s', async (_what, changedAt, expected) => {
    cloudFormation.changedAt = changedAt;
    expect(await createIsAwaited()(waiting, STARTED)).toBe(expected);
    expect(aws.calls.at(-1)).toMatchObject({
      operation: 'DescribeStackResource',
      input: { StackName: 'arn:aws:cloudformation:x', LogicalResourceId: 'Group' },
    });
  });

  test('is not said by an answer without a time, nor by a fault', async () => {
    cloudFormation.changedAt = undefined;
    await expect(createIsAwaited()(waiting, STARTED)).rejects.toThrow('does not say when');
    aws.trouble = () => ({ after: 'nothing', then: new AwsFault('AccessDenied', 'not allowed', 403) });
    await expect(createIsAwaited()(waiting, STARTED)).rejects.toThrow('not allowed');
  });
});

test('a whole function: resources, queue and answer', async () => {
  process.env.WAIT_QUEUE_URL = `${aws.url}/111122223333/wait`;
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    let passes = 0;
    const act = async () => {
      passes += 1;
      return passes === 1 ? ({ kind: 'wait', because: 'x', seconds: 1 } as const) : ({ kind: 'done' } as const);
    };
    const handler = serveCustomResources('test', () => ({
      'Custom::X': { physicalResourceId: () => 'p', create: act, update: act, delete: act },
    }));
    await handler({ ...request, ResponseURL: `${aws.url}/answers/1` });
    expect(cloudFormation.answers).toEqual([]);
    await handler({ Records: [{ messageId: 'm', body: queue.messages[0]!.body }] });
    expect(cloudFormation.answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'p' }]);
    expect(String(write.mock.calls[0]![0])).toContain('"service":"test"');
  } finally {
    write.mockRestore();
    delete process.env.WAIT_QUEUE_URL;
  }
});

test('fails to start without its queue', () => {
  expect(() => serveCustomResources('test', () => ({}))).toThrow('WAIT_QUEUE_URL');
});
