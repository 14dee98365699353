import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { METRIC, SERVICE } from '../../lambda/prove-health/contract';
import { acknowledge } from '../internal/acknowledge';
import { alarmActions } from '../internal/alarm-action';
import { alarmText } from '../internal/alarm-text';

/** Reminders wait for up to 15 minutes by themselves. */
const OLDEST_SECONDS = 3_600;

export interface RepairAlarmsProps {
  readonly quarantineGroupName: string;
  readonly queueName: string;
  readonly alertTopic?: ITopicRef;
  /** Whether there is a job that can fail. */
  readonly withJob: boolean;
}

/** What a person must hear of a repair; docs/runbook.md says what to do about each. */
export class RepairAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: RepairAlarmsProps,
  ) {
    super(scope, id);
    const dimensions = [
      { name: 'Service', value: SERVICE },
      { name: 'QuarantineGroup', value: props.quarantineGroupName },
    ];
    const jobs = {
      [METRIC.failed]: 'A patch did not cure a device: the job failed on it, or it misbehaved after the job',
      [METRIC.silent]: 'An isolated device does not take, or does not finish, the patch job',
      [METRIC.stopped]: 'The patch job was stopped for all devices, by its thresholds or by a person',
    };
    for (const [metricName, description] of props.withJob ? Object.entries(jobs) : [])
      this.add(metricName, description, { namespace: 'ZeroTrustIot', metricName, dimensions, statistic: 'Sum' });
    this.add('ProofsLate', `The oldest look at a device waits for more than ${OLDEST_SECONDS / 3600} hour`, {
      namespace: 'AWS/SQS',
      metricName: 'ApproximateAgeOfOldestMessage',
      dimensions: [{ name: 'QueueName', value: props.queueName }],
      statistic: 'Maximum',
      threshold: OLDEST_SECONDS,
    });
  }

  private add(id: string, what: string, watched: object): void {
    const action = alarmActions(this, this.props.alertTopic);
    const alarm = new CfnAlarm(this, id, {
      alarmDescription: alarmText(what, id),
      threshold: 1,
      period: 60,
      evaluationPeriods: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: action,
      ...watched,
    });
    if (action === undefined)
      acknowledge(
        alarm,
        'CloudWatchAlarmAction',
        'The response has no alert topic: whoever reads the state of alarms elsewhere acts on it.',
      );
  }
}
