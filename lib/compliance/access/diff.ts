import type { Model, Resource } from '../model/model';
import type { Codes } from '../../policy/evaluator/glob';
import type { World } from '../policies/document';
import { type AccessAction, ACTIONS } from './actions';
import { type Belongs, belongsTo, grantsOf } from './grants';
import { holderOf, identitiesOf } from './identities';
import { type Gain, gains, GENERIC, hasGained, isEmpty, isWithin, type Right } from './language';
import { describe, worldsFor } from './matrix';
import { rightsOf, type Rights } from './rights';
import { Symbols } from './symbols';
import { type Identity, inScenario, type Scenario, scenariosOf, unknownOf } from './who';

export type Direction = 'widens' | 'narrows';

/** Names that somebody gained or lost for an action. */
export interface AccessChange {
  readonly direction: Direction;
  /** Id of the identity. */
  readonly who: string;
  readonly action: string;
  readonly pattern: string;
  readonly belongs: Belongs;
  /** Not all of the pattern changed. */
  readonly isPart: boolean;
  /** One of the names that changed. */
  readonly example: string;
  /** Conditions in the policy under which it is so. */
  readonly when: readonly string[];
  /** Conditions and parameters of the templates under which it is so. */
  readonly given: readonly string[];
  readonly because: readonly string[];
  /** What of it was allowed before, or is left. */
  readonly before: readonly string[];
  readonly sentence: string;
}

/** What a change of templates does to who may do what. */
export interface AccessDiff {
  readonly version: 1;
  readonly widens: readonly AccessChange[];
  readonly narrows: readonly AccessChange[];
  /** What cannot be told, and why. */
  readonly unknown: readonly string[];
  /** Identities that were taken for the same although their names differ. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
}

interface Pair {
  readonly before?: Identity;
  readonly after?: Identity;
}

/** Compares who may do what: by what is allowed, not by how it is written. */
export function accessDiff(before: Model, after: Model): AccessDiff {
  return new Comparison(before, after).run();
}

class Comparison {
  private readonly symbols = new Symbols();
  private readonly changes = new Map<
    string,
    {
      change: Omit<AccessChange, 'given' | 'sentence'>;
      subject: string;
      verb: string;
      given: Set<string>;
      places: number;
    }
  >();
  private readonly unknown = new Set<string>();
  private readonly renamed: { from: string; to: string }[] = [];

  constructor(
    private readonly before: Model,
    private readonly after: Model,
  ) {}

  public run(): AccessDiff {
    for (const pair of this.pairs()) this.compare(pair);
    this.gaps();
    const all = withoutWills(
      [...this.changes.values()].map(({ change, subject, verb, given, places }): AccessChange => {
        const where = given.size === places ? [] : [...given].sort();
        const full = { ...change, given: where };
        return { ...full, sentence: inWords(full, subject, verb) };
      }),
    );
    return {
      version: 1,
      widens: all.filter(({ direction }) => direction === 'widens'),
      narrows: all.filter(({ direction }) => direction === 'narrows'),
      unknown: [...this.unknown].sort(),
      renamed: this.renamed,
    };
  }

  /** Who was, with who is. */
  private pairs(): Pair[] {
    const [old, now] = [identitiesOf(this.before).identities, identitiesOf(this.after).identities];
    const pairs = now.flatMap((after): Pair[] =>
      old.filter(({ id }) => id === after.id).map((before) => ({ before, after })),
    );
    const gone = old.filter(({ id }) => !now.some((each) => each.id === id));
    const come = now.filter(({ id }) => !old.some((each) => each.id === id));
    const rest = come.map((after) => this.counterpart(after, gone, come));
    const used = new Set(rest.map(({ before }) => before));
    return [...pairs, ...rest, ...gone.filter((each) => !used.has(each)).map((before) => this.farewell(before))];
  }

  /** Whom somebody new may have been: a policy that hung elsewhere, or the only one of the kind that is gone. */
  private counterpart(after: Identity, gone: readonly Identity[], come: readonly Identity[]): Pair {
    const isAlike = (each: Identity): boolean => each.kind === after.kind && each.isForeign === after.isForeign;
    const holders = after.kind === 'policy' ? this.holders(this.before, after) : [];
    if (holders[0] !== undefined) return { before: holders[0], after };
    const candidates = gone.filter(isAlike);
    if (candidates.length !== 1 || come.filter(isAlike).length !== 1) return { after };
    const [before] = candidates;
    if (before !== undefined && !after.isForeign) this.renamed.push({ from: before.id, to: after.id });
    return { before, after };
  }

