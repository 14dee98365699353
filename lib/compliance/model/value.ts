/**
 * What is known about a value of a template once its intrinsic functions are worked out: all of it (plain JSON), parts of it
 * (`Text`: strings with holes between them), or only where it comes from (`Hole`).
 */
export type Value = null | boolean | number | string | Hole | Text | readonly Value[] | ValueMap;

export interface ValueMap {
  readonly [key: string]: Value;
}

/** Where a value comes from that the template does not hold. */
export type HoleKind = 'pseudo' | 'parameter' | 'resource' | 'attribute' | 'import' | 'dynamic' | 'unknown';

/** The resource that a reference leads to. */
export interface Target {
  /** `Resource.id` in the model. */
  readonly resource: string;
  /** Name of the attribute; undefined for `Ref`. */
  readonly attribute?: string;
}

/** A value that only the deployment knows. */
export class Hole {
  constructor(
    public readonly kind: HoleKind,
    /** The function as a person reads it: `Ref:Prefix`, `GetAtt:Group.Arn`. */
    public readonly label: string,
    /** Whether it may hold anything at all, also a wildcard. Names and ARNs that AWS makes may not. */
    public readonly open: boolean,
    public readonly target?: Target,
    /** The name that the template gives to the resource referred to. */
    public readonly known?: string,
    /** Whether it is known to hold no character that means something in a policy: no wildcard, no variable. */
    public readonly isPlain = false,
  ) {}

  public toString(): string {
    return this.known ?? `‹${this.label}›`;
  }
}

/** A string with holes in it. */
export class Text {
  private constructor(public readonly parts: readonly (string | Hole)[]) {}

  /** Joins parts; the result is a plain string where no hole is left. */
  public static of(parts: readonly (string | Hole | Text)[]): string | Hole | Text {
    const merged: (string | Hole)[] = [];
    // One by one: a text can have tens of thousands of holes, at each of many levels.
    for (const part of parts) {
      if (part instanceof Text) for (const inner of part.parts) append(merged, inner);
      else append(merged, part);
    }
    const [first] = merged;
    if (first === undefined) return '';
    return merged.length === 1 ? first : new Text(merged);
  }

  public toString(): string {
    return this.parts.join('');
  }
}

function append(merged: (string | Hole)[], part: string | Hole): void {
  const last = merged.length - 1;
  const before = merged[last];
  if (typeof part === 'string' && typeof before === 'string') merged[last] = before + part;
  else if (part !== '') merged.push(part);
}

export function isMap(value: Value | undefined): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isUnresolved(value);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether the value is a hole or a text with holes. */
export function isUnresolved(value: Value | undefined): value is Hole | Text {
  return value instanceof Hole || value instanceof Text;
}

/** The value as text, holes shown as `‹...›`; undefined where it is no text. Numbers and booleans are text in templates. */
export function textOf(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (isUnresolved(value)) return value.toString();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The parts of a text; undefined where it is no text. */
export function partsOf(value: Value | undefined): readonly (string | Hole)[] | undefined {
  if (value instanceof Text) return value.parts;
  if (value instanceof Hole) return [value];
  const text = textOf(value);
  return text === undefined ? undefined : [text];
}

/** The holes of a text that may hold anything. */
export function openHoles(value: Value | undefined): Hole[] {
  return (partsOf(value) ?? []).filter((part): part is Hole => part instanceof Hole && part.open);
}

/** Every hole in a value, however deep, that may hold anything. */
export function openHolesWithin(value: Value | undefined): Hole[] {
  const found: Hole[] = [];
  collectOpenHoles(value, found);
  return found;
}

/** Into one list: a text can have tens of thousands of holes, which each level around it would copy. */
function collectOpenHoles(value: Value | undefined, found: Hole[]): void {
  if (isList(value)) for (const item of value) collectOpenHoles(item, found);
  else if (isMap(value)) for (const item of Object.values(value)) collectOpenHoles(item, found);
  else for (const part of partsOf(value) ?? []) if (part instanceof Hole && part.open) found.push(part);
}

/** The references in a text, in order. */
export function targetsOf(value: Value | undefined): Target[] {
  return (partsOf(value) ?? []).flatMap((part) => (part instanceof Hole && part.target ? [part.target] : []));
}

/** A scalar as a list of one, nothing as an empty list: CloudFormation and IAM take both forms. */
export function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

/** The value below a path of property names; undefined where there is none, the hole where the path leads through one. */
export function at(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  let current = value;
  for (const name of path) {
    if (current instanceof Hole) return current;
    if (!isMap(current) || !Object.hasOwn(current, name)) return undefined;
    current = current[name];
  }
  return current;
}

/** CloudFormation's booleans: also `"true"` and `"false"`. undefined where it is neither. */
export function booleanOf(value: Value | undefined): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const text = value.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

/** CloudFormation's numbers: also `"3600"`. undefined where it is none. */
export function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}
