import { Check, type CheckKind, CONNECT, publishing, retaining } from './check';
import { type ConnectionContext, ConnectionProtocol, ThingAttachment } from './connection-context';
import { type ContextKeys, contextKeys, isAssociated } from './context-keys';
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

/** Over HTTPS a device can publish, but not hold a connection. */
const MQTT_ONLY: ReadonlySet<string> = new Set(['iot:connect', 'iot:subscribe', 'iot:receive']);

/** Which statements and which keys count for a request on one connection. */
export class Scope {
  /** What the CONNECT packet of this connection needs. */
  public readonly connect: Check;
  /** All statements on the certificate and on the thing's groups, whether or not they apply. */
  public readonly attached: readonly Statement[];
  private readonly onCertificate: readonly Statement[];
  private readonly arn: string;
  private readonly isHttps: boolean;
  private readonly tables = new Map<string, DecisionTable>();

  constructor(
    { partition, region, account, parentGroups }: Environment,
    statements: readonly Statement[],
    private readonly context: ConnectionContext,
  ) {
    this.arn = `arn:${partition}:iot:${region}:${account}:`;
    this.isHttps = context.protocol === ConnectionProtocol.HTTPS;
    const groups = lineage(context.props.thingGroupNames, parentGroups);
    this.attached = statements.filter(({ source }) => isMember(source.thingGroupName, groups));
    this.onCertificate = this.attached.filter(({ source }) => source.thingGroupName === undefined);
    this.connect = new Check(CONNECT, context.clientId ?? '', willOf(context));
  }

  /** Why the service refuses the request before any policy counts; undefined if it does not. */
  public refusal({ kind, thingHeader }: Check): string | undefined {
    if (this.isHttps && MQTT_ONLY.has(kind.action)) return 'cannot be asked for over HTTPS';
    if (thingHeader === undefined) return undefined;
    const { attachment, props } = this.context;
    const attached = attachment !== ThingAttachment.NOT_ATTACHED && thingHeader === props.thingName;
    return attached ? undefined : `names the thing '${thingHeader}', which the certificate is not attached to`;
  }

  public table(kind: CheckKind): DecisionTable {
    return this.tables.get(kind.key) ?? this.makeTable(kind);
  }

  public resource(check: Check): string {
    return this.prefix(check.kind) + check.name;
  }

  /** Why the policies of a group do not count here; undefined if they do, or if there is no group. */
  public inapplicable({ source }: Statement, kind: CheckKind): string | undefined {
    if (source.thingGroupName === undefined || this.groupsApply(kind)) return undefined;
    const { clientId, props, attachment } = this.context;
    const policies = `policies of thing group '${source.thingGroupName}' need`;
    if (!this.isMqtt(kind)) return `${policies} a request over MQTT`;
    if (attachment === ThingAttachment.NOT_ATTACHED) return `${policies} a thing that the certificate is attached to`;
    return `${policies} a client ID that equals the thing name: '${clientId}' is not '${props.thingName}'`;
  }

  /** Undocumented points that a decision of this kind rests on. */
  public assumptions(kind: CheckKind): PolicyAssumption[] {
    const groups = this.attached.length > this.onCertificate.length;
    if (!groups || this.groupsApply(kind)) return [];
    if (!this.isMqtt(kind)) return [PolicyAssumption.GROUP_POLICIES_NEED_MQTT];
    const exclusive = this.context.attachment === ThingAttachment.EXCLUSIVE_THING;
    return exclusive ? [PolicyAssumption.GROUP_POLICIES_NEED_MATCHING_CLIENT_ID] : [];
  }

  private makeTable(kind: CheckKind): DecisionTable {
    const statements = this.groupsApply(kind) ? this.attached : this.onCertificate;
    const table = new DecisionTable(statements, kind.action, this.keys(kind), this.prefix(kind));
    this.tables.set(kind.key, table);
    return table;
  }

  private keys(kind: CheckKind): ContextKeys {
    const mqtt = this.isMqtt(kind);
    const association = {
      mqtt,
      thing: mqtt ? isAssociated(this.context) : kind.namesThing,
      connect: kind.action === CONNECT.action,
    };
    return contextKeys(this.context, association, (topic) => `${this.arn}topic/${topic}`);
  }

  private prefix(kind: CheckKind): string {
    return kind.type === undefined ? '' : this.arn + kind.type;
  }

  private isMqtt(kind: CheckKind): boolean {
    return !this.isHttps && !kind.overHttps;
  }

  private groupsApply(kind: CheckKind): boolean {
    const { attachment, clientId, props } = this.context;
    return this.isMqtt(kind) && attachment !== ThingAttachment.NOT_ATTACHED && clientId === props.thingName;
  }
}

/** A will is published for the client, so it needs what a publish needs. */
function willOf({ props }: ConnectionContext): Check | undefined {
  if (props.lastWill === undefined) return undefined;
  const { topic, retained } = props.lastWill;
  return retained === true ? retaining(topic) : publishing(topic);
}

function isMember(group: string | undefined, groups: ReadonlySet<string> | undefined): boolean {
  return group === undefined || groups === undefined || groups.has(group);
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
