import { type Duration, Lazy } from 'aws-cdk-lib';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DataKey } from './data-key';
import { type IamStatement, policyDocument } from './iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';

export interface SecureQueueProps {
  /** @default - the key of the stack */
  readonly encryptionKey?: IKeyRef;
  readonly visibilityTimeout?: Duration;
  /** @default - 14 days, the longest that SQS keeps a message */
  readonly retention?: Duration;
  /** Where messages go that failed `maxReceiveCount` times. */
  readonly deadLetterQueue?: { readonly queue: SecureQueue; readonly maxReceiveCount: number };
}

/** An SQS queue, encrypted, TLS only, to which nobody may send unless a statement says so. */
export class SecureQueue extends Construct {
  public readonly queueArn: string;
  public readonly queueUrl: string;
  public readonly queueName: string;
  public readonly keyArn: string;
  public readonly resource: CfnQueue;
  public readonly policy: CfnQueuePolicy;
  private readonly encryptionKey: IKeyRef | undefined;
  /** By service, the sources that it may send for. */
  private readonly senders = new Map<string, string[]>();

  constructor(scope: Construct, id: string, props: SecureQueueProps = {}) {
    super(scope, id);
    this.encryptionKey = props.encryptionKey;
    this.keyArn = DataKey.arnFor(this, props.encryptionKey);
    const dead = props.deadLetterQueue;
    this.resource = new CfnQueue(this, 'Resource', {
      kmsMasterKeyId: this.keyArn,
      kmsDataKeyReusePeriodSeconds: 300,
      messageRetentionPeriod: props.retention?.toSeconds() ?? 1_209_600,
      visibilityTimeout: props.visibilityTimeout?.toSeconds(),
      redrivePolicy: dead && { deadLetterTargetArn: dead.queue.queueArn, maxReceiveCount: dead.maxReceiveCount },
    });
    this.queueArn = this.resource.attrArn;
    this.queueUrl = this.resource.ref;
    this.queueName = this.resource.attrQueueName;
    this.policy = new CfnQueuePolicy(this, 'Policy', {
      queues: [this.queueUrl],
      policyDocument: Lazy.any({ produce: () => this.renderPolicy() }),
    });
  }

  /** Lets one SNS topic send, also one of another account. Its ARN names the account, so nothing else has to. */
  public allowTopic(topic: ITopicRef): void {
    this.allow('sns.amazonaws.com', topic.topicRef.topicArn, topic.env.account);
  }

  /** Lets a service send for one source of this account, whose ARN names the account. */
  public allowService(service: string, sourceArn: string): void {
    this.allow(service, sourceArn);
  }

  private allow(service: string, sourceArn: string, account?: string): void {
    DataKey.letUse(this, this.encryptionKey, service, account);
    this.senders.set(service, [...(this.senders.get(service) ?? []), sourceArn]);
  }

  /**
   * One statement for each service, however many sources it sends for: SQS takes 20 statements and 10 conditions.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
   */
  private renderPolicy(): object {
    const senders = [...this.senders].map(([service, sources]): IamStatement => ({
      Sid: service.split('.')[0],
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sqs:SendMessage',
      Resource: this.queueArn,
      Condition: { ArnEquals: { 'aws:SourceArn': sources.length === 1 ? sources[0] : sources } },
    }));
    return policyDocument([
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: this.queueArn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      ...senders,
    ]);
  }
}
