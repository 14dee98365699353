import { Duration, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { ENV } from '../../lambda/close-tunnels/contract';
import { EVENT } from '../../lambda/record-incident/contract';
import { acknowledge } from '../internal/acknowledge';
import { alarmActions } from '../internal/alarm-action';
import { alarmText } from '../internal/alarm-text';
import { acknowledgeWildcards } from '../internal/acknowledge-wildcards';
import { BundledFunction } from '../internal/bundled-function';
import { allow } from '../internal/iam';
import { SecureQueue } from '../internal/secure-queue';
import type { IncidentResponse } from '../mitigation';

const TIMEOUT = Duration.seconds(60);
const VISIBILITY = Duration.minutes(6);
const MAX_RECEIVES = 12;
/** Few messages at once: each may have five tunnels to close, one every two seconds in each process. */
const BATCH = 2;
const PROCESSES = 2;
/**
 * Calls of `CloseTunnel` per second and account.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot_device_management.html
 */
const CLOSES_PER_SECOND = 1;
const OLDEST_SECONDS = 900;

/** Closes the tunnels of devices that are released or retired: what was opened for an incident ends with it. */
export class TunnelCloser extends Construct {
  private readonly queue: SecureQueue;

  constructor(
    scope: Construct,
    id: string,
    private readonly response: IncidentResponse,
  ) {
    super(scope, id);
    const { intake, encryptionKey } = response._parts;
    this.queue = new SecureQueue(this, 'Queue', {
      encryptionKey,
      visibilityTimeout: VISIBILITY,
      deadLetterQueue: { queue: intake.dead, maxReceiveCount: MAX_RECEIVES },
    });
    this.createFunction();
    this.addRule();
    this.addAlarm();
  }

  private createFunction(): void {
    const { intake, encryptionKey, quarantineGroup } = this.response._parts;
    const { partition, region, account } = Stack.of(this);
    const close = allow(['iot:CloseTunnel'], [`arn:${partition}:iot:${region}:${account}:tunnel/*`], {
      // What was done through a tunnel stays to be asked for: it is closed, never deleted.
      BoolIfExists: { 'iot:Delete': 'false' },
    });
    const list = allow(['iot:ListTunnels'], ['*']);
    const fn = new BundledFunction(this, 'Function', {
      handler: 'close-tunnels',
      description: 'Closes the tunnels of devices that are released or retired',
      timeout: TIMEOUT,
      encryptionKey,
      statements: [close, list],
      environment: {
        [ENV.queue]: this.queue.queueUrl,
        [ENV.deadLetterQueue]: intake.dead.queueUrl,
        [ENV.rates]: JSON.stringify({ CloseTunnel: (CLOSES_PER_SECOND * 0.975) / PROCESSES }),
        [ENV.quarantineGroup]: quarantineGroup.thingGroupRef.thingGroupName,
      },
    });
    acknowledgeWildcards(
      fn.rights,
      [close, list],
      'The id of a tunnel is not known before it is opened, and listing takes no narrower resource; only tunnels that name the incident are closed.',
    );
    for (const queue of [this.queue, intake.dead]) fn.allowSend(queue);
    fn.addStatements(allow(['sqs:ChangeMessageVisibility'], [this.queue.queueArn]));
    fn.consume('Ends', this.queue, { batchSize: BATCH, maximumConcurrency: PROCESSES });
  }

  /** Only incidents for which somebody asked for a tunnel: a storm of releases passes by. */
  private addRule(): void {
    const { dead } = this.response._parts.intake;
    const rule = new CfnRule(this, 'Rule', {
      description: 'Incidents with tunnels that are over, to the function that closes tunnels',
      eventPattern: {
        source: [EVENT.source],
        'detail-type': [EVENT.detailType],
        detail: { state: ['released', 'retired'], tunnels: [{ numeric: ['>', 0] }] },
      },
      targets: [{ id: 'TunnelQueue', arn: this.queue.queueArn, deadLetterConfig: { arn: dead.queueArn } }],
    });
    for (const queue of [this.queue, dead]) queue.allowService('events.amazonaws.com', rule.attrArn);
  }

  private addAlarm(): void {
    const action = alarmActions(this, this.response._parts.alertTopic);
    const alarm = new CfnAlarm(this, 'TunnelsLate', {
      alarmDescription: alarmText(
        `Tunnels of released or retired devices wait for more than ${OLDEST_SECONDS / 60} minutes to be closed`,
        'TunnelsLate',
      ),
      namespace: 'AWS/SQS',
      metricName: 'ApproximateAgeOfOldestMessage',
      dimensions: [{ name: 'QueueName', value: this.queue.queueName }],
      statistic: 'Maximum',
      threshold: OLDEST_SECONDS,
      period: 60,
      evaluationPeriods: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: action,
    });
    if (action === undefined)
      acknowledge(
        alarm,
        'CloudWatchAlarmAction',
        'The response has no alert topic: whoever reads the state of alarms elsewhere acts on it.',
      );
  }
}
