import { AssemblyError, isMap, type RawResource, type RawTemplate, substitute } from './template';

/** Logical ids of the template's resources, each after those it refers to or depends on; otherwise in the template's order. */
export function deploymentOrder(template: RawTemplate): string[] {
  const { Resources } = template;
  const order = new Set<string>();
  const visit = (id: string, trail: readonly string[]): void => {
    const resource = Resources[id];
    if (resource === undefined || order.has(id)) return;
    if (trail.includes(id)) throw new AssemblyError(`resources depend on each other: ${[...trail, id].join(' -> ')}`);
    for (const needed of needsOf(resource)) visit(needed, [...trail, id]);
    order.add(id);
  };
  for (const id of Object.keys(Resources)) visit(id, []);
  return [...order];
}

/** Names that a resource mentions; those that are not resources are the caller's to drop. */
function needsOf(resource: RawResource): Set<string> {
  const { DependsOn = [] } = resource;
  const names = new Set(typeof DependsOn === 'string' ? [DependsOn] : DependsOn);
  collect(resource.Properties, names);
  return names;
}

function collect(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, names);
  if (!isMap(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Ref' && typeof item === 'string') names.add(item);
    else if (key === 'Fn::GetAtt')
      names.add(Array.isArray(item) ? String(item[0]) : (String(item).split('.', 1)[0] ?? ''));
    else if (key === 'Fn::Sub') {
      const text = Array.isArray(item) ? String(item[0]) : String(item);
      substitute(text, (name) => {
        names.add(name.split('.', 1)[0] ?? '');
        return '';
      });
      if (Array.isArray(item)) collect(item[1], names);
    } else collect(item, names);
  }
}
