/** Of a dimension, in the service. */
export const MAX_TOPIC_FILTERS = 100;
/** Of a dimension, in its CloudFormation resource type. */
export const MAX_DIMENSION_FILTERS = 5;
/** In UTF-8, as MQTT has topics. */
const MAX_BYTES = 256;
const CLIENT_ID = '${iot:ClientId}';

/** What is wrong with a topic filter of a dimension, in words that follow its name; undefined when it is right. */
export function topicFilterProblem(filter: string): string | undefined {
  const bytes = Buffer.byteLength(filter);
  if (bytes === 0 || bytes > MAX_BYTES) return `must have 1 to ${MAX_BYTES} bytes, got ${bytes}`;
  // eslint-disable-next-line no-control-regex -- MQTT forbids the null character and AWS IoT refuses control characters
  if (/[\u0000-\u001f\u007f]/.test(filter)) return 'must not contain control characters';
  if (/\p{Cs}/u.test(filter)) return 'must be valid Unicode';
  const levels = filter.split('/');
  const wild = levels.findIndex((level) => level.includes('#'));
  if (wild >= 0 && (levels[wild] !== '#' || wild !== levels.length - 1)) {
    return "may have '#' only alone in the last level";
  }
  if (levels.some((level) => level.includes('+') && level !== '+')) return "may have '+' only alone in a level";
  if (filter.replaceAll(CLIENT_ID, '').includes('${')) return `may have no variable but ${CLIENT_ID}`;
  return undefined;
}
