import { Check, retained, sharedFilter } from './check';

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
    return new PolicyRequest(new Check('iot:Publish', 'topic/', topic));
  }

  /** Publish a message with the RETAIN flag: it needs both `iot:Publish` and `iot:RetainPublish`. */
  public static retain(topic: string): PolicyRequest {
    return new PolicyRequest(retained(topic));
  }

  /**
   * Subscribe to a topic filter.
   *
   * For `$share/<name>/<filter>` AWS does not document which of the two strings is authorized: both must be allowed.
   */
  public static subscribe(topicFilter: string): PolicyRequest {
    const shared = sharedFilter(topicFilter);
    const unshared = shared === undefined ? undefined : new Check('iot:Subscribe', 'topicfilter/', shared);
    return new PolicyRequest(new Check('iot:Subscribe', 'topicfilter/', topicFilter, unshared));
  }

  /** Have a message of a topic delivered. */
  public static receive(topic: string): PolicyRequest {
    return new PolicyRequest(new Check('iot:Receive', 'topic/', topic));
  }

  /**
   * Ask the credential provider for credentials of a role. Always HTTPS, whatever the connection is.
   *
   * @param roleAlias Name of the role alias.
   * @param thingName Value of the `x-amzn-iot-thingname` header. Only with it thing variables have values, and only the
   * thing that the certificate is attached to may be named: the request is refused otherwise.
   */
  public static assumeRoleWithCertificate(roleAlias: string, thingName?: string): PolicyRequest {
    return new PolicyRequest(new Check('iot:AssumeRoleWithCertificate', 'rolealias/', roleAlias, undefined, thingName));
  }

  /**
   * Any other action, such as `iot:GetThingShadow` on `thing/pump-7`.
   *
   * Actions of the shadow, jobs and retained-message APIs always come over HTTPS.
   *
   * @param action Name with its prefix.
   * @param resource Part of the ARN after the account, a whole ARN, or `*` for actions without a resource.
   */
  public static of(action: string, resource: string): PolicyRequest {
    const slash = resource.indexOf('/') + 1;
    const whole = resource === '*' || resource.startsWith('arn:');
    return new PolicyRequest(
      whole
        ? new Check(action, undefined, resource)
        : new Check(action, resource.slice(0, slash), resource.slice(slash)),
    );
  }

  /** @internal undefined for a connect, whose checks depend on the connection */
  public readonly _check: Check | undefined;

  private constructor(check: Check | undefined) {
    this._check = check;
  }
}
