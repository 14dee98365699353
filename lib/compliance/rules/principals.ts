import type { Model } from '../model/model';
import { targetsOf, textOf, type Value } from '../model/value';

/** The same text for the same certificate, however the template refers to it: by Ref, by ARN, by an ARN built from both. */
export function principalKey(model: Model, principal: Value | undefined): string {
  const [target] = targetsOf(principal).filter(({ resource }) => model.byId(resource) !== undefined);
  return target?.resource ?? textOf(principal) ?? '';
}

/** Identities of Amazon Cognito are principals too, and never attached to things. */
export function isCognitoIdentity(principal: Value | undefined): boolean {
  return typeof principal === 'string' && !principal.startsWith('arn:') && principal.includes(':');
}
