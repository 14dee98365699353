import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';
import type { IamStatement } from './iam';

/**
 * Acknowledges the wildcards of given statements, each by its own name, as cdk-nag wants it: a wildcard that is added
 * later stays a finding.
 */
export function acknowledgeWildcards(policy: IConstruct, statements: readonly IamStatement[], reason: string): void {
  const stack = Stack.of(policy);
  const findings = statements
    .flatMap((statement) => [statement.Resource].flat())
    // Resolving is slow and most resources have no wildcard; only in a text can that be told before.
    .filter((resource) => typeof resource !== 'string' || resource.includes('*'))
    .map((resource) => (typeof resource === 'string' ? textOf(stack, resource) : flatten(stack.resolve(resource))))
    .filter((resource) => resource.includes('*'));
  for (const finding of new Set(findings)) acknowledge(policy, `AwsSolutions-IAM5[Resource::${finding}]`, reason);
}

/** Parts of nearly every ARN, of which the tokens say what they are. */
const PSEUDO_PARAMETER = /\$\{Token\[AWS\.(Partition|Region|AccountId)\.\d+\]\}/g;

/** What the resolved text is flattened to, which takes several times as long to come by. */
function textOf(stack: Stack, resource: string): string {
  const text = resource.replace(PSEUDO_PARAMETER, '<AWS::$1>');
  return Token.isUnresolved(text) ? flatten(stack.resolve(resource)) : text;
}

/** The text by which cdk-nag names a value with references in it. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    'Fn::Join': join,
    'Fn::GetAtt': attribute,
    Ref: reference,
  } = value as {
    readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
    readonly 'Fn::GetAtt'?: readonly [string, string];
    readonly Ref?: string;
  };
  if (join !== undefined) return join[1].map(flatten).join(join[0]);
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  return reference === undefined ? JSON.stringify(value) : `<${reference}>`;
}
