import { Access } from '../../../lib/policy/access';
import { AccessPolicy } from '../../../lib/policy/access-policy';
import { RepairChannel } from '../../../lib/policy/repair-channel';
import { Topic } from '../../../lib/policy/topic';
import { Broker } from '../../../rehearsal/broker/broker';
import { ConnectionClosed, MqttSession, type SessionOptions } from '../../../rehearsal/devices/mqtt-session';
import type { ConnectionEvent, DecisionEvent, RehearsalEvent } from '../../../rehearsal/ports';
import { FakeCloud, type FakeDevice, PROPAGATION_MS } from '../../support/rehearsal-cloud';
import { PLACE } from '../../support/template-policies';

const ALL = (type: string) => `arn:aws:iot:${PLACE.region}:${PLACE.account}:${type}/*`;

/** Fleet and quarantine as the library writes them, and a group whose members may do nearly all. */
function policies(cloud: FakeCloud): void {
  const fleet = AccessPolicy.of([
    Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')),
    Access.subscribe(Topic.of('pumps', Topic.THING, 'commands', Topic.ANY)),
    Access.jobs(),
    Access.shadow(),
    Access.tunnelNotifications(),
  ]).render(PLACE) as unknown[];
  fleet.forEach((document, i) => cloud.registry.policy(`fleet${i}`, document));
  RepairChannel.standard()
    .documents(PLACE)
    .forEach((document, i) => cloud.registry.policy(`quarantine${i}`, document));
  cloud.registry.policy('open', {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['iot:Connect', 'iot:Publish', 'iot:Subscribe', 'iot:Receive'], Resource: '*' },
      { Effect: 'Allow', Action: 'iot:RetainPublish', Resource: ALL('topic') },
      { Effect: 'Deny', Action: ['iot:Publish', 'iot:Receive'], Resource: [`${ALL('topic').slice(0, -1)}secret/*`] },
      { Effect: 'Deny', Action: 'iot:RetainPublish', Resource: [`${ALL('topic').slice(0, -1)}fleeting`] },
    ],
  });
  cloud.registry.change(({ policiesOn }) => {
    policiesOn.set(
      'fleet',
      fleet.map((_, i) => `fleet${i}`),
    );
    policiesOn.set('quarantine', ['quarantine0', 'quarantine1']);
    policiesOn.set('open', ['open']);
  });
}

let cloud: FakeCloud;
let broker: Broker;
const open = new Set<MqttSession>();

beforeEach(async () => {
  cloud = new FakeCloud();
  policies(cloud);
  broker = await Broker.start({ cloud });
});

afterEach(async () => {
  await Promise.all([...open].map((session) => session.end()));
  open.clear();
  await broker.close();
});

async function connect(device: FakeDevice, clientId: string, options: Partial<SessionOptions> = {}) {
  const session = await MqttSession.open(broker, { ...device, clientId, ...options });
  open.add(session);
  return session;
}

function events<K extends RehearsalEvent['kind']>(kind: K): Extract<RehearsalEvent, { kind: K }>[] {
  return cloud.events.all().filter((event): event is Extract<RehearsalEvent, { kind: K }> => event.kind === kind);
}

const ended = (clientId: string): ConnectionEvent | undefined =>
  events('connection').find((event) => event.clientId === clientId && event.change !== 'connected');

const decided = (action: string): DecisionEvent | undefined =>
  events('decision').findLast(({ decision }) => decision.action === action);

const lifecycle = (topic: string) =>
  cloud.ingested
    .filter((message) => message.topic.startsWith(`$aws/events/${topic}`))
    .map(({ payload }) => JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown>);

