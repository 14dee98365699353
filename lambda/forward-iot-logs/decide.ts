import { type LogRecord, RECORD_VERSION } from '../evaluate-behaviors/contract';
import type { LogLine } from './event';

/** As many as one call takes. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
export const RECORDS_OF_A_CALL = 500;

/** The longest that a field of an entry is: a topic has at most 256 bytes, a client id 128. */
const LONGEST = { clientId: 128, topicName: 256, other: 128 } as const;

/** What of a line goes on the stream; undefined for lines that are not about a client. */
export function recordOf({ id, time, json }: LogLine): LogRecord | undefined {
  const clientId = textOf(json?.clientId);
  const eventType = textOf(json?.eventType);
  const status = textOf(json?.status);
  if (json === undefined || clientId === undefined || eventType === undefined || status === undefined) return undefined;
  if (clientId.length > LONGEST.clientId) return undefined;
  const optional = {
    reason: cut(json.reason),
    details: cut(json.details),
    topicName: cut(json.topicName, LONGEST.topicName),
    sourceIp: cut(json.sourceIp),
    principalId: cut(json.principalId),
  };
  const entry = { clientId, eventType: eventType.slice(0, LONGEST.other), status: status.slice(0, LONGEST.other) };
  return { v: RECORD_VERSION, source: 'log', id, at: time, entry: { ...entry, ...optional } };
}

/** Parts that one call each can take. */
export function inCalls<T>(items: readonly T[]): T[][] {
  const calls: T[][] = [];
  for (let start = 0; start < items.length; start += RECORDS_OF_A_CALL)
    calls.push(items.slice(start, start + RECORDS_OF_A_CALL));
  return calls;
}

function cut(value: unknown, longest: number = LONGEST.other): string | undefined {
  return textOf(value)?.slice(0, longest);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
