import { CfnThingGroup, type IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import type { InputErrors } from '../internal/input-errors';
import { identityOfGroup } from '../internal/thing-group';
import { FleetGroup, QuarantineGroup } from '../quarantine';

/** The groups of a fleet, where they are given or made. */
export interface FleetGroups {
  readonly fleetGroup?: IThingGroupRef;
  readonly quarantineGroup?: IThingGroupRef;
}

/**
 * Refuses groups that would give isolated devices rights, or that cannot take devices.
 *
 * @param others The fleets of the account and region that were made before
 */
export function checkGroups(given: FleetGroups, others: readonly FleetGroups[], errors: InputErrors): void {
  const { fleetGroup, quarantineGroup } = given;
  if (fleetGroup !== undefined) checkFleetGroup(fleetGroup, others, errors);
  if (quarantineGroup === undefined) return;
  if (isSame(fleetGroup, quarantineGroup))
    errors.report(
      'QuarantineIsFleet',
      "'quarantineGroup' must be another group than 'fleetGroup', or isolating a device would change nothing",
    );
  checkQuarantineGroup(quarantineGroup, others, errors);
}

function checkFleetGroup(group: IThingGroupRef, others: readonly FleetGroups[], errors: InputErrors): void {
  if (QuarantineGroup.isQuarantineGroup(group) || others.some(({ quarantineGroup }) => isSame(quarantineGroup, group)))
    errors.report(
      'FleetGroupInQuarantine',
      `'fleetGroup' ${group.node.path} is a quarantine group, so that what is isolated there would be given 'access'; give another group, or leave it out`,
    );
}

/** What is known of a group that is made in the app: a reference to one that exists says nothing but its name. */
function checkQuarantineGroup(group: IThingGroupRef, others: readonly FleetGroups[], errors: InputErrors): void {
  if (FleetGroup.isFleetGroup(group) || others.some(({ fleetGroup }) => isSame(fleetGroup, group)))
    errors.report(
      'QuarantineUnfit',
      `'quarantineGroup' ${group.node.path} is the group of a fleet, so that isolating a device would give it the rights of that fleet; give a QuarantineGroup, such as the 'quarantineGroup' of the other fleet, or leave it out`,
    );
  if (!CfnThingGroup.isCfnThingGroup(group)) return;
  if (group.queryString !== undefined)
    errors.report('QuarantineUnfit', "'quarantineGroup' has a query, so it is a dynamic group, which takes no things");
  if (group.parentGroupName !== undefined)
    errors.report(
      'QuarantineUnfit',
      "'quarantineGroup' has a parent, whose policies its members would have, and no thing can be in two groups of one hierarchy; give a root group",
    );
}

function isSame(one: IThingGroupRef | undefined, other: IThingGroupRef): boolean {
  return one !== undefined && identityOfGroup(one) === identityOfGroup(other);
}
