import { MESSAGE, type SourceEntry } from './contract';
import { isDeviceCheck, isTaskId, parseAudit, parseShared, type SharedFinding } from './parse-audit';
import { parseDetect } from './parse-detect';
import { parseGuardDuty, type Place } from './parse-finding';
import { parsePlain, parseReport } from './parse-plain';
import { parseSecurityHub } from './parse-security-hub';
import type { SecuritySignal } from './signal';
import {
  asTime,
  callerIn,
  invalid,
  isCertificateId,
  isThingName,
  type Json,
  objectIn,
  type Parsed,
  safeText,
  valid,
} from './text';

/** All that may come out of the signal queue. */
export type Message =
  | {
      readonly kind: 'signals';
      readonly signals: readonly SecuritySignal[];
      /** Why a part of the message could not be read, where the others could. */
      readonly unread?: string;
    }
  | { readonly kind: 'audit'; readonly pages: readonly AuditPage[] }
  | { readonly kind: 'look'; readonly subject: string; readonly episode: number; readonly attempt: number }
  | { readonly kind: 'lockOut'; readonly subject: string; readonly episode: number }
  | { readonly kind: 'order'; readonly order: IsolationOrder }
  | { readonly kind: 'held'; readonly bulk: HeldOrder }
  | { readonly kind: 'heartbeat' };

export interface AuditPage {
  readonly taskId: string;
  readonly check: string;
  readonly nextToken?: string;
  /** Absent: all findings of the check. */
  readonly finding?: SharedFinding;
}

/** A person's word that a held incident is to be acted on after all. */
export interface IsolationOrder {
  readonly subject: string;
  readonly episode: number;
  readonly by: string;
  readonly why: string;
  readonly time: number;
}

/** A person's word on all that is held, page by page. */
export interface HeldOrder {
  readonly by: string;
  readonly why: string;
  readonly time: number;
  readonly start?: string;
}

const LONGEST_BODY = 1_048_576;
const LONGEST_TOKEN = 4_096;

/** Who can have sent a message: any source, or the response itself on queues of its own (which also hold what was forwarded). */
export type Origin = 'anybody' | 'response';

/**
 * Tells what a message of the queue is, by the envelope that only its carrier can write: SNS names the topic, EventBridge the
 * service, and the project's own parts a schema. A body inside an SNS envelope never passes for one of the other two.
 */
export function parseMessage(
  body: unknown,
  sources: readonly SourceEntry[],
  place: Place,
  origin: Origin,
): Parsed<Message> {
  if (typeof body !== 'string' || body.length > LONGEST_BODY) return invalid('body: too long');
  const message = objectIn(body);
  if (message === undefined) return invalid('body: not a JSON object');
  if (message.Type === 'Notification') return parseNotification(message, sources);
  if (typeof message['detail-type'] === 'string') return parseEvent(message, sources, place);
  return parseOwn(message, sources, origin);
}

function parseNotification(envelope: Json, sources: readonly SourceEntry[]): Parsed<Message> {
  const source = sources.find(({ topicArn }) => topicArn !== undefined && topicArn === envelope.TopicArn);
  if (source === undefined) return invalid('sns: not a topic that may speak');
  const message = objectIn(envelope.Message);
  if (message === undefined) return invalid('sns: the message is not a JSON object');
  if (source.kind === 'audit') {
    const audit = parseAudit(message);
    if (!audit.ok) return audit;
    const { taskId, checks } = audit.value;
    return valid({ kind: 'audit', pages: checks.map((check) => ({ taskId, check })) });
  }
  return one(source.kind === 'detect' ? parseDetect(message, source) : parsePlain(message, source));
}

function parseEvent(event: Json, sources: readonly SourceEntry[], place: Place): Parsed<Message> {
  const speaks = (kind: SourceEntry['kind']) => sources.some((source) => source.kind === kind);
  if (event.account !== place.account) return invalid('event: of another account');
  if (event.source === 'aws.securityhub' && speaks('securityHub')) return parseSecurityHub(event, place);
  if (event.source === 'aws.guardduty' && speaks('guardDuty')) return parseGuardDuty(event, place);
  return invalid('event: not a source that may speak');
}

