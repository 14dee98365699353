import { createHash } from 'node:crypto';
import type { Need } from '../iam/authorizer';
import type { Scheduled } from '../ports';
import { AwsFault } from './fault';
import { type Input, type Operation, recordOf, textOf } from './operation';
import { speaking, TargetJson, type WireService } from './wire';
import { serviceParty, type World } from './world';

export interface QueueProps {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly delaySeconds: number;
  readonly visibilitySeconds: number;
  readonly retentionSeconds: number;
  readonly keyArn?: string;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

export interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly sentAt: number;
  /** When it came into the first of the queues that it was in: so old it is. */
  readonly enqueuedAt: number;
  visibleAt: number;
  received: number;
  receiptHandle: string;
  firstReceivedAt?: number;
  /** In a dead-letter queue: the queue that gave it up. */
  readonly source?: string;
}

const LONGEST_DELAY_SECONDS = 900;
const MOST_BYTES = 1_048_576;
/** On the key of an encrypted queue. */
const SENDING = ['kms:GenerateDataKey', 'kms:Decrypt'];

/** One queue: messages wait, are shown to one receiver at a time, come back, and end in the dead-letter queue. */
export class Queue {
  public readonly messages: Message[] = [];
  private wake: Scheduled | undefined;
  private wakeAt = Infinity;
  /** Called when a message can be received; what consumes the queue sets it. */
  public consumer: (() => Promise<void>) | undefined;
  /** Told of each message, where something would read it that is not modelled. */
  public onSend: () => void = () => undefined;

  constructor(
    public readonly props: QueueProps,
    private readonly world: World,
    private readonly bury: (arn: string, message: Message) => void,
  ) {}

  public send(
    body: string,
    attributes: Readonly<Record<string, unknown>> = {},
    delaySeconds = this.props.delaySeconds,
    source?: string,
    enqueuedAt = this.world.clock.now(),
  ): Message {
    if (Buffer.byteLength(body) > MOST_BYTES) throw new AwsFault('InvalidParameterValue', 'The message is too long');
    const now = this.world.clock.now();
    const random = this.world.random.fork(`message ${this.props.name} ${this.sent++}`);
    const message: Message = {
      messageId: random.uuid(),
      body,
      attributes,
      sentAt: now,
      enqueuedAt,
      visibleAt: now + delaySeconds * 1000,
      received: 0,
      receiptHandle: '',
      source,
    };
    this.messages.push(message);
    this.keep();
    this.onSend();
    this.awaken();
    return message;
  }

  private sent = 0;
  private keeping = false;

  /** What is too old is gone. */
  private keep(): void {
    if (this.keeping || this.messages.length === 0) return;
    this.keeping = true;
    const { clock, events } = this.world;
    const { name, retentionSeconds } = this.props;
    const oldest = Math.min(...this.messages.map(({ enqueuedAt }) => enqueuedAt));
    clock.schedule(oldest + retentionSeconds * 1000 - clock.now(), `retention of ${name}`, () => {
      this.keeping = false;
      const last = clock.now() - retentionSeconds * 1000;
      for (const message of this.messages.filter(({ enqueuedAt }) => enqueuedAt <= last)) {
        this.messages.splice(this.messages.indexOf(message), 1);
        events.emit({
          kind: 'fault',
          who: serviceParty(name),
          what: `a message in queue ${name} is lost`,
          code: 'EventLost',
          detail: `nobody dealt with it in the ${retentionSeconds} seconds that the queue keeps what it has`,
        });
      }
      this.keep();
    });
  }

  /** Messages that nobody has in hand, each now in hand for a while. Those received too often go to the dead-letter queue. */
  public receive(most: number, visibilitySeconds = this.props.visibilitySeconds): Message[] {
    const now = this.world.clock.now();
    const taken: Message[] = [];
    for (const message of [...this.messages]) {
      if (message.visibleAt > now || taken.length === most) continue;
      const { redrive } = this.props;
      if (redrive !== undefined && message.received >= redrive.maxReceiveCount) {
        this.messages.splice(this.messages.indexOf(message), 1);
        this.bury(redrive.deadLetterTargetArn, message);
        continue;
      }
      message.received++;
      message.firstReceivedAt ??= now;
      message.visibleAt = now + visibilitySeconds * 1000;
      message.receiptHandle = `${message.messageId}#${message.received}`;
      taken.push(message);
    }
    this.awaken();
    return taken;
  }

