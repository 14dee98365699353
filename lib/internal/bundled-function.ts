import { CfnDeletionPolicy, type Duration, Lazy, Stack } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole, CfnRolePolicy } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { CfnEventSourceMapping, CfnFunction, CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { DataKey } from './data-key';
import { stageHandler } from './handler-asset';
import { allow, assumedBy, type IamStatement, merge, policyDocument } from './iam';
import { checkRightsSize } from './policy-size';
import type { SecureQueue } from './secure-queue';

/** The newest Node.js runtime of Lambda; a test compares it with aws-cdk-lib's list. */
export const HANDLER_RUNTIME = 'nodejs24.x';

const LOG_RETENTION_DAYS = 365;

export interface BundledFunctionProps {
  /** Folder below lambda/. */
  readonly handler: string;
  readonly description: string;
  readonly timeout: Duration;
  /** MiB. @default 256 */
  readonly memorySize?: number;
  readonly environment?: Record<string, string>;
  /** Exactly what the handler's adapters call, on the narrowest resources. */
  readonly statements?: readonly IamStatement[];
  /** @default - the key of the stack */
  readonly encryptionKey?: IKeyRef;
  /**
   * Where events go that an asynchronous caller could not get handled.
   *
   * @default - none: the caller is synchronous or is a queue that has its own
   */
  readonly deadLetterQueue?: SecureQueue;
  /** Texts that lie beside the code, by their names. @default - none */
  readonly files?: Readonly<Record<string, string>>;
  /** Keep the log group when the stack goes. @default false */
  readonly retainLogs?: boolean;
}

/**
 * A handler of this library as a Lambda function: bundled at build time, with a role that has exactly the given rights.
 *
 * Written with L1s: the L2 function alone costs a tenth of a small app's synth time, and none of its features is used.
 */
export class BundledFunction extends Construct {
  public readonly functionArn: string;
  public readonly functionName: string;
  public readonly roleArn: string;
  public readonly logGroupName: string;
  public readonly keyArn: string;
  public readonly resource: CfnFunction;
  /** Depend on this so that the function is called only once it has its rights. */
  public readonly rights: CfnManagedPolicy;
  private readonly roleName: string;
  private readonly handlerName: string;
  private readonly statements: IamStatement[];
  private readonly apart: object[] = [];
  private readonly environment: Record<string, string>;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    this.keyArn = DataKey.arnFor(this, props.encryptionKey);
    this.environment = { ...props.environment };
    const logs = this.createLogGroup(props);
    const role = new CfnRole(this, 'Role', {
      description: `Execution role: ${props.description}`,
      // No condition on the account: Lambda takes roles of the function's own account only (iam:PassRole does not reach further).
      assumeRolePolicyDocument: assumedBy('lambda.amazonaws.com'),
    });
    this.statements = [
      // The attribute ends in ':*', which are the streams of this group.
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logs.attrArn]),
      ...(props.statements ?? []),
    ];
    this.rights = new CfnManagedPolicy(this, 'Rights', {
      description: `What the handler '${props.handler}' may do`,
      roles: [role.ref],
      policyDocument: Lazy.any({ produce: () => this.renderRights() }),
    });
    const code = stageHandler(this, props.handler, props.files);
    this.resource = new CfnFunction(this, 'Resource', {
      description: props.description,
      runtime: HANDLER_RUNTIME,
      architectures: ['arm64'],
      handler: 'index.handler',
      code: { s3Bucket: code.bucketName, s3Key: code.objectKey },
      role: role.attrArn,
      timeout: props.timeout.toSeconds(),
      memorySize: props.memorySize ?? 256,
      environment: Lazy.any({
        produce: () => (Object.keys(this.environment).length === 0 ? undefined : { variables: this.environment }),
      }),
      loggingConfig: { logGroup: logs.ref },
      deadLetterConfig: props.deadLetterQueue && { targetArn: props.deadLetterQueue.queueArn },
    });
    this.resource.node.addDependency(this.rights);
    this.functionArn = this.resource.attrArn;
    this.functionName = this.resource.ref;
    this.roleArn = role.attrArn;
    this.roleName = role.ref;
    this.handlerName = props.handler;
    this.logGroupName = logs.ref;
    if (props.deadLetterQueue !== undefined) this.allowSend(props.deadLetterQueue);
    this.acknowledgeFindings(props);
  }

  public addStatements(...statements: IamStatement[]): void {
    this.statements.push(...statements);
  }

  /**
   * Gives the function rights as a resource of their own, for what the function does on behalf of one other resource: they
   * come before it and go after it, also when it leaves the template while the function stays.
   */
  public addRightsApart(id: string, statements: readonly IamStatement[]): CfnRolePolicy {
    const document = policyDocument(merge(statements));
    this.apart.push(document);
    const policyName = `${this.handlerName}-${id}`;
    return new CfnRolePolicy(this, id, { policyName, roleName: this.roleName, policyDocument: document });
  }

  public addEnvironment(name: string, value: string): void {
    this.environment[name] = value;
  }

  /** Lets the function send to a queue, with the key that encrypts it. */
  public allowSend(queue: SecureQueue): void {
    this.addStatements(
      allow(['sqs:SendMessage'], [queue.queueArn]),
      allow(['kms:Decrypt', 'kms:GenerateDataKey'], [queue.keyArn]),
    );
  }

  /** Lets a service call the function for one source of this account. */
  public allowInvoke(id: string, service: string, sourceArn: string): CfnPermission {
    return new CfnPermission(this, id, {
      action: 'lambda:InvokeFunction',
      functionName: this.functionArn,
      principal: service,
      sourceArn,
      sourceAccount: Stack.of(this).account,
    });
  }

  /** Feeds the function from a queue; failures are reported message by message. */
  public consume(
    id: string,
    queue: SecureQueue,
    options: { readonly batchSize: number; readonly maximumConcurrency?: number },
  ): CfnEventSourceMapping {
    this.addStatements(
      allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queue.queueArn]),
      allow(['kms:Decrypt'], [queue.keyArn]),
    );
    const mapping = new CfnEventSourceMapping(this, id, {
      eventSourceArn: queue.queueArn,
      functionName: this.functionName,
      batchSize: options.batchSize,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig:
        options.maximumConcurrency === undefined ? undefined : { maximumConcurrency: options.maximumConcurrency },
    });
    mapping.node.addDependency(this.rights);
    return mapping;
  }

  private renderRights(): object {
    const document = policyDocument(merge(this.statements));
    checkRightsSize(this, document, this.apart);
    return document;
  }

  private createLogGroup(props: BundledFunctionProps): CfnLogGroup {
    DataKey.letLogsUse(this, props.encryptionKey);
    const logs = new CfnLogGroup(this, 'Logs', { kmsKeyId: this.keyArn, retentionInDays: LOG_RETENTION_DAYS });
    if (props.retainLogs === true) {
      logs.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
      logs.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    }
    return logs;
  }

  private acknowledgeFindings(props: BundledFunctionProps): void {
    acknowledge(
      this.resource,
      'LambdaConcurrency',
      'Reserved concurrency fails to deploy in accounts at the default quota; callers bound the concurrency (event source mapping, API quota).',
    );
    acknowledge(
      this.resource,
      'LambdaInsideVPC',
      'The handler talks to AWS APIs only, opens no port, and holds no network secret; a VPC would add a failure mode to mitigation and no boundary.',
    );
    if (props.deadLetterQueue === undefined) {
      acknowledge(
        this.resource,
        'LambdaDLQ',
        'Called synchronously or from a queue that has a dead-letter queue: Lambda never uses a DLQ of the function then.',
      );
    }
  }
}
