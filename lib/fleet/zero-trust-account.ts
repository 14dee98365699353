import { Stack } from 'aws-cdk-lib';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import { Construct, type IConstruct } from 'constructs';
import { checkAlertDestination } from '../internal/alert-destination';
import { markCapability } from '../internal/capability';
import { checkProps } from '../internal/guard';
import { InputErrors } from '../internal/input-errors';
import { nameOnce } from '../internal/name-once';
import {
  DeviceDefenderAudit,
  type DeviceDefenderAuditProps,
  EventConfigurations,
  type EventConfigurationsProps,
  FleetIndexing,
  type FleetIndexingProps,
  FleetLogging,
  type FleetLoggingProps,
} from '../posture';
import { checkEmails, createAlertTopic } from './alert-topic';
import { checkKnown } from './left-out';

const ACCOUNT = Symbol.for('cdk-iot-zero-trust.ZeroTrustAccount');

/** Who is told when something is wrong. */
export interface AlertsOptions {
  /**
   * Addresses that get alerts by email, at most 10. AWS sends each a link to confirm.
   *
   * @default - nobody; subscribe to the topic by other means
   */
  readonly emails?: string[];
  /**
   * Topic to use instead of a new one. It must let `cloudwatch.amazonaws.com` publish.
   *
   * @default - a new topic: encrypted, TLS only
   */
  readonly topic?: ITopicRef;
  /**
   * Key that encrypts `topic`; needed where it is a customer managed key that the topic does not name.
   *
   * @default - the key that the topic names
   */
  readonly topicKey?: IKeyRef;
}

/** A setting that an account and region has once. */
export enum AccountSetting {
  /** The audit configuration of Device Defender, and its schedules. */
  AUDIT = 'AUDIT',
  /** What AWS IoT logs. */
  LOGGING = 'LOGGING',
  /** The index of things and groups. */
  INDEXING = 'INDEXING',
  /** Which changes AWS IoT publishes as messages. */
  EVENTS = 'EVENTS',
}

/** Properties for `ZeroTrustAccount`. */
export interface ZeroTrustAccountProps {
  /**
   * Who is told.
   *
   * @default - a new topic without subscribers
   */
  readonly alerts?: AlertsOptions;
  /**
   * What the audit looks at, and when.
   *
   * @default - every check, every day
   */
  readonly audit?: DeviceDefenderAuditProps;
  /**
   * What AWS IoT logs.
   *
   * @default - warnings and errors
   */
  readonly logging?: FleetLoggingProps;
  /**
   * What can be searched.
   *
   * @default - the registry, connectivity and groups
   */
  readonly indexing?: FleetIndexingProps;
  /**
   * Which changes are published as messages.
   *
   * @default - all of them
   */
  readonly events?: EventConfigurationsProps;
  /**
   * Settings to leave alone, because another team or stack has them.
   *
   * @default - all four are adopted
   */
  readonly without?: AccountSetting[];
  /**
   * Key that encrypts what is made here. Its policy must let CloudWatch alarms and logs, SNS and EventBridge use it; to
   * the policy of an L2 key of this app that is added.
   *
   * @default - a key that the stack has for all data of this library
   */
  readonly encryptionKey?: IKeyRef;
}

/**
 * What an account and region needs once before its fleets can be trusted with nothing: an audit, logs, an index, events,
 * and somebody who is told.
 *
 * Each setting is adopted: merged with what is there, never switched off, and put back when the stack is deleted.
 *
 * @see https://csrc.nist.gov/pubs/sp/800/207/final
 *
 * @example
 * new ZeroTrustAccount(this, 'Account', { alerts: { emails: ['soc@example.com'] } });
 *
 * @example
 * new ZeroTrustAccount(this, 'Account', {
 *   audit: { certificateAge: Duration.days(365) },
 *   without: [AccountSetting.INDEXING],
 * });
 */
export class ZeroTrustAccount extends Construct {
  /**
   * The account construct of a stack, if it has one already.
   *
   * @internal
   */
  public static _in(scope: IConstruct): ZeroTrustAccount | undefined {
    return (Stack.of(scope) as unknown as { [ACCOUNT]?: ZeroTrustAccount })[ACCOUNT];
  }

