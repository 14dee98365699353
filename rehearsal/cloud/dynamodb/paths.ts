import { AwsFault } from '../fault';
import { type Item, rawOf, typeOf, type Value } from './values';

/** Steps into an item: names and list positions. */
export type Path = readonly (string | number)[];

export function invalid(message: string): AwsFault {
  return new AwsFault('ValidationException', message);
}

/** The value at a path. */
export function at(item: Item, path: Path): Value | undefined {
  let value: Value | undefined = { M: item };
  for (const step of path) {
    const inner: unknown = value === undefined ? undefined : rawOf(value);
    if (typeof step === 'number') value = Array.isArray(inner) ? (inner[step] as Value | undefined) : undefined;
    else value = value !== undefined && typeOf(value) === 'M' ? (inner as Item)[step] : undefined;
  }
  return value;
}

/** Puts a value where a path leads, or takes it away. */
export function put(item: Item, path: Path, value: Value | undefined): void {
  const parent = path.length === 1 ? { M: item } : at(item, path.slice(0, -1));
  const last = path.at(-1) as string | number;
  const inner = parent === undefined ? undefined : (rawOf(parent) as Item & Value[]);
  const fits = typeof last === 'number' ? Array.isArray(inner) : parent !== undefined && typeOf(parent) === 'M';
  if (!fits || inner === undefined)
    throw invalid('The document path provided in the update expression is invalid for update');
  if (value === undefined && typeof last === 'number') inner.splice(last, 1);
  else if (value === undefined) Reflect.deleteProperty(inner, last);
  else if (typeof last === 'number') inner[Math.min(last, inner.length)] = value;
  else inner[last] = value;
}
