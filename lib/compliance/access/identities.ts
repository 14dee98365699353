import { groupPoliciesOf, type GroupPolicies, referencesTo } from '../attachments';
import { type Model, Resource } from '../model/model';
import { at, isMap, listOf, targetsOf, textOf, type Value } from '../model/value';
import { attachesExclusively, type FoundPolicy, policiesOf, templateBody } from '../policies/find';
import { principalKey } from '../rules/principals';
import { isClaimPolicy } from '../rules/support';
import type { HeldPolicy, Identity } from './who';

/** Whom the templates give rights to, and what they leave open. */
export interface Identities {
  readonly identities: readonly Identity[];
  /** Names of the policies that hang on nothing here. */
  readonly unattached: readonly string[];
}

/** What gives certificates policies of their own. */
interface Carrier {
  readonly name: string;
  readonly policies: readonly HeldPolicy[];
  readonly thingName?: string;
}

/** A provisioning template: what each device that enrolls by it gets. */
interface Enrollment extends Carrier {
  /** The groups that it joins, as the template refers to them. */
  readonly groups: readonly string[];
}

/** Everybody who has rights by these templates, in a fixed order. */
export function identitiesOf(model: Model): Identities {
  return new Cast(model).all();
}

/** A policy by itself, as if some certificate had it. */
export function holderOf(model: Model, name: string): Identity[] {
  const cast = new Cast(model);
  return cast.policies.filter((policy) => policy.name === name).flatMap((policy) => cast.unattached(policy));
}

class Cast {
  public readonly policies: readonly HeldPolicy[];
  private readonly exclusive: boolean;
  private readonly resources: ReadonlyMap<Resource, HeldPolicy>;

  constructor(private readonly model: Model) {
    this.exclusive = attachesExclusively(model);
    const byResource = new Map<Resource, FoundPolicy[]>();
    for (const policy of policiesOf(model)) {
      if (policy.resource.type === 'AWS::IoT::Policy')
        byResource.set(policy.resource, [...(byResource.get(policy.resource) ?? []), policy]);
    }
    const names = distinct([...byResource.keys()], (resource) => nameOf(resource, 'PolicyName'));
    this.resources = new Map(
      [...byResource].map(([resource, variants]) => [
        resource,
        { name: names.get(resource) ?? resource.path, variants },
      ]),
    );
    this.policies = [...this.resources.values()];
  }

  public all(): Identities {
    const groups = groupPoliciesOf(this.model);
    const enrollments = this.enrollments();
    const groupNames = distinct([...groups], ({ name, resource }) => (resource === undefined ? name : trimmed(name)));
    const members = groups
      .filter(({ isQuarantine }) => !isQuarantine)
      .flatMap((group) => this.members(group, groupNames.get(group) ?? group.name, enrollments));
    const joined = new Set(groups.flatMap((group) => enrollments.filter((each) => joins(each, group))));
    const enrolled = enrollments
      .filter((each) => each.policies.length > 0 && !joined.has(each))
      .flatMap((each) => this.enrolled(each));
    const things = this.things();
    const carriers = [
      ...enrollments,
      ...things.filter(({ isForeign, hasThing }) => hasThing && !isForeign).map(asCarrier),
    ];
    const isolated = groups
      .filter(({ isQuarantine }) => isQuarantine)
      .flatMap((group) => this.isolated(group, groupNames.get(group) ?? group.name, carriers));
    const claims = this.policies
      .filter(({ variants }) => variants.some(isClaimPolicy))
      .map((policy) => this.claim(policy));
    const held = new Set(
      [...members, ...isolated, ...enrolled, ...things, ...claims].flatMap(({ policies }) =>
        policies.map(({ variants }) => variants),
      ),
    );
    const free = this.policies.filter(({ variants }) => !held.has(variants));
    return {
      identities: [
        ...members,
        ...enrolled,
        ...isolated,
        ...things,
        ...claims,
        ...free.flatMap((policy) => this.unattached(policy)),
      ],
      unattached: free.map(({ name }) => name),
    };
  }

  public unattached(policy: HeldPolicy): Identity[] {
    const id = `certificate with policy ${policy.name}`;
    return this.both({
      id,
      kind: 'policy',
      title: `a device whose certificate has policy ${policy.name}`,
      policies: [policy],
      isConnected: true,
    });
  }

