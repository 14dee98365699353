import { BundledHandler } from '../../support/bundled-handler';
import { AwsFault, FakeAws, FakeCloudFormation, FakeQueue, type Trouble } from '../../support/fake-aws';
import { type FakeJob, FakeJobs } from '../../support/fake-jobs';

const GROUP = 'arn:aws:iot:eu-west-1:123456789012:thinggroup/quarantine';
const ROLE = 'arn:aws:iam::123456789012:role/download';

const properties = (document: string, values: object = {}) => ({
  ServiceToken: 'token',
  Prefix: 'patch',
  ThingGroupArn: GROUP,
  Job: JSON.stringify({
    document,
    description: 'd',
    presignedUrlConfig: { roleArn: ROLE, expiresInSec: 900 },
    timeoutConfig: { inProgressTimeoutInMinutes: 60 },
    abortConfig: { criteriaList: [{ failureType: 'ALL' }] },
    ...values,
  }),
});

class World {
  public static async start(): Promise<World> {
    const world = new World();
    world.aws = await FakeAws.start([...world.jobs.routes, ...world.queue.routes, ...world.cloudFormation.routes]);
    return world;
  }

  public readonly jobs = new FakeJobs();
  public readonly queue = new FakeQueue();
  public readonly cloudFormation = new FakeCloudFormation();
  public aws!: FakeAws;
  private running: BundledHandler | undefined;

  public request(type: 'Create' | 'Update' | 'Delete', now: object, physicalId?: string): object {
    return {
      RequestType: type,
      RequestId: 'r',
      ResponseURL: `${this.aws.url}/answers/a`,
      StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Test/guid',
      LogicalResourceId: 'Job',
      PhysicalResourceId: physicalId,
      ResourceType: 'Custom::IotPatchJob',
      ResourceProperties: now,
    };
  }

  public get handler(): BundledHandler {
    this.running ??= new BundledHandler('keep-patch-job', {
      ...this.aws.environment(),
      WAIT_QUEUE_URL: `${this.aws.url}/123456789012/wait`,
    });
    return this.running;
  }

  /** Runs a request and what it puts off, to its answer. */
  public async settle(request: object): Promise<Record<string, unknown>> {
    this.cloudFormation.answers.length = 0;
    await this.handler.invoke(request);
    for (let next = this.queue.messages.shift(); next !== undefined; next = this.queue.messages.shift())
      await this.handler.invoke({ Records: [{ messageId: 'm', body: next.body }] });
    return this.cloudFormation.answers.at(-1)!;
  }

