import { MESSAGE } from '../../../lambda/shared/incident/contract';
import { PROVER } from '../../../lambda/prove-health/decide';
import { AwsFault, type Trouble } from '../../support/fake-aws';
import { JOB, RepairRig } from '../../support/repair-rig';
import { FLEET, QUARANTINE } from '../../support/response-rig';
import { own } from '../shared/incident/messages';

const HOUR = 3_600_000;
const isolated = {
  'detail-type': 'Incident State Change',
  source: 'zero-trust-iot',
  account: '123456789012',
  detail: { thingName: 'pump-7', episode: 1, state: 'isolated' },
};
const jobEvent = (status = 'SUCCEEDED') => ({
  eventType: 'JOB_EXECUTION',
  eventId: 'e',
  timestamp: 1_234_567_890,
  operation: status.toLowerCase(),
  jobId: JOB,
  thingArn: 'arn:aws:iot:eu-west-1:123456789012:thing/pump-7',
  status,
});

describe('where a person decides', () => {
  let rig: RepairRig;
  beforeAll(async () => {
    rig = await RepairRig.start();
  });
  afterAll(() => rig.stop());

  test('a device that has the job is being repaired, and looked at again within 15 minutes of SQS', async () => {
    rig.isolate(Date.now());
    rig.execution('QUEUED', Date.now());
    expect(await rig.deliver([isolated])).toEqual([]);
    expect(rig.incident).toMatchObject({ state: 'repairing', repair: { jobId: JOB, status: 'QUEUED' }, watch: 1 });
    expect(rig.reminders()).toMatchObject([{ subject: 'pump-7', watch: 1, delaySeconds: 900 }]);
  });

  test('a reminder that is not due yet goes round without a call to anything else', async () => {
    const [reminder] = rig.reminders();
    rig.pending.length = 0;
    rig.aws.calls.length = 0;
    await rig.deliver([{ schema: 'zero-trust-iot/proof@1', ...reminder }]);
    expect(rig.aws.calls.map(({ operation }) => operation)).toEqual(['SendMessage']);
    expect(rig.reminders()).toMatchObject([{ due: reminder!.due, watch: 1 }]);
  });

  test('a job that succeeded long ago, and no alarm since: the proof is complete, and a person is waited for', async () => {
    rig.isolate(Date.now());
    rig.execution('SUCCEEDED', Date.now() - 5 * HOUR);
    await rig.deliver([jobEvent()]);
    expect(rig.incident).toMatchObject({ state: 'proving', because: 'health proved', repair: { status: 'SUCCEEDED' } });
    expect(rig.incident.proof?.proven).toBeDefined();
    await rig.drain();
    expect(rig.fleet.things.get('pump-7')?.groups).toEqual([QUARANTINE]);
    const order = { schema: MESSAGE.release, subject: 'pump-7', episode: 1, by: 'ada', why: 'seen', time: Date.now() };
    await rig.deliver([order], 'release');
    expect(rig.incident).toMatchObject({ state: 'released', orders: [{ by: 'ada' }] });
    expect(rig.fleet.things.get('pump-7')?.groups).toEqual([FLEET]);
  });

  test.each([
    ['failed', 'FAILED'],
    ['timed out', 'TIMED_OUT'],
    ['was rejected', 'REJECTED'],
    ['was canceled by its threshold', 'CANCELED'],
  ])('a job that %s brings the device back to isolation, with the reason', async (_name, status) => {
    rig.isolate(Date.now());
    rig.execution('IN_PROGRESS', Date.now());
    await rig.deliver([isolated]);
    expect(rig.incident.state).toBe('repairing');
    rig.execution(status, Date.now());
    await rig.deliver([jobEvent(status), jobEvent(status)]);
    expect(rig.incident).toMatchObject({ state: 'isolated', because: `patch job ${JOB}: ${status}` });
    const { version } = rig.incident;
    await rig.deliver([jobEvent(status), isolated]);
    expect(rig.incident.version).toBe(version);
  });

  test('a device that does not answer is told of once', async () => {
    rig.isolate(Date.now(), {
      state: 'repairing',
      repair: { jobId: JOB, status: 'QUEUED', at: 1, since: Date.now() - 25 * HOUR },
    });
    rig.execution('QUEUED', Date.now() - 25 * HOUR);
    await rig.deliver([isolated]);
    expect(rig.incident).toMatchObject({
      state: 'repairing',
      repair: { silent: true },
      because: expect.stringContaining('does not take'),
    });
    const { version } = rig.incident;
    await rig.deliver([isolated]);
    expect(rig.incident.version).toBe(version);
    rig.execution('SUCCEEDED', Date.now());
    await rig.deliver([jobEvent()]);
    expect(rig.incident).toMatchObject({ state: 'proving', proof: { since: expect.any(Number) } });
  });

  test('an alarm in the middle of the proof isolates the device again, and its old success counts no more', async () => {
    rig.isolate(Date.now());
    rig.execution('SUCCEEDED', Date.now() - HOUR);
    await rig.deliver([jobEvent()]);
    expect(rig.incident.state).toBe('proving');
    await rig.deliver([own({ id: 's9', time: Date.now() - 1_000 })], 'signals');
    expect(rig.incident).toMatchObject({ state: 'isolated' });
    expect(rig.incident.proof).toBeUndefined();
    await rig.deliver([isolated]);
    expect(rig.incident).toMatchObject({
      state: 'isolated',
      because: `misbehaved although patch job ${JOB} was through`,
    });
  });

  test('a job that ends for all is counted, one that was replaced is not, and other ends are nothing', async () => {
    rig.isolate(Date.now());
    const ends = [
      { eventType: 'JOB', operation: 'canceled', jobId: JOB },
      { eventType: 'JOB', operation: 'canceled', jobId: 'old' },
      { eventType: 'JOB', operation: 'completed', jobId: JOB },
    ];
    expect(await rig.deliver(ends)).toEqual([]);
    expect(rig.aws.calls).toEqual([]);
  });

  test('what is not understood goes to the dead-letter queue, and a device without a record is nothing', async () => {
    rig.isolate(Date.now());
    expect(await rig.deliver([{ a: 1 }, { ...isolated, detail: { thingName: 'stranger' } }])).toEqual([]);
    expect(rig.refused).toEqual(['{"a":1}']);
  });
});

