import type { Duration } from 'aws-cdk-lib';
import type { IThingGroupRef, IThingTypeRef } from 'aws-cdk-lib/aws-iot';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ConnectionGate } from '../connectivity';
import { type Behavior, Detection, type DetectionEngine, DetectionTarget, type Detector } from '../detection';
import { ClaimEnrollment, Enrollment } from '../identity';
import { inSameAccount } from '../internal/account-registry';
import { type AlertDestination, checkAlertDestination } from '../internal/alert-destination';
import { markCapability } from '../internal/capability';
import { ConfigurationError } from '../internal/configuration-error';
import { checkProps } from '../internal/guard';
import { InputErrors } from '../internal/input-errors';
import { nameOnce } from '../internal/name-once';
import { checkRegion } from '../internal/place';
import { SecureTopic } from '../internal/secure-topic';
import { warn } from '../internal/warn';
import { IncidentResponse, type IncidentResponseGrants, type Playbook, SignalSource } from '../mitigation';
import {
  HealthProof,
  type HealthProofOptions,
  PatchChannel,
  type PatchOptions,
  RemoteAccess,
  type RemoteAccessOptions,
} from '../remediation';
import { type Access, GroupPolicies } from '../policy';
import { FleetGroup, QuarantineGroup } from '../quarantine';
import { createAlertTopic } from './alert-topic';
import { checkGroups } from './fleet-groups';
import { checkKnown } from './left-out';
import { unsetVariables } from './unset-variables';
import { ZeroTrustAccount } from './zero-trust-account';

/** A part of a fleet that can be left out. */
export enum FleetPart {
  /** What isolates devices: then nothing happens to a device that misbehaves unless a person, or another stack, does it. */
  RESPONSE = 'RESPONSE',
}

/** Properties for `ZeroTrustFleet`. */
export interface ZeroTrustFleetProps {
  /** All that each device may do with what is its own. What is not here is denied. */
  readonly access: Access[];
  /**
   * How devices get their identity.
   *
   * @default - by claim, with an allow-list that is empty until somebody fills its table: nobody may enroll
   */
  readonly enrollment?: Enrollment;
  /**
   * Type of the things.
   *
   * @default - things have no type, and at most 3 attributes
   */
  readonly thingType?: IThingTypeRef;
  /**
   * What is normal for a device.
   *
   * @default - nothing is watched
   */
  readonly behaviors?: Behavior[];
  /**
   * The engines that watch the behaviors, in the stack of the fleet. For an engine in another stack use `watchWith`; an empty
   * list leaves it at that.
   *
   * @default - Detection.stream() if there are behaviors: every account can deploy it, and it begins as a dry run
   */
  readonly detection?: DetectionEngine[];
  /**
   * What leads to what when a device misbehaves.
   *
   * @default Playbook.standard()
   */
  readonly response?: Playbook;
  /**
   * Who may raise signals, besides the engines of the fleet and the audit of the `ZeroTrustAccount` that stands in the same
   * stack before.
   *
   * @default - nobody else
   */
  readonly signalSources?: SignalSource[];
  /**
   * The gate that devices pass when they connect: it refuses certificates that are locked out at once.
   *
   * @default - no gate
   */
  readonly connectionGate?: ConnectionGate;
  /**
   * For how long no one, not even the root user, can delete evidence of incidents: 1 day to 100 years.
   *
   * @default - evidence is kept, and not locked
   */
  readonly evidenceLock?: Duration;
  /**
   * Parts to leave out.
   *
   * @default - the fleet is complete
   */
  readonly without?: FleetPart[];
  /**
   * An existing static group whose members are the fleet. Its policies and those given here are united, 2 in all.
   *
   * @default - a new group
   */
  readonly fleetGroup?: IThingGroupRef;
  /**
   * An existing quarantine group, such as that of another fleet. Engines watch the devices in a group of the fleet's own only: while
   * a device is in this one, no alarm about it is ever over, and a person has to release it.
   *
   * @default - a new group, with the repair channel
   */
  readonly quarantineGroup?: IThingGroupRef;
  /**
   * Topic that alarms go to. It must let `cloudwatch.amazonaws.com` publish.
   *
   * @default - that of the `ZeroTrustAccount` that stands in the same stack before, or else a new one without subscribers
   */
  readonly alertTopic?: ITopicRef;
  /**
   * Key that encrypts `alertTopic`; needed where it is a customer managed key that the topic does not name.
   *
   * @default - the key that the topic names
   */
  readonly alertTopicKey?: IKeyRef;
  /**
   * Key that encrypts what is made here. Its policy must let CloudWatch alarms and logs, SNS and EventBridge use it; to
   * the policy of an L2 key of this app that is added.
   *
   * @default - a key that the stack has for all data of this library
   */
  readonly encryptionKey?: IKeyRef;
}

