import {
  createCustomResourceHandler,
  type CustomResourceRequest,
  type Progress,
  type ResourceHandler,
  type WaitingRequest,
} from '../../../lambda/shared/custom-resource';
import { createLogger } from '../../../lambda/shared/logger';

const TYPE = 'Custom::IotExample';

function request(overrides: Partial<CustomResourceRequest> = {}): CustomResourceRequest {
  return {
    RequestType: 'Create',
    RequestId: 'request-1',
    ResponseURL: 'https://example.com/answer',
    StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Test/1',
    LogicalResourceId: 'Example',
    ResourceType: TYPE,
    ResourceProperties: { Name: 'one' },
    ...overrides,
  };
}

function named(name: string, message = 'as staged'): Error {
  return Object.assign(new Error(message), { name });
}

/** The function around one resource whose outcome each test stages. */
function setUp(act: (request: CustomResourceRequest, state: unknown) => Progress, deadlineSeconds?: number) {
  const answers: { url: string; body: Record<string, unknown> }[] = [];
  const queue: { waiting: WaitingRequest; seconds: number }[] = [];
  const calls: { verb: string; state: unknown }[] = [];
  const lines: Record<string, unknown>[] = [];
  const clock = { now: 1_000_000 };
  const faults: { respond?: Error; requeue?: Error; isAwaited?: Error } = {};
  const asked: { request: CustomResourceRequest; startedAt: number }[] = [];
  const cloudFormation = { waits: true };
  const verb = (name: string) => async (incoming: CustomResourceRequest, state: unknown) => {
    calls.push({ verb: name, state });
    return act(incoming, state);
  };
  const resource: ResourceHandler = {
    physicalResourceId: ({ ResourceProperties }) => `example/${String(ResourceProperties.Name)}`,
    create: verb('create'),
    update: verb('update'),
    delete: verb('delete'),
  };
  const handle = createCustomResourceHandler({
    resources: { [TYPE]: resource },
    respond: async (url, body) => {
      if (faults.respond) throw faults.respond;
      answers.push({ url, body: JSON.parse(body) as Record<string, unknown> });
    },
    requeue: async (waiting, seconds) => {
      if (faults.requeue) throw faults.requeue;
      queue.push({ waiting: JSON.parse(JSON.stringify(waiting)) as WaitingRequest, seconds });
    },
    isAwaited: async (request, startedAt) => {
      asked.push({ request, startedAt });
      if (faults.isAwaited) throw faults.isAwaited;
      return cloudFormation.waits;
    },
    now: () => clock.now,
    deadlineSeconds,
    log: createLogger({ service: 'test', write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) }),
  });
  const redeliver = () => {
    const { waiting } = queue.shift()!;
    return handle({ Records: [{ messageId: 'message-1', body: JSON.stringify(waiting) }] });
  };
  return { handle, redeliver, answers, queue, calls, clock, faults, lines, resource, asked, cloudFormation };
}

const done: Progress = { kind: 'done' };

