const SHOWN = 80;

/** What stands in a message in place of a private key. */
export const KEY_NOT_SHOWN = '(a private key, not shown)';

export function holdsPrivateKey(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text);
}

/** The value as a message shows it: never longer than a line, control characters escaped, and never a private key; `<token>` for what is not known at synth. */
export function quote(value: string): string {
  if (holdsPrivateKey(value)) return KEY_NOT_SHOWN;
  const text = value.replace(/[$#]\{Token\[[^\]]*\]\}/g, '<token>');
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return escapeInvisible(JSON.stringify(shown));
}

/** What a terminal would obey and not show (control characters, changes of direction, zero width) as `\u` and its number. */
export function escapeInvisible(text: string): string {
  // Nearly all texts are that, and the classes of Unicode take longer to set up than all that is quoted in a synth.
  if (/^[ -~]*$/.test(text)) return text;
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  );
}
