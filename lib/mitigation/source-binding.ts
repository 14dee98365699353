import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import type { SourceKind } from '../../lambda/shared/incident/contract';

/** What a source needs to speak: a subscription of its topic, or a rule on the event bus. */
export interface SourceBinding {
  readonly kind: SourceKind;
  readonly topic?: ITopicRef;
  readonly eventPattern?: object;
  /** What tells the messages of the source from others on its topic, as a filter of SNS; absent where nothing does. */
  readonly publishes?: object;
  /** Whether others speak on the topic by design, such as the alarms of a detector. */
  readonly shared?: boolean;
}
