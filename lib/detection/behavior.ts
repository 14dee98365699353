import type { Duration } from 'aws-cdk-lib';
import type { IDimensionRef } from 'aws-cdk-lib/aws-iot';
import { ConfigurationError } from '../internal/configuration-error';
import { timeProblem } from '../internal/time';
import { type BehaviorDraft, type Criterion, type MeasuredMetric, scopedToDimension } from './behavior-draft';
import type { ICustomMetric } from './custom-metric';
import { DurationMetric } from './duration-metric';
import { NumberListMetric, TextListMetric } from './list-metrics';
import type { MetricId } from './metrics';
import { NumberMetric } from './number-metric';
import { CustomMetricType, type Severity } from './terms';

/**
 * What is normal for a device. A device that leaves its normal raises an alarm.
 *
 * A behavior is a plain value: it belongs to no stack and to no engine. Each method returns a new one. What it says is checked when
 * an engine is told to watch it, all at once.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-behaviors.html
 *
 * @example
 * const behaviors = [
 *   Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5)),
 *   Behavior.authorizationFailures().mustBeAtMost(3).per(Duration.minutes(5)).alarmAfter(1).withSeverity(Severity.HIGH),
 *   Behavior.sourceIp().mustBeWithin(['203.0.113.0/24']),
 *   Behavior.disconnects().learned(Confidence.HIGH),
 * ];
 */
export class Behavior {
  /** Messages that the device sends in a window. */
  public static messagesSent(): NumberMetric {
    return numberMetric('messages-sent');
  }

  /** Messages that the device receives in a window. */
  public static messagesReceived(): NumberMetric {
    return numberMetric('messages-received');
  }

  /** Size of each message that the device sends, in bytes; with a percentile, of all messages of a window. */
  public static messageSize(): NumberMetric {
    return numberMetric('message-size');
  }

  /** Requests of the device that were denied in a window. */
  public static authorizationFailures(): NumberMetric {
    return numberMetric('authorization-failures');
  }

  /** Attempts of the device to connect in a window, those that succeed and those that fail. */
  public static connectionAttempts(): NumberMetric {
    return numberMetric('connection-attempts');
  }

  /** How often the device disconnects in a window. */
  public static disconnects(): NumberMetric {
    return numberMetric('disconnects');
  }

  /** How long the device stays disconnected, in whole minutes. */
  public static disconnectDuration(): DurationMetric {
    return DurationMetric._of({ kind: 'aws', id: 'disconnect-duration' }, state);
  }

  /** Address from which the device connects. */
  public static sourceIp(): TextListMetric {
    return textListMetric('source-ip');
  }

  /** Bytes that the device sends in a window, to any destination, as its agent reports them. Alarms after 2 datapoints by default. */
  public static bytesOut(): NumberMetric {
    return numberMetric('bytes-out');
  }

  /** Bytes that the device receives in a window, from any source, as its agent reports them. Alarms after 2 datapoints by default. */
  public static bytesIn(): NumberMetric {
    return numberMetric('bytes-in');
  }

  /** Packets that the device sends in a window, as its agent reports them. Alarms after 2 datapoints by default. */
  public static packetsOut(): NumberMetric {
    return numberMetric('packets-out');
  }

  /** Packets that the device receives in a window, as its agent reports them. Alarms after 2 datapoints by default. */
  public static packetsIn(): NumberMetric {
    return numberMetric('packets-in');
  }

  /** Number of TCP ports that the device listens on, as its agent reports it. */
  public static listeningTcpPortCount(): NumberMetric {
    return numberMetric('listening-tcp-port-count');
  }

  /** Number of UDP ports that the device listens on, as its agent reports it. */
  public static listeningUdpPortCount(): NumberMetric {
    return numberMetric('listening-udp-port-count');
  }

  /** Number of TCP connections that the device holds, as its agent reports it. */
  public static establishedTcpConnections(): NumberMetric {
    return numberMetric('established-tcp-connections');
  }

  /** TCP ports that the device listens on, as its agent reports them. */
  public static listeningTcpPorts(): NumberListMetric {
    return numberListMetric('listening-tcp-ports');
  }

  /** UDP ports that the device listens on, as its agent reports them. */
  public static listeningUdpPorts(): NumberListMetric {
    return numberListMetric('listening-udp-ports');
  }

  /** Addresses to which the device talks, as its agent reports them. */
  public static destinationIps(): TextListMetric {
    return textListMetric('destination-ips');
  }

  /**
   * A number of the fleet's own that the device reports.
   *
   * @param metric of type `CustomMetricType.NUMBER`
   */
  public static custom(metric: ICustomMetric): NumberMetric {
    return NumberMetric._of({ kind: 'custom', metric, usedAs: CustomMetricType.NUMBER }, state);
  }

