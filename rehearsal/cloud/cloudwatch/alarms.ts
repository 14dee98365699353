import type { EventBridge } from '../eventbridge';
import type { Sns } from '../sns';
import { gap, mayDeliver, report, serviceParty, type World } from '../world';
import { type AlarmState, lookBack, stateOf, type Thresholds, WORDS } from './evaluate';
import type { MetricId, Metrics } from './metrics';

export interface AlarmProps extends Thresholds {
  readonly name: string;
  readonly arn: string;
  /** Construct path, for people. */
  readonly label: string;
  readonly description?: string;
  readonly metric: MetricId;
  readonly statistic: string;
  readonly periodSeconds: number;
  /** ARNs of what is told, by the state that is entered. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
  /** What a metric has at this moment that is not put by anybody, such as the depth of a queue. */
  readonly gauge?: () => number | undefined;
}

export interface Alarm {
  readonly props: AlarmProps;
  state: AlarmState;
}

const SERVICE = 'cloudwatch.amazonaws.com';
/** Alarms are evaluated once a minute, whatever their period, and gauges are read as often. */
const MINUTE_MS = 60_000;

/**
 * The alarms of the account: evaluated every minute of virtual time over what functions and services put into `metrics`, with
 * their actions done and their changes of state put on the default event bus.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export class Alarms {
  private readonly alarms: Alarm[] = [];

  constructor(
    private readonly world: World,
    private readonly metrics: Metrics,
    private readonly sns: Sns,
    private readonly events: EventBridge,
  ) {}

  public all(): readonly Alarm[] {
    return this.alarms;
  }

  public add(props: AlarmProps): void {
    this.alarms.push({ props, state: 'INSUFFICIENT_DATA' });
    if (this.alarms.length === 1) this.tick();
  }

  private tick(): void {
    const { clock } = this.world;
    clock.schedule(MINUTE_MS, 'evaluation of alarms', () => {
      for (const alarm of this.alarms) this.sample(alarm.props);
      for (const alarm of this.alarms) this.evaluate(alarm);
      this.tick();
    });
  }

  private sample({ metric, gauge }: AlarmProps): void {
    const value = gauge?.();
    // It is of the minute that ends now.
    if (value !== undefined) this.metrics.put(metric, value, this.world.clock.now() - 1);
  }

  private evaluate(alarm: Alarm): void {
    const { props, state: before } = alarm;
    const { metric, statistic, periodSeconds } = props;
    const now = this.world.clock.now();
    const length = periodSeconds * 1_000;
    const datapoints = Array.from({ length: lookBack(props) }, (_, back) =>
      this.metrics.statistic(metric, statistic, now - (back + 1) * length, now - back * length),
    );
    const after = stateOf(props, datapoints, before);
    if (after === before) return;
    alarm.state = after;
    this.changed(props, { before, after, reason: reasonOf(props, datapoints, after), at: new Date(now) });
  }

  private changed(props: AlarmProps, change: Change): void {
    const { label, name, arn, actions } = props;
    const { before, after, reason } = change;
    const who = serviceParty('cloudwatch');
    const what = `alarm ${label}: ${before} -> ${after}`;
    this.world.events.emit({ kind: 'alarm', who, what, alarm: label, from: before, to: after, reason });
    this.events.put({
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: [arn],
      detail: {
        alarmName: name,
        state: { value: after, reason, timestamp: timeOf(change.at) },
        previousState: { value: before },
        configuration: configurationOf(props),
      },
    });
    for (const action of actions[after]) this.act(props, action, change);
  }

  private act(props: AlarmProps, action: string, change: Change): void {
    const { world, sns } = this;
    if (action.split(':')[2] !== 'sns')
      return gap(world, `alarm action ${action}`, `what ${props.label} starts there did not happen`);
    const topic = sns.find(action);
    const need = { action: 'sns:Publish', resource: action };
    // A topic without a policy of its own lets the account's alarms in.
    const isOpen = topic !== undefined && !world.authorizer.resourcePolicies.has(action);
    const decision =
      isOpen && topic.keyArn === undefined
        ? { ...need, allowed: true, because: [] }
        : mayDeliver(world, SERVICE, props.arn, need, topic?.keyArn);
    const what = `tells topic ${action.split(':').pop() ?? ''}`;
    if (!report(world, serviceParty(`alarm ${props.label}`), serviceParty('sns'), what, decision)) return;
    if (topic === undefined) return gap(world, `topic ${action}`, `${props.label} told nobody`);
    const { region, account } = world.place;
    sns.publish(topic, {
      subject: `${change.after}: "${props.name}" in ${region}`.slice(0, 100),
      message: JSON.stringify(notificationOf(props, change, { region, account })),
      attributes: {},
    });
  }
}

interface Change {
  readonly before: AlarmState;
  readonly after: AlarmState;
  readonly reason: string;
  readonly at: Date;
}

function reasonOf(
  { operator, threshold, periods }: AlarmProps,
  all: readonly (number | undefined)[],
  to: AlarmState,
): string {
  const real = all.filter((value) => value !== undefined).slice(0, periods);
  if (real.length === 0) return 'no datapoints were received';
  const not = to === 'OK' ? 'not ' : '';
  return `[${real.join(', ')}] ${not}${WORDS[operator]} the threshold (${threshold})`;
}

/** What subscribers of a topic get. The service words the region as its console does; here it is the code. */
function notificationOf(props: AlarmProps, change: Change, place: { region: string; account: string }): object {
  const { metric } = props;
  return {
    AlarmName: props.name,
    AlarmDescription: props.description ?? null,
    AWSAccountId: place.account,
    AlarmConfigurationUpdatedTimestamp: timeOf(change.at),
    NewStateValue: change.after,
    NewStateReason: change.reason,
    StateChangeTime: timeOf(change.at),
    Region: place.region,
    AlarmArn: props.arn,
    OldStateValue: change.before,
    OKActions: props.actions.OK,
    AlarmActions: props.actions.ALARM,
    InsufficientDataActions: props.actions.INSUFFICIENT_DATA,
    Trigger: {
      MetricName: metric.name,
      Namespace: metric.namespace,
      StatisticType: 'Statistic',
      Statistic: props.statistic.toUpperCase(),
      Unit: null,
      Dimensions: Object.entries(metric.dimensions).map(([name, value]) => ({ value, name })),
      Period: props.periodSeconds,
      EvaluationPeriods: props.periods,
      DatapointsToAlarm: props.toAlarm,
      ComparisonOperator: props.operator,
      Threshold: props.threshold,
      TreatMissingData: props.missing,
      EvaluateLowSampleCountPercentile: '',
    },
  };
}

function configurationOf({ metric, statistic, periodSeconds, description }: AlarmProps): object {
  const { namespace, name, dimensions } = metric;
  const metricStat = { metric: { namespace, name, dimensions }, period: periodSeconds, stat: statistic };
  return { metrics: [{ id: 'm1', metricStat, returnData: true }], description };
}

function timeOf(date: Date): string {
  return date.toISOString().replace('Z', '+0000');
}
