import type { Duration } from 'aws-cdk-lib';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { DeviceReports } from './device-reports';
import type { IotLogs } from './iot-logs';

/** Options of `Detection.stream`. */
export interface StreamOptions {
  /**
   * Count and keep alarms, and tell nobody: nothing responds. Go live with `false` when the metric `BehaviorAlarmsWithheld` says
   * that the behaviors are true of the fleet.
   *
   * @default true
   */
  readonly dryRun?: boolean;
  /**
   * For how long after a device was first seen nobody is told of alarms of its learned behaviors: 0 to 90 days.
   *
   * @default Duration.days(14)
   */
  readonly learnedDryRun?: Duration;
  /**
   * Where devices publish their reports. A rule is made only if a behavior needs what devices report.
   *
   * @default DeviceReports.defenderTopic()
   */
  readonly deviceReports?: DeviceReports;
  /**
   * Where AWS IoT logs to. A subscription is made only if a behavior needs it: authorization failures, messages received, and
   * addresses by topic.
   *
   * @default IotLogs.ofAccount()
   */
  readonly logs?: IotLogs;
  /**
   * Number of shards of the stream: 1 to 10,000. A shard takes 1,000 records or 1 MB a second.
   *
   * @see https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html
   *
   * @default - on demand: the stream grows with the traffic
   */
  readonly shardCount?: number;
  /**
   * For how long the stream keeps events, which is for how long they survive an outage of what reads them: 1 to 365 days.
   *
   * @default Duration.days(3)
   */
  readonly retention?: Duration;
  /**
   * Key that encrypts stream, table, queue and logs. Its policy must let CloudWatch Logs and EventBridge of this
   * account use it; to the policy of an L2 key of this app that is added.
   *
   * @default - the key of the stack
   */
  readonly encryptionKey?: IKeyRef;
}
