import type { Need } from '../iam/authorizer';
import { AwsFault } from './fault';
import type { Functions } from './functions';
import { type Input, type Operation, textOf } from './operation';
import { patternMatches } from './pattern';
import type { Sqs } from './sqs';
import { escapeXml, type Recognized, type WireRequest, type WireService } from './wire';
import { gap, mayDeliver, report, serviceParty, type World } from './world';

export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly keyArn?: string;
  readonly subscriptions: Subscription[];
}

export interface Subscription {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly filterPolicy?: unknown;
  readonly filterScope: 'MessageAttributes' | 'MessageBody';
  readonly raw: boolean;
  readonly deadLetterArn?: string;
}

export interface Notification {
  readonly message: string;
  readonly subject?: string;
  readonly attributes: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;
}

const SERVICE = 'sns.amazonaws.com';

/** The topics of the account. */
export class Sns {
  private readonly topics = new Map<string, Topic>();
  private published = 0;
  public readonly wire: WireService;

  constructor(
    private readonly world: World,
    private readonly sqs: Sqs,
    private readonly functions: Functions,
  ) {
    const publish: Operation = {
      name: 'sns:Publish',
      needs: (input) => this.publishNeeds(String(input.TopicArn ?? input.TargetArn)),
      act: (input) => ({ MessageId: this.publish(this.existing(input), notificationOf(input)) }),
    };
    this.wire = {
      name: 'sns',
      signingNames: ['sns'],
      denied: ['AuthorizationError', 403],
      recognize: (request) => recognize(request, publish),
      describe: (request) => new URLSearchParams(request.body.toString('utf8')).get('Action') ?? 'request',
      result: (result) =>
        xml(
          200,
          `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>${escapeXml((result as { MessageId: string }).MessageId)}</MessageId></PublishResult></PublishResponse>`,
        ),
      fault: ({ name, message, status }) =>
        xml(
          status,
          `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${escapeXml(name)}</Code><Message>${escapeXml(message)}</Message></Error></ErrorResponse>`,
        ),
      operations: [publish],
    };
  }

  public create(topic: Omit<Topic, 'subscriptions'>): Topic {
    const made = { ...topic, subscriptions: [] };
    this.topics.set(topic.arn, made);
    return made;
  }

  public find(arn: string): Topic | undefined {
    return this.topics.get(arn);
  }

  /** Permissions that a publisher needs. */
  public publishNeeds(topicArn: string): Need[] {
    const keyArn = this.topics.get(topicArn)?.keyArn;
    const onKey =
      keyArn === undefined
        ? []
        : ['kms:GenerateDataKey', 'kms:Decrypt'].map((action) => ({
            action,
            resource: keyArn,
            context: { 'kms:ViaService': `sns.${this.world.place.region}.amazonaws.com` },
          }));
    return [{ action: 'sns:Publish', resource: topicArn }, ...onKey];
  }

  /** Publishes; deliveries follow at once, as acts of their own. Gives the message id. */
  public publish(topic: Topic, notification: Notification): string {
    const messageId = this.world.random.fork(`notification ${this.published++}`).uuid();
    for (const subscription of topic.subscriptions)
      if (accepts(subscription, notification))
        this.world.clock.schedule(0, `${topic.name} delivers`, () =>
          this.deliver(topic, subscription, notification, messageId),
        );
    return messageId;
  }

