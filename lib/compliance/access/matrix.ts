import type { Model } from '../model/model';
import { readDocument, SOME_WORLD, type World } from '../policies/document';
import { worldsOf } from '../policies/worlds';
import { type AccessAction, ACTIONS, CONNECT } from './actions';
import { type Grant, grantsOf } from './grants';
import { identitiesOf } from './identities';
import { rightsOf } from './rights';
import { Symbols } from './symbols';
import { type Identity, inScenario, type Scenario, scenariosOf, unknownOf, type WhoKind } from './who';

/** Who may do what, by the IoT policies of the templates. */
export interface AccessMatrix {
  readonly version: 1;
  readonly identities: readonly AccessRow[];
  /** Policies that hang on nothing in these templates. */
  readonly unattached: readonly string[];
  /** What was not looked at, or cannot be. */
  readonly gaps: readonly string[];
  readonly assumptions: readonly string[];
}

export interface AccessRow {
  readonly id: string;
  readonly kind: WhoKind | 'foreign';
  readonly title: string;
  readonly policies: readonly { readonly name: string; readonly on: string }[];
  /** Only actions by which something may be done. */
  readonly may: readonly AccessCell[];
  /** Why parts of this cannot be verified. */
  readonly unknown: readonly string[];
}

export interface AccessCell {
  readonly action: string;
  readonly grants: readonly MatrixGrant[];
}

export interface MatrixGrant extends Grant {
  /** Conditions and parameters of the templates under which it is so. */
  readonly given: readonly string[];
}

export const ASSUMPTIONS: readonly string[] = [
  'each identity is judged by the policies of one group, its ancestors and its certificate; memberships in further groups stand in no template',
  'policies of thing groups count over MQTT only, and only while the client id equals the thing name',
  'a change of policies takes minutes to reach every connection, and an isolated device keeps its session until it is ended',
  'a pattern of subscribe is a filter as the client writes it; what is then delivered is what receive allows',
  'conditions on addresses, times and the like are shown and not decided',
  'what custom authorizers, IAM roles, Cognito identities and policies made elsewhere allow is not in the matrix',
];

/** More identities than this are named and not worked out, unless all are asked for. */
export const MANY_IDENTITIES = 200;

export function accessMatrix(model: Model, limit = Number.POSITIVE_INFINITY): AccessMatrix {
  const { identities, unattached } = identitiesOf(model);
  const symbols = new Symbols();
  const worked = identities.slice(0, limit);
  const left = identities.length - worked.length;
  return {
    version: 1,
    identities: worked.map((identity) => rowOf(identity, symbols)),
    unattached: [...unattached].sort(),
    gaps: [
      ...model.gaps.map(
        ({ file, logicalId, message }) => `${file}${logicalId === undefined ? '' : ` ${logicalId}`}: ${message}`,
      ),
      ...(left === 0 ? [] : [`${left} more identities were not worked out here; zero-trust-iot access shows all`]),
    ],
    assumptions: ASSUMPTIONS,
  };
}

/** Accounts and regions that the policies of an identity name, or one that stands for all. */
export function worldsFor(...identities: readonly Identity[]): World[] {
  const found = new Map<string, World>();
  for (const { policies } of identities) {
    for (const { document } of policies.flatMap(({ variants }) => variants)) {
      if (document === undefined) continue;
      for (const world of worldsOf(readDocument(document, SOME_WORLD).statements))
        found.set(JSON.stringify(world), world);
    }
  }
  const literal = [...found].filter(([key]) => key !== JSON.stringify(SOME_WORLD)).sort(([a], [b]) => (a < b ? -1 : 1));
  return literal.length === 0 ? [SOME_WORLD] : literal.map(([, world]) => world);
}

export function kindOf({ kind, isForeign }: Identity): AccessRow['kind'] {
  return isForeign ? 'foreign' : kind;
}

interface Seen {
  readonly grant: Grant;
  readonly where: Set<string>;
}

function rowOf(identity: Identity, symbols: Symbols): AccessRow {
  const { scenarios, complete } = scenariosOf([identity]);
  const worlds = worldsFor(identity);
  const problems = new Set(unknownOf(identity));
  if (!complete) problems.add('it depends on more combinations of conditions than are looked at');
  const seen = new Map<AccessAction, Map<string, Seen>>(ACTIONS.map((action) => [action, new Map<string, Seen>()]));
  const places = worlds.flatMap((world) =>
    scenarios.map((scenario) => ({ world, scenario, given: describe(scenario, world, worlds) })),
  );
  for (const { world, scenario, given } of places) {
    const { rights, problems: found } = rightsOf(inScenario(identity, scenario), world, symbols);
    for (const problem of found) problems.add(problem);
    for (const [action, right] of rights) {
      for (const each of grantsOf(right, action, symbols)) {
        const grant = forClaim(identity, action, each);
        const key = JSON.stringify({ ...grant, because: [] });
        const known = seen.get(action)?.get(key) ?? { grant, where: new Set<string>() };
        seen.get(action)?.set(key, { ...known, where: known.where.add(given) });
      }
    }
  }
  return {
    id: identity.id,
    kind: kindOf(identity),
    title: identity.title,
    policies: identity.policies.map(({ name, group }) => ({
      name,
      on: group === undefined ? 'certificate' : `thing group ${group}`,
    })),
    may: ACTIONS.flatMap((action) => cellOf(action, [...(seen.get(action)?.values() ?? [])], places.length)),
    unknown: [...problems].sort(),
  };
}

/** Claim certificates are no things: a prefix of their own is what they have in common. */
function forClaim({ kind }: Identity, action: AccessAction, grant: Grant): Grant {
  const isOwnPrefix = kind === 'claim' && action === CONNECT && !/^[*?]/.test(grant.pattern);
  return isOwnPrefix && grant.belongs === 'others' ? { ...grant, belongs: 'shared' } : grant;
}

function cellOf(action: AccessAction, seen: readonly Seen[], places: number): AccessCell[] {
  if (seen.length === 0) return [];
  const grants = seen.map(({ grant, where }) => ({ ...grant, given: where.size === places ? [] : [...where].sort() }));
  return [
    { action: action.id, grants: grants.sort((a, b) => (a.pattern < b.pattern ? -1 : a.pattern > b.pattern ? 1 : 0)) },
  ];
}

export function describe(scenario: Scenario, world: World, worlds: readonly World[]): string {
  const place = worlds.length > 1 ? [`${world.region} of account ${world.account}`] : [];
  return [...scenario.values(), ...place].join(', ');
}
