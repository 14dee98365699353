import { ConfigurationError } from '../internal/configuration-error';
import { Problems } from '../internal/problems';
import { quote } from '../internal/quote';
import { normalizeLevel, printLevel, splitLevels } from './topic-level';
import { checkTopic, isBasicIngest, isShared, isWildcard } from './topic-rules';
import {
  attributeVariable,
  CERTIFICATE_ID,
  CERTIFICATE_SERIAL_NUMBER,
  isAttributeName,
  THING_NAME,
  THING_TYPE_NAME,
} from './variables';

/**
 * A field of the distinguished name or the alternative names in a certificate.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/cert-policy-variables.html
 */
export enum CertificateField {
  /** Common name (CN). */
  COMMON_NAME = 'CommonName',
  /** Country (C). */
  COUNTRY = 'Country',
  /** State or province (ST). */
  STATE = 'State',
  /** Organization (O). */
  ORGANIZATION = 'Organization',
  /** Organizational unit (OU). */
  ORGANIZATIONAL_UNIT = 'OrganizationalUnit',
  /** Serial number attribute of the name; not the serial number of the certificate. */
  SERIAL_NUMBER = 'SerialNumber',
  /** Distinguished name qualifier. */
  DISTINGUISHED_NAME_QUALIFIER = 'DistinguishedNameQualifier',
  /** Title. */
  TITLE = 'Title',
  /** Surname. */
  SURNAME = 'Surname',
  /** Given name. */
  GIVEN_NAME = 'GivenName',
  /** Initials. */
  INITIALS = 'Initials',
  /** Pseudonym. */
  PSEUDONYM = 'Pseudonym',
  /** Generation qualifier. */
  GENERATION_QUALIFIER = 'GenerationQualifier',
  /** Alternative name: mail address. */
  ALTERNATIVE_RFC822_NAME = 'AlternativeName.RFC822Name',
  /** Alternative name: DNS name. */
  ALTERNATIVE_DNS_NAME = 'AlternativeName.DNSName',
  /** Alternative name: directory name. */
  ALTERNATIVE_DIRECTORY_NAME = 'AlternativeName.DirectoryName',
  /** Alternative name: URI. */
  ALTERNATIVE_URI = 'AlternativeName.UniformResourceIdentifier',
  /** Alternative name: IP address. */
  ALTERNATIVE_IP_ADDRESS = 'AlternativeName.IPAddress',
}

/**
 * An MQTT topic or topic filter of the fleet, with the parts that differ from device to device.
 *
 * A topic is written once, level by level, and renders as each form that a policy needs: the pattern of `topic/` resources, in
 * which AWS IoT knows only `*` and `?`, and the literal text of `topicfilter/` resources, in which `+` and `#` are ordinary
 * characters that must equal what the device sends.
 *
 * Limits checked: 256 bytes of UTF-8 with the longest thing name (128) filled in, 7 slashes, no empty levels, no control
 * characters, and no character that would widen a policy. Lengths of thing types, attributes, certificate fields and of values
 * that CloudFormation fills in are unknown and counted as one byte. The first three levels of Basic Ingest topics
 * (`$aws/rules/RULE/`) count for neither limit; the depth of other `$aws/` topics is AWS's, and some of them have 8 slashes.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/topics.html
 * @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html
 *
 * @example
 * Topic.of('pumps', Topic.THING, 'telemetry');
 * Topic.parse('pumps/${thing}/commands/+');
 */
export class Topic {
  /** The name of the connected thing. Makes a topic the device's own. */
  public static readonly THING = '${' + THING_NAME + '}';
  /** The thing type of the connected thing. */
  public static readonly THING_TYPE = '${' + THING_TYPE_NAME + '}';
  /** The id of the certificate that the device connected with. */
  public static readonly CERTIFICATE_ID = '${' + CERTIFICATE_ID + '}';
  /** The serial number of the certificate that the device connected with. */
  public static readonly CERTIFICATE_SERIAL_NUMBER = '${' + CERTIFICATE_SERIAL_NUMBER + '}';
  /** Any text in one level; MQTT's `+`. For subscriptions and receiving. */
  public static readonly ANY = '+';
  /** This level and all that follow; MQTT's `#`. Must be the last level. For subscriptions and receiving. */
  public static readonly REST = '#';

  /**
   * Level that holds an attribute of the connected thing, such as its site.
   *
   * Whoever can write the attribute decides which topic this is; values may even hold `/` and `#`.
   *
   * @param name Name of the attribute: 1 to 128 of letters, digits and `_.,@/:#-`
   */
  public static attribute(name: string): string {
    const problems = new Problems();
    if (!isAttributeName(name)) {
      problems.report(
        'TopicInvalid',
        `'name' of an attribute must be 1 to 128 letters, digits and '_.,@/:#-' that are known at synth, got ${quote(name)}`,
      );
    }
    problems.throwIfAny();
    return '${' + attributeVariable(name) + '}';
  }