describe('an answer', () => {
  test('of success names the resource and carries its attributes', async () => {
    const { handle, answers } = setUp(() => ({ kind: 'done', data: { Name: 'one' } }));
    expect(await handle(request())).toBeUndefined();
    expect(answers).toEqual([
      {
        url: 'https://example.com/answer',
        body: {
          Status: 'SUCCESS',
          PhysicalResourceId: 'example/one',
          StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Test/1',
          RequestId: 'request-1',
          LogicalResourceId: 'Example',
          Data: { Name: 'one' },
        },
      },
    ]);
  });

  test.each([
    ['Create', 'create'],
    ['Update', 'update'],
    ['Delete', 'delete'],
  ] as const)('%s calls %s', async (RequestType, verb) => {
    const { handle, calls, answers } = setUp(() => done);
    await handle(request({ RequestType, PhysicalResourceId: 'example/old' }));
    expect(calls).toEqual([{ verb, state: undefined }]);
    expect(answers[0]!.body.PhysicalResourceId).toBe(RequestType === 'Delete' ? 'example/old' : 'example/one');
  });

  test('of failure says why, and names what a deletion must find', async () => {
    const { handle, answers } = setUp(() => {
      throw named('GroupFull', 'no room');
    });
    await handle(request());
    expect(answers[0]!.body).toMatchObject({
      Status: 'FAILED',
      Reason: 'GroupFull: no room',
      PhysicalResourceId: 'example/one',
    });
  });

  test('of a type that the function does not serve is a failure', async () => {
    for (const ResourceType of ['Custom::Other', 'constructor', '__proto__']) {
      const { handle, answers } = setUp(() => done);
      await handle(request({ ResourceType }));
      expect(answers[0]!.body).toMatchObject({
        Status: 'FAILED',
        Reason: `Error: this function has no handler for ${ResourceType}`,
      });
    }
  });

  test('that cannot be given throws, so that the request is delivered again', async () => {
    const { handle, faults } = setUp(() => done);
    faults.respond = new Error('no way through');
    await expect(handle(request())).rejects.toThrow('no way through');
  });
});

describe('the physical id', () => {
  const unnamed = () => {
    const staged = setUp(() => done);
    staged.resource.physicalResourceId = () => {
      throw new Error('no name in there');
    };
    return staged;
  };

  test('of input that cannot be named is a marker, whose deletion succeeds without a look', async () => {
    const { handle, answers, calls } = unnamed();
    await handle(request());
    expect(answers[0]!.body).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'nothing-was-created' });
    await handle(request({ RequestType: 'Delete', PhysicalResourceId: 'nothing-was-created' }));
    await handle(request({ RequestType: 'Delete', ResourceType: 'Custom::Other' }));
    expect(answers.slice(1).map(({ body }) => body.Status)).toEqual(['SUCCESS', 'SUCCESS']);
    expect(calls).toEqual([]);
  });

  test('stays as it is when an update cannot be named, so that nothing is replaced', async () => {
    const { handle, answers } = unnamed();
    await handle(request({ RequestType: 'Update', PhysicalResourceId: 'example/old' }));
    expect(answers[0]!.body).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'example/old' });
  });

  test('is not derived again for a deletion, whose properties may be of an older release', async () => {
    const { handle, answers } = unnamed();
    await handle(request({ RequestType: 'Delete', PhysicalResourceId: 'example/old' }));
    expect(answers[0]!.body).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'example/old' });
  });

  test.each([
    ['', 'got 0'],
    ['x'.repeat(1_025), 'got 1025'],
  ])('that CloudFormation would refuse is a failure', async (name, message) => {
    const { handle, answers, resource } = setUp(() => done);
    resource.physicalResourceId = () => name;
    await handle(request());
    expect(answers[0]!.body).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining(message),
      PhysicalResourceId: 'nothing-was-created',
    });
    resource.physicalResourceId = () => 'x'.repeat(1_024);
    await handle(request());
    expect(answers[1]!.body.Status).toBe('SUCCESS');
  });
});

