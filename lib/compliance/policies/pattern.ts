import { matches, wildcards } from '../../policy/evaluator/glob';
import { Recent } from './recent';

/** A piece of a resource pattern: text, a policy variable, or a wildcard. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly fallback?: string }
  | { readonly kind: 'wildcard'; readonly text: '*' | '?' };

const MAX_LENGTH = 20_000;
const ESCAPES = ['*', '?', '$'];

/** Longer ones are rare, and would only fill the memory. */
const MAX_KEPT_LENGTH = 256;
const TAKEN_APART = new Recent<readonly Piece[]>(1_000);

/** Takes a resource pattern apart. `${*}` and `$(*)` are the characters themselves. */
export function piecesOf(pattern: string): readonly Piece[] {
  // No resource is so long; whatever it is, it names nobody.
  if (pattern.length > MAX_LENGTH) return [{ kind: 'wildcard', text: '*' }];
  if (pattern.length > MAX_KEPT_LENGTH) return takeApart(pattern);
  return TAKEN_APART.get(pattern, () => takeApart(pattern));
}

function takeApart(pattern: string): Piece[] {
  const pieces: Piece[] = [];
  let text = '';
  const lastClose = pattern.lastIndexOf('}');
  const flush = (): void => {
    if (text !== '') pieces.push({ kind: 'text', text });
    text = '';
  };
  for (let at = 0; at < pattern.length;) {
    const four = pattern.slice(at, at + 4);
    const escaped = ESCAPES.find((char) => four === `\${${char}}` || four === `$(${char})`);
    const close = at < lastClose && pattern.startsWith('${', at) ? pattern.indexOf('}', at) : -1;
    const char = pattern.charAt(at);
    if (escaped !== undefined) {
      text += escaped;
      at += 4;
    } else if (close > 0) {
      flush();
      pieces.push(variable(pattern.slice(at + 2, close)));
      at = close + 1;
    } else {
      if (char === '*' || char === '?') {
        flush();
        pieces.push({ kind: 'wildcard', text: char });
      } else text += char;
      at++;
    }
  }
  flush();
  return pieces;
}

/** `${name}`, or `${name, 'default'}`. */
function variable(inner: string): Piece {
  const comma = inner.indexOf(',');
  return comma < 0
    ? { kind: 'variable', name: inner }
    : { kind: 'variable', name: inner.slice(0, comma), fallback: inner.slice(comma + 1) };
}

export function hasWildcard(pattern: string): boolean {
  if (!pattern.includes('*') && !pattern.includes('?')) return false;
  return piecesOf(pattern).some(({ kind }) => kind === 'wildcard');
}

/** Whether a variable has a value of its own for each device. A client chooses its client id itself. */
export function isIdentity(variable: string): boolean {
  const name = variable.toLowerCase();
  if (name === 'iot:connection.thing.thingname' || name.startsWith('iot:connection.thing.attributes[')) return true;
  if (name === 'iot:certificateid' || name === 'iot:certificate.serialnumber') return true;
  const subject = 'iot:certificate.subject.';
  return name.startsWith(subject) && !SHARED_FIELDS.some((field) => name.startsWith(subject + field));
}

/** Fields of a subject that whole fleets have in common. */
const SHARED_FIELDS = ['country', 'organization', 'state'];

/**
 * Whether a device's own name stands in a level of its own before the first wildcard.
 *
 * `dt/${ThingName}/*` is bounded; `dt/${ThingName}*` is not, since one thing's name may begin with another's.
 */
export function isBounded(pieces: readonly Piece[], isOwn: (piece: Piece) => boolean): boolean {
  const wildcard = pieces.findIndex(({ kind }) => kind === 'wildcard');
  const before = wildcard < 0 ? pieces : pieces.slice(0, wildcard);
  return before.some((piece, index) => {
    if (!isOwn(piece)) return false;
    const rest = before.slice(index + 1);
    return (wildcard < 0 && rest.length === 0) || rest.some((each) => each.kind === 'text' && each.text.includes('/'));
  });
}

/** The name that a resource pattern covers for a type (`topic`, `client`...), undefined if none; the widest, where a wildcard stands for the type. */
export function nameOf(resource: string, type: string): string | undefined {
  const name = afterArn(resource);
  if (name === undefined) return resource.includes('*') ? '*' : undefined;
  if (name.startsWith(`${type}/`)) return name.slice(type.length + 1);
  if (!name.startsWith('*') && name.charAt(0) !== type.charAt(0) && name.charAt(0) !== '?') return undefined;
  const rests = restsAfter(name, `${type}/`);
  return rests.find((rest) => rest.startsWith('*')) ?? rests[0];
}

/** What may be left of a pattern once it has matched a text: `top*s/x` after `topic/` leaves `*s/x`. */
function restsAfter(pattern: string, text: string): string[] {
  let places = new Set([0]);
  for (const char of text) {
    const next = new Set<number>();
    for (const place of starting(places, pattern)) {
      const own = pattern.charAt(place);
      if (own === '*') next.add(place);
      else if (own === '?' || own === char) next.add(place + 1);
    }
    places = next;
  }
  return [...places].map((place) => pattern.slice(place));
}

/** The places, and those behind the stars at them: a star may stand for nothing. */
function starting(places: ReadonlySet<number>, pattern: string): Set<number> {
  const all = new Set<number>();
  for (let place of places) {
    all.add(place);
    while (pattern.charAt(place) === '*') all.add(++place);
  }
  return all;
}

/** What follows the fifth colon. Undefined where a wildcard may stand for colons too. */
export function afterArn(resource: string): string | undefined {
  if (!resource.startsWith('arn:')) return undefined;
  let colon = 'arn'.length;
  for (let part = 0; part < 4 && colon >= 0; part++) colon = resource.indexOf(':', colon + 1);
  return colon < 0 ? undefined : resource.slice(colon + 1);
}

/** Whether a pattern with `*` and `?`, however long, stands for a name, among others. */
export function matchesName(pattern: string, name: string): boolean {
  // Most patterns are plain names.
  if (!pattern.includes('*') && !pattern.includes('?')) return pattern === name;
  // Each character that is no `*` stands for one of the name.
  let spelled = 0;
  for (let at = 0; at < pattern.length && spelled <= name.length; at++) if (pattern.charAt(at) !== '*') spelled++;
  return spelled <= name.length && matches(wildcards(pattern.replace(/\*+/g, '*')), name);
}
