import { Stack } from 'aws-cdk-lib';
import type { IThingGroupRef, IThingTypeRef } from 'aws-cdk-lib/aws-iot';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type Behavior, type DetectionEngine, DetectionTarget, type Detector } from '../detection';
import { ClaimEnrollment, Enrollment } from '../identity';
import { checkAlertDestination } from '../internal/alert-destination';
import { markCapability } from '../internal/capability';
import { InputErrors } from '../internal/input-errors';
import { warn } from '../internal/warn';
import { type Access, GroupPolicies } from '../policy';
import { FleetGroup, QuarantineGroup } from '../quarantine';
import { createAlertTopic } from './alert-topic';
import { ZeroTrustAccount } from './zero-trust-account';

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
   * The engines that watch the behaviors, in the stack of the fleet. For an engine in another stack use `watchWith`.
   *
   * @default - no engine
   */
  readonly detection?: DetectionEngine[];
  /**
   * An existing static group whose members are the fleet. Its policies and those given here are united, 2 in all.
   *
   * @default - a new group
   */
  readonly fleetGroup?: IThingGroupRef;
  /**
   * An existing quarantine group, such as that of another fleet.
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
   * Key that encrypts what is made here. Its policy must let CloudWatch alarms and logs use it.
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
 *   detection: [Detection.deviceDefender()],
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
  private readonly alertTopicKey?: IKeyRef;

  constructor(scope: Construct, id: string, props: ZeroTrustFleetProps) {
    super(scope, id);
    markCapability(this, 'fleet');
    this.validate(props);
    const { encryptionKey } = props;
    const account = ZeroTrustAccount._in(this);
    this.alertTopic = props.alertTopic ?? account?.alertTopic ?? createAlertTopic(this, 'Alerts', [], encryptionKey);
    this.alertTopicKey = props.alertTopic === undefined ? account?.alertTopicKey : props.alertTopicKey;
    this.fleetGroup = this.createFleetGroup(props);
    this.quarantineGroup =
      props.quarantineGroup ?? new QuarantineGroup(this, 'Quarantine', { accountLogging: account?.logging });
    const enrollment = props.enrollment ?? Enrollment.byClaim();
    const enrolled = enrollment._bind(this, 'Enrollment', {
      fleetGroup: this.fleetGroup,
      thingType: props.thingType,
      alarmTopic: this.alertTopic,
      encryptionKey,
    });
    this.claimEnrollment = enrolled instanceof ClaimEnrollment ? enrolled : undefined;
    this.behaviors = [...(props.behaviors ?? [])];
    for (const engine of props.detection ?? []) this.watchWith(this, `Detection-${engine.engineName}`, engine);
    this.node.addValidation({ validate: () => this.warnIfNotWatched() });
  }

  /** Has an engine watch the behaviors of the fleet, in this stack or another. */
  public watchWith(scope: Construct, id: string, engine: DetectionEngine): Detector {
    const detector = engine.watch(scope, id, {
      behaviors: this.behaviors,
      target: DetectionTarget.thingGroup(this.fleetGroup),
      alertTopic: this.alertTopic,
      alertTopicKey: this.alertTopicKey,
    });
    this.detectors.push(detector);
    return detector;
  }

  private createFleetGroup(props: ZeroTrustFleetProps): IThingGroupRef {
    if (props.fleetGroup === undefined) return new FleetGroup(this, 'Group', { access: props.access });
    new GroupPolicies(this, 'Policies', { thingGroup: props.fleetGroup, access: props.access });
    return props.fleetGroup;
  }

  private validate(props: ZeroTrustFleetProps): void {
    const errors = new InputErrors(this);
    const { fleetGroup, quarantineGroup } = props;
    errors.size('access', props.access, 1, Number.MAX_SAFE_INTEGER);
    if (fleetGroup !== undefined && quarantineGroup !== undefined && this.isSame(fleetGroup, quarantineGroup))
      errors.report(
        'QuarantineIsFleet',
        "'quarantineGroup' must be another group than 'fleetGroup', or isolating a device would change nothing",
      );
    if ((props.detection ?? []).length > 0 && (props.behaviors ?? []).length === 0)
      errors.report('EnginesWithoutBehaviors', "'detection' is given, but 'behaviors' states nothing to watch");
    errors.unique(
      'detection',
      props.detection?.map((engine) => engine.engineName),
    );
    checkAlertDestination(props, errors);
    errors.throwIfAny();
  }

  private isSame(one: IThingGroupRef, other: IThingGroupRef): boolean {
    const arnOf = (group: IThingGroupRef) => JSON.stringify(Stack.of(this).resolve(group.thingGroupRef.thingGroupArn));
    return arnOf(one) === arnOf(other);
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
