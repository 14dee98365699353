import type { Aedes, Client, PublishPacket } from 'aedes' with { 'resolution-mode': 'import' };
import type { Cloud, Connections, ConnectionView, DisconnectReason, Party } from '../ports';
import { FrontDoor, type Visitor } from './front-door';
import { KeptSessions } from './kept-sessions';
import { Lifecycle, type LifecycleEvent } from './lifecycle';
import { answer, isModelled } from './reserved';
import { Evaluators, Rights, type Ruling } from './rights';
import { type Peer, Session } from './session';
import { MAX_CLIENT_ID_BYTES, MAX_SUBSCRIPTIONS, problemOfFilter, problemOfPublish, problemOfReserved } from './topics';

/** What of the cloud a broker needs. */
export type BrokerCloud = Pick<
  Cloud,
  'clock' | 'random' | 'events' | 'registry' | 'bus' | 'provisioning' | 'jobs' | 'shadows' | 'defender' | 'region'
>;

export interface BrokerProps {
  readonly cloud: BrokerCloud;
  /** Port on loopback; 0 for any that is free. */
  readonly port?: number;
}

const BROKER: Party = { kind: 'broker', name: 'broker' };
/** Nobody can subscribe to it: what is published there reaches nobody. */
const NOWHERE = '$SYS/rehearsal/nowhere';
/** What is said on these may hold tokens and certificates. */
const SECRET = /^\$aws\/(certificates|provisioning-templates)\/|\/tunnels\/notify$/;
const PREVIEW_BYTES = 256;
const NOT_AUTHORIZED = 5;
/** Its heartbeats are for clusters; virtual time has no use for them. */
const NEVER_MS = 2_147_483_647 / 4;

/** Parts of the broker below that its types leave out. */
type InnerClient = Client & { will: unknown; _disconnected?: boolean };
type ConnectPacket = { clientId: string; clean?: boolean; keepalive?: number; protocolVersion?: number; will?: Will };
type Will = { topic: string; payload: Buffer | string; qos: number; retain?: boolean };

/**
 * An MQTT broker on loopback behind mutual TLS, which decides as AWS IoT Core does: each connect, publish, subscribe,
 * delivery, retained message and will, by the policies that the registry shows at that moment of virtual time.
 *
 * MQTT itself is done by aedes; what the service does otherwise than the standard is done here.
 */
export class Broker implements Connections {
  public static async start(props: BrokerProps): Promise<Broker> {
    const { Aedes } = await import('aedes');
    const broker = new Broker(props);
    broker.aedes = new Aedes({
      heartbeatInterval: NEVER_MS,
      maxClientsIdLength: MAX_CLIENT_ID_BYTES,
      queueLimit: 1_000,
      drainTimeout: 30_000,
      preConnect: (client, packet, done) => broker.meet(client, packet as ConnectPacket, done),
      authenticate: (client, _user, _password, done) => broker.connecting(client, done),
      authorizePublish: (client, packet, done) => broker.publishing(client as InnerClient | null, packet, done),
      authorizeSubscribe: (client, subscription, done) => broker.subscribing(client, subscription, done),
      authorizeForward: (client, packet) => broker.delivering(client, packet),
    });
    await broker.aedes.listen();
    broker.follow();
    await broker.open().catch(async (error: unknown) => {
      await broker.closeInner();
      throw error;
    });
    return broker;
  }

  private aedes!: Aedes;
  private door!: FrontDoor;
  private readonly cloud: BrokerCloud;
  private readonly visitors = new WeakMap<object, Visitor>();
  private readonly sessions = new WeakMap<Client, Session>();
  private readonly live = new Map<string, Session>();
  private readonly evaluators = new Evaluators();
  private readonly lifecycle: Lifecycle;
  private kept!: KeptSessions;

  private constructor(private readonly props: BrokerProps) {
    this.cloud = props.cloud;
    this.lifecycle = new Lifecycle(() => this.cloud.clock.now());
  }

  public get port(): number {
    return this.door.port;
  }

