import type { _SetOnThings } from '../identity';
import type { Access } from '../policy';

const ATTRIBUTE = /\$\{iot:Connection\.Thing\.Attributes\[([^\]]*)\]\}/g;
const THING_TYPE = '${iot:Connection.Thing.ThingTypeName}';

/** Attributes and the thing type that accesses name and that nothing sets: AWS IoT applies no statement with an undefined variable. */
export function unsetVariables(accesses: readonly Access[], { attributes, thingType }: _SetOnThings): string[] {
  const text = accesses
    .flatMap(({ statements }) => statements)
    .map(({ resources, conditions }) => resources.join() + JSON.stringify(conditions))
    .join();
  const named = new Set([...text.matchAll(ATTRIBUTE)].map(([, name]) => String(name)));
  const unset = attributes === undefined ? [] : [...named].filter((name) => !attributes.includes(name));
  return [
    ...unset.map((name) => '${attribute.' + name + '}'),
    ...(!thingType && text.includes(THING_TYPE) ? ['${thingType}'] : []),
  ];
}
