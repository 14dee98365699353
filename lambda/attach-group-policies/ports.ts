import type { PolicyVersion } from './decide';

/** What AWS IoT knows of the policies of thing groups. */
export interface GroupPoliciesPort {
  /** Names of the policies on the group itself, without those of its ancestors. */
  attachedTo(groupArn: string): Promise<readonly string[] | 'missing'>;
  /** `missing`: the group or the policy. `full`: the group has as many policies as it may have. */
  attach(policy: string, groupArn: string): Promise<'attached' | 'missing' | 'full'>;
  /** What is not attached, or not there at all, counts as detached. */
  detach(policy: string, groupArn: string): Promise<void>;
  /** ARNs and ids of all that the policy is attached to. */
  targetsOf(policy: string): Promise<readonly string[] | 'missing'>;
  versionsOf(policy: string): Promise<readonly PolicyVersion[]>;
  /** `kept`: it became the default in the meantime. */
  deleteVersion(policy: string, id: string): Promise<'deleted' | 'kept'>;
  /** A few of the things in the group and its children; none if the group does not exist. */
  someMembersOf(groupName: string): Promise<readonly string[]>;
}
