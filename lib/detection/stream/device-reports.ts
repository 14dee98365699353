import { Access, Topic } from '../../policy';

/** Where rules and devices meet when reports go to a rule of this library. */
const PREFIX = ['zero-trust', 'reports'];

/**
 * Where devices publish their Device Defender reports for the stream engine: device-side and custom metrics, as the agents of AWS
 * write them, in JSON or CBOR.
 *
 * A device can report for itself only: a report on the topic of another one is refused and alarmed, whatever its policy allows.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-device-side-metrics.html
 *
 * @example
 * const reports = DeviceReports.basicIngest('pump_reports');
 * new ZeroTrustFleet(this, 'Pumps', { access: [reports.access] });
 * Detection.stream({ deviceReports: reports });
 */
export class DeviceReports {
  /**
   * The topics that agents publish to for Device Defender (`$aws/things/THING/defender/metrics/json` and `/cbor`), so that the AWS
   * IoT Device Client and others work unchanged.
   *
   * That rules see what is published there is not documented; look at the metric `StreamRecords` before relying on it, or use
   * `basicIngest`.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html#reserved-topics-device-defender
   */
  public static defenderTopic(): DeviceReports {
    return new DeviceReports(Access.defenderMetrics(), '$aws/things/+/defender/metrics/+');
  }

  /**
   * A topic below the rule itself, `$aws/rules/RULE/zero-trust/reports/THING`, or through the broker
   * `zero-trust/reports/THING`: by Basic Ingest the message broker is left out, and with it its price.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-basic-ingest.html
   *
   * @param ruleName Name of the rule that is made: 1 to 128 of letters, digits and `_`, unique in the account and region
   */
  public static basicIngest(ruleName: string): DeviceReports {
    const access = Access.publish(Topic.basicIngest(ruleName, ...PREFIX, Topic.THING));
    return new DeviceReports(access, [...PREFIX, '+'].join('/'), ruleName);
  }

  private constructor(
    /** What a device needs to report. */
    public readonly access: Access,
    /** @internal */
    public readonly _filter: string,
    /** @internal */
    public readonly _ruleName?: string,
  ) {}
}
