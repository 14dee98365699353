import { COMPLIANCE_ERRORS, COMPLIANCE_WARNINGS } from './compliance';
import { CORE_ERRORS, CORE_WARNINGS } from './core';
import { DETECTION_ERRORS, DETECTION_WARNINGS } from './detection';
import { FLEET_ERRORS, FLEET_WARNINGS } from './fleet';
import { IDENTITY_ERRORS, IDENTITY_WARNINGS } from './identity';
import { MITIGATION_ERRORS, MITIGATION_WARNINGS } from './mitigation';
import { POLICY_ERRORS, POLICY_WARNINGS } from './policy';
import { POSTURE_ERRORS, POSTURE_WARNINGS } from './posture';
import { QUARANTINE_ERRORS, QUARANTINE_WARNINGS } from './quarantine';
import { REMEDIATION_ERRORS, REMEDIATION_WARNINGS } from './remediation';

/** Every error code with its cause and remedy. docs/rules.md is generated from this table. */
export const ERRORS = {
  ...CORE_ERRORS,
  ...POLICY_ERRORS,
  ...IDENTITY_ERRORS,
  ...POSTURE_ERRORS,
  ...DETECTION_ERRORS,
  ...QUARANTINE_ERRORS,
  ...MITIGATION_ERRORS,
  ...REMEDIATION_ERRORS,
  ...COMPLIANCE_ERRORS,
  ...FLEET_ERRORS,
} as const;

/** Every warning, keyed by its stable id (prefixed `zero-trust-iot:` when raised). */
export const WARNINGS = {
  ...CORE_WARNINGS,
  ...POLICY_WARNINGS,
  ...IDENTITY_WARNINGS,
  ...POSTURE_WARNINGS,
  ...DETECTION_WARNINGS,
  ...QUARANTINE_WARNINGS,
  ...MITIGATION_WARNINGS,
  ...REMEDIATION_WARNINGS,
  ...COMPLIANCE_WARNINGS,
  ...FLEET_WARNINGS,
} as const;

export type ErrorCode = keyof typeof ERRORS;
export type WarningId = keyof typeof WARNINGS;
