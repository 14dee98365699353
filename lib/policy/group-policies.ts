import { createHash } from 'node:crypto';
import { CfnDeletionPolicy, type CfnResource, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { CfnPolicy, type IPolicyRef, type IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import {
  GROUP_POLICIES_TYPE,
  type GroupPoliciesProperties,
  MAX_POLICIES_PER_GROUP,
} from '../../lambda/attach-group-policies/contract';
import { inSameAccount } from '../internal/account-registry';
import { markCapability } from '../internal/capability';
import { ConfigurationError } from '../internal/configuration-error';
import { CustomResourceProvider } from '../internal/custom-resource-provider';
import { checkProps } from '../internal/guard';
import { allow, type IamStatement } from '../internal/iam';
import { InputErrors } from '../internal/input-errors';
import { checkPlaces } from '../internal/place';
import { quote } from '../internal/quote';
import { identityOfGroup, isDynamic, resourceOf } from '../internal/thing-group';
import { warn } from '../internal/warn';
import type { Access } from './access';
import { AccessPolicy } from './access-policy';
import { policyProperties } from './group-policies-digest';
import { sharedTopics } from './shared-topics';

/** That a warning names; the others are counted. */
const MOST_TOPICS = 3;

const WILDCARDS = 'AWS IoT lists the policies of a group without a right on the group: the action takes no resource.';

/** Properties for `GroupPolicies`. */
export interface GroupPoliciesProps {
  /** The static group that the policies are attached to. Policies on dynamic groups are refused by AWS IoT. */
  readonly thingGroup: IThingGroupRef;

  /**
   * What members may do; the policies that say so are made here.
   *
   * @default - only `policies` are attached
   */
  readonly access?: Access[];

  /**
   * Existing policies. A group takes 2 in all, those made of `access` included.
   *
   * @default - only policies made of `access` are attached
   */
  readonly policies?: IPolicyRef[];

  /**
   * How many policies the ancestors of the group have. Members are under them as well, so they count for the limit of 2.
   *
   * @default 0
   */
  readonly inherited?: number;

  /**
   * What becomes of the attachment, and of policies made here, when this leaves the stack or the stack is deleted.
   *
   * Attachments that deny something should be kept: deleting them gives members their access back.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Refuse to detach while the group has members; the deletion of the stack then fails and says what to do.
   *
   * @default false
   */
  readonly keepWhileMembers?: boolean;
}

/**
 * Attaches AWS IoT policies to a static thing group, which CloudFormation cannot do by itself.
 *
 * Policies that deny are attached first and detached last, and policies that others attached to the group are left alone;
 * the deployment fails if they leave no room. After a detachment CloudFormation waits for about five minutes, since AWS IoT
 * does not let a policy be deleted before. Of policies in the same app only the default version and the one before are kept.
 *
 * Group policies apply while the MQTT client id equals the thing name.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html
 *
 * @example
 * new GroupPolicies(this, 'Policies', {
 *   thingGroup: iot.CfnThingGroup.fromThingGroupName(this, 'Group', 'pumps'),
 *   access: [Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')), Access.jobs()],
 * });
 */
export class GroupPolicies extends Construct {
  /** The group that the policies are attached to. */
  public readonly thingGroup: IThingGroupRef;
  /** All policies that are attached, those made here first. */
  public readonly policies: IPolicyRef[];
  /** The custom resource behind this; depend on it where the policies must be in force. */
  public readonly attachment: CfnResource;
  private readonly above: number;

  constructor(scope: Construct, id: string, props: GroupPoliciesProps) {
    super(scope, id);
    checkProps(this, 'GroupPoliciesProps', props);
    markCapability(this, 'policy');
    this.thingGroup = props.thingGroup;
    this.above = inheritedBy(props);
    this.validate(props);
    const retention = retentionOf(props.removalPolicy);
    this.policies = [...this.renderPolicies(props, retention), ...(props.policies ?? [])];
    this.attachment = this.attach(props, retention);
    this.onGroup().set(this.node.path, this);
    this.warnOfSharedTopics(props.access ?? []);
  }

  private renderPolicies(props: GroupPoliciesProps, retention: CfnDeletionPolicy | undefined): CfnPolicy[] {
    const { access } = props;
    if (access === undefined) return [];
    const taken = (props.policies?.length ?? 0) + this.takenAlready(props);
    const limits = { maxDocuments: MAX_POLICIES_PER_GROUP, inherited: taken };
    const { partition, region, account } = Stack.of(this);
    const documents = this.documentsOf(() => AccessPolicy.of(access).render({ partition, region, account }, limits));
    return documents.map((policyDocument, index) => {
      const policy = new CfnPolicy(this, `Policy${index + 1}`, { policyDocument });
      policy.cfnOptions.deletionPolicy = retention;
      return policy;
    });
  }

  /** The language knows of no construct: what it refuses is said at this one. */
  private documentsOf(render: () => unknown[]): unknown[] {
    try {
      return render();
    } catch (error) {
      if (!ConfigurationError.is(error)) throw error;
      const words = error.message.slice(0, -` [${error.code}]`.length);
      throw new ConfigurationError(error.code, `'access': ${words}`, this);
    }
  }

  private warnOfSharedTopics(access: readonly Access[]): void {
    const { published, received } = sharedTopics(access);
    const what = [
      ...(published.length === 0 ? [] : [`publish to ${few(published)} in the name of any other`]),
      ...(received.length === 0 ? [] : [`receive what is on ${few(received)} for any other`]),
    ];
    if (what.length > 0)
      warn(
        this,
        'TopicsShared',
        `'access' lets each member ${what.join(', and ')}: put Topic.THING into the topic, or acknowledge this where it is meant for all`,
      );
  }

  private attach(props: GroupPoliciesProps, retention: CfnDeletionPolicy | undefined): CfnResource {
    const { thingGroupName, thingGroupArn } = props.thingGroup.thingGroupRef;
    const properties: GroupPoliciesProperties = {
      ThingGroupName: thingGroupName,
      ThingGroupArn: thingGroupArn,
      Policies: this.policies.map(policyProperties),
      KeepWhileMembers: String(props.keepWhileMembers === true),
    };
    const provider = CustomResourceProvider.of(this, {
      handler: 'attach-group-policies',
      description: 'Attaches IoT policies to thing groups',
    });
    const identity = identityOf(props.thingGroup);
    return provider.addResource(this, `Resource${identity}`, {
      type: GROUP_POLICIES_TYPE,
      properties: { ...properties },
      statements: this.statements(thingGroupArn),
      wildcards: WILDCARDS,
      identity,
      deletionPolicy: retention,
    });
  }

  private statements(groupArn: string): IamStatement[] {
    const arnOf = (policy: IPolicyRef) => policy.policyRef.policyArn;
    const own = this.policies.filter((policy) => CfnPolicy.isCfnPolicy(policy));
    return [
      allow(['iot:AttachPolicy', 'iot:DetachPolicy', 'iot:ListThingsInThingGroup'], [groupArn]),
      allow(['iot:ListAttachedPolicies'], ['*']),
      allow(['iot:ListTargetsForPolicy'], this.policies.map(arnOf)),
      ...(own.length > 0 ? [allow(['iot:ListPolicyVersions', 'iot:DeletePolicyVersion'], own.map(arnOf))] : []),
    ];
  }

  /** What else in the app attaches policies to the group. */
  private onGroup(): Map<string, GroupPolicies> {
    const { thingGroup } = this;
    return inSameAccount(resourceOf(thingGroup) ?? this, `policies of ${identityOfGroup(thingGroup)}`);
  }

  /** Policies that members are under, beside those given here: inherited ones, and those that others in the app attach. */
  private takenAlready({ policies = [] }: GroupPoliciesProps): number {
    const others = [...this.onGroup().values()];
    const given = policies.map(identityOfPolicy);
    const attached = new Set(others.flatMap((other) => other.policies.map(identityOfPolicy)));
    const more = [...attached].filter((policy) => !given.includes(policy)).length;
    // What is said to be inherited of a root, or of a group that may be one, is what others attach to it.
    const isBelow = resourceOf(this.thingGroup)?.parentGroupName !== undefined;
    const inherited = isBelow ? Math.max(0, ...others.map(({ above }) => above)) : 0;
    return Math.max(this.above, inherited + more);
  }

  private validate(props: GroupPoliciesProps): void {
    const errors = new InputErrors(this);
    const policies = props.policies ?? [];
    if (props.access === undefined && policies.length === 0)
      errors.report('GroupPoliciesInvalid', "'access' or 'policies' must be given: there is nothing to attach");
    const inherited = this.takenAlready(props);
    const made = props.access === undefined ? 0 : 1;
    const room = MAX_POLICIES_PER_GROUP - inherited - made;
    if (this.onGroup().size > 0 && policies.length > room)
      errors.report(
        'GroupPoliciesInvalid',
        `'thingGroup' ${props.thingGroup.node.path} has ${inherited} of the ${MAX_POLICIES_PER_GROUP} policies that it can have, inherited ones included, attached by ${[...this.onGroup().keys()].join(', ')}, and ${policies.length + made} more are given here; give all that members may do at one place`,
      );
    else if (policies.length > room && inherited < MAX_POLICIES_PER_GROUP)
      errors.report(
        'GroupPoliciesInvalid',
        `'policies' can have ${room} here, got ${policies.length}: a thing group takes ${MAX_POLICIES_PER_GROUP}, those made of 'access' and inherited ones included`,
      );
    const names = policies.map(({ policyRef }) => JSON.stringify(Stack.of(this).resolve(policyRef.policyName)));
    errors.unique('policies', names, 'GroupPoliciesInvalid');
    errors.number('inherited', props.inherited, {
      min: 0,
      max: MAX_POLICIES_PER_GROUP - 1,
      code: 'GroupPoliciesInvalid',
    });
    checkPlaces(this, { thingGroup: props.thingGroup }, errors);
    if (isDynamic(props.thingGroup))
      errors.report(
        'GroupPoliciesOnDynamicGroup',
        `'thingGroup' ${props.thingGroup.node.path} has a query, so it is a dynamic group, and AWS IoT attaches policies to static groups only`,
      );
    errors.oneOf('removalPolicy', props.removalPolicy, Object.values(RemovalPolicy), 'GroupPoliciesRemovalInvalid');
    if (props.removalPolicy === RemovalPolicy.SNAPSHOT)
      errors.report(
        'GroupPoliciesRemovalInvalid',
        "'removalPolicy' must not be SNAPSHOT: there is no snapshot of an attachment",
      );
    errors.throwIfAny();
  }
}

/** The first of the topics, and how many there are besides. */
function few(topics: readonly string[]): string {
  const others = topics.length - MOST_TOPICS;
  const shown = topics.slice(0, MOST_TOPICS).map(quote).join(', ');
  return others > 0 ? `${shown} and ${others} more` : shown;
}

/** What CloudFormation gives to a resource with the removal policy; kept resources are not kept if their creation fails. */
function retentionOf(removalPolicy: RemovalPolicy | undefined): CfnDeletionPolicy | undefined {
  const kept = removalPolicy === RemovalPolicy.RETAIN || removalPolicy === RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
  return kept ? CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE : undefined;
}

/** Its name where that is known; logical ids would not do, since two stacks may both have one. */
function identityOfPolicy(policy: IPolicyRef): string {
  const name = CfnPolicy.isCfnPolicy(policy) ? policy.policyName : policy.policyRef.policyName;
  if (name !== undefined && !Token.isUnresolved(name)) return `name ${name}`;
  return CfnPolicy.isCfnPolicy(policy)
    ? policy.node.path
    : `in ${Stack.of(policy).node.addr} ${JSON.stringify(Stack.of(policy).resolve(name))}`;
}

/** A number that is known at deployment only cannot be reckoned with. */
function inheritedBy({ inherited }: GroupPoliciesProps): number {
  return inherited === undefined || Token.isUnresolved(inherited) ? 0 : inherited;
}

/**
 * Changes when CloudFormation replaces the group. The attachment is a new resource then, and the old one, with its rights,
 * is there to be cleaned up.
 */
function identityOf(group: IThingGroupRef): string {
  const { thingGroupName: name, parentGroupName: parent } = resourceOf(group) ?? {
    thingGroupName: group.thingGroupRef.thingGroupName,
    parentGroupName: undefined,
  };
  if (parent === undefined && (name === undefined || Token.isUnresolved(name))) return '';
  const text = JSON.stringify(Stack.of(group).resolve({ name, parent }));
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