describe('connecting', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('a device of the fleet connects over %s', async (tls) => {
    const pump = cloud.device('pump-7', ['fleet']);
    const session = await connect(pump, 'pump-7', { tls });
    expect(session.connected).toBe(true);
    expect(broker.get('pump-7')).toMatchObject({
      connected: true,
      thingName: 'pump-7',
      certificateId: pump.certificateId,
    });
    expect(decided('iot:Connect')?.decision).toMatchObject({ allowed: true, because: [{ policyName: /fleet/ }] });
    expect(lifecycle('presence/connected/pump-7')).toMatchObject([
      { clientId: 'pump-7', thingName: 'pump-7', eventType: 'connected', principalIdentifier: pump.certificateId },
    ]);
  });

  test('another client id gets no right of the group, whatever the certificate', async () => {
    const pump = cloud.device('pump-7', ['fleet']);
    await expect(connect(pump, 'anything')).rejects.toThrow(ConnectionClosed);
    expect(ended('anything')).toMatchObject({ change: 'refused', reason: 'the policies do not allow it' });
    expect(decided('iot:Connect')?.decision.allowed).toBe(false);
    expect(lifecycle('presence/connect_failed')).toMatchObject([{ connectFailureReason: 'AUTHORIZATION_FAILED' }]);
  });

  test.each([
    ['not registered', (id: string) => void cloud.registry.certificates.delete(id)],
    ['INACTIVE', (id: string) => void (cloud.registry.certificates.get(id)!.status = 'INACTIVE')],
  ])('a certificate that is %s is turned away', async (reason, act) => {
    const pump = cloud.device('pump-7', ['fleet']);
    act(pump.certificateId);
    await expect(connect(pump, 'pump-7')).rejects.toThrow(ConnectionClosed);
    expect(events('connection')).toMatchObject([{ change: 'refused', reason: `its certificate is ${reason}` }]);
  });

  test('a client without a certificate is turned away', async () => {
    const nothing = { certificateId: '', privateKeyPem: '', certificatePem: '' };
    await expect(connect(nothing, 'pump-7')).rejects.toThrow(ConnectionClosed);
    expect(events('connection')).toMatchObject([{ change: 'refused', reason: 'no client certificate was presented' }]);
  });

  test('a second connection under the same client id ends the first', async () => {
    const pump = cloud.device('pump-7', ['fleet']);
    const first = await connect(pump, 'pump-7', { sourceIp: '203.0.113.5' });
    const second = await connect(pump, 'pump-7', { sourceIp: '198.51.100.9' });
    await first.closed;
    expect(second.connected).toBe(true);
    expect(ended('pump-7')).toMatchObject({ change: 'disconnected', reason: 'DUPLICATE_CLIENTID' });
    expect(broker.get('pump-7')).toMatchObject({ connected: true, sourceIp: '198.51.100.9' });
    expect(lifecycle('presence/connected').map(({ versionNumber }) => versionNumber)).toEqual([0, 1]);
  });

  test('a will is authorized with the connection, and published when the device is lost', async () => {
    const pump = cloud.device('pump-7', ['open']);
    await expect(connect(pump, 'pump-7', { will: { topic: 'secret/x', payload: 'gone' } })).rejects.toThrow();
    const watcher = await connect(cloud.device('watcher', ['open']), 'watcher');
    await watcher.subscribe('wills');
    const session = await connect(pump, 'pump-7', { will: { topic: 'wills', payload: 'gone' } });
    const heard = new Promise((resolve) => watcher.onMessage(resolve));
    await session.drop();
    expect(await heard).toMatchObject({ topic: 'wills' });
    expect(ended('pump-7')).toMatchObject({ change: 'refused' });
    expect(events('connection').at(-1)).toMatchObject({ change: 'disconnected', reason: 'CONNECTION_LOST' });
  });
});

