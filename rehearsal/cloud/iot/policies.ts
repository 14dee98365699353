import { AwsFault } from '../fault';
import { type Input, textOf } from '../operation';
import { pageOf } from './pages';
import { History } from './history';
import { type IotRegistry, notFound, type Policy } from './registry';

const MOST_PER_GROUP = 2;
const MOST_PER_CERTIFICATE = 10;
const MOST_VERSIONS = 5;
const MOST_CHARACTERS = 2_048;
const NAME = /^[\w+=,.@-]{1,128}$/;
const MARKERS = ['marker', 'nextMarker'] as const;

/** Policies, their versions, and what they are attached to. */
export class Policies {
  constructor(private readonly registry: IotRegistry) {}

  public create(input: Input): object {
    const policyName = textOf(input, 'policyName') ?? '';
    if (!NAME.test(policyName)) throw new AwsFault('InvalidRequestException', `Policy name ${policyName} is not valid`);
    if (this.registry.policies.has(policyName))
      throw new AwsFault(
        'ResourceAlreadyExistsException',
        `Policy cannot be created - name already exists (name=${policyName})`,
        409,
      );
    const version = { versionId: '1', document: checked(input), createdAt: this.registry.clock.now() };
    const policy: Policy = {
      policyName,
      versions: [version],
      nextVersion: 2,
      standard: new History(version, this.registry.counter),
    };
    this.registry.policies.set(policyName, policy);
    return { ...this.identity(policy), policyDocument: version.document, policyVersionId: '1' };
  }

  public createVersion(input: Input): object {
    const policy = this.existing(input);
    if (policy.versions.length >= MOST_VERSIONS)
      throw new AwsFault(
        'VersionsLimitExceededException',
        `The policy ${policy.policyName} already has the maximum number of versions (${MOST_VERSIONS})`,
        409,
      );
    const version = {
      versionId: String(policy.nextVersion++),
      document: checked(input),
      createdAt: this.registry.clock.now(),
    };
    policy.versions.push(version);
    const asDefault = input.setAsDefault === true || input.setAsDefault === 'true';
    if (asDefault) policy.standard.set(version);
    return {
      policyArn: this.registry.arn(`policy/${policy.policyName}`),
      policyDocument: version.document,
      policyVersionId: version.versionId,
      isDefaultVersion: asDefault,
    };
  }

  public setDefault(input: Input): object {
    const policy = this.existing(input);
    policy.standard.set(this.versionOf(policy, input));
    return {};
  }

  public get(input: Input): object {
    const policy = this.existing(input);
    const { document, versionId, createdAt } = policy.standard.latest;
    return {
      ...this.identity(policy),
      policyDocument: document,
      defaultVersionId: versionId,
      creationDate: createdAt / 1000,
    };
  }

  public getVersion(input: Input): object {
    const policy = this.existing(input);
    const { document, versionId } = this.versionOf(policy, input);
    return {
      ...this.identity(policy),
      policyDocument: document,
      policyVersionId: versionId,
      isDefaultVersion: versionId === policy.standard.latest.versionId,
    };
  }

  public versions(input: Input): object {
    const policy = this.existing(input);
    const policyVersions = policy.versions.map(({ versionId, createdAt }) => ({
      versionId,
      isDefaultVersion: versionId === policy.standard.latest.versionId,
      createDate: createdAt / 1000,
    }));
    return { policyVersions: policyVersions.reverse() };
  }

  public deleteVersion(input: Input): object {
    const policy = this.existing(input);
    const version = this.versionOf(policy, input);
    if (version === policy.standard.latest)
      throw new AwsFault('InvalidRequestException', `Cannot delete the default version of a policy`);
    policy.versions = policy.versions.filter((each) => each !== version);
    return {};
  }

  public delete(input: Input): object {
    const policy = this.existing(input);
    if (policy.versions.length > 1)
      throw new AwsFault(
        'DeleteConflictException',
        `Cannot delete the policy because it has one or more policy versions attached to it`,
        409,
      );
    if (this.targetsOf(policy.policyName).length > 0)
      throw new AwsFault(
        'DeleteConflictException',
        `The policy cannot be deleted as the policy is attached to one or more principals (name=${policy.policyName})`,
        409,
      );
    this.registry.policies.delete(policy.policyName);
    this.registry.counter.next();
    return {};
  }

