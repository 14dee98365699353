import { Duration, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { MESSAGE } from '../../lambda/shared/incident/contract';
import { SecureQueue } from '../internal/secure-queue';
import type { SourceBinding } from './source-binding';

/** How often it is tried whether signals still arrive, in minutes. */
export const HEARTBEAT_MINUTES = 5;

/** Longer than any batch takes, so that none is given to a second process while the first is at it. */
const VISIBILITY = Duration.minutes(6);
/** Together with the growing pauses between tries: hours of an outage of AWS IoT. */
const MAX_RECEIVES = 12;

/** The queues of the response: signals come in on one, what takes slow calls and second looks wait apart. */
export class SignalIntake extends Construct {
  public readonly dead: SecureQueue;
  public readonly signals: SecureQueue;
  public readonly slow: SecureQueue;
  public readonly look: SecureQueue;
  public readonly release: SecureQueue;

  constructor(scope: Construct, id: string, encryptionKey: IKeyRef | undefined) {
    super(scope, id);
    this.dead = new SecureQueue(this, 'DeadLetterQueue', { encryptionKey });
    const deadLetterQueue = { queue: this.dead, maxReceiveCount: MAX_RECEIVES };
    const props = { encryptionKey, visibilityTimeout: VISIBILITY, deadLetterQueue };
    this.signals = new SecureQueue(this, 'SignalQueue', props);
    this.slow = new SecureQueue(this, 'SlowQueue', props);
    this.look = new SecureQueue(this, 'LookQueue', props);
    this.release = new SecureQueue(this, 'ReleaseQueue', props);
    this.addHeartbeat();
  }

  public get queues() {
    const { dead, signals, slow, release, look } = this;
    return { dead, signals, slow, release, look };
  }

  /**
   * Lets a source send to the queue, and has it do so.
   *
   * @param shared Whether people are alerted on the same topic: then only what the source publishes may come through, or each
   * alert would come back as a signal that nobody understands, and raise the next one
   */
  public add(id: string, { topic, eventPattern, publishes }: SourceBinding, shared: boolean): void {
    if (topic !== undefined) {
      const { topicArn } = topic.topicRef;
      const { region } = topic.env;
      for (const queue of [this.signals, this.dead]) queue.allowTopic(topic);
      new CfnSubscription(this, id, {
        topicArn,
        // CloudFormation looks for the topic in the region of the stack otherwise.
        region: region === Stack.of(this).region ? undefined : region,
        protocol: 'sqs',
        endpoint: this.signals.queueArn,
        // The envelope names the topic: without it a message could not be told from one of another source.
        rawMessageDelivery: false,
        ...(shared && { filterPolicy: publishes, filterPolicyScope: 'MessageBody' }),
        redrivePolicy: { deadLetterTargetArn: this.dead.queueArn },
      }).node.addDependency(this.signals.policy);
    }
    if (eventPattern !== undefined) this.addRule(id, { description: 'Findings to the signal queue', eventPattern });
  }

  /** Has the function that gives back look, now and then, whose isolation is over. */
  public releaseWhenDue(): void {
    this.addRule(
      'Due',
      { description: 'Looks whose isolation is over', scheduleExpression: `rate(${HEARTBEAT_MINUTES} minutes)` },
      JSON.stringify({ schema: MESSAGE.releaseDue }),
      this.release,
    );
  }

  private addHeartbeat(): void {
    this.addRule(
      'Heartbeat',
      { description: 'Shows that signals arrive', scheduleExpression: `rate(${HEARTBEAT_MINUTES} minutes)` },
      JSON.stringify({ schema: MESSAGE.heartbeat }),
    );
  }

  private addRule(
    id: string,
    trigger: { readonly description: string; readonly eventPattern?: object; readonly scheduleExpression?: string },
    input?: string,
    queue: SecureQueue = this.signals,
  ): void {
    const rule = new CfnRule(this, `${id}Rule`, {
      ...trigger,
      targets: [{ id: 'SignalQueue', arn: queue.queueArn, input, deadLetterConfig: { arn: this.dead.queueArn } }],
    });
    for (const target of [queue, this.dead]) target.allowService('events.amazonaws.com', rule.attrArn);
  }
}
