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

/** The known name that is nearest, if it is near enough to be a slip of the finger. */
export function didYouMean(name: string, known: readonly string[]): string {
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [nearest] = ranked;
  return nearest !== undefined && nearest.distance <= Math.max(1, Math.floor(nearest.candidate.length / 3))
    ? `. Did you mean '${nearest.candidate}'?`
    : '';
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