describe('waiting', () => {
  test('goes through the queue with its memory, and answers in the end', async () => {
    const { handle, redeliver, answers, queue, calls, clock } = setUp((_, state) =>
      state === undefined ? { kind: 'wait', because: 'not yet', seconds: 60, state: { tries: 1 } } : done,
    );
    expect(await handle(request())).toBeUndefined();
    expect(answers).toEqual([]);
    expect(queue[0]).toMatchObject({ seconds: 60, waiting: { startedAt: 1_000_000, state: { tries: 1 } } });
    clock.now += 60_000;
    expect(await redeliver()).toEqual({ batchItemFailures: [] });
    expect(calls.map(({ state }) => state)).toEqual([undefined, { tries: 1 }]);
    expect(answers.map(({ body }) => body.Status)).toEqual(['SUCCESS']);
  });

  test('keeps its memory when a later wait says nothing about it', async () => {
    let pass = 0;
    const { handle, redeliver, calls } = setUp(() => {
      pass += 1;
      if (pass === 1) return { kind: 'wait', because: 'first', seconds: 1, state: 'kept' };
      if (pass === 2) throw named('ThrottlingException');
      return done;
    });
    await handle(request());
    await redeliver();
    await redeliver();
    expect(calls.map(({ state }) => state)).toEqual([undefined, 'kept', 'kept']);
  });

  test.each([
    [5_000, 900],
    [-3, 0],
  ])('asks SQS for what it can delay: %i s becomes %i s', async (seconds, delay) => {
    const { handle, queue } = setUp(() => ({ kind: 'wait', because: 'x', seconds }), 10_000);
    await handle(request());
    expect(queue[0]!.seconds).toBe(delay);
  });

  test('ends before CloudFormation stops listening, with the reason of the wait', async () => {
    const { handle, redeliver, answers, clock } = setUp(() => ({ kind: 'wait', because: 'it is in use', seconds: 60 }));
    await handle(request());
    clock.now += 2_940_000;
    await redeliver();
    expect(answers).toEqual([]);
    clock.now += 1_000;
    await redeliver();
    expect(answers[0]!.body).toMatchObject({ Status: 'FAILED', Reason: 'Error: gave up after 2941 s: it is in use' });
  });

  test('that comes back after CloudFormation stopped listening changes nothing', async () => {
    const { handle, redeliver, answers, calls, clock } = setUp(() => ({ kind: 'wait', because: 'x', seconds: 60 }));
    await handle(request());
    clock.now += 3_301_000;
    await redeliver();
    expect(calls).toHaveLength(1);
    expect(answers[0]!.body).toMatchObject({ Status: 'FAILED', Reason: 'Error: delivered 3301 s late' });
  });

  test('is what a transient fault becomes', async () => {
    let tried = false;
    const { handle, redeliver, answers, queue } = setUp(() => {
      if (tried) return done;
      tried = true;
      throw named('ThrottlingException');
    });
    await handle(request());
    expect(queue[0]!.seconds).toBe(15);
    await redeliver();
    expect(answers[0]!.body.Status).toBe('SUCCESS');
  });

  test('is what a missing right becomes while a new role settles, and no longer', async () => {
    const { handle, redeliver, answers, queue, clock } = setUp(() => {
      throw named('AccessDeniedException');
    });
    await handle(request());
    clock.now += 119_000;
    await redeliver();
    expect(queue).toHaveLength(1);
    clock.now += 1_000;
    await redeliver();
    expect(answers[0]!.body).toMatchObject({ Status: 'FAILED', Reason: 'AccessDeniedException: as staged' });
  });
});

describe('a wait queue that refuses', () => {
  const waiting = () => setUp(() => ({ kind: 'wait', because: 'x', seconds: 1 }));

  test.each(['ThrottlingException', 'AccessDeniedException'])(
    'for the moment (%s): the request is delivered again',
    async (name) => {
      const { handle, faults, answers } = waiting();
      faults.requeue = named(name);
      await expect(handle(request())).rejects.toThrow('as staged');
      expect(answers).toEqual([]);
    },
  );

  test('for good: the answer says so', async () => {
    const { handle, redeliver, faults, answers, clock } = waiting();
    await handle(request());
    faults.requeue = named('AccessDeniedException');
    clock.now += 120_000;
    expect(await redeliver()).toEqual({ batchItemFailures: [] });
    faults.requeue = named('QueueDoesNotExist');
    await handle(request());
    expect(answers.map(({ body }) => body.Reason)).toEqual([
      'AccessDeniedException: as staged',
      'QueueDoesNotExist: as staged',
    ]);
  });
});

