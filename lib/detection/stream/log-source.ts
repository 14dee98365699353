import { Duration, Stack } from 'aws-cdk-lib';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { CfnSubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV } from '../../../lambda/forward-iot-logs/contract';
import { knownInAccount } from '../../internal/account-registry';
import { BundledFunction } from '../../internal/bundled-function';
import { ConfigurationError } from '../../internal/configuration-error';
import type { SecureQueue } from '../../internal/secure-queue';
import type { BehaviorSpec } from '../behavior-spec';
import type { EventStream } from './event-stream';
import type { LogGroupName } from './log-group-name';

const TIMEOUT = Duration.seconds(60);
/** Unpacked deliveries and their records lie in memory at once. */
const MEMORY = 512;
/** What reads a log group in a stack, by its name. */
const SOURCES = Symbol.for('cdk-iot-zero-trust.LogSources');
/** Of a log group. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const MAX_SUBSCRIPTIONS = 2;

export interface LogSourceProps {
  readonly stream: EventStream;
  readonly failures: SecureQueue;
  readonly detector: string;
  readonly logGroup: LogGroupName;
  readonly behaviors: readonly BehaviorSpec[];
  readonly encryptionKey?: IKeyRef;
}

/**
 * From the log of AWS IoT to the streams: the lines that the behaviors need, each to the shard of its device.
 *
 * A log group has few subscriptions, so the detectors of a stack share one. Each stream gets the lines of all of them; what a
 * detector does not need it does not count.
 */
export class LogSource extends Construct {
  /** What a detector reads its log with: that of an earlier detector of the stack, or a new one. */
  public static for(scope: Construct, id: string, props: LogSourceProps): LogSource {
    const stack = Stack.of(scope) as unknown as { [SOURCES]?: Map<string, LogSource> };
    const sources = (stack[SOURCES] ??= new Map<string, LogSource>());
    const name = JSON.stringify(Stack.of(scope).resolve(props.logGroup.name));
    const known = sources.get(name);
    if (known === undefined) {
      const made = new LogSource(scope, id, props);
      sources.set(name, made);
      return made;
    }
    known.feed(props);
    return known;
  }

  public readonly function: BundledFunction;
  /** The detector under whose name the function counts. */
  public readonly detector: string;
  private readonly streams: string[] = [];
  private readonly behaviors: BehaviorSpec[] = [];
  private readonly subscription: CfnSubscriptionFilter;

  private constructor(scope: Construct, id: string, props: LogSourceProps) {
    super(scope, id);
    this.countSubscriptions(props.logGroup);
    this.detector = props.detector;
    this.function = new BundledFunction(this, 'Function', {
      handler: 'forward-iot-logs',
      description: 'Brings the lines of the log of AWS IoT to the streams of the detection, by device',
      timeout: TIMEOUT,
      memorySize: MEMORY,
      encryptionKey: props.encryptionKey,
      statements: [],
      environment: { [ENV.detector]: props.detector },
      deadLetterQueue: props.failures,
    });
    const { name, arn, ensured } = props.logGroup;
    const permission = this.function.allowInvoke('Invoke', 'logs.amazonaws.com', arn);
    this.subscription = new CfnSubscriptionFilter(this, 'Subscription', {
      logGroupName: name,
      destinationArn: this.function.functionArn,
      filterPattern: '',
    });
    this.subscription.node.addDependency(permission, this.function.rights, ...(ensured === undefined ? [] : [ensured]));
    this.feed(props);
  }

  private feed({ stream, behaviors }: LogSourceProps): void {
    this.streams.push(stream.resource.ref);
    this.behaviors.push(...behaviors);
    this.function.addStatements(...stream.writing('kinesis:PutRecords'));
    this.function.addEnvironment(ENV.streams, this.streams.join(','));
    this.subscription.filterPattern = linesNeeded(this.behaviors);
  }

  private countSubscriptions({ name }: LogGroupName): void {
    const others = knownInAccount(this, `subscription of ${name}`);
    if (others.size >= MAX_SUBSCRIPTIONS)
      throw new ConfigurationError(
        'TooManyLogSubscriptions',
        `the log group ${name} can have ${MAX_SUBSCRIPTIONS} subscriptions and is read by ${[...others.values()].join(' and ')}; put the detector into the stack of one of them, which it then shares, or give IotLogs.none()`,
        this,
      );
    others.set(this.node.path, this.node.path);
  }
}

/** Whether a behavior cannot be watched without the log; an address is known from connections too, but not by topic. */
export function needsLog(behavior: BehaviorSpec): boolean {
  const { metric, customType } = behavior;
  return (customType === undefined && metric === 'authorization-failures') || needsInfoLines(behavior);
}

/** Whether a behavior counts what is logged at the level INFO only. */
export function needsInfoLines({ metric, customType, topicFilters }: BehaviorSpec): boolean {
  if (customType !== undefined) return false;
  return metric === 'messages-received' || (metric === 'source-ip' && topicFilters !== undefined);
}

/**
 * A filter of the lines that behaviors need: each line that is not needed would cost its delivery.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function linesNeeded(behaviors: readonly BehaviorSpec[]): string {
  const needed = behaviors.filter(needsLog).map(({ metric }) => metric);
  const terms = [
    ...(needed.some((metric) => metric !== 'messages-received') ? ['($.status = "Failure")'] : []),
    ...(needed.includes('source-ip') ? ['($.eventType = "Publish-In")'] : []),
    ...(needed.includes('messages-received') ? ['($.eventType = "Publish-Out")'] : []),
  ];
  return `{ ${terms.join(' || ')} }`;
}
