const SHOWN = 80;

/** The value as a message shows it: never longer than a line, control characters escaped, and never a private key. */
export function quote(value: string): string {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY/.test(value)) return '(a private key, not shown)';
  const shown = value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
  return JSON.stringify(shown);
}
