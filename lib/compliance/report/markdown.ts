import { printable } from './printable';

const PUNCTUATION = new Set('\\`*_{}[]()#+-.!|~=$^"\'');

/** Text that Markdown shows as it is: no markup, no HTML, no links, no mentions, on one line. */
export function text(raw: string): string {
  return [...printable(raw)].map(escaped).join('');
}

function escaped(char: string): string {
  if (char === '&') return '&amp;';
  if (char === '<') return '&lt;';
  if (char === '>') return '&gt;';
  // Addresses and mentions become links by themselves.
  if (char === ':' || char === '@') return `&#${char.charCodeAt(0)};`;
  return PUNCTUATION.has(char) ? `\\${char}` : char;
}

/** A text as code, in a fence that it cannot close. In a table `|` would end the cell. */
export function code(raw: string, inTable = false): string {
  const shown = printable(raw);
  let longest = 0;
  let run = 0;
  for (const char of shown) {
    run = char === '`' ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  const fence = '`'.repeat(longest + 1);
  const padded = shown.startsWith('`') || shown.endsWith('`') || shown === '' ? ` ${shown} ` : shown;
  return `${fence}${inTable ? padded.replaceAll('|', '\\|') : padded}${fence}`;
}
