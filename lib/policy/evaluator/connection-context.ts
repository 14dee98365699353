import { checkProps } from '../../internal/guard';
import { Problems } from '../../internal/problems';
import { quote } from '../../internal/quote';
import { parseAddress } from './ip';
import { isCertificateField } from './certificate-keys';
import type { ConnectionContextProps } from './connection-context-props';

/**
 * How a device reaches AWS IoT Core. Thing policy variables exist over MQTT only, with or without WebSocket.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html
 */
export enum ConnectionProtocol {
  /** MQTT over mutual TLS. */
  MQTT = 'MQTT',
  /** MQTT in a WebSocket. */
  MQTT_WSS = 'MQTT_WSS',
  /** HTTPS requests: publish, shadow, jobs and the credential provider. There is no client ID. */
  HTTPS = 'HTTPS',
}

/**
 * Whether the certificate of the connection is attached to the thing, and how.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/exclusive-thing.html
 */
export enum ThingAttachment {
  /** The certificate is not attached to the thing: no thing variable has a value and no group policy applies. */
  NOT_ATTACHED = 'NOT_ATTACHED',
  /** Attached as AWS does by default: the association needs a client ID that equals the thing name. */
  NON_EXCLUSIVE_THING = 'NON_EXCLUSIVE_THING',
  /** The certificate belongs to this thing alone: thing variables have values whatever the client ID is. */
  EXCLUSIVE_THING = 'EXCLUSIVE_THING',
}

/**
 * Everything about a connection that a policy can depend on: who connects, as what, from where.
 *
 * Immutable; the evaluator compiles the policies of a connection once for each context.
 */
export class ConnectionContext {
  /** A registered device that connects properly: exclusive certificate, client ID equal to the thing name, over MQTT. */
  public static ofThing(thingName: string): ConnectionContext {
    return new ConnectionContext({ thingName, attachment: ThingAttachment.EXCLUSIVE_THING });
  }

  /** @internal by what it has, since two copies of this package may be loaded at once */
  public static _is(context: unknown): context is ConnectionContext {
    return typeof context === 'object' && context !== null && 'attachment' in context && 'protocol' in context;
  }

  /** What was given. */
  public readonly props: ConnectionContextProps;
  /** How the device reaches the service. */
  public readonly protocol: ConnectionProtocol;
  /** MQTT client ID; none over HTTPS. */
  public readonly clientId?: string;
  /** How the certificate is attached to the thing. */
  public readonly attachment: ThingAttachment;

  /**
   * Fails, naming all that is wrong, for an MQTT connection without a client ID, an attachment or a thing property
   * without a thing, an address that is none, and a certificate field that AWS IoT does not know.
   */
  constructor(props: ConnectionContextProps) {
    checkProps(undefined, 'ConnectionContextProps', props);
    this.props = props;
    this.protocol = props.protocol ?? ConnectionProtocol.MQTT;
    this.clientId = this.protocol === ConnectionProtocol.HTTPS ? undefined : (props.clientId ?? props.thingName);
    const unnamed = props.thingName === undefined ? ThingAttachment.NOT_ATTACHED : ThingAttachment.NON_EXCLUSIVE_THING;
    this.attachment = props.attachment ?? unnamed;
    this.validate(new Problems());
  }

  private validate(problems: Problems): void {
    const props = this.props;
    const report = (message: string): void => problems.report('ConnectionContextInvalid', message);
    const words = { protocol: Object.values(ConnectionProtocol), attachment: Object.values(ThingAttachment) };
    for (const [name, allowed] of Object.entries(words)) {
      const value = this[name as keyof typeof words];
      if (!(allowed as string[]).includes(value))
        report(`'${name}' must be one of ${allowed.join(', ')}, got ${quote(value)}`);
    }
    if (this.clientId === undefined && this.protocol !== ConnectionProtocol.HTTPS) {
      report(`'clientId' must be given for a connection over ${this.protocol} without a thing`);
    }
    if (props.thingName === undefined && this.attachment !== ThingAttachment.NOT_ATTACHED) {
      report(`'attachment' is ${this.attachment}, which needs a 'thingName'`);
    }
    for (const name of ['sourceIp', 'vpcSourceIp'] as const) {
      const address = props[name];
      if (address !== undefined && parseAddress(address) === undefined) {
        report(`'${name}' must be an IPv4 or IPv6 address, got ${quote(address)}`);
      }
    }
    const { currentTime } = props;
    if (currentTime !== undefined && !isTime(currentTime)) {
      const got = currentTime instanceof Date ? 'an invalid date' : quote(String(currentTime));
      report(`'currentTime' must be a Date, such as new Date('2030-01-01T00:00:00Z'), got ${got}`);
    }
    for (const part of ['subject', 'issuer'] as const) {
      for (const field of Object.keys(props.certificate?.[part] ?? {})) {
        if (!isCertificateField(field)) {
          report(`'certificate.${part}' has no field ${quote(field)}; use a name such as CommonName`);
        }
      }
    }
    problems.throwIfAny();
  }
}

/** Callers without types may give a text, and a text that is no time makes a Date that is none. */
function isTime(time: Date): boolean {
  return typeof (time as Partial<Date>).getTime === 'function' && !Number.isNaN(time.getTime());
}
