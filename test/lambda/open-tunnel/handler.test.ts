import { Worker } from 'node:worker_threads';
import { join } from 'node:path';
import { createHandler, type Deps } from '../../../lambda/open-tunnel/handler';
import { type Incident, openIncident } from '../../../lambda/shared/incident/incident';
import { itemOf } from '../../../lambda/shared/incident/table-item';
import { createLogger } from '../../../lambda/shared/logger';
import { BundledHandler } from '../../support/bundled-handler';
import { AwsFault, FakeAws, type Input, type Trouble } from '../../support/fake-aws';
import { FakeIncidents } from '../../support/fake-incidents';
import { TIME } from '../shared/incident/messages';

const ARN = 'arn:aws:sts::123456789012:assumed-role/analysts/ada';
const SECRET = 'source-secret-token';
const request = (values: object = {}) => ({
  routeKey: 'POST /tunnel',
  requestContext: { authorizer: { iam: { userArn: ARN } } },
  body: JSON.stringify({ subject: 'pump-7', why: 'look', ...values }),
});
const isolated = (): Incident => ({
  ...openIncident(
    {
      source: 'engine',
      id: 's',
      time: TIME,
      subject: { kind: 'thing', name: 'pump-7' },
      phase: 'alarm',
      kind: 'behavior',
      severity: 'HIGH',
      about: 'a',
      evidence: {},
    },
    'isolate',
    1,
    TIME,
  ),
  state: 'isolated',
  version: 1,
  containedAt: TIME,
});

