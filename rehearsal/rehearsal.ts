import { Actor, ExpectationFailed, makeCertificate } from './actor';
import { Alarms } from './alarms';
import { Broker } from './broker/broker';
import type { Device } from './devices/device';
import type { Credentials, Identity } from './devices/enrollment';
import { type AlarmTopic, Facts } from './facts';
import type { CallEvent, Cloud, FaultEvent, GapEvent, Verdict } from './ports';

export interface RehearsalOptions {
  /** Port of the broker on loopback; 0 for any that is free. */
  readonly port?: number;
}

/** What operators can do about a device. */
export type Order = 'report' | 'isolate' | 'hold' | 'release' | 'retire';

/** What keeps a run from being green, besides a step that failed. */
export interface Findings {
  readonly faults: readonly FaultEvent[];
  /** What lay on the path and is not modelled. */
  readonly gaps: readonly GapEvent[];
  /** Calls that a function or a service made and its role does not allow. */
  readonly denied: readonly CallEvent[];
}

/**
 * A deployed assembly with a broker before it, and the devices of a story. Ends with `close`, which leaves no process, port
 * or file behind.
 */
export class Rehearsal {
  /** Starts the broker before a cloud that runs. The cloud is closed with the rehearsal. */
  public static async over(cloud: Cloud, assembly: string, options: RehearsalOptions = {}): Promise<Rehearsal> {
    const broker = await Broker.start({ cloud, port: options.port });
    cloud.attachBroker(broker);
    return new Rehearsal(cloud, broker, new Facts(cloud, assembly));
  }

  public readonly alarms: Alarms;
  private readonly actors = new Map<string, Actor>();
  private readonly devices = new Set<Device>();
  /** By policy. */
  private readonly claims = new Map<string | undefined, Promise<Credentials>>();
  private readonly taken = new Set<string>();
  /** What each device is accused of. */
  private readonly incidents = new Map<string, string>();

  private constructor(
    public readonly cloud: Cloud,
    public readonly broker: Broker,
    public readonly facts: Facts,
  ) {
    this.alarms = new Alarms(cloud);
  }

  /**
   * A device by its name. It begins with nothing, and gets an identity when it enrolls or first connects: that of the thing
   * of its name where the templates make one, else by enrollment, with the serial number that is given, that makes it a
   * thing of its own name, or that is next in the allow-list.
   */
  public device(name: string, options: { readonly serial?: string } = {}): Actor {
    const known = this.actors.get(name);
    if (known !== undefined) return known;
    const made = new Actor(this, name, options.serial);
    this.actors.set(name, made);
    return made;
  }

  /** Lets virtual time pass, with everything that is due in it. */
  public async passes(ms: number): Promise<void> {
    await this.cloud.clock.advance(ms);
    await this.quiet();
    const words = ms % 60_000 === 0 ? `${ms / 60_000} minutes pass` : `${ms / 1_000} seconds pass`;
    this.cloud.events.emit({ kind: 'time', who: { kind: 'rehearsal', name: 'time' }, what: words, passedMs: ms });
  }

  /** A detector says that a device misbehaves: in the form and on the topic that the response listens to. */
  public accuses(device: Actor): Promise<void> {
    return this.alarm(device, 'alarm');
  }

  /** The same detector finds the device behaving again. */
  public clears(device: Actor): Promise<void> {
    return this.alarm(device, 'cleared');
  }

  /**
   * A person orders something through the entry for operators, and says why; when releasing, also what the alarms were found to be
   * (`FALSE_POSITIVE`, `BENIGN_POSITIVE`, `TRUE_POSITIVE`, `UNKNOWN`).
   */
  public async orders(verb: Order, device: Actor, verdict?: Verdict): Promise<void> {
    const { status, body } = await this.asks(verb, device, 'operator', verdict);
    if (status < 200 || status > 299)
      throw new ExpectationFailed(`the order to ${verb} ${device.name} was refused: ${status} ${body}`);
  }

  /** Expects the entry for operators to turn away a person of the account who was given no right to it. */
  public async turnsAway(verb: Order, device: Actor): Promise<void> {
    const { status } = await this.asks(verb, device, 'bystander');
    if (status !== 403) throw new ExpectationFailed(`somebody without rights could ${verb} ${device.name}: ${status}`);
  }