  /** How many messages nobody has in hand. */
  public visible(): number {
    const now = this.world.clock.now();
    return this.messages.filter(({ visibleAt }) => visibleAt <= now).length;
  }

  public delete(receiptHandle: string): void {
    const index = this.messages.findIndex((message) => message.receiptHandle === receiptHandle);
    if (index >= 0) this.messages.splice(index, 1);
  }

  public changeVisibility(receiptHandle: string, seconds: number): void {
    const message = this.messages.find((each) => each.receiptHandle === receiptHandle);
    if (message === undefined) throw new AwsFault('ReceiptHandleIsInvalid', 'The receipt handle is not valid');
    message.visibleAt = this.world.clock.now() + seconds * 1000;
    this.awaken();
  }

  /** Sees to it that the consumer is called when the next message can be received. */
  public awaken(): void {
    if (this.consumer === undefined || this.messages.length === 0) return;
    const now = this.world.clock.now();
    const next = Math.max(now, Math.min(...this.messages.map(({ visibleAt }) => visibleAt)));
    if (this.wake !== undefined && this.wakeAt <= next) return;
    this.wake?.cancel();
    this.wakeAt = next;
    this.wake = this.world.clock.schedule(next - now, `queue ${this.props.name}`, async () => {
      this.wake = undefined;
      await this.consumer?.();
      this.awaken();
    });
  }
}

/** The queues of the account. */
export class Sqs {
  private readonly queues = new Map<string, Queue>();
  /** ARNs of queues for what went wrong. */
  private readonly deadLetters = new Set<string>();
  public readonly wire: WireService;

  constructor(private readonly world: World) {
    const operations = this.operations();
    const wire = new TargetJson('AmazonSQS', '1.0', operations, 'com.amazonaws.sqs');
    this.wire = {
      name: 'sqs',
      signingNames: ['sqs'],
      denied: ['AccessDeniedException', 403],
      ...speaking(wire),
      operations,
    };
  }

  public create(props: Omit<QueueProps, 'arn' | 'url'>): Queue {
    const { partition, region, account } = this.world.place;
    const arn = `arn:${partition}:sqs:${region}:${account}:${props.name}`;
    const url = `${this.world.gateway.url}/${account}/${props.name}`;
    const queue = new Queue({ ...props, arn, url }, this.world, (target, message) => this.bury(target, message, arn));
    this.queues.set(arn, queue);
    if (props.redrive !== undefined) this.markDeadLetter(props.redrive.deadLetterTargetArn);
    return queue;
  }

  public markDeadLetter(arn: string): void {
    this.deadLetters.add(arn);
  }

  /** By ARN, URL or name. */
  public find(reference: string): Queue | undefined {
    const name = reference.slice(Math.max(reference.lastIndexOf('/'), reference.lastIndexOf(':')) + 1);
    return this.queues.get(reference) ?? [...this.queues.values()].find(({ props }) => props.name === name);
  }

  public all(): readonly Queue[] {
    return [...this.queues.values()];
  }

  /** Permissions that a sender needs. */
  public sending(queueUrl: string): Need[] {
    return this.needs('sqs:SendMessage', { QueueUrl: queueUrl }, SENDING);
  }

  /** Says so where a message was put into a queue for what went wrong. */
  public tellIfDead({ props }: Queue, why: string): void {
    if (this.deadLetters.has(props.arn)) this.tellDead(props.arn, why, props.arn);
  }

  /** Puts a message into a queue for what went wrong, and says so. */
  public deadLetter(arn: string, body: string, why: string, from: string): void {
    this.find(arn)?.send(body, {}, 0);
    this.tellDead(arn, why, from);
  }

  /** Moves what queues gave up back to them; what was put among dead letters by others stays. Gives how many messages. */
  public redrive(): number {
    let moved = 0;
    for (const { messages } of this.queues.values())
      for (const message of [...messages]) {
        const source = message.source === undefined ? undefined : this.queues.get(message.source);
        if (source === undefined) continue;
        messages.splice(messages.indexOf(message), 1);
        source.send(message.body, message.attributes, 0);
        moved++;
      }
    return moved;
  }

  private bury(arn: string, message: Message, from: string): void {
    this.find(arn)?.send(message.body, message.attributes, 0, from, message.enqueuedAt);
    this.tellDead(arn, `received ${message.received} times without success`, from);
  }

