import type { Value } from '../model/value';
import type { FoundPolicy } from '../policies/find';

export type WhoKind = 'member' | 'isolated' | 'enrolled' | 'thing' | 'claim' | 'policy';

/** A policy of somebody, with one document for each combination of the template's conditions. */
export interface HeldPolicy {
  readonly name: string;
  /** Group that it hangs on; undefined for the certificate. */
  readonly group?: string;
  readonly variants: readonly FoundPolicy[];
}

/** Somebody who may do something, as the templates make them. */
export interface Identity {
  /** The same over all versions of the templates. */
  readonly id: string;
  readonly kind: WhoKind;
  /** As the subject of a sentence. */
  readonly title: string;
  readonly policies: readonly HeldPolicy[];
  readonly hasThing: boolean;
  /** @default - any name */
  readonly thingName?: string;
  /** The certificate is attached to its thing alone. */
  readonly isExclusive: boolean;
  /** It connects under a client id that is not its thing's name. */
  readonly isForeign: boolean;
  /** Another policy, which is not in the templates, is taken to let it connect. */
  readonly isConnected: boolean;
}

/** Somebody for one combination of the template's conditions. */
export interface Who extends Omit<Identity, 'policies'> {
  readonly policies: readonly { readonly name: string; readonly group?: string; readonly document: Value }[];
}

/** One outcome for each condition and parameter that some policy depends on. */
export type Scenario = ReadonlyMap<string, string>;

const MAX_SCENARIOS = 32;

/** `IsProduction is true` and `Stage=prod` are outcomes of `IsProduction` and `Stage`. */
function subjectOf(outcome: string): string {
  const verdict = [' is true', ' is false'].find((ending) => outcome.endsWith(ending));
  if (verdict !== undefined) return outcome.slice(0, -verdict.length);
  return outcome.includes('=') ? outcome.slice(0, outcome.lastIndexOf('=')) : outcome;
}

/** All combinations of what the policies of these identities depend on. */
export function scenariosOf(identities: readonly Identity[]): {
  readonly scenarios: Scenario[];
  readonly complete: boolean;
} {
  const outcomes = new Map<string, Set<string>>();
  for (const outcome of identities.flatMap(({ policies }) =>
    policies.flatMap(({ variants }) => variants.flatMap(({ when }) => when)),
  )) {
    const subject = subjectOf(outcome);
    outcomes.set(subject, (outcomes.get(subject) ?? new Set()).add(outcome));
  }
  let scenarios: Scenario[] = [new Map()];
  for (const [subject, options] of [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    scenarios = scenarios.flatMap((scenario) =>
      [...options].sort().map((option) => new Map([...scenario, [subject, option]])),
    );
    if (scenarios.length > MAX_SCENARIOS) return { scenarios: scenarios.slice(0, MAX_SCENARIOS), complete: false };
  }
  return { scenarios, complete: true };
}

/** The identity with the documents that it has in a scenario. */
export function inScenario(identity: Identity, scenario: Scenario): Who {
  const policies = identity.policies.flatMap(({ name, group, variants }) =>
    variants
      .filter(({ when }) => when.every((outcome) => (scenario.get(subjectOf(outcome)) ?? outcome) === outcome))
      .slice(0, 1)
      .map(({ document }) => ({ name, group, document: document ?? { Statement: [] } })),
  );
  return { ...identity, policies };
}

/** What keeps the rights of an identity from being known. */
export function unknownOf(identity: Identity): string[] {
  const reasons = identity.policies.flatMap(({ name, variants }) =>
    variants.flatMap(({ analysis }) =>
      [...analysis.unknown, ...analysis.refused.map((reason) => `AWS IoT would refuse it: ${reason}`)]
        // Here the policies of one identity stand together: who may connect as what is known.
        .filter((reason) => !reason.startsWith('it uses ${iot:ClientId}') || identity.isConnected)
        .map((reason) => `${name}: ${reason}`),
    ),
  );
  return [...new Set(reasons)];
}
