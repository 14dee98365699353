import { ConfigurationError } from '../../internal/configuration-error';
import { Problems } from '../../internal/problems';
import { quote } from '../../internal/quote';
import { acting, asking, assuming, type Check, publishing, receiving, retaining, subscribing } from './check';

const ACTION = /^[a-z][a-z0-9-]{0,62}:[A-Za-z]{1,128}$/i;

/**
 * What a device asks for: connect, publish, retain, subscribe, receive, credentials, or any other action.
 *
 * Topics and filters are compared as plain strings. What a broker then delivers for a filter with `+` or `#`, also for
 * one that got there through a client ID, is not the policy's matter: each delivery is a `receive` of its own.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-policy-actions.html
 */
export class PolicyRequest {
  /**
   * Connect with the client ID of the context. A last will of the context must be allowed as a publish to its topic, and
   * a retained one as a retained publish.
   */
  public static connect(): PolicyRequest {
    return new PolicyRequest(undefined);
  }

  /** Publish a message to a topic. */
  public static publish(topic: string): PolicyRequest {
    if (typeof topic !== 'string') refuse('publish', 'topic', topic);
    return new PolicyRequest(publishing(topic));
  }

  /** Publish a message with the RETAIN flag: it needs both `iot:Publish` and `iot:RetainPublish`. */
  public static retain(topic: string): PolicyRequest {
    if (typeof topic !== 'string') refuse('retain', 'topic', topic);
    return new PolicyRequest(retaining(topic));
  }

  /**
   * Subscribe to a topic filter.
   *
   * For `$share/<name>/<filter>` AWS does not document which of the two strings is authorized: both must be allowed.
   */
  public static subscribe(topicFilter: string): PolicyRequest {
    if (typeof topicFilter !== 'string') refuse('subscribe', 'topicFilter', topicFilter);
    return new PolicyRequest(subscribing(topicFilter));
  }

  /** Have a message of a topic delivered. */
  public static receive(topic: string): PolicyRequest {
    if (typeof topic !== 'string') refuse('receive', 'topic', topic);
    return new PolicyRequest(receiving(topic));
  }

  /**
   * Ask the credential provider for credentials of a role. Always HTTPS, whatever the connection is.
   *
   * @param roleAlias Name of the role alias.
   * @param thingName Value of the `x-amzn-iot-thingname` header. Only with it thing variables have values, and only the
   * thing that the certificate is attached to may be named: the request is refused otherwise.
   */
  public static assumeRoleWithCertificate(roleAlias: string, thingName?: string): PolicyRequest {
    const name = 'assumeRoleWithCertificate';
    if (typeof roleAlias !== 'string') refuse(name, 'roleAlias', roleAlias);
    if (thingName !== undefined && typeof thingName !== 'string') refuse(name, 'thingName', thingName);
    return new PolicyRequest(assuming(roleAlias, thingName));
  }

  /**
   * Any other action, such as `iot:GetThingShadow` on `thing/pump-7`.
   *
   * Actions of the shadow, jobs, retained-message and connection APIs always come over HTTPS. `iot:Subscribe` on `topicfilter/...` is what
   * `subscribe` asks for; a whole ARN is compared as it is. Fails for what cannot be the name of an action.
   *
   * @param action Name with its prefix.
   * @param resource Part of the ARN after the account, a whole ARN, or `*` for actions without a resource.
   */
  public static of(action: string, resource: string): PolicyRequest {
    if (typeof action !== 'string') refuse('of', 'action', action);
    if (typeof resource !== 'string') refuse('of', 'resource', resource);
    const problems = new Problems();
    // What is no action is denied by every policy: a test that expects a denial would pass for nothing.
    if (!ACTION.test(action))
      problems.report(
        'PolicyRequestInvalid',
        `'action' must be a name with its prefix, such as iot:GetThingShadow, got ${quote(action)}`,
      );
    if (resource === '') problems.report('PolicyRequestInvalid', `'resource' must not be empty; use '*' for none`);
    problems.throwIfAny();
    return new PolicyRequest(asking(action, resource));
  }

  /** @internal one permission on a resource, of a shared filter only the form that is written */
  public static _asWritten(action: string, resource: string): PolicyRequest {
    return new PolicyRequest(acting(action, resource));
  }

  /** @internal undefined for a connect, whose checks depend on the connection */
  public readonly _check: Check | undefined;

  private constructor(check: Check | undefined) {
    this._check = check;
  }
}

/** Callers without types may give anything. The question whether they do is asked in place: each packet makes a request. */
function refuse(maker: string, name: string, value: unknown): never {
  throw new ConfigurationError(
    'PolicyRequestInvalid',
    `PolicyRequest.${maker}(): '${name}' must be text that is known at synth, got ${value === undefined ? 'nothing' : typeof value}`,
  );
}
