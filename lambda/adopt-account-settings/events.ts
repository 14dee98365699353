import type { EventsProperties } from './contract';
import { type Parsed, PropertyReader } from './event';
import type { Setting, Wanted } from './setting';

/** By event type, whether it is published. The service patches what is named and leaves the rest. */
export type EventsState = Readonly<Record<string, boolean>>;

const EVENT = 'event:';

/** Which changes of registry and jobs the account publishes as messages. */
export const events: Setting<EventsState, EventsState> = {
  kind: 'events',

  parse(properties): Parsed<Wanted> {
    const reader = new PropertyReader(properties);
    const types = reader.texts('EventTypes' satisfies keyof EventsProperties);
    if (types.length === 0) reader.report('EventTypes must name an event type');
    return reader.result({ wants: Object.fromEntries(types.map((type) => [EVENT + type, 'true'])), replace: false });
  },

  version: () => '1',

  flatten(state) {
    return Object.fromEntries(Object.entries(state).map(([type, enabled]) => [EVENT + type, String(enabled)]));
  },

  rule: (_key, want) => want,

  defer: () => false,

  steps(_state, changes) {
    const call = Object.entries(changes).map(([key, value]) => [key.slice(EVENT.length), value === 'true'] as const);
    return { steps: [{ call: Object.fromEntries(call) }], cannot: [] };
  },

  group: (key) => key,

  passesRole: () => false,
};
