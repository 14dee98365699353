import { CfnDeletionPolicy, type CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  CfnPolicy,
  CfnResourceSpecificLogging,
  CfnThingGroup,
  type IPolicyRef,
  type IThingGroupRef,
  type ThingGroupReference,
} from 'aws-cdk-lib/aws-iot';
import type { ResourceEnvironment } from 'aws-cdk-lib/interfaces';
import { Construct, Dependable, type IConstruct, type IDependable } from 'constructs';
import { checkNameOnce } from '../internal/account-registry';
import { markCapability } from '../internal/capability';
import { checkProps } from '../internal/guard';
import { InputErrors } from '../internal/input-errors';
import { warn } from '../internal/warn';
import { GroupPolicies, RepairChannel } from '../policy';
import { FleetLogLevel } from '../posture';
import { QuarantineGroupGrants } from './quarantine-group-grants';
import { checkThingGroup } from './thing-group-rules';

const BRAND = Symbol.for('cdk-iot-zero-trust.QuarantineGroup');

/** Properties for `QuarantineGroup`. */
export interface QuarantineGroupProps {
  /**
   * Name of the group: 1 to 128 letters, digits, `:`, `_` and `-`.
   *
   * The group is kept when the stack is deleted, so a name of your own blocks the next deployment under it.
   *
   * @default - CloudFormation generates a unique name
   */
  readonly thingGroupName?: string;

  /**
   * What the group is for: up to 2,028 visible characters and spaces.
   *
   * @default 'Isolated devices: members can do nothing but what their repair needs'
   */
  readonly description?: string;

  /**
   * What members can still do. All else is denied to them, whatever other policies allow.
   *
   * @default RepairChannel.standard()
   */
  readonly repairChannel?: RepairChannel;

  /**
   * What becomes of the group, its policies and their attachment when this leaves the stack or the stack is deleted.
   *
   * With `DESTROY` the deletion is refused while the group has members, see `allowDeletionWithMembers`.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE - deleting a stack frees no isolated device
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Let the group be deleted while it has members. They get back at once whatever other policies allow them.
   *
   * Needs `removalPolicy: RemovalPolicy.DESTROY`.
   *
   * @default false - the deletion of the stack fails, and its reason says what to do
   */
  readonly allowDeletionWithMembers?: boolean;

  /**
   * What sets up the logging of the account, such as `FleetLogging`. It must be there before its members can have a level
   * of their own.
   *
   * @default - the account's logging is not in this app
   */
  readonly accountLogging?: IDependable;

  /**
   * How much AWS IoT logs of what members do. More than of others: it is what an investigation starts from.
   *
   * Needs the account's logging to be set up. Applies while a thing is in this group.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/configure-logging.html
   *
   * @default - FleetLogLevel.DEBUG if `accountLogging` is given; otherwise as much as of other devices
   */
  readonly memberLogLevel?: FleetLogLevel;
}

/**
 * Static thing group that isolates the devices placed in it, and lets them be repaired.
 *
 * One policy allows the repair channel: connecting, jobs, the notification of a secure tunnel, security metrics and the own
 * shadow. The other denies all else, so that it holds even for a device that other policies allow much. Policies take 6 to 8
 * minutes to reach a session that is open; end the session (`DeleteConnection`) where that is too long.
 *
 * A device is isolated by leaving its fleet group and joining this one, in this order. The group is a root, since a thing
 * cannot be in two groups of one hierarchy.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html
 *
 * @example
 * const logging = new FleetLogging(this, 'Logging');
 * new QuarantineGroup(this, 'Quarantine', { accountLogging: logging });
 *
 * @example
 * declare const responder: iam.Role;
 * const fleet = new FleetGroup(this, 'Fleet', { access: [Access.shadow()] });
 * const quarantine = new QuarantineGroup(this, 'Quarantine');
 * quarantine.grants.isolateDevices(responder, [fleet]);
 */
export class QuarantineGroup extends Construct implements IThingGroupRef {
  /** Whether a construct is a `QuarantineGroup`, also one of another copy of this library. */
  public static isQuarantineGroup(construct: IConstruct): boolean {
    return BRAND in construct;
  }

  /** Name of the group. */
  public readonly thingGroupName: string;
  /** ARN of the group. */
  public readonly thingGroupArn: string;
  /** The policy that denies, then the one that allows the repair channel. */
  public readonly policies: IPolicyRef[];
  /** The attachment of the policies; depend on it where they must be in force. */
  public readonly groupPolicies: GroupPolicies;
  /** Rights to move devices in and out. */
  public readonly grants: QuarantineGroupGrants;
  /** Account and region that this is deployed to. */
  public readonly env: ResourceEnvironment;

