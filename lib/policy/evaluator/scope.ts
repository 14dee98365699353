import { Check, retained } from './check';
import { type ConnectionContext, ConnectionProtocol, ThingAttachment } from './connection-context';
import { type Association, type ContextKeys, contextKeys, isAssociated } from './context-keys';
import { DecisionTable } from './decision-table';
import { PolicyAssumption } from './policy-decision';
import type { Statement } from './statement';

/** Where resources are, and how thing groups descend from each other. */
export interface Environment {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly parentGroups: ReadonlyMap<string, string>;
}

/** Which statements and which keys count for a request on one connection. */
export class Scope {
  public readonly connect: Check;
  private readonly arn: string;
  private readonly tables = new Map<string, DecisionTable>();
  private readonly inGroups: ReadonlySet<string> | undefined;
  private readonly inScope: readonly Statement[];
  private readonly onCertificate: readonly Statement[];

  constructor(
    environment: Environment,
    statements: readonly Statement[],
    private readonly context: ConnectionContext,
  ) {
    this.arn = `arn:${environment.partition}:iot:${environment.region}:${environment.account}:`;
    this.inGroups = lineage(context.props.thingGroupNames, environment.parentGroups);
    this.inScope = statements.filter((statement) => this.isMember(statement));
    this.onCertificate = this.inScope.filter((statement) => statement.source.thingGroupName === undefined);
    const will = context.props.lastWill;
    const publishWill =
      will === undefined
        ? undefined
        : will.retained === true
          ? retained(will.topic)
          : new Check('iot:Publish', 'topic/', will.topic);
    this.connect = new Check('iot:Connect', 'client/', context.clientId ?? '', publishWill);
  }

  /** The first permission that a request needs. */
  public checkOf(check: Check | undefined): Check | undefined {
    return check ?? this.connect;
  }

  /** The credential provider answers 403 for a thing that the certificate is not attached to, before any policy. */
  public refuses(check: Check): boolean {
    if (check.thingHeader === undefined) return false;
    const { attachment, props } = this.context;
    return attachment === ThingAttachment.NOT_ATTACHED || check.thingHeader !== props.thingName;
  }

  public table(check: Check): DecisionTable {
    const known = this.tables.get(check.table);
    if (known !== undefined) return known;
    const statements = this.groupsApply(check) ? this.inScope : this.onCertificate;
    const made = new DecisionTable(statements, check.action, this.keys(check), this.prefix(check));
    this.tables.set(check.table, made);
    return made;
  }

  public keys(check: Check): ContextKeys {
    return contextKeys(this.context, this.association(check), (topic) => `${this.arn}topic/${topic}`);
  }

  /** All statements that are attached to the principal or to one of its groups, whether or not they apply. */
  public get attached(): readonly Statement[] {
    return this.inScope;
  }

  public resource(check: Check): string {
    return this.prefix(check) + check.name;
  }

  /** Why a statement of a group policy does not count here; undefined if it does. */
  public inapplicable(statement: Statement, check: Check): string | undefined {
    const group = statement.source.thingGroupName;
    if (group === undefined || this.groupsApply(check)) return undefined;
    const { clientId, props, attachment } = this.context;
    if (!this.isMqtt(check)) return `policies of thing group '${group}' need an MQTT connection`;
    if (attachment === ThingAttachment.NOT_ATTACHED) {
      return `policies of thing group '${group}' need a certificate that is attached to the thing`;
    }
    return `policies of thing group '${group}' need a client ID that equals the thing name, got '${clientId ?? ''}' for '${props.thingName ?? ''}'`;
  }

  public assumptions(check: Check): PolicyAssumption[] {
    const groups = this.inScope.length > this.onCertificate.length;
    if (!groups || this.groupsApply(check)) return [];
    if (!this.isMqtt(check)) return [PolicyAssumption.GROUP_POLICIES_NEED_MQTT];
    const exclusive = this.context.attachment === ThingAttachment.EXCLUSIVE_THING;
    return exclusive ? [PolicyAssumption.GROUP_POLICIES_NEED_MATCHING_CLIENT_ID] : [];
  }

  private prefix(check: Check): string {
    return check.type === undefined ? '' : this.arn + check.type;
  }

  private isMqtt(check: Check): boolean {
    return this.context.protocol !== ConnectionProtocol.HTTPS && !check.overHttps;
  }

  private groupsApply(check: Check): boolean {
    const { attachment, clientId, props } = this.context;
    return this.isMqtt(check) && attachment !== ThingAttachment.NOT_ATTACHED && clientId === props.thingName;
  }

  private association(check: Check): Association {
    const mqtt = this.isMqtt(check);
    const thing = mqtt ? isAssociated(this.context) : check.thingHeader !== undefined;
    return { mqtt, thing, connect: check.action === 'iot:connect' };
  }

  private isMember(statement: Statement): boolean {
    const group = statement.source.thingGroupName;
    return group === undefined || this.inGroups === undefined || this.inGroups.has(group);
  }
}

/** The groups and all their ancestors. A group that is its own ancestor ends the walk. */
function lineage(
  groups: readonly string[] | undefined,
  parents: ReadonlyMap<string, string>,
): ReadonlySet<string> | undefined {
  if (groups === undefined) return undefined;
  const all = new Set<string>();
  for (const group of groups) {
    for (let name: string | undefined = group; name !== undefined && !all.has(name); name = parents.get(name)) {
      all.add(name);
    }
  }
  return all;
}
