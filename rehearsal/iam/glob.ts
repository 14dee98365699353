const cache = new Map<string, RegExp>();

/** Whether a text matches a pattern in which `*` stands for any characters and `?` for one. */
export function globMatches(pattern: string, text: string, ignoreCase = false): boolean {
  const key = (ignoreCase ? 'i' : 'c') + pattern;
  let compiled = cache.get(key);
  if (compiled === undefined) {
    // Runs of stars would make the matcher backtrack; one says the same.
    const source = pattern
      .replace(/\*+/g, '*')
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '[^]*')
      .replace(/\?/g, '[^]');
    compiled = new RegExp(`^${source}$`, ignoreCase ? 'i' : '');
    cache.set(key, compiled);
  }
  return compiled.test(text);
}

const ARN_PARTS = 6;

/** The six parts of an ARN, of which the last may contain colons; undefined where it is none. */
function partsOf(arn: string): string[] | undefined {
  const parts = arn.split(':');
  if (parts.length < ARN_PARTS || parts[0] !== 'arn') return undefined;
  return [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(':')];
}

/** Whether an ARN matches a pattern, part by part: a wildcard does not reach over a colon into the next part. */
export function arnMatches(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const expected = partsOf(pattern);
  const given = partsOf(arn);
  if (expected === undefined || given === undefined) return false;
  return expected.every((part, index) => globMatches(part, given[index] ?? ''));
}
