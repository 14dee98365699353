import { ACTIONS } from './actions';
import type { AccessCell, AccessRow, MatrixGrant } from './matrix';

/** An action and what it may be done to, as lines for a person. */
export interface AccessLines {
  readonly title: string;
  readonly grants: readonly MatrixGrant[];
  /** Said instead of the grants. */
  readonly instead?: string;
}

/** The cells of a row; a last will that may go wherever messages may is said in one line. */
export function linesOf({ may }: AccessRow): AccessLines[] {
  const publish = may.find(({ action }) => action === 'publish');
  return may.map((cell) => {
    const title = ACTIONS.find(({ id }) => id === cell.action)?.title ?? cell.action;
    const isSame = cell.action === 'will' && publish !== undefined && key(publish) === key(cell);
    return isSame ? { title, grants: [], instead: 'what it may publish to' } : { title, grants: cell.grants };
  });
}

function key({ grants }: AccessCell): string {
  return JSON.stringify(grants.map(({ pattern, except, when, given }) => [pattern, except, when, given]));
}

/** Why a row is empty. */
export function emptyReason({ kind, policies }: AccessRow): string {
  if (policies.length > 0) return 'Nothing: no policy lets it connect or do anything.';
  return kind === 'foreign'
    ? 'Nothing: no policy hangs on the certificate, and those of groups count only under the own name.'
    : 'Nothing: it has no policy.';
}

/** What bounds a grant, in words. */
export function limitsOf({ except, when, given }: MatrixGrant): string[] {
  return [
    ...(except.length === 0 ? [] : [`except ${except.join(', ')}`]),
    ...(when.length === 0 ? [] : [`when ${when.join(' and ')}`]),
    ...(given.length === 0 ? [] : [`where ${given.join(' or ')}`]),
  ];
}

export const BELONGS_TITLES = {
  own: 'its own',
  others: 'also of other things',
  shared: 'the same for all',
} as const;
