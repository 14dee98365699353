/** Text from a template, safe for a terminal: control characters (which move cursors and hide lines) are shown, not sent. */
export function printable(text: string): string {
  return [...text].map((char) => (isControl(char.codePointAt(0) as number) ? escaped(char) : char)).join('');
}

function isControl(code: number): boolean {
  // C0, C1 and DEL; what has no width; marks that change the direction of text; separators.
  return (
    code < 0x20 ||
    (code >= 0x7f && code < 0xa0) ||
    code === 0xad ||
    code === 0x061c ||
    (code >= 0x200b && code <= 0x200f) ||
    code === 0xfeff ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    code === 0x2028 ||
    code === 0x2029
  );
}

function escaped(char: string): string {
  return `\\u${(char.codePointAt(0) as number).toString(16).padStart(4, '0')}`;
}
