import { createHash } from 'node:crypto';
import { CfnDeletionPolicy, CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { Construct, type IConstruct } from 'constructs';
import { CUSTOM_RESOURCE } from '../../lambda/shared/contract';
import { acknowledgeWildcards } from './acknowledge-wildcards';
import { BundledFunction } from './bundled-function';
import { markCapability } from './capability';
import { allow, type IamStatement } from './iam';
import { nameOnce } from './name-once';
import { SecureQueue } from './secure-queue';

const TIMEOUT = Duration.minutes(5);
/** A function that crashed on a waiting request gets it again after this long: soon, but not while it may still run. */
const VISIBILITY = Duration.seconds(TIMEOUT.toSeconds() * 2);
/** What waits longer than CloudFormation listens is worth nothing any more. */
const RETENTION = Duration.hours(2);

export interface CustomResourceProviderProps {
  /** Folder below lambda/. */
  readonly handler: string;
  readonly description: string;
  /** MiB. @default 256 */
  readonly memorySize?: number;
  readonly environment?: Record<string, string>;
}

export interface ManagedResourceProps {
  /** `Custom::Iot...` */
  readonly type: string;
  readonly properties: Record<string, unknown>;
  /** What the handler must be allowed to do for this resource. */
  readonly statements: readonly IamStatement[];
  /** Why there are wildcards in the statements. @default - there are none */
  readonly wildcards?: string;
  /**
   * What CloudFormation replaces the target of this resource for, its name above all. The statements refer to the target,
   * so without this the rights on the old one would be gone when it is time to clean up there.
   */
  readonly identity?: string;
  /** @default - deleted with the stack */
  readonly deletionPolicy?: CfnDeletionPolicy;
}

/**
 * The function behind a family of custom resources, one per stack and handler.
 *
 * Waiting (a policy is "in use" for up to five minutes after its last detachment) goes through a delay queue back to the
 * same function: no function sleeps, and there is none of the three further functions, the state machine and the wildcard
 * grants of CDK's provider framework, which would also add half of the whole synth time (docs/decisions).
 */
export class CustomResourceProvider extends Construct {
  public static of(scope: IConstruct, props: CustomResourceProviderProps): CustomResourceProvider {
    const stack = Stack.of(scope);
    const id = `Provider-${props.handler}`;
    return (
      (stack.node.tryFindChild(id) as CustomResourceProvider | undefined) ??
      new CustomResourceProvider(stack, id, props)
    );
  }

  public readonly function: BundledFunction;
  /** Requests that could be neither handled nor answered; CloudFormation reports them as timed out. */
  public readonly deadLetterQueue: SecureQueue;
  private readonly prerequisites: CfnResource[];

  private constructor(scope: Construct, id: string, props: CustomResourceProviderProps) {
    super(scope, id);
    markCapability(this, 'internal');
    nameOnce(this);
    const dead = (this.deadLetterQueue = new SecureQueue(this, 'DeadLetterQueue'));
    const wait = new SecureQueue(this, 'WaitQueue', {
      visibilityTimeout: VISIBILITY,
      retention: RETENTION,
      deadLetterQueue: { queue: dead, maxReceiveCount: 5 },
    });
    this.function = new BundledFunction(this, 'Function', {
      handler: props.handler,
      description: props.description,
      timeout: TIMEOUT,
      memorySize: props.memorySize,
      environment: { ...props.environment, [CUSTOM_RESOURCE.waitQueueEnv]: wait.queueUrl },
      deadLetterQueue: dead,
    });
    this.function.allowSend(wait);
    // What has waited asks whether CloudFormation still waits for it.
    this.function.addStatements(allow(['cloudformation:DescribeStackResource'], [Stack.of(this).stackId]));
    // A request that Lambda could not deliver in time must not be acted on later: CloudFormation may have rolled back by then.
    const invocation = new CfnEventInvokeConfig(this, 'Invocation', {
      functionName: this.function.functionName,
      qualifier: '$LATEST',
      maximumEventAgeInSeconds: CUSTOM_RESOURCE.serviceTimeoutSeconds,
      maximumRetryAttempts: 2,
    });
    const mapping = this.function.consume('Waiting', wait, { batchSize: 1 });
    this.prerequisites = [this.function.rights, mapping, invocation, wait.policy, dead.policy];
  }

  /** Adds a custom resource, with the rights that it needs and not before the function has them. */
  public addResource(scope: Construct, id: string, props: ManagedResourceProps): CfnResource {
    const rights = this.rightsFor(props);
    const resource = new CfnResource(scope, id, {
      type: props.type,
      properties: {
        ServiceToken: this.function.functionArn,
        ServiceTimeout: CUSTOM_RESOURCE.serviceTimeoutSeconds,
        ...props.properties,
      },
    });
    resource.cfnOptions.deletionPolicy = props.deletionPolicy;
    resource.cfnOptions.updateReplacePolicy = onReplacement(props.deletionPolicy);
    // On the way down the function keeps its rights and its queue until the last of its resources is gone.
    for (const prerequisite of [...this.prerequisites, rights]) resource.node.addDependency(prerequisite);
    return resource;
  }

  /** Resources that need the same rights share them; the last one to go takes them along. */
  private rightsFor({ statements, identity, wildcards }: ManagedResourceProps): CfnResource {
    const text = JSON.stringify([Stack.of(this).resolve(statements), identity]);
    const id = `Rights${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
    const existing = this.function.node.tryFindChild(id) as CfnResource | undefined;
    if (existing !== undefined) return existing;
    const rights = this.function.addRightsApart(id, statements);
    if (wildcards !== undefined) acknowledgeWildcards(rights, statements, wildcards);
    return rights;
  }
}

/** The exception for a creation that is rolled back is not one that a replacement can have. */
function onReplacement(policy: CfnDeletionPolicy | undefined): CfnDeletionPolicy | undefined {
  return policy === CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE ? CfnDeletionPolicy.RETAIN : policy;
}
