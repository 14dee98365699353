import { isOperator, type MissingData } from '../cloud/cloudwatch/evaluate';
import { isStatistic, type MetricId } from '../cloud/cloudwatch/metrics';
import { NotModelled } from '../cloud/fault';
import { arnOf } from '../cloud/operation';
import type { Cloudlike } from '../cloud/parts';
import type { Message } from '../cloud/sqs';
import { isTrue, number, type Provider, text, texts } from './provider';

const MISSING: readonly MissingData[] = ['breaching', 'notBreaching', 'ignore', 'missing'];
/** What functions are counted by. */
const OF_FUNCTIONS = ['Invocations', 'Errors', 'Duration', 'IteratorAge'];
/** A message that was received more often is passed over by the age of a queue. */
const MOST_RECEIVES = 3;

type Gauge = (messages: readonly Message[], now: number) => number;

/** What a queue has at a moment. */
const OF_QUEUES: Readonly<Record<string, Gauge>> = {
  ApproximateNumberOfMessagesVisible: (messages, now) => messages.filter(({ visibleAt }) => visibleAt <= now).length,
  ApproximateNumberOfMessagesNotVisible: (messages, now) =>
    messages.filter(({ visibleAt, received }) => visibleAt > now && received > 0).length,
  ApproximateNumberOfMessagesDelayed: (messages, now) =>
    messages.filter(({ visibleAt, received }) => visibleAt > now && received === 0).length,
  ApproximateAgeOfOldestMessage: (messages, now) => {
    const counted = messages.filter(({ received }) => received <= MOST_RECEIVES);
    return counted.length === 0 ? 0 : (now - Math.min(...counted.map(({ sentAt }) => sentAt))) / 1_000;
  },
};

/** Alarms over one metric. What they cannot be evaluated by is said when they are made. */
export const ALARM_PROVIDERS: Readonly<Record<string, Provider>> = {
  'AWS::CloudWatch::Alarm': (request, cloud) => {
    const { properties } = request;
    const name = text(properties, 'AlarmName') ?? request.generatedName(255);
    const arn = arnOf(cloud.world.place, 'cloudwatch', `alarm:${name}`);
    const operator = text(properties, 'ComparisonOperator') ?? '';
    const statistic = text(properties, 'Statistic') ?? text(properties, 'ExtendedStatistic') ?? '';
    if (properties.Metrics !== undefined) throw unknown('metric math');
    if (!isOperator(operator)) throw unknown(`comparison ${operator}`);
    if (!isStatistic(statistic)) throw unknown(`statistic ${statistic}`);
    const metric = metricOf(properties);
    const periods = number(properties, 'EvaluationPeriods', 1);
    const isActive = properties.ActionsEnabled === undefined || isTrue(properties.ActionsEnabled);
    const actions = (key: string): readonly string[] => (isActive ? texts(properties[key]) : []);
    const missing = text(properties, 'TreatMissingData');
    cloud.alarms.add({
      name,
      arn,
      label: request.label,
      description: text(properties, 'AlarmDescription'),
      metric,
      statistic,
      periodSeconds: number(properties, 'Period', 60),
      operator,
      threshold: number(properties, 'Threshold', 0),
      periods,
      toAlarm: number(properties, 'DatapointsToAlarm', periods),
      missing: MISSING.find((each) => each === missing) ?? 'missing',
      actions: {
        ALARM: actions('AlarmActions'),
        OK: actions('OKActions'),
        INSUFFICIENT_DATA: actions('InsufficientDataActions'),
      },
      gauge: gaugeOf(metric, cloud),
    });
    return { ref: name, attributes: { Arn: arn } };
  },
};

function metricOf(properties: Readonly<Record<string, unknown>>): MetricId {
  const dimensions = (properties.Dimensions ?? []) as readonly { readonly Name: string; readonly Value: string }[];
  return {
    namespace: text(properties, 'Namespace') ?? '',
    name: text(properties, 'MetricName') ?? '',
    dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
  };
}

/** Metrics of services come from their models; those of other namespaces from what functions log. */
function gaugeOf(metric: MetricId, { sqs, world }: Cloudlike): (() => number | undefined) | undefined {
  const { namespace, name, dimensions } = metric;
  if (namespace === 'AWS/Lambda' && OF_FUNCTIONS.includes(name)) return undefined;
  const ofQueue = namespace === 'AWS/SQS' ? OF_QUEUES[name] : undefined;
  if (ofQueue !== undefined)
    return () => {
      const queue = sqs.find(dimensions.QueueName ?? '');
      return queue && ofQueue(queue.messages, world.clock.now());
    };
  if (namespace.startsWith('AWS/')) throw unknown(`metric ${namespace} ${name}`);
  return undefined;
}

function unknown(what: string): NotModelled {
  return new NotModelled(`${what} of an alarm`, 'the alarm never changes its state');
}
