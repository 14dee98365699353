import type { BatchResponse } from '../../../lambda/shared/custom-resource';
import { BundledHandler } from '../../support/bundled-handler';
import { AwsFault, FakeAws, FakeCloudFormation, FakeQueue, type Trouble } from '../../support/fake-aws';
import { FakeIotPolicies } from '../../support/fake-iot-policies';
import { properties, request } from '../../support/group-policies-rig';

const SETTLE_MS = 330_000;

/** The handler as it is deployed, with the real SDK, against AWS IoT, SQS and CloudFormation on this machine. */
class Deployment {
  public static async start(attached = ''): Promise<Deployment> {
    const iot = new FakeIotPolicies().group('fleet');
    for (const name of ['A', 'B', 'D', 'E', 'X']) iot.policy(name);
    for (const name of attached.split(' ').filter((one) => one !== ''))
      iot.attachments.add(`${name} ${FakeIotPolicies.groupArn('fleet')}`);
    const queue = new FakeQueue();
    const cloudFormation = new FakeCloudFormation();
    const aws = await FakeAws.start([...iot.routes, ...queue.routes, ...cloudFormation.routes]);
    return new Deployment(iot, queue, cloudFormation, aws);
  }

  private handler: BundledHandler;

  private constructor(
    public readonly iot: FakeIotPolicies,
    public readonly queue: FakeQueue,
    public readonly cloudFormation: FakeCloudFormation,
    public readonly aws: FakeAws,
  ) {
    this.handler = this.launch();
  }

  public get answer(): Record<string, unknown> | undefined {
    return this.cloudFormation.answers.at(-1);
  }

  public async send(
    type: 'Create' | 'Update' | 'Delete',
    now: Record<string, unknown>,
    before?: Record<string, unknown>,
  ): Promise<void> {
    await this.handler.invoke({ ...request(type, now, before), ResponseURL: `${this.aws.url}/answers/1` });
  }

  /** Delivers what waits as if its time had come. */
  public async settle(): Promise<void> {
    for (let message = this.queue.messages.shift(); message !== undefined; message = this.queue.messages.shift()) {
      const waiting = JSON.parse(message.body) as { startedAt: number; state?: { settledAt?: number } };
      const state =
        waiting.state?.settledAt === undefined ? waiting.state : { settledAt: waiting.state.settledAt - SETTLE_MS };
      const body = JSON.stringify({ ...waiting, startedAt: waiting.startedAt - SETTLE_MS, state });
      const result = await this.handler.invoke({ Records: [{ messageId: 'm', body }] });
      if ((result as BatchResponse).batchItemFailures.length > 0) this.queue.messages.push({ ...message, body });
    }
  }

  /** Sends a request and stops the function dead right after the given call took effect; true if there was such a call. */
  public async crash(at: number, send: () => Promise<void>): Promise<boolean> {
    let reached: () => void = () => undefined;
    const crash = new Promise<'crashed'>((resolve) => (reached = () => resolve('crashed')));
    const first = this.aws.calls.length;
    this.aws.trouble = (_, index): Trouble | undefined => {
      if (index !== first + at) return undefined;
      setImmediate(reached);
      return { after: 'effect', then: 'silence' };
    };
    const crashed = (await Promise.race([send().catch(() => 'failed'), crash])) === 'crashed';
    this.aws.trouble = () => undefined;
    if (crashed) {
      await this.handler.stop();
      this.handler = this.launch();
    }
    return crashed;
  }

  public async stop(): Promise<void> {
    await this.handler.stop();
    await this.aws.stop();
  }

  private launch(): BundledHandler {
    const environment = { ...this.aws.environment(), WAIT_QUEUE_URL: `${this.aws.url}/111122223333/wait` };
    return new BundledHandler('attach-group-policies', environment);
  }
}

let deployment: Deployment;

afterEach(() => deployment.stop());

