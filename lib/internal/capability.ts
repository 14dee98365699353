import { type CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The capabilities of the library, in the order in which a reader meets the Zero Trust loop. */
export const CAPABILITIES = [
  'policy',
  'identity',
  'connectivity',
  'posture',
  'detection',
  'quarantine',
  'mitigation',
  'remediation',
  'observability',
  'fleet',
  'internal',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

const CAPABILITY = Symbol.for('cdk-iot-zero-trust.Capability');

/** Says which capability a construct, and all below it that does not say otherwise, belongs to. */
export function markCapability(scope: IConstruct, capability: Capability): void {
  Object.defineProperty(scope, CAPABILITY, { value: capability, configurable: true });
}

/** The capability that a resource serves; undefined for resources that are not of this library. */
export function capabilityOf(resource: CfnResource): Capability | undefined {
  for (const node of [...resource.node.scopes].reverse()) {
    const marked = (node as unknown as Record<symbol, Capability | undefined>)[CAPABILITY];
    if (marked !== undefined) return marked;
  }
  return undefined;
}
