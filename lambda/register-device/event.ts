import type { DeviceProperties } from './contract';

/** Reads the properties of the custom resource; throws with the name of what is wrong, which CloudFormation shows. */
export function parseProperties(raw: Readonly<Record<string, unknown>>): DeviceProperties {
  return {
    ThingName: text(raw, 'ThingName'),
    ThingGroupName: text(raw, 'ThingGroupName'),
    ThingTypeName: raw.ThingTypeName === undefined ? undefined : text(raw, 'ThingTypeName'),
    Attributes: attributes(raw.Attributes),
  };
}

function text(raw: Readonly<Record<string, unknown>>, name: string): string {
  const value = raw[name];
  if (typeof value !== 'string' || value === '') throw new Error(`property ${name} must be a non-empty text`);
  return value;
}

function attributes(raw: unknown): Record<string, string> {
  if (raw === undefined) return {};
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new Error('property Attributes must be a map');
  for (const [name, value] of Object.entries(raw)) {
    if (typeof value !== 'string') throw new Error(`attribute ${name} must be a text`);
  }
  return raw as Record<string, string>;
}
