import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { METRIC, SERVICE, WINDOW_SECONDS } from '../../../lambda/evaluate-behaviors/contract';
import { METRIC as FORWARDER_METRIC, SERVICE as FORWARDER_SERVICE } from '../../../lambda/forward-iot-logs/contract';
import { alarmActions } from '../../internal/alarm-action';
import { alarmText } from '../../internal/alarm-text';

const NAMESPACE = 'ZeroTrustIot';
/** Three windows: later than that, what is judged is the past. */
const LATEST_SECONDS = 3 * WINDOW_SECONDS;
/** Clients of the account that are no things are refused one by one, and are not worth waking somebody. */
const MANY_REFUSED = 100;

export interface StreamAlarmsProps {
  readonly detector: string;
  readonly functionName: string;
  readonly forwarder?: Forwarder;
  readonly failuresName: string;
  readonly alarmTopic: ITopicRef;
  readonly alarmTopicKey?: IKeyRef;
}

/** The function that brings the log, and the detector under whose name it counts. */
export interface Forwarder {
  readonly functionName: string;
  readonly detector: string;
}

interface Watch {
  readonly description: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: { readonly name: string; readonly value: string }[];
  readonly statistic: string;
  readonly threshold?: number;
  readonly missing?: boolean;
}

/** What a person must hear of: a detection that does not see is worse than none. docs/detection.md says what to do about each. */
export class StreamAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: StreamAlarmsProps,
  ) {
    super(scope, id);
    this.add('Late', {
      description: `Events wait for more than ${LATEST_SECONDS / 60} minutes before they are judged`,
      ...this.lambda('IteratorAge', props.functionName, 'Maximum'),
      threshold: LATEST_SECONDS * 1_000,
    });
    this.add('Failing', {
      description: 'Windows cannot be judged and are tried again',
      ...this.lambda('Errors', props.functionName, 'Sum'),
    });
    this.add('Silent', {
      description: `Nothing has been judged for ${(3 * WINDOW_SECONDS) / 60} minutes, silent devices neither`,
      ...this.lambda('Invocations', props.functionName, 'Sum'),
      missing: true,
    });
    this.add('Failures', {
      description:
        'Events could not be delivered or judged; they, or their places on the stream, lie in the queue of failures',
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: [{ name: 'QueueName', value: props.failuresName }],
      statistic: 'Maximum',
    });
    this.add('ForeignReports', {
      description: 'A device reported for another one: one of the two is not what it seems',
      ...this.own(METRIC.foreign),
    });
    this.add('NotKept', {
      description: 'Devices are not watched, since there is no room for them',
      ...this.own(METRIC.overflowed),
    });
    this.add('RecordsFailed', {
      description: 'Events broke the function that judges them',
      ...this.own(METRIC.failed),
    });
    this.add('Refused', {
      description: 'Many events are of no form that is known',
      ...this.own(METRIC.refused),
      threshold: MANY_REFUSED,
    });
    if (props.forwarder !== undefined) this.watchForwarder(props.forwarder);
  }

  private watchForwarder({ functionName, detector }: Forwarder): void {
    this.add('LogsFailing', {
      description: 'Lines of the log of AWS IoT do not reach the stream',
      ...this.lambda('Errors', functionName, 'Sum'),
    });
    this.add('LogsUnreadable', {
      description: 'Deliveries of the log of AWS IoT cannot be read; they lie in the queue of failures',
      ...this.own(FORWARDER_METRIC.unreadable, FORWARDER_SERVICE, detector),
    });
  }

  private lambda(metricName: string, functionName: string, statistic: string) {
    return {
      namespace: 'AWS/Lambda',
      metricName,
      dimensions: [{ name: 'FunctionName', value: functionName }],
      statistic,
    };
  }

  private own(metricName: string, service: string = SERVICE, detector: string = this.props.detector) {
    const dimensions = [
      { name: 'Service', value: service },
      { name: 'Detector', value: detector },
    ];
    return { namespace: NAMESPACE, metricName, dimensions, statistic: 'Sum' };
  }

  private add(id: string, watch: Watch): void {
    const action = alarmActions(this, this.props.alarmTopic, this.props.alarmTopicKey);
    const missing = watch.missing === true;
    new CfnAlarm(this, id, {
      alarmDescription: alarmText(watch.description, id, 'detection.md'),
      namespace: watch.namespace,
      metricName: watch.metricName,
      dimensions: watch.dimensions,
      statistic: watch.statistic,
      period: WINDOW_SECONDS,
      evaluationPeriods: missing ? 3 : 1,
      comparisonOperator: missing ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold',
      threshold: watch.threshold ?? 1,
      treatMissingData: missing ? 'breaching' : 'notBreaching',
      alarmActions: action,
      okActions: missing ? action : undefined,
    });
  }
}
