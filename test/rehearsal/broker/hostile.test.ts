import { once } from 'node:events';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Broker } from '../../../rehearsal/broker/broker';
import type { ConnectionEvent } from '../../../rehearsal/ports';
import { FakeCloud } from '../../support/rehearsal-cloud';

const DEVICE = 'pump-7';
let cloud: FakeCloud;
let broker: Broker;
const sockets: TLSSocket[] = [];

beforeAll(async () => {
  cloud = new FakeCloud();
  const everything = { Effect: 'Allow', Action: 'iot:*', Resource: '*' };
  cloud.registry.policy('open', { Version: '2012-10-17', Statement: [everything] });
  cloud.registry.change(({ policiesOn }) => void policiesOn.set('open', ['open']));
  broker = await Broker.start({ cloud });
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

afterAll(() => broker.close());

// ---------------------------------------------------------------------------------------------- packets, byte by byte

const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

/** A packet with its length. */
function packet(header: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  let left = body.length;
  do {
    const more = left >> 7;
    length.push((left & 127) | (more > 0 ? 128 : 0));
    left = more;
  } while (left > 0);
  return Buffer.concat([Buffer.from([header, ...length]), body]);
}

interface Will {
  readonly topic: string;
  readonly qos?: number;
  readonly retain?: boolean;
}

function connect({ level = 4, name = 'MQTT', will }: { level?: number; name?: string; will?: Will } = {}): Buffer {
  const flags = 2 | (will === undefined ? 0 : 4 | ((will.qos ?? 0) << 3) | (will.retain === true ? 32 : 0));
  const wills = will === undefined ? [] : [text(will.topic), text('{}')];
  return packet(0x10, text(name), Buffer.from([level, flags, 0, 60]), text(DEVICE), ...wills);
}

const publish = (topic: string | Buffer, { flags = 0, payload = Buffer.from('{}') } = {}): Buffer =>
  packet(0x30 | flags, text(topic), ...((flags & 6) > 0 ? [Buffer.from([0, 9])] : []), payload);

const subscribe = (filters: readonly string[], qos = 0): Buffer =>
  packet(0x82, Buffer.from([0, 1]), ...filters.flatMap((filter) => [text(filter), Buffer.from([qos])]));

const PING = Buffer.from([0xc0, 0]);

/** Sends the first packet and, after its answer, all others in one piece; says what became of the connection: whether the last one was answered, or why it ended. */
async function send(...packets: Buffer[]) {
  const { certificatePem: cert, privateKeyPem: key } = cloud.device(DEVICE, ['open']);
  const since = cloud.events.all().length;
  const socket = connectTls({
    port: broker.port,
    host: '127.0.0.1',
    ca: broker.caPem,
    cert,
    key,
    servername: 'localhost',
  });
  sockets.push(socket);
  await once(socket, 'secureConnect');
  const answers: Buffer[] = [];
  // A ping may be answered before a subscription is.
  const asks = packets.some(([header]) => header === 0x82);
  const over = new Promise<'answered' | 'closed'>((resolve) => {
    socket.on('error', () => resolve('closed')).on('close', () => resolve('closed'));
    socket.on('data', (data: Buffer) => {
      answers.push(data);
      const hex = Buffer.concat(answers).toString('hex');
      if (hex.includes('d000') && (!asks || hex.includes('900'))) resolve('answered');
    });
  });
  const [first = PING, ...rest] = packets;
  socket.write(first);
  if (rest.length > 0) await Promise.race([over, once(socket, 'data')]);
  socket.write(Buffer.concat([...rest, PING]));
  const end = await over;
  await cloud.clock.settle();
  const told = cloud.events
    .all()
    .slice(since)
    .filter((event): event is ConnectionEvent => event.kind === 'connection' && event.change !== 'connected');
  return { end, why: told.at(-1)?.reason, answers: Buffer.concat(answers), socket };
}

// ----------------------------------------------------------------------------------------------------------------- tests

test.each([
  ['of quality of service 2', publish('a', { flags: 4 })],
  ['of no quality of service that there is', publish('a', { flags: 6 })],
  ['to a topic with a wildcard', publish('a/+')],
  ['to no topic', publish('')],
  ['to a topic that is no UTF-8', publish(Buffer.from([0xff, 0xfe]))],
  ['to a topic with a null character', publish('a\0b')],
  ['to a topic of nine levels', publish('1/2/3/4/5/6/7/8/9')],
  ['of more than 128 KiB', publish('a', { payload: Buffer.alloc(131_073) })],
  ['to be retained on a reserved topic', publish('$aws/rules/r/a', { flags: 1 })],
  ['to a reserved topic of nobody', publish('$aws/nobody')],
])('a message %s ends the connection', async (_what, message) => {
  const { end, why } = await send(connect(), message);
  expect(end).toBe('closed');
  expect(['CLIENT_ERROR', 'CONNECTION_LOST']).toContain(why);
});

test('a message of exactly 128 KiB is taken', async () => {
  expect((await send(connect(), publish('a', { payload: Buffer.alloc(131_072) }))).end).toBe('answered');
});

test('what comes in one piece with the CONNECT is taken once that is', async () => {
  const { end } = await send(Buffer.concat([connect(), publish('early', { payload: Buffer.alloc(131_072) })]));
  expect(end).toBe('answered');
  expect(cloud.ingested.map(({ topic }) => topic)).toContain('early');
});

test('a packet that announces more than any may have is not waited for', async () => {
  const announced = Buffer.concat([Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]), text('a'), Buffer.alloc(1_000)]);
  expect(await send(connect(), announced)).toMatchObject({ end: 'closed', why: 'CLIENT_ERROR' });
  const first = Buffer.concat([Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]), text('MQTT')]);
  expect(await send(first)).toMatchObject({
    end: 'closed',
    why: expect.stringContaining('a packet has 268435455 bytes') as string,
  });
});

