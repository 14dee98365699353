import { RESPONSES, SEVERITIES, SIGNAL_KINDS, type SourceEntry } from './contract';
import type { SecuritySignal, Subject } from './signal';
import {
  asObject,
  asTime,
  callerIn,
  invalid,
  isCertificateId,
  isClientId,
  isThingName,
  type Json,
  type Parsed,
  safeText,
  stableId,
  valid,
} from './text';

const MOST_EVIDENCE = 8;
const PHASES = ['alarm', 'cleared', 'invalidated'] as const;

/**
 * The documented JSON of a signal, which anything can send that is allowed to:
 *
 * `{ "id", "time", "thingName" | "certificateId", "phase"?, "kind"?, "severity", "about", "evidence"?, "clientId"?, "reportedBy"? }`
 *
 * `reportedBy` is the device on whose word the statement rests, where the sender knows it. A device cannot testify against
 * another one: such a signal is refused, or one stolen device could have the whole fleet isolated.
 */
export function parsePlain(message: Json, source: SourceEntry): Parsed<SecuritySignal> {
  const subject = subjectOf(message);
  if (subject === undefined) return invalid(`${source.kind}: neither a thing name nor a certificate id`);
  if (message.reportedBy !== undefined && message.reportedBy !== (subject.kind === 'thing' ? subject.name : subject.id))
    return invalid(`${source.kind}: stated by another device`);
  const id = safeText(message.id, 512);
  const time = asTime(message.time);
  const about = safeText(message.about);
  if (id === undefined || time === undefined || about === undefined)
    return invalid(`${source.kind}: no id, time or about`);
  const phase = oneOf(PHASES, message.phase, 'alarm');
  const kind = oneOf(SIGNAL_KINDS, message.kind, 'behavior');
  const severity = oneOf(SEVERITIES, message.severity, source.severity);
  if (phase === undefined || kind === undefined || severity === undefined)
    return invalid(`${source.kind}: not a phase, kind or severity that is known`);
  // Only a person, whom IAM has let through, reports in a person's name.
  if (kind === 'report') return invalid(`${source.kind}: cannot report for a person`);
  const { clientId } = message;
  if (clientId !== undefined && !isClientId(clientId)) return invalid(`${source.kind}: not a client id`);
  return valid({
    source: source.kind,
    id: stableId(message.id),
    time,
    subject,
    phase,
    kind,
    severity,
    about,
    evidence: evidenceOf(asObject(message.evidence)),
    ...(clientId === undefined ? {} : { clientId }),
  });
}

/**
 * What a person says of a device, through the entry that knows who they are: with a response it is an order, without one a
 * report that the playbook answers like the word of any detector.
 */
export function parseReport(message: Json): Parsed<SecuritySignal> {
  const subject = subjectOf(message);
  const by = callerIn(message.by);
  const why = safeText(message.why, 512);
  const time = asTime(message.time);
  const ordered = message.response !== undefined;
  const response = RESPONSES.find((known) => known === message.response);
  const severity = ordered ? 'CRITICAL' : oneOf(SEVERITIES, message.severity, 'HIGH');
  if (subject === undefined) return invalid('person: neither a thing name nor a certificate id');
  if (by === undefined || why === undefined || time === undefined) return invalid('person: no by, why or time');
  if (ordered && response === undefined) return invalid('person: not a response that is known');
  if (severity === undefined) return invalid('person: not a severity that is known');
  return valid({ ...personalSignal(subject, { by, why, time }), severity, ...(response && { response }) });
}

export interface Word {
  readonly by: string;
  readonly why: string;
  readonly time: number;
}

/** What an order of a person is as a signal. */
export function personalSignal(subject: Subject, { by, why, time }: Word): SecuritySignal {
  return {
    source: 'person',
    id: stableId('person', by, time),
    time,
    subject,
    phase: 'alarm',
    kind: 'report',
    severity: 'CRITICAL',
    about: 'report',
    evidence: { by, why },
  };
}

function subjectOf(message: Json): Subject | undefined {
  const { thingName, certificateId } = message;
  if (thingName !== undefined && certificateId !== undefined) return undefined;
  if (isThingName(thingName)) return { kind: 'thing', name: thingName };
  return isCertificateId(certificateId) ? { kind: 'certificate', id: certificateId } : undefined;
}

function evidenceOf(given: Json | undefined): SecuritySignal['evidence'] {
  const entries = Object.entries(given ?? {}).flatMap(([name, value]): [string, string | number][] => {
    const key = /^[a-zA-Z][\w.-]{0,63}$/.test(name) ? name : undefined;
    const plain = typeof value === 'number' && Number.isFinite(value) ? value : safeText(value);
    return key === undefined || plain === undefined ? [] : [[key, plain]];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, MOST_EVIDENCE));
}

/** The default for what is absent; undefined for what is there and not known. */
function oneOf<T extends string>(known: readonly T[], value: unknown, standard: T | undefined): T | undefined {
  return value === undefined ? standard : known.find((item) => item === value);
}
