import { Stack, Token } from 'aws-cdk-lib';
import { CfnThingGroup, type IPolicyRef, type IThingGroupRef, type ThingGroupReference } from 'aws-cdk-lib/aws-iot';
import type { ResourceEnvironment } from 'aws-cdk-lib/interfaces';
import { Construct, type IConstruct } from 'constructs';
import { MAX_POLICIES_PER_GROUP } from '../../lambda/attach-group-policies/contract';
import { checkNameOnce } from '../internal/account-registry';
import { markCapability } from '../internal/capability';
import { checkProps } from '../internal/guard';
import { InputErrors } from '../internal/input-errors';
import { checkPlaces } from '../internal/place';
import { checkStatic } from '../internal/thing-group';
import { type Access, GroupPolicies } from '../policy';
import { QuarantineGroup } from './quarantine-group';
import { checkThingGroup } from './thing-group-rules';

const BRAND = Symbol.for('cdk-iot-zero-trust.FleetGroup');

/** Properties for `FleetGroup`. */
export interface FleetGroupProps {
  /** All that each member may do with what is its own. What is not here is denied. */
  readonly access: Access[];

  /**
   * Name of the group: 1 to 128 letters, digits, `:`, `_` and `-`.
   *
   * Changing it replaces the group, and the new one has no members: move them first.
   *
   * @default - CloudFormation generates a unique name
   */
  readonly thingGroupName?: string;

  /**
   * What the group is for: up to 2,028 visible characters and spaces.
   *
   * @default 'Devices in good standing: what members may do hangs on this group'
   */
  readonly description?: string;

  /**
   * Static group above this one, whose policies members inherit. Changing it replaces the group.
   *
   * @default - the group is a root
   */
  readonly parentGroup?: IThingGroupRef;

  /**
   * How many policies the groups above have: with `access` there may be 2 in all.
   *
   * @default - known where the parent is a `FleetGroup`; 0 otherwise
   */
  readonly inherited?: number;
}

/**
 * Static thing group that says what the devices of a fleet may do: membership gives the rights, and leaving takes them.
 *
 * Its policies name each device by its own identity, so they are the same for one device and for a million, and no device
 * reaches what belongs to another. They apply while the MQTT client id equals the thing name; nothing else allows anything, so
 * a device that connects under another client id can do nothing.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html
 *
 * @example
 * new FleetGroup(this, 'Pumps', {
 *   access: [
 *     Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')),
 *     Access.subscribe(Topic.of('pumps', Topic.THING, 'commands', Topic.ANY)),
 *     Access.shadow(),
 *     Access.jobs(),
 *   ],
 * });
 */
export class FleetGroup extends Construct implements IThingGroupRef {
  /** Whether a construct is a `FleetGroup`, also one of another copy of this library. */
  public static isFleetGroup(construct: IConstruct): boolean {
    return BRAND in construct;
  }

  /** Name of the group. */
  public readonly thingGroupName: string;
  /** ARN of the group. */
  public readonly thingGroupArn: string;
  /** The policies that say what members may do. */
  public readonly policies: IPolicyRef[];
  /** How many policies members are under: those of this group and of the groups above it. */
  public readonly policyCount: number;
  /** The attachment of the policies; depend on it where they must be in force. */
  public readonly groupPolicies: GroupPolicies;
  /** Account and region that this is deployed to. */
  public readonly env: ResourceEnvironment;

  constructor(scope: Construct, id: string, props: FleetGroupProps) {
    super(scope, id);
    checkProps(this, 'FleetGroupProps', props);
    Object.defineProperty(this, BRAND, { value: true });
    markCapability(this, 'quarantine');
    this.validate(props);
    const { account, region } = Stack.of(this);
    this.env = { account, region };
    const group = new CfnThingGroup(this, 'Resource', {
      thingGroupName: props.thingGroupName,
      parentGroupName: props.parentGroup?.thingGroupRef.thingGroupName,
      thingGroupProperties: {
        thingGroupDescription: props.description ?? 'Devices in good standing: what members may do hangs on this group',
      },
    });
    this.thingGroupName = group.ref;
    this.thingGroupArn = group.attrArn;
    const inherited = props.inherited ?? policyCountOf(props.parentGroup);
    this.groupPolicies = new GroupPolicies(this, 'Policies', { thingGroup: group, access: props.access, inherited });
    this.policies = this.groupPolicies.policies;
    this.policyCount = (Token.isUnresolved(inherited) ? 0 : inherited) + this.policies.length;
  }

  /** The group, as AWS CDK constructs refer to it. */
  public get thingGroupRef(): ThingGroupReference {
    return { thingGroupName: this.thingGroupName, thingGroupArn: this.thingGroupArn };
  }

  private validate(props: FleetGroupProps): void {
    const errors = new InputErrors(this);
    checkThingGroup(errors, props);
    checkStatic('parentGroup', props.parentGroup, errors);
    checkPlaces(this, { parentGroup: props.parentGroup }, errors);
    if (props.parentGroup !== undefined && QuarantineGroup.isQuarantineGroup(props.parentGroup))
      errors.report(
        'FleetGroupInQuarantine',
        `'parentGroup' is the quarantine group ${props.parentGroup.node.path}: its policies would isolate every member; give another group, or none`,
      );
    const above = policyCountOf(props.parentGroup);
    if (props.inherited === undefined && above >= MAX_POLICIES_PER_GROUP)
      errors.report(
        'GroupPoliciesInvalid',
        `'parentGroup' ${props.parentGroup?.node.path} and the groups above it have ${above} policies, and ${MAX_POLICIES_PER_GROUP} are the most that a device inherits: no room is left for 'access'; give a group higher up, or none`,
      );
    checkNameOnce(this, 'thing group', 'thingGroupName', props.thingGroupName, errors);
    errors.throwIfAny();
  }
}

function policyCountOf(group: IThingGroupRef | undefined): number {
  return group !== undefined && FleetGroup.isFleetGroup(group) ? (group as FleetGroup).policyCount : 0;
}
