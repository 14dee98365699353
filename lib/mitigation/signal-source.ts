import { Aws } from 'aws-cdk-lib';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import {
  CHECKS_OF_DEVICES,
  DEFENDER_PRODUCT,
  MESSAGE,
  type SourceEntry,
  THING_TAG,
} from '../../lambda/shared/incident/contract';
import { type Detector, Severity } from '../detection';
import { InputErrors } from '../internal/input-errors';
import type { SourceBinding } from './source-binding';

/** What only these messages have; filters of SNS on the body. */
const VIOLATIONS = { violationEventType: [{ exists: true }] };
const AUDITS = { taskStatus: [{ exists: true }] };
const SIGNALS = { schema: [MESSAGE.signal] };

/** Options for sources that state no severity. */
export interface SignalSourceOptions {
  /**
   * How bad a signal is that does not say so itself.
   *
   * @default Severity.HIGH
   */
  readonly severity?: Severity;
}

/**
 * Something that raises signals about devices. All arrive on one queue, and only sources that are named may send to it.
 *
 * Where a source says on whose word a signal rests, a device cannot accuse another one. Device Defender does not say so: its
 * device-side metrics are as true as the topic policy that lets devices report them (`Access.defenderMetrics()` lets each
 * report for itself only).
 *
 * @example
 * const anomalies = new sns.CfnTopic(this, 'Anomalies');
 * SignalSource.topic(anomalies, { severity: Severity.MEDIUM });
 */
export class SignalSource {
  /**
   * Alarms of Device Defender Detect security profiles. Only `in-alarm` is acted on.
   *
   * @param topic Where the profiles publish their alerts: best one of its own. On a topic that people are alerted on, too, only
   * what looks like a violation is taken
   * @param options How bad a violation is. A learned behavior is as severe as its confidence, unless it is declared
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-detect.html
   */
  public static deviceDefenderDetect(topic: ITopicRef, options: SignalSourceOptions = {}): SignalSource {
    return new SignalSource({ kind: 'detect', topic, publishes: VIOLATIONS }, options.severity ?? Severity.HIGH);
  }

  /**
   * Completed audits of Device Defender. Their findings about devices and certificates are read and acted on; those about the
   * account are not.
   *
   * @param topic Where the audit publishes that it is done
   */
  public static deviceDefenderAudit(topic: ITopicRef): SignalSource {
    return new SignalSource({ kind: 'audit', topic, publishes: AUDITS });
  }

  /**
   * Alerts of a detector of this library, each as severe as its behavior was declared.
   *
   * @param detector What `Detection` made
   */
  public static detector(detector: Detector): SignalSource {
    const { alertTopic: topic, behaviors } = detector;
    // Signals of the other engines say how bad they are.
    if (detector.engineName !== 'device-defender')
      return new SignalSource({ kind: 'generic', topic, publishes: SIGNALS, shared: true }, Severity.HIGH);
    const usual = mostCommon(behaviors.map(({ severity }) => severity));
    const others = behaviors.filter(({ severity, confidence }) => severity !== (confidence ?? usual));
    return new SignalSource(
      { kind: 'detect', topic, publishes: VIOLATIONS },
      usual,
      Object.fromEntries(others.map(({ name, severity }) => [name, severity])),
    );
  }

  /**
   * Anything that publishes JSON to a topic: `{ "id", "time", "thingName" or "certificateId", "about" }`, and where wanted
   * `"severity"`, `"phase"` (`alarm`, `cleared`, `invalidated`), `"kind"`, `"clientId"`, `"reportedBy"` and `"evidence"`.
   * `schema/signal.schema.json` of the package is its schema, `docs/signals.md` has it in words.
   *
   * @param topic Who may publish to it may have devices isolated. People cannot be alerted on the same topic. One of another
   * account (`Topic.fromTopicArn`) has to let this account subscribe (`sns:Subscribe` in its policy)
   * @param options How bad a signal is that does not say so
   */
  public static topic(topic: ITopicRef, options: SignalSourceOptions = {}): SignalSource {
    return new SignalSource({ kind: 'generic', topic }, options.severity ?? Severity.HIGH);
  }