  /** Host name that devices ask for, as the service's endpoints are named. */
  public get endpoint(): string {
    return `rehearsal-ats.iot.${this.cloud.region}.amazonaws.com`;
  }

  /** What devices need to trust the broker. */
  public get caPem(): string {
    return this.door.caPem;
  }

  /** Connections from this port on will seem to come from this address. */
  public pretend(port: number, address: string): void {
    this.door.addresses.set(port, address);
  }

  /** Ends all sessions and frees the port. */
  public async close(): Promise<void> {
    await this.door.close();
    await this.closeInner();
  }

  private closeInner(): Promise<void> {
    return new Promise((resolve) => this.aedes.close(() => resolve()));
  }

  // ------------------------------------------------------------------------------------------------ connections

  public get(clientId: string): ConnectionView | undefined {
    return this.live.get(clientId)?.view() ?? this.kept.get(clientId);
  }

  public list(): readonly ConnectionView[] {
    return [...[...this.live.values()].map((session) => session.view()), ...this.kept.list()];
  }

  public async delete(
    clientId: string,
    options: { cleanSession: boolean; preventWillMessage: boolean; reason: DisconnectReason },
  ): Promise<boolean> {
    const session = this.live.get(clientId);
    const wasKept = this.kept.get(clientId)?.cleanSession === false;
    if (session !== undefined) {
      if (options.preventWillMessage) (session.client as InnerClient).will = null;
      await this.end(session, options.reason);
    }
    if (options.cleanSession) await this.kept.forget(clientId);
    return session !== undefined || wasKept;
  }

  public async disconnectCertificate(certificateId: string, reason: DisconnectReason): Promise<void> {
    const sessions = [...this.live.values()].filter(({ facts }) => facts.certificateId === certificateId);
    await Promise.all(sessions.map((session) => this.end(session, reason)));
  }

  private end(session: Session, reason: DisconnectReason): Promise<void> {
    session.reason ??= reason;
    return new Promise((resolve) => session.client.close(() => resolve()));
  }

  // ------------------------------------------------------------------------------------------------ beginnings and ends

  private async open(): Promise<void> {
    this.door = await FrontDoor.open({
      registry: this.cloud.registry,
      port: this.props.port ?? 0,
      names: [this.endpoint, 'localhost'],
      admit: (visitor) => {
        this.visitors.set(visitor.socket, visitor);
        this.aedes.handle(visitor.socket);
      },
      refuse: (reason, peer) => this.refused(reason, peer, undefined),
    });
  }

  private follow(): void {
    this.kept = new KeptSessions(this.aedes, () => this.cloud.clock.now());
    this.aedes.on('client', (client) => this.begun(client));
    this.aedes.on('clientDisconnect', (client) => this.ended(client));
    this.aedes.on('keepaliveTimeout', (client) => {
      const session = this.sessions.get(client);
      if (session !== undefined) session.reason ??= 'MQTT_KEEP_ALIVE_TIMEOUT';
    });
    this.aedes.on('unsubscribe', (filters, client) => {
      const session = this.sessions.get(client);
      // The end of a connection is no wish to unsubscribe.
      if (session === undefined || client.closed) return;
      for (const filter of filters) session.unsubscribed(filter);
      this.announce(this.lifecycle.unsubscribed(session, filters));
    });
    this.cloud.bus.onOutbound(({ topic, payload, qos, retain }) => this.send(topic, Buffer.from(payload), qos, retain));
  }

