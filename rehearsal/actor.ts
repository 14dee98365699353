import { randomBytes } from 'node:crypto';
import { foundBy, unsaidOf } from './audited';
import { certificateIdOf, createKeys, selfSigned } from './x509/certificates';
import { type ConnectOptions, Device } from './devices/device';
import { Refused } from './devices/ask';
import { type Credentials, enroll, type Identity, pemOf } from './devices/enrollment';
import { ConnectionClosed, MqttSession } from './devices/mqtt-session';
import { type Facts, ownTopic } from './facts';
import type { AuditEvent, Decision, DecisionEvent, DisconnectReason } from './ports';
import type { Rehearsal } from './rehearsal';
import { differs, listOf, wordsOf } from './words';

/** Something did not go as it was expected to. The message says what happened instead, and why. */
export class ExpectationFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExpectationFailed';
  }
}

const DAY_MS = 86_400_000;

/** What a device asks for, to see whether it is allowed. */
export interface Probe {
  /** Under its own name, or under another client id. */
  connect(clientId?: string): Promise<Decision | undefined>;
  publish(topic: string): Promise<Decision | undefined>;
  retain(topic: string): Promise<Decision | undefined>;
  subscribe(filter: string): Promise<Decision | undefined>;
}

/** A device of a rehearsal by its name in the story. Each method fails where the device is refused. */
export class Actor {
  /** Expects what the device asks for to be allowed. */
  public readonly isAllowed: Probe = this.probe(true);
  /** Expects what the device asks for to be denied; gives the decision. */
  public readonly isDenied: Probe = this.probe(false);
  /** What the assembly says about its fleet. */
  public facts: Facts;
  private known?: Device;
  private topic?: string;
  /** Why nobody isolates it although it misbehaves. */
  private excuse?: string;

  constructor(
    private readonly r: Rehearsal,
    public readonly name: string,
    private serial?: string,
  ) {
    this.facts = serial === undefined ? r.facts : r.facts.ofSerial(serial);
  }

  /** The device, once it has an identity. */
  public get device(): Device {
    if (this.known === undefined)
      throw new ExpectationFailed(`${this.name} has no identity: let it enroll or connect first`);
    return this.known;
  }

  public get thingName(): string {
    return this.device.thingName;
  }

  /** A topic that the policies of its fleet leave to it, as they were when it enrolled. */
  public get ownTopic(): string {
    if (this.topic === undefined) throw new ExpectationFailed(`no policy names a topic of its own for ${this.name}`);
    return this.topic;
  }

  // ------------------------------------------------------------------------------------------------ what it does

  /** Enrolls by a claim, with its serial number or this one. */
  public async enrolls(serial = this.serial ?? this.r.serialFor(this.name)): Promise<void> {
    this.serial = serial;
    this.becomes(await this.orFail(`enroll with serial ${serial}`, () => this.r.quietly(() => this.enroll(serial))));
  }

  /** Has the identity of another device, key and all. */
  public steals(victim: Actor): void {
    this.topic = victim.topic;
    this.becomes(victim.device.identity);
  }

  /** Connects; before the first time, it gets its identity. */
  public async connects(options: ConnectOptions = {}): Promise<void> {
    await this.identified();
    await this.orFail('connect', () => this.device.connect({ sourceIp: this.facts.homeAddress(), ...options }));
  }

  public disconnects(): Promise<void> {
    return this.device.disconnect();
  }

  public async publishes(topic: string, payload = '{}', times = 1): Promise<void> {
    for (let i = 0; i < times; i++) {
      await this.orFail(`publish to ${topic}`, () => this.device.publish(topic, payload));
    }
  }

  public async subscribes(filter: string): Promise<void> {
    await this.orFail(`subscribe to ${filter}`, () => this.device.subscribe(filter));
  }

  public async reports(metric: string, value: number): Promise<void> {
    await this.orFail(`report ${metric}`, () => this.device.reportMetrics({ [metric]: value }));
  }

