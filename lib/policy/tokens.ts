/*
 * Values that CloudFormation fills in are text such as `${Token[AWS.Region.4]}` while a stack is built. This file knows
 * that spelling, so that the language can stay free of CDK: a token is left as it is and counted at its longest value.
 */

const TOKEN = /\$\{Token\[[a-zA-Z0-9:._-]*\]\}/;

/** A token and nothing else; for splitting texts into tokens and the rest. */
export const TOKENS = new RegExp(TOKEN.source, 'g');

/** Longest values of today: partition aws-us-gov, region us-isof-south-1. */
export const LONGEST_PARTITION = 10;
export const LONGEST_REGION = 15;
export const ACCOUNT_LENGTH = 12;

export function hasToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Length of a token's longest value, where its name says what it is. */
export function knownTokenLength(token: string): number | undefined {
  const name = token.slice('${Token['.length);
  if (/^AWS[.:]+Region[.\]]/.test(name)) return LONGEST_REGION;
  if (/^AWS[.:]+Partition[.\]]/.test(name)) return LONGEST_PARTITION;
  if (/^AWS[.:]+AccountId[.\]]/.test(name)) return ACCOUNT_LENGTH;
  return undefined;
}