test('creates, updates and deletes', async () => {
  deployment = await Deployment.start();
  const { iot, queue } = deployment;
  await deployment.send('Create', properties('fleet', 'D- A'));
  expect(deployment.answer).toMatchObject({
    Status: 'SUCCESS',
    PhysicalResourceId: `${FakeIotPolicies.groupArn('fleet')}/policies`,
  });
  expect(iot.attached('fleet')).toEqual(['D', 'A']);

  iot.policy('E', ['12', '9', '10', '11']);
  await deployment.send('Update', properties('fleet', 'E- A'), properties('fleet', 'D- A'));
  expect(iot.attached('fleet')).toEqual(['E', 'A']);
  expect(iot.policies.get('E')).toEqual(['12', '11']);
  expect(queue.messages.map(({ delaySeconds }) => delaySeconds)).toEqual([60]);
  await deployment.settle();
  expect(deployment.cloudFormation.answers).toHaveLength(2);

  await deployment.send('Delete', properties('fleet', 'E- A', 'true'));
  await deployment.settle();
  expect(deployment.answer).toMatchObject({ Status: 'SUCCESS', RequestId: 'Delete-1' });
  expect(iot.attached('fleet')).toEqual([]);
});

test('reads every page: a foreign policy on the second one is seen', async () => {
  deployment = await Deployment.start('D X');
  await deployment.send('Update', properties('fleet', 'D- A'), properties('fleet', 'D-'));
  expect(deployment.answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining("'X' on") });
});

test('refuses to delete a group with members', async () => {
  deployment = await Deployment.start('D A');
  deployment.iot.group('fleet', ['a', 'b', 'c', 'd', 'e', 'f']);
  await deployment.send('Delete', properties('fleet', 'D- A', 'true'));
  expect(deployment.answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('(a, b, c, d, e, …)') });
  expect(deployment.iot.attached('fleet')).toEqual(['D', 'A']);
});

test('deletes what is gone: the group, then the policies too', async () => {
  deployment = await Deployment.start();
  deployment.iot.groups.clear();
  deployment.iot.detachOfNothing = new AwsFault('InvalidRequestException');
  await deployment.send('Delete', properties('fleet', 'D- A', 'true'));
  expect(deployment.answer).toBeUndefined();
  deployment.iot.policies.clear();
  deployment.iot.detachOfNothing = new AwsFault('ResourceNotFoundException', 'gone', 404);
  await deployment.settle();
  expect(deployment.answer).toMatchObject({ Status: 'SUCCESS' });
});

test('detaches what is attached no longer, whatever AWS IoT says to that', async () => {
  deployment = await Deployment.start('B');
  deployment.iot.detachOfNothing = new AwsFault('InvalidRequestException');
  await deployment.send('Delete', properties('fleet', 'A'));
  expect(deployment.queue.messages).toHaveLength(1);
});

test('fails when AWS IoT refuses to detach what is attached', async () => {
  deployment = await Deployment.start('A');
  deployment.aws.trouble = ({ operation }) =>
    operation === 'DetachPolicy'
      ? { after: 'nothing', then: new AwsFault('InvalidRequestException', 'not so') }
      : undefined;
  await deployment.send('Delete', properties('fleet', 'A'));
  expect(deployment.answer).toMatchObject({ Status: 'FAILED', Reason: 'InvalidRequestException: not so' });
});

test.each([
  ['AttachPolicy', 'InvalidRequestException', 'Create'],
  ['DetachPolicy', 'LimitExceededException', 'Delete'],
  ['ListTargetsForPolicy', 'InvalidRequestException', 'Delete'],
  ['DeletePolicyVersion', 'InternalOddity', 'Create'],
] as const)('fails when %s answers %s', async (failing, name, type) => {
  deployment = await Deployment.start('A');
  deployment.iot.policy('A', ['3', '2', '1']);
  deployment.aws.trouble = ({ operation }) =>
    operation === failing ? { after: 'nothing', then: new AwsFault(name, 'not so') } : undefined;
  await deployment.send(type, properties('fleet', 'A'));
  expect(deployment.answer).toMatchObject({ Status: 'FAILED', Reason: `${name}: not so` });
});

