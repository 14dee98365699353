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
 * MQTT's rules: `+` is one part, `#` is all that follows and the part before it, and neither stands for a first part that begins
 * with `$`.
 *
 * @see https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html#_Toc398718106
 */
export function matches(filter: string, topic: string): boolean {
  const expected = filter.split('/');
  const parts = topic.split('/');
  if (topic.startsWith('$') && (expected[0] === '+' || expected[0] === '#')) return false;
  for (const [index, part] of expected.entries()) {
    if (part === '#') return true;
    if (index >= parts.length || (part !== '+' && part !== parts[index])) return false;
    if (index === parts.length - 1 && expected[index + 1] === '#') return true;
  }
  return expected.length === parts.length;
}
