import type { IDimensionRef } from 'aws-cdk-lib/aws-iot';
import type { ICustomMetric } from './custom-metric';
import { CUSTOM_METRICS, METRICS, type MetricFacts, type MetricId, type PercentileKey } from './metrics';
import type { BehaviorOperator, Confidence, CustomMetricType, Percentile, Severity } from './terms';

/** What a behavior measures. */
export type MeasuredMetric =
  | { readonly kind: 'aws'; readonly id: MetricId }
  /** `usedAs` is the type that the user's words imply; the metric's own may be another, which is an error. */
  | { readonly kind: 'custom'; readonly metric: ICustomMetric; readonly usedAs: CustomMetricType };

/** How a behavior states its normal. */
export type Criterion =
  | { readonly kind: 'threshold'; readonly operator: BehaviorOperator; readonly threshold: number }
  | { readonly kind: 'percentile'; readonly bound: PercentileKey; readonly percentile: Percentile }
  | { readonly kind: 'texts'; readonly operator: BehaviorOperator; readonly values: string[] }
  | { readonly kind: 'numbers'; readonly operator: BehaviorOperator; readonly values: number[] }
  | { readonly kind: 'learned'; readonly confidence: Confidence };

/** The topics that a metric is narrowed to. */
export type TopicScope = { readonly excluded: boolean } & (
  | { readonly filters: string[]; readonly dimension?: undefined }
  | { readonly filters?: string[]; readonly dimension: IDimensionRef }
);

/** A behavior as it was said; nothing in it is checked yet. */
export interface BehaviorDraft {
  readonly measured: MeasuredMetric;
  readonly criterion: Criterion;
  readonly windowSeconds?: number;
  readonly name?: string;
  readonly datapointsToAlarm?: number;
  readonly datapointsToClear?: number;
  readonly severity?: Severity;
  readonly suppressed?: boolean;
  readonly exported?: boolean;
  readonly scope?: TopicScope;
}

/** What is known of the metric that is measured. */
export function factsOf(measured: MeasuredMetric): MetricFacts {
  return measured.kind === 'aws'
    ? METRICS[measured.id]
    : { ...CUSTOM_METRICS[measured.usedAs], defenderName: measured.metric.metricName };
}

/** The metric's name as a user knows it. */
export function metricNameOf(measured: MeasuredMetric): string {
  return measured.kind === 'aws' ? measured.id : measured.metric.metricName;
}

/** A scope by a dimension; its filters are known where it is a construct of this library. */
export function scopedToDimension(dimension: IDimensionRef, excluded: boolean): TopicScope {
  const { topicFilters } = dimension as { topicFilters?: string[] };
  return { filters: topicFilters, dimension, excluded };
}
