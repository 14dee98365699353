import { certificateKeys } from './certificate-keys';
import { type ConnectionContext, ThingAttachment } from './connection-context';
import type { Substitutes } from './template';

interface Entry {
  readonly values: readonly string[];
  /** Text that replaces `${key}`; keys with several values have none. */
  readonly substitute?: string;
}

/** Key names are case-insensitive, as in IAM; the name of a thing attribute is not. */
function normal(name: string): string {
  const bracket = name.indexOf('[');
  return bracket < 0 ? name.toLowerCase() : name.slice(0, bracket).toLowerCase() + name.slice(bracket);
}

/** What a policy may ask about one kind of request on one connection: condition keys and policy variables. */
export class ContextKeys implements Substitutes {
  private readonly entries = new Map<string, Entry>();

  /** The values of a condition key; undefined where the request context lacks it. */
  public values(name: string): readonly string[] | undefined {
    return this.entries.get(normal(name))?.values;
  }

  public substitute(name: string): string | undefined {
    return this.entries.get(normal(name))?.substitute;
  }

  public one(name: string, value: string | undefined): void {
    if (value !== undefined) this.entries.set(normal(name), { values: [value], substitute: value });
  }

  public many(name: string, values: readonly string[]): void {
    this.entries.set(normal(name), { values });
  }

  public put(name: string, entry: Entry): void {
    this.entries.set(normal(name), entry);
  }
}

/** Which thing the connection stands for, as far as policies are concerned. */
export interface Association {
  /** Whether the request comes over MQTT: only there a client ID exists. */
  readonly mqtt: boolean;
  /** Whether thing variables have values. */
  readonly thing: boolean;
  /** Whether the request is the CONNECT itself, which has keys of its own. */
  readonly connect: boolean;
}

/**
 * The thing name is the client ID, unless the certificate belongs to the thing exclusively.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/thing-policy-variables.html
 */
export function isAssociated(context: ConnectionContext): boolean {
  if (context.attachment === ThingAttachment.NOT_ATTACHED) return false;
  return context.attachment === ThingAttachment.EXCLUSIVE_THING || context.clientId === context.props.thingName;
}

/** All keys that AWS IoT documents for a request of this kind; `topicArn` names the topic of a last will. */
export function contextKeys(
  context: ConnectionContext,
  association: Association,
  topicArn: (topic: string) => string,
): ContextKeys {
  const keys = new ContextKeys();
  const { props } = context;
  keys.one('aws:SourceIp', props.sourceIp);
  keys.one('aws:SourceVpc', props.sourceVpc);
  keys.one('aws:SourceVpce', props.sourceVpce);
  keys.one('aws:VpcSourceIp', props.vpcSourceIp);
  keys.one('iot:DomainName', props.domainName);
  keys.one('aws:CurrentTime', props.currentTime?.toISOString());
  keys.one('aws:EpochTime', props.currentTime && String(Math.floor(props.currentTime.getTime() / 1000)));
  for (const { name, values, substitute } of certificateKeys(props.certificate ?? {})) {
    keys.put(name, { values, substitute });
  }
  if (association.mqtt) {
    keys.one('iot:ClientId', context.clientId);
    keys.one('iot:Connection.Thing.IsAttached', String(association.thing));
  }
  if (association.thing) addThing(keys, context);
  if (association.connect) addConnect(keys, context, topicArn);
  for (const [name, values] of Object.entries(props.conditionKeys ?? {})) {
    keys.put(name, { values, substitute: values.length === 1 ? values[0] : undefined });
  }
  return keys;
}

function addThing(keys: ContextKeys, { props }: ConnectionContext): void {
  keys.one('iot:Connection.Thing.ThingName', props.thingName);
  keys.one('iot:Connection.Thing.ThingTypeName', props.thingTypeName);
  for (const [name, value] of Object.entries(props.attributes ?? {})) {
    keys.one(`iot:Connection.Thing.Attributes[${name}]`, value);
  }
}

/** A plain connection has an empty list of attributes: the guide calls that the default features. */
function addConnect(keys: ContextKeys, { props }: ConnectionContext, topicArn: (topic: string) => string): void {
  const persistent = props.persistent === true ? ['PersistentConnect'] : [];
  const will = props.lastWill === undefined ? [] : ['LastWill'];
  keys.many('iot:ConnectAttributes', [...persistent, ...will]);
  if (props.lastWill !== undefined) keys.one('iot:LastWillTopic', topicArn(props.lastWill.topic));
}
