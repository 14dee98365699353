import { Problems } from '../../internal/problems';
import { quote } from '../../internal/quote';

/** A policy document together with what it is attached to. */
export class AttachedPolicy {
  /**
   * A policy on the certificate of the connection, or on another principal, such as an authenticated Cognito identity, whose
   * IAM role must then allow the request too.
   *
   * @param document Policy document, as an object or JSON text.
   * @param policyName Name that answers give; its place in the list otherwise.
   */
  public static onCertificate(document: unknown, policyName?: string): AttachedPolicy {
    return new AttachedPolicy(document, policyName);
  }

  /**
   * A policy on a static thing group. It applies to things of the group and of its descendants, and only while the MQTT
   * client ID equals the thing name.
   *
   * Fails without the name of a group: a `CfnThingGroup` has one only where it was given.
   *
   * @param thingGroupName Name of the group, not empty.
   * @param document Policy document, as an object or JSON text.
   * @param policyName Name that answers give; its place in the list otherwise.
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html
   */
  public static onThingGroup(thingGroupName: string, document: unknown, policyName?: string): AttachedPolicy {
    const problems = new Problems();
    // Without a name it would be on the certificate, and count whatever the client id is.
    if (typeof thingGroupName !== 'string' || thingGroupName === '') {
      const got = typeof thingGroupName === 'string' ? quote(thingGroupName) : String(thingGroupName);
      problems.report(
        'PolicyDocumentInvalid',
        `'thingGroupName' must be the name of a thing group, got ${got}: give the group a name, or write any other text here`,
      );
    }
    problems.throwIfAny();
    return new AttachedPolicy(document, policyName, thingGroupName);
  }

  /** @internal whether a document is judged that is longer than AWS IoT stores */
  public readonly _isOfAnySize?: boolean;
  /** What it is attached to, in words. */
  public readonly target: string;

  private constructor(
    /** The policy document, as it was given. */
    public readonly document: unknown,
    /** Name of the policy, where it was given. */
    public readonly policyName?: string,
    /** The group that it is attached to; none for a policy on the certificate. */
    public readonly thingGroupName?: string,
    isOfAnySize = false,
  ) {
    this._isOfAnySize = isOfAnySize;
    this.target = thingGroupName === undefined ? 'certificate' : `thing group ${thingGroupName}`;
  }

  /** @internal for a document that is not the text that would be stored: a longer form of it, or one found somewhere */
  public _ofAnySize(): AttachedPolicy {
    return new AttachedPolicy(this.document, this.policyName, this.thingGroupName, true);
  }
}
