import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { BehaviorSpec } from './behavior-spec';

/**
 * What an engine made to watch behaviors: where its alerts arrive, and what they mean.
 *
 * @example
 * declare const detector: Detector;
 * declare const response: IncidentResponse;
 * response.addSource(SignalSource.detector(detector));
 */
export abstract class Detector extends Construct {
  /** Name of the engine: `stream` or `device-defender`. */
  public abstract readonly engineName: string;
  /** The topic that alerts are published to. */
  public abstract readonly alertTopic: ITopicRef;
  /** The behaviors that are watched, with the names that alerts carry and all defaults. */
  public abstract readonly behaviors: BehaviorSpec[];
}