  /**
   * Does what a behavior of the assembly forbids, so that whatever watches devices finds out by itself. Where nothing would, a
   * detector accuses the device, and the record says so.
   */
  public async misbehaves(): Promise<void> {
    const found = this.facts.misconduct();
    if (found === undefined) return this.isOnlyAccused();
    const { metric, threshold, severity, isSevere } = found;
    if (!isSevere)
      this.excuse = `what ${this.name} did breaks a behavior about ${metric} of severity ${severity || 'unknown'}, and no behavior that a device can be made to break is more severe: a playbook isolates from HIGH on`;
    const times = metric === 'message-size' ? 1 : threshold + 1;
    for (let done = 0; done < times; done++) {
      if (metric === 'authorization-failures') await this.isDenied.publish(`rehearsal/not-of/${this.thingName}`);
      else await this.publishes(this.ownTopic, metric === 'message-size' ? 'x'.repeat(threshold + 1) : '{}');
    }
  }

  private async isOnlyAccused(): Promise<void> {
    const subject = 'detection';
    const meaning = 'no behavior of the assembly that a device can be made to break: the alarm was raised by the story';
    const who = { kind: 'rehearsal', name: 'rehearsal' } as const;
    const what = `${this.name} is accused by the story`;
    this.r.cloud.events.emit({ kind: 'gap', who, what, subject, meaning, onPath: false });
    await this.r.accuses(this);
  }

  /** Takes the next job and says how it went. */
  public async runsJob(status: 'SUCCEEDED' | 'FAILED' = 'SUCCEEDED'): Promise<void> {
    const job = await this.orFail('ask for its next job', () => this.device.nextJob());
    if (job === undefined) throw new ExpectationFailed(`there is no job for ${this.name}`);
    await this.orFail(`say how job ${job.jobId} went`, () => this.device.finishJob(job, status));
  }

  // ------------------------------------------------------------------------------------------------ what is expected of it

  /** Expects the service to refuse. That the claim itself does not get in would prove nothing. */
  public async cannotEnroll(serial = this.serial ?? this.r.serialFor(this.name)): Promise<void> {
    try {
      await this.orFail('get as far as asking', () => this.r.quietly(() => this.enroll(serial)), ConnectionClosed);
    } catch (error) {
      if (error instanceof Refused) return;
      throw error;
    }
    throw new ExpectationFailed(`${this.name} enrolled with serial ${serial}`);
  }

  /** Expects a statement that denies it, not only none that allows it. */
  public async isForbidden(verb: 'publish' | 'retain' | 'subscribe', name: string): Promise<void> {
    const decision = await this.isDenied[verb](name);
    if (decision === undefined || decision.because.length === 0)
      throw new ExpectationFailed(`no statement denies ${this.name} to ${verb} ${name}: it is only not allowed`);
  }

  /** What an isolated device needs to be repaired: jobs, its shadow, tunnels, and its reports. */
  public async keepsRepairChannel(): Promise<void> {
    for (const topic of ['jobs/notify-next', 'tunnels/notify']) {
      const filter = `$aws/things/${this.thingName}/${topic}`;
      // For now: back in its fleet it may have no such right.
      await this.orFail(`subscribe to ${filter}`, () => this.device.subscribe(filter, false));
    }
    await this.orFail('ask for its next job', () => this.device.nextJob());
    await this.orFail('report its state', () => this.device.reportState({ rehearsed: true }));
    await this.reports('rehearsal', 1);
  }

  /** Its certificate is attached to its thing, exclusively, and to no other. */
  public ownsItsCertificate(): void {
    const { certificateId } = this.device.identity;
    const things = this.r.cloud.registry.certificate(certificateId)?.things ?? [];
    const [only] = things;
    if (things.length !== 1 || only?.thingName !== this.thingName || only.principalType !== 'EXCLUSIVE_THING')
      throw new ExpectationFailed(`the certificate of ${this.name} is not attached to it exclusively`);
  }

  public async isConnected(): Promise<void> {
    await this.known?.settle();
    if (this.r.broker.get(this.thingName)?.connected !== true)
      throw new ExpectationFailed(`${this.name} is not connected${this.lastReason()}`);
  }

  public async isDisconnected(reason?: DisconnectReason): Promise<void> {
    await this.known?.settle();
    const view = this.r.broker.get(this.thingName);
    if (view?.connected === true) throw new ExpectationFailed(`the session of ${this.name} is still open`);
    if (reason !== undefined && view?.disconnectReason !== reason)
      throw new ExpectationFailed(`${this.name} was not disconnected because of ${reason}${this.lastReason()}`);
  }

