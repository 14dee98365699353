import { Actor, makeClaim } from './actor';
import { Broker } from './broker/broker';
import type { Device } from './devices/device';
import type { Credentials } from './devices/enrollment';
import { Facts } from './facts';
import type { Cloud, FaultEvent, GapEvent } from './ports';

export interface RehearsalOptions {
  /** Port of the broker on loopback; 0 for any that is free. */
  readonly port?: number;
}

/** What keeps a run from being green, besides a step that failed. */
export interface Findings {
  readonly faults: readonly FaultEvent[];
  /** What lay on the path and is not modelled. */
  readonly gaps: readonly GapEvent[];
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

  private readonly actors = new Map<string, Actor>();
  private readonly devices = new Set<Device>();
  private claimed?: Promise<Credentials>;
  private serials?: string[];

  private constructor(
    public readonly cloud: Cloud,
    public readonly broker: Broker,
    public readonly facts: Facts,
  ) {}

  /** A device by its name in the story. It begins with nothing: let it enroll. */
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

  /** A detector says that a device misbehaves, as Device Defender does: by a message to the topic of alarms. */
  public async accuses(device: Actor, behavior = 'rehearsal', type = 'in-alarm'): Promise<void> {
    const topic = this.facts.alarmTopic();
    if (topic === undefined)
      throw new Error('no topic of the assembly feeds a response: nothing listens to a detector');
    const message = {
      violationEventTime: this.cloud.clock.now(),
      thingName: device.thingName,
      behavior: {
        name: behavior,
        metric: 'aws:num-messages-sent',
        criteria: {
          comparisonOperator: 'less-than-equals',
          value: { count: 120 },
          durationSeconds: 300,
          consecutiveDatapointsToAlarm: 1,
          consecutiveDatapointsToClear: 1,
        },
      },
      violationEventType: type,
      metricValue: { count: 4_711 },
      violationId: this.cloud.random.uuid(),
      securityProfileName: 'Rehearsal',
    };
    await this.cloud.outside.publish(topic, JSON.stringify(message));
    await this.quiet();
  }

  public findings(): Findings {
    const events = this.cloud.events.all();
    return {
      faults: events.filter((event): event is FaultEvent => event.kind === 'fault'),
      gaps: events.filter((event): event is GapEvent => event.kind === 'gap' && event.onPath),
    };
  }

  public async close(): Promise<void> {
    await this.broker.close();
    await this.cloud.close();
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

  /** The claim certificate of this run, registered on first use. */
  public claim(): Promise<Credentials> {
    return (this.claimed ??= this.registerClaim());
  }

  /** The next serial number of the allow-list. */
  public nextSerial(): string {
    this.serials ??= this.facts.serials();
    const serial = this.serials.shift();
    if (serial === undefined) throw new Error('the assembly has no allow-list with a free serial number: name one');
    return serial;
  }

  private async registerClaim(): Promise<Credentials> {
    const claim = makeClaim(this.cloud.clock.now());
    const { claimPolicy } = this.facts.enrollment();
    const policyNames = claimPolicy === undefined ? [] : [claimPolicy];
    await this.cloud.outside.registerCertificate(claim.certificatePem, { status: 'ACTIVE', policyNames });
    return claim;
  }
}