/**
 * A fleet of devices of which none is trusted: each has an identity of its own, may do what is listed with what is its own,
 * and can be isolated at any time.
 *
 * An account may have many. The number of resources does not depend on the number of devices.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/security.html
 *
 * @example
 * new ZeroTrustFleet(this, 'Fleet', {
 *   access: [Access.publish(Topic.of('dt', Topic.THING, 'telemetry'))],
 * });
 *
 * @example
 * new ZeroTrustAccount(this, 'Account', { alerts: { emails: ['soc@example.com'] } });
 * new ZeroTrustFleet(this, 'Pumps', {
 *   enrollment: Enrollment.byClaim({ allowList: AllowList.fromSerials(['PX2-0001', 'PX2-0002']), thingNamePrefix: 'pump-' }),
 *   access: [
 *     Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')),
 *     Access.subscribe(Topic.of('pumps', Topic.THING, 'commands', Topic.ANY)),
 *     Access.shadow(),
 *     Access.jobs(),
 *   ],
 *   behaviors: [
 *     Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5)),
 *     Behavior.authorizationFailures().mustBeAtMost(3).per(Duration.minutes(5)).alarmAfter(1),
 *     Behavior.disconnects().learned(Confidence.HIGH),
 *   ],
 *   detection: [Detection.stream({ dryRun: false })],
 * });
 */
export class ZeroTrustFleet extends Construct {
  /** Group whose members are the fleet. */
  public readonly fleetGroup: IThingGroupRef;
  /** Group that isolated devices are moved to. */
  public readonly quarantineGroup: IThingGroupRef;
  /** Enrollment by claim, where the fleet has it. */
  public readonly claimEnrollment?: ClaimEnrollment;
  /** What is normal for a device. */
  public readonly behaviors: Behavior[];
  /** What watches the behaviors. */
  public readonly detectors: Detector[] = [];
  /** Topic that alarms go to. */
  public readonly alertTopic: ITopicRef;
  /** What isolates devices, unless it was left out. */
  public readonly response?: IncidentResponse;
  private readonly alertTopicKey?: IKeyRef;
  private readonly encryptionKey?: IKeyRef;
  private readonly sharesQuarantine: boolean;

