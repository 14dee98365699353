import type { Cloudlike } from '../cloud/parts';

/** A resource, resolved, on its way into being. */
export interface ResourceRequest {
  readonly type: string;
  readonly logicalId: string;
  /** Construct path, or the stack's name and the logical id. */
  readonly label: string;
  readonly stack: StackIdentity;
  readonly properties: Readonly<Record<string, unknown>>;
  /** A physical name as CloudFormation would make it: stack, logical id and a tail from the seed. */
  generatedName(most?: number): string;
}

export interface StackIdentity {
  readonly name: string;
  readonly id: string;
}

/** A resource that stands. */
export interface Made {
  /** What `Ref` gives. */
  readonly ref: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** What of it is not modelled, and what that means. */
  readonly limits?: readonly { readonly subject: string; readonly meaning: string }[];
}

/** What a limit means that only a message or an event meets. */
export const RED = 'a run in which something comes to it is red';

/** Creates resources of one type. */
export type Provider = (request: ResourceRequest, cloud: Cloudlike) => Made | Promise<Made>;

/** Reads of properties, with the type that the template promises. */
export function text(properties: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = properties[name];
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

export function number(properties: Readonly<Record<string, unknown>>, name: string, otherwise: number): number {
  const value = properties[name];
  return value === undefined ? otherwise : Number(value);
}

export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** A document that a template gives as an object or as JSON text. */
export function documentOf(value: unknown): unknown {
  return typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
}
