/** The CloudFormation type of the attachment of IoT policies to a thing group. */
export const GROUP_POLICIES_TYPE = 'Custom::IotGroupPolicies';

/**
 * Policies that AWS IoT accepts on one thing group; the quota cannot be raised.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html
 */
export const MAX_POLICIES_PER_GROUP = 2;

/** One policy as it stands in the properties of the resource. CloudFormation turns every leaf into a string. */
export interface PolicyProperties {
  readonly Name: string;
  /** Whether the policy denies: `true` or `false`. What denies is attached first and detached last. */
  readonly Denies: string;
  /**
   * Changes with the document, so that CloudFormation calls for an update after it; absent for a policy that this
   * template does not write, whose versions are nobody's business here.
   */
  readonly Digest?: string;
}

/** The properties of the resource. */
export interface GroupPoliciesProperties {
  readonly ThingGroupName: string;
  readonly ThingGroupArn: string;
  readonly Policies: PolicyProperties[];
  /** Whether deletion is refused while the group has members: `true` or `false`. */
  readonly KeepWhileMembers: string;
}
