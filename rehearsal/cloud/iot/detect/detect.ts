import type { Verdict } from '../../../ports';
import { AwsFault } from '../../fault';
import { type Input, recordOf, textOf } from '../../operation';
import type { Sns } from '../../sns';
import { gap, inRole, serviceParty, type World } from '../../world';
import { pageOf } from '../pages';
import type { IotRegistry } from '../registry';
import { after, type Datapoint, datapointsOf, FIRST_STANDING, type Standing } from './datapoints';
import type { DetectBehavior, Happening, Report } from './profile';
import type { Watch } from './watch';

/** A security profile as it was deployed; behaviors that are learned are not among them. */
export interface SecurityProfile {
  readonly name: string;
  readonly arn: string;
  readonly behaviors: readonly (DetectBehavior & { readonly suppressed: boolean })[];
  /** ARNs of thing groups, or of all things, registered or not. */
  readonly targets: readonly string[];
  readonly alert?: { readonly topicArn: string; readonly roleArn: string };
}

interface Violation {
  readonly violationId: string;
  readonly thingName: string;
  readonly profile: SecurityProfile;
  readonly behavior: DetectBehavior;
  readonly startedAt: number;
  inAlarm: boolean;
  verification?: { readonly verificationState: Verdict; readonly description?: string };
}

const WINDOW_MS = 300_000;
/** The longest duration of a behavior, in windows. */
const MOST_WINDOWS = 12;
const VERDICTS: readonly Verdict[] = ['FALSE_POSITIVE', 'BENIGN_POSITIVE', 'TRUE_POSITIVE', 'UNKNOWN'];

/** Rules of Device Defender Detect: every five minutes of virtual time, each behavior of each profile for each device it targets. */
export class Detect {
  private readonly profiles: SecurityProfile[] = [];
  private readonly trace: Happening[][] = [];
  private readonly standings = new Map<string, Standing>();
  private readonly violations = new Map<string, Violation>();

  constructor(
    private readonly world: World,
    private readonly registry: IotRegistry,
    private readonly sns: Sns,
    private readonly watch: Watch,
  ) {
    world.events.subscribe((event) => {
      if (this.profiles.length > 0) watch.see(event);
    });
  }

  public add(profile: SecurityProfile): void {
    this.profiles.push(profile);
    if (this.profiles.length === 1) this.tick();
  }

  public report(thingName: string, report: Report): void {
    if (this.profiles.length > 0) this.watch.report(thingName, report);
  }

  public activeViolations(input: Input): object {
    const thingName = textOf(input, 'thingName');
    const active = [...this.violations.values()].filter(
      (violation) => violation.inAlarm && (thingName === undefined || violation.thingName === thingName),
    );
    const shown = active.map(({ violationId, thingName: name, profile, behavior, startedAt, verification }) => ({
      violationId,
      thingName: name,
      securityProfileName: profile.name,
      behavior: behaviorShown(behavior),
      violationStartTime: startedAt / 1_000,
      ...(verification && {
        verificationState: verification.verificationState,
        verificationStateDescription: verification.description,
      }),
    }));
    return pageOf('activeViolations', shown, input);
  }

  public verify(input: Input): object {
    const found = this.violations.get(textOf(input, 'violationId') ?? '');
    const given = textOf(input, 'verificationState') ?? '';
    const verificationState = VERDICTS.find((each) => each === given);
    if (found === undefined) throw new AwsFault('InvalidRequestException', 'There is no such violation');
    if (verificationState === undefined)
      throw new AwsFault('InvalidRequestException', `${given} is no verification state`);
    found.verification = { verificationState, description: textOf(input, 'verificationStateDescription') };
    return {};
  }

  public verdictsOn(thingName: string): (Verdict | undefined)[] {
    const mine = [...this.violations.values()].filter((violation) => violation.thingName === thingName);
    return mine.map(({ verification }) => verification?.verificationState);
  }

  private tick(): void {
    const { clock } = this.world;
    clock.schedule(WINDOW_MS, 'Device Defender evaluates', () => {
      this.trace.push(this.watch.take(clock.now()));
      // Windows keep their numbers; what no behavior can reach any more is forgotten.
      const past = this.trace.length - 1 - MOST_WINDOWS;
      if (past >= 0) this.trace[past] = [];
      this.evaluate(this.trace.length - 1);
      this.tick();
    });
  }

  private evaluate(window: number): void {
    const devices = [...new Set((this.trace[window] ?? []).map(({ device }) => device))];
    for (const profile of this.profiles)
      for (const behavior of profile.behaviors)
        for (const device of devices) {
          const key = JSON.stringify([profile.name, behavior.name, device]);
          if (!this.isTarget(profile, device)) this.forget(profile, behavior, device, key);
          else
            for (const datapoint of datapointsOf(behavior, device, this.trace, window))
              this.judge(profile, behavior, device, key, datapoint);
        }
  }

