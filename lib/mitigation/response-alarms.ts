import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { METRIC, SERVICE } from '../../lambda/mitigate-device/contract';
import { METRIC as RELEASE_METRIC, SERVICE as RELEASE_SERVICE } from '../../lambda/release-device/contract';
import { acknowledge } from '../internal/acknowledge';
import { alarmActions } from '../internal/alarm-action';
import { alarmText } from '../internal/alarm-text';
import type { SecureQueue } from '../internal/secure-queue';
import { HEARTBEAT_MINUTES } from './signal-intake';

const NAMESPACE = 'ZeroTrustIot';
const OLDEST_SIGNAL_SECONDS = 300;
/** A second look waits for ten minutes by design. */
const OLDEST_LOOK_SECONDS = 1_800;

export interface ResponseAlarmsProps {
  readonly quarantineGroupName: string;
  readonly dead: SecureQueue;
  readonly signals: SecureQueue;
  readonly slow: SecureQueue;
  readonly release: SecureQueue;
  readonly look: SecureQueue;
  readonly recorderName: string;
  readonly alertTopic?: ITopicRef;
  readonly alertTopicKey?: IKeyRef;
}

interface Watch {
  readonly description: string;
  readonly metricName: string;
  readonly namespace: string;
  readonly dimensions: { readonly name: string; readonly value: string }[];
  readonly statistic: string;
  readonly periodSeconds?: number;
  readonly threshold?: number;
  readonly missingFor?: number;
}

/** What a person must hear of; docs/runbook.md says what to do about each. */
export class ResponseAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ResponseAlarmsProps,
  ) {
    super(scope, id);
    this.watchQueues();
    const count = (metricName: string, description: string) => this.watchOwn(metricName, metricName, description);
    count(
      METRIC.refused,
      'A signal was not understood, or a device accused another one; it lies in the dead-letter queue',
    );
    count(METRIC.held, 'Devices would be isolated and wait for a person');
    count(METRIC.lookConnected, 'A device was still connected after it was isolated, and was cut again');
    count(METRIC.lookDrifted, 'An isolated device was in its groups again, and was isolated again');
    this.add('ReleaseIncomplete', {
      description: 'A device was released and could not be given back all that was taken',
      ...this.own(RELEASE_METRIC.incomplete, RELEASE_SERVICE),
    });
    this.add('RecorderFailing', {
      description: 'Incidents are not recorded, told or alerted',
      namespace: 'AWS/Lambda',
      metricName: 'Errors',
      dimensions: [{ name: 'FunctionName', value: props.recorderName }],
      statistic: 'Sum',
    });
    this.add('Silent', {
      description: `The responder has not answered the test signal of every ${HEARTBEAT_MINUTES} minutes`,
      ...this.own(METRIC.heartbeat),
      periodSeconds: HEARTBEAT_MINUTES * 60,
      missingFor: 3,
    });
  }

  private watchQueues(): void {
    const { dead, signals, slow, release, look } = this.props;
    const queue = (name: string, metricName: string) => ({
      namespace: 'AWS/SQS',
      metricName,
      dimensions: [{ name: 'QueueName', value: name }],
      statistic: 'Maximum',
    });
    this.add('DeadLetters', {
      description: 'Signals could not be handled and wait in the dead-letter queue',
      ...queue(dead.queueName, 'ApproximateNumberOfMessagesVisible'),
    });
    const late = (id: string, what: string, { queueName }: SecureQueue, threshold: number) =>
      this.add(id, {
        description: `${what} for more than ${threshold / 60} minutes`,
        ...queue(queueName, 'ApproximateAgeOfOldestMessage'),
        threshold,
      });
    late('SignalsLate', 'Signals wait, and devices are not isolated yet,', signals, OLDEST_SIGNAL_SECONDS);
    late('LockOutsLate', 'Devices that are isolated wait to be locked out', slow, OLDEST_SIGNAL_SECONDS);
    late('ReleasesLate', 'Devices wait to be released', release, OLDEST_SIGNAL_SECONDS);
    late('LooksLate', 'Second looks and orders of persons wait', look, OLDEST_LOOK_SECONDS);
  }

  private watchOwn(id: string, metricName: string, description: string): void {
    this.add(id, { description, ...this.own(metricName) });
  }

  private own(metricName: string, service: string = SERVICE) {
    const dimensions = [
      { name: 'Service', value: service },
      { name: 'QuarantineGroup', value: this.props.quarantineGroupName },
    ];
    return { namespace: NAMESPACE, metricName, dimensions, statistic: 'Sum' };
  }

  private add(id: string, watch: Watch): void {
    const missing = watch.missingFor !== undefined;
    const { alertTopic, alertTopicKey } = this.props;
    const action = alarmActions(this, alertTopic, alertTopicKey);
    const alarm = new CfnAlarm(this, id, {
      alarmDescription: alarmText(watch.description, id),
      namespace: watch.namespace,
      metricName: watch.metricName,
      dimensions: watch.dimensions,
      statistic: watch.statistic,
      period: watch.periodSeconds ?? 60,
      evaluationPeriods: watch.missingFor ?? 1,
      comparisonOperator: missing ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold',
      threshold: watch.threshold ?? 1,
      treatMissingData: missing ? 'breaching' : 'notBreaching',
      alarmActions: action,
      okActions: missing ? action : undefined,
    });
    if (action === undefined)
      acknowledge(
        alarm,
        'CloudWatchAlarmAction',
        'No alert topic was given: whoever reads the state of alarms elsewhere (a dashboard, an operations center) acts on it.',
      );
  }
}
