import type { VirtualClock } from '../ports';
import { ask, parse } from './ask';
import type { Identity } from './enrollment';
import { type Endpoint, MqttSession, type ReceivedMessage, type SessionOptions } from './mqtt-session';

export type ConnectOptions = Partial<Pick<SessionOptions, 'clientId' | 'sourceIp' | 'clean' | 'will' | 'tls'>>;

/** What devices of a rehearsal share. */
export interface DeviceWorld {
  readonly endpoint: Endpoint;
  readonly clock: Pick<VirtualClock, 'settle' | 'now'>;
}

export interface JobExecution {
  readonly jobId: string;
  readonly versionNumber: number;
  readonly jobDocument: unknown;
}

/**
 * A device with its own certificate. It behaves as devices in the field do: what it was subscribed to it subscribes to
 * again when it has to connect anew.
 */
export class Device {
  private session?: MqttSession;
  private options: ConnectOptions = {};
  private readonly filters = new Set<string>();
  private readonly inbox: ReceivedMessage[] = [];
  private reports = 0;

  constructor(
    private readonly world: DeviceWorld,
    public readonly identity: Identity,
  ) {}

  public get thingName(): string {
    return this.identity.thingName;
  }

  public get connected(): boolean {
    return this.session?.connected ?? false;
  }

  /** All that arrived, over all its connections. */
  public get received(): readonly ReceivedMessage[] {
    return this.inbox;
  }

  /** Connects, or connects anew. Throws `ConnectionClosed` where it is refused. */
  public async connect(options: ConnectOptions = this.options): Promise<void> {
    await this.session?.end();
    this.options = options;
    const { privateKeyPem, certificatePem, thingName } = this.identity;
    const session = await MqttSession.open(this.world.endpoint, {
      privateKeyPem,
      certificatePem,
      ...options,
      clientId: options.clientId ?? thingName,
    });
    session.onMessage((message) => this.inbox.push(message));
    this.session = session;
    for (const filter of this.filters) await session.subscribe(filter);
    await this.settle();
  }

  public async disconnect(): Promise<void> {
    await this.session?.end();
    await this.world.clock.settle();
  }

  public async lose(): Promise<void> {
    await this.session?.drop();
    await this.world.clock.settle();
  }

  public async publish(topic: string, payload: string, retain = false): Promise<void> {
    const session = await this.online();
    await session.publish(topic, payload, retain);
    await this.settle();
  }

  /** Subscribes, and on later connections again, unless it is for this connection only. */
  public async subscribe(filter: string, again = true): Promise<void> {
    const session = await this.online();
    await session.subscribe(filter);
    if (again) this.filters.add(filter);
    await this.settle();
  }

  /** Whether a message of this topic has arrived since the last look. */
  public take(topic: string): ReceivedMessage | undefined {
    const at = this.inbox.findIndex((message) => message.topic === topic);
    return at < 0 ? undefined : this.inbox.splice(at, 1)[0];
  }

  // ------------------------------------------------------------------------------------------------ what AWS IoT offers

  /** Reads its shadow. Throws `Refused` where there is none. */
  public async shadow(): Promise<Readonly<Record<string, unknown>>> {
    return this.shadowApi('get', {});
  }

  public async reportState(reported: Readonly<Record<string, unknown>>): Promise<void> {
    await this.shadowApi('update', { state: { reported } });
  }

  /** Takes the next job; undefined if there is none. */
  public async nextJob(): Promise<JobExecution | undefined> {
    const answer = await this.ask(`$aws/things/${this.thingName}/jobs/start-next`, {});
    return answer.execution as JobExecution | undefined;
  }

  public async finishJob(
    job: JobExecution,
    status: 'SUCCEEDED' | 'FAILED' | 'REJECTED',
    statusDetails: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.ask(`$aws/things/${this.thingName}/jobs/${job.jobId}/update`, { status, statusDetails });
  }

  /** Sends a report of metrics as the device-side agent of Device Defender does. */
  public async reportMetrics(custom: Readonly<Record<string, number>>): Promise<void> {
    const metrics = Object.entries(custom).map(([name, number]) => [name, [{ number }]]);
    const topic = `$aws/things/${this.thingName}/defender/metrics/json`;
    await this.subscribeTo(`${topic}/accepted`, `${topic}/rejected`);
    // Ids of reports must grow.
    const report_id = Math.floor(this.world.clock.now() / 1_000) + this.reports++;
    await this.ask(topic, { header: { report_id, version: '1.0' }, custom_metrics: Object.fromEntries(metrics) });
  }

  /** The notification of a tunnel, if one came: what a device needs to open its end. */
  public tunnel(): Readonly<Record<string, unknown>> | undefined {
    const message = this.take(`$aws/things/${this.thingName}/tunnels/notify`);
    return message && parse(message.payload);
  }

  private async shadowApi(verb: 'get' | 'update', request: object): Promise<Readonly<Record<string, unknown>>> {
    const topic = `$aws/things/${this.thingName}/shadow/${verb}`;
    await this.subscribeTo(`${topic}/accepted`, `${topic}/rejected`);
    return this.ask(topic, { ...request });
  }

  private async subscribeTo(...filters: string[]): Promise<void> {
    for (const filter of filters) await this.subscribe(filter, false);
  }

  private async ask(topic: string, request: Readonly<Record<string, unknown>>) {
    return ask(await this.online(), this.world.clock, topic, request);
  }

  /** The session, opened again if it was cut: as the clients of devices do by themselves. */
  private async online(): Promise<MqttSession> {
    if (this.session === undefined) throw new Error(`${this.thingName} has not connected yet`);
    // A connection that was just cut looks alive until its end has arrived.
    await this.session.roundTrip();
    if (!this.session.connected) await this.connect();
    return this.session;
  }

  /** Everything that this caused is done, and has arrived. */
  public async settle(): Promise<void> {
    await this.world.clock.settle();
    await this.session?.roundTrip();
  }
}
