/** A CloudFormation template as it was read, not yet trusted. */
export interface TemplateFile {
  /** How findings name it: a path, relative where possible. */
  readonly path: string;
  /** The same without what depends on the machine, for fingerprints. */
  readonly name?: string;
  /** The parsed JSON or YAML. */
  readonly body: unknown;
  /** Construct path of the stack, where a CDK assembly says it. */
  readonly stackPath?: string;
  /** Line and column (from 1) of a resource in the file, where the reader knows. */
  readonly lines?: { readonly [logicalId: string]: number };
  /** Paths of files by the hash under which templates refer to them. */
  readonly assets?: { readonly [hash: string]: string };
}

export type RawMap = { readonly [key: string]: unknown };

export function isRawMap(value: unknown): value is RawMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A section of a template (`Resources`, `Parameters`...), empty where it is missing or no map. */
export function section(body: RawMap, name: string): RawMap {
  const value = body[name];
  return isRawMap(value) ? value : {};
}

/** A member of a map that is a map itself; inherited names such as `constructor` are none. */
export function member(map: RawMap, name: string): RawMap | undefined {
  const value = Object.hasOwn(map, name) ? map[name] : undefined;
  return isRawMap(value) ? value : undefined;
}
