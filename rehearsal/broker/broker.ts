import type { Aedes, Client, PublishPacket } from 'aedes' with { 'resolution-mode': 'import' };
import type { Cloud, Connections, ConnectionView, DisconnectReason } from '../ports';
import { FrontDoor, type Visitor } from './front-door';
import { KeptSessions } from './kept-sessions';
import { Lifecycle, type LifecycleEvent } from './lifecycle';
import { bytesOf, type ConnectPacket, type InnerClient } from './inner';
import { watchPackets } from './limits';
import { Evaluators, Rights } from './rights';
import { Services } from './services';
import { Session } from './session';
import { Teller } from './teller';
import {
  MAX_CLIENT_ID_BYTES,
  MAX_SUBSCRIPTIONS,
  problemOfFilter,
  problemOfPublish,
  problemOfReserved,
} from '../topics';

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

/** Nobody can subscribe to it: what is published there reaches nobody. */
const NOWHERE = '$SYS/rehearsal/nowhere';
const NOT_AUTHORIZED = 5;
const NOT_HERE = 'HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
/** Its heartbeats are for clusters; virtual time has no use for them. */
const NEVER_MS = 2_147_483_647 / 4;

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
  private readonly teller: Teller;
  private readonly services: Services;

  private constructor(private readonly props: BrokerProps) {
    this.cloud = props.cloud;
    this.teller = new Teller(props.cloud.events);
    this.services = new Services(props.cloud, this.teller, (topic, payload) => this.send(topic, payload, 0, false));
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
        this.limit(this.aedes.handle(visitor.socket), visitor);
      },
      refuse: (reason, peer) => this.teller.refused(reason, peer, undefined),
    });
  }

  /** A packet that nobody may send ends the connection, whoever it is. */
  private limit(client: Client, visitor: Visitor): void {
    const exceeded = (why: string): void => {
      const session = this.sessions.get(client);
      if (session === undefined) this.teller.refused(why, visitor, undefined);
      else session.reason ??= 'CLIENT_ERROR';
      visitor.socket.destroy();
    };
    watchPackets(client, exceeded, (protocol) => {
      this.teller.refused(`it speaks ${protocol}`, visitor, undefined);
      this.teller.gap(protocol, 'the client was told to use MQTT 3.1.1 over TLS');
      visitor.socket.end(NOT_HERE);
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
    this.cloud.bus.onOutbound(async ({ topic, payload, qos, retain }) => {
      const bytes = Buffer.from(payload);
      await this.send(topic, bytes, qos, retain);
      await this.services.asked(topic, bytes);
    });
  }

  /** The CONNECT packet has arrived. */
  private meet(client: Client, packet: ConnectPacket, done: (error: Error | null, ok: boolean) => void): void {
    const visitor = this.visitors.get(client.conn);
    if (visitor === undefined) return done(new Error('the connection has no certificate'), false);
    const { random } = this.cloud;
    packet.clientId ||= random.uuid();
    const { clientId, will } = packet;
    if (Buffer.byteLength(clientId) > MAX_CLIENT_ID_BYTES) {
      this.teller.refused(`its client id has more than ${MAX_CLIENT_ID_BYTES} bytes`, visitor, clientId);
      return done(new Error('identifier rejected'), false);
    }
    if (packet.protocolVersion === 3) {
      this.teller.refused('it speaks MQTT 3.1, and 3.1.1 is the oldest that is understood', visitor, clientId);
      return done(new Error('unacceptable protocol version'), false);
    }
    if (packet.protocolVersion === 5) this.teller.gap('MQTT 5', `${clientId} was told to use MQTT 3.1.1`);
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
      this.teller.refused(`of its will: ${problem}`, visitor, clientId);
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
    this.teller.record(session, ruling);
    if (!ruling.allowed) {
      this.teller.refused('the policies do not allow it', session.facts, clientId, session.rights.thing?.thingName);
      this.announce(this.lifecycle.connectFailed(session));
      session.decide(false);
      return done(Object.assign(new Error('not authorized'), { returnCode: NOT_AUTHORIZED }), null);
    }
    const before = this.live.get(clientId);
    if (before !== undefined) before.reason ??= 'DUPLICATE_CLIENTID';
    session.decide(true);
    done(null, true);
  }

  private begun(client: Client): void {
    const session = this.sessions.get(client);
    if (session === undefined) return;
    const { clientId } = session.facts;
    session.isLive = true;
    session.connectedSince = this.cloud.clock.now();
    this.live.set(clientId, session);
    this.kept.resumed(clientId);
    this.teller.connected(session);
    this.announce(this.lifecycle.connected(session));
  }

  private ended(client: Client): void {
    const session = this.sessions.get(client);
    if (session === undefined || !session.isLive) return;
    const { clientId } = session.facts;
    const left = (client as InnerClient)._disconnected === true;
    const reason = session.reason ?? (left ? 'CLIENT_INITIATED_DISCONNECT' : 'CONNECTION_LOST');
    session.isLive = false;
    if (this.live.get(clientId) === session) this.live.delete(clientId);
    this.kept.left(session, reason);
    this.teller.disconnected(session, reason);
    this.announce(this.lifecycle.disconnected(session, reason));
  }

  private announce(event: LifecycleEvent | undefined): void {
    if (event === undefined) return;
    const payload = Buffer.from(event.payload);
    const { bus, clock } = this.cloud;
    const work = [
      bus.ingest({ topic: event.topic, payload, qos: 0, retain: false }),
      this.send(event.topic, payload, 0, false),
    ];
    this.teller.background(clock.busy(Promise.all(work)), event.topic);
  }

  // ------------------------------------------------------------------------------------------------ messages

  private publishing(client: InnerClient | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    const session = client === null ? undefined : this.sessions.get(client);
    if (client === null || session === undefined) return done(new Error('there is no session'));
    const payload = bytesOf(packet.payload);
    if (packet === client.will) {
      // A will was authorized with the connection; no later change is documented to take it back.
      this.services.accept(session, packet.topic, payload, packet.qos, packet.retain, true);
      // Those who subscribed to a reserved topic hear of it, and nothing is kept on it.
      if (packet.topic.startsWith('$')) packet.retain = false;
      return done();
    }
    session.whenDecided((allowed) => {
      // What came in one piece with a CONNECT that was refused, or after the goodbye, is not heard.
      if (allowed && client._disconnected !== true) this.published(session, packet, payload, done);
      else done(new Error('there is no session'));
    });
  }

  private published(
    session: Session,
    packet: PublishPacket,
    payload: Buffer,
    done: (error?: Error | null) => void,
  ): void {
    const { topic, qos, retain } = packet;
    const problem = problemOfPublish({ topic, qos, bytes: payload.length });
    if (problem !== undefined) return this.cut(session, 'CLIENT_ERROR', problem, done);
    const ruling = session.rights.decide(retain ? 'retain' : 'publish', topic);
    this.teller.record(session, ruling);
    if (!ruling.allowed) return this.cut(session, 'AUTH_ERROR', `may not publish to ${topic}`, done);
    const unserved = problemOfReserved(topic, retain);
    if (unserved !== undefined) return this.cut(session, 'CLIENT_ERROR', unserved, done);
    this.services.accept(session, topic, payload, qos, retain);
    if (topic.startsWith('$')) {
      // For the services, not for other devices. The sender gets its PUBACK all the same.
      packet.topic = NOWHERE;
      packet.retain = false;
    }
    done();
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
    session.whenDecided((allowed) => {
      if (allowed) this.subscribed(session, subscription, done);
      else done(new Error('there is no session'));
    });
  }

  private subscribed<S extends { topic: string; qos: number }>(
    session: Session,
    subscription: S,
    done: (error: Error | null, subscription?: S | null) => void,
  ): void {
    const { topic: filter, qos } = subscription;
    const { clientId } = session.facts;
    const problem = problemOfFilter(filter, qos);
    if (problem !== undefined) return this.cut(session, 'CLIENT_ERROR', problem, done);
    const ruling = session.rights.decide('subscribe', filter);
    this.teller.record(session, ruling);
    if (!ruling.allowed) return this.cut(session, 'AUTH_ERROR', `may not subscribe to ${filter}`, done);
    if (filter.startsWith('$share/'))
      this.teller.gap('shared subscriptions', `${clientId} did not get its subscription`);
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
    this.teller.record(session, ruling);
    if (!ruling.allowed) return null;
    this.teller.tell('out', session, topic, packet.payload);
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
}
