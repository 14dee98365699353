import { CfnDeletionPolicy, Lazy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnKey, type IKey, type IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Construct, type IConstruct } from 'constructs';
import { markCapability } from './capability';
import { ConfigurationError } from './configuration-error';
import { type IamStatement, policyDocument } from './iam';
import { nameOnce } from './name-once';
import { regionProblem } from './place';

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
    if (given === undefined) return DataKey.of(scope).keyArn;
    const problem = regionProblem(scope, given);
    if (problem !== undefined)
      throw new ConfigurationError(
        'EncryptionKeyElsewhere',
        `the key ${given.node.path} ${problem}, and data is encrypted with keys of its own region only; give a key of that region, such as a replica`,
        scope,
      );
    return given.keyRef.keyArn;
  }

  public static of(scope: IConstruct): DataKey {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as DataKey | undefined) ?? new DataKey(stack, ID);
  }

  /**
   * Lets a service use the key that its target is encrypted with: what it may not encrypt is lost, and nobody hears of it. That is
   * the key of the stack, or a key of the user that has its policy in this app; any other policy is for its owner to write.
   *
   * @param account On whose behalf the service calls
   */
  public static letUse(
    scope: IConstruct,
    given: IKeyRef | undefined,
    service: string,
    account: string = Stack.of(scope).account,
  ): void {
    if (given === undefined) DataKey.of(scope).allowService(service, account);
    else amend(given, serviceStatement(service, [account]));
  }

  /** Lets the logs of this account be encrypted with a key of the user; the key of the stack lets them anyway. */
  public static letLogsUse(scope: IConstruct, given: IKeyRef | undefined): void {
    if (given !== undefined) amend(given, logsStatement(Stack.of(scope)));
  }

  public readonly keyArn: string;
  /** By service, the accounts on whose behalf it may use the key. */
  private readonly services = new Map<string, string[]>();

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
  }

  /** Lets a service use the key for an account's resources: CloudWatch alarms or EventBridge rules that write to a topic or queue. */
  public allowService(service: string, account: string = Stack.of(this).account): void {
    this.services.set(service, [...new Set([...(this.services.get(service) ?? []), account])]);
  }

  private renderPolicy(stack: Stack): object {
    const owner: IamStatement = {
      Effect: 'Allow',
      Principal: { AWS: `arn:${stack.partition}:iam::${stack.account}:root` },
      Action: 'kms:*',
      Resource: '*',
    };
    const services = [...this.services].map(([service, accounts]) => serviceStatement(service, accounts));
    return policyDocument([owner, logsStatement(stack), ...services]);
  }
}

/** Keys that are made by their L2 construct take further statements; of others the policy is not ours to change. */
function amend(key: IKeyRef, statement: IamStatement): void {
  const { addToResourcePolicy } = key as Partial<IKey>;
  addToResourcePolicy?.call(key, PolicyStatement.fromJson(statement), true);
}

function serviceStatement(service: string, accounts: readonly string[]): IamStatement {
  return {
    Effect: 'Allow',
    Principal: { Service: service },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    // In a key policy '*' is the key itself.
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceAccount': accounts.length === 1 ? accounts[0] : accounts } },
  };
}

function logsStatement({ partition, region, account, urlSuffix }: Stack): IamStatement {
  return {
    Effect: 'Allow',
    Principal: { Service: `logs.${region}.${urlSuffix}` },
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
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*` },
    },
  };
}