  private members(group: GroupPolicies, name: string, enrollments: readonly Enrollment[]): Identity[] {
    const own = this.held(group, name);
    const through = enrollments.filter((each) => each.policies.length > 0 && joins(each, group));
    if (through.length === 0)
      return this.both({ id: `member of ${name}`, kind: 'member', title: `every member of ${name}`, policies: own });
    return through.flatMap((enrollment) =>
      this.both({
        id: `member of ${name} by ${enrollment.name}`,
        kind: 'member',
        title: `every member of ${name} that enrolled by ${enrollment.name}`,
        policies: [...enrollment.policies, ...own],
      }),
    );
  }

  /** What hangs on the certificate stays there in isolation. */
  private isolated(group: GroupPolicies, name: string, carriers: readonly Carrier[]): Identity[] {
    const own = this.held(group, name);
    const through = carriers.filter(({ policies }) => policies.length > 0);
    const alone = {
      id: `isolated in ${name}`,
      kind: 'isolated' as const,
      title: `every device isolated in ${name}`,
      policies: own,
    };
    if (through.length === 0) return this.both(alone);
    return through.flatMap((carrier) =>
      this.both({
        ...alone,
        id: `isolated in ${name}, with ${carrier.name}`,
        title: `every device isolated in ${name} whose certificate has the policies of ${carrier.name}`,
        policies: [...carrier.policies, ...own],
        thingName: carrier.thingName,
      }),
    );
  }

  private enrolled(enrollment: Enrollment): Identity[] {
    return this.both({
      id: `enrolled by ${enrollment.name}`,
      kind: 'enrolled',
      title: `every device that enrolls by ${enrollment.name}`,
      policies: enrollment.policies,
    });
  }

  private claim(policy: HeldPolicy): Identity {
    return {
      id: `claim with policy ${policy.name}`,
      kind: 'claim',
      title: `whoever holds a claim certificate with policy ${policy.name}`,
      policies: [policy],
      hasThing: false,
      isExclusive: false,
      isForeign: false,
      isConnected: false,
    };
  }

  /** Certificates that the templates attach policies to. */
  private things(): Identity[] {
    const attached = new Map<string, HeldPolicy[]>();
    for (const attachment of this.model.ofType('AWS::IoT::PolicyPrincipalAttachment')) {
      for (const { value } of attachment.variants) {
        const policy = this.policies.find(({ variants }) =>
          variants.some(({ resource }) => refersTo(value.PolicyName, resource)),
        );
        const principal = principalKey(this.model, value.Principal);
        const known = attached.get(principal) ?? [];
        if (policy !== undefined && !known.includes(policy)) attached.set(principal, [...known, policy]);
      }
    }
    return [...attached].flatMap(([principal, policies]) => this.thing(principal, policies));
  }

  private thing(principal: string, policies: readonly HeldPolicy[]): Identity[] {
    const attachments = this.model
      .ofType('AWS::IoT::ThingPrincipalAttachment')
      .flatMap(({ variants }) => variants)
      .filter(({ value }) => principalKey(this.model, value.Principal) === principal);
    const certificate = trimmed(this.model.byId(principal)?.path ?? principal);
    const claims = policies.length > 0 && policies.every(({ variants }) => variants.some(isClaimPolicy));
    if (attachments.length === 0 && claims) return [];
    if (attachments.length === 0) {
      const base = {
        id: `certificate ${certificate}`,
        kind: 'thing' as const,
        title: `the device with certificate ${certificate}`,
        policies,
      };
      return [{ ...base, hasThing: false, isExclusive: false, isForeign: false, isConnected: false }];
    }
    return attachments.flatMap(({ value }) => {
      const target = targetsOf(value.ThingName)[0]?.resource;
      const literal = typeof value.ThingName === 'string' ? value.ThingName : undefined;
      const name = literal ?? trimmed(this.model.byId(target ?? '')?.path ?? textOf(value.ThingName) ?? 'unknown');
      return this.both({
        id: `thing ${name} with certificate ${certificate}`,
        kind: 'thing',
        title: `thing ${name}`,
        policies,
        thingName: literal,
      });
    });
  }