  /** Expects Device Defender to have heard of that verdict on all that it said about a device. */
  public isVerified(verdict: Verdict, device: Actor): void {
    const known = this.cloud.outside.verdictsOn(device.thingName);
    if (known.length === 0) throw new ExpectationFailed(`Device Defender has no violation of ${device.name}`);
    const other = known.findIndex((each) => each !== verdict);
    if (other >= 0)
      throw new ExpectationFailed(
        `a violation of ${device.name} is ${known[other] ?? 'not verified'} to Device Defender, not ${verdict}`,
      );
  }

  /** A person has a tunnel to a device opened, through the address for tunnels. */
  public async opensTunnel(device: Actor): Promise<void> {
    const api = this.facts.apiWith('POST /tunnel');
    if (api === undefined) throw new Error('the assembly has no address for tunnels');
    const order = { method: 'POST', path: '/tunnel', body: { subject: device.thingName, why: 'part of a rehearsal' } };
    const { status, body } = await this.cloud.outside.request(api, order, 'operator');
    await this.quiet();
    if (status < 200 || status > 299)
      throw new ExpectationFailed(`the tunnel to ${device.name} was refused: ${status} ${body}`);
  }

  public tunnelIs(state: 'open' | 'closed', device: Actor): void {
    const isOpen = this.cloud.outside.hasTunnel(device.thingName);
    if (isOpen !== (state === 'open'))
      throw new ExpectationFailed(`the tunnel to ${device.name} is ${isOpen ? 'open' : 'closed'}`);
  }

  /** Something comes to where alarms come that is none, and that no response can understand. */
  public async isNotUnderstood(): Promise<void> {
    const { topicArn, schema } = this.alarmed();
    const message = schema === undefined ? 'no alarm at all' : JSON.stringify({ schema, about: 'no alarm at all' });
    await this.cloud.outside.publish(topicArn, message);
    await this.quiet();
  }

  /** A person has that tried again which could not be handled. */
  public async triesAgain(): Promise<void> {
    if ((await this.cloud.outside.redrive()) === 0)
      throw new ExpectationFailed('no queue has given anything up that could be tried again');
    await this.quiet();
  }

  /** Two devices more than the blast radius allows enroll, connect and misbehave. */
  public async storms(): Promise<void> {
    const limit = this.facts.blastRadius();
    if (limit === undefined) throw new Error('the assembly does not bound how many devices are isolated at once');
    this.storm = Array.from({ length: limit + 2 }, (_, index) => this.device(`storm-${index + 1}`));
    for (const device of this.storm) {
      await device.enrolls();
      await device.connects();
    }
    for (const device of this.storm) await device.misbehaves();
  }

  /** Expects the blast radius to be used up, and everybody else to be held. */
  public isBounded(): void {
    const states = this.storm.map((device) => device.incident()?.toLowerCase());
    const limit = this.facts.blastRadius() ?? 0;
    const isolated = this.storm.filter((device) => device.isInQuarantine()).length;
    const held = states.filter((state) => state === 'held').length;
    if (isolated !== limit || held !== this.storm.length - limit)
      throw new ExpectationFailed(
        `${isolated} devices are isolated and ${held} are held, and ${limit} may be isolated`,
      );
  }

  /** Expects no device of the storm to be left. */
  public isOver(): void {
    for (const device of this.storm) device.isIsolated();
  }

  /** A person has everything isolated that is held. */
  public async isolatesHeld(): Promise<void> {
    const { status, body } = await this.sends('isolate', { allHeld: true, why: 'part of a rehearsal' }, 'operator');
    if (status < 200 || status > 299) throw new ExpectationFailed(`the order was refused: ${status} ${body}`);
  }

  private storm: readonly Actor[] = [];

  private asks(verb: Order, device: Actor, as: 'operator' | 'bystander', verdict?: Verdict) {
    return this.sends(verb, { subject: device.thingName, why: 'part of a rehearsal', verdict }, as, device.facts);
  }

  private async sends(verb: Order, body: object, as: 'operator' | 'bystander', facts = this.facts) {
    const api = facts.apiWith(`POST /${verb}`);
    if (api === undefined) throw new Error(`the assembly has no entry for operators who ${verb} devices`);
    const answer = await this.cloud.outside.request(api, { method: 'POST', path: `/${verb}`, body }, as);
    await this.quiet();
    return answer;
  }

  private alarmed(facts = this.facts): AlarmTopic {
    const alarm = facts.alarms();
    if (alarm === undefined)
      throw new Error('no topic of the assembly feeds a response: nothing listens to a detector');
    return alarm;
  }

