import { createHash } from 'node:crypto';
import { Lazy, Stack } from 'aws-cdk-lib';
import { CfnPolicy, type IPolicyRef } from 'aws-cdk-lib/aws-iot';
import type { PolicyProperties } from '../../lambda/attach-group-policies/contract';

/**
 * A policy as the custom resource is told of it. The document is read when the template is written, when nobody changes it
 * any more; that of a policy which is not of this app is unknown.
 */
export function policyProperties(policy: IPolicyRef): PolicyProperties {
  const { policyName } = policy.policyRef;
  if (!CfnPolicy.isCfnPolicy(policy)) return { Name: policyName, Denies: 'false' };
  const read = () => Stack.of(policy).resolve(policy.policyDocument) as unknown;
  return {
    Name: policyName,
    Denies: Lazy.string({ produce: () => String(denies(read())) }),
    Digest: Lazy.string({
      produce: () => createHash('sha256').update(JSON.stringify(read())).digest('hex').slice(0, 16),
    }),
  };
}

function denies(document: unknown): boolean {
  const { Statement: statements } = Object(document) as { readonly Statement?: unknown };
  return [statements].flat().some((statement) => {
    const effect = (statement as { readonly Effect?: unknown } | null | undefined)?.Effect;
    return effect === 'Deny';
  });
}