  private tellDead(arn: string, why: string, from: string): void {
    const name = arn.split(':').pop() ?? arn;
    this.world.events.emit({
      kind: 'fault',
      who: serviceParty(from.split(':').pop() ?? from),
      toWhom: serviceParty(name),
      what: `a message ends in the dead-letter queue ${name}`,
      code: 'DeadLetter',
      detail: why,
    });
  }

  private operations(): Operation[] {
    const on = (
      name: string,
      keyActions: readonly string[],
      act: (queue: Queue, input: Input) => object,
    ): Operation => ({
      name: `sqs:${name}`,
      needs: (input) => this.needs(`sqs:${name}`, input, keyActions),
      act: (input) => act(this.existing(input), input),
    });
    return [
      on('SendMessage', SENDING, (queue, input) => this.sent(queue, input)),
      {
        ...on('SendMessageBatch', SENDING, (queue, input) => this.sentBatch(queue, input)),
        needs: (input) => this.needs('sqs:SendMessage', input, SENDING),
      },
      on('ReceiveMessage', ['kms:Decrypt'], (queue, input) => ({
        Messages: queue
          .receive(
            Number(input.MaxNumberOfMessages ?? 1),
            input.VisibilityTimeout === undefined ? undefined : Number(input.VisibilityTimeout),
          )
          .map((message) => ({
            MessageId: message.messageId,
            ReceiptHandle: message.receiptHandle,
            Body: message.body,
            MD5OfBody: md5(message.body),
            MessageAttributes: message.attributes,
          })),
      })),
      on('DeleteMessage', [], (queue, input) => {
        queue.delete(String(input.ReceiptHandle));
        return {};
      }),
      on('ChangeMessageVisibility', [], (queue, input) => {
        queue.changeVisibility(String(input.ReceiptHandle), Number(input.VisibilityTimeout));
        return {};
      }),
      on('GetQueueAttributes', [], (queue) => ({
        Attributes: {
          QueueArn: queue.props.arn,
          ApproximateNumberOfMessages: String(queue.messages.length),
          VisibilityTimeout: String(queue.props.visibilitySeconds),
        },
      })),
      {
        name: 'sqs:GetQueueUrl',
        needs: (input) => this.needs('sqs:GetQueueUrl', { QueueUrl: input.QueueName }, []),
        act: (input) => ({ QueueUrl: this.existing({ QueueUrl: input.QueueName }).props.url }),
      },
    ];
  }

  private sent(queue: Queue, input: Input): { MessageId: string; MD5OfMessageBody: string } {
    const delay = input.DelaySeconds === undefined ? undefined : Number(input.DelaySeconds);
    if (delay !== undefined && !(delay >= 0 && delay <= LONGEST_DELAY_SECONDS))
      throw new AwsFault('InvalidParameterValue', `DelaySeconds must be from 0 to ${LONGEST_DELAY_SECONDS}`);
    const body = textOf(input, 'MessageBody');
    if (body === undefined)
      throw new AwsFault('MissingParameter', 'The request must contain the parameter MessageBody.');
    const attributes = recordOf(input.MessageAttributes);
    const message = queue.send(body, attributes, delay);
    if (this.deadLetters.has(queue.props.arn)) {
      const reason = recordOf(attributes.Reason).StringValue;
      this.tellDead(queue.props.arn, typeof reason === 'string' ? reason : 'put there by a function', queue.props.arn);
    }
    return { MessageId: message.messageId, MD5OfMessageBody: md5(body) };
  }

  private sentBatch(queue: Queue, input: Input): object {
    const Successful = ((input.Entries ?? []) as Input[]).map((entry) => ({
      Id: entry.Id,
      ...this.sent(queue, entry),
    }));
    return { Successful, Failed: [] };
  }

  private needs(action: string, input: Input, keyActions: readonly string[]): Need[] {
    const url = String(input.QueueUrl);
    const queue = this.find(url);
    const { partition, region, account } = this.world.place;
    const resource =
      queue?.props.arn ?? `arn:${partition}:sqs:${region}:${account}:${url.slice(url.lastIndexOf('/') + 1)}`;
    const keyArn = queue?.props.keyArn;
    const context = { 'kms:ViaService': `sqs.${region}.amazonaws.com` };
    const onKey = keyArn === undefined ? [] : keyActions.map((each) => ({ action: each, resource: keyArn, context }));
    return [{ action, resource }, ...onKey];
  }

  private existing(input: Input): Queue {
    const queue = this.find(String(input.QueueUrl));
    if (queue === undefined) throw new AwsFault('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