describe('the bundled function', () => {
  const incidents = new FakeIncidents();
  const opened: Input[] = [];
  let aws: FakeAws;
  let handler: BundledHandler;
  beforeAll(async () => {
    const open = {
      operation: 'OpenTunnel',
      match: 'IoTSecuredTunneling.OpenTunnel',
      act: (input: Input) => {
        opened.push(input);
        return { tunnelId: `t${opened.length}`, sourceAccessToken: SECRET, destinationAccessToken: 'for the device' };
      },
    };
    aws = await FakeAws.start([...incidents.routes, open]);
    handler = new BundledHandler('open-tunnel', environment());
  });
  beforeEach(() => {
    incidents.items.clear();
    incidents.items.set('pump-7 1', itemOf(isolated()));
    opened.length = 0;
    aws.calls.length = 0;
    aws.trouble = () => undefined;
  });
  afterAll(async () => {
    await handler.stop();
    await aws.stop();
  });
  const environment = () => ({
    ...aws.environment(),
    INCIDENT_TABLE: 'incidents',
    TUNNEL_SERVICES: '["SSH"]',
    TUNNEL_MINUTES: '60',
  });
  const ask = async (values: object = {}) => {
    const answer = (await handler.invoke(request(values))) as { statusCode: number; headers: object; body: string };
    return { ...answer, body: JSON.parse(answer.body) as Record<string, unknown> };
  };

  test('opens a tunnel to the device, with who, why and for how long on record', async () => {
    const { statusCode, headers, body } = await ask({ minutes: 30 });
    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(body).toMatchObject({
      subject: 'pump-7',
      tunnelId: 't1',
      sourceAccessToken: SECRET,
      services: ['SSH'],
      region: 'eu-west-1',
    });
    expect(opened).toEqual([
      {
        description: `Incident pump-7, episode 1, for ${ARN}: look`,
        destinationConfig: { thingName: 'pump-7', services: ['SSH'] },
        timeoutConfig: { maxLifetimeTimeoutMinutes: 30 },
      },
    ]);
    expect(incidents.incident('pump-7')?.tunnels).toEqual([
      { by: ARN, why: 'look', services: ['SSH'], minutes: 30, time: expect.any(Number), tunnelId: 't1' },
    ]);
  });

  test('records a reason as it was said, and describes the tunnel with what AWS IoT takes of it', async () => {
    const why = 'Prüfung: 点検 👩🏽‍🔧 l’été';
    expect(await ask({ why })).toMatchObject({ statusCode: 200 });
    expect(incidents.incident('pump-7')?.tunnels).toMatchObject([{ why }]);
    expect(opened[0]?.description).toBe(`Incident pump-7, episode 1, for ${ARN}: Prüfung: 点検 ???? l’été`);
    expect(opened[0]?.description).toMatch(/^[^\p{C}]{1,2048}$/u);
  });

  test('the request is on record before the tunnel is opened', async () => {
    await ask();
    const operations = aws.calls.map(({ operation }) => operation);
    expect(operations.indexOf('PutItem')).toBeLessThan(operations.indexOf('OpenTunnel'));
    aws.trouble = ({ operation }) =>
      operation === 'OpenTunnel'
        ? { after: 'effect', then: new AwsFault('InternalFailureException', 'x', 500) }
        : undefined;
    await expect(ask({ why: 'again' })).rejects.toThrow('InternalFailureException');
    expect(incidents.incident('pump-7')?.tunnels?.at(-1)).toMatchObject({ why: 'again' });
    expect(incidents.incident('pump-7')?.tunnels?.at(-1)).not.toHaveProperty('tunnelId');
  });

  test('a call whose answer is lost is not made again', async () => {
    aws.trouble = ({ operation }) => (operation === 'OpenTunnel' ? { after: 'effect', then: 'drop' } : undefined);
    await expect(ask()).rejects.toThrow();
    expect(opened).toHaveLength(1);
  });

  test('neither the token nor that of the device is stored, or seen by anything but the answer', async () => {
    await ask();
    const seen = JSON.stringify([[...incidents.items.values()], aws.calls]);
    expect(seen).not.toContain(SECRET);
    expect(seen).not.toContain('for the device');
    expect(JSON.stringify(await ask())).not.toContain('for the device');
  });

  test('neither token is logged', async () => {
    const lines = await logsOf(environment(), request());
    expect(lines).toContain('"message":"opened"');
    expect(lines).not.toContain(SECRET);
    expect(lines).not.toContain('for the device');
  });

  test.each<[string, AwsFault, number, string]>([
    ['the account opens tunnels too fast', new AwsFault('ThrottlingException', 'slow', 429), 429, 'try again'],
    ['the account has too many tunnels', new AwsFault('LimitExceededException', 'no', 400), 429, 'try again'],
    ['the device is not in quarantine', new AwsFault('AccessDeniedException', 'no', 403), 409, 'quarantine group'],
  ])('says so where %s', async (_name, fault, status, message) => {
    aws.trouble = ({ operation }): Trouble | undefined =>
      operation === 'OpenTunnel' ? { after: 'nothing', then: fault } : undefined;
    expect(await ask()).toMatchObject({ statusCode: status, body: { message: expect.stringContaining(message) } });
    expect(opened).toEqual([]);
  });

  test('a device without an incident, or that is not isolated, gets none, and takes nobody a place', async () => {
    expect(await ask({ subject: 'stranger' })).toMatchObject({ statusCode: 404 });
    incidents.items.set('pump-7 1', itemOf({ ...isolated(), state: 'released' }));
    expect(await ask()).toMatchObject({ statusCode: 409 });
    expect(await ask({ why: undefined })).toMatchObject({ statusCode: 400 });
    expect(aws.calls.map(({ operation }) => operation)).toEqual(['Query', 'Query']);
  });

  test('who comes when the line is long is told when to come again', async () => {
    const turn = { version: 3, nextAt: Date.now() + 3_600_000_000 };
    incidents.items.set('#tunnels 0', {
      subject: { S: '#tunnels' },
      episode: { N: '0' },
      version: { N: '3' },
      record: { S: JSON.stringify(turn) },
    });
    expect(await ask()).toMatchObject({ statusCode: 429, headers: { 'retry-after': expect.stringMatching(/^\d+$/) } });
    expect(opened).toEqual([]);
  });
});