describe('messages', () => {
  test('a device publishes what is its own, with the statement that allows it', async () => {
    const session = await connect(cloud.device('pump-7', ['fleet']), 'pump-7');
    await session.publish('pumps/pump-7/telemetry', '{"flow":3}');
    expect(decided('iot:Publish')?.decision).toMatchObject({ allowed: true, because: [{ effect: 'Allow' }] });
    expect(cloud.ingested.find(({ topic }) => topic === 'pumps/pump-7/telemetry')).toMatchObject({
      from: { clientId: 'pump-7', thingName: 'pump-7' },
    });
  });

  test('a publish that is not allowed ends the connection', async () => {
    const session = await connect(cloud.device('pump-7', ['fleet']), 'pump-7');
    await expect(session.publish('pumps/pump-8/telemetry', 'x')).rejects.toThrow(ConnectionClosed);
    expect(ended('pump-7')).toMatchObject({ reason: 'AUTH_ERROR' });
    expect(decided('iot:Publish')?.decision).toMatchObject({
      allowed: false,
      missing: expect.stringMatching(/no statement allows/),
    });
    expect(cloud.ingested.some(({ topic }) => topic.startsWith('pumps/'))).toBe(false);
  });

  test('a subscription that is not allowed ends the connection', async () => {
    const session = await connect(cloud.device('pump-7', ['fleet']), 'pump-7');
    await expect(session.subscribe('pumps/#')).rejects.toThrow(ConnectionClosed);
    expect(ended('pump-7')).toMatchObject({ reason: 'AUTH_ERROR' });
  });

  test('each delivery is authorized, whatever was subscribed to', async () => {
    const session = await connect(cloud.device('pump-7', ['open']), 'pump-7');
    await session.subscribe('#');
    for (const topic of ['secret/a', 'plain/a']) await outbound(topic);
    await session.roundTrip();
    expect(session.received.map(({ topic }) => topic)).toEqual(['plain/a']);
    expect(events('decision').filter(({ decision }) => !decision.allowed)).toHaveLength(1);
  });

  test('a filter with # does not select its parent, and reserved topics need to be named', async () => {
    const session = await connect(cloud.device('pump-7', ['open']), 'pump-7');
    await session.subscribe('sensor/#');
    await session.subscribe('+/x');
    for (const topic of ['sensor', 'sensor/', 'sensor/a', '$aws/x']) await outbound(topic);
    await session.roundTrip();
    expect(session.received.map(({ topic }) => topic)).toEqual(['sensor/', 'sensor/a']);
  });

  test('retained messages need both rights, and reach those who name the topic', async () => {
    const session = await connect(cloud.device('pump-7', ['open']), 'pump-7');
    await session.publish('kept', 'state', true);
    await session.subscribe('+');
    await session.roundTrip();
    expect(session.received).toEqual([]);
    await session.subscribe('kept');
    await session.roundTrip();
    expect(session.received).toMatchObject([{ topic: 'kept', retain: true }]);
    await expect(session.publish('fleeting', 'state', true)).rejects.toThrow(ConnectionClosed);
    expect(decided('iot:RetainPublish')?.decision.allowed).toBe(false);
  });

  test.each([
    ['eight slashes', 'a/b/c/d/e/f/g/h/i'],
    ['257 bytes', 'a'.repeat(257)],
    ['a reserved topic of no service', '$aws/nothing'],
  ])('a topic with %s ends the connection, even where policies allow all', async (_, topic) => {
    const session = await connect(cloud.device('pump-7', ['open']), 'pump-7');
    await session.publish('a/b/c/d/e/f/g/h', 'seven are fine');
    await expect(session.publish(topic, 'x')).rejects.toThrow(ConnectionClosed);
    expect(ended('pump-7')).toMatchObject({ reason: 'CLIENT_ERROR' });
  });

  test('more than fifty subscriptions are not granted', async () => {
    const session = await connect(cloud.device('pump-7', ['open']), 'pump-7');
    for (let i = 0; i < 50; i++) await session.subscribe(`t/${i}`);
    await expect(session.subscribe('t/50')).rejects.toThrow();
    expect(broker.get('pump-7')?.subscriptions).toHaveLength(50);
  });
});