  /** A policy that hung on nothing and now hangs on somebody is not gone. */
  private farewell(before: Identity): Pair {
    const [after] = before.kind === 'policy' ? this.holders(this.after, before) : [];
    return { before, after };
  }

  private holders(model: Model, { policies, isForeign }: Identity): Identity[] {
    return policies
      .slice(0, 1)
      .flatMap(({ name }) => holderOf(model, name))
      .filter((each) => each.isForeign === isForeign);
  }

  private compare({ before, after }: Pair): void {
    const identity = (after ?? before) as Identity;
    const both = [before, after].filter((each) => each !== undefined);
    if (before !== undefined && after !== undefined && fingerprint(before) === fingerprint(after)) return;
    const reasons = [...new Set(both.flatMap(unknownOf))];
    for (const reason of reasons) this.unknown.add(`${identity.title}: ${reason}`);
    const { scenarios, complete } = scenariosOf(both);
    if (!complete)
      this.unknown.add(`${identity.title}: it depends on more combinations of conditions than are looked at`);
    const worlds = worldsFor(...both);
    for (const world of worlds) {
      for (const scenario of scenarios) {
        const [old, now] = [this.rights(before, scenario, world), this.rights(after, scenario, world)];
        if (old === undefined || now === undefined) continue;
        const places = { given: describe(scenario, world, worlds), places: worlds.length * scenarios.length };
        this.contrast('widens', identity, old, now, places);
        this.contrast('narrows', identity, now, old, places);
      }
    }
  }

  private rights(identity: Identity | undefined, scenario: Scenario, world: World): Rights | undefined {
    if (identity === undefined) return new Map();
    const { rights, problems } = rightsOf(inScenario(identity, scenario), world, this.symbols);
    for (const problem of problems) this.unknown.add(`${identity.title}: ${problem}`);
    return problems.length > 0 ? undefined : rights;
  }

  private contrast(
    direction: Direction,
    identity: Identity,
    less: Rights,
    more: Rights,
    at: { given: string; places: number },
  ): void {
    for (const action of ACTIONS) {
      const [small, large] = [less.get(action) ?? [], more.get(action) ?? []];
      const { found, complete } = gains(small, large);
      if (!complete) this.unknown.add(`${identity.title}: what it may ${action.verb} is too much to compare in full`);
      if (found.length === 0) continue;
      for (const gain of broadest(found)) this.note(direction, identity, action, gain, [small, large], at);
    }
  }

  private note(
    direction: Direction,
    identity: Identity,
    action: AccessAction,
    gain: Gain,
    [small, large]: readonly [Right, Right],
    { given, places }: { given: string; places: number },
  ): void {
    const single: Right = gain.through.map(({ clause, pattern }) => ({
      allows: [pattern === undefined ? clause : { ...clause, patterns: [pattern] }],
      denies: [],
    }));
    const [grant] = grantsOf(single, action, this.symbols);
    const codes = gain.through[0]?.pattern ?? [];
    const change = {
      direction,
      who: identity.id,
      action: action.id,
      pattern: grant?.pattern ?? '*',
      belongs: grant?.belongs ?? belongsTo(codes, action, this.symbols),
      isPart: small.length > 0 && !isEmpty([...small, ...single]),
      example: this.symbols.show(this.example(gain, small, large)),
      when: grant?.when ?? [],
      because: grant?.because ?? [],
      // Only what has to do with it.
      before: grantsOf(small.length === 0 ? [] : [...small, ...withoutConditions(single)], action, this.symbols).map(
        (each) => each.pattern,
      ),
    };
    const key = JSON.stringify({ ...change, because: [], before: [], example: '' });
    const known = this.changes.get(key) ?? {
      change,
      subject: identity.title,
      verb: action.verb,
      given: new Set<string>(),
      places,
    };
    known.given.add(given);
    this.changes.set(key, known);
  }

