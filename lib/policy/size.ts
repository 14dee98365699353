import type { PolicyScope } from './policy-scope';
import { arnIn, isRelative, renderRule, type Rule } from './rule';
import { ACCOUNT_LENGTH, hasToken, knownTokenLength, LONGEST_PARTITION, LONGEST_REGION, TOKENS } from './tokens';

/** Characters of a document without its statements. */
export const FRAME = '{"Version":"2012-10-17","Statement":[]}'.length;

/** Longest topic, in bytes; no other name that a policy holds is longer. */
const LONGEST_NAME = 256;

/**
 * Characters of a statement in a document, without white space, once CloudFormation has filled in the longest values.
 *
 * Other than ASCII is counted in bytes of UTF-8, since AWS does not say what it counts.
 */
export function sizer(scope: PolicyScope): (rule: Rule) => number {
  const arnOf = arnIn({
    partition: longest(scope.partition, LONGEST_PARTITION),
    region: longest(scope.region, LONGEST_REGION),
    account: longest(scope.account, ACCOUNT_LENGTH),
  });
  return (rule) => characters(JSON.stringify(renderRule(rule, (resource) => arnOf(fillName(resource)))));
}

/** Characters of a document with statements of these sizes. */
export function documentSize(sizes: readonly number[]): number {
  return FRAME + sizes.reduce((sum, size) => sum + size, 0) + Math.max(sizes.length - 1, 0);
}

/** Characters without white space. */
export function characters(json: string): number {
  return Buffer.byteLength(json.replace(/\s/g, ''), 'utf8');
}

function longest(value: string, length: number): string {
  return hasToken(value) ? 'x'.repeat(length) : value;
}

/** A name that CloudFormation completes can be as long as the longest name, less what is known of it. */
function fillName(resource: string): string {
  const filled = resource.replace(TOKENS, (token) => {
    const length = knownTokenLength(token);
    return length === undefined ? token : 'x'.repeat(length);
  });
  const unknown = filled.match(TOKENS)?.length ?? 0;
  if (unknown === 0) return filled;
  const rest = filled.replace(TOKENS, '');
  const name = isRelative(rest) ? rest.slice(rest.indexOf('/') + 1) : rest;
  // A policy variable stands for at least one character, a wildcard for none.
  const least = Buffer.byteLength(name.replace(/\$\{[^}]*\}/g, 'x').replace(/\*/g, ''), 'utf8');
  return rest + 'x'.repeat(Math.max(LONGEST_NAME - least, unknown));
}
