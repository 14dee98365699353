/** What is known of a check of the Device Defender audit. */
export interface AuditCheckFacts {
  /** As the API, the CLI and scheduled audits name it. */
  readonly name: string;
  /** As AWS::IoT::AccountAuditConfiguration names it. */
  readonly cloudFormationName: string;
  readonly severity: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  /** Why a resource does not comply. */
  readonly reasonCodes: readonly string[];
  /** Types of mitigation actions that can be applied to a finding, besides PUBLISH_FINDING_TO_SNS, which always can. */
  readonly mitigationActions: readonly string[];
  readonly threshold?: AuditThresholdFacts;
  /** Names for it that stand in older texts, and that the service refuses. */
  readonly staleNames?: readonly string[];
}

export interface AuditThresholdFacts {
  /** As the API names it. */
  readonly name: 'CERT_AGE_THRESHOLD_IN_DAYS' | 'CERT_EXPIRATION_THRESHOLD_IN_DAYS';
  readonly minDays: number;
  readonly maxDays: number;
  readonly defaultDays: number;
}

const THRESHOLD_RANGE = { minDays: 30, maxDays: 3_652 } as const;
const KEY_VULNERABILITIES = [
  'CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361',
  'CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166',
] as const;
const EXPIRY = ['CERTIFICATE_APPROACHING_EXPIRATION', 'CERTIFICATE_PAST_EXPIRATION'] as const;
const ISOLATE_DEVICE = ['UPDATE_DEVICE_CERTIFICATE', 'ADD_THINGS_TO_THING_GROUP'] as const;
const UPDATE_CA = ['UPDATE_CA_CERTIFICATE'] as const;
const REPLACE_POLICY = ['REPLACE_DEFAULT_POLICY_VERSION'] as const;

/**
 * All checks of the Device Defender audit; types, documentation and tests derive from this table.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-audit-checks.html
 */
