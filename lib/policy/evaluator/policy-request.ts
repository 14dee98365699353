import { Problems } from '../../internal/problems';
import { quote } from '../../internal/quote';
import { acting, assuming, type Check, publishing, receiving, retaining, subscribing } from './check';

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
    return new PolicyRequest(publishing(topic));
  }

  /** Publish a message with the RETAIN flag: it needs both `iot:Publish` and `iot:RetainPublish`. */
  public static retain(topic: string): PolicyRequest {
    return new PolicyRequest(retaining(topic));
  }

  /**
   * Subscribe to a topic filter.
   *
   * For `$share/<name>/<filter>` AWS does not document which of the two strings is authorized: both must be allowed.
   */
  public static subscribe(topicFilter: string): PolicyRequest {
    return new PolicyRequest(subscribing(topicFilter));
  }

  /** Have a message of a topic delivered. */
  public static receive(topic: string): PolicyRequest {
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
    return new PolicyRequest(assuming(roleAlias, thingName));
  }

  /**
   * Any other action, such as `iot:GetThingShadow` on `thing/pump-7`.
   *
   * Actions of the shadow, jobs and retained-message APIs always come over HTTPS. Fails for what cannot be the name of an action.
   *
   * @param action Name with its prefix.
   * @param resource Part of the ARN after the account, a whole ARN, or `*` for actions without a resource.
   */
  public static of(action: string, resource: string): PolicyRequest {
    const problems = new Problems();
    // What is no action is denied by every policy: a test that expects a denial would pass for nothing.
    if (!ACTION.test(action))
      problems.report(
        'PolicyRequestInvalid',
        `'action' must be a name with its prefix, such as iot:GetThingShadow, got ${quote(action)}`,
      );
    if (resource === '') problems.report('PolicyRequestInvalid', `'resource' must not be empty; use '*' for none`);
    problems.throwIfAny();
    return new PolicyRequest(acting(action, resource));
  }

  /** @internal undefined for a connect, whose checks depend on the connection */
  public readonly _check: Check | undefined;

  private constructor(check: Check | undefined) {
    this._check = check;
  }
}
