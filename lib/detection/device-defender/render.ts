import { Token, Tokenization } from 'aws-cdk-lib';
import type { CfnSecurityProfile } from 'aws-cdk-lib/aws-iot';
import type { Construct } from 'constructs';
import { type MeasuredMetric, factsOf, type TopicScope } from '../behavior-draft';
import type { BehaviorSpec } from '../behavior-spec';
import type { CheckedBehavior } from '../checked-behaviors';
import { CustomMetric } from '../custom-metric';
import type { ValueKind } from '../metrics';
import type { RetainedMetric } from '../retained-metric';
import { BehaviorOperator } from '../terms';
import { TopicDimension } from '../topic-dimension';

const NUMBER_OPERATORS: Partial<Record<BehaviorOperator, string>> = {
  [BehaviorOperator.LESS_THAN]: 'less-than',
  [BehaviorOperator.AT_MOST]: 'less-than-equals',
  [BehaviorOperator.GREATER_THAN]: 'greater-than',
  [BehaviorOperator.AT_LEAST]: 'greater-than-equals',
};
const SETS: Partial<Record<ValueKind, string>> = {
  cidrs: 'cidr-set',
  ports: 'port-set',
  numbers: 'set',
  strings: 'set',
};

/** A behavior as a security profile has it. */
export function renderBehavior(
  scope: Construct,
  { draft, spec }: CheckedBehavior,
): CfnSecurityProfile.BehaviorProperty {
  return {
    name: spec.name,
    metric: metricOf(scope, draft.measured),
    metricDimension: dimensionOf(scope, draft.scope),
    criteria: {
      ...renderCriterion(spec, factsOf(draft.measured).value),
      consecutiveDatapointsToAlarm: spec.datapointsToAlarm,
      consecutiveDatapointsToClear: spec.datapointsToClear,
    },
    suppressAlerts: spec.suppressed || undefined,
    exportMetric: spec.exported || undefined,
  };
}

/** A metric without a behavior as a security profile has it. */
export function renderRetainedMetric(
  scope: Construct,
  metric: RetainedMetric,
): CfnSecurityProfile.MetricToRetainProperty {
  return {
    metric: metricOf(scope, metric._measured),
    metricDimension: dimensionOf(scope, metric._scope),
    exportMetric: metric._exported || undefined,
  };
}

function renderCriterion(spec: BehaviorSpec, kind: ValueKind): CfnSecurityProfile.BehaviorCriteriaProperty {
  if (spec.confidence !== undefined) {
    return { mlDetectionConfig: { confidenceLevel: spec.confidence } };
  }
  const comparisonOperator = operatorOf(spec.operator, kind);
  const durationSeconds = spec.windowSeconds;
  if (spec.percentile !== undefined) {
    return { comparisonOperator, statisticalThreshold: { statistic: spec.percentile }, durationSeconds };
  }
  return { comparisonOperator, value: valueOf(spec, kind), durationSeconds };
}

function operatorOf(operator: BehaviorOperator | undefined, kind: ValueKind): string | undefined {
  const set = SETS[kind];
  if (set === undefined) return operator && NUMBER_OPERATORS[operator];
  return operator === BehaviorOperator.WITHIN ? `in-${set}` : `not-in-${set}`;
}

function valueOf(spec: BehaviorSpec, kind: ValueKind): CfnSecurityProfile.MetricValueProperty {
  const { threshold, texts, numbers } = spec;
  if (threshold === undefined) return { [kind]: texts ?? numbers };
  // CloudFormation wants this one number as text, since JSON has no 64-bit integers.
  return kind === 'count' ? { count: countText(threshold) } : { number: threshold };
}

function countText(count: number): string {
  return Token.isUnresolved(count) ? Tokenization.stringifyNumber(count) : String(count);
}

function metricOf(scope: Construct, measured: MeasuredMetric): string {
  return measured.kind === 'custom' ? CustomMetric._referTo(scope, measured.metric) : factsOf(measured).defenderName;
}

function dimensionOf(
  scope: Construct,
  topics: TopicScope | undefined,
): CfnSecurityProfile.MetricDimensionProperty | undefined {
  if (topics === undefined) return undefined;
  const dimension = topics.dimension ?? TopicDimension._of(scope, topics.filters);
  return { dimensionName: dimension.dimensionRef.dimensionName, operator: topics.excluded ? 'NOT_IN' : 'IN' };
}
