import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from './configuration-error';

/**
 * Characters of a managed policy, and of all inline policies of a role together, without white space; neither quota can be
 * raised.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MAX_MANAGED = 6_144;
const MAX_INLINE = 10_240;

/** Most names and ARNs that CloudFormation generates are about as long. */
const TYPICAL_REFERENCE = 90;

/** Fails for rights that IAM would refuse at deployment, as far as the length of what is not known yet can be guessed. */
export function checkRightsSize(scope: IConstruct, managed: object, inline: readonly object[]): void {
  // Resolving is slow, so it is done only where the quotas come near.
  if (atMost(managed) <= MAX_MANAGED && atMost(inline) <= MAX_INLINE) return;
  const stack = Stack.of(scope);
  report(scope, 'a managed policy', lengthOf(stack.resolve(managed)), MAX_MANAGED);
  const sizes = inline.map((document) => lengthOf(stack.resolve(document)));
  report(
    scope,
    'the inline policies of a role',
    sizes.reduce((sum, size) => sum + size, 0),
    MAX_INLINE,
  );
}

/** No less than the length of a document that still has tokens in it. */
function atMost(value: object): number {
  const text = JSON.stringify(value);
  return text.length + (text.split('${Token[').length - 1) * TYPICAL_REFERENCE;
}

function report(scope: IConstruct, what: string, size: number, limit: number): void {
  if (size <= limit) return;
  throw new ConfigurationError(
    'RightsTooLarge',
    `the rights of this function take about ${size} characters and ${what} can have ${limit}: too many constructs of this ` +
      'stack need it; divide them among several stacks',
    scope,
  );
}

function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + lengthOf(item) + 1, 1);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value).length;
  const { Ref: reference, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (typeof reference === 'string') return reference.startsWith('AWS::') ? 12 : TYPICAL_REFERENCE;
  if (attribute !== undefined) return TYPICAL_REFERENCE;
  if (Array.isArray(join)) return (join[1] as unknown[]).reduce((sum: number, part) => sum + lengthOf(part) - 2, 2);
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + 4 + lengthOf(item), 1);
}