  private async deliver(
    topic: Topic,
    subscription: Subscription,
    notification: Notification,
    messageId: string,
  ): Promise<void> {
    const envelope = this.envelope(topic, notification, messageId);
    const from = serviceParty(`sns ${topic.name}`);
    const { protocol, endpoint } = subscription;
    if (protocol === 'sqs') {
      const queue = this.sqs.find(endpoint);
      const decision = mayDeliver(
        this.world,
        SERVICE,
        topic.arn,
        { action: 'sqs:SendMessage', resource: endpoint },
        queue?.props.keyArn,
      );
      const what = `notifies queue ${endpoint.split(':').pop() ?? ''}`;
      if (report(this.world, from, serviceParty('sqs'), what, decision) && queue !== undefined)
        queue.send(subscription.raw ? notification.message : JSON.stringify(envelope));
      else if (subscription.deadLetterArn !== undefined)
        this.sqs.deadLetter(
          subscription.deadLetterArn,
          JSON.stringify(envelope),
          'the queue did not take it',
          topic.arn,
        );
    } else if (protocol === 'lambda') {
      const event = {
        Records: [
          { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscription.arn, Sns: envelope },
        ],
      };
      await this.functions.invokeBy(SERVICE, topic.arn, endpoint, event, 'sns', from);
    } else if (protocol === 'email' || protocol === 'email-json' || protocol === 'sms') {
      const who = { kind: 'person', name: endpoint } as const;
      const what = notification.subject ?? notification.message.slice(0, 80);
      this.world.events.emit({
        kind: 'message',
        direction: 'out',
        who: from,
        toWhom: who,
        what,
        topic: topic.name,
        bytes: Buffer.byteLength(notification.message),
        preview: notification.message.slice(0, 500),
      });
    } else gap(this.world, `SNS protocol ${protocol}`, `${endpoint} was not notified`);
  }

  private envelope(topic: Topic, { message, subject, attributes }: Notification, MessageId: string): object {
    const { region, urlSuffix } = this.world.place;
    return {
      Type: 'Notification',
      MessageId,
      TopicArn: topic.arn,
      ...(subject !== undefined && { Subject: subject }),
      Message: message,
      Timestamp: new Date(this.world.clock.now()).toISOString(),
      SignatureVersion: '1',
      Signature: 'rehearsal',
      SigningCertURL: `https://sns.${region}.${urlSuffix}/rehearsal.pem`,
      UnsubscribeURL: `https://sns.${region}.${urlSuffix}/`,
      ...(Object.keys(attributes).length > 0 && { MessageAttributes: attributes }),
    };
  }

  private existing(input: Input): Topic {
    const topic = this.topics.get(String(input.TopicArn ?? input.TargetArn));
    if (topic === undefined) throw new AwsFault('NotFound', 'Topic does not exist', 404);
    return topic;
  }
}

function accepts({ filterPolicy, filterScope }: Subscription, { message, attributes }: Notification): boolean {
  if (filterPolicy === undefined) return true;
  if (filterScope === 'MessageBody') {
    try {
      return patternMatches(filterPolicy, JSON.parse(message));
    } catch (error) {
      if (error instanceof SyntaxError) return false;
      throw error;
    }
  }
  const values = Object.entries(attributes).map(
    ([name, { Type, Value }]) =>
      [
        name,
        Type === 'Number' ? Number(Value) : Type === 'String.Array' ? (JSON.parse(Value) as unknown) : Value,
      ] as const,
  );
  return patternMatches(filterPolicy, Object.fromEntries(values));
}

function recognize(request: WireRequest, publish: Operation): Recognized | undefined {
  const form = Object.fromEntries(new URLSearchParams(request.body.toString('utf8')));
  return form.Action === 'Publish' ? { operation: publish, input: form } : undefined;
}

/** `MessageAttributes.entry.1.Name` and so on. */
function notificationOf(input: Input): Notification {
  const attributes: Record<string, { Type: string; Value: string }> = {};
  for (let index = 1; textOf(input, `MessageAttributes.entry.${index}.Name`) !== undefined; index++) {
    const at = `MessageAttributes.entry.${index}`;
    attributes[String(input[`${at}.Name`])] = {
      Type: String(input[`${at}.Value.DataType`]),
      Value: String(input[`${at}.Value.StringValue`]),
    };
  }
  return { message: String(input.Message), subject: textOf(input, 'Subject'), attributes };
}

function xml(status: number, body: string) {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
