import { CHECKS_OF_DEVICES, type Severity, SEVERITIES, type SignalKind } from './contract';
import type { SecuritySignal, Subject } from './signal';
import {
  asList,
  asObject,
  asTime,
  invalid,
  isCertificateId,
  isThingName,
  type Json,
  type Parsed,
  safeText,
  stableId,
  valid,
} from './text';

/** A finished audit and the checks of it that found something. The findings themselves must be asked for. */
export interface FinishedAudit {
  readonly taskId: string;
  readonly checks: readonly string[];
}

const DEVICE_CHECKS: ReadonlySet<string> = new Set(CHECKS_OF_DEVICES);
/** A certificate that is old or will expire is upkeep; the other checks put the identity in doubt. */
export function isUpkeep(check: string): boolean {
  return /_(AGE|EXPIRING)_CHECK$/.test(check);
}

/** What Device Defender Audit publishes when it is done. `auditDetails` is a list here and a map in DescribeAuditTask. */
export function parseAudit(message: Json): Parsed<FinishedAudit> {
  const { taskId } = message;
  if (!isTaskId(taskId)) return invalid('audit: no task id');
  if (message.taskStatus !== 'COMPLETED') return invalid('audit: not completed');
  if (!Array.isArray(message.auditDetails)) return invalid('audit: no details');
  const checks = message.auditDetails
    .map((detail) => asObject(detail))
    .filter((detail) => detail?.checkRunStatus === 'COMPLETED_NON_COMPLIANT')
    .map((detail) => detail?.checkName)
    .filter((name): name is string => typeof name === 'string' && DEVICE_CHECKS.has(name));
  return valid({ taskId, checks: [...new Set(checks)].sort() });
}

/**
 * A finding about what devices have in common, such as the authority that issued their certificates: it names none of them, and
 * which they are must be asked for.
 */
export interface SharedFinding {
  readonly id: string;
  readonly time: number;
  readonly severity: Severity;
  readonly reason?: string;
}

export function isTaskId(value: unknown): value is string {
  return typeof value === 'string' && /^[a-zA-Z0-9_-]{1,40}$/.test(value);
}

export function isDeviceCheck(value: unknown): value is string {
  return typeof value === 'string' && DEVICE_CHECKS.has(value);
}

/** One finding of ListAuditFindings. Suppressed ones are the account owner's decision to live with it. */
export function parseAuditFinding(finding: unknown): Parsed<SecuritySignal> {
  const item = asObject(finding);
  if (item === undefined || !isDeviceCheck(item.checkName)) return invalid('audit: not a finding about a device');
  if (item.isSuppressed === true) return invalid('audit: suppressed');
  const subject = subjectOf(asObject(asObject(item.nonCompliantResource)?.resourceIdentifier));
  if (subject === undefined) return invalid('audit: no device named');
  const time = asTime(item.findingTime instanceof Date ? item.findingTime.getTime() : item.findingTime);
  if (time === undefined) return invalid('audit: no time');
  const severity = SEVERITIES.find((known) => known === item.severity) ?? 'MEDIUM';
  const reason = safeText(item.reasonForNonComplianceCode);
  const evidence: SecuritySignal['evidence'] = reason === undefined ? {} : { reason };
  return valid({
    source: 'audit',
    id: stableId(item.findingId),
    time,
    subject,
    phase: 'alarm',
    ...weighed(item.checkName, severity),
    about: item.checkName,
    evidence,
  });
}

function weighed(check: string, severity: Severity): { kind: SignalKind; severity: Severity } {
  return { kind: isUpkeep(check) ? 'posture' : 'identity', severity };
}

/** Devices connect under their thing's name, so a client id in conflict is a thing name where it can be one. */
function subjectOf(resource: Json | undefined): Subject | undefined {
  const id = resource?.deviceCertificateId;
  if (typeof id === 'string' && isCertificateId(id.replace(/^0x/, '')))
    return { kind: 'certificate', id: id.replace(/^0x/, '') };
  const arn = certificateOf(resource?.deviceCertificateArn);
  if (arn !== undefined) return { kind: 'certificate', id: arn };
  return isThingName(resource?.clientId) ? { kind: 'thing', name: resource.clientId } : undefined;
}

function certificateOf(arn: unknown): string | undefined {
  const id = typeof arn === 'string' ? arn.split(':cert/')[1] : undefined;
  return isCertificateId(id) ? id : undefined;
}

/** What a page of an audit says of devices. */
export interface PageOfAudit {
  readonly signals: readonly SecuritySignal[];
  /** Those whose devices must be asked for. */
  readonly shared: readonly SharedFinding[];
  /** How many were about no device. */
  readonly passedOver: number;
}

/** The findings of a page that are about devices, and how many were not. */
export function signalsOfPage(findings: unknown): PageOfAudit {
  const items = asList(findings);
  const signals = items.flatMap((item) => valueOf(parseAuditFinding(item)));
  const shared = items.flatMap((item) => valueOf(parseSharedFinding(item)));
  return { signals, shared, passedOver: items.length - signals.length - shared.length };
}

/** The certificates that a page of related resources says a finding of a check is about. */
export function signalsOfRelated(check: string, finding: SharedFinding, resources: unknown): PageOfAudit {
  const { signals, shared, passedOver } = signalsOfPage(
    asList(resources).map((resource) => ({
      checkName: check,
      findingId: finding.id,
      findingTime: finding.time,
      severity: finding.severity,
      reasonForNonComplianceCode: finding.reason,
      nonCompliantResource: resource,
    })),
  );
  // The authority itself, once more: to ask for its devices again would have no end.
  return { signals, shared: [], passedOver: passedOver + shared.length };
}

function valueOf<T>(parsed: Parsed<T>): T[] {
  return parsed.ok ? [parsed.value] : [];
}

function parseSharedFinding(finding: unknown): Parsed<SharedFinding> {
  const item = asObject(finding) ?? {};
  const identifier = asObject(asObject(item.nonCompliantResource)?.resourceIdentifier);
  const common = isDeviceCheck(item.checkName) && item.isSuppressed !== true;
  if (!common || asObject(identifier?.issuerCertificateIdentifier) === undefined)
    return invalid('audit: not a finding about an issuer');
  const { findingId: id, findingTime, severity, reasonForNonComplianceCode: reason } = item;
  return parseShared({ id, time: findingTime instanceof Date ? findingTime.getTime() : findingTime, severity, reason });
}

/** Also as it is in a message of the response to itself. */
export function parseShared(given: unknown): Parsed<SharedFinding> {
  const { id, severity, ...rest } = asObject(given) ?? {};
  const time = asTime(rest.time);
  const reason = safeText(rest.reason);
  if (typeof id !== 'string' || !/^[a-zA-Z0-9_-]{1,128}$/.test(id) || time === undefined)
    return invalid('audit: a finding without id or time');
  const known = SEVERITIES.find((each) => each === severity) ?? 'MEDIUM';
  return valid({ id, time, severity: known, ...(reason !== undefined && { reason }) });
}
