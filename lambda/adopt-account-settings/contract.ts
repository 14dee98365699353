/** Folder of the handler. */
export const ADOPT_ACCOUNT_SETTINGS = 'adopt-account-settings';

/** The settings of an account and region that exist once, by the word that stands in names and logs. */
export const SETTINGS = ['audit', 'logging', 'indexing', 'events', 'suppression'] as const;

export type SettingKind = (typeof SETTINGS)[number];

/** CloudFormation type of the custom resource that adopts a setting. */
export const SETTING_TYPES = {
  audit: 'Custom::IotAccountAudit',
  logging: 'Custom::IotLogging',
  indexing: 'Custom::IotFleetIndexing',
  events: 'Custom::IotEventConfigurations',
  suppression: 'Custom::IotAuditSuppression',
} as const satisfies Record<SettingKind, string>;

/**
 * Where a stack writes down what it changed and what was there before: `<path>/<setting>/<stack>/<logical id>`.
 *
 * One path for all stacks of an account and region, since each must see what the others rely on.
 */
export const CLAIMS_PATH = '/zero-trust-iot/account-settings';

/** Environment variable with the unique part of the stack's id, which names the stack's own claims. */
export const STACK_ENV = 'STACK_GUID';

/** Names of the thresholds that a check of the audit may have. */
export const CERTIFICATE_AGE_DAYS = 'CERT_AGE_THRESHOLD_IN_DAYS';
export const CERTIFICATE_EXPIRATION_DAYS = 'CERT_EXPIRATION_THRESHOLD_IN_DAYS';

export interface AuditProperties {
  readonly RoleArn: string;
  readonly CheckNames: readonly string[];
  /** By check, by name of the threshold: days. */
  readonly Thresholds?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly NotificationTargetArn: string;
  readonly NotificationRoleArn: string;
  readonly ReplaceExisting: boolean;
}

export interface LoggingProperties {
  readonly RoleArn: string;
  readonly DefaultLogLevel: string;
  /** `<event type>=<level>` or `<event type>=<level>=<log group>`. */
  readonly Events?: readonly string[];
  readonly ReplaceExisting: boolean;
}

export interface IndexingProperties {
  readonly ThingIndexingMode: string;
  readonly ThingConnectivityIndexingMode: string;
  readonly DeviceDefenderIndexingMode: string;
  readonly ThingGroupIndexingMode: string;
  readonly NamedShadows?: readonly string[];
  /** `<name>=<type>`. */
  readonly ThingFields?: readonly string[];
  readonly ThingGroupFields?: readonly string[];
}

export interface EventsProperties {
  readonly EventTypes: readonly string[];
}

export interface SuppressionProperties {
  readonly CheckName: string;
  /** One member of the API's resource identifier, as it stands there. */
  readonly ResourceIdentifier: Readonly<Record<string, unknown>>;
  /** Seconds since the epoch; absent for a suppression without an end. */
  readonly ExpirationDate?: string;
  readonly Reason: string;
}
