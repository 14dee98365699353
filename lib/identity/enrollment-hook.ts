import { type CfnResource, Duration } from 'aws-cdk-lib';
import { CfnAlarm, type CfnAlarmProps } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ENV, METRIC } from '../../lambda/verify-enrollment/contract';
import { alarmActions } from '../internal/alarm-action';
import { alarmText } from '../internal/alarm-text';
import { acknowledge } from '../internal/acknowledge';
import { acknowledgeWildcards } from '../internal/acknowledge-wildcards';
import { BundledFunction } from '../internal/bundled-function';
import { allow, type IamStatement } from '../internal/iam';
import type { AllowListTable } from './allow-list-table';

export interface EnrollmentHookProps {
  readonly table: AllowListTable;
  readonly templateName: string;
  readonly templateArn: string;
  /** ARN pattern of the things that devices may become. */
  readonly thingsArn: string;
  readonly thingNamePrefix: string;
  readonly fleetGroupName: string;
  readonly oneTimeUse: boolean;
  readonly alarmTopic?: ITopicRef;
  readonly alarmTopicKey?: IKeyRef;
  readonly refusalsToAlarm: number;
  readonly encryptionKey?: IKeyRef;
}

/** AWS IoT gives up after 5 seconds. */
const TIMEOUT = Duration.seconds(5);
const SLOW_MS = 4_000;
const PERIOD_SECONDS = 300;
/** Start-up of the function is most of the first answer's time, and gets faster with memory. */
const MEMORY_MIB = 512;

/** The pre-provisioning hook: the function, its rights, AWS IoT's permission to call it, and its alarms. */
export class EnrollmentHook extends Construct {
  public readonly function: BundledFunction;
  /** What must be there before AWS IoT calls the hook. */
  public readonly prerequisites: readonly CfnResource[];

  constructor(scope: Construct, id: string, props: EnrollmentHookProps) {
    super(scope, id);
    const statements = this.statements(props);
    this.function = new BundledFunction(this, 'Function', {
      handler: 'verify-enrollment',
      description: 'Verifies devices that enroll against their allow-list',
      timeout: TIMEOUT,
      memorySize: MEMORY_MIB,
      encryptionKey: props.encryptionKey,
      retainLogs: true,
      environment: {
        [ENV.table]: props.table.resource.ref,
        [ENV.template]: props.templateName,
        [ENV.fleetGroup]: props.fleetGroupName,
        [ENV.oneTimeUse]: String(props.oneTimeUse),
        ...(props.thingNamePrefix === '' ? {} : { [ENV.thingNamePrefix]: props.thingNamePrefix }),
      },
      statements,
    });
    acknowledgeWildcards(
      this.function.rights,
      statements,
      'The things of devices that are yet to enroll have no ARN that could be named; only their certificates and groups are read.',
    );
    const permission = this.function.allowInvoke('Caller', 'iot.amazonaws.com', props.templateArn);
    this.prerequisites = [permission, this.function.rights];
    this.addAlarms(props);
  }

  private statements(props: EnrollmentHookProps): IamStatement[] {
    return [
      ...props.table.rights(['dynamodb:GetItem', 'dynamodb:UpdateItem']),
      allow(['iot:ListThingPrincipals', 'iot:ListThingGroupsForThing'], [props.thingsArn]),
    ];
  }

  private addAlarms(props: EnrollmentHookProps): void {
    const own = {
      namespace: METRIC.namespace,
      dimensions: [
        { name: 'Service', value: METRIC.service },
        { name: METRIC.templateDimension, value: props.templateName },
      ],
      statistic: 'Sum',
    };
    const lambda = {
      namespace: 'AWS/Lambda',
      dimensions: [{ name: 'FunctionName', value: this.function.functionName }],
    };
    this.addAlarm('Refused', props, {
      ...own,
      metricName: METRIC.refused,
      threshold: props.refusalsToAlarm,
      alarmDescription:
        'Devices were refused: a serial that is not listed, was used, or is denied. Look for a leaked claim certificate; the log of the hook names serial, claim and reason.',
    });
    this.addAlarm('Failed', props, {
      ...own,
      metricName: METRIC.failed,
      threshold: 1,
      alarmDescription:
        'Devices could not be verified and were refused: the allow-list or the registry did not answer.',
    });
    this.addAlarm('Crashed', props, {
      ...lambda,
      metricName: 'Errors',
      statistic: 'Sum',
      threshold: 1,
      alarmDescription: 'The enrollment hook failed or timed out, and devices were refused.',
    });
    this.addAlarm('Slow', props, {
      ...lambda,
      metricName: 'Duration',
      statistic: 'Maximum',
      threshold: SLOW_MS,
      alarmDescription: 'The enrollment hook is close to the 5 seconds after which AWS IoT refuses the device.',
    });
  }

  private addAlarm(
    id: string,
    { alarmTopic, alarmTopicKey }: EnrollmentHookProps,
    props: Omit<CfnAlarmProps, 'comparisonOperator' | 'evaluationPeriods'> & { readonly alarmDescription: string },
  ): void {
    const alarm = new CfnAlarm(this, `${id}Alarm`, {
      ...props,
      alarmDescription: alarmText(props.alarmDescription, id),
      period: PERIOD_SECONDS,
      evaluationPeriods: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: alarmActions(this, alarmTopic, alarmTopicKey),
    });
    if (alarmTopic !== undefined) return;
    acknowledge(
      alarm,
      'CloudWatchAlarmAction',
      'No topic was given: the alarm shows its state on dashboards and to EventBridge.',
    );
  }
}
