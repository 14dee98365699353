import { AwsFault, type Route } from './fake-aws';

interface Thing {
  groups: string[];
  principals: string[];
  type?: string;
  attributes: Record<string, string>;
}

/** Things of the AWS IoT registry, with their groups, certificates, types and attributes. */
export class FakeThings {
  public readonly things = new Map<string, Thing>();
  public readonly groups = new Set<string>();

  public thing(name: string, thing: Partial<Thing> = {}): this {
    this.things.set(name, { groups: [], principals: [], attributes: {}, ...thing });
    return this;
  }

  public readonly routes: Route[] = [
    {
      operation: 'ListThingPrincipals',
      match: 'GET /things/{thingName}/principals',
      act: ({ thingName }) => ({ principals: this.existing(thingName).principals }),
    },
    {
      operation: 'ListThingGroupsForThing',
      match: 'GET /things/{thingName}/thing-groups',
      act: ({ thingName }) => ({ thingGroups: this.existing(thingName).groups.map((groupName) => ({ groupName })) }),
    },
    {
      operation: 'UpdateThing',
      match: 'PATCH /things/{thingName}',
      act: (input) => {
        const thing = this.existing(input.thingName);
        if (input.removeThingType === true) delete thing.type;
        if (input.thingTypeName !== undefined) thing.type = String(input.thingTypeName);
        const payload = input.attributePayload as { attributes?: Record<string, string>; merge?: boolean };
        const merged = { ...(payload.merge === true ? thing.attributes : {}), ...payload.attributes };
        thing.attributes = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
        return {};
      },
    },
    {
      operation: 'AddThingToThingGroup',
      match: 'PUT /thing-groups/addThingToThingGroup',
      act: ({ thingName, thingGroupName }) => this.join(thingName, thingGroupName),
    },
    {
      operation: 'RemoveThingFromThingGroup',
      match: 'PUT /thing-groups/removeThingFromThingGroup',
      act: ({ thingName, thingGroupName }) => this.leave(thingName, thingGroupName),
    },
    {
      operation: 'UpdateThingGroupsForThing',
      match: 'PUT /thing-groups/updateThingGroupsForThing',
      act: ({ thingName, thingGroupsToAdd, thingGroupsToRemove }) => {
        for (const group of thingGroupsToAdd as string[]) this.group(group);
        for (const group of thingGroupsToRemove as string[]) this.leave(thingName, group);
        for (const group of thingGroupsToAdd as string[]) this.join(thingName, group);
        return {};
      },
    },
  ];

  private existing(name: unknown): Thing {
    const thing = this.things.get(String(name));
    if (thing === undefined) throw new AwsFault('ResourceNotFoundException', `Thing ${String(name)} not found`, 404);
    return thing;
  }

  private group(name: unknown): string {
    if (!this.groups.has(String(name))) {
      throw new AwsFault('ResourceNotFoundException', `Thing group ${String(name)} not found`, 404);
    }
    return String(name);
  }

  private join(thingName: unknown, groupName: unknown): object {
    const thing = this.existing(thingName);
    const group = this.group(groupName);
    if (!thing.groups.includes(group)) thing.groups.push(group);
    return {};
  }

  private leave(thingName: unknown, groupName: unknown): object {
    const thing = this.existing(thingName);
    const group = this.group(groupName);
    thing.groups = thing.groups.filter((name) => name !== group);
    return {};
  }
}