  /** A name that a person recognizes, if it is among what was gained; the shortest otherwise. */
  private example({ through, word }: Gain, small: Right, large: Right): Codes {
    const filled = through
      .flatMap(({ pattern }) => (pattern === undefined ? [] : [pattern]))
      .map((pattern) => pattern.flatMap((code) => (code === -1 ? [...ANOTHER] : code === -2 ? [GENERIC] : [code])));
    const usable = filled.filter((name) => name.length > ANOTHER.length || filled.length === 1);
    return usable.find((name) => hasGained(small, large, name)) ?? word;
  }

  /** What keeps one of the two models from being the whole truth, and not the other in the same way. */
  private gaps(): void {
    const lines = ({ gaps }: Model): string[] =>
      gaps.map(({ logicalId, message }) => `${logicalId ?? 'a template'}: ${message}`);
    const [old, now] = [lines(this.before), lines(this.after)];
    for (const line of [...old.filter((each) => !now.includes(each)), ...now.filter((each) => !old.includes(each))])
      this.unknown.add(line);
  }
}

const ANOTHER: Codes = Array.from('another-thing', (char) => char.charCodeAt(0));

/** What may be published may be a last will: one change, not two. */
function withoutWills(changes: readonly AccessChange[]): AccessChange[] {
  const key = ({ direction, who, pattern, when, given }: AccessChange): string =>
    JSON.stringify([direction, who, pattern, when, given]);
  const published = new Set(changes.filter(({ action }) => action === 'publish').map(key));
  return changes.filter((change) => change.action !== 'will' || !published.has(key(change)));
}

/** The same names whatever the conditions are; without a reason, since it allows nothing by itself. */
function withoutConditions(right: Right): Right {
  return right.map(({ allows, denies }) => ({
    denies,
    allows: allows.map((each) => ({ ...each, when: [], because: '' })),
  }));
}

/** Of patterns through which names came, those that no other includes. */
function broadest(found: readonly Gain[]): Gain[] {
  return found.filter(
    (gain, index) =>
      !found.some((other, place) => place !== index && covers(other, gain) && (place < index || !covers(gain, other))),
  );
}

function covers(one: Gain, other: Gain): boolean {
  return (
    one.through.length === other.through.length &&
    one.through.every((each, index) => {
      const match = other.through[index];
      if (match === undefined || !each.clause.when.every((condition) => match.clause.when.includes(condition)))
        return false;
      if (each.pattern === undefined || match.pattern === undefined) return each.clause === match.clause;
      return each.pattern.join() === match.pattern.join() || isWithin(match.pattern, [each.pattern]);
    })
  );
}

/** Everything that the rights of an identity depend on, as it is written. */
function fingerprint(identity: Identity): string {
  const { policies, hasThing, thingName, isExclusive, isForeign, isConnected } = identity;
  const resources = new Set<Resource>(policies.flatMap(({ variants }) => variants.map(({ resource }) => resource)));
  return JSON.stringify([
    hasThing,
    thingName,
    isExclusive,
    isForeign,
    isConnected,
    policies.map(({ name, group, variants }) => [name, group, variants.map(({ when, document }) => [when, document])]),
    [...resources].map(({ raw }) => raw),
  ]);
}

const BELONGS: { readonly [belongs in Belongs]: string } = {
  own: '',
  others: ', also what belongs to other things',
  shared: ', the same for every device',
};

function inWords(change: Omit<AccessChange, 'sentence'>, subject: string, verb: string): string {
  const { direction, pattern, belongs, example, isPart } = change;
  const when = change.when.length === 0 ? '' : `, when ${change.when.join(' and ')}`;
  const given = change.given.length === 0 ? '' : `, where ${change.given.join(' or ')}`;
  const ending = `${when}${given}`;
  if (direction === 'widens') {
    const more = isPart && belongs !== 'others' ? 'more of ' : '';
    const such = example === pattern ? '' : `, such as ${example}`;
    return `${subject} may now ${verb} ${more}${pattern}${BELONGS[belongs]}${such}${ending}`;
  }
  return isPart
    ? `${subject} may ${verb} less of ${pattern}: no longer ${example}${ending}`
    : `${subject} may no longer ${verb} ${pattern}${ending}`;
}
