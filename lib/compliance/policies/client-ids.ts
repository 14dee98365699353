import type { PolicyCondition, PolicyStatement } from './document';
import { hasWildcard, isIdentity, type Piece, piecesOf } from './pattern';
import { type Devices, SHARED } from './persona';

const CLIENT_ID = 'iot:clientid';

export function isOnClientId(key: string): boolean {
  return key.toLowerCase() === CLIENT_ID;
}

/** Patterns that a statement's conditions compare the client id with: a list may have one beside the device's own name. */
export function clientPatterns({ conditions }: PolicyStatement): string[] {
  return conditions
    .filter(({ operator, key }) => operator.toLowerCase().includes('like') && isOnClientId(key))
    .flatMap(({ values }) => values.filter(hasWildcard));
}

/** A device with a name to its liking, and the client id of another under which it may be let in. */
export interface Disguise {
  readonly devices: Devices;
  readonly clientId: string;
}

/**
 * Who gets in where a condition compares what a device has of its own with more, or less, than its whole client id:
 * `${iot:ClientId}-*` lets `device-b-x` connect as `device-b`. What whole fleets have in common lets all of them in as one.
 */
export function disguisesOf({ conditions }: PolicyStatement, devices: Devices): Disguise[] {
  return conditions.filter(({ key }) => !isOnClientId(key)).flatMap((condition) => disguised(condition, devices));
}

function disguised({ operator, key, values }: PolicyCondition, devices: Devices): Disguise[] {
  const name = operator.toLowerCase();
  const patterns = values.map(piecesOf).filter((pieces) => pieces.some(isClientId));
  if (patterns.length === 0) return [];
  if (!isOwnKey(key)) return [SHARED, SHARED.slice(1), SHARED.slice(0, -1)].map((clientId) => ({ devices, clientId }));
  const other = { devices, clientId: devices.a.toUpperCase() };
  const longer = patterns
    .filter((pieces) => name.includes('like') && pieces.some(({ kind }) => kind === 'wildcard'))
    .map((pieces) => as(nameFor(pieces, devices.b), devices));
  return [...(name.includes('ignorecase') ? [other] : []), ...longer];
}

/** Whether devices differ in the value of a key. */
function isOwnKey(key: string): boolean {
  return isIdentity(key) || key.toLowerCase() === 'cognito-identity.amazonaws.com:sub';
}

function as(own: string, { b }: Devices): Disguise {
  return { devices: { a: own, b, longer: `${own}0` }, clientId: b };
}

/** A name that fits a pattern for a client id. */
function nameFor(pieces: readonly Piece[], clientId: string): string {
  return pieces
    .map((piece) => (piece.kind === 'text' ? piece.text : piece.kind === 'wildcard' ? 'x' : clientId))
    .join('');
}

function isClientId(piece: Piece): boolean {
  return piece.kind === 'variable' && piece.name.toLowerCase() === CLIENT_ID;
}