  public hears(topic: string): void {
    if (this.device.take(topic) === undefined) throw new ExpectationFailed(`${this.name} did not hear ${topic}`);
  }

  public doesNotHear(topic: string): void {
    if (this.device.take(topic) !== undefined) throw new ExpectationFailed(`${this.name} heard ${topic}`);
  }

  /** In a group of isolated devices, and in no other. */
  public isIsolated(): void {
    const quarantine = this.r.facts.quarantineGroups();
    const groups = this.groups();
    if (groups.length === 0 || !groups.every((group) => quarantine.includes(group)))
      throw new ExpectationFailed(
        `${this.name} is in ${listOf(groups)}, isolated devices are in ${listOf(quarantine)}`,
      );
  }

  /** In a group, and in none of isolated devices. */
  public isInGoodStanding(): void {
    const quarantine = this.r.facts.quarantineGroups();
    const groups = this.groups();
    if (groups.length === 0 || groups.some((group) => quarantine.includes(group)))
      throw new ExpectationFailed(
        `${this.name} is in ${listOf(groups)}, isolated devices are in ${listOf(quarantine)}`,
      );
  }

  /** The last state of the incident about it; a device is isolated also while it is repaired, and while that is proved. */
  public incidentIs(state: string): void {
    const found = this.incident();
    if (found === 'detected' && this.facts.isDryRun())
      this.excuse = 'the response is a dry run, which decides and records, and isolates nobody';
    if (found === 'repairing' && !this.facts.tellsOfJobs())
      this.excuse =
        'nothing in the assembly has AWS IoT tell of jobs (EventConfigurations does), so a device under repair is looked at once an hour';
    const same = found?.toLowerCase() === state.toLowerCase();
    if (!same && !(state === 'isolated' && (found === 'repairing' || found === 'proving')))
      throw new ExpectationFailed(
        [`the incident of ${this.name} is ${found ?? 'not there'}, not ${state}`, this.excuse ?? []].flat().join('; '),
      );
  }

  /** State of the incident about it; undefined where there is none. */
  public incident(): string | undefined {
    const last = this.r.cloud.events
      .all()
      .findLast((event) => event.kind === 'incident' && event.subject === this.thingName);
    return last?.kind === 'incident' ? last.to : undefined;
  }

  /** Expects the last audit to have found something about it: about its client id or its certificate. */
  public auditFinds(check: string): void {
    const found = foundBy(this.lastAudit(), this.device.identity);
    if (found.includes(check)) return;
    const others = found.length === 0 ? 'nothing' : `only ${found.join(', ')}`;
    const why = unsaidOf(this.lastAudit(), check);
    throw new ExpectationFailed(`the audit found ${others} about ${this.name}${why}`);
  }

  public auditFindsNothing(): void {
    const found = foundBy(this.lastAudit(), this.device.identity);
    if (found.length > 0) throw new ExpectationFailed(`the audit found ${found.join(', ')} about ${this.name}`);
  }

  private lastAudit(): AuditEvent {
    const last = this.r.cloud.events.all().findLast((event): event is AuditEvent => event.kind === 'audit');
    if (last === undefined)
      throw new ExpectationFailed('no audit has run: the first one does an hour after it was made, on its day');
    return last;
  }

  public isInQuarantine(): boolean {
    const quarantine = this.r.facts.quarantineGroups();
    return this.groups().some((group) => quarantine.includes(group));
  }

  public groups(): readonly string[] {
    return this.r.cloud.registry.thing(this.thingName)?.groups ?? [];
  }

  // ------------------------------------------------------------------------------------------------ how

  private async identified(): Promise<void> {
    if (this.known !== undefined) return;
    const standIn = this.serial === undefined ? await this.r.standIn(this.name) : undefined;
    if (standIn === undefined) await this.enrolls();
    else this.becomes(standIn);
  }

  private becomes(identity: Identity): void {
    this.known = new Device({ endpoint: this.r.broker, clock: this.r.cloud.clock }, identity);
    this.r.joined(this.known);
    this.topic ??= ownTopic(this.r.cloud.registry.authorization(identity.certificateId, identity.thingName));
  }

