import type { DetectionEngine } from './detection-engine';
import { DeviceDefenderEngine } from './device-defender/device-defender-engine';
import type { MetricsExport } from './device-defender/metrics-export';
import type { RetainedMetric } from './retained-metric';
import { StreamEngine } from './stream/stream-engine';
import type { StreamOptions } from './stream/stream-options';

/** Options of `Detection.deviceDefender`. */
export interface DeviceDefenderOptions {
  /**
   * Where values are exported to, of behaviors and retained metrics that say `exported()`.
   *
   * @default - nothing is exported
   */
  readonly metricsExport?: MetricsExport;
  /**
   * Metrics that are kept without a behavior that judges them.
   *
   * @default - only the metrics of behaviors are kept
   */
  readonly retainedMetrics?: RetainedMetric[];
}

/**
 * The engines that watch behaviors. A behavior means the same in all of them.
 *
 * @example
 * const members = new iot.CfnThingGroup(this, 'Members');
 * const detector = Detection.stream({ dryRun: false }).watch(this, 'Watch', {
 *   behaviors: [Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5))],
 *   target: DetectionTarget.thingGroup(members),
 * });
 * new sns.CfnSubscription(this, 'Mail', {
 *   topicArn: detector.alertTopic.topicRef.topicArn,
 *   protocol: 'email',
 *   endpoint: 'soc@example.com',
 * });
 */
export class Detection {
  /**
   * AWS IoT Device Defender Detect, for accounts that have it: it takes no new customers since 2026-08-31.
   *
   * Raises the warning `zero-trust-iot:DetectClosedToNewCustomers`; acknowledge it where the account has Detect.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/dd-detect-availability-change.html
   */
  public static deviceDefender(options: DeviceDefenderOptions = {}): DetectionEngine {
    return new DeviceDefenderEngine(options);
  }

  /**
   * A pipeline of our own on managed services, which every account can deploy: rules and the log of AWS IoT, a Kinesis data stream,
   * and a function that judges windows of five minutes and keeps what it learned in a table. It grows with the traffic, not with
   * the template.
   *
   * It begins as a dry run: alarms are counted, and nobody is told. `dryRun: false` goes live.
   *
   * Raises the warning `zero-trust-iot:DetectionDryRun` until then, and `zero-trust-iot:MessagesOnEveryTopic` where messages sent or
   * their size are not narrowed with `onTopics`: a rule then takes each message of the account, which costs.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/dd-detect-availability-change.html
   */
  public static stream(options: StreamOptions = {}): DetectionEngine {
    return new StreamEngine(options);
  }

  private constructor() {}
}