  /**
   * A list of numbers of the fleet's own that the device reports.
   *
   * @param metric of type `CustomMetricType.NUMBER_LIST`
   */
  public static customNumbers(metric: ICustomMetric): NumberListMetric {
    return NumberListMetric._of({ kind: 'custom', metric, usedAs: CustomMetricType.NUMBER_LIST }, state);
  }

  /**
   * A list of texts of the fleet's own that the device reports.
   *
   * @param metric of type `CustomMetricType.STRING_LIST`
   */
  public static customStrings(metric: ICustomMetric): TextListMetric {
    return TextListMetric._of({ kind: 'custom', metric, usedAs: CustomMetricType.STRING_LIST }, state);
  }

  /**
   * A list of addresses of the fleet's own that the device reports.
   *
   * @param metric of type `CustomMetricType.IP_ADDRESS_LIST`
   */
  public static customAddresses(metric: ICustomMetric): TextListMetric {
    return TextListMetric._of({ kind: 'custom', metric, usedAs: CustomMetricType.IP_ADDRESS_LIST }, state);
  }

  /** @internal */
  public static _of(draft: BehaviorDraft): Behavior {
    return new Behavior(draft);
  }

  /** @internal */
  public readonly _draft: BehaviorDraft;

  private constructor(draft: BehaviorDraft) {
    this._draft = draft;
  }

  /**
   * Length of the window that a metric is counted over, or that a percentile is taken over.
   *
   * @param window 5, 10, 15, 30 or 60 minutes
   */
  public per(window: Duration): Behavior {
    const problem = timeProblem('seconds', window);
    if (problem !== undefined)
      throw new ConfigurationError('BehaviorWindowInvalid', `'window' ${problem}: 5, 10, 15, 30 or 60 minutes`);
    return this.with({ windowSeconds: window.toSeconds({ integral: false }) });
  }

  /**
   * Raises the alarm after so many consecutive datapoints outside the normal. By default after 1; for bytes and packets after 2.
   *
   * @param datapoints 1 to 10
   */
  public alarmAfter(datapoints: number): Behavior {
    return this.with({ datapointsToAlarm: datapoints });
  }

  /**
   * Clears the alarm after so many consecutive datapoints inside the normal. By default after 1.
   *
   * @param datapoints 1 to 10
   */
  public clearAfter(datapoints: number): Behavior {
    return this.with({ datapointsToClear: datapoints });
  }

  /** Says how bad it is to leave this normal. By default `Severity.MEDIUM`. */
  public withSeverity(severity: Severity): Behavior {
    return this.with({ severity });
  }

  /** Records violations without alerting: for a normal that is being tried out. Nobody is told and nothing responds. */
  public suppressed(): Behavior {
    return this.with({ suppressed: true });
  }

  /** Exports the values that are measured; the engine says where to. Exported values cost extra. */
  public exported(): Behavior {
    return this.with({ exported: true });
  }

  /**
   * Gives the behavior a name. By default it is named after metric and criterion.
   *
   * @param name 1 to 128 of letters, digits, ':', '_' and '-', unique in a fleet
   */
  public named(name: string): Behavior {
    return this.with({ name });
  }

  /**
   * Counts only messages on some topics: for messages sent and received, message size, authorization failures, and the source
   * address unless learned.
   *
   * @param topicFilters MQTT topic filters of 1 to 256 bytes; `+` and `#` are wildcards, `${iot:ClientId}` is the client id
   */
  public onTopics(topicFilters: string[]): Behavior {
    return this.with({ scope: { filters: topicFilters, excluded: false } });
  }

  /**
   * Counts only messages that are not on some topics.
   *
   * @param topicFilters MQTT topic filters of 1 to 256 bytes; `+` and `#` are wildcards, `${iot:ClientId}` is the client id
   */
  public exceptOnTopics(topicFilters: string[]): Behavior {
    return this.with({ scope: { filters: topicFilters, excluded: true } });
  }

  /** Counts only messages on the topics of a dimension of the account, such as a `TopicDimension`. */
  public onDimension(dimension: IDimensionRef): Behavior {
    return this.with({ scope: scopedToDimension(dimension, false) });
  }

  /** Counts only messages that are not on the topics of a dimension of the account, such as a `TopicDimension`. */
  public exceptOnDimension(dimension: IDimensionRef): Behavior {
    return this.with({ scope: scopedToDimension(dimension, true) });
  }

  private with(change: Partial<BehaviorDraft>): Behavior {
    return new Behavior({ ...this._draft, ...change });
  }
}

function state(measured: MeasuredMetric, criterion: Criterion): Behavior {
  return Behavior._of({ measured, criterion });
}

function numberMetric(id: MetricId): NumberMetric {
  return NumberMetric._of({ kind: 'aws', id }, state);
}

function numberListMetric(id: MetricId): NumberListMetric {
  return NumberListMetric._of({ kind: 'aws', id }, state);
}

function textListMetric(id: MetricId): TextListMetric {
  return TextListMetric._of({ kind: 'aws', id }, state);
}
