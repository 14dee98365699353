import { Stack, Token } from 'aws-cdk-lib';
import { CfnThingGroup, type IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import type { Problems } from './problems';

/** What a thing group is made of, where it is made in this app. */
export function resourceOf(group: IThingGroupRef): CfnThingGroup | undefined {
  const resource: unknown = CfnThingGroup.isCfnThingGroup(group) ? group : group.node.defaultChild;
  return CfnThingGroup.isCfnThingGroup(resource) ? resource : undefined;
}

/** Whether a query says who its members are: nobody can join or leave such a group, and no policy can be attached to it. */
export function isDynamic(group: IThingGroupRef): boolean {
  return resourceOf(group)?.queryString !== undefined;
}

/**
 * What tells a group from all others of its account and region: its name where that is known, or else the resource that it is.
 * Logical ids do not, since two stacks may both have one: parameters and attributes are those of their stack.
 */
export function identityOfGroup(group: IThingGroupRef): string {
  const resource = resourceOf(group);
  const { thingGroupName, thingGroupArn } = group.thingGroupRef;
  const name = resource === undefined ? thingGroupName : resource.thingGroupName;
  if (name !== undefined && !Token.isUnresolved(name)) return `name ${name}`;
  return resource === undefined
    ? `in ${Stack.of(group).node.addr} ${JSON.stringify(Stack.of(group).resolve(thingGroupArn))}`
    : `resource ${resource.node.path}`;
}

/** @see https://docs.aws.amazon.com/iot/latest/developerguide/dynamic-thing-groups.html */
export function checkStatic(property: string, group: IThingGroupRef | undefined, errors: Problems): void {
  if (group !== undefined && isDynamic(group))
    errors.report(
      'ThingGroupDynamic',
      `'${property}' ${group.node.path} has a query: nothing can join a dynamic group, and no group can be below one; give a static group`,
    );
}
