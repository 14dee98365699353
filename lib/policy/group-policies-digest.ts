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
  const read = onceFor(() => policy.policyDocument as object, factsOf(policy));
  return {
    Name: policyName,
    Denies: Lazy.string({ produce: () => read().denies }),
    Digest: Lazy.string({ produce: () => read().digest }),
  };
}

interface Facts {
  readonly denies: string;
  readonly digest: string;
}

function factsOf(policy: CfnPolicy): (document: object) => Facts {
  return (document) => {
    const resolved: unknown = Stack.of(policy).resolve(document);
    const digest = createHash('sha256').update(JSON.stringify(resolved)).digest('hex').slice(0, 16);
    return { denies: String(denies(resolved)), digest };
  };
}

/** The CDK asks several times while it writes a template, and resolving is slow: the same document is read once. */
function onceFor(source: () => object, read: (document: object) => Facts): () => Facts {
  let last: { readonly document: object; readonly facts: Facts } | undefined;
  return () => {
    const document = source();
    if (last?.document !== document) last = { document, facts: read(document) };
    return last.facts;
  };
}

function denies(document: unknown): boolean {
  const { Statement: statements } = Object(document) as { readonly Statement?: unknown };
  return [statements].flat().some((statement) => {
    const effect = (statement as { readonly Effect?: unknown } | null | undefined)?.Effect;
    return effect === 'Deny';
  });
}
