import { parseJson } from './model/json-text';
import { customResources, type Model, type Resource } from './model/model';
import { at, isList, isMap, targetsOf, textOf, type Value } from './model/value';
import { type FoundPolicy, policiesOf } from './policies/find';

/** A thing group with the policies that the templates attach to it. */
export interface GroupPolicies {
  /** The group's name where the template gives one, or where it stands. */
  readonly name: string;
  readonly resource?: Resource;
  readonly isQuarantine: boolean;
  /** Of the group and of its ancestors. */
  readonly policies: readonly FoundPolicy[];
}

const WORDS = ['quarantin', 'isolat'];

/** A group whose name or id says that it isolates, or into which a mitigation action moves devices. */
export function isQuarantine(model: Model, group: Resource): boolean {
  if (referencesTo(group).some((name) => mitigated(model).has(name))) return true;
  const names = group.variants.map(({ value }) => textOf(value.ThingGroupName) ?? '');
  // The first part of a path is the stack's name, which says nothing of one group.
  return saysQuarantine([group.logicalId, group.path.split('/').slice(1).join('/'), ...names].join(' '));
}

const mitigatedCache = new WeakMap<Model, ReadonlySet<string>>();

/** Groups, by reference or name, that mitigation actions put devices into. */
function mitigated(model: Model): ReadonlySet<string> {
  const known = mitigatedCache.get(model);
  const found =
    known ??
    new Set(
      model
        .ofType('AWS::IoT::MitigationAction')
        .flatMap(({ variants }) =>
          variants.flatMap(({ value }) =>
            mentionedIn(at(value, 'ActionParams', 'AddThingsToThingGroupParams', 'ThingGroupNames') ?? null),
          ),
        ),
    );
  mitigatedCache.set(model, found);
  return found;
}

function saysQuarantine(text: string): boolean {
  return WORDS.some((word) => text.toLowerCase().includes(word));
}

/**
 * Groups and their policies. CloudFormation cannot attach them, so custom resources do: one that names a group and a policy
 * is taken to attach the one to the other.
 */
export function groupPoliciesOf(model: Model): readonly GroupPolicies[] {
  const known = groupCache.get(model);
  const found = known ?? findGroupPolicies(model);
  groupCache.set(model, found);
  return found;
}

const groupCache = new WeakMap<Model, GroupPolicies[]>();

function findGroupPolicies(model: Model): GroupPolicies[] {
  const groups = model.ofType('AWS::IoT::ThingGroup');
  const own = new Map(groups.map((group) => [group.id, attachedTo(model, group)]));
  const known = groups.map((group) => ({
    name: nameOf(group),
    resource: group,
    isQuarantine: isQuarantine(model, group),
    policies: [group, ...ancestors(model, group)].flatMap(({ id }) => own.get(id) ?? []),
  }));
  return [...known, ...imported(model)].filter(({ policies }) => policies.length > 0);
}

function nameOf(group: Resource): string {
  const name = group.variants[0]?.value.ThingGroupName;
  return typeof name === 'string' ? name : group.path;
}

function attachedTo(model: Model, group: Resource): FoundPolicy[] {
  const mentioning = mentions(model);
  const attaching = referencesTo(group).flatMap((name) => mentioning.get(name) ?? []);
  return policiesNamedBy(model, [...new Set(attaching)]);
}

function policiesNamedBy(model: Model, attaching: readonly Resource[]): FoundPolicy[] {
  const named = policiesByName(model);
  return [...new Set(attaching.flatMap(mentioned).flatMap((name) => named.get(name) ?? []))];
}

/** The policies of the templates that a value names, by reference or by name. */
export function policiesNamed(model: Model, value: Value | undefined): readonly FoundPolicy[] {
  const named = policiesByName(model);
  return [...new Set(mentionedIn(value ?? null).flatMap((name) => named.get(name) ?? []))];
}

/** Custom resources by what they mention. */
function mentions(model: Model): Map<string, Resource[]> {
  return indexed(model, mentionIndex, customResources(model), mentioned);
}

function policiesByName(model: Model): Map<string, FoundPolicy[]> {
  const own = policiesOf(model).filter(({ resource }) => resource.type === 'AWS::IoT::Policy');
  return indexed(model, policyIndex, own, ({ resource }) => referencesTo(resource));
}

const mentionIndex = new WeakMap<Model, Map<string, Resource[]>>();
const policyIndex = new WeakMap<Model, Map<string, FoundPolicy[]>>();

/** Things by each of their names, worked out once for a model: groups are looked up one by one. */
function indexed<T>(
  model: Model,
  cache: WeakMap<Model, Map<string, T[]>>,
  all: readonly T[],
  namesOf: (each: T) => readonly string[],
): Map<string, T[]> {
  const known = cache.get(model);
  if (known !== undefined) return known;
  const index = new Map<string, T[]>();
  for (const each of all) {
    for (const name of new Set(namesOf(each))) {
      const before = index.get(name);
      if (before === undefined) index.set(name, [each]);
      else before.push(each);
    }
  }
  cache.set(model, index);
  return index;
}

/** Attachments of this library to groups that are not in the templates. */
function imported(model: Model): GroupPolicies[] {
  return model.ofType('Custom::IotGroupPolicies').flatMap((attachment) => {
    const group = attachment.variants[0]?.value.ThingGroupName;
    if (targetsOf(group).some(({ resource }) => model.byId(resource)?.type === 'AWS::IoT::ThingGroup')) return [];
    const name = textOf(group) ?? attachment.path;
    return [{ name, isQuarantine: saysQuarantine(name), policies: policiesNamedBy(model, [attachment]) }];
  });
}

function ancestors(model: Model, group: Resource, depth = 0): Resource[] {
  const groups = indexed(model, groupIndex, model.ofType('AWS::IoT::ThingGroup'), referencesTo);
  const parents = group.variants
    .flatMap(({ value }) => mentionedIn(value.ParentGroupName ?? null).flatMap((name) => groups.get(name) ?? []))
    .filter((each) => each !== group);
  // AWS IoT takes seven levels; a circle must end.
  return depth > 7 ? [] : parents.flatMap((parent) => [parent, ...ancestors(model, parent, depth + 1)]);
}

const groupIndex = new WeakMap<Model, Map<string, Resource[]>>();

/** What a custom resource is given is no longer. */
const MAX_JSON = 65_536;

const mentionCache = new WeakMap<Resource, string[]>();

/** How other resources may refer to this one: by reference, or by the name that it has. */
export function referencesTo(resource: Resource): string[] {
  const names = resource.variants
    .flatMap(({ value }) => [value.PolicyName, value.ThingGroupName])
    .map((name) => textOf(name));
  return [resource.id, ...names.filter((name) => name !== undefined && name !== '')] as string[];
}

function mentioned(resource: Resource): string[] {
  const known = mentionCache.get(resource);
  const found = known ?? resource.variants.flatMap(({ value }) => mentionedIn(value));
  mentionCache.set(resource, found);
  return found;
}

function mentionedIn(value: Value): string[] {
  if (isList(value)) return value.flatMap(mentionedIn);
  if (isMap(value)) return Object.values(value).flatMap(mentionedIn);
  const text = textOf(value) ?? '';
  // The CDK's `AwsCustomResource` keeps its calls as JSON in a text.
  const parsed = text.startsWith('{') && text.length <= MAX_JSON ? parseJson(value) : undefined;
  if (parsed?.ok === true && isMap(parsed.value)) return mentionedIn(parsed.value);
  return [text, text.slice(text.lastIndexOf('/') + 1), ...targetsOf(value).map(({ resource }) => resource)];
}