  private async alarm(device: Actor, phase: 'alarm' | 'cleared'): Promise<void> {
    const alarm = this.alarmed(device.facts);
    const time = this.cloud.clock.now();
    this.incidents.set(
      device.name,
      phase === 'alarm' ? this.cloud.random.uuid() : (this.incidents.get(device.name) ?? ''),
    );
    const id = this.incidents.get(device.name) ?? '';
    const message =
      alarm.schema === undefined
        ? detectAlarm(device.facts.watched(), device.thingName, phase, id, time)
        : {
            schema: alarm.schema,
            id: `${id}/${phase}`,
            time,
            thingName: device.thingName,
            phase,
            severity: 'HIGH',
            about: 'rehearsal',
          };
    await this.cloud.outside.publish(alarm.topicArn, JSON.stringify(message));
    await this.quiet();
  }

  public findings(): Findings {
    const events = this.cloud.events.all();
    return {
      faults: events.filter((event): event is FaultEvent => event.kind === 'fault' && !this.alarms.isForeseen(event)),
      gaps: events.filter((event): event is GapEvent => event.kind === 'gap' && event.onPath),
      denied: events.filter((event): event is CallEvent => event.kind === 'call' && event.decision?.allowed === false),
    };
  }

  /** Ends sessions, processes and ports. Safe to repeat. */
  public async close(): Promise<void> {
    await this.broker.close();
    await this.cloud.close();
  }

  /** So that `await using r = await rehearse(...)` closes it. */
  public [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // ------------------------------------------------------------------------------------------------ for actors

  /** Waits until all that is due has happened, and has arrived at every device. */
  public async quiet(): Promise<void> {
    await this.cloud.clock.settle();
    await Promise.all([...this.devices].map((device) => device.settle()));
  }

  public async quietly<T>(act: () => Promise<T>): Promise<T> {
    const result = await act();
    await this.quiet();
    return result;
  }

  public joined(device: Device): void {
    this.devices.add(device);
  }

  /** The claim certificate of this run for a policy, registered on first use. */
  public claim(policyName = this.facts.enrollment().claimPolicy): Promise<Credentials> {
    const known = this.claims.get(policyName) ?? this.registerClaim(policyName);
    this.claims.set(policyName, known);
    return known;
  }

  /**
   * A serial number for a device: the listed one that makes it a thing of its own name, of whatever fleet, else the next of the
   * allow-list. Where there is no such list, its name is as good as any.
   */
  public serialFor(name: string): string {
    const free = (facts: Facts): string[] | undefined => facts.serials()?.filter((serial) => !this.taken.has(serial));
    const own = this.facts
      .fleets()
      .flatMap((facts) => (free(facts) ?? []).filter((serial) => facts.thingNameOf(serial) === name));
    const listed = free(this.facts);
    const serial = own[0] ?? (listed === undefined ? name : listed[0]);
    if (serial === undefined)
      throw new Error(`the allow-list has no free serial number for ${name}: name one, with serial SERIAL`);
    this.taken.add(serial);
    return serial;
  }

  /**
   * Gives a thing that the templates make an identity that this machine holds the key of: a certificate with the policies and
   * the attachment of the thing's own, whose private key is wherever the device is.
   */
  public async standIn(thingName: string): Promise<Identity | undefined> {
    const own = this.cloud.registry.thing(thingName)?.principals[0];
    if (own === undefined) return undefined;
    const like = own.principal.split('/').at(-1) ?? '';
    const made = makeCertificate(thingName, this.cloud.clock.now());
    await this.cloud.outside.registerCertificate(made.certificatePem, { status: 'ACTIVE', like });
    return { ...made, thingName };
  }

  private async registerClaim(policyName: string | undefined): Promise<Credentials> {
    const claim = makeCertificate('claim', this.cloud.clock.now());
    const policyNames = policyName === undefined ? [] : [policyName];
    await this.cloud.outside.registerCertificate(claim.certificatePem, { status: 'ACTIVE', policyNames });
    return claim;
  }
}

/** An alarm as Device Defender publishes it. */
function detectAlarm(
  watched: { readonly name: string; readonly metric: string },
  thingName: string,
  phase: 'alarm' | 'cleared',
  violationId: string,
  time: number,
): object {
  return {
    violationEventTime: time,
    thingName,
    behavior: {
      ...watched,
      criteria: {
        comparisonOperator: 'less-than-equals',
        value: { count: 120 },
        durationSeconds: 300,
        consecutiveDatapointsToAlarm: 1,
        consecutiveDatapointsToClear: 1,
      },
    },
    violationEventType: phase === 'alarm' ? 'in-alarm' : 'alarm-cleared',
    metricValue: { count: phase === 'alarm' ? 4_711 : 12 },
    violationId,
    securityProfileName: 'Rehearsal',
  };
}