  /** The CONNECT packet has arrived. */
  private meet(client: Client, packet: ConnectPacket, done: (error: Error | null, ok: boolean) => void): void {
    const visitor = this.visitors.get(client.conn);
    if (visitor === undefined) return done(new Error('the connection has no certificate'), false);
    const { random } = this.cloud;
    packet.clientId ||= random.uuid();
    const { clientId, will } = packet;
    if (Buffer.byteLength(clientId) > MAX_CLIENT_ID_BYTES) {
      this.refused(`its client id has more than ${MAX_CLIENT_ID_BYTES} bytes`, visitor, clientId);
      return done(new Error('identifier rejected'), false);
    }
    if (packet.protocolVersion === 5) this.gap('MQTT 5', `${clientId} was told to use MQTT 3.1.1`);
    const { certificateId, sourceIp, sourcePort, certificate, domainName } = visitor;
    const cleanSession = packet.clean !== false;
    const rights = new Rights(this.cloud.registry, this.cloud.clock, this.evaluators, {
      certificateId,
      clientId,
      certificate,
      sourceIp,
      domainName,
      lastWill: will && { topic: will.topic, retained: will.retain === true },
      persistent: !cleanSession,
    });
    const sessionIdentifier = random.uuid();
    const keepAliveSeconds = packet.keepalive ?? 0;
    const facts = { certificateId, sourceIp, sourcePort, clientId, cleanSession, keepAliveSeconds, sessionIdentifier };
    this.sessions.set(client, new Session(client, facts, rights));
    const problem = will && problemOfPublish({ ...will, bytes: will.payload.length });
    if (problem !== undefined) {
      this.refused(`of its will: ${problem}`, visitor, clientId);
      return done(new Error(problem), false);
    }
    this.kept.expire(clientId).then(
      () => done(null, true),
      (error: Error) => done(error, false),
    );
  }

  private connecting(
    client: Client,
    done: (error: (Error & { returnCode: number }) | null, ok: boolean | null) => void,
  ): void {
    const session = this.sessions.get(client);
    if (session === undefined) return done(null, false);
    const { clientId } = session.facts;
    const ruling = session.rights.decide('connect', clientId);
    this.record(session, ruling);
    if (!ruling.allowed) {
      this.refused('the policies do not allow it', session.facts, clientId, session.rights.thing?.thingName);
      this.announce(this.lifecycle.connectFailed(session));
      return done(Object.assign(new Error('not authorized'), { returnCode: NOT_AUTHORIZED }), null);
    }
    const before = this.live.get(clientId);
    if (before !== undefined) before.reason ??= 'DUPLICATE_CLIENTID';
    done(null, true);
  }

  private begun(client: Client): void {
    const session = this.sessions.get(client);
    if (session === undefined) return;
    const { clientId, certificateId, sourceIp } = session.facts;
    session.isLive = true;
    session.connectedSince = this.cloud.clock.now();
    this.live.set(clientId, session);
    this.kept.resumed(clientId);
    this.cloud.events.emit({
      kind: 'connection',
      who: deviceOf(clientId),
      toWhom: BROKER,
      what: `${clientId} is connected`,
      change: 'connected',
      clientId,
      certificateId,
      sourceIp,
      thingName: session.rights.thing?.thingName,
    });
    this.announce(this.lifecycle.connected(session));
  }

  private ended(client: Client): void {
    const session = this.sessions.get(client);
    if (session === undefined || !session.isLive) return;
    const { clientId, certificateId, sourceIp } = session.facts;
    const left = (client as InnerClient)._disconnected === true;
    const reason = session.reason ?? (left ? 'CLIENT_INITIATED_DISCONNECT' : 'CONNECTION_LOST');
    session.isLive = false;
    if (this.live.get(clientId) === session) this.live.delete(clientId);
    this.kept.left(session, reason);
    this.cloud.events.emit({
      kind: 'connection',
      who: deviceOf(clientId),
      toWhom: BROKER,
      what: `${clientId} is disconnected: ${reason}`,
      change: 'disconnected',
      reason,
      clientId,
      certificateId,
      sourceIp,
      thingName: session.rights.thing?.thingName,
    });
    this.announce(this.lifecycle.disconnected(session, reason));
  }

  private refused(reason: string, peer: Partial<Peer>, clientId: string | undefined, thingName?: string): void {
    this.cloud.events.emit({
      kind: 'connection',
      who: deviceOf(clientId ?? 'unknown client'),
      toWhom: BROKER,
      what: `${clientId ?? 'a client'} is refused: ${reason}`,
      change: 'refused',
      reason,
      clientId: clientId ?? '',
      certificateId: peer.certificateId,
      sourceIp: peer.sourceIp,
      thingName,
    });
  }

