import type { Problems } from '../internal/problems';
import { quote } from '../internal/quote';
import { hasToken, mayMatch } from './tokens';
import { levelBytes, printLevel } from './topic-level';
import { THING_NAME } from './variables';

const THING = '${' + THING_NAME + '}';

/** @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits */
const MAX_BYTES = 256;
const MAX_SLASHES = 7;

/** @see https://docs.aws.amazon.com/iot/latest/apireference/API_CreateTopicRule.html */
const RULE_NAME = /^[a-zA-Z0-9_]{1,128}$/;
const RULE_CHARACTERS = /^[a-zA-Z0-9_]*$/;

/** `$aws/rules/RULE`, which counts for neither limit. */
const BASIC_INGEST_LEVELS = 3;

export function isWildcard(level: string | undefined): boolean {
  return level === '+' || level === '#';
}

export function isShared(levels: readonly string[]): boolean {
  return levels[0] === '$share';
}

export function isBasicIngest(levels: readonly string[]): boolean {
  return levels[0] === '$aws' && levels[1] === 'rules';
}

/** Checks what the levels, each valid by itself, are together. */
export function checkTopic(levels: readonly string[], problems: Problems): void {
  const shown = quote(levels.map(printLevel).join('/'));
  if (levels.length === 0) problems.report('TopicInvalid', 'a topic needs at least one level');
  if (levels.slice(0, -1).includes('#')) {
    problems.report('TopicWildcardMisplaced', `'#' must be the last level, got ${shown}`);
  }
  const reserved = reservedProblem(levels);
  if (reserved !== undefined) problems.report('TopicReserved', `${reserved}, got ${shown}`);
  checkSize(levels, `topic ${shown}`, problems);
}

function reservedProblem(levels: readonly string[]): string | undefined {
  const [first = '', second, third] = levels;
  if (!/^\$[^{]/.test(first)) return undefined;
  if (first !== '$aws' && first !== '$share')
    return "topics that start with '$' are reserved: only $aws/ and $share/ exist";
  if (first === '$aws' && (second === undefined || isWildcard(second))) {
    return 'a reserved topic must name its service after $aws/';
  }
  if (isBasicIngest(levels) && (third === undefined || levels.some(isWildcard))) {
    return 'a Basic Ingest topic is $aws/rules/RULE, with levels after it or not, and without wildcards';
  }
  if (isBasicIngest(levels) && third !== undefined && !mayMatch(third, RULE_NAME, RULE_CHARACTERS)) {
    return "the rule of a Basic Ingest topic ($aws/rules/RULE) must have 1 to 128 letters, digits and '_'";
  }
  if (isShared(levels) && (third === undefined || isWildcard(second) || third === '$share')) {
    return 'a shared subscription is $share/NAME/FILTER';
  }
  return undefined;
}

/** @param what the topic as messages name it */
export function checkSize(levels: readonly string[], what: string, problems: Problems): void {
  const counted = isBasicIngest(levels) ? levels.slice(BASIC_INGEST_LEVELS) : levels;
  const slashes = Math.max(counted.length - 1, 0);
  const bytes = counted.reduce((sum, level) => sum + levelBytes(level), slashes);
  if (bytes > MAX_BYTES) {
    problems.report(
      'TopicTooLong',
      `${what} can have ${bytes} bytes (with a thing name of 128), at most ${MAX_BYTES} are allowed`,
    );
  }
  // AWS documents reserved topics of its own with 8 slashes (commands/.../response/accepted/json).
  const depthIsOurs = levels[0] !== '$aws' || isBasicIngest(levels);
  if (slashes > MAX_SLASHES && depthIsOurs) {
    problems.report('TopicTooDeep', `${what} has ${slashes} slashes, at most ${MAX_SLASHES} are allowed`);
  }
}

/**
 * Why a pattern covers devices besides the connected one; `undefined` if it does not.
 *
 * A first level that varies covers everything; so does anything but the connected thing where a reserved topic names one.
 */
export function broadness(levels: readonly string[]): string | undefined {
  const [first, second, third, fourth] = levels;
  if (isWildcard(first)) return 'start it with a level of text or with Topic.THING';
  const name = second === 'things' ? third : fourth;
  const perThing = first === '$aws' && (second === 'things' || (second === 'commands' && third === 'things'));
  if (first === '$aws' && second === 'commands' && isWildcard(third))
    return 'name things/ and Topic.THING after $aws/commands/';
  // A thing named by its name is another one for all devices but one.
  const own = name === THING || (name !== undefined && hasToken(name));
  return perThing && !own ? 'put Topic.THING where the thing name is' : undefined;
}
