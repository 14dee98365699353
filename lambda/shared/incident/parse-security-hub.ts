import { CHECKS_OF_DEVICES, DEFENDER_PRODUCT, type Severity, type SignalKind } from './contract';
import { isDeviceCheck, isUpkeep } from './parse-audit';
import type { Findings, Place } from './parse-finding';
import type { Phase, SecuritySignal, Subject } from './signal';
import {
  aboutFinding,
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
  readonly kind: SignalKind;
  /** What found it, or what it is. */
  readonly label: string | undefined;
  readonly title: string | undefined;
  /** Text that may be ARNs of devices. */
  readonly named: readonly unknown[];
  /** Whether Device Defender says that it is about a device of this account and region, however it names that device. */
  readonly ofDevice: boolean;
}

const NO_DETAILS = 'securityHub: a finding about a device without id, time or severity';
const NO_DEVICE = 'securityHub: Device Defender names the device in no form that is known here';

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
  const read = findings.map((finding) => signalsOf(reader(asObject(finding) ?? {}, place), place));
  const unread = read.find((signals) => typeof signals === 'string');
  return valid({
    kind: 'signals',
    signals: read.flatMap((signals) => (typeof signals === 'string' ? [] : signals)),
    ...(unread !== undefined && { unread }),
  });
}

/** Or why a finding about a device cannot be acted on. */
function signalsOf(reading: Reading, place: Place): SecuritySignal[] | string {
  const subjects = subjectsOf(reading.named, place);
  const { severity, time, phase, kind, ofDevice } = reading;
  if (subjects.length === 0) return ofDevice && phase === 'alarm' ? NO_DEVICE : [];
  const id = safeText(reading.id);
  if (severity === undefined || time === undefined || id === undefined) return NO_DETAILS;
  return subjects.map((subject) => ({
    source: 'securityHub',
    id: stableId(reading.id, new Date(time).toISOString()),
    time,
    subject,
    phase,
    kind,
    severity,
    about: aboutFinding(reading.label, reading.id),
    evidence: { finding: id, title: reading.title ?? '' },
  }));
}

/** @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html */
function readAsff(finding: Json, place: Place): Reading {
  const check = deviceCheckIn(finding, place);
  return {
    id: finding.Id,
    time: asTime(finding.UpdatedAt),
    severity: LABELS.get(asObject(finding.Severity)?.Label),
    phase: isClosedAsff(finding) ? 'cleared' : 'alarm',
    kind: check !== undefined && isUpkeep(check) ? 'posture' : 'finding',
    // The generator of a finding of Audit is another one after each audit.
    label: check ?? safeText(finding.GeneratorId),
    title: safeText(finding.Title),
    named: asList(finding.Resources).flatMap((item) => {
      const resource = asObject(item);
      return [resource?.Id, thingArnIn(resource?.Details), check && certificateArn(resource?.Id, place)];
    }),
    ofDevice: check !== undefined || isOurs(finding, place, DEFENDER_PRODUCT.detect),
  };
}

/** Which check Audit says a device of this account and region fails; undefined for its summary of a check, and for all else. */
function deviceCheckIn(finding: Json, place: Place): string | undefined {
  const { ReportType, CheckName } = asObject(finding.ProductFields) ?? {};
  const said = isOurs(finding, place, DEFENDER_PRODUCT.audit) && ReportType === 'AuditFinding';
  return said && isDeviceCheck(CheckName) ? CheckName : undefined;
}

function isOurs({ ProductArn, AwsAccountId, Region }: Json, { account, region }: Place, product: string): boolean {
  const spoken = typeof ProductArn === 'string' && ProductArn.endsWith(`:securityhub:${region}::product/${product}`);
  return spoken && AwsAccountId === account && Region === region;
}

/**
 * How Audit names a certificate is documented nowhere. A policy it names by its bare name, as Detect names a thing, so a certificate
 * would have its bare id, which is like no other name. What has any other form is not guessed at.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/securityhub-integration.html
 */
function certificateArn(id: unknown, { region, account }: Place): string | undefined {
  return isCertificateId(id) ? `arn:aws:iot:${region}:${account}:cert/${id}` : undefined;
}

/** What a person has closed or suppressed there is not acted on here. */
function isClosedAsff(finding: Json): boolean {
  const workflow = asObject(finding.Workflow)?.Status;
  return finding.RecordState === 'ARCHIVED' || workflow === 'RESOLVED' || workflow === 'SUPPRESSED';
}

/** @see https://docs.aws.amazon.com/securityhub/latest/userguide/ocsf-findings.html */
function readOcsf(finding: Json, { account, region }: Place): Reading {
  const info = asObject(finding.finding_info);
  const cloud = asObject(finding.cloud);
  return {
    id: info?.uid,
    time: asTime(info?.modified_time_dt) ?? asTime(finding.time),
    severity: SEVERITY_IDS.get(finding.severity_id),
    phase: isClosedOcsf(finding) ? 'cleared' : 'alarm',
    kind: 'finding',
    label: safeText(asList(info?.types)[0]),
    title: safeText(info?.title),
    named: asList(finding.resources).flatMap((item) => {
      const resource = asObject(item);
      return [resource?.uid, thingArnIn(resource?.data)];
    }),
    ofDevice:
      asObject(cloud?.account)?.uid === account && cloud?.region === region && isOfDeviceOcsf(finding, info, region),
  };
}

/** That Device Defender speaks in this format, and how, is documented nowhere: its titles begin with the check in the other one. */
function isOfDeviceOcsf(finding: Json, info: Json | undefined, region: string): boolean {
  const uid = asObject(asObject(finding.metadata)?.product)?.uid;
  const speaks = (product: string) =>
    typeof uid === 'string' && uid.endsWith(`:securityhub:${region}::productv2/${product}`);
  const { title } = info ?? {};
  const names = (check: string) => typeof title === 'string' && title.startsWith(`${check}:`);
  return speaks(DEFENDER_PRODUCT.detect) || (speaks(DEFENDER_PRODUCT.audit) && CHECKS_OF_DEVICES.some(names));
}

const CLOSED: readonly unknown[] = ['Suppressed', 'Resolved', 'Archived'];

/** It is active unless it was closed. */
function isClosedOcsf(finding: Json): boolean {
  return finding.activity_name === 'Close' || CLOSED.includes(finding.status);
}

/**
 * Device Defender Detect names a thing by its bare name, and beside it says what its ARN is. Where the second format has that is
 * documented nowhere; it has such details in `data`.
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
