import { CfnThingGroup, type IThingGroupRef } from 'aws-cdk-lib/aws-iot';

/** What a thing group is made of, where it is made in this app. */
export function resourceOf(group: IThingGroupRef): CfnThingGroup | undefined {
  const resource: unknown = CfnThingGroup.isCfnThingGroup(group) ? group : group.node.defaultChild;
  return CfnThingGroup.isCfnThingGroup(resource) ? resource : undefined;
}

/** Whether a query says who its members are: nobody can join or leave such a group, and no policy can be attached to it. */
export function isDynamic(group: IThingGroupRef): boolean {
  return resourceOf(group)?.queryString !== undefined;
}
