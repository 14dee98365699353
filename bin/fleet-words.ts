import { escapeInvisible, holdsPrivateKey, KEY_NOT_SHOWN } from '../lib/internal/quote';

const LONGEST_SHOWN = 60;

/** What was given, short enough to be read, and no private key. */
export function show(value: unknown): string {
  const text = (typeof value === 'number' ? String(value) : JSON.stringify(value)) ?? 'nothing';
  if (holdsPrivateKey(text)) return KEY_NOT_SHOWN;
  return escapeInvisible(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}

/** The name of a type with its article. */
export function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

export { didYouMean } from '../lib/internal/near';
