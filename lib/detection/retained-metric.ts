import type { IDimensionRef } from 'aws-cdk-lib/aws-iot';
import { type MeasuredMetric, scopedToDimension, type TopicScope } from './behavior-draft';

/**
 * A metric that is kept, and exported on request, without a behavior that judges it.
 *
 * Device Defender keeps it for 14 days.
 *
 * @example
 * const retained: RetainedMetric = Behavior.bytesOut().retained();
 * Detection.deviceDefender({ retainedMetrics: [retained] });
 */
export class RetainedMetric {
  /** @internal */
  public static _of(measured: MeasuredMetric): RetainedMetric {
    return new RetainedMetric(measured, false);
  }

  /** @internal */
  public readonly _measured: MeasuredMetric;
  /** @internal */
  public readonly _exported: boolean;
  /** @internal */
  public readonly _scope?: TopicScope;

  private constructor(measured: MeasuredMetric, exported: boolean, scope?: TopicScope) {
    this._measured = measured;
    this._exported = exported;
    this._scope = scope;
  }

  /** Exports the values as well; the profile says where to. */
  public exported(): RetainedMetric {
    return new RetainedMetric(this._measured, true, this._scope);
  }

  /**
   * Counts only messages on some topics.
   *
   * @param topicFilters 1 to 5 MQTT topic filters
   */
  public onTopics(topicFilters: string[]): RetainedMetric {
    return this.scopedTo({ filters: topicFilters, excluded: false });
  }

  /**
   * Counts only messages that are not on some topics.
   *
   * @param topicFilters 1 to 5 MQTT topic filters
   */
  public exceptOnTopics(topicFilters: string[]): RetainedMetric {
    return this.scopedTo({ filters: topicFilters, excluded: true });
  }

  /** Counts only messages on the topics of a dimension of the account. */
  public onDimension(dimension: IDimensionRef): RetainedMetric {
    return this.scopedTo(scopedToDimension(dimension, false));
  }

  /** Counts only messages that are not on the topics of a dimension of the account. */
  public exceptOnDimension(dimension: IDimensionRef): RetainedMetric {
    return this.scopedTo(scopedToDimension(dimension, true));
  }

  private scopedTo(scope: TopicScope): RetainedMetric {
    return new RetainedMetric(this._measured, this._exported, scope);
  }
}
