import type { Decision, DecidingStatement } from '../ports';
import type { Context } from './conditions';
import { type Caller, delegates, examine, type Finding, type IamRequest, type NamedPolicy } from './statement';

/** A role with what it may do and who may take it on. */
export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly trust: NamedPolicy;
  readonly policies: NamedPolicy[];
  /** What its policies cannot go beyond. */
  readonly boundary?: NamedPolicy;
}

export type ContextValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One permission that a call needs. */
export interface Need {
  readonly action: string;
  /** ARN, or `*` for actions without resource-level permissions. */
  readonly resource: string;
  readonly context?: ContextValues;
}

/**
 * Decides what roles and services may do, by the policies of the template: deny by default, an explicit deny wins, and the
 * policies of role and resource are united, as within one account. What is not understood is refused.
 */
export class Authorizer {
  /** By ARN. */
  public readonly roles = new Map<string, Role>();
  /** Managed policies of the stacks, by ARN. */
  public readonly managedPolicies = new Map<string, NamedPolicy>();
  /** Policies of queues, topics, buckets, keys and functions, by ARN of the resource. */
  public readonly resourcePolicies = new Map<string, NamedPolicy[]>();

  constructor(
    private readonly place: { readonly partition: string; readonly region: string; readonly account: string },
    private readonly now: () => number,
  ) {}

  /** Whether a role may do something. */
  public role(roleArn: string, need: Need): Decision {
    const role = this.roles.get(roleArn);
    const caller = { roleArn, account: this.place.account };
    const request = this.request(caller, need, { 'aws:PrincipalArn': roleArn });
    const own = examine(role?.policies ?? [], request, false);
    const resource = this.onResource(request);
    // What a key's or bucket's policy gives to the account as a whole only opens it to the account's own policies.
    const direct = resource.allow.filter((statement) => !this.isDelegation(need.resource, statement));
    const closed = this.closedKey(need, resource);
    // A statement of a resource that names the role stands under its boundary as the role's own do.
    const bound = role?.boundary === undefined ? undefined : examine([role.boundary], request, false);
    const outside = bound !== undefined && bound.allow.length === 0;
    const allow = outside ? [] : closed ? direct : [...own.allow, ...direct];
    const { deny: forbidden = [], unknown: unclear = [] } = bound ?? {};
    return decision(
      need,
      {
        allow,
        deny: [...own.deny, ...forbidden, ...resource.deny],
        unknown: [...own.unknown, ...unclear, ...resource.unknown],
      },
      () =>
        role === undefined
          ? `there is no role ${roleArn}`
          : outside
            ? `the permissions boundary ${role.boundary?.name ?? ''} of ${role.name} does not allow it`
            : closed
              ? 'the key policy gives the account no access'
              : `nothing in ${role.name} allows it`,
    );
  }

  /** Whether a service may do something as itself: only the resource's own policy can say so. */
  public service(service: string, need: Need): Decision {
    const request = this.request({ service, account: this.place.account }, need, {});
    return decision(need, this.onResource(request), () => `no policy of the resource lets ${service} in`);
  }

  /** Whether a service may take on a role. */
  public assume(service: string, roleArn: string, sourceArn?: string): Decision {
    const need = { action: 'sts:AssumeRole', resource: roleArn, context: sourceOf(this.place.account, sourceArn) };
    const role = this.roles.get(roleArn);
    const request = this.request({ service, account: this.place.account }, need, {});
    const found = examine(role === undefined ? [] : [role.trust], request, true);
    return decision(need, found, () =>
      role === undefined
        ? `there is no role ${roleArn}`
        : `${role.name} does not trust ${service}${sourceArn === undefined ? '' : ` for ${sourceArn}`}`,
    );
  }

  private onResource(request: IamRequest): Finding {
    return examine(this.resourcePolicies.get(baseOf(request.resource)) ?? [], request, true);
  }

  private isDelegation(resource: string, statement: DecidingStatement): boolean {
    const policies = this.resourcePolicies.get(baseOf(resource)) ?? [];
    const policy = policies.find(({ name }) => name === statement.policyName);
    return policy !== undefined && delegates(policy.document, this.place.account, statement);
  }

  /** A key is open only to whom its own policy lets in, be it through the account. */
  private closedKey(need: Need, resource: Finding): boolean {
    return need.action.startsWith('kms:') && this.resourcePolicies.has(need.resource) && resource.allow.length === 0;
  }

  private request(caller: Caller, need: Need, extra: ContextValues): IamRequest {
    const { account, region } = this.place;
    const values: ContextValues = {
      'aws:SecureTransport': 'true',
      'aws:CurrentTime': new Date(this.now()).toISOString(),
      'aws:EpochTime': String(Math.floor(this.now() / 1000)),
      'aws:RequestedRegion': region,
      ...(caller.roleArn !== undefined && { 'aws:PrincipalAccount': account, 'aws:PrincipalIsAWSService': 'false' }),
      ...(caller.service !== undefined && {
        'aws:PrincipalServiceName': caller.service,
        'aws:PrincipalIsAWSService': 'true',
      }),
      ...extra,
      ...need.context,
    };
    return { caller, action: need.action, resource: need.resource, context: contextOf(values) };
  }
}

/** What a service says of the resource it acts for: the keys against the confused deputy. */
export function sourceOf(account: string, sourceArn: string | undefined): ContextValues {
  return { 'aws:SourceAccount': account, 'aws:SourceArn': sourceArn };
}

function contextOf(values: ContextValues): Context {
  const context = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(values))
    if (value !== undefined) context.set(key.toLowerCase(), typeof value === 'string' ? [value] : value);
  return context;
}

/** A bucket's policy covers its objects. */
function baseOf(resource: string): string {
  return resource.includes(':s3:::') ? (resource.split('/', 1)[0] ?? resource) : resource;
}

function decision({ action, resource }: Need, { allow, deny, unknown }: Finding, missing: () => string): Decision {
  if (deny.length > 0) return { action, resource, allowed: false, because: deny, missing: 'it is denied' };
  if (unknown.length > 0)
    return {
      action,
      resource,
      allowed: false,
      because: [],
      missing: `the rehearsal does not know ${unknown.join(', ')}`,
    };
  if (allow.length > 0) return { action, resource, allowed: true, because: allow };
  return { action, resource, allowed: false, because: [], missing: missing() };
}
