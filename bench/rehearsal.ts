// How many devices the broker of a rehearsal holds, and how many messages it decides: a thousand connections with mutual TLS,
// and messages through them with the policies on, beside the bare broker with as many devices in the same run, in turn. The
// devices are in processes of their own, as they would be. Exit code 1 where less is reached than is asked for.
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { Access } from '../lib/policy/access';
import { AccessPolicy } from '../lib/policy/access-policy';
import { Topic } from '../lib/policy/topic';
import { makeCertificate } from '../rehearsal/actor';
import { Broker } from '../rehearsal/broker/broker';
import { makeServerIdentity } from '../rehearsal/broker/server-identity';
import { MqttSession } from '../rehearsal/devices/mqtt-session';
import type { Credentials } from '../rehearsal/devices/enrollment';
import { type ControlPlane, openControlPlane } from '../test/support/control-plane';

const DEVICES = Number(process.env.DEVICES ?? 1_000);
const PER_DEVICE = Number(process.env.MESSAGES ?? 40);
/** Messages that a device has under way at a time. */
const WINDOW = 10;
/** Handshakes under way at a time. */
const AT_ONCE = 50;
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const LEAST_PER_SECOND = 5_000;
const LEAST_SHARE = 0.5;

type Order = { caPem: string; port: number; endpoint: string; devices: (Credentials & { name: string })[] };

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

async function enforcingBroker({ cloud }: ControlPlane): Promise<Target> {
  const broker = await Broker.start({ cloud });
  const { port, endpoint, caPem } = broker;
  const held = (): number => broker.list().filter((view) => view.connected).length;
  return { port, endpoint, caPem, held, close: () => broker.close() };
}

type FleetDevice = Order['devices'][number];

/** A fleet as the library makes it: a group with its policies, things in it, certificates that belong to one thing each. */
function enroll({ cloud }: ControlPlane): FleetDevice[] {
  const { registry, things, policies, certificates } = cloud.services;
  const { partition, region, account } = cloud;
  const documents = AccessPolicy.of([
    Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')),
    Access.subscribe(Topic.of('pumps', Topic.THING, 'commands', Topic.ANY)),
    Access.jobs(),
    Access.shadow(),
  ]).render({ partition, region, account }) as unknown[];
  things.createGroup({ thingGroupName: 'fleet' });
  const target = registry.arn('thinggroup/fleet');
  for (const [i, document] of documents.entries()) {
    policies.create({ policyName: `fleet${i}`, policyDocument: JSON.stringify(document) });
    policies.attach({ policyName: `fleet${i}`, target });
  }
  return Array.from({ length: DEVICES }, (_, i) => {
    const name = `pump-${i}`;
    const { certificatePem, privateKeyPem } = makeCertificate(name, cloud.clock.now());
    things.create({ thingName: name });
    things.join({ thingName: name, thingGroupName: 'fleet' });
    certificates.attachTo(registry.addCertificate(certificatePem, 'ACTIVE'), name, 'EXCLUSIVE_THING');
    return { name, certificatePem, privateKeyPem };
  });
}

/** A broker with all devices connected to it, in a process of their own. */
class Connected {
  public static async to(target: Target, devices: FleetDevice[]): Promise<Connected> {
    const child = fork(__filename, ['devices'], { execArgv: process.execArgv, stdio: 'inherit' });
    const { caPem, port, endpoint } = target;
    child.send({ caPem, port, endpoint, devices } satisfies Order);
    const { connected, ms } = (await next(child)) as { connected: number; ms: number };
    const held = target.held();
    if (held !== connected) throw new Error(`${connected} devices are connected, the broker knows ${held}`);
    return new Connected(target, child, connected, ms);
  }

  public readonly rates: number[] = [];

  private constructor(
    private readonly target: Target,
    private readonly child: ChildProcess,
    public readonly devices: number,
    public readonly connectMs: number,
  ) {}

  /** All devices publish; messages per second. Every one of them is still connected at the end. */
  public async burst(): Promise<number> {
    const began = performance.now();
    this.child.send('publish');
    const { published } = (await next(this.child)) as { published: number };
    const perSecond = published / ((performance.now() - began) / 1_000);
    if (this.target.held() !== this.devices) throw new Error(`only ${this.target.held()} devices are still connected`);
    return perSecond;
  }

  public async close(): Promise<void> {
    const left = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.send('leave');
    await left;
    await this.target.close();
  }
}

function next(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the devices' process ended with ${code}`)));
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const words = (values: readonly number[]): string =>
  `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`;

async function main(): Promise<void> {
  const plane = await openControlPlane();
  let decided = 0;
  // What the run says is counted and not kept: nobody reads a report of half a million messages.
  plane.cloud.events.emit = ({ kind }) => void (decided += Number(kind === 'decision'));
  const fleet = enroll(plane);
  const bare = await Connected.to(await bareBroker(), fleet);
  const enforced = await Connected.to(await enforcingBroker(plane), fleet);
  try {
    const connections = decided;
    for (const each of [bare, enforced]) await each.burst();
    // In turn, and each of them first in every second round: what else the machine does falls on both.
    for (let round = 0; round < ROUNDS; round++)
      for (const each of round % 2 === 0 ? [bare, enforced] : [enforced, bare]) each.rates.push(await each.burst());
    const shares = enforced.rates.map((rate, round) => rate / bare.rates[round]!);
    const share = median(shares);
    const messages = DEVICES * PER_DEVICE * (ROUNDS + 1);
    for (const [name, { devices, connectMs, rates }] of Object.entries({ bare, enforced }))
      console.log(
        `${name.padEnd(9)} ${devices} devices in ${(connectMs / 1_000).toFixed(1)} s, messages/s in ${ROUNDS} rounds: ${words(rates)}`,
      );
    console.log(`decided   ${connections} connections, ${decided - connections} of ${messages} messages`);
    console.log(`enforcement keeps ${words(shares.map((each) => each * 100))} % of the bare broker's rate`);
    const isFast = median(enforced.rates) >= LEAST_PER_SECOND && share >= LEAST_SHARE;
    if (isFast && enforced.devices === DEVICES && decided - connections === messages) return;
    console.log(
      `needed: ${DEVICES} devices, ${LEAST_PER_SECOND} messages/s, ${LEAST_SHARE * 100} %, each message decided`,
    );
    process.exitCode = 1;
  } finally {
    for (const each of [bare, enforced]) await each.close();
    await plane.close();
  }
}

if (process.argv[2] === 'devices') process.once('message', (order) => void devices(order as Order));
else void main();