  public async crash(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  public reset(): void {
    this.jobs.jobs.clear();
    this.jobs.unknownRoles.clear();
    this.queue.messages.length = 0;
    this.aws.calls.length = 0;
    this.aws.trouble = () => undefined;
  }

  public async stop(): Promise<void> {
    await this.crash();
    await this.aws.stop();
  }
}

let world: World;
beforeAll(async () => {
  world = await World.start();
});
beforeEach(() => world.reset());
afterAll(() => world.stop());

const create = (document = '{"a":1}') => world.settle(world.request('Create', properties(document)));
const idOf = (answer: Record<string, unknown>) => String(answer.PhysicalResourceId);

test('one continuous job is made on the group, as it was asked for', async () => {
  const answer = await create();
  expect(answer).toMatchObject({ Status: 'SUCCESS', Data: { JobId: `${idOf(answer)}-1` } });
  expect(world.jobs.jobs.get(`${idOf(answer)}-1`)?.input).toMatchObject({
    targets: [GROUP],
    targetSelection: 'CONTINUOUS',
    document: '{"a":1}',
    description: 'd',
    presignedUrlConfig: { roleArn: ROLE, expiresInSec: 900 },
    timeoutConfig: { inProgressTimeoutInMinutes: 60 },
    abortConfig: { criteriaList: [{ failureType: 'ALL' }] },
  });
});

test('the same request, delivered again, makes no second job', async () => {
  const first = await create();
  expect(await create()).toMatchObject({ Data: first.Data });
  expect(world.jobs.jobs.size).toBe(1);
});

test('another document makes a new job first; the old one is canceled when CloudFormation cleans up', async () => {
  const old = await create();
  const changed = await world.settle(world.request('Update', properties('{"a":2}'), idOf(old)));
  expect(changed.Status).toBe('SUCCESS');
  expect(idOf(changed)).not.toBe(idOf(old));
  expect(world.jobs.alive()).toEqual([`${idOf(old)}-1`, `${idOf(changed)}-1`]);
  await world.settle(world.request('Delete', properties('{"a":1}'), idOf(old)));
  expect(world.jobs.alive()).toEqual([`${idOf(changed)}-1`]);
});

test('a deployment that is rolled back leaves the old job as it was', async () => {
  const old = await create();
  const changed = await world.settle(world.request('Update', properties('{"a":2}'), idOf(old)));
  const back = await world.settle(world.request('Update', properties('{"a":1}'), idOf(changed)));
  expect(back).toMatchObject({ PhysicalResourceId: old.PhysicalResourceId, Data: old.Data });
  await world.settle(world.request('Delete', properties('{"a":2}'), idOf(changed)));
  expect(world.jobs.alive()).toEqual([`${idOf(old)}-1`]);
});

test('a document that comes back gets a job of its own, since ids are used once', async () => {
  const first = await create();
  const second = await world.settle(world.request('Update', properties('{"a":2}'), idOf(first)));
  await world.settle(world.request('Delete', properties('{"a":1}'), idOf(first)));
  const third = await world.settle(world.request('Update', properties('{"a":1}'), idOf(second)));
  expect(third).toMatchObject({ PhysicalResourceId: first.PhysicalResourceId, Data: { JobId: `${idOf(first)}-2` } });
});

test('a patch that was stopped stays so through a deployment that does not change it', async () => {
  const first = await create();
  Object.assign(world.jobs.jobs.get(`${idOf(first)}-1`)!, { status: 'CANCELED', reasonCode: 'ABORTED' });
  const again = await world.settle(world.request('Update', properties('{"a":1}'), idOf(first)));
  expect(again).toMatchObject({ Status: 'SUCCESS', Data: first.Data });
  expect(world.jobs.alive()).toEqual([]);
});

test('a version that was made too often fails with what to do', async () => {
  const first = await create();
  for (let run = 1; run <= 5; run += 1)
    world.jobs.jobs.set(`${idOf(first)}-${run}`, { status: 'CANCELED', reasonCode: 'REPLACED', input: {} });
  expect(await create()).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('change its document') });
});

test('deletion cancels what runs, also when it is gone or ended meanwhile, and devices that are at it finish', async () => {
  const made = await create();
  const gone = world.request('Delete', properties('{"a":1}'), idOf(made));
  expect(await world.settle(gone)).toMatchObject({ Status: 'SUCCESS' });
  expect(world.jobs.alive()).toEqual([]);
  expect(await world.settle(gone)).toMatchObject({ Status: 'SUCCESS' });
  world.jobs.jobs.clear();
  expect(await world.settle(gone)).toMatchObject({ Status: 'SUCCESS' });
});

test('deletion of what was never made succeeds', async () => {
  const wrong = [world.request('Delete', properties('{}'), 'other-123'), world.request('Delete', {}, 'patch-123')];
  for (const request of wrong) expect(await world.settle(request)).toMatchObject({ Status: 'SUCCESS' });
  expect(world.aws.calls.filter(({ operation }) => operation !== 'Answer')).toEqual([]);
});

test('properties that are not those of a job fail', async () => {
  const answer = await world.settle(world.request('Create', { ...properties('{}'), Prefix: 'a/b' }));
  expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('Prefix') });
});

test('a job that ends while it is canceled is no fault; one that still runs is', async () => {
  const made = await create();
  const gone = world.request('Delete', properties('{"a":1}'), idOf(made));
  const job = world.jobs.jobs.get(`${idOf(made)}-1`)!;
  world.aws.trouble = ({ operation }) => {
    if (operation !== 'CancelJob') return undefined;
    job.status = 'COMPLETED';
    return { after: 'nothing', then: new AwsFault('InvalidRequestException', 'ended') };
  };
  expect(await world.settle(gone)).toMatchObject({ Status: 'SUCCESS' });
  job.status = 'IN_PROGRESS';
  world.aws.trouble = ({ operation }) =>
    operation === 'CancelJob' ? { after: 'nothing', then: new AwsFault('InvalidRequestException', 'no') } : undefined;
  expect(await world.settle(gone)).toMatchObject({ Status: 'FAILED' });
});

