import { isBounded, isIdentity, nameOf, type Piece, piecesOf } from './pattern';
import { type Devices, SHARED } from './persona';

const CLIENT_ID = 'iot:clientid';
const COGNITO = 'cognito-identity.amazonaws.com:sub';

/** Literal client ids that a policy's own `Connect` names: a policy for one device says its name in full. */
export type OwnNames = readonly string[];

/**
 * Names that are another device's, out of what a resource pattern can match.
 *
 * Whether device A really reaches them is the evaluator's question.
 */
export function othersNames(
  pattern: string,
  type: string,
  devices: Devices,
  clientId: string,
  ownNames: OwnNames,
): string[] {
  const pieces = splitAtOwnNames(piecesOf(pattern), ownNames);
  const isOwn = (piece: Piece): boolean =>
    (piece.kind === 'variable' &&
      (isOwnVariable(piece.name) ||
        (isClientId(piece.name) && (clientId === devices.a || ownNames.includes(clientId))))) ||
    (piece.kind === 'text' && ownNames.includes(piece.text));
  const fill = (who: string, client: string, wildcard: string): string => render(pieces, who, client, wildcard);
  const mine = [devices.a, ...ownNames].map((client) => fill(devices.a, client, 'x'));
  const named = [fill(devices.b, devices.b, 'x'), fill(devices.a, devices.b, 'x'), fill(devices.a, clientId, 'x')];
  const names = named.filter((name) => !mine.includes(name));
  const levels = splitAtOwnNames(withoutShare(piecesOf(pattern)), ownNames);
  if (pieces.some(({ kind }) => kind === 'wildcard') && !isBounded(levels, isOwn)) {
    names.push(...fillings(pattern, devices, type).map((wildcard) => fill(devices.a, clientId, wildcard)));
  }
  if (namesAnother(pieces, type, ownNames) || (type === 'client' && isOfMany(pieces, isOwn)))
    names.push(fill(devices.a, clientId, 'x'));
  return [...new Set(names)];
}

const SHARE = '$share/';

/** What follows the name of the group in a shared filter; the group is no level of the topic. */
function withoutShare(pieces: readonly Piece[]): readonly Piece[] {
  const [first] = pieces;
  if (first?.kind !== 'text' || !first.text.startsWith(SHARE)) return pieces;
  let from = SHARE.length;
  for (const [index, piece] of pieces.entries()) {
    // A wildcard in the group's name stands for what follows too.
    if (piece.kind === 'wildcard') return pieces;
    const slash = piece.kind === 'text' ? piece.text.indexOf('/', from) : -1;
    if (piece.kind === 'text' && slash >= 0)
      return [{ kind: 'text', text: piece.text.slice(slash + 1) }, ...pieces.slice(index + 1)];
    from = 0;
  }
  return pieces;
}

const THINGS = '$aws/things/';

/** A thing that is named in full, in a policy for many devices: it is one of them, and not the others. */
function namesAnother(pieces: readonly Piece[], type: string, ownNames: OwnNames): boolean {
  const [first] = pieces;
  if (ownNames.length > 0 || first?.kind !== 'text') return false;
  if (type === 'thing') return pieces.length === 1;
  return type !== 'client' && first.text.startsWith(THINGS) && first.text.indexOf('/', THINGS.length) > THINGS.length;
}

/** A topic without wildcard in which no device's name stands: all devices write to the same. */
export function isOfAll(pattern: string, ownNames: OwnNames): string[] {
  return ownNames.length === 0 && piecesOf(pattern).every(({ kind }) => kind === 'text') ? [pattern] : [];
}

/** Things that resources name in full. */
export function literalThings(resources: readonly string[]): string[] {
  return resources.flatMap((resource) => {
    const topic = nameOf(resource, 'topic') ?? nameOf(resource, 'topicfilter') ?? '';
    const thing = topic.startsWith(THINGS) ? topic.split('/')[2] : nameOf(resource, 'thing');
    return thing === undefined || thing === '' || /[*?+#]/.test(thing) ? [] : [thing];
  });
}

/** A name that many devices have: made of variables, and none of them the device's own. */
function isOfMany(pieces: readonly Piece[], isOwn: (piece: Piece) => boolean): boolean {
  return (
    pieces.some((piece) => piece.kind === 'variable' && !isClientId(piece.name)) &&
    !pieces.some((piece) => isOwn(piece))
  );
}

/** What a wildcard may stand for; for a pattern that is nothing else, names that a person recognizes. */
function fillings(pattern: string, { b }: Devices, type: string): string[] {
  const wildcard = pattern.search(/[*?]/);
  const closed = wildcard === 0 || pattern.charAt(wildcard - 1) === '/';
  const longer = closed ? [] : ['0'];
  // Names of clients and things hold no levels.
  if (!type.startsWith('topic')) return [...longer, b];
  if (pattern === '*') return [`dt/${b}/telemetry`, `$aws/things/${b}/shadow/update`];
  return [...longer, b, `${b}/x`, `/${b}/x`, `things/${b}/shadow/update`, ''];
}

/** A filter in which a whole level is an MQTT wildcard, before the device's own name: it gathers from all devices. */
export function gathers(pattern: string, devices: Devices, clientId: string, ownNames: OwnNames): string | undefined {
  const pieces = splitAtOwnNames(piecesOf(pattern), ownNames);
  const filter = render(pieces, devices.a, clientId, 'x');
  // The group that shares a subscription is no level of the topic.
  const levels = filter.split('/').slice(filter.startsWith(SHARE) ? 2 : 0);
  const wildcard = levels.findIndex((level) => level === '+' || level === '#');
  const own = levels.findIndex((level) => level === devices.a || ownNames.includes(level));
  return wildcard >= 0 && (own < 0 || wildcard < own) ? filter : undefined;
}

function isOwnVariable(name: string): boolean {
  return isIdentity(name) || name.toLowerCase() === COGNITO;
}

function isClientId(name: string): boolean {
  return name.toLowerCase() === CLIENT_ID;
}

function render(pieces: readonly Piece[], who: string, clientId: string, wildcard: string): string {
  return pieces
    .map((piece) => {
      if (piece.kind === 'text') return piece.text;
      if (piece.kind === 'wildcard') return piece.text === '?' ? 'b' : wildcard;
      if (isClientId(piece.name)) return clientId;
      return isOwnVariable(piece.name) ? who : SHARED;
    })
    .join('');
}

/** Makes each level that is one of the policy's own literal names a piece of its own. */
function splitAtOwnNames(pieces: readonly Piece[], ownNames: OwnNames): Piece[] {
  if (ownNames.length === 0) return [...pieces];
  const text = (content: string): Piece[] => (content === '' ? [] : [{ kind: 'text', text: content }]);
  return pieces.flatMap((piece) =>
    piece.kind === 'text'
      ? piece.text.split('/').flatMap((level, place) => [...text(place === 0 ? '' : '/'), ...text(level)])
      : [piece],
  );
}