  /**
   * Level that holds a field of the certificate's subject. Whoever issues the certificate vouches for it: with certificates
   * made from a device's signing request, the device chose it.
   */
  public static certificateSubject(field: CertificateField): string {
    return certificateLevel('Subject', field);
  }

  /** Level that holds a field of the certificate's issuer. */
  public static certificateIssuer(field: CertificateField): string {
    return certificateLevel('Issuer', field);
  }

  /**
   * Topic of the given levels.
   *
   * @param levels Text and constants of this class, one for each level; a level may hold both (`'pump-' + Topic.THING`)
   */
  public static of(...levels: string[]): Topic {
    return Topic.make(levels);
  }

  /**
   * Topic from text, as configuration files have it.
   *
   * `${thing}`, `${thingType}` and `${attribute.NAME}` stand for the variables of the connected thing; the names that AWS
   * documents are understood as well.
   *
   * @param text For example `pumps/${thing}/commands/+`
   */
  public static parse(text: string): Topic {
    return Topic.make(splitLevels(text), (index) => `level ${index + 1} of the text`);
  }

  /**
   * Basic Ingest topic, which hands messages to a rule without the broker, so that no client can read them.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-basic-ingest.html
   *
   * @param ruleName Name of the topic rule
   * @param levels What follows; the rule sees it as the topic
   */
  public static basicIngest(ruleName: string, ...levels: string[]): Topic {
    const where = (index: number) => (index === 2 ? "'ruleName'" : `'levels[${index - 3}]'`);
    return Topic.make(['$aws', 'rules', ruleName, ...levels], where);
  }

  /**
   * Filter of a shared subscription: each message goes to one member of the group that has this share name.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html#mqtt5-shared-subscription
   */
  public static shared(shareName: string, topic: Topic): Topic {
    if (!Array.isArray(topic.levels)) {
      throw new ConfigurationError(
        'TopicInvalid',
        "'topic' must be a Topic that is known at synth, such as Topic.of('pumps', Topic.THING)",
      );
    }
    return Topic.make(['$share', shareName, ...topic.levels], () => "'shareName'");
  }

  /** The one place that constructs: the makers may be passed on as functions, without their class. */
  private static make(levels: string[], where = (index: number) => `'levels[${index}]'`): Topic {
    return new this(levels, where);
  }

  /** The levels, in the spelling of AWS IoT. */
  public readonly levels: string[];

  private constructor(levels: string[], where: (index: number) => string) {
    const problems = new Problems();
    this.levels = levels.map((level, index) =>
      normalizeLevel(level, { report: (code, message) => problems.report(code, `${where(index)}: ${message}`) }),
    );
    if (problems.isEmpty) checkTopic(this.levels, problems);
    problems.throwIfAny();
  }

  /** Whether the topic holds `+` or `#` and so can only be subscribed to or received. */
  public get hasWildcard(): boolean {
    return this.levels.some(isWildcard);
  }

  /** Whether this is the filter of a shared subscription. */
  public get isShared(): boolean {
    return isShared(this.levels);
  }

  /** Whether this is a Basic Ingest topic. */
  public get isBasicIngest(): boolean {
    return isBasicIngest(this.levels);
  }

  /** The topic below the share name of a shared subscription; the topic itself otherwise. */
  public get withoutShare(): Topic {
    return this.isShared ? Topic.of(...this.levels.slice(2)) : this;
  }

  /**
   * Resource of `iot:Publish`, `iot:RetainPublish` and `iot:Receive`, without the ARN's prefix.
   *
   * `+` and `#` become `*`, which runs across levels, since policies have no wildcard for one level.
   */
  public toTopicResource(): string {
    const levels = this.levels.map((level) => (isWildcard(level) ? '*' : level));
    return `topic/${levels.join('/')}`;
  }

  /** Resource of `iot:Subscribe`, without the ARN's prefix: the very filter that the device sends. */
  public toTopicFilterResource(): string {
    return `topicfilter/${this.levels.join('/')}`;
  }

  /** The topic as `Topic.parse` reads it. */
  public toString(): string {
    return this.levels.map(printLevel).join('/');
  }
}

function certificateLevel(part: 'Subject' | 'Issuer', field: CertificateField): string {
  const problems = new Problems();
  const allowed = Object.values(CertificateField);
  if (!allowed.includes(field))
    problems.report('TopicInvalid', `'field' must be one of ${allowed.join(', ')}, got ${quote(field)}`);
  problems.throwIfAny();
  return `\${iot:Certificate.${part}.${field}}`;
}
