import { ConfigurationError } from '../internal/configuration-error';
import { Problems } from '../internal/problems';
import { holdsPrivateKey, quote } from '../internal/quote';
import { IotStatement } from './statement';
import { mayMatch } from './tokens';
import { Topic } from './topic';
import { broadness, checkSize } from './topic-rules';

const OWN = `$aws/things/${Topic.THING}`;

/** Stands for any level. */
const SHORTEST_LEVEL = 'x';

/** Of what a report says in a cell of a table. */
const MAX_DESCRIPTION = 500;

/** What a name may be. */
interface NameRule {
  readonly pattern: RegExp;
  /** What is known of a name that CloudFormation completes. */
  readonly characters: RegExp;
  /** In words. */
  readonly allowed: string;
}

/** `$` starts the names that AWS gives, such as `$package`. @see https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_GetThingShadow.html */
const SHADOW_NAME: NameRule = {
  pattern: /^(?=.{1,64}$)\$?[a-zA-Z0-9:_-]+$/,
  characters: /^\$?[a-zA-Z0-9:_-]*$/,
  allowed: "1 to 64 letters, digits, ':', '_' and '-', with '$' only at the start",
};
const STREAM_ID: NameRule = {
  pattern: /^[a-zA-Z0-9_-]{1,128}$/,
  characters: /^[a-zA-Z0-9_-]*$/,
  allowed: "1 to 128 letters, digits, '_' and '-'",
};
const ROLE_ALIAS_NAME: NameRule = {
  pattern: /^[\w=,@-]{1,128}$/,
  characters: /^[\w=,@-]*$/,
  allowed: "1 to 128 letters, digits and '=,@_-'",
};

/**
 * Something that a device may do, in the words of its purpose.
 *
 * Each access renders as the least that AWS IoT needs for it, on topics and resources of the connected thing alone. Give a
 * list of them to a fleet or to `AccessPolicy`; everything that no access names stays denied.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html
 *
 * @example
 * [
 *   Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')),
 *   Access.subscribe(Topic.of('pumps', Topic.THING, 'commands', Topic.ANY)),
 *   Access.shadow(),
 *   Access.jobs(),
 * ];
 */
export class Access {
  /** Publishing to one topic. */
  public static publish(topic: Topic): Access {
    checkPublish(topic, 'Access.publish', 'Access.publishBelow');
    return new Access(`May publish to ${topic.toString()}.`, [allow(['iot:Publish'], topic.toTopicResource())]);
  }

  /**
   * Publishing to every topic below a prefix, however deep. Shorter than one access for each topic, and wider: let the prefix
   * name the thing, or every device can write there. It must leave room for a level more: 2 bytes and a slash.
   */
  public static publishBelow(prefix: Topic): Access {
    checkPublish(prefix, 'Access.publishBelow', 'Access.publishBelow with the levels before the wildcard', [
      Topic.REST,
    ]);
    return new Access(`May publish to every topic below ${prefix.toString()}/.`, [
      allow(['iot:Publish'], `${prefix.toTopicResource()}/*`),
    ]);
  }

  /** Publishing to one topic, retained messages too. */
  public static retain(topic: Topic): Access {
    checkPublish(topic, 'Access.retain', 'one Access.retain for each topic');
    return new Access(`May publish retained and other messages to ${topic.toString()}.`, [
      allow(['iot:Publish', 'iot:RetainPublish'], topic.toTopicResource()),
    ]);
  }

  /**
   * A last will on one topic: the message that the broker publishes when the connection breaks.
   *
   * AWS IoT decides about a will when the device connects, as if it published then. Without this access a device that asks for
   * a will is refused, since a will speaks for the device after its access was withdrawn. For a retained will, add
   * `Access.retain` of the same topic.
   */
  public static lastWill(topic: Topic): Access {
    checkPublish(topic, 'Access.lastWill', 'one Access.lastWill for each topic');
    return new Access(
      `May leave a last will on ${topic.toString()}.`,
      [allow(['iot:Publish'], topic.toTopicResource())],
      true,
    );
  }

  /**
   * Subscribing with this very filter, and receiving what it matches.
   *
   * A policy compares filters as text, so the device must send this filter: a narrower one is another filter. The pattern for
   * receiving has `*` where the filter has `+` or `#`, since policies know no wildcard for one level.
   *
   * For shared subscriptions AWS does not document whether the filter is compared with or without `$share/NAME/`, so both are
   * allowed; the device can then subscribe for itself as well.
   */
  public static subscribe(topic: Topic): Access {
    checkSubscribe(topic, 'Access.subscribe');
    const forms = topic.isShared ? [topic, topic.withoutShare] : [topic];
    return new Access(`May subscribe to ${topic.toString()} and receive what it matches.`, [
      allow(['iot:Subscribe'], ...forms.map((form) => form.toTopicFilterResource())),
      allow(['iot:Receive'], ...forms.map((form) => form.toTopicResource())),
    ]);
  }