test.each([
  ['for quality of service 2', subscribe(['a'], 2)],
  ['to more than eight filters at once', subscribe(Array.from({ length: 9 }, (_, index) => `a/${index}`))],
  ['to a part of a level', subscribe(['a/b+'])],
  ['to everything below everything', subscribe(['a/#/b'])],
  ['to no filter', subscribe([''])],
  ['to nothing', packet(0x82, Buffer.from([0, 1]))],
])('a subscription %s ends the connection', async (_what, request) => {
  const { end, why } = await send(connect(), request);
  expect(end).toBe('closed');
  expect(['CLIENT_ERROR', 'CONNECTION_LOST']).toContain(why);
});

test('a subscription to eight filters at once, and to + and # where they may stand, is granted', async () => {
  const filters = ['+', '#', '+/a', 'a/+/b', 'a/#', 'a//b', '/', ' '];
  const { end, answers } = await send(connect(), subscribe(filters));
  expect(end).toBe('answered');
  expect(answers.toString('hex')).toContain(packet(0x90, Buffer.from([0, 1]), Buffer.alloc(8)).toString('hex'));
});

test('a shared subscription is not granted, and the run says so', async () => {
  const { end, answers } = await send(connect(), subscribe(['$share/group/a']));
  expect(end).toBe('answered');
  expect(answers.includes(packet(0x90, Buffer.from([0, 1, 128])))).toBe(true);
  expect(cloud.events.all().findLast(({ kind }) => kind === 'gap')).toMatchObject({
    subject: 'shared subscriptions',
    onPath: true,
  });
});

test.each([
  ['with a wildcard', { topic: 'a/#' }, 'of its will: a topic to publish to has no + and no #'],
  ['of quality of service 2', { topic: 'a', qos: 2 }, 'of its will: quality of service 2 is not offered'],
  ['with a topic that is too deep', { topic: '1/2/3/4/5/6/7/8/9' }, 'of its will: the topic has 8 slashes'],
] as const)('a will %s is refused with the connection', async (_what, will, why) => {
  expect(await send(connect({ will }))).toMatchObject({ end: 'closed', why: expect.stringContaining(why) as string });
});

