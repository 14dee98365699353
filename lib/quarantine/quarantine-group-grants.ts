import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IThingGroupRef } from 'aws-cdk-lib/aws-iot';

const ADD = 'iot:AddThingToThingGroup';
const REMOVE = 'iot:RemoveThingFromThingGroup';

/**
 * Rights to move devices into a quarantine group and out of it.
 *
 * Both actions are authorized on the group and on the thing. Which things will have to be isolated is not known at
 * deployment, so the rights name every thing of the account; the groups are what bounds them.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiot.html
 *
 * @example
 * declare const operator: iam.Role;
 * const quarantine = iot.CfnThingGroup.fromThingGroupName(this, 'Quarantine', 'quarantine');
 * QuarantineGroupGrants.fromThingGroup(quarantine).releaseDevices(operator);
 */
export class QuarantineGroupGrants {
  /** The grants of a quarantine group, also of one that is not of this app. */
  public static fromThingGroup(thingGroup: IThingGroupRef): QuarantineGroupGrants {
    return new QuarantineGroupGrants(thingGroup);
  }

  private constructor(private readonly thingGroup: IThingGroupRef) {}

  /**
   * Lets a principal isolate devices: take them out of their fleet groups and put them into quarantine.
   *
   * @param grantee Who isolates
   * @param fleetGroups Groups that devices may be taken out of; none without it, and rights on the device's own groups remain
   */
  public isolateDevices(grantee: IGrantable, fleetGroups: IThingGroupRef[] = []): Grant {
    return this.grant(grantee, { into: [this.thingGroup], outOf: fleetGroups });
  }

  /**
   * Lets a principal release devices: take them out of quarantine and put them back into their fleet groups.
   *
   * @param grantee Who releases
   * @param fleetGroups Groups that devices may be put into; none without it
   */
  public releaseDevices(grantee: IGrantable, fleetGroups: IThingGroupRef[] = []): Grant {
    return this.grant(grantee, { into: fleetGroups, outOf: [this.thingGroup] });
  }

  private grant(grantee: IGrantable, move: { into: IThingGroupRef[]; outOf: IThingGroupRef[] }): Grant {
    const { account, region } = this.thingGroup.env;
    const things = `arn:${Stack.of(this.thingGroup).partition}:iot:${region}:${account}:thing/*`;
    const grants = [
      { action: ADD, groups: move.into },
      { action: REMOVE, groups: move.outOf },
    ]
      .filter(({ groups }) => groups.length > 0)
      .map(({ action, groups }) =>
        Grant.addToPrincipal({
          grantee,
          actions: [action],
          resourceArns: [...groups.map(({ thingGroupRef }) => thingGroupRef.thingGroupArn), things],
        }),
      );
    return grants.reduce((all, grant) => all.combine(grant));
  }
}