  /** Receiving messages that were not subscribed to, such as direct messages. `Access.subscribe` contains it. */
  public static receive(topic: Topic): Access {
    checkSubscribe(topic, 'Access.receive');
    return new Access(`May receive messages on ${topic.toString()}.`, [
      allow(['iot:Receive'], topic.toTopicResource()),
    ]);
  }

  /**
   * Reading and updating a shadow of the connected thing, with the answers and changes.
   *
   * Deleting is apart (`Access.shadowDeletion`): it takes what operators asked for along.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html#reserved-topics-shadow
   *
   * @param name Name of a named shadow: 1 to 64 of letters, digits, `:`, `_` and `-`, which may start with `$`; the classic shadow without it
   */
  public static shadow(name?: string): Access {
    const shadow = shadowPrefix(name);
    return new Access(`May read and update ${shadowWords(name)}.`, [
      allow(['iot:Publish'], `topic/${shadow}/get`, `topic/${shadow}/update`),
      ...subscription(`${shadow}/get/*`, `${shadow}/update/*`),
    ]);
  }

  /**
   * Deleting a shadow of the connected thing, with the answers.
   *
   * @param name Name of a named shadow; the classic shadow without it
   */
  public static shadowDeletion(name?: string): Access {
    const shadow = shadowPrefix(name);
    return new Access(`May delete ${shadowWords(name)}.`, [
      allow(['iot:Publish'], `topic/${shadow}/delete`),
      ...subscription(`${shadow}/delete/*`),
    ]);
  }

  /**
   * Jobs of the connected thing: being told of them, getting, starting and updating executions.
   *
   * One pattern for `jobs/` of this thing in place of nine topics: what it adds are the answers to this thing's own requests.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html#reserved-topics-job
   */
  public static jobs(): Access {
    return new Access('May run jobs that are sent to it.', feature(`${OWN}/jobs/*`));
  }

  /**
   * Commands sent to the connected thing: receiving requests, publishing responses and receiving what became of them.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html
   */
  public static commands(): Access {
    const executions = `$aws/commands/things/${Topic.THING}/executions/*`;
    return new Access('May run commands that are sent to it.', [
      allow(['iot:Publish'], `topic/${executions}/response/*`),
      ...subscription(executions),
    ]);
  }

  /**
   * Being told of secure tunnels to the connected thing.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html#reserved-topics-secure
   */
  public static tunnelNotifications(): Access {
    return new Access('May be told of secure tunnels to it.', subscription(`${OWN}/tunnels/notify`));
  }

  /**
   * Reporting device-side metrics of the connected thing, never of another one.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html#reserved-topics-device-defender
   */
  public static defenderMetrics(): Access {
    return new Access('May report its own security metrics.', feature(`${OWN}/defender/metrics/*`));
  }

  /**
   * Reading the files of a stream (MQTT-based file delivery).
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/mqtt-based-file-delivery-in-devices.html
   *
   * @param streamId Id of the stream: 1 to 128 of letters, digits, `_` and `-`
   */
  public static stream(streamId: string): Access {
    checkName('streamId', streamId, STREAM_ID);
    return new Access(`May read the files of stream ${streamId}.`, feature(`${OWN}/streams/${streamId}/*`));
  }

  /**
   * Exchanging the certificate for temporary AWS credentials of a role alias.
   *
   * Credentials that were issued live on for up to their full term after this access is withdrawn.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html
   *
   * @param roleAliasName Name of the role alias (`ref` of a `CfnRoleAlias`): 1 to 128 of letters, digits and `=,@_-`
   */
  public static roleAlias(roleAliasName: string): Access {
    checkName('roleAliasName', roleAliasName, ROLE_ALIAS_NAME);
    return new Access(`May take on the role of ${roleAliasName}.`, [
      allow(['iot:AssumeRoleWithCertificate'], `rolealias/${roleAliasName}`),
    ]);
  }