  /** Somebody, and the same under another client id: group policies do not count then. */
  private both(
    base: Pick<Identity, 'id' | 'kind' | 'title' | 'policies' | 'thingName'> & { readonly isConnected?: boolean },
  ): Identity[] {
    const self: Identity = {
      isConnected: false,
      hasThing: true,
      isExclusive: this.exclusive,
      isForeign: false,
      ...base,
    };
    return [
      self,
      {
        ...self,
        id: `${self.id}, under another client id`,
        title: `under another client id, ${self.title}`,
        policies: self.policies.filter(({ group }) => group === undefined),
        isForeign: true,
        isConnected: false,
      },
    ];
  }

  private held(group: GroupPolicies, name: string): HeldPolicy[] {
    const resources = new Set(group.policies.map(({ resource }) => resource));
    return [...resources].flatMap((resource) => {
      const policy = this.resources.get(resource);
      return policy === undefined ? [] : [{ ...policy, group: name }];
    });
  }

  private enrollments(): Enrollment[] {
    const templates = this.model.ofType('AWS::IoT::ProvisioningTemplate');
    const names = distinct(templates, (resource) => nameOf(resource, 'TemplateName'));
    return templates.map((template) => {
      const bodies = template.variants
        .map(({ value }) => at(templateBody(value.TemplateBody), 'Resources'))
        .filter(isMap);
      const resources = bodies.flatMap((body) => Object.values(body));
      const name = names.get(template) ?? template.path;
      return {
        name,
        policies: [...this.inline(template, name), ...this.named(resources)],
        groups: groupsIn(resources),
      };
    });
  }

  /** Policies that stand in the provisioning template itself. */
  private inline(template: Resource, name: string): HeldPolicy[] {
    const byPlace = new Map<string, FoundPolicy[]>();
    for (const policy of policiesOf(this.model).filter(({ resource }) => resource === template))
      byPlace.set(policy.location, [...(byPlace.get(policy.location) ?? []), policy]);
    return [...byPlace].map(([location, variants]) => ({
      name: `${name} ${location.split('/')[3] ?? ''}`.trim(),
      variants,
    }));
  }

  private named(resources: readonly Value[]): HeldPolicy[] {
    const policyNames = resources
      .filter((each) => at(each, 'Type') === 'AWS::IoT::Policy')
      .map((each) => at(each, 'Properties', 'PolicyName'));
    return this.policies.filter(({ variants }) =>
      policyNames.some((name) => variants.some(({ resource }) => refersTo(name, resource))),
    );
  }
}

function asCarrier({ id, policies, thingName }: Identity): Carrier {
  return { name: id, policies, thingName };
}

function groupsIn(resources: readonly Value[]): string[] {
  return resources
    .filter((each) => at(each, 'Type') === 'AWS::IoT::Thing')
    .flatMap((each) => listOf(at(each, 'Properties', 'ThingGroups')))
    .flatMap((group) => [textOf(group) ?? '', ...targetsOf(group).map(({ resource }) => resource)]);
}

function joins({ groups }: Enrollment, { name, resource }: GroupPolicies): boolean {
  const names = resource === undefined ? [name] : referencesTo(resource);
  return names.some((each) => groups.includes(each));
}

function refersTo(value: Value | undefined, resource: Resource): boolean {
  const names = referencesTo(resource);
  return targetsOf(value).some((target) => names.includes(target.resource)) || names.includes(textOf(value) ?? '');
}

function nameOf(resource: Resource, property: string): string {
  const name = resource.variants[0]?.value[property];
  return typeof name === 'string' ? name : trimmed(resource.path);
}

/** The construct that a person wrote, not the resource in it. */
function trimmed(path: string): string {
  return path.endsWith('/Resource') ? path.slice(0, -'/Resource'.length) : path;
}

/** Names that differ: where two are the same, the file and the logical id tell them apart. */
function distinct<T extends Resource | GroupPolicies>(items: readonly T[], name: (item: T) => string): Map<T, string> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(name(item), (counts.get(name(item)) ?? 0) + 1);
  return new Map(
    items.map((item) => {
      const resource = item instanceof Resource ? item : item.resource;
      const isAlone = counts.get(name(item)) === 1 || resource === undefined;
      return [item, isAlone ? name(item) : `${name(item)} (${resource.id})`];
    }),
  );
}
