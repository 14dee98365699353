import type { Decision } from './ports';

export function differs(what: string, closed: boolean, decision: Decision | undefined): string {
  if (decision === undefined) return `${what} was not decided${closed ? ': the connection had ended' : ''}`;
  return `${what} ${wordsOf(decision)}`;
}

export function wordsOf({ allowed, because, missing }: Decision): string {
  const by = because.map(({ label }) => label).join(', ');
  if (allowed) return `is allowed by ${by}`;
  return by === '' ? `is denied: ${missing ?? 'no statement allows it'}` : `is denied by ${by}`;
}

export function listOf(groups: readonly string[]): string {
  return groups.length === 0 ? 'no group' : `group ${groups.join(', ')}`;
}