  /** Topic that alerts go to. */
  public readonly alertTopic: ITopicRef;
  /** Key of the topic, where it is a given topic whose key was given too. */
  public readonly alertTopicKey?: IKeyRef;
  /** The audit, unless it was left out. */
  public readonly audit?: DeviceDefenderAudit;
  /** The logging, unless it was left out. */
  public readonly logging?: FleetLogging;
  /** The index, unless it was left out. */
  public readonly indexing?: FleetIndexing;
  /** The events, unless they were left out. */
  public readonly events?: EventConfigurations;

  constructor(scope: Construct, id: string, props: ZeroTrustAccountProps = {}) {
    super(scope, id);
    checkProps(this, 'ZeroTrustAccountProps', props);
    markCapability(this, 'fleet');
    nameOnce(this);
    this.validate(props);
    this.alertTopic =
      props.alerts?.topic ?? createAlertTopic(this, 'Alerts', props.alerts?.emails ?? [], props.encryptionKey);
    this.alertTopicKey = props.alerts?.topicKey;
    const has = (setting: AccountSetting) => props.without?.includes(setting) !== true;
    if (has(AccountSetting.AUDIT)) this.audit = this.createAudit(props);
    if (has(AccountSetting.LOGGING)) this.logging = new FleetLogging(this, 'Logging', props.logging);
    if (has(AccountSetting.INDEXING)) this.indexing = new FleetIndexing(this, 'Indexing', props.indexing);
    if (has(AccountSetting.EVENTS)) this.events = new EventConfigurations(this, 'Events', props.events);
    Object.defineProperty(Stack.of(this), ACCOUNT, { value: this, configurable: true });
  }

  /** What is undefined is not given: the audit would otherwise lose the people who are told, or the key. */
  private createAudit({ audit = {}, encryptionKey }: ZeroTrustAccountProps): DeviceDefenderAudit {
    // A key belongs to a topic: that of the account is none for another topic.
    const own = audit.alertTopic === undefined && audit.alertTopicKey === undefined;
    return new DeviceDefenderAudit(this, 'Audit', {
      ...audit,
      alertTopic: audit.alertTopic ?? this.alertTopic,
      alertTopicKey: own ? this.alertTopicKey : audit.alertTopicKey,
      encryptionKey: audit.encryptionKey ?? encryptionKey,
    });
  }

  private validate(props: ZeroTrustAccountProps): void {
    const errors = new InputErrors(this);
    const { alerts = {}, without = [] } = props;
    checkEmails('alerts.emails', alerts.emails, errors);
    if (alerts.topic !== undefined && (alerts.emails ?? []).length > 0)
      errors.report(
        'AlertsContradict',
        "'alerts.emails' cannot be used together with 'alerts.topic'; subscribe the addresses to that topic where it is made",
      );
    if (alerts.topic === undefined && alerts.topicKey !== undefined)
      errors.report(
        'AlertsContradict',
        "'alerts.topicKey' is given without 'alerts.topic'; use 'encryptionKey' for the topic that is made",
      );
    else
      checkAlertDestination({ alertTopic: alerts.topic, alertTopicKey: alerts.topicKey }, errors, {
        names: { topic: 'alerts.topic', key: 'alerts.topicKey' },
      });
    checkKnown(without, errors);
    errors.unique('without', without);
    errors.eachOf('without', without, Object.values(AccountSetting));
    for (const [setting, property] of [
      [AccountSetting.AUDIT, 'audit'],
      [AccountSetting.LOGGING, 'logging'],
      [AccountSetting.INDEXING, 'indexing'],
      [AccountSetting.EVENTS, 'events'],
    ] as const) {
      if (without.includes(setting) && props[property] !== undefined)
        errors.report(
          'SettingLeftOut',
          `'${property}' is given, but 'without' leaves ${setting} out; keep one of the two`,
        );
    }
    errors.throwIfAny();
  }
}