  /**
   * Findings of Security Hub and of Security Hub CSPM whose resources are things or certificates of this account and region, by
   * their ARN. Where both report the same finding, it is one incident. What Device Defender says there of a device that it names in
   * another way ends in the dead-letter queue, with an alarm.
   *
   * @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
   * @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-cwe-event-formats.html
   */
  public static securityHub(): SignalSource {
    // Most findings of an account, and of those that it administers, are about something else.
    const ours = [{ prefix: `arn:${Aws.PARTITION}:iot:${Aws.REGION}:${Aws.ACCOUNT_ID}:` }];
    const thing = { Other: { ThingArn: ours } };
    const product = (name: string, version = '') => [
      `arn:${Aws.PARTITION}:securityhub:${Aws.REGION}::product${version}/${name}`,
    ];
    const account = [Aws.ACCOUNT_ID];
    const cloud = { account: { uid: account } };
    const eventPattern = {
      source: ['aws.securityhub'],
      'detail-type': ['Security Hub Findings - Imported', 'Findings Imported V2'],
      detail: {
        findings: {
          $or: [
            { Resources: { Id: ours } },
            { Resources: { Details: thing } },
            { resources: { uid: ours } },
            { resources: { data: thing } },
            // What Device Defender says of devices, also where it names them as is not known here: that must not pass unseen.
            { AwsAccountId: account, ProductArn: product(DEFENDER_PRODUCT.detect) },
            {
              AwsAccountId: account,
              ProductArn: product(DEFENDER_PRODUCT.audit),
              ProductFields: { ReportType: ['AuditFinding'], CheckName: [...CHECKS_OF_DEVICES] },
            },
            { cloud, metadata: { product: { uid: product(DEFENDER_PRODUCT.detect, 'v2') } } },
            {
              cloud,
              metadata: { product: { uid: product(DEFENDER_PRODUCT.audit, 'v2') } },
              finding_info: { title: CHECKS_OF_DEVICES.map((check) => ({ prefix: `${check}:` })) },
            },
          ],
        },
      },
    };
    return new SignalSource({ kind: 'securityHub', eventPattern });
  }

  /**
   * Findings of GuardDuty about EC2 instances that are gateways: the tag `iot-thing-name` of the instance says which thing.
   *
   * @see https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_cloudwatch.html
   */
  public static guardDuty(): SignalSource {
    return new SignalSource({
      kind: 'guardDuty',
      eventPattern: {
        source: ['aws.guardduty'],
        'detail-type': ['GuardDuty Finding'],
        detail: {
          accountId: [Aws.ACCOUNT_ID],
          region: [Aws.REGION],
          resource: { instanceDetails: { tags: { key: [THING_TAG] } } },
        },
      },
    });
  }

  private constructor(
    private readonly binding: SourceBinding,
    private readonly severity?: Severity,
    private readonly severities: { [behavior: string]: Severity } = {},
  ) {
    const errors = new InputErrors();
    errors.oneOf('severity', severity, Object.values(Severity));
    errors.throwIfAny();
  }

  /** @internal */
  public get _binding(): SourceBinding {
    return this.binding;
  }

  /** @internal */
  public _render(): SourceEntry {
    return {
      kind: this.binding.kind,
      topicArn: this.binding.topic?.topicRef.topicArn,
      severity: this.severity,
      ...(Object.keys(this.severities).length > 0 && { severities: this.severities }),
    };
  }
}

/** What most say needs no entry of its own in the settings of the responder, whose room is small. */
function mostCommon(severities: readonly Severity[]): Severity {
  const count = (severity: Severity) => severities.filter((each) => each === severity).length;
  return Object.values(Severity).reduce((most, next) => (count(next) > count(most) ? next : most), Severity.HIGH);
}