describe('a batch of messages', () => {
  const record = (messageId: string, body: string) => ({ messageId, body });
  const good = JSON.stringify({ request: request(), startedAt: 1_000_000 });

  test('reports one by one what must come again', async () => {
    const { handle, answers, lines } = setUp(() => done);
    const records = [record('a', 'not JSON'), record('b', good), record('c', '{"request":{}}'), record('d', good)];
    expect(await handle({ Records: records })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'c' }],
    });
    expect(answers).toHaveLength(2);
    expect(lines.filter(({ level }) => level === 'ERROR').map(({ messageId }) => messageId)).toEqual(['a', 'c']);
  });

  test('reports a message whose answer did not get through', async () => {
    const { handle, faults } = setUp(() => done);
    faults.respond = new Error('no way through');
    expect(await handle({ Records: [record('a', good)] })).toEqual({ batchItemFailures: [{ itemIdentifier: 'a' }] });
  });
});

test('the signed address of the answer is in no log line', async () => {
  const { handle, redeliver, lines } = setUp((_, state) => {
    if (state === undefined) return { kind: 'wait', because: 'x', seconds: 1, state: 1 };
    throw new Error('failed');
  });
  await handle(request());
  await redeliver();
  expect(lines).toHaveLength(2);
  expect(JSON.stringify(lines)).not.toContain('example.com');
});

describe('a request that waited', () => {
  const waiting = (): Progress => ({ kind: 'wait', because: 'x', seconds: 5, state: { settledAt: 7 } });

  test.each(['Create', 'Update'] as const)(
    'of type %s goes on only while CloudFormation waits for it',
    async (type) => {
      const { handle, redeliver, asked, calls, answers, queue, lines, clock, cloudFormation } = setUp(waiting);
      const first = request({ RequestType: type, PhysicalResourceId: 'example/one' });
      await handle(first);
      expect({ asked, made: calls.length }).toEqual({ asked: [], made: 1 });
      clock.now += 5_000;
      await redeliver();
      expect(asked).toEqual([{ request: first, startedAt: 1_000_000 }]);
      expect(calls).toHaveLength(2);
      cloudFormation.waits = false;
      expect(await redeliver()).toEqual({ batchItemFailures: [] });
      expect({ made: calls.length, answers, queue }).toEqual({ made: 2, answers: [], queue: [] });
      expect(lines.at(-1)).toMatchObject({ level: 'WARN', logicalId: 'Example', requestId: 'request-1' });
    },
  );

  test('of type Delete goes on: nothing undoes it', async () => {
    const { handle, redeliver, asked, calls, cloudFormation } = setUp(waiting);
    cloudFormation.waits = false;
    await handle(request({ RequestType: 'Delete', PhysicalResourceId: 'example/one' }));
    await redeliver();
    expect({ asked, made: calls.length }).toEqual({ asked: [], made: 2 });
  });

  test.each([
    ['is throttled', 'ThrottlingException', 119_000],
    ['may not do so yet', 'AccessDenied', 119_000],
    ['is throttled late', 'ThrottlingException', 600_000],
  ])('asks again where it %s', async (_name, fault, elapsed) => {
    const { handle, redeliver, calls, answers, queue, clock, faults } = setUp(waiting);
    await handle(request());
    clock.now += elapsed;
    faults.isAwaited = named(fault);
    await redeliver();
    expect({ made: calls.length, answers }).toEqual({ made: 1, answers: [] });
    expect(queue).toMatchObject([{ seconds: 15, waiting: { startedAt: 1_000_000, state: { settledAt: 7 } } }]);
  });

  test.each([
    ['may not do so', 'AccessDenied', 120_000],
    ['gets no answer that can be read', 'SyntaxError', 5_000],
  ])('goes on where it %s, and says so', async (_name, fault, elapsed) => {
    const { handle, redeliver, calls, lines, clock, faults } = setUp(waiting);
    await handle(request());
    clock.now += elapsed;
    faults.isAwaited = named(fault);
    await redeliver();
    expect(calls).toHaveLength(2);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'WARN', logicalId: 'Example', errorName: fault }));
  });
});
