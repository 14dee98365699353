import { gunzipSync } from 'node:zlib';
import { asList, asObject, invalid, type Json, objectIn, type Parsed, valid } from '../shared/incident/text';

/** One line of a log group, as CloudWatch Logs hands it over. */
export interface LogLine {
  /** Unique in the log group; the same however often the line is delivered. */
  readonly id: string;
  /** When the line was written, in milliseconds. */
  readonly time: number;
  /** The line, where it is a JSON object. */
  readonly json?: Json;
}

/** Lambda takes 6 MB; what is longer is not from CloudWatch Logs. */
const LONGEST_TEXT = 6 * 1024 * 1024;
/** Logs shrink to a tenth or less. What grows beyond this would take the memory of the function. */
const LARGEST_BATCH = 64 * 1024 * 1024;

/**
 * Reads what a subscription of a log group delivers: gzip of JSON, in Base64. Total: a batch that cannot be read is one reason, a
 * line that cannot be read is a line without content.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 */
export function parseBatch(event: unknown): Parsed<readonly LogLine[]> {
  const data = asObject(asObject(event)?.awslogs)?.data;
  if (typeof data !== 'string' || data.length > LONGEST_TEXT) return invalid('not a delivery of CloudWatch Logs');
  const batch = unzip(data);
  if (batch === undefined) return invalid('not gzip of a JSON object, or too large');
  // Sent when a subscription is made, to see whether the function can be reached.
  if (batch.messageType === 'CONTROL_MESSAGE') return valid([]);
  if (batch.messageType !== 'DATA_MESSAGE' || !Array.isArray(batch.logEvents))
    return invalid('not a batch of log lines');
  return valid(asList(batch.logEvents).map(lineOf));
}

function unzip(data: string): Json | undefined {
  try {
    return objectIn(gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: LARGEST_BATCH }).toString('utf8'));
  } catch {
    return undefined;
  }
}

function lineOf(item: unknown): LogLine {
  const { id, timestamp, message } = asObject(item) ?? {};
  const isComplete = typeof id === 'string' && /^[0-9]{1,64}$/.test(id) && isTime(timestamp);
  return isComplete ? { id, time: timestamp, json: objectIn(message) } : { id: '', time: 0 };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
