// How many devices the broker of a rehearsal holds, and how many messages it decides: a thousand connections with mutual TLS,
// and messages through them with the policies on, beside the bare broker in the same run. The devices are in a process of
// their own, as they would be.
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { Access } from '../lib/policy/access';
import { AccessPolicy } from '../lib/policy/access-policy';
import { Topic } from '../lib/policy/topic';
import { Broker } from '../rehearsal/broker/broker';
import { makeServerIdentity } from '../rehearsal/broker/server-identity';
import { MqttSession } from '../rehearsal/devices/mqtt-session';
import { FakeCloud, type FakeDevice } from '../test/support/rehearsal-cloud';
import { PLACE } from '../test/support/template-policies';

const DEVICES = Number(process.env.DEVICES ?? 1_000);
const PER_DEVICE = Number(process.env.MESSAGES ?? 40);
/** Messages that a device has under way at a time. */
const WINDOW = 10;
/** Handshakes under way at a time. */
const AT_ONCE = 50;
const LEAST_PER_SECOND = 5_000;
const LEAST_SHARE = 0.5;

type Order = { caPem: string; port: number; endpoint: string; devices: (FakeDevice & { name: string })[] };

async function inBatches<T>(items: readonly T[], size: number, act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const work = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: size }, work));
}

/** The devices' side: connects all, then publishes when it is told to. */
async function devices(order: Order): Promise<void> {
  const endpoint = { ...order, pretend: () => undefined };
  const sessions: { name: string; session: MqttSession }[] = [];
  const began = performance.now();
  await inBatches(order.devices, AT_ONCE, async ({ name, ...credentials }) => {
    sessions.push({ name, session: await MqttSession.open(endpoint, { ...credentials, clientId: name }) });
  });
  process.send?.({ connected: sessions.length, ms: performance.now() - began });
  process.on('message', (message) => {
    if (message === 'leave') void Promise.all(sessions.map(({ session }) => session.end())).then(() => process.exit(0));
    if (message !== 'publish') return;
    const payload = randomBytes(64);
    void Promise.all(
      sessions.map(({ name, session }) =>
        inBatches(
          Array.from({ length: PER_DEVICE }, (_, i) => i),
          WINDOW,
          () => session.publish(`pumps/${name}/telemetry`, payload),
        ),
      ),
    ).then(() => process.send?.({ published: sessions.length * PER_DEVICE }));
  });
}

interface Measured {
  readonly connected: number;
  readonly connectMs: number;
  readonly perSecond: number;
  readonly decided: number;
}

interface Target {
  readonly port: number;
  readonly endpoint: string;
  readonly caPem: string;
  held(): number;
  close(): Promise<void>;
}

/** The broker below, as it comes, behind the same TLS. */
async function bareBroker(): Promise<Target> {
  const { Aedes } = await import('aedes');
  const aedes = await Aedes.createBroker();
  const endpoint = 'bare.example';
  const { key, cert, ca } = makeServerIdentity([endpoint, '127.0.0.1']);
  const options = { key, cert, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' as const };
  const server = createServer(options, (socket) => aedes.handle(socket));
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    endpoint,
    caPem: ca,
    held: () => aedes.connectedClients,
    close: async () => {
      server.close();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
    },
  };
}

async function enforcingBroker(cloud: FakeCloud): Promise<Target> {
  const broker = await Broker.start({ cloud });
  const { port, endpoint, caPem } = broker;
  const held = (): number => broker.list().filter((view) => view.connected).length;
  return { port, endpoint, caPem, held, close: () => broker.close() };
}

async function measure(start: (cloud: FakeCloud) => Promise<Target>): Promise<Measured> {
  const cloud = new FakeCloud();
  const documents = AccessPolicy.of([
    Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')),
    Access.subscribe(Topic.of('pumps', Topic.THING, 'commands', Topic.ANY)),
    Access.jobs(),
    Access.shadow(),
  ]).render(PLACE) as unknown[];
  documents.forEach((document, i) => cloud.registry.policy(`fleet${i}`, document));
  cloud.registry.change(({ policiesOn }) =>
    policiesOn.set(
      'fleet',
      documents.map((_, i) => `fleet${i}`),
    ),
  );
  const fleet = Array.from({ length: DEVICES }, (_, i) => ({
    name: `pump-${i}`,
    ...cloud.device(`pump-${i}`, ['fleet']),
  }));
  let decided = 0;
  // A run of this size is not for a report: what is measured is the broker, not the memory.
  cloud.events.emit = ({ kind }) => void (decided += Number(kind === 'decision'));
  cloud.bus.ingest = () => Promise.resolve();
  const broker = await start(cloud);
  const child = fork(__filename, ['devices'], { execArgv: process.execArgv, stdio: 'inherit' });
  try {
    const order: Order = { caPem: broker.caPem, port: broker.port, endpoint: broker.endpoint, devices: fleet };
    child.send(order);
    const { connected, ms } = (await next(child)) as { connected: number; ms: number };
    const held = broker.held();
    if (held !== connected) throw new Error(`${connected} devices are connected, the broker knows ${held}`);
    decided = 0;
    const began = performance.now();
    child.send('publish');
    const { published } = (await next(child)) as { published: number };
    const seconds = (performance.now() - began) / 1_000;
    child.send('leave');
    await new Promise((resolve) => child.once('exit', resolve));
    return { connected, connectMs: ms, perSecond: published / seconds, decided };
  } finally {
    child.kill();
    await broker.close();
  }
}

function next(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the devices' process ended with ${code}`)));
  });
}

async function main(): Promise<void> {
  const bare = await measure(bareBroker);
  const enforced = await measure(enforcingBroker);
  const share = enforced.perSecond / bare.perSecond;
  for (const [name, { connected, connectMs, perSecond, decided }] of Object.entries({ bare, enforced })) {
    const line = `${connected} devices in ${(connectMs / 1_000).toFixed(1)} s, ${perSecond.toFixed(0)} messages/s, ${decided} decisions`;
    console.log(`${name.padEnd(9)} ${line}`);
  }
  console.log(`enforcement keeps ${(share * 100).toFixed(0)} % of the bare broker's rate`);
  if (enforced.perSecond < LEAST_PER_SECOND || share < LEAST_SHARE || enforced.connected < DEVICES) {
    console.log(`needed: ${DEVICES} devices, ${LEAST_PER_SECOND} messages/s, ${LEAST_SHARE * 100} %`);
    process.exitCode = 1;
  }
}

if (process.argv[2] === 'devices') process.once('message', (order) => void devices(order as Order));
else void main();
