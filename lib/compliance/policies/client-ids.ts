import type { PolicyStatement } from './document';
import { hasWildcard, type Piece, piecesOf } from './pattern';

export function isOnClientId(key: string): boolean {
  return key.toLowerCase() === 'iot:clientid';
}

/** Patterns that a statement's conditions compare the client id with: a list may have one beside the device's own name. */
export function clientPatterns({ conditions }: PolicyStatement): string[] {
  return conditions
    .filter(({ operator, key }) => operator.toLowerCase().includes('like') && isOnClientId(key))
    .flatMap(({ values }) => values.filter(hasWildcard));
}

/** Whether a condition is content with a client id that is part of what the device has of its own: `${iot:ClientId}*`. */
export function asksForPartOfName({ conditions }: PolicyStatement): boolean {
  return conditions.some(
    ({ operator, key, values }) =>
      operator.toLowerCase().includes('like') && !isOnClientId(key) && values.some(isPartOfMore),
  );
}

function isPartOfMore(value: string): boolean {
  const pieces = piecesOf(value);
  const isClientId = (piece: Piece): boolean =>
    piece.kind === 'variable' && piece.name.toLowerCase() === 'iot:clientid';
  return pieces.some(isClientId) && pieces.some(({ kind }) => kind === 'wildcard');
}

/** Names that another device may have, and that stand in the device's own. */
export function partsOfName(name: string): string[] {
  return [name.slice(0, -1), name.slice(1), name.slice(1, -1)];
}