  private async enroll(serial: string): Promise<Identity> {
    this.facts = this.r.facts.ofSerial(serial);
    const { templateName, claimPolicy, clientIdPrefix, serialParameter } = this.facts.enrollment();
    const clientId = `${clientIdPrefix}${serial}`;
    const parameters = { [serialParameter]: serial };
    return enroll(this.r.broker, this.r.cloud.clock, {
      claim: await this.r.claim(claimPolicy),
      clientId,
      templateName,
      parameters,
      sourceIp: this.facts.homeAddress(),
    });
  }

  private probe(expected: boolean): Probe {
    const look = async (
      action: string,
      name: string,
      act: () => Promise<unknown>,
      mayBeRefused = false,
    ): Promise<Decision | undefined> => {
      const since = this.r.cloud.events.all().length;
      const closed = await act().then(
        () => false,
        (error: unknown) => {
          if (error instanceof ConnectionClosed) return true;
          throw error;
        },
      );
      const decision = this.decided(since, action, name);
      // As the clients of devices do. Whether they may is not what was asked.
      if (closed && action !== 'iot:Connect') await this.device.connect().catch(() => undefined);
      const allowed = !closed && decision?.allowed !== false;
      if (allowed === expected && (!closed || decision?.allowed === false)) return decision;
      // Before any policy is asked: its certificate is not active.
      if (!expected && closed && mayBeRefused && this.wasRefused(since)) return undefined;
      throw new ExpectationFailed(differs(`${action} on ${name}`, closed, decision));
    };
    return {
      connect: (clientId) => {
        const id = clientId ?? this.thingName;
        return look('iot:Connect', id, () => this.tryConnect(id), clientId === undefined);
      },
      publish: (topic) => look('iot:Publish', topic, () => this.device.publish(topic, '{}')),
      retain: (topic) => look('iot:RetainPublish', topic, () => this.device.publish(topic, '{}', true)),
      subscribe: (filter) => look('iot:Subscribe', filter, () => this.device.subscribe(filter)),
    };
  }

  private async tryConnect(clientId: string): Promise<void> {
    const sourceIp = this.facts.homeAddress();
    const session = await MqttSession.open(this.r.broker, { ...this.device.identity, clientId, sourceIp });
    await session.end();
    await this.r.cloud.clock.settle();
  }

  private wasRefused(since: number): boolean {
    const { certificateId } = this.device.identity;
    return this.r.cloud.events
      .all()
      .slice(since)
      .some(
        (event) => event.kind === 'connection' && event.change === 'refused' && event.certificateId === certificateId,
      );
  }

  private decided(since: number, action: string, name: string): Decision | undefined {
    const events = this.r.cloud.events.all().slice(since);
    return events.findLast(
      (event): event is DecisionEvent =>
        event.kind === 'decision' && event.decision.action === action && event.decision.resource.endsWith(`/${name}`),
    )?.decision;
  }

  private async orFail<T>(
    what: string,
    act: () => Promise<T>,
    ...kinds: (new (...args: never[]) => Error)[]
  ): Promise<T> {
    const since = this.r.cloud.events.all().length;
    const expected = kinds.length > 0 ? kinds : [ConnectionClosed, Refused];
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Error) || !expected.some((kind) => error instanceof kind)) throw error;
      throw new ExpectationFailed(`${this.name} could not ${what}: ${error.message}${this.whyNot(since)}`);
    }
  }

  /** The denial or the refusal that was told since. */
  private whyNot(since: number): string {
    for (const event of this.r.cloud.events.all().slice(since)) {
      if (event.kind === 'decision' && !event.decision.allowed)
        return `; ${event.decision.action} ${wordsOf(event.decision)}`;
      if (event.kind === 'connection' && event.change === 'refused') return `; ${event.reason ?? ''}`;
    }
    return '';
  }

  private lastReason(): string {
    const reason = this.r.broker.get(this.thingName)?.disconnectReason;
    return reason === undefined ? '' : `: ${reason}`;
  }
}

/** A certificate with a key of its own, as it comes from the factory; valid by virtual time. */
export function makeCertificate(name: string, now: number): Credentials & { readonly certificateId: string } {
  const keys = createKeys();
  const terms = { serial: randomBytes(16), notBefore: now - DAY_MS, notAfter: now + 365 * DAY_MS };
  const certificatePem = selfSigned(keys, name, terms);
  return { privateKeyPem: pemOf(keys), certificatePem, certificateId: certificateIdOf(certificatePem) };
}