/** What the function writes to its log while it answers one request. */
function logsOf(env: Record<string, string>, event: object): Promise<string> {
  const file = join(__dirname, '../../../dist/handlers/open-tunnel/index.js');
  const code = `
    const { workerData, parentPort } = require('node:worker_threads');
    require(workerData.file).handler(workerData.event).then(() => parentPort.postMessage('done'));`;
  return new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true, env, workerData: { file, event }, stdout: true });
    let text = '';
    worker.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    worker.on('error', reject);
    worker.on('message', () => void worker.terminate());
    worker.on('exit', () => resolve(text));
  });
}

describe('in disorder', () => {
  function world(values: Partial<Deps> = {}) {
    let incident = isolated();
    let turn = { version: 0, nextAt: 0 };
    let now = TIME;
    const times: number[] = [];
    const deps: Deps = {
      incidents: {
        latest: () => Promise.resolve(incident),
        save: (next) => {
          if (next.version !== incident.version) return Promise.resolve('conflict');
          incident = { ...next, version: next.version + 1 };
          return Promise.resolve(incident);
        },
      },
      turns: {
        current: () => Promise.resolve(turn),
        take: (next) => {
          if (next.version !== turn.version + 1) return Promise.resolve('conflict');
          turn = next;
          return Promise.resolve('taken');
        },
      },
      tunnels: {
        open: () => {
          times.push(now);
          return Promise.resolve({ tunnelId: `t${times.length}`, sourceAccessToken: SECRET });
        },
      },
      limits: { services: ['SSH'], minutes: 60 },
      region: 'eu-west-1',
      clock: { now: () => now, sleep: (milliseconds) => Promise.resolve(void (now += milliseconds)) },
      log: createLogger({ service: 'test', write: () => undefined }),
      ...values,
    };
    return {
      handler: createHandler(deps),
      times,
      incident: () => incident,
      set: (next: Incident) => (incident = next),
    };
  }

  test('many at once each get a turn or are told to come again, and each that is opened is on record', async () => {
    const { handler, times, incident } = world();
    const answers = await Promise.all(Array.from({ length: 6 }, (_, index) => handler(request({ why: `w${index}` }))));
    const codes = answers.map(({ statusCode }) => statusCode);
    expect(codes.every((code) => [200, 409, 429].includes(code))).toBe(true);
    const opened = codes.filter((code) => code === 200).length;
    expect(opened).toBeGreaterThan(0);
    expect(times.length).toBe(opened);
    const ids = (incident().tunnels ?? []).flatMap(({ tunnelId }) => tunnelId ?? []);
    expect(new Set(ids).size).toBe(opened);
  });

  test('a line that never gives a turn ends', async () => {
    const { handler, times } = world({
      turns: { current: () => Promise.resolve({ version: 0, nextAt: 0 }), take: () => Promise.resolve('conflict') },
    });
    expect(await handler(request())).toMatchObject({ statusCode: 429 });
    expect(times).toEqual([]);
  });

  test('a record that changes all the time gets no tunnel; one that is released meanwhile neither', async () => {
    const busy = world({
      incidents: { latest: () => Promise.resolve(isolated()), save: () => Promise.resolve('conflict') },
    });
    expect(await busy.handler(request())).toMatchObject({ statusCode: 409 });
    expect(busy.times).toEqual([]);
    let asked = 0;
    const released = world({
      incidents: {
        latest: () => Promise.resolve({ ...isolated(), state: (asked += 1) === 1 ? 'isolated' : 'released' }),
        save: () => Promise.reject(new Error('not reached')),
      },
    });
    expect(await released.handler(request())).toMatchObject({ statusCode: 409 });
    expect(released.times).toEqual([]);
  });

  test('a token reaches who asked although its tunnel cannot be completed in the record', async () => {
    let saved = 0;
    const { handler } = world({
      incidents: {
        latest: () => Promise.resolve(isolated()),
        save: (incident) => ((saved += 1) === 1 ? Promise.resolve(incident) : Promise.reject(new Error('table gone'))),
      },
    });
    expect(await handler(request())).toMatchObject({ statusCode: 200, body: expect.stringContaining(SECRET) });
  });
});