function parseOwn(message: Json, sources: readonly SourceEntry[], origin: Origin): Parsed<Message> {
  const orders = message.schema !== MESSAGE.signal && message.schema !== MESSAGE.heartbeat;
  if (orders && origin !== 'response' && Object.values<unknown>(MESSAGE).includes(message.schema))
    return invalid('body: an order that did not come through the entry of the operators');
  switch (message.schema) {
    case MESSAGE.signal: {
      const engine = sources.find(({ kind }) => kind === 'engine');
      return engine === undefined ? invalid('engine: not a source that may speak') : one(parsePlain(message, engine));
    }
    case MESSAGE.order:
      return parseOrder(message);
    case MESSAGE.isolateHeld: {
      const bulk = parseHeldOrder(message);
      return bulk.ok ? valid({ kind: 'held', bulk: bulk.value }) : bulk;
    }
    case MESSAGE.auditPage:
      return parseAuditPage(message);
    case MESSAGE.look:
    case MESSAGE.lockOut:
      return parseTask(message);
    case MESSAGE.heartbeat:
      return valid({ kind: 'heartbeat' });
    default:
      return invalid('body: not a schema that is known');
  }
}

function parseTask(message: Json): Parsed<Message> {
  const { subject, episode, attempt = 1 } = message;
  if (!isSubject(subject) || !isCount(episode) || !isCount(attempt)) return invalid('task: not an incident');
  return valid(
    message.schema === MESSAGE.look
      ? { kind: 'look', subject, episode, attempt }
      : { kind: 'lockOut', subject, episode },
  );
}

function parseAuditPage({ taskId, check, nextToken, finding }: Json): Parsed<Message> {
  if (!isTaskId(taskId) || !isDeviceCheck(check)) return invalid('audit page: not a page');
  const shared = finding === undefined ? undefined : parseShared(finding);
  if (shared?.ok === false) return shared;
  const page = { taskId, check, ...(shared && { finding: shared.value }) };
  if (nextToken === undefined) return valid({ kind: 'audit', pages: [page] });
  if (typeof nextToken !== 'string' || nextToken === '' || nextToken.length > LONGEST_TOKEN)
    return invalid('audit page: not a token');
  return valid({ kind: 'audit', pages: [{ ...page, nextToken }] });
}

/** An order names an incident that is held, or (without an episode) a device that is reported or to be isolated. */
function parseOrder(message: Json): Parsed<Message> {
  if (message.episode === undefined) return one(parseReport(message));
  const { subject, episode } = message;
  const by = callerIn(message.by);
  const why = safeText(message.why, 512);
  const time = asTime(message.time);
  if (!isSubject(subject) || !isCount(episode)) return invalid('order: not an incident');
  if (by === undefined || why === undefined || time === undefined) return invalid('order: no by, why or time');
  return valid({ kind: 'order', order: { subject, episode, by, why, time } });
}

export function parseHeldOrder(message: Json): Parsed<HeldOrder> {
  const by = callerIn(message.by);
  const why = safeText(message.why, 512);
  const time = asTime(message.time);
  const { start } = message;
  if (by === undefined || why === undefined || time === undefined) return invalid('order: no by, why or time');
  if (start === undefined) return valid({ by, why, time });
  return isPage(start) ? valid({ by, why, time, start }) : invalid('order: not a page');
}

/** Where a listing goes on. */
export function isPage(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_TOKEN && objectIn(value) !== undefined;
}

export function isSubject(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  return value.startsWith('certificate/') ? isCertificateId(value.slice('certificate/'.length)) : isThingName(value);
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function one(parsed: Parsed<SecuritySignal>): Parsed<Message> {
  return parsed.ok ? valid({ kind: 'signals', signals: [parsed.value] }) : parsed;
}
