/** The line on which each resource of a template in JSON begins. */
export function linesOf(text: string, body: unknown): { [logicalId: string]: number } {
  const resources = (body as { Resources?: unknown } | null)?.Resources;
  if (typeof resources !== 'object' || resources === null) return {};
  const lines: { [logicalId: string]: number } = {};
  let at = Math.max(0, text.indexOf('"Resources"'));
  let line = newlines(text, 0, at) + 1;
  // Members are in the order of the text, so that one walk finds all.
  for (const id of Object.keys(resources)) {
    const next = text.indexOf(`${JSON.stringify(id)}:`, at);
    if (next < 0) continue;
    line += newlines(text, at, next);
    at = next;
    lines[id] = line;
  }
  return lines;
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