  constructor(scope: Construct, id: string, props: ZeroTrustFleetProps) {
    super(scope, id);
    checkProps(this, 'ZeroTrustFleetProps', props);
    markCapability(this, 'fleet');
    nameOnce(this);
    this.validate(props);
    const { encryptionKey } = props;
    const account = ZeroTrustAccount._in(this);
    this.alertTopic = props.alertTopic ?? account?.alertTopic ?? createAlertTopic(this, 'Alerts', [], encryptionKey);
    this.alertTopicKey = props.alertTopic === undefined ? account?.alertTopicKey : props.alertTopicKey;
    this.fleetGroup = this.createFleetGroup(props);
    this.sharesQuarantine = props.quarantineGroup !== undefined;
    this.quarantineGroup =
      props.quarantineGroup ?? new QuarantineGroup(this, 'Quarantine', { accountLogging: account?.logging });
    const enrollment = props.enrollment ?? Enrollment.byClaim();
    this.warnOfVariables(props, enrollment);
    const enrolled = enrollment._bind(this, 'Enrollment', {
      fleetGroup: this.fleetGroup,
      thingType: props.thingType,
      alarmTopic: this.alertTopic,
      alarmTopicKey: this.alertTopicKey,
      encryptionKey,
    });
    this.claimEnrollment = enrolled instanceof ClaimEnrollment ? enrolled : undefined;
    this.behaviors = [...(props.behaviors ?? [])];
    this.encryptionKey = encryptionKey;
    if (props.without?.includes(FleetPart.RESPONSE) !== true) this.response = this.createResponse(props, account);
    this.others().set(this.node.path, this);
    for (const engine of enginesOf(props)) this.watchWith(this, `Detection-${engine.engineName}`, engine);
    this.node.addValidation({ validate: () => this.warnIfNotWatched() });
  }

  /** Rights to isolate, hold, release and retire devices, each a grant of its own. */
  public get grants(): IncidentResponseGrants {
    return this.responseFor('there is nothing to grant rights to').grants;
  }

  /**
   * Repairs what is isolated: one patch job for the quarantine group, and the proof that it has helped. Unless the proof says
   * otherwise, a person who is told of it releases the device.
   *
   * @param patch What devices are given
   * @param proof When a device is well again
   */
  public repairWith(patch: PatchOptions, proof: HealthProofOptions = {}): PatchChannel {
    const response = this.responseFor('nothing is isolated that could be repaired');
    const patches = new PatchChannel(this, 'Patches', { ...patch, quarantineGroup: this.quarantineGroup });
    new HealthProof(this, 'Proof', { ...proof, response, patches });
    return patches;
  }

  /**
   * Lets persons open tunnels to devices that are isolated; who may is a grant of what this gives.
   *
   * @param options What tunnels may lead to, and for how long
   */
  public allowTunnels(options: RemoteAccessOptions = {}): RemoteAccess {
    return new RemoteAccess(this, 'Tunnels', { ...options, response: this.responseFor('no device is ever isolated') });
  }

  /**
   * Has an engine watch the behaviors of the fleet, in this stack or another. What it finds goes to the response, and people
   * hear what came of it; where the fleet has none, people get the raw alerts.
   */
  public watchWith(scope: Construct, id: string, engine: DetectionEngine): Detector {
    const detector = engine.watch(scope, id, {
      behaviors: this.behaviors,
      target: this.watched(),
      ...this.alertsOf(engine),
      alarmTopic: this.alertTopic,
      alarmTopicKey: this.alertTopicKey,
    });
    this.response?.addSource(SignalSource.detector(detector));
    this.detectors.push(detector);
    return detector;
  }

  /** Also in quarantine: a proof of health is how a device behaves there. A group that is shared has others' devices in it. */
  private watched(): DetectionTarget {
    const members = DetectionTarget.thingGroup(this.fleetGroup);
    return this.sharesQuarantine ? members : members._alsoIsolatedIn(this.quarantineGroup);
  }

  private responseFor(problem: string): IncidentResponse {
    if (this.response !== undefined) return this.response;
    throw new ConfigurationError(
      'ResponseLeftOut',
      `${problem}: 'without' leaves the response out; take it out of 'without'`,
      this,
    );
  }

  /** Machines and people need topics of their own: what people are told would come back as signals. */
  private alertsOf({ engineName }: DetectionEngine): AlertDestination {
    if (this.response === undefined) return { alertTopic: this.alertTopic, alertTopicKey: this.alertTopicKey };
    const number = this.detectors.filter((detector) => detector.engineName === engineName).length;
    const { encryptionKey } = this;
    const id = `Signals-${engineName}${number === 0 ? '' : number + 1}`;
    const alertTopic = new SecureTopic(this, id, { displayName: 'Signals of devices', encryptionKey });
    markCapability(alertTopic, 'mitigation');
    return { alertTopic };
  }

