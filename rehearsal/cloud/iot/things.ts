import { AwsFault } from '../fault';
import { type Input, recordOf, textOf } from '../operation';
import { pageOf } from './pages';
import { History } from './history';
import { type IotRegistry, notFound, type Thing, type ThingGroup } from './registry';

const MOST_GROUPS = 10;
const NAME = /^[a-zA-Z0-9:_-]{1,128}$/;
const ATTRIBUTE_NAME = /^[a-zA-Z0-9_.,@/:#-]{1,128}$/;
const ATTRIBUTE_VALUE = /^[a-zA-Z0-9_.,@/:#=[\]-]{0,800}$/;
const MOST_ATTRIBUTES = { untyped: 3, typed: 50 } as const;

export interface ThingType {
  readonly thingTypeName: string;
  readonly description?: string;
  readonly searchableAttributes: readonly string[];
  deprecated: boolean;
  readonly createdAt: number;
}

/** Things, their types and groups: the part of the control plane that says what a device is and where it belongs. */
export class Things {
  public readonly types = new Map<string, ThingType>();

  constructor(private readonly registry: IotRegistry) {}

  public create(input: Input): object {
    const thingName = named(input, 'thingName');
    const attributes = this.checked(
      recordOf(recordOf(input.attributePayload).attributes),
      textOf(input, 'thingTypeName'),
    );
    const thingTypeName = textOf(input, 'thingTypeName');
    const existing = this.registry.thingsByName.get(thingName);
    if (existing !== undefined) {
      const { latest } = existing.facts;
      if (JSON.stringify([latest.thingTypeName, latest.attributes]) !== JSON.stringify([thingTypeName, attributes]))
        throw new AwsFault(
          'ResourceAlreadyExistsException',
          `Thing ${thingName} already exists in account with different configuration`,
          409,
        );
      return this.identity(existing);
    }
    if (thingTypeName !== undefined) this.existingType(thingTypeName);
    const { counter, random, thingsByName } = this.registry;
    const thing: Thing = {
      thingName,
      thingId: random.fork(`thing ${thingName}`).uuid(),
      version: 1,
      facts: new History({ thingTypeName, attributes }, counter),
      groups: new History<readonly string[]>([], counter),
      billingGroupName: textOf(input, 'billingGroupName'),
    };
    thingsByName.set(thingName, thing);
    return this.identity(thing);
  }

  public describe(input: Input): object {
    const thing = this.registry.existingThing(named(input, 'thingName'));
    const { thingTypeName, attributes } = thing.facts.latest;
    return {
      ...this.identity(thing),
      defaultClientId: thing.thingName,
      thingTypeName,
      attributes,
      version: thing.version,
      billingGroupName: thing.billingGroupName,
    };
  }

  public update(input: Input): object {
    const thing = this.registry.existingThing(named(input, 'thingName'));
    if (input.expectedVersion !== undefined && Number(input.expectedVersion) !== thing.version)
      throw new AwsFault('VersionConflictException', `The version for Thing ${thing.thingName} does not match`, 409);
    const before = thing.facts.latest;
    const type = input.removeThingType === true ? undefined : (textOf(input, 'thingTypeName') ?? before.thingTypeName);
    if (type !== undefined) this.existingType(type);
    const payload = recordOf(input.attributePayload);
    const given = recordOf(payload.attributes) as Record<string, string>;
    const merged =
      payload.attributes === undefined || payload.merge === true ? { ...before.attributes, ...given } : given;
    const attributes = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
    thing.facts.set({ thingTypeName: type, attributes: this.checked(attributes, type) });
    thing.version++;
    return {};
  }

  public delete(input: Input): object {
    const thingName = named(input, 'thingName');
    if (this.registry.principalsOf(thingName).length > 0)
      throw new AwsFault(
        'InvalidRequestException',
        `Cannot delete. Thing ${thingName} is still attached to one or more principals`,
        400,
      );
    if (this.registry.thingsByName.delete(thingName)) this.registry.counter.next();
    return {};
  }

  public list(input: Input): object {
    const [name, value, type] = [
      textOf(input, 'attributeName'),
      textOf(input, 'attributeValue'),
      textOf(input, 'thingTypeName'),
    ];
    const found = [...this.registry.thingsByName.values()]
      .filter(({ facts: { latest } }) => type === undefined || latest.thingTypeName === type)
      .filter(
        ({ facts: { latest } }) =>
          name === undefined ||
          (name in latest.attributes && (value === undefined || latest.attributes[name] === value)),
      )
      .map((thing) => ({
        thingName: thing.thingName,
        thingArn: this.registry.arn(`thing/${thing.thingName}`),
        ...thing.facts.latest,
        version: thing.version,
      }));
    return pageOf('things', found, input);
  }

  public join(input: Input): object {
    const thing = this.registry.existingThing(nameOrArn(input, 'thingName', 'thingArn'));
    const group = this.registry.existingGroup(nameOrArn(input, 'thingGroupName', 'thingGroupArn'));
    this.enter(thing, group.thingGroupName);
    return {};
  }

  public leave(input: Input): object {
    const thing = this.registry.existingThing(nameOrArn(input, 'thingName', 'thingArn'));
    const { thingGroupName } = this.registry.existingGroup(nameOrArn(input, 'thingGroupName', 'thingGroupArn'));
    if (thing.groups.latest.includes(thingGroupName))
      thing.groups.set(thing.groups.latest.filter((name) => name !== thingGroupName));
    return {};
  }

  public move(input: Input): object {
    const thing = this.registry.existingThing(named(input, 'thingName'));
    const leave = (input.thingGroupsToRemove ?? []) as string[];
    for (const name of [...leave, ...((input.thingGroupsToAdd ?? []) as string[])]) this.registry.existingGroup(name);
    const stay = thing.groups.latest.filter((name) => !leave.includes(name));
    if (stay.length !== thing.groups.latest.length) thing.groups.set(stay);
    for (const name of (input.thingGroupsToAdd ?? []) as string[]) this.enter(thing, name);
    return {};
  }

  public groupsOf(input: Input): object {
    const thing = this.registry.existingThing(named(input, 'thingName'));
    const groups = thing.groups.latest.map((groupName) => ({
      groupName,
      groupArn: this.registry.arn(`thinggroup/${groupName}`),
    }));
    return pageOf('thingGroups', groups, input);
  }

  public createGroup(input: Input): object {
    const thingGroupName = named(input, 'thingGroupName');
    const parent = textOf(input, 'parentGroupName');
    if (parent !== undefined) this.registry.existingGroup(parent);
    const properties = recordOf(input.thingGroupProperties);
    const known = this.registry.groups.get(thingGroupName);
    if (known === undefined) {
      const { counter, random, groups, clock } = this.registry;
      groups.set(thingGroupName, {
        thingGroupName,
        thingGroupId: random.fork(`group ${thingGroupName}`).uuid(),
        parent,
        policies: new History<readonly string[]>([], counter),
        description: textOf(properties, 'thingGroupDescription'),
        attributes: recordOf(recordOf(properties.attributePayload).attributes) as Record<string, string>,
        createdAt: clock.now(),
        version: 1,
      });
    } else if (!isSame(known, properties, parent))
      throw new AwsFault(
        'ResourceAlreadyExistsException',
        `Thing Group ${thingGroupName} already exists in current account with different properties`,
        409,
      );
    return this.groupIdentity(thingGroupName);
  }

  public describeGroup(input: Input): object {
    const group = this.registry.existingGroup(named(input, 'thingGroupName'));
    const above = this.registry.withAncestors(group.thingGroupName).slice(1);
    return {
      ...this.groupIdentity(group.thingGroupName),
      version: group.version,
      thingGroupProperties: {
        thingGroupDescription: group.description,
        attributePayload: { attributes: group.attributes },
      },
      thingGroupMetadata: {
        parentGroupName: group.parent,
        ...(above.length > 0 && {
          rootToParentThingGroups: above.reverse().map(({ thingGroupName }) => ({
            groupName: thingGroupName,
            groupArn: this.registry.arn(`thinggroup/${thingGroupName}`),
          })),
        }),
        creationDate: group.createdAt / 1000,
      },
    };
  }

  public deleteGroup(input: Input): object {
    const name = named(input, 'thingGroupName');
    const { groups, thingsByName, counter } = this.registry;
    if ([...groups.values()].some(({ parent }) => parent === name))
      throw new AwsFault(
        'InvalidRequestException',
        `Cannot delete thing group ${name} when there are still child groups attached to it`,
      );
    for (const thing of thingsByName.values())
      if (thing.groups.latest.includes(name)) thing.groups.set(thing.groups.latest.filter((each) => each !== name));
    if (groups.delete(name)) counter.next();
    return {};
  }

  public listGroups(input: Input): object {
    const parent = textOf(input, 'parentGroup');
    const prefix = textOf(input, 'namePrefixFilter') ?? '';
    if (parent !== undefined) this.registry.existingGroup(parent);
    const isDeep = String(input.recursive ?? true) === 'true';
    const isBelow = (group: ThingGroup): boolean => {
      if (!isDeep) return group.parent === parent;
      const above = this.registry.withAncestors(group.thingGroupName).slice(1);
      return parent === undefined || above.some(({ thingGroupName }) => thingGroupName === parent);
    };
    const found = [...this.registry.groups.values()]
      .filter((group) => isBelow(group) && group.thingGroupName.startsWith(prefix))
      .map(({ thingGroupName }) => ({
        groupName: thingGroupName,
        groupArn: this.registry.arn(`thinggroup/${thingGroupName}`),
      }));
    return pageOf('thingGroups', found, input);
  }

  public members(input: Input): object {
    const { thingGroupName } = this.registry.existingGroup(named(input, 'thingGroupName'));
    const inside = (name: string) =>
      input.recursive === true || input.recursive === 'true'
        ? this.registry.withAncestors(name).some((group) => group.thingGroupName === thingGroupName)
        : name === thingGroupName;
    const found = [...this.registry.thingsByName.values()]
      .filter(({ groups }) => groups.latest.some(inside))
      .map(({ thingName }) => thingName);
    return pageOf('things', found, input);
  }

  public createType(input: Input): object {
    const thingTypeName = named(input, 'thingTypeName');
    const properties = recordOf(input.thingTypeProperties);
    if (this.types.has(thingTypeName))
      throw new AwsFault('ResourceAlreadyExistsException', `ThingType ${thingTypeName} already exists`, 409);
    this.types.set(thingTypeName, {
      thingTypeName,
      description: textOf(properties, 'thingTypeDescription'),
      searchableAttributes: (properties.searchableAttributes ?? []) as string[],
      deprecated: false,
      createdAt: this.registry.clock.now(),
    });
    return { thingTypeName, thingTypeArn: this.registry.arn(`thingtype/${thingTypeName}`) };
  }

  public describeType(input: Input): object {
    const type = this.existingType(named(input, 'thingTypeName'));
    return {
      thingTypeName: type.thingTypeName,
      thingTypeArn: this.registry.arn(`thingtype/${type.thingTypeName}`),
      thingTypeProperties: { thingTypeDescription: type.description, searchableAttributes: type.searchableAttributes },
      thingTypeMetadata: { deprecated: type.deprecated, creationDate: type.createdAt / 1000 },
    };
  }

  public listTypes(input: Input): object {
    return pageOf(
      'thingTypes',
      [...this.types.keys()].map((thingTypeName) => this.describeType({ thingTypeName })),
      input,
    );
  }

  private existingType(name: string): ThingType {
    const type = this.types.get(name);
    if (type === undefined) throw notFound(`Thing type ${name}`);
    return type;
  }

  private enter(thing: Thing, groupName: string): void {
    const { latest } = thing.groups;
    if (latest.includes(groupName)) return;
    const related = latest.find((name) => this.rootOf(name) === this.rootOf(groupName));
    if (related !== undefined)
      throw new AwsFault(
        'InvalidRequestException',
        `Thing ${thing.thingName} is already in group ${related} of the same hierarchy`,
      );
    if (latest.length >= MOST_GROUPS)
      throw new AwsFault('InvalidRequestException', `Thing ${thing.thingName} is already in ${MOST_GROUPS} groups`);
    thing.groups.set([...latest, groupName]);
    this.registry.onJoin(thing.thingName, groupName);
  }

  private rootOf(groupName: string): string {
    return this.registry.withAncestors(groupName).at(-1)?.thingGroupName ?? groupName;
  }

  private checked(
    attributes: Readonly<Record<string, unknown>>,
    type: string | undefined,
  ): Readonly<Record<string, string>> {
    const most = type === undefined ? MOST_ATTRIBUTES.untyped : MOST_ATTRIBUTES.typed;
    if (Object.keys(attributes).length > most)
      throw new AwsFault(
        'InvalidRequestException',
        `A thing ${type === undefined ? 'without a type ' : ''}has at most ${most} attributes`,
      );
    for (const [name, value] of Object.entries(attributes))
      if (!ATTRIBUTE_NAME.test(name) || typeof value !== 'string' || !ATTRIBUTE_VALUE.test(value))
        throw new AwsFault('InvalidRequestException', `Attribute ${name} has a name or value that is not allowed`);
    return attributes as Readonly<Record<string, string>>;
  }

  private identity({ thingName, thingId }: Thing): object {
    return { thingName, thingId, thingArn: this.registry.arn(`thing/${thingName}`) };
  }

  private groupIdentity(thingGroupName: string): object {
    const { thingGroupId } = this.registry.existingGroup(thingGroupName);
    return { thingGroupName, thingGroupId, thingGroupArn: this.registry.arn(`thinggroup/${thingGroupName}`) };
  }
}

/** Making a group again is no error where it is the same. */
function isSame(group: ThingGroup, properties: Input, parent: string | undefined): boolean {
  const attributes = recordOf(recordOf(properties.attributePayload).attributes);
  return (
    group.parent === parent &&
    group.description === textOf(properties, 'thingGroupDescription') &&
    JSON.stringify(Object.entries(group.attributes).sort()) === JSON.stringify(Object.entries(attributes).sort())
  );
}

function named(input: Input, member: string): string {
  const name = textOf(input, member) ?? '';
  if (!NAME.test(name))
    throw new AwsFault(
      'InvalidRequestException',
      `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint`,
    );
  return name;
}

function nameOrArn(input: Input, nameMember: string, arnMember: string): string {
  const arn = textOf(input, arnMember);
  return textOf(input, nameMember) ?? arn?.slice(arn.indexOf('/') + 1) ?? named(input, nameMember);
}
