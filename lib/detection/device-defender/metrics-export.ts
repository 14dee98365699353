import { Token } from 'aws-cdk-lib';
import type { ITopicRuleRef } from 'aws-cdk-lib/aws-iot';
import { quote } from '../../internal/quote';

const MAX_LENGTH = 512;

/**
 * Where Device Defender Detect exports the values that it measures.
 *
 * Values can come twice; of two for the same metric, device and time, the one with the higher version counts.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/dd-detect-metrics-export.html
 *
 * @example
 * const behaviors = [Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5)).exported()];
 * Detection.deviceDefender({ metricsExport: MetricsExport.toTopic('metrics/pumps') });
 */
export class MetricsExport {
  /** To a rule, by Basic Ingest: the message broker is left out, and with it its price. */
  public static toRule(rule: ITopicRuleRef): MetricsExport {
    return new MetricsExport(`$aws/rules/${rule.topicRuleRef.ruleName}`);
  }

  /**
   * To a topic.
   *
   * @param topic MQTT topic of 1 to 512 characters, without wildcards; of the reserved topics only `$aws/rules/<rule>`
   */
  public static toTopic(topic: string): MetricsExport {
    return new MetricsExport(topic);
  }

  /** @internal */
  public readonly _topic: string;

  private constructor(topic: string) {
    this._topic = topic;
  }

  /** @internal */
  public _problem(): string | undefined {
    const topic = this._topic;
    // A wildcard beside what CloudFormation fills in would widen the rights of the role as well.
    if (Token.isUnresolved(topic)) return wildcardProblem(topic);
    if (topic.length === 0 || topic.length > MAX_LENGTH) {
      return `must be a topic of 1 to ${MAX_LENGTH} characters, got ${topic.length}`;
    }
    if (/\p{C}/u.test(topic)) return `must be printable text, got ${quote(topic)}`;
    const wildcard = wildcardProblem(topic);
    if (wildcard !== undefined) return wildcard;
    if (topic.startsWith('$') && !/^\$aws\/rules\/[a-zA-Z0-9_]{1,128}(\/|$)/.test(topic)) {
      return `may be only $aws/rules/<rule> of the reserved topics, got ${quote(topic)}`;
    }
    return undefined;
  }
}

/** '*' and '?' are wildcards in the ARN that the role may publish to. */
function wildcardProblem(topic: string): string | undefined {
  const known = topic.replace(/[$#]\{Token\[[^\]]*\]\}/g, '');
  return /[+#*?]/.test(known) ? `must be a topic without '+', '#', '*' and '?', got ${quote(topic)}` : undefined;
}
