import { Token } from 'aws-cdk-lib';
import type { ErrorCode } from '../internal/diagnostics';
import { quote } from '../internal/quote';

/** Something that is wrong with a behavior: where, by the names of the JSON form, and what, in words that follow it. */
export interface BehaviorProblem {
  readonly at: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What is wrong with the items of a list: each by itself, and those that stand there twice. */
export function listProblems<T extends string | number>(
  at: string,
  code: ErrorCode,
  values: readonly T[],
  problemOf: (value: T) => string | undefined,
): BehaviorProblem[] {
  if (Token.isUnresolved(values)) return [];
  const seen = new Set<T>();
  return values.flatMap((value, index) => {
    if (Token.isUnresolved(value)) return [];
    const message = seen.has(value) ? 'must not be there twice' : problemOf(value);
    seen.add(value);
    if (message === undefined) return [];
    return [
      { at: `${at}[${index}]`, code, message: `${message}, got ${typeof value === 'string' ? quote(value) : value}` },
    ];
  });
}

/** `a, b or c`. */
export function inWords(items: readonly string[]): string {
  return items.length === 1 ? `${items[0]}` : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;
}
