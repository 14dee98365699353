/** Any one wildcard, reference, escape or character of a resource pattern. */
const UNITS = /\$\{Token\[[^\]]*\]\}|\$\{[^}]*\}|\$\([*?$]\)|[\s\S]/gu;

/**
 * Whether each resource that `narrow` matches is matched by `wide` too, whatever its variables stand for.
 *
 * A variable, wildcard or escape (`$(*)` is a plain asterisk) in `narrow` is one indivisible unit that only `*` or the same unit
 * covers, so a yes is certain; a no may be cautious.
 */
export function covers(wide: string, narrow: string): boolean {
  const plain = wide.search(/[*?]/);
  if (plain < 0) return wide === narrow;
  if (!narrow.startsWith(wide.slice(0, plain))) return false;
  const pattern = units(wide);
  const text = units(narrow);
  let at = 0;
  let star = -1;
  let resume = 0;
  let next = 0;
  while (at < text.length) {
    if (pattern[next] === '*') {
      star = next++;
      resume = at;
    } else if (next < pattern.length && coversUnit(pattern[next] as string, text[at] as string)) {
      next++;
      at++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  return pattern.slice(next).every((unit) => unit === '*');
}

function coversUnit(wide: string, narrow: string): boolean {
  // A single character has at most two units of UTF-16; references and escapes are longer.
  return wide === narrow || (wide === '?' && narrow !== '*' && narrow.length < 3);
}

function units(resource: string): string[] {
  return resource.match(UNITS) ?? [];
}
