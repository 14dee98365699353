/*
 * Values that CloudFormation fills in are text such as `${Token[AWS.Region.4]}` while a stack is built. This file knows
 * that spelling, so that the language can stay free of CDK: a token is left as it is and counted at its longest value.
 */

const TOKEN = /\$\{Token\[[a-zA-Z0-9:._-]*\]\}/;

/** CDK numbers its tokens: a name without a number is what somebody wrote. */
const NUMBERED = /^\$\{Token\[[a-zA-Z0-9:._-]*\.\d+\]\}$/;

/** The start of a list that CloudFormation fills in, as its one item. */
export const LIST_TOKEN = '#{Token[';

/** A token and nothing else; for splitting texts into tokens and the rest. */
export const TOKENS = new RegExp(TOKEN.source, 'g');

/** The longest values that exist. */
export const LONGEST_PARTITION = 'aws-us-gov';
export const LONGEST_REGION = 'us-isof-south-1';
export const ANY_ACCOUNT = '111122223333';

export function hasToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * Whether a text matches a pattern or, where CloudFormation completes it, may come to: what is known of it then holds
 * `characters` only. A wildcard beside a token would widen a policy as one alone does.
 */
export function mayMatch(text: string, pattern: RegExp, characters: RegExp): boolean {
  return hasToken(text) ? characters.test(text.replace(TOKENS, '')) : pattern.test(text);
}

/** Whether a reference is a token that CDK made. */
export function isToken(reference: string): boolean {
  return NUMBERED.test(reference);
}

/** The longest value of a token, where its name says what it is. */
export function longestValue(token: string): string | undefined {
  const name = token.slice('${Token['.length);
  if (/^AWS[.:]+Region[.\]]/.test(name)) return LONGEST_REGION;
  if (/^AWS[.:]+Partition[.\]]/.test(name)) return LONGEST_PARTITION;
  if (/^AWS[.:]+AccountId[.\]]/.test(name)) return ANY_ACCOUNT;
  return undefined;
}
