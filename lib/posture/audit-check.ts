import { Token } from 'aws-cdk-lib';
import { AUDIT_CHECKS, type AuditCheckFacts, auditCheckFacts, meantAuditCheck } from '../internal/audit-checks';
import { ConfigurationError } from '../internal/configuration-error';
import { quote } from '../internal/quote';

/** How grave a finding of an audit check is, as Device Defender rates it. */
export enum AuditSeverity {
  /** To be looked at. */
  LOW = 'LOW',
  /** To be planned. */
  MEDIUM = 'MEDIUM',
  /** To be repaired soon. */
  HIGH = 'HIGH',
  /** To be repaired now: devices or the account can be taken over. */
  CRITICAL = 'CRITICAL',
}

/**
 * A check of the AWS IoT Device Defender audit: something about the account, its policies or its certificates that is
 * looked at regularly.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-audit-checks.html
 */
export class AuditCheck {
  /** A role of authenticated Amazon Cognito identities allows more than it should. */
  public static readonly AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE = AuditCheck.known(
    AUDIT_CHECKS.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
  );
  /** A role of unauthenticated Amazon Cognito identities allows more than it should. */
  public static readonly UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE = AuditCheck.known(
    AUDIT_CHECKS.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
  );
  /** A CA certificate expires within 30 days or has expired. */
  public static readonly CA_CERTIFICATE_EXPIRING = AuditCheck.known(AUDIT_CHECKS.CA_CERTIFICATE_EXPIRING);
  /** A CA certificate has a key that can be computed from its public half. */
  public static readonly CA_CERTIFICATE_KEY_QUALITY = AuditCheck.known(AUDIT_CHECKS.CA_CERTIFICATE_KEY_QUALITY);
  /** Several devices connect with one client id and throw each other out. */
  public static readonly CONFLICTING_CLIENT_IDS = AuditCheck.known(AUDIT_CHECKS.CONFLICTING_CLIENT_IDS);
  /** A device certificate is older than a threshold. */
  public static readonly DEVICE_CERTIFICATE_AGE = AuditCheck.known(AUDIT_CHECKS.DEVICE_CERTIFICATE_AGE);
  /** A device certificate expires soon, within a threshold, or has expired. */
  public static readonly DEVICE_CERTIFICATE_EXPIRING = AuditCheck.known(AUDIT_CHECKS.DEVICE_CERTIFICATE_EXPIRING);
  /** A device certificate has a key that can be computed from its public half. */
  public static readonly DEVICE_CERTIFICATE_KEY_QUALITY = AuditCheck.known(AUDIT_CHECKS.DEVICE_CERTIFICATE_KEY_QUALITY);
  /** Several devices connect at once with one certificate. */
  public static readonly DEVICE_CERTIFICATE_SHARED = AuditCheck.known(AUDIT_CHECKS.DEVICE_CERTIFICATE_SHARED);
  /** A device certificate is active although an intermediate CA of it is revoked. */
  public static readonly INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES = AuditCheck.known(
    AUDIT_CHECKS.INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES,
  );
  /** An AWS IoT policy allows more than it should. */
  public static readonly IOT_POLICY_OVERLY_PERMISSIVE = AuditCheck.known(AUDIT_CHECKS.IOT_POLICY_OVERLY_PERMISSIVE);
  /** An AWS IoT policy denies with wildcards that do not do what they seem to. */
  public static readonly IOT_POLICY_POTENTIAL_MISCONFIGURATION = AuditCheck.known(
    AUDIT_CHECKS.IOT_POLICY_POTENTIAL_MISCONFIGURATION,
  );
  /** A role alias allows services that no device used for a year. */
  public static readonly IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES = AuditCheck.known(
    AUDIT_CHECKS.IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES,
  );
  /** A role alias allows more than it should. */
  public static readonly IOT_ROLE_ALIAS_OVERLY_PERMISSIVE = AuditCheck.known(
    AUDIT_CHECKS.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
  );
  /** AWS IoT does not log. */
  public static readonly LOGGING_DISABLED = AuditCheck.known(AUDIT_CHECKS.LOGGING_DISABLED);
  /** A CA certificate is active although its issuer revoked it. */
  public static readonly REVOKED_CA_CERTIFICATE_STILL_ACTIVE = AuditCheck.known(
    AUDIT_CHECKS.REVOKED_CA_CERTIFICATE_STILL_ACTIVE,
  );
  /** A device certificate is active although its issuer revoked it. */
  public static readonly REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE = AuditCheck.known(
    AUDIT_CHECKS.REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE,
  );

  /**
   * A check by the name that the API uses, for checks that are newer than this library.
   *
   * Fails for a name that no check can have, and for one of the outdated names that stand in older texts.
   *
   * @param checkName such as `LOGGING_DISABLED_CHECK`
   */
  public static of(checkName: string): AuditCheck {
    if (Token.isUnresolved(checkName)) return new AuditCheck(checkName);
    const facts = auditCheckFacts(checkName);
    if (facts !== undefined) return AuditCheck.known(facts);
    const meant = meantAuditCheck(checkName);
    if (meant !== undefined || !/^[A-Z][A-Z0-9_]{0,120}_CHECK$/.test(checkName)) {
      const hint = meant === undefined ? 'capital letters, digits and _, ending in _CHECK' : meant.name;
      throw new ConfigurationError(
        'AuditCheckUnknown',
        `'checkName' must be the name of an audit check in the API, got ${quote(checkName)}; use ${hint}`,
      );
    }
    return new AuditCheck(checkName);
  }

  /** Every check that this library knows. */
  public static all(): AuditCheck[] {
    return Object.values<AuditCheckFacts>(AUDIT_CHECKS).map((facts) => AuditCheck.known(facts));
  }

  private static known(facts: AuditCheckFacts): AuditCheck {
    return new AuditCheck(facts.name, facts);
  }

  /** The name of the check in the API, the CLI and scheduled audits. */
  public readonly checkName: string;
  /**
   * How grave a finding is.
   *
   * @default - not known for a check that is newer than this library
   */
  public readonly severity?: AuditSeverity;
  /** Why a resource does not comply; empty for a check that is newer than this library. */
  public readonly reasonCodes: string[];
  /**
   * Types of the mitigation actions of Device Defender that can be applied to a finding, besides
   * `PUBLISH_FINDING_TO_SNS`, which always can.
   */
  public readonly mitigationActionTypes: string[];

  private constructor(checkName: string, facts?: AuditCheckFacts) {
    this.checkName = checkName;
    this.severity = facts && AuditSeverity[facts.severity];
    this.reasonCodes = [...(facts?.reasonCodes ?? [])];
    this.mitigationActionTypes = [...(facts?.mitigationActions ?? [])];
  }

  /** The name of the check in the API. */
  public toString(): string {
    return this.checkName;
  }
}