test.each([
  ['InvalidRequestException', 400],
  ['DeleteConflictException', 409],
  ['ResourceNotFoundException', 404],
])('leaves a version be that cannot be deleted any more: %s', async (name, status) => {
  deployment = await Deployment.start('A');
  deployment.iot.policy('A', ['3', '2', '1']);
  deployment.aws.trouble = ({ operation }) =>
    operation === 'DeletePolicyVersion' ? { after: 'nothing', then: new AwsFault(name, name, status) } : undefined;
  await deployment.send('Create', properties('fleet', 'A'));
  expect(deployment.answer).toMatchObject({ Status: 'SUCCESS' });
});

test('puts off what is missing or refused for the moment', async () => {
  deployment = await Deployment.start();
  for (const [name, status] of [
    ['ResourceNotFoundException', 404],
    ['LimitExceededException', 410],
    ['UnauthorizedException', 401],
  ] as const) {
    deployment.aws.trouble = ({ operation }) =>
      operation === 'AttachPolicy' ? { after: 'nothing', then: new AwsFault(name, name, status) } : undefined;
    await deployment.send('Create', properties('fleet', 'A'));
  }
  expect(deployment.answer).toBeUndefined();
  expect(deployment.queue.messages.map(({ delaySeconds }) => delaySeconds)).toEqual([5, 5, 15]);
});

test('gets through throttling, broken connections and faults that come after the effect', async () => {
  deployment = await Deployment.start('D A');
  const troubles: Trouble[] = [
    { after: 'nothing', then: new AwsFault('ThrottlingException', 'slow down', 429) },
    { after: 'effect', then: 'drop' },
    { after: 'effect', then: new AwsFault('InternalFailureException', 'sorry', 500) },
  ];
  const seen = new Set<string>();
  deployment.aws.trouble = ({ operation }) => {
    if (seen.has(operation) || operation === 'SendMessage') return undefined;
    seen.add(operation);
    return troubles[seen.size % troubles.length];
  };
  await deployment.send('Update', properties('fleet', 'E- B'), properties('fleet', 'D- A'));
  await deployment.settle();
  expect(deployment.answer).toMatchObject({ Status: 'SUCCESS' });
  expect(deployment.iot.attached('fleet')).toEqual(['E', 'B']);
});

test('hands the request back when the queue cannot be reached, and takes it up again', async () => {
  deployment = await Deployment.start('A');
  deployment.aws.trouble = ({ operation }) =>
    operation === 'SendMessage'
      ? { after: 'nothing', then: new AwsFault('ServiceUnavailable', 'later', 503) }
      : undefined;
  await expect(deployment.send('Delete', properties('fleet', 'A'))).rejects.toThrow('later');
  expect(deployment.answer).toBeUndefined();
  deployment.aws.trouble = () => undefined;
  await deployment.send('Delete', properties('fleet', 'A'));
  await deployment.settle();
  expect(deployment.answer).toMatchObject({ Status: 'SUCCESS' });
});

test('killed at any call of an update, after its effect, it ends the same when it is delivered again', async () => {
  deployment = await Deployment.start();
  const arn = FakeIotPolicies.groupArn('fleet');
  const send = () => deployment.send('Update', properties('fleet', 'E- B'), properties('fleet', 'D- A'));
  for (let at = 0, reached = true; reached; at += 1) {
    deployment.iot.attachments.clear();
    for (const name of ['D', 'A']) deployment.iot.attachments.add(`${name} ${arn}`);
    deployment.iot.policy('E', ['3', '2', '1']);
    deployment.queue.messages.splice(0);
    deployment.cloudFormation.answers.splice(0);
    reached = await deployment.crash(at, send);
    if (reached) await send();
    await deployment.settle();
    expect(deployment.answer).toMatchObject({ Status: 'SUCCESS' });
    expect(deployment.iot.attached('fleet')).toEqual(['E', 'B']);
    expect(deployment.iot.policies.get('E')).toEqual(['3', '2']);
  }
});