test('a will on a reserved topic is heard of, and asks no service for anything', async () => {
  const topic = `$aws/things/${DEVICE}/shadow/update`;
  const asked = jest.spyOn(cloud.shadows, 'update');
  const { socket } = await send(connect({ will: { topic, retain: true } }));
  const before = cloud.ingested.length;
  socket.destroy();
  while (broker.get(DEVICE)?.connected === true) await new Promise((resolve) => setImmediate(resolve));
  await cloud.clock.settle();
  expect(cloud.ingested.slice(before).map((message) => message.topic)).toContain(topic);
  expect(asked).not.toHaveBeenCalled();
  asked.mockRestore();
});

test.each([
  ['MQTT 3.1', connect({ level: 3, name: 'MQIsdp' }), /it speaks MQTT 3\.1, and 3\.1\.1 is the oldest/],
  ['no MQTT that there is', connect({ level: 6 }), undefined],
  ['what begins as HTTP does', Buffer.from('GET / HTTPS for all\r\n\r\n'), undefined],
  ['nothing that means anything', Buffer.from('ffffffffffff', 'hex'), undefined],
  ['without introducing itself', publish('a'), undefined],
] as const)('a client that speaks %s is turned away', async (_what, first, why) => {
  const answer = await send(first);
  expect(answer.end).toBe('closed');
  if (why !== undefined) expect(answer.why).toMatch(why);
});

test.each([
  ['HTTPS to the endpoint of devices', 'POST /topics/a?qos=1 HTTP/1.1\r\nHost: broker\r\nContent-Length: 2\r\n\r\n{}'],
  ['MQTT over WebSocket', 'GET /mqtt HTTP/1.1\r\nHost: broker\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n'],
])('%s is answered in its own words, and the run says that it is not modelled', async (subject, request) => {
  const before = cloud.ingested.length;
  const { socket, answers, why } = await send(Buffer.from(request));
  if (!socket.closed) await once(socket, 'close');
  expect(answers.toString()).toMatch(/^HTTP\/1\.1 501 /);
  expect(why).toBe(`it speaks ${subject}`);
  expect(cloud.events.all().findLast(({ kind }) => kind === 'gap')).toMatchObject({ subject, onPath: true });
  expect(cloud.ingested).toHaveLength(before);
});

test('MQTT 5 is answered with what is understood, and the run says so', async () => {
  const { socket, answers } = await send(packet(0x10, text('MQTT'), Buffer.from([5, 2, 0, 60, 0]), text(DEVICE)));
  if (!socket.closed) await once(socket, 'close');
  expect(answers[0]).toBe(0x20);
  expect(cloud.events.all().findLast(({ kind }) => kind === 'gap')).toMatchObject({ subject: 'MQTT 5', onPath: true });
});

test('whoever introduces itself twice, and whoever speaks after the goodbye, is not heard', async () => {
  expect((await send(connect(), connect())).end).toBe('closed');
  const before = cloud.ingested.length;
  expect((await send(Buffer.concat([connect(), Buffer.from([0xe0, 0]), publish('late')]))).end).toBe('closed');
  expect(cloud.ingested.slice(before).map(({ topic }) => topic)).not.toContain('late');
});

test('what comes in one piece with a CONNECT that is refused is not heard', async () => {
  const refused = { Effect: 'Deny', Action: 'iot:Connect', Resource: '*' };
  const { registry } = cloud;
  registry.policy('mute', { Version: '2012-10-17', Statement: [refused] });
  const before = cloud.ingested.length;
  registry.change(({ policiesOn }) => void policiesOn.set('open', ['open', 'mute']), 0);
  const { end } = await send(Buffer.concat([connect(), publish('burst'), subscribe(['burst'])]));
  registry.change(({ policiesOn }) => void policiesOn.set('open', ['open']), 0);
  expect(end).toBe('closed');
  expect(cloud.ingested.slice(before).map(({ topic }) => topic)).not.toContain('burst');
});

test('answers to what was never sent, and goodbyes to what is not there, change nothing', async () => {
  const strange = [
    packet(0x40, Buffer.from([0, 9])),
    packet(0x62, Buffer.from([0, 9])),
    packet(0xa2, Buffer.from([0, 3]), text('nothing')),
  ];
  expect((await send(connect(), ...strange)).end).toBe('answered');
});

test('all this leaves a broker that serves', async () => {
  expect((await send(connect(), publish('a'))).end).toBe('answered');
  expect(broker.get(DEVICE)).toMatchObject({ connected: true });
});
