import type { Need } from '../iam/authorizer';
import type { Party } from '../ports';

/** Members of a request, wherever the protocol put them: path, query, headers or body. */
export type Input = Readonly<Record<string, unknown>>;

/** Who makes a call: a function, or a service that has taken on a role. */
export interface Actor {
  readonly party: Party;
  readonly roleArn: string;
}

/** One operation of a service. */
export interface Operation {
  /** As IAM spells it: `iot:AttachPolicy`. */
  readonly name: string;
  /** Permissions that the call needs; none for those that nobody must be given. */
  needs(input: Input): readonly Need[];
  act(input: Input, actor: Actor): unknown;
}

/** Where things are, for ARNs. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly urlSuffix: string;
}

export function arnOf({ partition, region, account }: Place, service: string, resource: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${resource}`;
}

/** Text member of an input; undefined when it is not there. */
export function textOf(input: Input, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
