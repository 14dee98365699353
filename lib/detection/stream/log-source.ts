import { Duration } from 'aws-cdk-lib';
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

/** From the log of AWS IoT to the stream: the lines that the behaviors need, each to the shard of its device. */
export class LogSource extends Construct {
  public readonly function: BundledFunction;

  constructor(scope: Construct, id: string, props: LogSourceProps) {
    super(scope, id);
    this.countSubscriptions(props.logGroup);
    this.function = new BundledFunction(this, 'Function', {
      handler: 'forward-iot-logs',
      description: 'Brings the lines of the log of AWS IoT to the stream of the detection, by device',
      timeout: TIMEOUT,
      memorySize: MEMORY,
      encryptionKey: props.encryptionKey,
      statements: props.stream.writing('kinesis:PutRecords'),
      environment: { [ENV.stream]: props.stream.resource.ref, [ENV.detector]: props.detector },
      deadLetterQueue: props.failures,
    });
    const { name, arn, ensured } = props.logGroup;
    const permission = this.function.allowInvoke('Invoke', 'logs.amazonaws.com', arn);
    const subscription = new CfnSubscriptionFilter(this, 'Subscription', {
      logGroupName: name,
      destinationArn: this.function.functionArn,
      filterPattern: linesNeeded(props.behaviors),
    });
    subscription.node.addDependency(permission, this.function.rights, ...(ensured === undefined ? [] : [ensured]));
  }

  private countSubscriptions({ name }: LogGroupName): void {
    const others = knownInAccount(this, `subscription of ${name}`);
    if (others.size >= MAX_SUBSCRIPTIONS)
      throw new ConfigurationError(
        'TooManyLogSubscriptions',
        `the log group ${name} can have ${MAX_SUBSCRIPTIONS} subscriptions and is read by ${[...others.values()].join(' and ')}; watch with one of them, or give IotLogs.none()`,
        this,
      );
    others.set(this.node.path, this.node.path);
  }
}

/** Whether a behavior cannot be watched without the log; an address is known from connections too, but not by topic. */
export function needsLog(behavior: BehaviorSpec): boolean {
  return behavior.metric === 'authorization-failures' || needsInfoLines(behavior);
}

/** Whether a behavior counts what is logged at the level INFO only. */
export function needsInfoLines({ metric, topicFilters }: BehaviorSpec): boolean {
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
