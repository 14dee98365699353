import type { PolicyScope } from './policy-scope';
import { arnIn, isRelative, renderRule, type Rule } from './rule';
import { ANY_ACCOUNT, hasToken, longestValue, LONGEST_PARTITION, LONGEST_REGION, TOKENS } from './tokens';

/** Characters that AWS IoT allows in a policy document, white space not counted. */
export const MAX_DOCUMENT = 2048;

/** Characters of a document without its statements. */
const FRAME = '{"Version":"2012-10-17","Statement":[]}'.length;

/** What the statements of a document may add up to, each with the comma after it. */
export const CAPACITY = MAX_DOCUMENT - FRAME + 1;

/** Longest topic, in bytes; no other name that a policy holds is longer. */
const LONGEST_NAME = 256;

const LONGEST_PREFIX = `arn:${LONGEST_PARTITION}:iot:${LONGEST_REGION}:${ANY_ACCOUNT}:topicfilter/`;

/**
 * Characters of a statement once CloudFormation has filled in the longest values.
 *
 * White space inside names and what is not ASCII (in bytes of UTF-8) count, since AWS does not say how it counts them.
 */
export type RuleSize = (rule: Rule) => number;

export function sizeIn(scope: PolicyScope): RuleSize {
  const arnOf = arnIn({
    partition: hasToken(scope.partition) ? LONGEST_PARTITION : scope.partition,
    region: hasToken(scope.region) ? LONGEST_REGION : scope.region,
    account: hasToken(scope.account) ? ANY_ACCOUNT : scope.account,
  });
  return (rule) => Buffer.byteLength(JSON.stringify(renderRule(rule, (resource) => arnOf(fillName(resource)))), 'utf8');
}

/** Characters of the statements, each with a comma after it. */
export function listSize(rules: readonly Rule[], sizeOf: RuleSize): number {
  return rules.reduce((sum, rule) => sum + sizeOf(rule) + 1, 0);
}

/** Characters of a document of at least one statement. */
export function documentSize(rules: readonly Rule[], sizeOf: RuleSize): number {
  return FRAME + listSize(rules, sizeOf) - 1;
}

/** Names of which AWS IoT allows less than of a topic, by what stands before them. */
const SHORTER_NAMES: readonly (readonly [place: RegExp, longest: number])[] = [
  [/(\/shadow\/name\/)\$\{Token\[[^\]]*\]\}(?=\/|$)/g, 64],
  [/(\/streams\/)\$\{Token\[[^\]]*\]\}(?=\/|$)/g, 128],
  [/(^rolealias\/)\$\{Token\[[^\]]*\]\}$/g, 128],
];

/** A name that CloudFormation completes can be as long as the longest name, less what is known of it. */
function fillName(resource: string): string {
  const named = SHORTER_NAMES.reduce(
    (text, [place, longest]) => text.replace(place, (_all, before: string) => before + 'x'.repeat(longest)),
    resource,
  );
  const filled = named.replace(TOKENS, (token) => longestValue(token) ?? token);
  const unknown = filled.match(TOKENS)?.length ?? 0;
  if (unknown === 0) return filled;
  const rest = filled.replace(TOKENS, '');
  const [name, most] = isRelative(rest)
    ? [rest.slice(rest.indexOf('/') + 1), LONGEST_NAME]
    : [rest, LONGEST_PREFIX.length + LONGEST_NAME];
  // A policy variable stands for at least one character, a wildcard for none.
  const least = Buffer.byteLength(name.replace(/\$\{[^}]*\}/g, 'x').replace(/\*/g, ''), 'utf8');
  return rest + 'x'.repeat(Math.max(most - least, unknown));
}
