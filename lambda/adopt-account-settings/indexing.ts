import type { IndexingProperties } from './contract';
import type { Flat } from './claim';
import { applied, type Changes, definedKeys } from './decide';
import { type Parsed, PropertyReader } from './event';
import type { Setting, Wanted } from './setting';

export interface IndexedField {
  readonly name?: string;
  readonly type?: string;
}

/** The parts of the service's configuration that this library knows; `rest` is carried through untouched. */
export interface IndexingState {
  readonly things: {
    readonly modes: Readonly<Record<string, string | undefined>>;
    readonly fields: readonly IndexedField[];
    readonly namedShadows: readonly string[];
    readonly restOfFilter: Readonly<Record<string, unknown>>;
  };
  readonly groups: { readonly mode?: string; readonly fields: readonly IndexedField[] };
}

/** The service replaces each half that is given as a whole. */
export type IndexingCall = Partial<IndexingState>;

/** Every key belongs to one half of the configuration. */
const THINGS = 'things:';
const GROUPS = 'groups:';
const THING_MODE = 'things:thingIndexingMode';
const SHADOW_MODE = 'things:namedShadowIndexingMode';
const GROUP_MODE = 'groups:thingGroupIndexingMode';
const MODES = {
  thingIndexingMode: ['OFF', 'REGISTRY', 'REGISTRY_AND_SHADOW'],
  thingConnectivityIndexingMode: ['OFF', 'STATUS'],
  deviceDefenderIndexingMode: ['OFF', 'VIOLATIONS'],
  namedShadowIndexingMode: ['OFF', 'ON'],
  thingGroupIndexingMode: ['OFF', 'ON'],
} as const satisfies Record<string, readonly string[]>;
const THING_FIELD = 'things:field:';
const SHADOW = 'things:shadow:';
const GROUP_FIELD = 'groups:field:';

/** The account's fleet index. */
export const indexing: Setting<IndexingState, IndexingCall> = {
  kind: 'indexing',

  parse(properties): Parsed<Wanted> {
    const reader = new PropertyReader(properties);
    const shadows = reader.texts('NamedShadows' satisfies keyof IndexingProperties);
    const modes = {
      [THING_MODE]: reader.oneOf('ThingIndexingMode' satisfies keyof IndexingProperties, MODES.thingIndexingMode),
      'things:thingConnectivityIndexingMode': reader.oneOf(
        'ThingConnectivityIndexingMode' satisfies keyof IndexingProperties,
        MODES.thingConnectivityIndexingMode,
      ),
      'things:deviceDefenderIndexingMode': reader.oneOf(
        'DeviceDefenderIndexingMode' satisfies keyof IndexingProperties,
        MODES.deviceDefenderIndexingMode,
      ),
      [SHADOW_MODE]: shadows.length === 0 ? 'OFF' : 'ON',
      [GROUP_MODE]: reader.oneOf(
        'ThingGroupIndexingMode' satisfies keyof IndexingProperties,
        MODES.thingGroupIndexingMode,
      ),
    };
    // Not to index something is no wish: another may index it.
    const wants: Record<string, string> = Object.fromEntries(
      Object.entries(modes).filter(([, mode]) => mode !== 'OFF'),
    );
    for (const shadow of shadows) wants[SHADOW + shadow] = 'indexed';
    for (const [name, prefix] of [
      ['ThingFields', THING_FIELD],
      ['ThingGroupFields', GROUP_FIELD],
    ] as const satisfies readonly (readonly [keyof IndexingProperties, string])[]) {
      for (const field of reader.texts(name)) {
        const at = field.lastIndexOf('=');
        if (at < 1) reader.report(`${name} must be of the form name=type`);
        else wants[prefix + field.slice(0, at)] = field.slice(at + 1);
      }
    }
    return reader.result({ wants, replace: false });
  },

  version: () => '1',

  flatten(state) {
    const flat: Record<string, string> = { [GROUP_MODE]: state.groups.mode ?? 'OFF' };
    for (const mode of Object.keys(MODES))
      if (mode !== 'thingGroupIndexingMode') flat[`things:${mode}`] = state.things.modes[mode] ?? 'OFF';
    for (const shadow of state.things.namedShadows) flat[SHADOW + shadow] = 'indexed';
    for (const field of state.things.fields) flat[THING_FIELD + (field.name ?? '')] = field.type ?? '';
    for (const field of state.groups.fields) flat[GROUP_FIELD + (field.name ?? '')] = field.type ?? '';
    return flat;
  },

  /** More is indexed, never less; a field keeps the type that somebody gave it. */
  rule(key, want, base) {
    const existing = base[key];
    if (existing === undefined) return want;
    const order = orderOf(key);
    return order !== undefined && order.indexOf(existing) < order.indexOf(want) ? want : existing;
  },

  defer: () => false,

  steps(state, changes) {
    const { changes: possible, cannot } = withoutBreakingOthers(indexing.flatten(state), changes);
    const after = applied(indexing.flatten(state), possible);
    const touches = (half: string): boolean => Object.keys(possible).some((key) => key.startsWith(half));
    const call: IndexingCall = {
      ...(touches(THINGS) ? { things: thingsAfter(state, after) } : {}),
      ...(touches(GROUPS) ? { groups: { mode: after[GROUP_MODE], fields: fieldsOf(after, GROUP_FIELD) } } : {}),
    };
    return { steps: Object.keys(call).length === 0 ? [] : [{ call }], cannot };
  },

  group(key) {
    return key.startsWith(GROUPS) ? GROUPS : THINGS;
  },

  passesRole: () => false,
};

function orderOf(key: string): readonly string[] | undefined {
  return Object.entries(MODES).find(([mode]) => key.endsWith(`:${mode}`))?.[1];
}

/** An index cannot be turned off under something that somebody else turned on since. */
function withoutBreakingOthers(
  current: Flat,
  changes: Changes,
): { readonly changes: Changes; readonly cannot: readonly string[] } {
  const after = applied(current, changes);
  const uses = (test: (key: string) => boolean): boolean =>
    definedKeys(after).some((key) => test(key) && after[key] !== 'OFF');
  const cannot = [
    ...(changes[SHADOW_MODE] === 'OFF' && uses((key) => key.startsWith(SHADOW)) ? [SHADOW_MODE] : []),
    ...(changes[THING_MODE] === 'OFF' && uses((key) => key.startsWith(THINGS) && key !== THING_MODE)
      ? [THING_MODE]
      : []),
    ...(changes[GROUP_MODE] === 'OFF' && uses((key) => key.startsWith(GROUP_FIELD)) ? [GROUP_MODE] : []),
  ];
  return { changes: Object.fromEntries(Object.entries(changes).filter(([key]) => !cannot.includes(key))), cannot };
}

function thingsAfter(state: IndexingState, after: Flat): IndexingState['things'] {
  const modes = Object.keys(MODES).filter((mode) => mode !== 'thingGroupIndexingMode');
  return {
    modes: Object.fromEntries(modes.map((mode) => [mode, after[`things:${mode}`]])),
    fields: fieldsOf(after, THING_FIELD),
    namedShadows: definedKeys(after)
      .filter((key) => key.startsWith(SHADOW))
      .map((key) => key.slice(SHADOW.length)),
    restOfFilter: state.things.restOfFilter,
  };
}

function fieldsOf(flat: Flat, prefix: string): IndexedField[] {
  return definedKeys(flat)
    .filter((key) => key.startsWith(prefix))
    .map((key) => ({ name: key.slice(prefix.length), type: flat[key] }));
}
