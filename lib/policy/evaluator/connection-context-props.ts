import type { ConnectionProtocol, ThingAttachment } from './connection-context';

/** The last will that a client asks for when it connects. */
export interface LastWill {
  /** Topic that the will is published to; the connection is refused unless the client may publish there. */
  readonly topic: string;

  /**
   * Whether the broker keeps the will as a retained message, which needs `iot:RetainPublish` too.
   *
   * @default false
   */
  readonly retained?: boolean;
}

/**
 * What policies can ask about a client certificate.
 *
 * Field names are those of the policy variables without their prefix: `CommonName`, `Organization`,
 * `AlternativeName.DNSName`. Each has one or more values, in the order of the certificate, as they stand there: the
 * evaluator escapes special characters, ignores a sixth value and refuses wildcards as the service does.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/cert-policy-variables.html
 */
export interface CertificateAttributes {
  /**
   * Identifier of the certificate in the registry.
   *
   * @default - `iot:CertificateId` has no value
   */
  readonly certificateId?: string;

  /**
   * Serial number that the issuer gave to the certificate.
   *
   * @default - `iot:Certificate.SerialNumber` has no value
   */
  readonly serialNumber?: string;

  /**
   * Fields of the subject and its alternative names.
   *
   * @default - no `iot:Certificate.Subject` variable has a value
   */
  readonly subject?: { [field: string]: string[] };

  /**
   * Fields of the issuer and its alternative names.
   *
   * @default - no `iot:Certificate.Issuer` variable has a value
   */
  readonly issuer?: { [field: string]: string[] };
}

/** Properties of a `ConnectionContext`. */
export interface ConnectionContextProps {
  /**
   * MQTT client ID. A client may choose any: nothing but `iot:Connect` restricts it.
   *
   * @default - the thing name; required over MQTT where there is none
   */
  readonly clientId?: string;

  /**
   * How the device reaches the service.
   *
   * @default ConnectionProtocol.MQTT
   */
  readonly protocol?: ConnectionProtocol;

  /**
   * Thing of the registry that the device stands for.
   *
   * @default - the device is not registered
   */
  readonly thingName?: string;

  /**
   * How the certificate is attached to the thing.
   *
   * @default - ThingAttachment.NON_EXCLUSIVE_THING where a thing is named, else ThingAttachment.NOT_ATTACHED
   */
  readonly attachment?: ThingAttachment;

  /**
   * Thing type of the thing.
   *
   * @default - the thing has no type
   */
  readonly thingTypeName?: string;

  /**
   * Attributes of the thing.
   *
   * @default - the thing has no attributes
   */
  readonly attributes?: { [name: string]: string };

  /**
   * Static groups that the thing is a member of. Their ancestors need not be named: see `parentGroups` of the evaluator.
   *
   * @default - every group that a policy of the evaluator is attached to
   */
  readonly thingGroupNames?: string[];

  /**
   * Certificate that the device authenticates with.
   *
   * @default - no certificate variable has a value
   */
  readonly certificate?: CertificateAttributes;

  /**
   * Public address of the device, IPv4 or IPv6. Through a VPC endpoint the service knows none.
   *
   * @default - `aws:SourceIp` has no value
   */
  readonly sourceIp?: string;

  /**
   * Domain that the device asked for (SNI).
   *
   * @default - `iot:DomainName` has no value
   */
  readonly domainName?: string;

  /**
   * VPC that the device comes from.
   *
   * @default - `aws:SourceVpc` has no value
   */
  readonly sourceVpc?: string;

  /**
   * VPC endpoint that the device comes through.
   *
   * @default - `aws:SourceVpce` has no value
   */
  readonly sourceVpce?: string;

  /**
   * Address of the device inside its VPC.
   *
   * @default - `aws:VpcSourceIp` has no value
   */
  readonly vpcSourceIp?: string;

  /**
   * Last will of the CONNECT packet.
   *
   * @default - none is asked for
   */
  readonly lastWill?: LastWill;

  /**
   * Whether the client asks for a persistent session.
   *
   * @default false
   */
  readonly persistent?: boolean;

  /**
   * Time of the decision, for policies with dates. The evaluator never reads the clock.
   *
   * @default - `aws:CurrentTime` and `aws:EpochTime` have no value
   */
  readonly currentTime?: Date;

  /**
   * Further condition keys with their values, for keys that AWS adds later, or that the caller knows better.
   *
   * A key given here replaces the one that the evaluator derives.
   *
   * @default - only the keys that AWS IoT documents
   */
  readonly conditionKeys?: { [key: string]: string[] };
}
