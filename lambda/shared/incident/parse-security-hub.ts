import type { Severity } from './contract';
import type { Findings, Place } from './parse-finding';
import type { Phase, SecuritySignal, Subject } from './signal';
import {
  asList,
  asObject,
  asTime,
  digestOf,
  invalid,
  isCertificateId,
  isThingName,
  type Json,
  type Parsed,
  safeText,
  stableId,
  valid,
} from './text';

const LABELS: ReadonlyMap<unknown, Severity> = new Map([
  ['CRITICAL', 'CRITICAL'],
  ['HIGH', 'HIGH'],
  ['MEDIUM', 'MEDIUM'],
  ['LOW', 'LOW'],
  ['INFORMATIONAL', 'LOW'],
]);

/** From informational to fatal; 0 and 99 say that it is not known. */
const SEVERITY_IDS: ReadonlyMap<unknown, Severity> = new Map([
  [1, 'LOW'],
  [2, 'LOW'],
  [3, 'MEDIUM'],
  [4, 'HIGH'],
  [5, 'CRITICAL'],
  [6, 'CRITICAL'],
]);

/** What a finding says, whatever its format. */
interface Reading {
  readonly id: unknown;
  readonly time: number | undefined;
  readonly severity: Severity | undefined;
  readonly phase: Phase;
  /** What found it, or what it is. */
  readonly label: string | undefined;
  readonly title: string | undefined;
  /** Text that may be ARNs of devices. */
  readonly named: readonly unknown[];
}

/**
 * Events of Security Hub: one holds one to many findings, a finding one to many resources. `Security Hub Findings - Imported` of
 * Security Hub CSPM holds the AWS Security Finding Format, `Findings Imported V2` of Security Hub the Open Cybersecurity Schema
 * Framework.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-cwe-event-formats.html
 */
export function parseSecurityHub(event: Json, place: Place): Parsed<Findings> {
  const findings = asObject(event.detail)?.findings;
  if (!Array.isArray(findings)) return invalid('securityHub: no findings');
  const reader = event['detail-type'] === 'Findings Imported V2' ? readOcsf : readAsff;
  const read = findings.map((finding) => signalsOf(reader(asObject(finding) ?? {}), place));
  return valid({
    kind: 'signals',
    signals: read.flatMap((signals) => signals ?? []),
    ...(read.includes(undefined) && { unread: 'securityHub: a finding about a device without id, time or severity' }),
  });
}

/** Undefined for a finding about a device that lacks what it takes to act on it. */
function signalsOf(reading: Reading, place: Place): SecuritySignal[] | undefined {
  const subjects = subjectsOf(reading.named, place);
  if (subjects.length === 0) return [];
  const { severity, time, phase } = reading;
  const id = safeText(reading.id);
  if (severity === undefined || time === undefined || id === undefined) return undefined;
  return subjects.map((subject) => ({
    source: 'securityHub',
    id: stableId(reading.id, new Date(time).toISOString()),
    time,
    subject,
    phase,
    kind: 'finding',
    severity,
    about: aboutOf(reading),
    evidence: { finding: id, title: reading.title ?? '' },
  }));
}

/** A generator has many findings, each of which ends by itself: the end of one must not pass for the end of another. */
function aboutOf({ id, label = 'finding' }: Reading): string {
  return `${label.slice(0, LONGEST_LABEL)}#${digestOf(String(id)).slice(0, DIGITS)}`;
}

/** Together no longer than what a record keeps of it. */
const LONGEST_LABEL = 110;
const DIGITS = 16;

/** @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html */
function readAsff(finding: Json): Reading {
  return {
    id: finding.Id,
    time: asTime(finding.UpdatedAt),
    severity: LABELS.get(asObject(finding.Severity)?.Label),
    phase: isClosedAsff(finding) ? 'cleared' : 'alarm',
    label: safeText(finding.GeneratorId),
    title: safeText(finding.Title),
    named: asList(finding.Resources).flatMap((item) => {
      const resource = asObject(item);
      return [resource?.Id, thingArnIn(resource?.Details)];
    }),
  };
}

/** What a person has closed or suppressed there is not acted on here. */
function isClosedAsff(finding: Json): boolean {
  const workflow = asObject(finding.Workflow)?.Status;
  return finding.RecordState === 'ARCHIVED' || workflow === 'RESOLVED' || workflow === 'SUPPRESSED';
}

/** @see https://docs.aws.amazon.com/securityhub/latest/userguide/ocsf-findings.html */
function readOcsf(finding: Json): Reading {
  const info = asObject(finding.finding_info);
  return {
    id: info?.uid,
    time: asTime(info?.modified_time_dt) ?? asTime(finding.time),
    severity: SEVERITY_IDS.get(finding.severity_id),
    phase: isClosedOcsf(finding) ? 'cleared' : 'alarm',
    label: safeText(asList(info?.types)[0]),
    title: safeText(info?.title),
    named: asList(finding.resources).flatMap((item) => {
      const resource = asObject(item);
      return [resource?.uid, thingArnIn(resource?.data)];
    }),
  };
}

const CLOSED: readonly unknown[] = ['Suppressed', 'Resolved', 'Archived'];

/** It is active unless it was closed. */
function isClosedOcsf(finding: Json): boolean {
  return finding.activity_name === 'Close' || CLOSED.includes(finding.status);
}

/**
 * Device Defender Detect names a thing by its bare name, and beside it says what its ARN is.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/securityhub-integration.html
 */
function thingArnIn(details: unknown): unknown {
  return asObject(asObject(details)?.Other)?.ThingArn;
}

function subjectsOf(named: readonly unknown[], place: Place): Subject[] {
  const found = named.flatMap((arn) => subjectOfArn(arn, place) ?? []);
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
