/**
 * A name that stands twice in one object of a JSON text that can be parsed. Who parses it takes the last one without a word,
 * and somebody else may take the first.
 */
export function repeatedKey(text: string): string | undefined {
  /** Names of the objects around; undefined for a list. */
  const around: (Set<string> | undefined)[] = [];
  let last = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') {
      const end = endOfString(text, at);
      last = text.slice(at, end);
      at = end - 1;
    } else if (char === ':') {
      const names = around.at(-1);
      const name = last.includes('\\') ? JSON.stringify(JSON.parse(last)) : last;
      if (names?.has(name) === true) return JSON.parse(name) as string;
      names?.add(name);
    } else if (char === '{') around.push(new Set());
    else if (char === '[') around.push(undefined);
    else if (char === '}' || char === ']') around.pop();
  }
  return undefined;
}

/** The place behind the quotation mark that ends a text. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') return at + 1;
    if (char === '\\') at++;
  }
  return text.length;
}
