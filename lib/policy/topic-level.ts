import type { Problems } from '../internal/problems';
import { escapeInvisible, holdsPrivateKey, quote } from '../internal/quote';
import { isToken, LIST_TOKEN, longestValue } from './tokens';
import { fromShorthand, isVariable, THING_NAME, toShorthand } from './variables';

/** Where what is wrong with a level is reported. */
type Reports = Pick<Problems, 'report'>;

/** Longest name of a thing. @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html */
const LONGEST_THING_NAME = 128;

/** Longer than the variables of any topic of 256 bytes are; keeps the checks quick whatever is given. */
const MAX_TEXT = 4096;

/** `${...}` of any kind: a policy variable or a value that CloudFormation fills in. */
const REFERENCE = /\$\{[^}]*\}/g;

/** Checks one level as a user wrote it and returns it in AWS's spelling. */
export function normalizeLevel(level: string, problems: Reports): string {
  if (typeof level !== 'string' || level.length > MAX_TEXT) {
    problems.report('TopicInvalid', `a topic level must be text of at most ${MAX_TEXT} characters`);
    return '';
  }
  if (level === '') {
    problems.report('TopicInvalid', "a topic level must not be empty: leave out leading, trailing and double '/'");
    return level;
  }
  if (holdsPrivateKey(level)) {
    problems.report('PrivateKeyGiven', 'a topic level holds a private key (not shown)');
    return level;
  }
  if (level.startsWith(LIST_TOKEN)) {
    problems.report('TopicInvalid', 'the levels must be a list that is known at synth: give each level on its own');
    return level;
  }
  checkLiterals(level, problems);
  return level.replace(REFERENCE, (reference) => normalizeReference(reference, problems));
}

function normalizeReference(reference: string, problems: Reports): string {
  if (isToken(reference)) return reference;
  const name = fromShorthand(reference.slice(2, -1));
  if (!isVariable(name)) {
    // What only looks like a token was written by somebody, and is shown.
    const shown = reference.startsWith('${Token[') ? `"${escapeInvisible(reference)}"` : quote(reference);
    problems.report(
      'TopicVariableUnknown',
      `${shown} is not a variable that a topic can use: use \${thing}, \${thingType}, \${attribute.NAME} or a certificate variable (a client chooses its client id freely, so that is none)`,
    );
  }
  return '${' + name + '}';
}

/** What is left of a level without its references may hold no character that means something. */
function checkLiterals(level: string, problems: Reports): void {
  if (level === '+' || level === '#') return;
  const literals = level.split(REFERENCE);
  const text = literals.join('\n');
  if (/[+#]/.test(text)) {
    problems.report('TopicWildcardMisplaced', `'+' and '#' must be whole levels, got ${quote(level)}`);
  }
  if (/[*?]/.test(text)) {
    problems.report(
      'TopicInvalid',
      `'*' and '?' in a level would widen the policy to other topics, got ${quote(level)}: use Topic.ANY or Topic.REST for levels that vary`,
    );
  }
  if (text.includes('/')) {
    problems.report('TopicInvalid', `a level must not contain '/', got ${quote(level)}: give each level on its own`);
  }
  // To make an expression with classes of all of Unicode takes longer than all else about a level.
  const isAscii = literals.every((literal) => /^[ -~]*$/.test(literal));
  if (!isAscii && literals.some((literal) => /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(literal))) {
    problems.report('TopicInvalid', `a level must be printable text in valid UTF-8, got ${quote(level)}`);
  }
  if ((isAscii ? /\$(?![A-Za-z])/ : /\$(?!\p{L})/u).test(text) || text.indexOf('$', 1) > 0) {
    problems.report(
      'TopicInvalid',
      `'$' is for the reserved names at the start of a level and for whole variables, got ${quote(level)}`,
    );
  }
}

/** Bytes of a level once it is filled in: the longest thing name, and at least one for what is unknown. */
export function levelBytes(level: string): number {
  let bytes = 0;
  const rest = level.replace(REFERENCE, (reference) => {
    bytes += referenceBytes(reference);
    return '';
  });
  return bytes + Buffer.byteLength(rest, 'utf8');
}

function referenceBytes(reference: string): number {
  if (reference === '${' + THING_NAME + '}') return LONGEST_THING_NAME;
  return longestValue(reference)?.length ?? 1;
}

/** A level as fleet files write it. */
export function printLevel(level: string): string {
  return level.replace(REFERENCE, (reference) =>
    reference.startsWith('${Token[') ? reference : '${' + toShorthand(reference.slice(2, -1)) + '}',
  );
}

/** Splits text that a user wrote, which may be anything. Text that is far too long becomes one level, which fails. */
export function splitLevels(text: string): string[] {
  return typeof text === 'string' && text.length <= MAX_TEXT ? splitOutsideReferences(text) : [text];
}

/** Splits at each '/' that is not inside `${...}` (names of attributes may hold one). */
function splitOutsideReferences(text: string): string[] {
  const levels: string[] = [''];
  const pieces = text.split(/(\$\{[^}]*\})/);
  pieces.forEach((piece, index) => {
    const [first, ...others] = index % 2 === 1 ? [piece] : piece.split('/');
    levels[levels.length - 1] += first;
    levels.push(...others);
  });
  return levels;
}
