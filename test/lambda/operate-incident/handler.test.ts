import { ENV } from '../../../lambda/operate-incident/contract';
import { MESSAGE } from '../../../lambda/shared/incident/contract';
import { openIncident, type State } from '../../../lambda/shared/incident/incident';
import { itemOf } from '../../../lambda/shared/incident/table-item';
import { BundledHandler } from '../../support/bundled-handler';
import { AwsFault, FakeAws, FakeQueue } from '../../support/fake-aws';
import { FakeIncidents } from '../../support/fake-incidents';
import { TIME } from '../shared/incident/messages';

const CALLER = 'arn:aws:sts::123456789012:assumed-role/soc/ada';

describe("the bundled operators' entry", () => {
  const table = new FakeIncidents();
  const queue = new FakeQueue();
  let aws: FakeAws;
  let entry: BundledHandler;
  beforeAll(async () => {
    aws = await FakeAws.start([...table.routes, ...queue.routes]);
    entry = new BundledHandler('operate-incident', {
      ...aws.environment(),
      [ENV.table]: 'incidents',
      [ENV.taskQueue]: `${aws.url}/1/tasks`,
      [ENV.releaseQueue]: `${aws.url}/1/release`,
    });
  });
  afterAll(async () => {
    await entry.stop();
    await aws.stop();
  });
  beforeEach(() => {
    table.items.clear();
    queue.messages.splice(0);
    aws.calls.splice(0);
    aws.trouble = () => undefined;
  });

  function put(subject: string, state: State): void {
    const signal = {
      source: 'engine',
      id: 's',
      time: TIME,
      phase: 'alarm',
      kind: 'behavior',
      severity: 'HIGH',
      about: 'x',
      evidence: {},
    } as const;
    const incident = openIncident({ ...signal, subject: { kind: 'thing', name: subject } }, 'isolate', 1, TIME);
    table.items.set(`${subject} 1`, itemOf({ ...incident, state, version: 1 }));
  }

  async function call(routeKey: string, order?: object, query?: object) {
    const answer = (await entry.invoke({
      routeKey,
      requestContext: { authorizer: { iam: { userArn: CALLER } } },
      body: order && JSON.stringify(order),
      queryStringParameters: query,
    })) as { statusCode: number; body: string };
    const body: Record<string, unknown> = { status: answer.statusCode, ...(JSON.parse(answer.body) as object) };
    return body;
  }
  const sent = () => queue.messages.map(({ body }) => JSON.parse(body) as Record<string, unknown>);

  test('releases, isolates and retires by orders on the queues', async () => {
    put('pump-7', 'isolated');
    for (const verb of ['release', 'isolate', 'retire'])
      expect(await call(`POST /${verb}`, { subject: 'pump-7', why: 'sure' })).toEqual({
        status: 202,
        accepted: verb,
        subject: 'pump-7',
      });
    expect(sent()).toMatchObject([
      { schema: MESSAGE.release, subject: 'pump-7', episode: 1, by: CALLER, why: 'sure' },
      { schema: MESSAGE.order, thingName: 'pump-7', response: 'isolate' },
      { schema: MESSAGE.order, thingName: 'pump-7', response: 'retire' },
    ]);
    expect(
      aws.calls
        .filter(({ operation }) => operation === 'SendMessage')
        .map(({ input }) => String(input.QueueUrl).split('/').pop()),
    ).toEqual(['release', 'tasks', 'tasks']);
  });

  test('passes a reason on as it was said, in any script', async () => {
    put('pump-7', 'isolated');
    const why = 'Prüfstand 4: 点検済み, проверено 👩🏽‍🔧 "l’été" \\ \u202eabc';
    const said = why.replace('\u202e', '?');
    for (const verb of ['release', 'isolate', 'report']) await call(`POST /${verb}`, { subject: 'pump-7', why });
    expect(sent().map((message) => message.why)).toEqual([said, said, said]);
    await call('POST /hold', { subject: 'pump-7', why });
    const { incident } = await call('GET /incident', undefined, { subject: 'pump-7' });
    expect(incident).toMatchObject({ because: said, orders: [{ why: said }] });
  });

  test('passes a verdict on with the release, also where nothing is left to be released', async () => {
    for (const state of ['isolated', 'detected', 'released'] as const) {
      put('pump-7', state);
      const order = { subject: 'pump-7', why: 'a test rig', verdict: 'BENIGN_POSITIVE' };
      expect(await call('POST /release', order)).toMatchObject({ status: 202, accepted: 'release' });
      expect(sent().at(-1)).toMatchObject({ schema: MESSAGE.release, episode: 1, verdict: 'BENIGN_POSITIVE' });
    }
    put('pump-7', 'released');
    expect(await call('POST /release', { subject: 'pump-7', why: 'x' })).toMatchObject({ status: 409 });
    put('pump-7', 'detected');
    expect(await call('POST /release', { subject: 'pump-7', why: 'x' })).toMatchObject({ status: 409 });
    await call('POST /release', { allHeld: true, why: 'a wrong bound', verdict: 'FALSE_POSITIVE' });
    expect(sent().at(-1)).toMatchObject({ schema: MESSAGE.releaseHeld, verdict: 'FALSE_POSITIVE' });
  });

  test('passes a report on, for the playbook to answer', async () => {
    expect(await call('POST /report', { subject: 'pump-7', why: 'smells', severity: 'MEDIUM' })).toMatchObject({
      status: 202,
      accepted: 'report',
    });
    expect(sent()).toEqual([
      {
        schema: MESSAGE.order,
        thingName: 'pump-7',
        severity: 'MEDIUM',
        by: CALLER,
        why: 'smells',
        time: expect.any(Number),
      },
    ]);
  });

  test('orders all that are held at once', async () => {
    await call('POST /isolate', { allHeld: true, why: 'sure' });
    await call('POST /release', { allHeld: true, why: 'false alarm' });
    expect(sent()).toMatchObject([
      { schema: MESSAGE.isolateHeld, by: CALLER, why: 'sure' },
      { schema: MESSAGE.releaseHeld, by: CALLER, why: 'false alarm' },
    ]);
  });

  test('holds in the record, also when somebody else writes it at the same time', async () => {
    put('pump-7', 'isolated');
    let disturbed = false;
    aws.trouble = ({ operation }) => {
      if (operation !== 'PutItem' || disturbed) return undefined;
      disturbed = true;
      return { after: 'nothing', then: new AwsFault('ConditionalCheckFailedException') };
    };
    expect(await call('POST /hold', { subject: 'pump-7', why: 'wait' })).toEqual({
      status: 200,
      accepted: 'hold',
      subject: 'pump-7',
      state: 'held',
    });
    expect(table.incident('pump-7')).toMatchObject({ state: 'held', because: 'wait', orders: [{ by: CALLER }] });
    aws.trouble = ({ operation }) =>
      operation === 'PutItem' ? { after: 'nothing', then: new AwsFault('ConditionalCheckFailedException') } : undefined;
    expect(await call('POST /hold', { subject: 'pump-7', why: 'wait' })).toMatchObject({ status: 409 });
  });

  test('reads one, and lists what is held page by page', async () => {
    for (let index = 0; index < 60; index += 1) put(`pump-${index}`, 'held');
    put('other', 'isolated');
    expect(await call('GET /incident', undefined, { subject: 'other' })).toMatchObject({
      status: 200,
      incident: { state: 'isolated' },
    });
    expect(await call('GET /incident', undefined, { subject: 'ghost' })).toMatchObject({ status: 404 });
    const first = await call('GET /held');
    expect(first.held).toHaveLength(50);
    const second = await call('GET /held', undefined, { start: first.next });
    expect(second.held).toHaveLength(10);
    expect(second.next).toBeUndefined();
  });

  test.each<[string, string, object | undefined]>([
    ['Query', 'GET /held', undefined],
    ['Query', 'POST /release', { subject: 'pump-7', why: 'x' }],
    ['PutItem', 'POST /hold', { subject: 'pump-7', why: 'x' }],
    ['SendMessage', 'POST /isolate', { subject: 'pump-7', why: 'x' }],
  ])('says that it may not be done, and what to do, where %s fails for %s', async (broken, route, body) => {
    put('pump-7', 'isolated');
    aws.trouble = ({ operation }) =>
      operation === broken ? { after: 'nothing', then: new AwsFault('AccessDeniedException', 'secret') } : undefined;
    expect(await call(route, body)).toEqual({
      status: 503,
      message: 'not known to be done (AccessDeniedException); try again: what is ordered twice does no harm',
    });
    aws.trouble = () => undefined;
    expect((await call(route, body)).status).toBeLessThan(300);
  });

  test.each(['ValidationException', 'SerializationException'])(
    'refuses a page that the table never gave: %s',
    async (name) => {
      aws.trouble = ({ operation }) =>
        operation === 'Query' ? { after: 'nothing', then: new AwsFault(name) } : undefined;
      expect(await call('GET /held', undefined, { start: '{"a":1}' })).toEqual({
        status: 400,
        message: 'start: not a page',
      });
    },
  );

  test('refuses what it cannot do, and does nothing then', async () => {
    expect(await call('POST /release', { subject: 'pump-7', why: 'x' })).toEqual({
      status: 404,
      message: 'no incident of this device',
    });
    expect(await call('POST /release', { subject: 'pump/7', why: 'x' })).toMatchObject({ status: 400 });
    expect(sent()).toEqual([]);
  });
});
