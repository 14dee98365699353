import { CfnDeletionPolicy, Lazy, Stack } from 'aws-cdk-lib';
import { CfnKey, type IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Construct, type IConstruct } from 'constructs';
import { markCapability } from './capability';
import { type IamStatement, policyDocument } from './iam';
import { nameOnce } from './name-once';

const ID = 'ZeroTrustKey';

/**
 * The customer managed key of a stack: one for all that the library stores there (queues, topics, tables, logs).
 *
 * Services that call on their own behalf (logs, alarms, rules) must stand in the key's policy; roles of this account get
 * their right by their own policies.
 */
export class DataKey extends Construct {
  /** The key given by the user or else the one of the stack, made at first use. */
  public static arnFor(scope: IConstruct, given: IKeyRef | undefined): string {
    return given?.keyRef.keyArn ?? DataKey.of(scope).keyArn;
  }

  public static of(scope: IConstruct): DataKey {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as DataKey | undefined) ?? new DataKey(stack, ID);
  }

  public readonly keyArn: string;
  private readonly services = new Map<string, IamStatement>();

  private constructor(stack: Stack, id: string) {
    super(stack, id);
    markCapability(this, 'internal');
    nameOnce(this);
    const key = new CfnKey(this, 'Resource', {
      description: `Data of the zero-trust IoT constructs in ${stack.stackName}`,
      enableKeyRotation: true,
      keyPolicy: Lazy.any({ produce: () => this.renderPolicy(stack) }),
    });
    // What was encrypted (incidents, evidence, queued signals) must stay readable after the stack is gone.
    key.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
    key.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    this.keyArn = key.attrArn;
    this.allowLogs(stack);
  }

  /** Lets a service use the key for this account's resources: CloudWatch alarms or EventBridge rules that write to a topic or queue. */
  public allowService(service: string): void {
    this.services.set(service, {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      // In a key policy '*' is the key itself.
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
  }

  private allowLogs(stack: Stack): void {
    const service = `logs.${stack.region}.${stack.urlSuffix}`;
    this.services.set(service, {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:DescribeKey',
      ],
      Resource: '*',
      Condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:*`,
        },
      },
    });
  }

  private renderPolicy(stack: Stack): object {
    const owner: IamStatement = {
      Effect: 'Allow',
      Principal: { AWS: `arn:${stack.partition}:iam::${stack.account}:root` },
      Action: 'kms:*',
      Resource: '*',
    };
    return policyDocument([owner, ...this.services.values()]);
  }
}
