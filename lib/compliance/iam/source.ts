import { type Hole, isMap, listOf, partsOf, type Value, type ValueMap } from '../model/value';

/** On whose behalf a service may act: of anybody, of a named account, or of one that only the deployment knows. */
export type Source = 'anybody' | 'named' | 'unknown';

const SOURCES = ['aws:sourceaccount', 'aws:sourcearn'];
/** Stands for what may be anything, in a text that is taken apart. */
const UNKNOWN = '\uFFFC';
const NAMED = '.';

/** What one account or ARN says: it may be a wildcard, leave the account out, or not be there. */
export function sourceOf(value: Value | undefined): Source {
  const text = (partsOf(value) ?? ['*']).map((part) => (typeof part === 'string' ? part : shown(part))).join('');
  const account = text.startsWith('arn:') ? (text.split(':', 5)[4] ?? '') : text;
  if (account === '' || account.includes('*') || account.includes('?')) return 'anybody';
  return account.includes(UNKNOWN) ? 'unknown' : 'named';
}

/** Of what names something, nothing counts but that it does; its label has characters that mean something in an ARN. */
function shown({ known, open, isPlain }: Hole): string {
  return known ?? (open && !isPlain ? UNKNOWN : NAMED);
}

/** The best of what several sources say: each of them is asked for. */
export function boundBy(sources: readonly Source[]): Source {
  return sources.includes('named') ? 'named' : sources.includes('unknown') ? 'unknown' : 'anybody';
}

/** For which account or resource a trust statement lets a service act. */
export function sourceAsked(statement: ValueMap): Source {
  const blocks = isMap(statement.Condition) ? Object.entries(statement.Condition) : [];
  const asked = blocks.flatMap(([operator, block]) =>
    isMap(block) && !excludes(operator) && !isOfAll(operator) ? Object.entries(block) : [],
  );
  return boundBy(asked.filter(([key]) => SOURCES.includes(key.toLowerCase())).map(([, value]) => worstOf(value)));
}

/** One of the values is enough for a request. */
function worstOf(values: Value): Source {
  const each = listOf(values).map(sourceOf);
  if (each.length === 0 || each.includes('anybody')) return 'anybody';
  return each.includes('unknown') ? 'unknown' : 'named';
}

/** Operators that exclude values, or hold where there is none: they ask for nothing. */
export function excludes(operator: string): boolean {
  const name = operator.toLowerCase();
  return name.includes('not') || name.startsWith('null') || name.endsWith('ifexists');
}

/** `ForAllValues` also holds where a request has no value of the key. */
function isOfAll(operator: string): boolean {
  return operator.toLowerCase().startsWith('forallvalues:');
}
