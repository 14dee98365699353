import { Stack } from 'aws-cdk-lib';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { CfnTopic, CfnTopicPolicy, type ITopicRef, type TopicReference } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { DataKey } from './data-key';
import { type IamStatement, policyDocument } from './iam';

export interface SecureTopicProps {
  readonly displayName: string;
  /** @default - the key of the stack */
  readonly encryptionKey?: IKeyRef;
}

/** An SNS topic, encrypted with a customer managed key, TLS only, to which only named publishers may publish. */
export class SecureTopic extends Construct implements ITopicRef {
  public readonly topicArn: string;
  public readonly keyArn: string;
  public readonly resource: CfnTopic;
  public readonly env: { readonly account: string; readonly region: string };
  private readonly encryptionKey: IKeyRef | undefined;
  private readonly statements: IamStatement[] = [];

  constructor(scope: Construct, id: string, props: SecureTopicProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.env = { account: stack.account, region: stack.region };
    this.encryptionKey = props.encryptionKey;
    this.keyArn = DataKey.arnFor(this, props.encryptionKey);
    this.resource = new CfnTopic(this, 'Resource', { displayName: props.displayName, kmsMasterKeyId: this.keyArn });
    this.topicArn = this.resource.ref;
    this.statements.push({
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 'sns:Publish',
      Resource: this.topicArn,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    new CfnTopicPolicy(this, 'Policy', { topics: [this.topicArn], policyDocument: policyDocument(this.statements) });
  }

  public get topicRef(): TopicReference {
    return { topicArn: this.topicArn };
  }

  /** Lets a service publish on behalf of this account (CloudWatch alarms, EventBridge rules). */
  public allowService(sid: string, service: string): void {
    DataKey.letUse(this, this.encryptionKey, service);
    this.statements.push({
      Sid: sid,
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sns:Publish',
      Resource: this.topicArn,
      Condition: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
  }
}