test('a role that IAM has not made known yet is waited for, and one that never is fails', async () => {
  world.jobs.unknownRoles.add(ROLE);
  await world.handler.invoke(world.request('Create', properties('{"a":1}')));
  expect(world.queue.messages).toMatchObject([{ delaySeconds: 10 }]);
  const [message] = world.queue.messages.splice(0);
  world.jobs.unknownRoles.clear();
  await world.handler.invoke({ Records: [{ messageId: 'm', body: message!.body }] });
  expect(world.jobs.alive()).toHaveLength(1);
  world.jobs.jobs.clear();
  world.jobs.unknownRoles.add(ROLE);
  const waiting = JSON.parse(message!.body) as { startedAt: number; state: number };
  const late = { ...waiting, startedAt: waiting.startedAt - 130_000, state: waiting.state - 130_000 };
  await world.handler.invoke({ Records: [{ messageId: 'm', body: JSON.stringify(late) }] });
  expect(world.cloudFormation.answers.at(-1)).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringContaining('role'),
  });
});

test('an id that is taken between two calls is looked at again', async () => {
  let taken = 0;
  world.aws.trouble = ({ operation }) =>
    operation === 'CreateJob' && (taken += 1) === 1
      ? { after: 'effect', then: new AwsFault('ResourceAlreadyExistsException', 'taken', 409) }
      : undefined;
  const answer = await create();
  expect(answer).toMatchObject({ Status: 'SUCCESS' });
  expect(world.jobs.jobs.size).toBe(1);
});

const TROUBLES: [string, Trouble][] = [
  ['throttled', { after: 'nothing', then: new AwsFault('ThrottlingException', 'slow down', 429) }],
  [
    'answered with 500 after it took effect',
    { after: 'effect', then: new AwsFault('InternalFailureException', 'x', 500) },
  ],
  ['cut off after it took effect', { after: 'effect', then: 'drop' }],
];

describe.each(['Create', 'Update', 'Delete'] as const)('%s', (type) => {
  /** The job that was made before, which is made once and put back from then on. */
  let made: { readonly id: string; readonly jobs: string } | undefined;
  const make = async () => {
    const id = idOf(await create());
    return { id, jobs: JSON.stringify([...world.jobs.jobs]) };
  };
  const prepare = async () => {
    world.reset();
    if (type === 'Create') return world.request('Create', properties('{"a":1}'));
    made ??= await make();
    world.reset();
    for (const [id, job] of JSON.parse(made.jobs) as [string, FakeJob][]) world.jobs.jobs.set(id, job);
    if (type === 'Delete') return world.request('Delete', properties('{"a":1}'), made.id);
    return world.request('Update', properties('{"a":2}'), made.id);
  };
  const expected = { Create: 1, Update: 2, Delete: 0 }[type];
  const countCalls = async () => {
    await world.settle(await prepare());
    return world.aws.calls.filter(({ operation }) => operation !== 'Answer').length;
  };

  test('ends the same after a crash at any call and a second delivery', async () => {
    const calls = await countCalls();
    for (let at = 0; at < calls; at += at < calls - 2 ? 2 : 1) {
      const request = await prepare();
      const stopped = new Promise<void>((resolve) => {
        world.aws.trouble = (_call, index) => {
          if (index !== at) return undefined;
          setImmediate(resolve);
          return { after: 'effect', then: 'silence' };
        };
      });
      void world.handler.invoke(request).catch(() => undefined);
      await stopped;
      await world.crash();
      world.aws.trouble = () => undefined;
      expect(await world.settle(request)).toMatchObject({ Status: 'SUCCESS' });
      expect({ at, alive: world.jobs.alive().length }).toEqual({ at, alive: expected });
    }
  });

  test.each(TROUBLES)('ends the same when any call is %s', async (_name, trouble) => {
    const calls = await countCalls();
    for (let at = 0; at < calls; at += 3) {
      const request = await prepare();
      world.aws.trouble = (_call, index) => (index === at ? trouble : undefined);
      expect(await world.settle(request)).toMatchObject({ Status: 'SUCCESS' });
      expect(world.jobs.alive()).toHaveLength(expected);
    }
  });
});