export const AUDIT_CHECKS = {
  AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE: {
    name: 'AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
    cloudFormationName: 'AuthenticatedCognitoRoleOverlyPermissiveCheck',
    severity: 'CRITICAL',
    reasonCodes: [
      'ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS',
      'ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS',
      'ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS',
    ],
    mitigationActions: [],
  },
  UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE: {
    name: 'UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
    cloudFormationName: 'UnauthenticatedCognitoRoleOverlyPermissiveCheck',
    severity: 'CRITICAL',
    reasonCodes: ['ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS', 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS'],
    mitigationActions: [],
  },
  CA_CERTIFICATE_EXPIRING: {
    name: 'CA_CERTIFICATE_EXPIRING_CHECK',
    cloudFormationName: 'CaCertificateExpiringCheck',
    severity: 'MEDIUM',
    reasonCodes: EXPIRY,
    mitigationActions: UPDATE_CA,
  },
  CA_CERTIFICATE_KEY_QUALITY: {
    name: 'CA_CERTIFICATE_KEY_QUALITY_CHECK',
    cloudFormationName: 'CaCertificateKeyQualityCheck',
    severity: 'CRITICAL',
    reasonCodes: KEY_VULNERABILITIES,
    mitigationActions: UPDATE_CA,
  },
  CONFLICTING_CLIENT_IDS: {
    name: 'CONFLICTING_CLIENT_IDS_CHECK',
    cloudFormationName: 'ConflictingClientIdsCheck',
    severity: 'HIGH',
    reasonCodes: ['DUPLICATE_CLIENT_ID_ACROSS_CONNECTIONS'],
    mitigationActions: [],
  },
  DEVICE_CERTIFICATE_AGE: {
    name: 'DEVICE_CERTIFICATE_AGE_CHECK',
    cloudFormationName: 'DeviceCertificateAgeCheck',
    severity: 'LOW',
    reasonCodes: ['CERTIFICATE_PAST_AGE_THRESHOLD'],
    mitigationActions: [],
    threshold: { name: 'CERT_AGE_THRESHOLD_IN_DAYS', ...THRESHOLD_RANGE, defaultDays: 365 },
  },
  DEVICE_CERTIFICATE_EXPIRING: {
    name: 'DEVICE_CERTIFICATE_EXPIRING_CHECK',
    cloudFormationName: 'DeviceCertificateExpiringCheck',
    severity: 'MEDIUM',
    reasonCodes: EXPIRY,
    mitigationActions: ISOLATE_DEVICE,
    threshold: { name: 'CERT_EXPIRATION_THRESHOLD_IN_DAYS', ...THRESHOLD_RANGE, defaultDays: 30 },
  },
  DEVICE_CERTIFICATE_KEY_QUALITY: {
    name: 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK',
    cloudFormationName: 'DeviceCertificateKeyQualityCheck',
    severity: 'CRITICAL',
    reasonCodes: KEY_VULNERABILITIES,
    mitigationActions: ISOLATE_DEVICE,
  },
  DEVICE_CERTIFICATE_SHARED: {
    name: 'DEVICE_CERTIFICATE_SHARED_CHECK',
    cloudFormationName: 'DeviceCertificateSharedCheck',
    severity: 'CRITICAL',
    reasonCodes: ['CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES'],
    mitigationActions: ISOLATE_DEVICE,
  },
  INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES: {
    name: 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK',
    cloudFormationName: 'IntermediateCaRevokedForActiveDeviceCertificatesCheck',
    severity: 'CRITICAL',
    reasonCodes: ['INTERMEDIATE_CA_REVOKED_BY_ISSUER'],
    mitigationActions: ISOLATE_DEVICE,
    staleNames: ['INTERMEDIATE_CA_REVOKED_CHECK'],
  },
  IOT_POLICY_OVERLY_PERMISSIVE: {
    name: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
    cloudFormationName: 'IotPolicyOverlyPermissiveCheck',
    severity: 'CRITICAL',
    reasonCodes: ['ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS'],
    mitigationActions: REPLACE_POLICY,
  },
  IOT_POLICY_POTENTIAL_MISCONFIGURATION: {
    name: 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK',
    cloudFormationName: 'IoTPolicyPotentialMisConfigurationCheck',
    severity: 'MEDIUM',
    reasonCodes: [
      'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT',
      'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS',
    ],
    mitigationActions: REPLACE_POLICY,
    staleNames: ['IOT_POLICY_POTENTIAL_MIS_CONFIGURATION_CHECK'],
  },
  IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES: {
    name: 'IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK',
    cloudFormationName: 'IotRoleAliasAllowsAccessToUnusedServicesCheck',
    severity: 'MEDIUM',
    reasonCodes: ['ALLOWS_ACCESS_TO_UNUSED_SERVICES'],
    mitigationActions: [],
  },
  IOT_ROLE_ALIAS_OVERLY_PERMISSIVE: {
    name: 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK',
    cloudFormationName: 'IotRoleAliasOverlyPermissiveCheck',
    severity: 'CRITICAL',
    reasonCodes: [
      'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES',
      'ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES',
      'ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS',
      'ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS',
      'ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS',
      'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS',
    ],
    mitigationActions: [],
  },
  LOGGING_DISABLED: {
    name: 'LOGGING_DISABLED_CHECK',
    cloudFormationName: 'LoggingDisabledCheck',
    severity: 'LOW',
    reasonCodes: ['LOGGING_DISABLED'],
    mitigationActions: ['ENABLE_IOT_LOGGING'],
  },
  REVOKED_CA_CERTIFICATE_STILL_ACTIVE: {
    name: 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK',
    cloudFormationName: 'RevokedCaCertificateStillActiveCheck',
    severity: 'CRITICAL',
    reasonCodes: ['CERTIFICATE_REVOKED_BY_ISSUER'],
    mitigationActions: UPDATE_CA,
    staleNames: ['REVOKED_CA_CERT_CHECK'],
  },
  REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE: {
    name: 'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK',
    cloudFormationName: 'RevokedDeviceCertificateStillActiveCheck',
    severity: 'MEDIUM',
    reasonCodes: ['CERTIFICATE_REVOKED_BY_ISSUER'],
    mitigationActions: ISOLATE_DEVICE,
    staleNames: ['REVOKED_DEVICE_CERT_CHECK'],
  },
} as const satisfies Record<string, AuditCheckFacts>;

/** The facts of a check by the name that the API uses. */
export function auditCheckFacts(name: string): AuditCheckFacts | undefined {
  return Object.values<AuditCheckFacts>(AUDIT_CHECKS).find((check) => check.name === name);
}

/** The check that a wrong name most likely means: one of an older text, or the name without its ending. */
export function meantAuditCheck(name: string): AuditCheckFacts | undefined {
  const upper = name.toUpperCase();
  return Object.values<AuditCheckFacts>(AUDIT_CHECKS).find(
    (check) =>
      check.staleNames?.includes(upper) === true ||
      [check.name, check.name.replace(/_CHECK$/, '')].includes(upper) ||
      check.cloudFormationName.toUpperCase() === upper,
  );
}
