import { withDynamicReferences } from './dynamic-reference';
import { toJson } from './json-text';
import { resolveAttribute, resolveImport, splitText } from './references';
import type { Resolver } from './resolver';
import { substitute } from './substitute';
import { isRawMap, member, type RawMap, section } from './template';
import { Hole, isList, isUnresolved, numberOf, Text, textOf, type Value } from './value';

type Intrinsic = (resolver: Resolver, argument: unknown) => Value;

/** The functions that give a value, by name; `Ref` and `Fn::If` are the resolver's own. */
export const INTRINSICS: { readonly [name: string]: Intrinsic } = {
  'Fn::GetAtt': resolveAttribute,
  'Fn::ImportValue': resolveImport,
  'Fn::Sub': substitute,
  'Fn::Join': join,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::FindInMap': findInMap,
  'Fn::Base64': (resolver, argument) =>
    opaque(resolver, argument, 'Fn::Base64', (text) => Buffer.from(text).toString('base64')),
  'Fn::GetAZs': () => new Hole('pseudo', 'Fn::GetAZs', false),
  'Fn::Cidr': () => new Hole('pseudo', 'Fn::Cidr', false),
  'Fn::ToJsonString': (resolver, argument) => toJson(resolver.resolve(argument) ?? null),
  'Fn::Length': (resolver, argument) => {
    const list = resolver.resolve(argument);
    return isList(list) ? list.length : new Hole('unknown', 'Fn::Length', true);
  },
};

function opaque(resolver: Resolver, argument: unknown, name: string, apply: (text: string) => string): Value {
  const value = resolver.resolve(argument);
  return typeof value === 'string' ? apply(value) : new Hole('unknown', name, true);
}

function join(resolver: Resolver, argument: unknown): Value {
  if (!Array.isArray(argument) || argument.length !== 2 || typeof argument[0] !== 'string') return unknown('Fn::Join');
  const list = resolver.resolve(argument[1]);
  if (list instanceof Hole) return new Hole(list.kind, `Join:${list.label}`, list.open, list.target);
  if (!isList(list)) return unknown('Fn::Join');
  const delimiter = argument[0];
  const parts: (string | Hole | Text)[] = [];
  for (const [index, item] of list.entries()) {
    const text = item instanceof Text || item instanceof Hole ? item : textOf(item);
    if (text === undefined) return unknown('Fn::Join');
    if (index > 0) parts.push(delimiter);
    parts.push(text);
  }
  return withDynamicReferences(Text.of(parts));
}

function select(resolver: Resolver, argument: unknown): Value {
  if (!Array.isArray(argument) || argument.length !== 2) return unknown('Fn::Select');
  const index = numberOf(resolver.resolve(argument[0]));
  const list = resolver.resolve(argument[1]);
  if (list instanceof Hole)
    return new Hole(list.kind, `Select:${String(index ?? '?')}:${list.label}`, list.open, list.target);
  const item = index === undefined || !isList(list) ? undefined : list[index];
  return item ?? unknown('Fn::Select');
}

function split(resolver: Resolver, argument: unknown): Value {
  if (!Array.isArray(argument) || argument.length !== 2 || typeof argument[0] !== 'string') return unknown('Fn::Split');
  const source = resolver.resolve(argument[1]);
  if (source instanceof Hole) return source;
  return splitText(source ?? null, argument[0]) ?? unknown('Fn::Split');
}

function findInMap(resolver: Resolver, argument: unknown): Value {
  if (!Array.isArray(argument) || argument.length < 3) return unknown('Fn::FindInMap');
  const map = member(section(resolver.scope.body, 'Mappings'), textOf(resolver.resolve(argument[0])) ?? '');
  const row = map === undefined ? undefined : rowOf(resolver, map, argument[1]);
  const value = row === undefined ? undefined : cellOf(resolver, row, argument[2]);
  const fallback = isRawMap(argument[3]) ? argument[3].DefaultValue : undefined;
  return resolver.resolve(value === undefined ? fallback : value) ?? unknown('Fn::FindInMap');
}

function rowOf(resolver: Resolver, map: RawMap, key: unknown): RawMap | undefined {
  const row = cellOf(resolver, map, key);
  return isRawMap(row) ? row : undefined;
}

/** The member that a key names; where only the deployment knows the key (a region), each member is looked at. */
function cellOf(resolver: Resolver, map: RawMap, key: unknown): unknown {
  const name = resolver.resolve(key);
  if (typeof name === 'string') return Object.hasOwn(map, name) ? map[name] : undefined;
  const names = Object.keys(map);
  if (!isUnresolved(name) || names.length === 0) return undefined;
  const options = names.map((each) => ({ label: `${name.toString()}=${each}`, value: each }));
  return map[resolver.choose(`${resolver.scope.id} key ${name.toString()} of ${names.join()}`, options)];
}

function unknown(name: string): Hole {
  return new Hole('unknown', name, true);
}
