import { asObject, invalid, type Json, objectIn, type Parsed, valid } from '../shared/incident/text';
import { hash32 } from './hash';
import { parseReport, type DeviceReport } from './report';

/** What a record of the stream says, in the words of the engine. */
export type Fact =
  | {
      readonly kind: 'presence';
      readonly device: string;
      readonly what: 'connected' | 'disconnected' | 'failed';
      readonly at: number;
      readonly version: number;
      readonly id: string;
      readonly principal: string | undefined;
      readonly address: string | undefined;
      /** Why it was disconnected, in a word of AWS IoT. */
      readonly reason: string | undefined;
    }
  | {
      readonly kind: 'log';
      readonly device: string;
      readonly what: 'denied' | 'sent' | 'received';
      readonly at: number;
      readonly id: string;
      readonly principal: string | undefined;
      readonly address: string | undefined;
      readonly topic: string | undefined;
    }
  | {
      readonly kind: 'message';
      readonly device: string;
      readonly at: number;
      readonly on: string;
      readonly id: string;
      readonly bytes: number | undefined;
    }
  | {
      readonly kind: 'report';
      readonly device: string;
      readonly at: number;
      readonly report: DeviceReport;
      /** The id that AWS IoT gave the message. */
      readonly trace: string | undefined;
    }
  /** A device is alive; nothing else is to be counted. */
  | { readonly kind: 'sign'; readonly device: string; readonly at: number; readonly id: string };

/** What somebody said or did under the name of a device that is not known to be that device. */
export const FOREIGN = 'record: not of the device that it names';

