import { isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { IClientOptions, MqttClient } from 'mqtt';

/** Where devices connect to. */
export interface Endpoint {
  readonly port: number;
  /** Host name to ask for (SNI). */
  readonly endpoint: string;
  readonly caPem: string;
  /** Makes a connection seem to come from an address. */
  pretend(port: number, address: string): void;
}

export interface SessionOptions {
  readonly clientId: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  /** Address that the device seems to have. */
  readonly sourceIp?: string;
  readonly clean?: boolean;
  readonly will?: { readonly topic: string; readonly payload: string; readonly retain?: boolean };
  readonly tls?: 'TLSv1.2' | 'TLSv1.3';
}

export interface ReceivedMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly retain: boolean;
}

/** The broker ended the connection, or did not let it begin. */
export class ConnectionClosed extends Error {
  constructor(what: string) {
    super(`the broker closed the connection ${what}`);
    this.name = 'ConnectionClosed';
  }
}

const CONNECT_TIMEOUT_MS = 20_000;
/** The longest that AWS IoT allows: virtual time must not have to wait for pings. */
const KEEP_ALIVE_S = 1_200;

/** One MQTT connection of a device, over mutual TLS. It never reconnects by itself. */
export class MqttSession {
  /** Rejects with `ConnectionClosed` when the broker refuses. */
  public static async open(endpoint: Endpoint, options: SessionOptions): Promise<MqttSession> {
    const { MqttClient: Client } = await import('mqtt');
    const client = new Client(() => dial(endpoint, options) as never, optionsOf(options));
    const session = new MqttSession(client);
    try {
      await session.begun();
    } catch (error) {
      client.end(true);
      throw error;
    }
    return session;
  }

  /** Everything that arrived, in order. */
  public readonly received: ReceivedMessage[] = [];
  /** Resolves when the connection has ended, whoever ended it. */
  public readonly closed: Promise<void>;
  private isOpen = false;
  private readonly listeners = new Set<(message: ReceivedMessage) => void>();

  private constructor(private readonly client: MqttClient) {
    client.on('error', () => undefined);
    client.on('message', (topic, payload, { retain }) => {
      const message = { topic, payload, retain };
      this.received.push(message);
      for (const listener of this.listeners) listener(message);
    });
    this.closed = new Promise((resolve) => {
      client.once('close', () => {
        this.isOpen = false;
        // Without this the client would keep what waits for an answer.
        client.end(true);
        resolve();
      });
    });
  }

  public get connected(): boolean {
    return this.isOpen;
  }

  /** Calls for each later message; returns how to stop. */
  public onMessage(listener: (message: ReceivedMessage) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Resolves when the broker has taken the message; rejects with `ConnectionClosed` when it hangs up instead. */
  public publish(topic: string, payload: string | Buffer, retain = false): Promise<void> {
    return this.orClosed('after a publish', (done) => this.client.publish(topic, payload, { qos: 1, retain }, done));
  }

  /** Resolves when the broker has granted the subscription; rejects when it hangs up, or refuses. */
  public subscribe(filter: string, qos: 0 | 1 = 1): Promise<void> {
    return this.orClosed('after a subscription', (done) =>
      this.client.subscribe(filter, { qos }, (error, granted) => {
        const refused = granted?.some((each) => (each.qos as number) >= 128) ?? false;
        done(error ?? (refused ? new Error(`the broker did not grant ${filter}`) : undefined));
      }),
    );
  }

  /** Waits until all that the broker sent before has arrived: answers come in order. */
  public async roundTrip(): Promise<void> {
    if (!this.isOpen) return;
    let heard: (packet: { cmd: string }) => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      heard = ({ cmd }) => {
        if (cmd === 'pingresp') resolve();
      };
      this.client.on('packetreceive', heard);
    });
    this.client.sendPing();
    await Promise.race([answered, this.closed]);
    this.client.off('packetreceive', heard);
  }

  /** Says good-bye and leaves. */
  public async end(): Promise<void> {
    if (!this.isOpen) return this.closed;
    this.client.end(false);
    await this.closed;
  }

  /** Is gone without a word, as when the power fails. */
  public async drop(): Promise<void> {
    this.client.stream.destroy();
    await this.closed;
  }

  private begun(): Promise<void> {
    return new Promise((resolve, reject) => {
      let reason = 'before the MQTT session began';
      this.client.once('error', (error) => (reason = `: ${error.message}`));
      this.client.once('connect', () => {
        this.isOpen = true;
        resolve();
      });
      void this.closed.then(() => reject(new ConnectionClosed(reason)));
    });
  }

  private orClosed(when: string, act: (done: (error?: Error | null) => void) => void): Promise<void> {
    if (!this.isOpen) return Promise.reject(new ConnectionClosed('earlier'));
    return new Promise((resolve, reject) => {
      let settled = false;
      act((error) => {
        // Errors at the end of a connection say less than that it ended, and may come before it is known to.
        const isEnding = !this.isOpen || this.client.stream.destroyed || this.client.disconnecting;
        if (settled || (error !== undefined && error !== null && isEnding)) return;
        settled = true;
        if (error === undefined || error === null) resolve();
        else reject(error);
      });
      void this.closed.then(() => {
        if (!settled) reject(new ConnectionClosed(when));
        settled = true;
      });
    });
  }
}

function dial(to: Endpoint, options: SessionOptions): TLSSocket {
  const { sourceIp } = options;
  if (sourceIp !== undefined && isIP(sourceIp) === 0) throw new Error(`'${sourceIp}' is no IP address`);
  const socket = connectTls({
    host: '127.0.0.1',
    port: to.port,
    servername: to.endpoint,
    ca: to.caPem,
    key: options.privateKeyPem,
    cert: options.certificatePem,
    ...(options.tls === undefined ? {} : { minVersion: options.tls, maxVersion: options.tls }),
  });
  socket.setNoDelay(true);
  // The handshake still lies ahead, so the broker reads it in time.
  socket.once('connect', () => {
    if (sourceIp !== undefined && socket.localPort !== undefined) to.pretend(socket.localPort, sourceIp);
  });
  return socket;
}

function optionsOf({ clientId, clean = true, will }: SessionOptions): IClientOptions {
  return {
    clientId,
    clean,
    protocolVersion: 4,
    keepalive: KEEP_ALIVE_S,
    reconnectPeriod: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    resubscribe: false,
    queueQoSZero: false,
    timerVariant: 'native',
    // 65,536 buffers, which take longer than what a rehearsal writes.
    writeCache: false,
    ...(will === undefined
      ? {}
      : { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: will.retain === true } }),
  };
}