  /**
   * What no other access covers.
   *
   * @param description Sentence for reports, such as `May read the retained message of plant/notice.`: one line, 500 characters
   * @param statements What it takes; at least one
   */
  public static of(description: string, statements: IotStatement[]): Access {
    const problems = new Problems();
    if (holdsPrivateKey(description))
      problems.report('PrivateKeyGiven', "'description' holds a private key (not shown)");
    if (description.trim() === '') {
      problems.report('PolicyAccessInvalid', "'description' must say what the access allows, for reports");
    }
    if (description.length > MAX_DESCRIPTION || /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(description)) {
      problems.report(
        'PolicyAccessInvalid',
        `'description' must be one line of at most ${MAX_DESCRIPTION} characters, got ${quote(description)}`,
      );
    }
    if (!Array.isArray(statements))
      problems.report('PolicyAccessInvalid', "'statements' must be a list that is known at synth");
    else if (statements.length === 0)
      problems.report('PolicyAccessInvalid', "'statements' must hold at least one statement");
    problems.throwIfAny();
    return new Access(description, statements);
  }

  private constructor(
    /** What the device may do, as a sentence for reports. */
    public readonly description: string,
    /** What AWS IoT must allow for it. */
    public readonly statements: IotStatement[],
    /** Whether the device may ask for a last will when it connects. */
    public readonly allowsLastWill: boolean = false,
  ) {}
}

function allow(actions: string[], ...resources: string[]): IotStatement {
  return IotStatement.allow({ actions, resources });
}

function subscription(...patterns: string[]): IotStatement[] {
  return [
    allow(['iot:Subscribe'], ...patterns.map((pattern) => `topicfilter/${pattern}`)),
    allow(['iot:Receive'], ...patterns.map((pattern) => `topic/${pattern}`)),
  ];
}

/** Requests and answers below one prefix of the thing itself. */
function feature(pattern: string): IotStatement[] {
  return [allow(['iot:Publish'], `topic/${pattern}`), ...subscription(pattern)];
}

function shadowPrefix(name: string | undefined): string {
  if (name === undefined) return `${OWN}/shadow`;
  checkName('name', name, SHADOW_NAME);
  return `${OWN}/shadow/name/${name}`;
}

function shadowWords(name: string | undefined): string {
  return name === undefined ? 'its classic shadow' : `its shadow ${name}`;
}

function checkName(property: string, value: string, { pattern, characters, allowed }: NameRule): void {
  const problems = new Problems();
  if (!mayMatch(value, pattern, characters)) {
    problems.report('PolicyAccessInvalid', `'${property}' must be ${allowed}, got ${quote(value)}`);
  }
  problems.throwIfAny();
}

function checkPublish(topic: Topic, method: string, remedy: string, below: string[] = []): void {
  checkKnown(topic, method);
  const problems = new Problems();
  if (topic.hasWildcard) {
    problems.report(
      'TopicWildcardMisplaced',
      `${method} takes a topic without '+' and '#', got ${quote(topic.toString())}: use ${remedy}`,
    );
  }
  if (topic.isShared) {
    problems.report('TopicReserved', `${method} cannot take a shared subscription, got ${quote(topic.toString())}`);
  }
  if (!topic.hasWildcard) checkBreadth(topic, topic.levels, method, problems);
  if (problems.isEmpty) checkBreadth(topic, [...topic.levels, ...below], method, problems);
  // Of what is longer or deeper than that no device could publish anything.
  if (below.length > 0)
    checkSize([...topic.levels, SHORTEST_LEVEL], `any topic below ${quote(topic.toString())}`, problems);
  problems.throwIfAny();
}

function checkSubscribe(topic: Topic, method: string): void {
  checkKnown(topic, method);
  const problems = new Problems();
  checkBreadth(topic, topic.withoutShare.levels, method, problems);
  if (topic.isBasicIngest) {
    problems.report('TopicReserved', `no client can receive Basic Ingest topics, got ${quote(topic.toString())}`);
  }
  problems.throwIfAny();
}

/** What is resolved at synth only has no levels yet. */
function checkKnown(topic: Topic, method: string): void {
  if (Array.isArray(topic.levels)) return;
  throw new ConfigurationError(
    'TopicInvalid',
    `${method} takes a Topic that is known at synth, such as Topic.of('pumps', Topic.THING)`,
  );
}

function checkBreadth(topic: Topic, levels: readonly string[], method: string, problems: Problems): void {
  const remedy = broadness(levels);
  if (remedy !== undefined) {
    problems.report(
      'TopicTooBroad',
      `${method} would reach what is not the device's own with ${quote(topic.toString())}: ${remedy}`,
    );
  }
}
