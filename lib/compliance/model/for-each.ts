import { isRawMap, type RawMap, section } from './template';

const PREFIX = 'Fn::ForEach::';
/** Hostile input must not fill the memory: loops within loops multiply. */
const MAX_COPIES = 10_000;
const MAX_DEPTH = 200;

/** A template whose loops are written out, and what could not be. */
export interface Unrolled {
  readonly body: RawMap;
  readonly problems: readonly string[];
}

/** Writes out `Fn::ForEach` (of the transform `AWS::LanguageExtensions`), in every section and inside of resources. */
export function unrollLoops(body: RawMap): Unrolled {
  if (!mentionsLoop(body)) return { body, problems: [] };
  const state: State = { body, left: MAX_COPIES, problems: new Set() };
  return { body: unroll(body, [], state) as RawMap, problems: [...state.problems] };
}

interface State {
  readonly body: RawMap;
  left: number;
  readonly problems: Set<string>;
}

type Bindings = readonly { readonly name: string; readonly value: string }[];

/** With a list in place of calls, which hostile depth would exhaust. */
function mentionsLoop(body: RawMap): boolean {
  const left: unknown[] = [body];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, item] of Object.entries(value)) {
      if (key.startsWith(PREFIX)) return true;
      left.push(item);
    }
  }
  return false;
}

function unroll(value: unknown, bindings: Bindings, state: State, depth = 0): unknown {
  if (typeof value === 'string') return fill(value, bindings);
  // What is deeper is not worked out either.
  if (depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => unroll(item, bindings, state, depth + 1));
  if (!isRawMap(value)) return value;
  const bound = bindings.find(({ name }) => value.Ref === name);
  if (bound !== undefined && Object.keys(value).length === 1) return bound.value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] =>
    key.startsWith(PREFIX)
      ? copies(key, item, bindings, state)
      : [[fill(key, bindings), unroll(item, bindings, state, depth + 1)]],
  );
  return Object.fromEntries(entries);
}

/** The members that a loop makes; itself where it cannot be written out, which the model reports. */
function copies(key: string, loop: unknown, bindings: Bindings, state: State): [string, unknown][] {
  const [name, collection, template]: readonly unknown[] = Array.isArray(loop) ? loop : [];
  const items = itemsOf(collection, bindings, state);
  if (typeof name !== 'string' || items === undefined || !isRawMap(template)) return [[key, loop]];
  state.left -= items.length;
  if (state.left < 0) {
    state.problems.add(`${key} makes more than ${MAX_COPIES} copies`);
    return [];
  }
  return items.flatMap((value) => Object.entries(unroll(template, [...bindings, { name, value }], state) as RawMap));
}

function itemsOf(collection: unknown, bindings: Bindings, state: State): readonly string[] | undefined {
  const resolved = unroll(collection, bindings, state);
  if (Array.isArray(resolved)) return texts(resolved);
  if (!isRawMap(resolved)) return undefined;
  if (Object.hasOwn(resolved, 'Fn::FindInMap')) return mapped(resolved['Fn::FindInMap'], state);
  const name = typeof resolved.Ref === 'string' ? resolved.Ref : undefined;
  const parameter = name === undefined ? undefined : section(state.body, 'Parameters')[name];
  if (!isRawMap(parameter) || typeof parameter.Default !== 'string') return undefined;
  state.problems.add(`a loop over the parameter ${name ?? ''} is looked at with its default alone`);
  return parameter.Default.split(',').map((item) => item.trim());
}

/** The list in a map; where only the deployment knows a key (a parameter, the region), the items of every row together. */
function mapped(argument: unknown, state: State): readonly string[] | undefined {
  const [map, ...keys]: readonly unknown[] = Array.isArray(argument) ? argument : [];
  if (typeof map !== 'string' || keys.length < 2) return undefined;
  const rows = cells(section(state.body, 'Mappings')[map], keys[0]);
  const found = rows.flatMap((row) => cells(row, keys[1]));
  const fallback = isRawMap(keys[2]) ? keys[2].DefaultValue : undefined;
  const lists = (found.length === 0 ? [fallback] : found).map((list) =>
    Array.isArray(list) ? texts(list) : undefined,
  );
  if (lists.includes(undefined)) return undefined;
  if (keys.slice(0, 2).some((key) => typeof key !== 'string'))
    state.problems.add(`a loop over the map ${map} is looked at with the items of each row that may be meant`);
  return [...new Set(lists.flatMap((list) => list ?? []))];
}

function cells(map: unknown, key: unknown): unknown[] {
  if (!isRawMap(map)) return [];
  if (typeof key !== 'string') return Object.values(map);
  return Object.hasOwn(map, key) ? [map[key]] : [];
}

function texts(list: readonly unknown[]): readonly string[] | undefined {
  return list.every((item) => typeof item === 'string') ? list : undefined;
}

/** `${Name}` is the value, `&{Name}` what of it may stand in a logical id. */
function fill(text: string, bindings: Bindings): string {
  return bindings.reduce(
    (all, { name, value }) =>
      all.replaceAll(`\${${name}}`, () => value).replaceAll(`&{${name}}`, () => value.replace(/[^a-zA-Z0-9]/g, '')),
    text,
  );
}