describe('where nobody decides', () => {
  let rig: RepairRig;
  beforeAll(async () => {
    rig = await RepairRig.start({ automaticReleases: 2 });
  });
  afterAll(() => rig.stop());
  const now = Date.now();
  const prepare = () => {
    rig.isolate(now);
    rig.execution('SUCCEEDED', now - 5 * HOUR);
  };
  const end = () => {
    const { state, orders, proof, repair, restored } = rig.incident;
    return {
      state,
      orders: orders.map(({ verb, by, why }) => ({ verb, by, why })),
      proof: { ...proof, orderedAt: proof?.orderedAt !== undefined },
      repair: { ...repair, since: 0 },
      restored,
      groups: rig.fleet.things.get('pump-7')?.groups,
    };
  };

  test('a device that is well is released, with the reason on record', async () => {
    prepare();
    await rig.deliver([jobEvent()]);
    await rig.drain();
    expect(end()).toMatchObject({
      state: 'released',
      orders: [
        { verb: 'release', by: PROVER, why: `patch job ${JOB} succeeded; 3 windows of 3600 s without an alarm` },
      ],
      groups: [FLEET],
    });
  });

  test('the third time a person is waited for', async () => {
    rig.isolate(Date.now(), { episode: 3 });
    rig.execution('SUCCEEDED', Date.now() - 5 * HOUR);
    await rig.deliver([jobEvent()]);
    expect(rig.incident).toMatchObject({ state: 'proving', orders: [], because: 'health proved' });
  });

  test('an alarm that comes while rights are given back takes them again', async () => {
    prepare();
    await rig.deliver([jobEvent()]);
    expect(rig.incident).toMatchObject({ state: 'proving', orders: [{ by: PROVER }] });
    await rig.deliver([own({ id: 's9', time: Date.now() - HOUR })], 'signals');
    expect(rig.incident.state).toBe('isolated');
    await rig.drain();
    expect(rig.incident.state).toBe('isolated');
    expect(rig.fleet.things.get('pump-7')?.groups).toEqual([QUARANTINE]);
    await rig.deliver([isolated, jobEvent()]);
    expect(rig.incident).toMatchObject({ state: 'isolated', because: expect.stringContaining('misbehaved') });
  });

  test('ends the same after a crash at any call and a second delivery', async () => {
    prepare();
    await rig.deliver([jobEvent()]);
    const calls = rig.aws.calls.length;
    await rig.drain();
    const expected = end();
    expect(calls).toBeGreaterThan(4);
    const points: [number, Trouble['after']][] = [[0, 'nothing']];
    for (let call = 0; call < calls; call += 1) points.push([call, 'effect']);
    for (const [call, after] of points) {
      prepare();
      expect(await rig.crash(jobEvent(), call, after)).toBe(true);
      expect(await rig.deliver([jobEvent()], 'proof', 2)).toEqual([]);
      await rig.drain();
      expect({ call, end: end() }).toEqual({ call, end: expected });
    }
  });

  const TROUBLES: Trouble[] = [
    { after: 'nothing', then: new AwsFault('ThrottlingException', 'slow down', 429) },
    { after: 'effect', then: new AwsFault('InternalFailureException', 'x', 500) },
    { after: 'effect', then: 'drop' },
    { after: 'nothing', then: new AwsFault('AccessDeniedException', 'no', 403) },
  ];

  test('ends the same when any call is in trouble', async () => {
    prepare();
    await rig.deliver([jobEvent()]);
    const calls = rig.aws.calls.length;
    await rig.drain();
    const expected = end();
    for (let call = 0; call < calls; call += 1) {
      prepare();
      rig.aws.trouble = (_call, index) => (index === call ? TROUBLES[call % TROUBLES.length] : undefined);
      const failed = await rig.deliver([jobEvent()]);
      rig.aws.trouble = () => undefined;
      if (failed.length > 0) await rig.deliver([jobEvent()], 'proof', 2);
      await rig.drain();
      expect({ call, end: end() }).toEqual({ call, end: expected });
    }
  });
});

test('where no job is asked for, windows alone are the proof, and no job is looked up', async () => {
  const rig = await RepairRig.start({ automaticReleases: 1 }, null);
  rig.isolate(Date.now());
  await rig.deliver([isolated]);
  await rig.drain();
  expect(rig.incident).toMatchObject({ state: 'released', orders: [{ why: '3 windows of 3600 s without an alarm' }] });
  expect(rig.aws.calls.map(({ operation }) => operation)).not.toContain('DescribeJobExecution');
  await rig.stop();
});