const EARLIEST = Date.UTC(2020, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
const EVENTS = new Map([
  ['connected', 'connected'],
  ['disconnected', 'disconnected'],
  ['connect_failed', 'failed'],
] as const);

/** Reads one record. Total: whatever is not of a known form is refused with a reason of fixed words. */
export function parseRecord(text: string): Parsed<Fact> {
  const record = objectIn(text);
  if (record === undefined) return invalid('record: not a JSON object');
  if (record.v !== 1) return invalid('record: not version 1');
  switch (record.source) {
    case 'presence':
      return parsePresence(record);
    case 'subscription':
      return parseSubscription(record);
    case 'log':
      return parseLog(record);
    case 'message':
      return parseMessage(record);
    case 'report':
      return parseDeviceReport(record);
    default:
      return invalid('record: not a source that is known');
  }
}

function parsePresence(record: Json): Parsed<Fact> {
  const { clientId, timestamp, versionNumber = 0, sessionIdentifier } = record;
  const what = EVENTS.get(record.eventType as 'connected');
  if (!isDevice(clientId)) return invalid('presence: no client id');
  if (what === undefined) return invalid('presence: not an event that is known');
  if (!isTime(timestamp)) return invalid('presence: no time');
  if (!Number.isSafeInteger(versionNumber) || (versionNumber as number) < 0) return invalid('presence: no version');
  // A failed attempt has no session of its own: its time tells it from the next one, as it does where no session is named.
  const session = what === 'failed' ? timestamp : (short(sessionIdentifier) ?? timestamp);
  return valid({
    kind: 'presence',
    device: clientId,
    what,
    at: timestamp,
    version: versionNumber as number,
    id: `${what}/${session}/${versionNumber}`,
    principal: short(record.principalIdentifier),
    address: short(record.ipAddress),
    reason: what === 'disconnected' ? wordOf(record.disconnectReason) : undefined,
  });
}

function parseSubscription({ clientId, timestamp, sessionIdentifier }: Json): Parsed<Fact> {
  if (!isDevice(clientId)) return invalid('subscription: no client id');
  if (!isTime(timestamp)) return invalid('subscription: no time');
  return valid({ kind: 'sign', device: clientId, at: timestamp, id: `${short(sessionIdentifier)}/${timestamp}` });
}

/** Failures that say that a device asked for what it may not do. Others (a lost connection, throttling) do not. */
const DENIED = /^authorization[_ ]fail(ure|ed)$/i;

/**
 * A connection that was refused before its client was known: whoever wrote the client id may be anybody, unless they had a
 * certificate of this account that was locked. Then it is a refusal, and whose it was is told by the certificate.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/cwl-format.html#log-mb-authn-error
 */
const UNAUTHENTICATED = 'Connection.AuthNError';
const LOCKED = /^DEVICE_CERTIFICATE_(INACTIVE|REVOKED)$/;

function parseLog(record: Json): Parsed<Fact> {
  const entry = asObject(record.entry);
  const id = short(record.id);
  if (entry === undefined || id === undefined) return invalid('log: no entry or id');
  const { clientId, eventType, status } = entry;
  if (!isDevice(clientId)) return invalid('log: no client id');
  if (!isTime(record.at)) return invalid('log: no time');
  const failed = status === 'Failure';
  const unknown = eventType === UNAUTHENTICATED;
  const locked = unknown && LOCKED.test(String(entry.reason)) && short(entry.principalId) !== undefined;
  if (unknown && !locked) return invalid(FOREIGN);
  const denied = locked || (failed && [entry.reason, entry.details].some((text) => DENIED.test(String(text))));
  const passed = eventType === 'Publish-Out' ? 'received' : 'sent';
  if (!denied && (failed || !['Publish-Out', 'Publish-In'].includes(eventType as string)))
    return valid({ kind: 'sign', device: clientId, at: record.at, id });
  return valid({
    kind: 'log',
    device: clientId,
    what: denied ? 'denied' : passed,
    at: record.at,
    id,
    principal: short(entry.principalId),
    address: short(entry.sourceIp),
    topic: typeof entry.topicName === 'string' && entry.topicName.length <= 256 ? entry.topicName : undefined,
  });
}

function parseMessage({ clientId, at, on, id, bytes }: Json): Parsed<Fact> {
  const trace = short(id);
  if (!isDevice(clientId)) return invalid('message: no client id');
  if (typeof on !== 'string' || trace === undefined) return invalid('message: no topics or id');
  if (!isTime(at)) return invalid('message: no time');
  if (bytes !== undefined && (!Number.isSafeInteger(bytes) || (bytes as number) < 0))
    return invalid('message: not a size');
  return valid({ kind: 'message', device: clientId, at, on, id: trace, bytes: bytes as number | undefined });
}

/** A device is believed about itself only: what it says of another one would have that one isolated. */
function parseDeviceReport({ thing, clientId, principal, id, at, data }: Json): Parsed<Fact> {
  if (!isDevice(clientId) || !isDevice(thing)) return invalid('report: no thing or client id');
  if (typeof principal !== 'string') return invalid('report: no principal');
  if (thing !== clientId || !isDevicePrincipal(principal)) return invalid(FOREIGN);
  if (!isTime(at)) return invalid('report: no time');
  if (typeof data !== 'string') return invalid('report: no data');
  const report = parseReport(data);
  if (!report.ok) return report;
  // A device whose clock stands still gives many reports one id. Only what is the same throughout is the same report.
  const told = { ...report.value, id: `${report.value.id}/${hash32(data)}` };
  return valid({ kind: 'report', device: thing, at, report: told, trace: short(id) });
}

/** Names that signals can be about. Other client ids cannot be things, so nothing could be done about them. */
function isDevice(value: unknown): value is string {
  return typeof value === 'string' && /^[a-zA-Z0-9:_-]{1,128}$/.test(value);
}

/** Ids of users, roles and sessions of IAM. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const OF_IAM = /^A[A-Z]{2}A[A-Z0-9]{12,}$/;

/**
 * A certificate, or what a custom authorizer calls a device. Who signs with credentials of AWS (an account, a user, a role, an
 * identity of Cognito) can take any client id, and is not the device.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-functions.html#iot-sql-function-principal
 */
function isDevicePrincipal(principal: string): boolean {
  return /^[a-zA-Z0-9]{1,128}$/.test(principal) && !/^\d{12}$/.test(principal) && !OF_IAM.test(principal);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= EARLIEST && value < LATEST;
}

function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(value) ? value : undefined;
}

function short(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 256 ? value : undefined;
}