  constructor(scope: Construct, id: string, props: QuarantineGroupProps = {}) {
    super(scope, id);
    checkProps(this, 'QuarantineGroupProps', props);
    Object.defineProperty(this, BRAND, { value: true });
    markCapability(this, 'quarantine');
    this.validate(props);
    const { account, region } = Stack.of(this);
    this.env = { account, region };
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    const group = new CfnThingGroup(this, 'Resource', {
      thingGroupName: props.thingGroupName,
      thingGroupProperties: {
        thingGroupDescription:
          props.description ?? 'Isolated devices: members can do nothing but what their repair needs',
      },
    });
    keep(group, removalPolicy);
    this.thingGroupName = group.ref;
    this.thingGroupArn = group.attrArn;
    this.policies = this.createPolicies(props.repairChannel ?? RepairChannel.standard(), removalPolicy);
    this.groupPolicies = new GroupPolicies(this, 'Policies', {
      thingGroup: group,
      policies: this.policies,
      removalPolicy,
      keepWhileMembers: props.allowDeletionWithMembers !== true,
    });
    this.logMembers(props);
    this.grants = QuarantineGroupGrants.fromThingGroup(this);
  }

  /** The group, as AWS CDK constructs refer to it. */
  public get thingGroupRef(): ThingGroupReference {
    return { thingGroupName: this.thingGroupName, thingGroupArn: this.thingGroupArn };
  }

  private createPolicies(channel: RepairChannel, removalPolicy: RemovalPolicy): CfnPolicy[] {
    const { partition, region, account } = Stack.of(this);
    const scope = { partition, region, account };
    const documents = { DenyPolicy: channel.denyDocument(scope), AllowPolicy: channel.allowDocument(scope) };
    return Object.entries(documents).map(([id, policyDocument]) => {
      const policy = new CfnPolicy(this, id, { policyDocument: policyDocument as unknown });
      keep(policy, removalPolicy);
      return policy;
    });
  }

  private logMembers(props: QuarantineGroupProps): void {
    if (props.accountLogging === undefined && props.memberLogLevel === undefined) return;
    const logging = new CfnResourceSpecificLogging(this, 'Logging', {
      targetType: 'THING_GROUP',
      targetName: this.thingGroupName,
      logLevel: props.memberLogLevel ?? FleetLogLevel.DEBUG,
    });
    if (props.accountLogging !== undefined) logging.node.addDependency(props.accountLogging);
  }

  private validate(props: QuarantineGroupProps): void {
    const errors = new InputErrors(this);
    checkThingGroup(errors, props);
    if (props.accountLogging !== undefined && !isDependable(props.accountLogging))
      errors.report(
        'InputKindInvalid',
        "'accountLogging' must be a construct, or another dependable; leave it out where the logging is not in this app",
      );
    errors.oneOf('memberLogLevel', props.memberLogLevel, Object.values(FleetLogLevel));
    if ((props as { parentGroup?: unknown }).parentGroup !== undefined)
      errors.report(
        'QuarantineGroupNotRoot',
        "'parentGroup' is not a property here: the group must be a root, since a thing cannot be in two groups of one hierarchy; leave it out",
      );
    errors.oneOf('removalPolicy', props.removalPolicy, Object.values(RemovalPolicy), 'QuarantineRemovalInvalid');
    if (props.removalPolicy === RemovalPolicy.SNAPSHOT)
      errors.report(
        'QuarantineRemovalInvalid',
        "'removalPolicy' must not be SNAPSHOT: there is no snapshot of a thing group; use RETAIN_ON_UPDATE_OR_DELETE, RETAIN or DESTROY",
      );
    if (props.allowDeletionWithMembers === true && props.removalPolicy !== RemovalPolicy.DESTROY)
      errors.report(
        'QuarantineRemovalInvalid',
        "'allowDeletionWithMembers' is true, but the group is kept; set 'removalPolicy' to RemovalPolicy.DESTROY, or leave it out",
      );
    checkNameOnce(this, 'thing group', 'thingGroupName', props.thingGroupName, errors);
    errors.throwIfAny();
    this.warnOfRisks(props);
  }

  private warnOfRisks(props: QuarantineGroupProps): void {
    if (props.thingGroupName !== undefined && props.removalPolicy !== RemovalPolicy.DESTROY)
      warn(
        this,
        'QuarantineGroupNameFixed',
        "'thingGroupName' is given and the group is kept when its stack is deleted: the next deployment under this name will fail",
      );
    if (props.allowDeletionWithMembers === true)
      warn(
        this,
        'QuarantineNotGuarded',
        "'allowDeletionWithMembers' is true: deleting the stack gives isolated devices their access back at once",
      );
  }
}

/** Callers without types may give anything; an interface without members cannot be told by what it can do. */
function isDependable(value: IDependable): boolean {
  try {
    return Dependable.of(value) !== undefined;
  } catch {
    return false;
  }
}

/** What was never in use is not kept: a creation that is rolled back leaves nothing behind. */
function keep(resource: CfnResource, removalPolicy: RemovalPolicy): void {
  if (removalPolicy === RemovalPolicy.DESTROY) return;
  resource.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}
