import { readFileSync } from 'node:fs';

/** A JSON object whose content is not known. */
export interface RawMap {
  readonly [key: string]: unknown;
}

export interface RawResource {
  readonly Type: string;
  readonly Properties?: RawMap;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly Metadata?: RawMap;
}

/** A template as the assembly holds it. */
export interface RawTemplate {
  readonly Parameters?: { readonly [name: string]: RawMap };
  readonly Mappings?: RawMap;
  readonly Conditions?: RawMap;
  readonly Resources: { readonly [logicalId: string]: RawResource };
  readonly Outputs?: { readonly [name: string]: RawMap };
  readonly Transform?: unknown;
}

/** The assembly cannot be rehearsed, for a reason that one line can say. */
export class AssemblyError extends Error {
  public override readonly name = 'AssemblyError';
}

export function isMap(value: unknown): value is RawMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The only key of an intrinsic function's object; undefined for anything else. */
export function intrinsicOf(value: RawMap): string | undefined {
  const keys = Object.keys(value);
  const [key] = keys;
  if (keys.length !== 1 || key === undefined) return undefined;
  return key === 'Ref' || key === 'Condition' || key.startsWith('Fn::') ? key : undefined;
}

const PLACEHOLDER = /\$\{(!?)([^}]+)\}/g;

/** Replaces `${name}` of a `Fn::Sub`; `${!name}` stays, without the exclamation mark. */
export function substitute(text: string, valueOf: (name: string) => string): string {
  return text.replace(PLACEHOLDER, (_all, literal: string, name: string) =>
    literal === '!' ? `\${${name}}` : valueOf(name.trim()),
  );
}

/** A JSON object of the assembly. */
export function readJson(path: string): RawMap {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new AssemblyError(`cannot read ${path}: ${(error as Error).message}`);
  }
  if (!isMap(value)) throw new AssemblyError(`${path} is not a JSON object`);
  return value;
}

/** A template of the assembly. */
export function readTemplate(path: string): RawTemplate {
  const template = readJson(path);
  if (!isMap(template.Resources)) throw new AssemblyError(`${path} has no Resources`);
  return template as unknown as RawTemplate;
}
