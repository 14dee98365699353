/** The topic filter of a rule's SQL: what stands in quotes after FROM. */
export function topicOf(sql: string): string | undefined {
  const from = positionOfFrom(sql);
  if (from < 0) return undefined;
  const quoted = sql.slice(from + 4).trim();
  const quote = quoted.charAt(0);
  return quote === "'" || quote === '"' ? quoted.slice(1, quoted.indexOf(quote, 1)) : quoted.split(/\s/, 1)[0];
}

/** Where the word FROM stands outside of quotes and parentheses; -1 where it does not. */
function positionOfFrom(sql: string): number {
  let depth = 0;
  for (let at = 0; at < sql.length; at++) {
    const char = sql.charAt(at);
    if (char === "'" || char === '"') {
      const end = sql.indexOf(char, at + 1);
      if (end < 0) return -1;
      at = end;
    } else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (depth === 0 && isWordAt(sql, at)) return at;
  }
  return -1;
}

function isWordAt(sql: string, at: number): boolean {
  if (!'fF'.includes(sql.charAt(at)) || sql.slice(at, at + 4).toUpperCase() !== 'FROM') return false;
  return ![sql.charAt(at - 1), sql.charAt(at + 4)].some((char) => /\w/.test(char));
}
