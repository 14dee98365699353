import { withDynamicReferences } from './dynamic-reference';
import { resolveAttribute, resolveReference } from './references';
import type { Resolver } from './resolver';
import { isRawMap, type RawMap } from './template';
import { Hole, partsOf, Text, type Value } from './value';

/** `Fn::Sub`: `${Name}`, `${Name.Attribute}`, names of its own map, and `${!Literal}`, which IoT policy variables need. */
export function substitute(resolver: Resolver, argument: unknown): Value {
  const [template, names]: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
  if (typeof template !== 'string') return new Hole('unknown', 'Fn::Sub', true);
  const own: RawMap = isRawMap(names) ? names : {};
  const parts: (string | Hole)[] = [];
  let from = 0;
  for (;;) {
    const start = template.indexOf('${', from);
    const end = start < 0 ? -1 : template.indexOf('}', start);
    if (end < 0) break;
    parts.push(template.slice(from, start), ...replacement(resolver, template.slice(start + 2, end), own));
    from = end + 1;
  }
  return withDynamicReferences(Text.of([...parts, template.slice(from)]));
}

function replacement(resolver: Resolver, name: string, own: RawMap): readonly (string | Hole)[] {
  if (name.startsWith('!')) return ['${' + name.slice(1) + '}'];
  const trimmed = name.trim();
  if (Object.hasOwn(own, trimmed)) return textParts(resolver.resolve(own[trimmed]), trimmed);
  const value = trimmed.includes('.') ? resolveAttribute(resolver, trimmed) : resolveReference(resolver, trimmed);
  return textParts(value, trimmed);
}

function textParts(value: Value | undefined, name: string): readonly (string | Hole)[] {
  return partsOf(value) ?? [new Hole('unknown', `Sub:${name}`, true)];
}