  /** A device that is no target any more is not judged; what it does when it is one again is a violation of its own. */
  private forget(profile: SecurityProfile, behavior: DetectBehavior, device: string, key: string): void {
    if (!this.standings.delete(key)) return;
    const known = this.active(profile, behavior, device);
    if (known !== undefined) known.inAlarm = false;
  }

  private active(profile: SecurityProfile, behavior: DetectBehavior, device: string): Violation | undefined {
    return [...this.violations.values()].find(
      (each) => each.inAlarm && each.profile === profile && each.behavior === behavior && each.thingName === device,
    );
  }

  private isTarget({ targets }: SecurityProfile, device: string): boolean {
    const thing = this.registry.thing(device);
    const groups = (thing?.groups ?? []).flatMap((name) =>
      this.registry.withAncestors(name).map(({ thingGroupName }) => this.registry.arn(`thinggroup/${thingGroupName}`)),
    );
    const everything = ['all/things', thing === undefined ? 'all/unregistered-things' : 'all/registered-things'];
    return targets.some((target) => groups.includes(target) || everything.some((each) => target.endsWith(`:${each}`)));
  }

  private judge(
    profile: SecurityProfile,
    behavior: SecurityProfile['behaviors'][number],
    thingName: string,
    key: string,
    datapoint: Datapoint,
  ): void {
    const before = this.standings.get(key) ?? FIRST_STANDING;
    const standing = after(behavior, before, datapoint.conforms);
    this.standings.set(key, standing);
    if (standing.inAlarm === before.inAlarm) return;
    const violation = this.violationOf(profile, behavior, thingName, standing.inAlarm);
    const [from, to] = standing.inAlarm ? (['OK', 'ALARM'] as const) : (['ALARM', 'OK'] as const);
    this.world.events.emit({
      kind: 'alarm',
      who: serviceParty('device defender'),
      what: `${thingName} ${standing.inAlarm ? 'violates' : 'keeps again to'} ${behavior.name}`,
      alarm: `${profile.name}/${behavior.name}/${thingName}`,
      from,
      to,
      reason: `measured ${JSON.stringify(datapoint.value)}`,
    });
    if (!behavior.suppressed) this.alert(violation, datapoint);
  }

  private violationOf(
    profile: SecurityProfile,
    behavior: DetectBehavior,
    thingName: string,
    begins: boolean,
  ): Violation {
    const known = this.active(profile, behavior, thingName);
    if (known !== undefined) {
      known.inAlarm = begins;
      return known;
    }
    const { random, clock } = this.world;
    const violationId = random.fork(`violation ${this.violations.size}`).uuid();
    const made = { violationId, thingName, profile, behavior, startedAt: clock.now(), inAlarm: begins };
    this.violations.set(violationId, made);
    return made;
  }

  /** In the role of the profile, which has to trust the service for this profile, and may publish to the topic. */
  private alert({ violationId, thingName, profile, behavior, inAlarm }: Violation, datapoint: Datapoint): void {
    const { alert, arn, name } = profile;
    if (alert === undefined) return;
    const { topicArn, roleArn } = alert;
    const topic = this.sns.find(topicArn);
    const from = serviceParty('device defender');
    const as = { service: 'iot.amazonaws.com', sourceArn: arn, roleArn, from, to: serviceParty('sns') };
    const what = `alerts of ${thingName} on ${topicArn.split(':').pop() ?? ''}`;
    if (!inRole(this.world, { ...as, what }, this.sns.publishNeeds(topicArn)).allowed) return;
    if (topic === undefined) return gap(this.world, `topic ${topicArn}`, `nobody heard of ${thingName}`);
    const message = {
      violationEventTime: this.world.clock.now(),
      thingName,
      behavior: behaviorShown(behavior),
      violationEventType: inAlarm ? 'in-alarm' : 'alarm-cleared',
      metricValue: valueShown(behavior, datapoint.value),
      violationId,
      securityProfileName: name,
    };
    this.sns.publish(topic, { message: JSON.stringify(message), attributes: {} });
  }
}

function behaviorShown({ name, metric, criteria }: DetectBehavior): object {
  return { criteria: lowered(criteria), name, metric };
}

/** Templates write members of the API with a capital letter, and numbers of a count as text. */
function lowered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(recordOf(value)).map(([key, each]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      key === 'Count' ? Number(each) : lowered(each),
    ]),
  );
}

function valueShown({ metric }: DetectBehavior, value: Datapoint['value']): object {
  if (typeof value === 'number') return metric.startsWith('aws:') ? { count: value } : { number: value };
  if (/address/.test(metric)) return { cidrs: value };
  if (/ports$/.test(metric)) return { ports: value };
  return typeof value[0] === 'number' ? { numbers: value } : { strings: value };
}
