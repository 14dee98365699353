import { CfnDeletionPolicy, CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { BundledFunction } from './bundled-function';
import { markCapability } from './capability';
import type { IamStatement } from './iam';
import { SecureQueue } from './secure-queue';

/** Environment of every custom resource function; shared with lambda/shared by value (a contract test compares them). */
export const WAIT_QUEUE_ENV = 'WAIT_QUEUE_URL';

const TIMEOUT = Duration.minutes(5);
/** How long CloudFormation waits for an answer, in seconds; a little more than the functions' own deadline. */
const SERVICE_TIMEOUT_SECONDS = 3_300;

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
  private readonly prerequisites: CfnResource[];
  private readonly granted = new Set<string>();

  private constructor(scope: Construct, id: string, props: CustomResourceProviderProps) {
    super(scope, id);
    markCapability(this, 'internal');
    const dead = new SecureQueue(this, 'DeadLetterQueue');
    const wait = new SecureQueue(this, 'WaitQueue', {
      visibilityTimeout: Duration.seconds(TIMEOUT.toSeconds() * 6),
      deadLetterQueue: { queue: dead, maxReceiveCount: 5 },
    });
    this.function = new BundledFunction(this, 'Function', {
      handler: props.handler,
      description: props.description,
      timeout: TIMEOUT,
      memorySize: props.memorySize,
      environment: { ...props.environment, [WAIT_QUEUE_ENV]: wait.queueUrl },
      deadLetterQueue: dead,
    });
    this.function.allowSend(wait);
    const mapping = this.function.consume('Waiting', wait, { batchSize: 1 });
    this.prerequisites = [this.function.rights, mapping, wait.policy, dead.policy];
  }

  /** Adds a custom resource, with the rights that it needs and not before the function has them. */
  public addResource(scope: Construct, id: string, props: ManagedResourceProps): CfnResource {
    for (const statement of props.statements) this.grantOnce(statement);
    const resource = new CfnResource(scope, id, {
      type: props.type,
      properties: {
        ServiceToken: this.function.functionArn,
        ServiceTimeout: SERVICE_TIMEOUT_SECONDS,
        ...props.properties,
      },
    });
    resource.cfnOptions.deletionPolicy = props.deletionPolicy;
    resource.cfnOptions.updateReplacePolicy = props.deletionPolicy;
    // On the way down the function keeps its rights and its queue until the last of its resources is gone.
    for (const prerequisite of this.prerequisites) resource.addDependency(prerequisite);
    return resource;
  }

  private grantOnce(statement: IamStatement): void {
    const key = JSON.stringify(Stack.of(this).resolve(statement));
    if (this.granted.has(key)) return;
    this.granted.add(key);
    this.function.addStatements(statement);
  }
}