describe('what changes under a session', () => {
  test('it keeps its rights until the change has spread, and loses them then', async () => {
    const session = await connect(cloud.device('pump-7', ['fleet']), 'pump-7');
    cloud.registry.change(({ groupsOf }) => groupsOf.set('pump-7', ['quarantine']), PROPAGATION_MS);
    await cloud.clock.advance(PROPAGATION_MS - 1);
    await session.publish('pumps/pump-7/telemetry', 'still');
    await cloud.clock.advance(1);
    await expect(session.publish('pumps/pump-7/telemetry', 'no more')).rejects.toThrow(ConnectionClosed);
    expect(decided('iot:Publish')?.decision.because).toMatchObject([{ policyName: 'quarantine1', effect: 'Deny' }]);
  });

  test('an isolated device connects, and has its repair channel only', async () => {
    const session = await connect(cloud.device('pump-7', ['quarantine']), 'pump-7');
    await session.subscribe('$aws/things/pump-7/jobs/notify-next');
    await session.publish('$aws/things/pump-7/jobs/start-next', '{"clientToken":"t1"}');
    await session.roundTrip();
    await cloud.clock.settle();
    await session.roundTrip();
    expect(session.received.map(({ topic, payload }) => [topic, payload.toString()])).toEqual([
      ['$aws/things/pump-7/jobs/start-next/accepted', '{"clientToken":"t1"}'],
    ]);
    await expect(session.publish('pumps/pump-7/telemetry', 'x')).rejects.toThrow(ConnectionClosed);
  });

  test('a session is cut by the API, with or without its will', async () => {
    const watcher = await connect(cloud.device('watcher', ['open']), 'watcher');
    await watcher.subscribe('wills');
    const pump = cloud.device('pump-7', ['open']);
    for (const preventWillMessage of [true, false]) {
      const session = await connect(pump, 'pump-7', { will: { topic: 'wills', payload: 'gone' } });
      const reason = 'API_INITIATED_DISCONNECT' as const;
      expect(await broker.delete('pump-7', { cleanSession: true, preventWillMessage, reason })).toBe(true);
      await session.closed;
      await watcher.roundTrip();
      expect(watcher.received).toHaveLength(preventWillMessage ? 0 : 1);
    }
    expect(broker.get('pump-7')).toMatchObject({ connected: false, disconnectReason: 'API_INITIATED_DISCONNECT' });
    expect(
      await broker.delete('pump-7', { cleanSession: true, preventWillMessage: true, reason: 'SERVER_ERROR' }),
    ).toBe(false);
  });

  test('all sessions of a certificate are cut', async () => {
    const pump = cloud.device('pump-7', [], ['open']);
    const sessions = [await connect(pump, 'a'), await connect(pump, 'pump-7')].map(({ closed }) => closed);
    await broker.disconnectCertificate(pump.certificateId, 'FORBIDDEN_ACCESS');
    await Promise.all(sessions);
    expect(broker.list().filter(({ connected }) => connected)).toEqual([]);
  });
});

describe('persistent sessions', () => {
  const leave = async (session: MqttSession): Promise<void> => {
    await session.end();
    await outbound('news');
  };

  test('come back with their subscriptions and messages', async () => {
    const pump = cloud.device('pump-7', ['open']);
    const session = await connect(pump, 'pump-7', { clean: false });
    await session.subscribe('news');
    await leave(session);
    expect(broker.get('pump-7')).toMatchObject({ connected: false, subscriptions: [{ topicFilter: 'news', qos: 1 }] });
    const again = await connect(pump, 'pump-7', { clean: false });
    await again.roundTrip();
    expect(again.received).toMatchObject([{ topic: 'news' }]);
  });

  test.each([
    ['after an hour', () => cloud.clock.advance(3_600_001)],
    [
      'when they are deleted',
      () =>
        broker.delete('pump-7', { cleanSession: true, preventWillMessage: true, reason: 'API_INITIATED_DISCONNECT' }),
    ],
  ])('are forgotten %s', async (_, act) => {
    const pump = cloud.device('pump-7', ['open']);
    const session = await connect(pump, 'pump-7', { clean: false });
    await session.subscribe('news');
    await leave(session);
    await act();
    const again = await connect(pump, 'pump-7', { clean: false });
    await outbound('news');
    await again.roundTrip();
    expect(again.received).toEqual([]);
  });
});

test('a port that is taken gives one clear line', async () => {
  await expect(Broker.start({ cloud, port: broker.port })).rejects.toThrow(
    `port ${broker.port} is taken: choose another, or 0 for any that is free`,
  );
});

function outbound(topic: string): Promise<void> {
  const from = { kind: 'service' as const, name: 'iot' };
  return cloud.outbound({ topic, payload: Buffer.from('{}'), qos: 1, retain: false, from });
}
