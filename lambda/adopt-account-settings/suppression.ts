import type { SuppressionProperties } from './contract';
import { fingerprint, type Parsed, PropertyReader } from './event';
import type { Setting, Wanted } from './setting';

/** Which finding is suppressed: of one check on one resource. */
export interface SuppressionIdentity {
  readonly checkName: string;
  readonly resourceIdentifier: Readonly<Record<string, unknown>>;
}

export interface SuppressionValue {
  /** Seconds since the epoch. */
  readonly expirationDate?: number;
  readonly suppressIndefinitely?: boolean;
  readonly description?: string;
}

/** By key; absent where there is none. */
export type SuppressionState = Readonly<Record<string, SuppressionValue | undefined>>;

export type SuppressionCall =
  | { readonly kind: 'create' | 'update'; readonly identity: SuppressionIdentity; readonly value: SuppressionValue }
  | { readonly kind: 'delete'; readonly identity: SuppressionIdentity };

/** A finding that is not to be reported for a time. */
export const suppression: Setting<SuppressionState, SuppressionCall> = {
  kind: 'suppression',

  parse(properties): Parsed<Wanted> {
    const reader = new PropertyReader(properties);
    const identity: SuppressionIdentity = {
      checkName: reader.text('CheckName' satisfies keyof SuppressionProperties),
      resourceIdentifier: reader.map('ResourceIdentifier' satisfies keyof SuppressionProperties),
    };
    if (Object.keys(identity.resourceIdentifier).length !== 1)
      reader.report('ResourceIdentifier must name one resource');
    const description = reader.text('Reason' satisfies keyof SuppressionProperties);
    const date = reader.optionalText('ExpirationDate' satisfies keyof SuppressionProperties);
    if (date !== undefined && !/^\d{1,12}$/.test(date)) reader.report('ExpirationDate must be in seconds');
    const value: SuppressionValue =
      date === undefined ? { suppressIndefinitely: true, description } : { expirationDate: Number(date), description };
    // The template says how long and why; that is never merged with what another says.
    return reader.result({ wants: { [keyOf(identity)]: renderValue(value) }, replace: true });
  },

  /** Another finding is another suppression: CloudFormation deletes the one before afterwards. */
  version({ wants }) {
    return fingerprint(Object.keys(wants).join());
  },

  flatten(state) {
    return Object.fromEntries(
      Object.entries(state).map(([key, value]) => [key, value === undefined ? undefined : renderValue(value)]),
    );
  },

  rule: (key, want, base, replace) => (replace ? want : (base[key] ?? want)),

  defer: () => false,

  steps(state, changes, nowSeconds) {
    const steps = Object.entries(changes).map(([key, change]) => {
      const identity = identityOf(key);
      const value = change === null ? undefined : parseValue(change);
      // What would have ended by itself meanwhile is not brought back.
      const isOver = value?.expirationDate !== undefined && value.expirationDate <= nowSeconds;
      if (value === undefined || isOver) return { call: { kind: 'delete', identity } as const };
      return { call: { kind: state[key] === undefined ? 'create' : 'update', identity, value } as const };
    });
    return { steps, cannot: [] };
  },

  group: (key) => key,

  passesRole: () => false,
};

const KEY = 'suppression:';

function keyOf(identity: SuppressionIdentity): string {
  return KEY + JSON.stringify([identity.checkName, sorted(identity.resourceIdentifier)]);
}

export function identityOf(key: string): SuppressionIdentity {
  const [checkName, resourceIdentifier] = JSON.parse(key.slice(KEY.length)) as [string, Record<string, unknown>];
  return { checkName, resourceIdentifier };
}

/** One text for one resource, in whatever order its parts come. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, part]) => [name, sorted(part)]),
  );
}

function renderValue({ expirationDate, suppressIndefinitely, description }: SuppressionValue): string {
  return JSON.stringify({ expirationDate, suppressIndefinitely: suppressIndefinitely || undefined, description });
}

function parseValue(text: string): SuppressionValue {
  return JSON.parse(text) as SuppressionValue;
}
