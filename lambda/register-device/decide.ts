import type { DeviceProperties } from './contract';

/** The part of the registry entry that this resource owns. */
export interface ThingChange {
  readonly thingTypeName: string | undefined;
  readonly removeThingType: boolean;
  /** Merged into what is there; an empty value removes the attribute. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What must change in the registry entry, given what was declared before; undefined when nothing must. */
export function thingChange(now: DeviceProperties, before: DeviceProperties | undefined): ThingChange | undefined {
  const removed = Object.keys(before?.Attributes ?? {}).filter((name) => !Object.hasOwn(now.Attributes, name));
  const attributes = { ...Object.fromEntries(removed.map((name) => [name, ''])), ...now.Attributes };
  const removeThingType = now.ThingTypeName === undefined && before?.ThingTypeName !== undefined;
  if (now.ThingTypeName === undefined && !removeThingType && Object.keys(attributes).length === 0) return undefined;
  return { thingTypeName: now.ThingTypeName, removeThingType, attributes };
}

export type Move =
  | { readonly kind: 'stay' }
  | { readonly kind: 'move'; readonly from: string; readonly to: string }
  /** It is in neither group: isolated or moved by somebody. Moving it into the new one would undo that. */
  | { readonly kind: 'leave-alone' };

/**
 * Whether a thing that takes the place of another is to join its group. CloudFormation makes a new thing in no group; one that
 * is in others already is an old one that a rolled back update brings back, and was isolated or moved meanwhile.
 */
export function comesNew(group: string, groups: readonly string[]): boolean {
  return groups.length === 0 || groups.includes(group);
}

/** Where a device goes whose declared group changed from `from` to `to`, given the groups that it is in. */
export function move(from: string, to: string, groups: readonly string[]): Move {
  if (from === to || groups.includes(to)) return { kind: 'stay' };
  return groups.includes(from) ? { kind: 'move', from, to } : { kind: 'leave-alone' };
}
