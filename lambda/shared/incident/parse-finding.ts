import { type Severity, THING_TAG } from './contract';
import type { Phase, SecuritySignal, Subject } from './signal';
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

/** Where the handler runs: an ARN of elsewhere names no device of ours. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

const LABELS: ReadonlyMap<unknown, Severity> = new Map([
  ['CRITICAL', 'CRITICAL'],
  ['HIGH', 'HIGH'],
  ['MEDIUM', 'MEDIUM'],
  ['LOW', 'LOW'],
  ['INFORMATIONAL', 'LOW'],
]);

/** What an event says about devices; most events of these services are about something else. */
export interface Findings {
  readonly kind: 'signals';
  readonly signals: readonly SecuritySignal[];
  readonly unread?: string;
}

/** `Security Hub Findings - Imported`: one event holds one to many findings, a finding one to many resources. */
export function parseSecurityHub(event: Json, place: Place): Parsed<Findings> {
  const findings = asObject(event.detail)?.findings;
  if (!Array.isArray(findings)) return invalid('securityHub: no findings');
  const read = findings.map((finding) => securityHubFinding(asObject(finding) ?? {}, place));
  return valid({
    kind: 'signals',
    signals: read.flatMap((signals) => signals ?? []),
    ...(read.includes(undefined) && { unread: 'securityHub: a finding about a device without id, time or severity' }),
  });
}

/** Undefined for a finding about a device that lacks what it takes to act on it. */
function securityHubFinding(finding: Json, place: Place): SecuritySignal[] | undefined {
  const subjects = subjectsOf(finding, place);
  if (subjects.length === 0) return [];
  const severity = LABELS.get(asObject(finding.Severity)?.Label);
  const time = asTime(finding.UpdatedAt);
  const id = safeText(finding.Id);
  if (severity === undefined || time === undefined || id === undefined) return undefined;
  return subjects.map((subject) => ({
    source: 'securityHub',
    id: stableId(finding.Id, finding.UpdatedAt),
    time,
    subject,
    phase: phaseOf(finding),
    kind: 'finding',
    severity,
    about: safeText(finding.GeneratorId) ?? 'finding',
    evidence: { finding: id, title: safeText(finding.Title) ?? '' },
  }));
}

/** What a person has closed or suppressed there is not acted on here. */
function phaseOf(finding: Json): Phase {
  const workflow = asObject(finding.Workflow)?.Status;
  const closed = finding.RecordState === 'ARCHIVED' || workflow === 'RESOLVED' || workflow === 'SUPPRESSED';
  return closed ? 'cleared' : 'alarm';
}

function subjectsOf(finding: Json, place: Place): Subject[] {
  const found = asList(finding.Resources).flatMap((resource) => subjectOfArn(asObject(resource)?.Id, place) ?? []);
  return found.filter(
    (one, index) => found.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === index,
  );
}

function subjectOfArn(arn: unknown, place: Place): Subject | undefined {
  if (typeof arn !== 'string') return undefined;
  const match = /^arn:aws[a-z-]{0,12}:iot:([a-z0-9-]{1,20}):(\d{12}):(thing|cert)\/(.{1,128})$/.exec(arn);
  if (match === null || match[1] !== place.region || match[2] !== place.account) return undefined;
  const [, , , type, name] = match;
  if (type === 'thing') return isThingName(name) ? { kind: 'thing', name } : undefined;
  return isCertificateId(name) ? { kind: 'certificate', id: name } : undefined;
}

/** `GuardDuty Finding`: knows EC2 instances, not things, so the instance's tag says which thing it is. */
export function parseGuardDuty(event: Json): Parsed<Findings> {
  const detail = asObject(event.detail);
  const service = asObject(detail?.service);
  const time = asTime(detail?.updatedAt);
  const severity = bandOf(detail?.severity);
  const id = safeText(detail?.id);
  if (detail === undefined || time === undefined || severity === undefined || id === undefined)
    return invalid('guardDuty: not a finding');
  const instance = asObject(asObject(detail.resource)?.instanceDetails);
  const tag = asList(instance?.tags)
    .map((item) => asObject(item))
    .find((item) => item?.key === THING_TAG)?.value;
  if (!isThingName(tag)) return valid({ kind: 'signals', signals: [] });
  const signal: SecuritySignal = {
    source: 'guardDuty',
    id: stableId(detail.id, detail.updatedAt),
    time,
    subject: { kind: 'thing', name: tag },
    phase: service?.archived === true ? 'cleared' : 'alarm',
    kind: 'finding',
    severity,
    about: safeText(detail.type) ?? 'finding',
    evidence: { finding: id },
  };
  return valid({ kind: 'signals', signals: [signal] });
}

/** @see https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html */
function bandOf(severity: unknown): Severity | undefined {
  if (typeof severity !== 'number' || !(severity >= 1 && severity <= 10)) return undefined;
  if (severity >= 9) return 'CRITICAL';
  if (severity >= 7) return 'HIGH';
  return severity >= 4 ? 'MEDIUM' : 'LOW';
}