  // ------------------------------------------------------------------------------------------------ messages

  private publishing(client: InnerClient | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    const session = client === null ? undefined : this.sessions.get(client);
    if (client === null || session === undefined) return done(new Error('there is no session'));
    const payload = bytesOf(packet.payload);
    if (packet === client.will) {
      // A will was authorized with the connection; no later change is documented to take it back.
      this.accept(session, packet.topic, payload, packet.qos, packet.retain);
      return done();
    }
    const { topic, qos, retain } = packet;
    const problem = problemOfPublish({ topic, qos, bytes: payload.length });
    if (problem !== undefined) return this.cut(session, 'CLIENT_ERROR', problem, done);
    const ruling = session.rights.decide(retain ? 'retain' : 'publish', topic);
    this.record(session, ruling);
    if (!ruling.allowed) return this.cut(session, 'AUTH_ERROR', `may not publish to ${topic}`, done);
    const unserved = problemOfReserved(topic, retain);
    if (unserved !== undefined) return this.cut(session, 'CLIENT_ERROR', unserved, done);
    this.accept(session, topic, payload, qos, retain);
    if (topic.startsWith('$')) {
      // For the services, not for other devices. The sender gets its PUBACK all the same.
      packet.topic = NOWHERE;
      packet.retain = false;
    }
    done();
  }

  /** The service has taken a message: its rules see it, and a request is answered. */
  private accept(session: Session, topic: string, payload: Buffer, qos: number, retain: boolean): void {
    const { clientId, certificateId, sourceIp } = session.facts;
    const { clock, bus } = this.cloud;
    const thingName = session.rights.thing?.thingName;
    this.tell('in', session, topic, payload);
    const from = { clientId, certificateId, thingName, sourceIp };
    const work = bus.ingest({ topic, payload, qos: qos === 0 ? 0 : 1, retain, from });
    this.background(clock.busy(work), `rules on ${topic}`);
    const isRequest = topic.startsWith('$aws/') && !topic.startsWith('$aws/rules/');
    if (isRequest) this.background(clock.busy(this.serve(session, topic, payload)), topic);
  }

  private async serve(session: Session, topic: string, payload: Buffer): Promise<void> {
    if (!isModelled(topic)) return this.gap(topic, 'nothing answers on this reserved topic');
    const answered = await answer(this.cloud, session.facts, topic, payload);
    if (answered === undefined) return;
    const reply = Buffer.from(answered.payload);
    if (answered.to === 'subscribers') return this.send(answered.topic, reply, 0, false);
    if (answered.to === 'subscribed requester' && !session.selects(answered.topic)) return;
    await this.reply(session, answered.topic, reply);
  }

  private reply(session: Session, topic: string, payload: Buffer): Promise<void> {
    if (!session.isLive) return Promise.resolve();
    const packet = { cmd: 'publish' as const, topic, payload, qos: 0 as const, retain: false, dup: false };
    return new Promise((resolve) => session.client.publish(packet, () => resolve()));
  }

  /** Publishes for the service; resolves when every subscriber's socket has it. */
  private send(topic: string, payload: Buffer, qos: 0 | 1, retain: boolean): Promise<void> {
    const packet = { cmd: 'publish' as const, topic, payload, qos, retain, dup: false };
    return new Promise((resolve, reject) => {
      this.aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
    });
  }