  private createResponse(props: ZeroTrustFleetProps, account: ZeroTrustAccount | undefined): IncidentResponse {
    const response = new IncidentResponse(this, 'Response', {
      fleetGroups: [this.fleetGroup],
      quarantineGroup: this.quarantineGroup,
      playbook: props.response,
      alertTopic: this.alertTopic,
      alertTopicKey: this.alertTopicKey,
      encryptionKey: props.encryptionKey,
      evidenceLock: props.evidenceLock,
      connectionGate: props.connectionGate,
      sources: props.signalSources,
    });
    const audits = account?.audit?.alertTopic;
    if (audits !== undefined) response.addSource(SignalSource.deviceDefenderAudit(audits));
    return response;
  }

  private createFleetGroup(props: ZeroTrustFleetProps): IThingGroupRef {
    if (props.fleetGroup === undefined) return new FleetGroup(this, 'Group', { access: props.access });
    new GroupPolicies(this, 'Policies', { thingGroup: props.fleetGroup, access: props.access });
    return props.fleetGroup;
  }

  private validate(props: ZeroTrustFleetProps): void {
    const errors = new InputErrors(this);
    errors.size('access', props.access, 1, Number.MAX_SAFE_INTEGER);
    checkGroups(props, [...this.others().values()], errors);
    if ((props.detection ?? []).length > 0 && (props.behaviors ?? []).length === 0)
      errors.report('EnginesWithoutBehaviors', "'detection' is given, but 'behaviors' states nothing to watch");
    errors.unique(
      'detection',
      props.detection?.map((engine) => engine.engineName),
    );
    checkKnown(props.without, errors);
    errors.unique('without', props.without);
    errors.eachOf('without', props.without, Object.values(FleetPart));
    if (props.without?.includes(FleetPart.RESPONSE) === true)
      for (const property of ['response', 'signalSources', 'evidenceLock', 'connectionGate'] as const)
        if (props[property] !== undefined)
          errors.report(
            'PartLeftOut',
            `'${property}' is given, but 'without' leaves ${FleetPart.RESPONSE} out; keep one of the two`,
          );
    checkAlertDestination(props, errors, { ownKey: props.encryptionKey });
    checkRegion(this, 'alertTopic', props.alertTopic, 'AlarmTopicElsewhere', errors);
    checkRegion(this, 'encryptionKey', props.encryptionKey, 'EncryptionKeyElsewhere', errors);
    errors.throwIfAny();
  }

  /** The fleets of the account and region that were made before. */
  private others(): Map<string, ZeroTrustFleet> {
    return inSameAccount(this, 'fleet');
  }

  private warnOfVariables({ access, thingType }: ZeroTrustFleetProps, enrollment: Enrollment): void {
    const unset = unsetVariables(access, enrollment._sets(thingType));
    if (unset.length > 0)
      warn(
        this,
        'VariablesNotSet',
        `'access' names ${unset.join(', ')}, which enrollment sets on no device, and AWS IoT denies what names a variable without a value: give it in 'attributes' or 'thingType', or acknowledge this where something else sets it on the things`,
      );
  }

  private warnIfNotWatched(): string[] {
    if (this.behaviors.length > 0 && this.detectors.length === 0) {
      const number = this.behaviors.length;
      warn(
        this,
        'BehaviorsNotWatched',
        `${number} behavior${number === 1 ? ' is' : 's are'} stated, but no engine watches: give 'detection' or call 'watchWith'`,
      );
    }
    return [];
  }
}

function enginesOf({ detection, behaviors = [] }: ZeroTrustFleetProps): DetectionEngine[] {
  return detection ?? (behaviors.length > 0 ? [Detection.stream()] : []);
}
