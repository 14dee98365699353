/** Properties as CloudFormation sends them: every leaf a text. */
export const ROLE = 'arn:aws:iam::111122223333:role/audit';
export const NOTIFIER = 'arn:aws:iam::111122223333:role/notify';
export const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alerts';

export function auditProperties(options: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    RoleArn: ROLE,
    CheckNames: ['LOGGING_DISABLED_CHECK', 'DEVICE_CERTIFICATE_AGE_CHECK'],
    NotificationTargetArn: TOPIC,
    NotificationRoleArn: NOTIFIER,
    ReplaceExisting: 'false',
    ...options,
  };
}

export function ageThreshold(days: string): Record<string, unknown> {
  return { Thresholds: { DEVICE_CERTIFICATE_AGE_CHECK: { CERT_AGE_THRESHOLD_IN_DAYS: days } } };
}

export function loggingProperties(options: Record<string, unknown> = {}): Record<string, unknown> {
  return { RoleArn: ROLE, DefaultLogLevel: 'WARN', ReplaceExisting: 'false', ...options };
}

export function indexingProperties(options: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ThingIndexingMode: 'REGISTRY',
    ThingConnectivityIndexingMode: 'STATUS',
    DeviceDefenderIndexingMode: 'OFF',
    ThingGroupIndexingMode: 'ON',
    ...options,
  };
}

export function suppressionProperties(options: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    CheckName: 'LOGGING_DISABLED_CHECK',
    ResourceIdentifier: { account: '111122223333' },
    ExpirationDate: '1798761600',
    Reason: 'being set up',
    ...options,
  };
}
