/** Whether a topic is one of a selection; `${iot:ClientId}` in a filter stands for the client id. */
export function inSelection(
  selection: { readonly filters: readonly string[]; readonly excluded: boolean },
  topic: string,
  clientId: string,
): boolean {
  const matched = selection.filters.some((filter) => matches(filter.replaceAll('${iot:ClientId}', clientId), topic));
  return matched !== selection.excluded;
}

/**
 * The rules of AWS IoT, as its rules and its broker have them: `+` is one level, `#` is one or more that follow (MQTT has the level
 * before it match as well), and neither stands for a first level that begins with `$`.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-from.html
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html#mqtt-differences
 */
export function matches(filter: string, topic: string): boolean {
  const expected = filter.split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && (expected[0] === '+' || expected[0] === '#')) return false;
  for (const [index, level] of expected.entries()) {
    if (index >= levels.length) return false;
    if (level === '#') return true;
    if (level !== '+' && level !== levels[index]) return false;
  }
  return expected.length === levels.length;
}
