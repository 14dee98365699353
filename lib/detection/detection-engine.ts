import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Behavior } from './behavior';
import type { DetectionTarget } from './detection-target';
import type { Detector } from './detector';

/** What an engine is told to watch. */
export interface WatchOptions {
  /** What is normal; at least one. */
  readonly behaviors: Behavior[];
  /** The devices that it is normal for. */
  readonly target: DetectionTarget;
  /**
   * Topic that alerts are published to.
   *
   * @default - a topic is made, encrypted and open to nobody else
   */
  readonly alertTopic?: ITopicRef;
  /**
   * Customer managed key of the alert topic. Without it alerts of an encrypted topic cannot be published. Without a topic Device
   * Defender encrypts the one that it makes with it; the stream engine has `encryptionKey` for that.
   *
   * @default - the key of a topic that is made here is the key of the stack; a topic that is given is not encrypted with a customer
   * managed key
   */
  readonly alertTopicKey?: IKeyRef;
  /**
   * Topic that people read, for alarms about the detection itself. It must let `cloudwatch.amazonaws.com` publish.
   *
   * @default - the alert topic
   */
  readonly alarmTopic?: ITopicRef;
  /**
   * Key that encrypts `alarmTopic`, where the topic does not name it. Its policy must let CloudWatch use it; to the policy of an
   * L2 key of this app that is added.
   *
   * @default - the key that the topic names
   */
  readonly alarmTopicKey?: IKeyRef;
}

/**
 * Watches behaviors. Engines differ in what accounts can deploy them and in which metrics they know, not in what a behavior means.
 *
 * @example
 * declare const group: iot.CfnThingGroup;
 * const engine: DetectionEngine = Detection.stream();
 * const detector: Detector = engine.watch(this, 'Watch', {
 *   behaviors: [Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5))],
 *   target: DetectionTarget.thingGroup(group),
 * });
 */
export abstract class DetectionEngine {
  /** Name of the engine: `stream` or `device-defender`. */
  public abstract readonly engineName: string;

  /**
   * Makes what is needed to watch behaviors of some devices.
   *
   * Fails at synth, naming every behavior that is wrong and every metric that this engine cannot watch.
   */
  public abstract watch(scope: Construct, id: string, options: WatchOptions): Detector;
}
