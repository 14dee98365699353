import { Duration } from 'aws-cdk-lib';
import { Behavior, Confidence, CustomMetric, CustomMetricType, Percentile } from '../../lib/detection';
import { type Criterion, factsOf, type MeasuredMetric } from '../../lib/detection/behavior-draft';
import { criterionKey } from '../../lib/detection/criterion-problems';
import { criteriaOf, METRIC_IDS, METRICS, type MetricFacts, type MetricId } from '../../lib/detection/metrics';
import { BehaviorOperator } from '../../lib/detection/terms';

/** The entry point of the language for each metric of the table. */
export const ENTRY: Readonly<Record<MetricId, () => unknown>> = {
  'messages-sent': Behavior.messagesSent,
  'messages-received': Behavior.messagesReceived,
  'message-size': Behavior.messageSize,
  'authorization-failures': Behavior.authorizationFailures,
  'connection-attempts': Behavior.connectionAttempts,
  disconnects: Behavior.disconnects,
  'disconnect-duration': Behavior.disconnectDuration,
  'source-ip': Behavior.sourceIp,
  'bytes-out': Behavior.bytesOut,
  'bytes-in': Behavior.bytesIn,
  'packets-out': Behavior.packetsOut,
  'packets-in': Behavior.packetsIn,
  'listening-tcp-port-count': Behavior.listeningTcpPortCount,
  'listening-udp-port-count': Behavior.listeningUdpPortCount,
  'established-tcp-connections': Behavior.establishedTcpConnections,
  'listening-tcp-ports': Behavior.listeningTcpPorts,
  'listening-udp-ports': Behavior.listeningUdpPorts,
  'destination-ips': Behavior.destinationIps,
};

export const CUSTOM: Readonly<Record<CustomMetricType, MeasuredMetric>> = {
  [CustomMetricType.NUMBER]: custom(CustomMetricType.NUMBER),
  [CustomMetricType.NUMBER_LIST]: custom(CustomMetricType.NUMBER_LIST),
  [CustomMetricType.STRING_LIST]: custom(CustomMetricType.STRING_LIST),
  [CustomMetricType.IP_ADDRESS_LIST]: custom(CustomMetricType.IP_ADDRESS_LIST),
};

/** Every metric there is: those of AWS IoT, and one custom metric of each type. */
export const EVERY_METRIC: readonly MeasuredMetric[] = [...METRIC_IDS.map(aws), ...Object.values(CUSTOM)];

export function aws(id: MetricId): MeasuredMetric {
  return { kind: 'aws', id };
}

function custom(type: CustomMetricType): MeasuredMetric {
  return { kind: 'custom', metric: CustomMetric.named(`of-${type}`, type), usedAs: type };
}

/** Every way to state a normal, with values that are right for a metric where the metric has that way. */
export function criteriaFor(facts: Pick<MetricFacts, 'value'>): readonly Criterion[] {
  const texts = facts.value === 'strings' ? ['busybox'] : ['203.0.113.0/24'];
  const numeric = [
    BehaviorOperator.LESS_THAN,
    BehaviorOperator.AT_MOST,
    BehaviorOperator.GREATER_THAN,
    BehaviorOperator.AT_LEAST,
  ];
  const sets = [BehaviorOperator.WITHIN, BehaviorOperator.NOT_WITHIN];
  const bounds = ['belowPercentile', 'atMostPercentile', 'abovePercentile', 'atLeastPercentile'] as const;
  return [
    ...numeric.map((operator): Criterion => ({ kind: 'threshold', operator, threshold: 7 })),
    ...bounds.map((bound): Criterion => ({ kind: 'percentile', bound, percentile: Percentile.P90 })),
    ...sets.map((operator): Criterion => ({ kind: 'texts', operator, values: texts })),
    ...sets.map((operator): Criterion => ({ kind: 'numbers', operator, values: [443, 8883] })),
    { kind: 'learned', confidence: Confidence.HIGH },
  ];
}

/** The ways to state a normal that a metric has. */
export function criteriaOfMetric(measured: MeasuredMetric): readonly Criterion[] {
  const facts = factsOf(measured);
  const kinds = { texts: ['cidrs', 'strings'], numbers: ['ports', 'numbers'] } as Record<string, string[] | undefined>;
  return criteriaFor(facts).filter(
    (criterion) =>
      criteriaOf(facts).includes(criterionKey(criterion)) && (kinds[criterion.kind]?.includes(facts.value) ?? true),
  );
}

/** The window that a metric needs where it is judged so. */
export function windowOf(measured: MeasuredMetric, criterion: Criterion): number | undefined {
  const needed =
    criterion.kind === 'percentile' || (criterion.kind === 'threshold' && factsOf(measured).window === 'always');
  return needed ? 300 : undefined;
}

/** A behavior that is right. */
export function quiet(): Behavior {
  return Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5));
}

export function factsFor(id: MetricId): MetricFacts {
  return METRICS[id];
}
