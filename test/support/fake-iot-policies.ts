import { AwsFault, type Input, type Route } from './fake-aws';

const MAX_PER_GROUP = 2;
const PREFIX = 'arn:aws:iot:eu-west-1:111122223333';

/** The part of AWS IoT that deals with policies of static thing groups, with the limits and errors of the real one. */
export class FakeIotPolicies {
  public static groupArn(name: string): string {
    return `${PREFIX}:thinggroup/${name}`;
  }

  /** Names of things, by group. */
  public readonly groups = new Map<string, string[]>();
  /** Ids of versions, the default one first, by policy. */
  public readonly policies = new Map<string, string[]>();
  /** `policy group-arn` */
  public readonly attachments = new Set<string>();
  /** What the lists still show: `policy group-arn`; undefined: they show what is. */
  public stale: Set<string> | undefined;
  /** Every attachment state that ever was, in order: what was attached to the group after each change. */
  public readonly history: string[][] = [];
  /** Answer a detachment of what is not attached with this, as some services do. */
  public detachOfNothing: AwsFault | undefined;

  public group(name: string, members: string[] = []): this {
    this.groups.set(name, members);
    return this;
  }

  public policy(name: string, versions: string[] = ['1']): this {
    this.policies.set(name, versions);
    return this;
  }

  public attached(group: string): string[] {
    return this.on(FakeIotPolicies.groupArn(group), this.attachments);
  }

  public attach(policy: string, target: string): void {
    this.existing(policy, target);
    const present = this.on(target, this.attachments);
    if (!present.includes(policy) && present.length >= MAX_PER_GROUP) throw new AwsFault('LimitExceededException');
    this.attachments.add(`${policy} ${target}`);
    this.history.push(this.on(target, this.attachments));
  }

  public detach(policy: string, target: string): void {
    const was = this.attachments.delete(`${policy} ${target}`);
    if (!was && this.detachOfNothing !== undefined) throw this.detachOfNothing;
    if (was) this.history.push(this.on(target, this.attachments));
  }

  public listAttached(target: string): string[] {
    this.existing(undefined, target);
    return this.on(target, this.stale ?? this.attachments);
  }

  public targets(policy: string): string[] {
    if (!this.policies.has(policy)) throw new AwsFault('ResourceNotFoundException', policy, 404);
    return [...(this.stale ?? this.attachments)]
      .filter((pair) => pair.startsWith(`${policy} `))
      .map((pair) => pair.slice(policy.length + 1));
  }

  public versions(policy: string): string[] {
    const versions = this.policies.get(policy);
    if (versions === undefined) throw new AwsFault('ResourceNotFoundException', policy, 404);
    return versions;
  }

  public deleteVersion(policy: string, id: string): void {
    const versions = this.versions(policy);
    if (versions[0] === id) throw new AwsFault('DeleteConflictException', 'it is the default', 409);
    if (!versions.includes(id)) throw new AwsFault('ResourceNotFoundException', id, 404);
    this.policies.set(
      policy,
      versions.filter((version) => version !== id),
    );
  }

  public members(group: string): string[] {
    const members = this.groups.get(group);
    if (members === undefined) throw new AwsFault('ResourceNotFoundException', group, 404);
    return members;
  }

  /** Pages of one, so that whoever forgets the next page is found out. */
  public readonly routes: Route[] = [
    {
      operation: 'AttachPolicy',
      match: 'PUT /target-policies/{policyName}',
      act: (input) => void this.attach(text(input, 'policyName'), text(input, 'target')),
    },
    {
      operation: 'DetachPolicy',
      match: 'POST /target-policies/{policyName}',
      act: (input) => void this.detach(text(input, 'policyName'), text(input, 'target')),
    },
    {
      operation: 'ListAttachedPolicies',
      match: 'POST /attached-policies/{target}',
      act: (input) => {
        const { items, next } = page(this.listAttached(text(input, 'target')), input);
        return { policies: items.map((policyName) => ({ policyName })), nextMarker: next };
      },
    },
    {
      operation: 'ListTargetsForPolicy',
      match: 'POST /policy-targets/{policyName}',
      act: (input) => {
        const { items, next } = page(this.targets(text(input, 'policyName')), input);
        return { targets: items, nextMarker: next };
      },
    },
    {
      operation: 'ListPolicyVersions',
      match: 'GET /policies/{policyName}/version',
      act: (input) => ({
        policyVersions: this.versions(text(input, 'policyName')).map((versionId, index) => ({
          versionId,
          isDefaultVersion: index === 0,
        })),
      }),
    },
    {
      operation: 'DeletePolicyVersion',
      match: 'DELETE /policies/{policyName}/version/{policyVersionId}',
      act: (input) => void this.deleteVersion(text(input, 'policyName'), text(input, 'policyVersionId')),
    },
    {
      operation: 'ListThingsInThingGroup',
      match: 'GET /thing-groups/{thingGroupName}/things',
      act: (input) => ({ things: this.members(text(input, 'thingGroupName')).slice(0, Number(input.maxResults)) }),
    },
  ];

  private existing(policy: string | undefined, target: string): void {
    const group = target.slice(target.indexOf('/') + 1);
    if (!this.groups.has(group)) throw new AwsFault('ResourceNotFoundException', target, 404);
    if (policy !== undefined && !this.policies.has(policy))
      throw new AwsFault('ResourceNotFoundException', policy, 404);
  }

  private on(target: string, attachments: Set<string>): string[] {
    return [...attachments]
      .filter((pair) => pair.endsWith(` ${target}`))
      .map((pair) => pair.slice(0, pair.indexOf(' ')));
  }
}

function text(input: Input, name: string): string {
  return String(input[name]);
}

function page(all: string[], input: Input): { items: string[]; next?: string } {
  const from = Number(input.marker ?? 0);
  const next = from + 1 < all.length ? String(from + 1) : undefined;
  return { items: all.slice(from, from + 1), next };
}