  private subscribing<S extends { topic: string; qos: number }>(
    client: Client,
    subscription: S,
    done: (error: Error | null, subscription?: S | null) => void,
  ): void {
    const session = this.sessions.get(client);
    if (session === undefined) return done(new Error('there is no session'));
    const { topic: filter, qos } = subscription;
    const { clientId } = session.facts;
    // A kept session gets back what it was once allowed to have: subscribing is authorized when it is asked for.
    if (!session.isLive && this.kept.had(clientId, filter)) {
      session.subscribed(filter, qos);
      return done(null, subscription);
    }
    const problem = problemOfFilter(filter, qos);
    if (problem !== undefined) return this.cut(session, 'CLIENT_ERROR', problem, done);
    const ruling = session.rights.decide('subscribe', filter);
    this.record(session, ruling);
    if (!ruling.allowed) return this.cut(session, 'AUTH_ERROR', `may not subscribe to ${filter}`, done);
    if (filter.startsWith('$share/')) this.gap('shared subscriptions', `${clientId} did not get its subscription`);
    const full = session.filters.size >= MAX_SUBSCRIPTIONS && !session.filters.has(filter);
    if (full || filter.startsWith('$share/')) return done(null, null);
    session.subscribed(filter, qos);
    this.announce(this.lifecycle.subscribed(session, [filter]));
    done(null, subscription);
  }

  private delivering<P extends { topic: string; retain?: boolean; payload: Buffer | string }>(
    client: Client,
    packet: P,
  ): P | null {
    const { topic } = packet;
    const session = this.sessions.get(client);
    if (session === undefined || topic.startsWith('$SYS/')) return null;
    // Kept messages go only to those who name their topic, and `a/#` does not select `a`.
    if (packet.retain === true && !session.filters.has(topic)) return null;
    if (session.isMatchedByParent(topic)) return null;
    const ruling = session.rights.decide('receive', topic);
    this.record(session, ruling);
    if (!ruling.allowed) return null;
    this.tell('out', session, topic, packet.payload);
    return packet;
  }

  /** Ends a session for what it asked. The error reaches nobody: the broker below closes the socket because of it. */
  private cut(
    session: Session,
    reason: DisconnectReason,
    why: string,
    done: (error: Error, nothing?: null) => void,
  ): void {
    session.reason ??= reason;
    done(new Error(why));
  }

  // ------------------------------------------------------------------------------------------------ words

  private record(session: Session, { decisions }: Ruling): void {
    const { clientId } = session.facts;
    const thingName = session.rights.thing?.thingName;
    const who = deviceOf(clientId);
    for (const { decision, words } of decisions) {
      this.cloud.events.emit({ kind: 'decision', who, toWhom: BROKER, what: words, clientId, thingName, decision });
    }
  }

  private tell(direction: 'in' | 'out', session: Session, topic: string, payload: Buffer | string): void {
    const { clientId } = session.facts;
    const device = deviceOf(clientId);
    this.cloud.events.emit({
      kind: 'message',
      who: direction === 'in' ? device : BROKER,
      toWhom: direction === 'in' ? BROKER : device,
      what: direction === 'in' ? `${clientId} publishes ${topic}` : `${clientId} receives ${topic}`,
      direction,
      topic,
      bytes: payload.length,
      clientId,
      thingName: session.rights.thing?.thingName,
      ...(SECRET.test(topic) ? {} : { preview: payload.slice(0, PREVIEW_BYTES).toString() }),
    });
  }

  private announce(event: LifecycleEvent | undefined): void {
    if (event === undefined) return;
    const payload = Buffer.from(event.payload);
    const { bus, clock } = this.cloud;
    const work = [
      bus.ingest({ topic: event.topic, payload, qos: 0, retain: false }),
      this.send(event.topic, payload, 0, false),
    ];
    this.background(clock.busy(Promise.all(work)), event.topic);
  }

  private background(work: Promise<unknown>, what: string): void {
    work.catch((error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      this.cloud.events.emit({ kind: 'fault', who: BROKER, what: `${what} failed`, code: 'BrokerFailed', detail });
    });
  }

  private gap(subject: string, meaning: string): void {
    this.cloud.events.emit({
      kind: 'gap',
      who: BROKER,
      what: `${subject} is not modelled`,
      subject,
      meaning,
      onPath: true,
    });
  }
}

function deviceOf(name: string): Party {
  return { kind: 'device', name };
}

function bytesOf(payload: Buffer | string): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}
