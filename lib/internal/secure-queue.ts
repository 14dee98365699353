import type { Duration } from 'aws-cdk-lib';
import { CfnQueue, CfnQueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DataKey } from './data-key';
import { type IamStatement, policyDocument } from './iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';

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
  private readonly hasOwnKey: boolean;
  private readonly statements: IamStatement[] = [];

  constructor(scope: Construct, id: string, props: SecureQueueProps = {}) {
    super(scope, id);
    this.hasOwnKey = props.encryptionKey === undefined;
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
    this.statements.push({
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 'sqs:*',
      Resource: this.queueArn,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    this.policy = new CfnQueuePolicy(this, 'Policy', {
      queues: [this.queueUrl],
      policyDocument: policyDocument(this.statements),
    });
  }

  /** Lets one SNS topic send. Its ARN names the account, so nothing else has to. */
  public allowTopic(sid: string, topicArn: string): void {
    this.statements.push({
      Sid: sid,
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: this.queueArn,
      Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
    });
  }

  /** Lets a service send for one source, whose ARN names the account. */
  public allowService(sid: string, service: string, sourceArn: string): void {
    if (this.hasOwnKey) DataKey.of(this).allowService(service);
    this.statements.push({
      Sid: sid,
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sqs:SendMessage',
      Resource: this.queueArn,
      Condition: { ArnLike: { 'aws:SourceArn': sourceArn } },
    });
  }
}
