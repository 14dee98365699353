/**
 * What the broker of AWS IoT refuses before any policy counts, and how it matches filters.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html
 */

export { selects } from './topic-filter';

export const MAX_TOPIC_BYTES = 256;
export const MAX_SLASHES = 7;
export const MAX_PAYLOAD_BYTES = 131_072;
export const MAX_SUBSCRIPTIONS = 50;
export const MAX_FILTERS_PER_SUBSCRIBE = 8;
/** More than any message, subscription or will with all that belongs to it. */
export const MAX_PACKET_BYTES = 262_144;
export const MAX_CLIENT_ID_BYTES = 128;
/** Kept sessions are forgotten after this time without a connection. */
export const SESSION_EXPIRY_MS = 3_600_000;

/** `$aws/...` topics that devices may publish to, as patterns of whole topics. */
const PUBLISHABLE = [
  /^\$aws\/certificates\/create(-from-csr)?\/(json|cbor)$/,
  /^\$aws\/provisioning-templates\/[^/]+\/provision\/(json|cbor)$/,
  /^\$aws\/things\/[^/]+\/shadow(\/name\/[^/]+)?\/(get|update|delete)$/,
  /^\$aws\/things\/[^/]+\/jobs\/(get|start-next|[^/]+\/(get|update))$/,
  /^\$aws\/things\/[^/]+\/defender\/metrics\/(json|cbor)$/,
  /^\$aws\/things\/[^/]+\/streams\/[^/]+\/(get|describe)\/(json|cbor)$/,
  /^\$aws\/commands\/(things|clients)\/[^/]+\/executions\/[^/]+\/response(\/(json|cbor))?$/,
  /^\$aws\/rules\/[^/]+(\/.*)?$/,
];

/** What is wrong with a topic or a filter, whatever it is used for; undefined if nothing is. */
export function problemOfName(name: string): string | undefined {
  const bytes = Buffer.byteLength(name);
  // What selects the rule of Basic Ingest counts for neither limit.
  const counted = name.replace(/^\$aws\/rules\/[^/]+\//, '').replace(/^\$share\/[^/]+\//, '');
  if (Buffer.byteLength(counted) > MAX_TOPIC_BYTES) return `has ${bytes} bytes; a topic may have ${MAX_TOPIC_BYTES}`;
  const slashes = counted.split('/').length - 1;
  if (slashes > MAX_SLASHES) return `has ${slashes} slashes; a topic may have ${MAX_SLASHES}`;
  if (name === '') return 'is empty';
  // What stands where bytes were no UTF-8.
  if (name.includes('\uFFFD')) return 'is not UTF-8';
  return name.includes('\0') ? 'has a null character' : undefined;
}

/** + and # stand for levels, in filters only. */
function hasWildcard(text: string): boolean {
  return text.includes('+') || text.includes('#');
}

/** What is wrong with a message that a device publishes, whoever the device is. */
export function problemOfPublish(message: {
  readonly topic: string;
  readonly qos: number;
  readonly bytes: number;
}): string | undefined {
  const { topic, qos, bytes } = message;
  const name = problemOfName(topic);
  if (name !== undefined) return `the topic ${name}`;
  if (hasWildcard(topic)) return 'a topic to publish to has no + and no #';
  if (qos > 1) return 'quality of service 2 is not offered';
  return bytes > MAX_PAYLOAD_BYTES ? `the message has ${bytes} bytes; ${MAX_PAYLOAD_BYTES} are allowed` : undefined;
}

/** Why no service takes a message on a reserved topic, though the policies allow it. */
export function problemOfReserved(topic: string, retain: boolean): string | undefined {
  if (!topic.startsWith('$')) return undefined;
  if (retain) return 'a message to a reserved topic cannot be retained';
  return PUBLISHABLE.some((pattern) => pattern.test(topic))
    ? undefined
    : 'devices cannot publish to this reserved topic';
}

/** What is wrong with a filter that a device subscribes to. */
export function problemOfFilter(filter: string, qos: number): string | undefined {
  if (qos > 1) return 'quality of service 2 is not offered';
  if (filter.startsWith('$SYS/')) return 'there is no such reserved topic';
  const name = problemOfName(filter);
  if (name !== undefined) return `the topic filter ${name}`;
  const levels = filter.split('/');
  const isWrong = (level: string, at: number): boolean =>
    hasWildcard(level) && level !== '+' && !(level === '#' && at === levels.length - 1);
  return levels.some(isWrong) ? '+ stands for a whole level of a topic filter, and # for all that follow' : undefined;
}