  public list(input: Input): object {
    return pageOf(
      'policies',
      [...this.registry.policies.values()].map((policy) => this.identity(policy)),
      input,
      MARKERS,
    );
  }

  public attach(input: Input): object {
    const { policyName } = this.existing(input);
    const { attached, most } = this.target(input);
    if (attached.latest.includes(policyName)) return {};
    if (attached.latest.length >= most)
      throw new AwsFault('LimitExceededException', `The target has ${most} policies already`, 410);
    attached.set([...attached.latest, policyName]);
    return {};
  }

  public detach(input: Input): object {
    const { policyName } = this.existing(input);
    const { attached } = this.target(input);
    if (attached.latest.includes(policyName)) attached.set(attached.latest.filter((name) => name !== policyName));
    return {};
  }

  public attachedTo(input: Input): object {
    const { attached } = this.target(input);
    const recursive = input.recursive === true || input.recursive === 'true';
    const group = groupOf(textOf(input, 'target') ?? '');
    const inherited =
      recursive && group !== undefined
        ? this.registry
            .withAncestors(group)
            .slice(1)
            .flatMap(({ policies }) => policies.latest)
        : [];
    const policies = [...new Set([...attached.latest, ...inherited])].flatMap(
      (name) => this.registry.policies.get(name) ?? [],
    );
    return pageOf(
      'policies',
      policies.map((policy) => this.identity(policy)),
      input,
      MARKERS,
    );
  }

  public targets(input: Input): object {
    return pageOf('targets', this.targetsOf(this.existing(input).policyName), input, MARKERS);
  }

  private targetsOf(policyName: string): string[] {
    const { certificates, groups } = this.registry;
    return [
      ...[...certificates.values()]
        .filter(({ policies }) => policies.latest.includes(policyName))
        .map(({ certificateId }) => this.registry.arn(`cert/${certificateId}`)),
      ...[...groups.values()]
        .filter(({ policies }) => policies.latest.includes(policyName))
        .map(({ thingGroupName }) => this.registry.arn(`thinggroup/${thingGroupName}`)),
    ];
  }

  private target(input: Input): { readonly attached: History<readonly string[]>; readonly most: number } {
    const target = textOf(input, 'target') ?? '';
    const group = groupOf(target);
    if (group !== undefined) return { attached: this.registry.existingGroup(group).policies, most: MOST_PER_GROUP };
    if (!target.includes(':cert/'))
      throw new AwsFault('InvalidRequestException', `The target ${target} is neither a certificate nor a thing group`);
    return { attached: this.registry.existingCertificate(target).policies, most: MOST_PER_CERTIFICATE };
  }

  private existing(input: Input): Policy {
    return this.registry.existingPolicy(textOf(input, 'policyName') ?? '');
  }

  private versionOf(policy: Policy, input: Input) {
    const id = textOf(input, 'policyVersionId');
    const found = policy.versions.find(({ versionId }) => versionId === id);
    if (found === undefined) throw notFound(`Version ${String(id)} of policy ${policy.policyName}`);
    return found;
  }

  private identity({ policyName }: Policy): object {
    return { policyName, policyArn: this.registry.arn(`policy/${policyName}`) };
  }
}

function groupOf(target: string): string | undefined {
  return target.split(':thinggroup/')[1];
}

function checked(input: Input): string {
  const document = textOf(input, 'policyDocument') ?? '';
  const problem = problemOf(document);
  if (problem !== undefined) throw new AwsFault('MalformedPolicyException', problem);
  return document;
}

function problemOf(document: string): string | undefined {
  if (document.replace(/\s/g, '').length > MOST_CHARACTERS)
    return `The policy document is larger than ${MOST_CHARACTERS} characters`;
  try {
    const { Statement } = JSON.parse(document) as { Statement?: unknown };
    return typeof Statement === 'object' && Statement !== null ? undefined : 'The policy document has no Statement';
  } catch {
    return 'Policy document is Malformed: it is not JSON';
  }
}
