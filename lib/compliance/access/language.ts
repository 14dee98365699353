import { type Codes, MANY, ONE } from '../../policy/evaluator/glob';

/** What one statement of a policy says of names: topics, filters, client ids. */
export interface Clause {
  readonly patterns: readonly Codes[];
  /** It is about all names but those of the patterns. */
  readonly inverted: boolean;
  /** What must hold besides, as text: the same text is the same condition. */
  readonly when: readonly string[];
  /** Statement and policy, for a person. */
  readonly because: string;
}

/** The names that some statement allows and none denies. */
export interface Language {
  readonly allows: readonly Clause[];
  readonly denies: readonly Clause[];
}

/** What somebody may do: a name must be in each of the languages. Without languages it is nothing. */
export type Right = readonly Language[];

/** Names that one right has and another has not. */
export interface Gain {
  /** Of each language, the pattern and its clause through which the names come; undefined for all but what a clause names. */
  readonly through: readonly { readonly clause: Clause; readonly pattern?: Codes }[];
  /** The shortest of the names. */
  readonly word: Codes;
}

export interface Gains {
  readonly found: readonly Gain[];
  /** False where the search was given up: there may be more. */
  readonly complete: boolean;
}

/** Any character that no pattern spells out. */
export const GENERIC = 0xe0ff;
/** Codes from here to `LAST_SYMBOL` stand for whole values, such as a device's name, and not for one character. */
export const FIRST_SYMBOL = 0xe100;
export const LAST_SYMBOL = 0xe7ff;
const MAX_STATES = 5_000;
/** More conditions at once are not tried one by one. */
const MAX_CONDITIONS = 10;

/** Everything by any name. */
export const ALL: Codes = [MANY];

/** The names that `after` has and `before` has not, for some outcome of the conditions. */
export function gains(before: Right, after: Right): Gains {
  // Most of what is compared did not change at all.
  if (after.length === 0 || keyOf(before) === keyOf(after)) return { found: [], complete: true };
  return new Search(before, after).run();
}

function keyOf(right: Right): string {
  const clauses = (all: readonly Clause[]): string[] =>
    all
      .map(({ patterns, inverted, when }) => JSON.stringify([patterns.map((codes) => codes.join()), inverted, when]))
      .sort();
  return JSON.stringify(right.map(({ allows, denies }) => [clauses(allows), clauses(denies)]));
}

/** Whether it is certain that no name is in it. */
export function isEmpty(right: Right): boolean {
  return addsNothing([], right);
}

/** Whether each name of the pattern is one of the others' too. */
export function isWithin(pattern: Codes, others: readonly Codes[]): boolean {
  const near = others.filter((other) => mayMeet(pattern, other));
  if (near.length === 0) return false;
  return near.some((other) => other.join() === pattern.join()) || addsNothing([plain(near)], [plain([pattern])]);
}

export function overlaps(one: Codes, other: Codes): boolean {
  return mayMeet(one, other) && !isEmpty([plain([one]), plain([other])]);
}

/** Whether a name is in a right for some outcome of the conditions, and not in another for the same. */
export function hasGained(before: Right, after: Right, name: Codes): boolean {
  return new Search(before, [...after, plain([name])]).run(1).found.length > 0;
}

/** The first name that is found tells as much as all of them. */
function addsNothing(before: Right, after: Right): boolean {
  const { found, complete } = new Search(before, after).run(1);
  return complete && found.length === 0;
}

/** False where what they begin with, up to a wildcard, tells that no name is in both: most patterns of a policy differ there. */
function mayMeet(one: Codes, other: Codes): boolean {
  for (let place = 0; place < one.length || place < other.length; place++) {
    const [left = END, right = END] = [one[place], other[place]];
    if (isWildcard(left) || isWildcard(right)) return true;
    if (left !== right) return false;
  }
  return true;
}

/** No code. */
const END = Number.NaN;

function isWildcard(code: number): boolean {
  return code === MANY || code === ONE;
}

export function plain(patterns: readonly Codes[]): Language {
  return { allows: [{ patterns, inverted: false, when: [], because: '' }], denies: [] };
}

export function isSymbol(code: number): boolean {
  return code >= FIRST_SYMBOL && code <= LAST_SYMBOL;
}

/** A pattern as a machine: states are sets of places in it. */
class Machine {
  private readonly places: (readonly number[])[] = [];
  private readonly ids = new Map<string, number>();
  private readonly steps: Map<number, number>[] = [];
  private readonly expected: (readonly number[])[] = [];

  constructor(private readonly codes: Codes) {
    this.add([0]);
  }

  public step(state: number, code: number): number {
    const known = this.steps[state]?.get(code);
    if (known !== undefined) return known;
    const next: number[] = [];
    for (const place of this.places[state] as readonly number[]) {
      const here = this.codes[place];
      if (here === MANY) next.push(place);
      else if (here === code || (here === ONE && !isSymbol(code))) next.push(place + 1);
    }
    const id = this.add(next);
    this.steps[state]?.set(code, id);
    return id;
  }

  public accepts(state: number): boolean {
    return this.places[state]?.at(-1) === this.codes.length;
  }

  public isDead(state: number): boolean {
    return this.places[state]?.length === 0;
  }

  /** The characters that it waits for in a state, but those that any other would do for. */
  public expects(state: number): readonly number[] {
    return this.expected[state] as readonly number[];
  }

  /** `places` ascend. */
  private add(places: readonly number[]): number {
    const all = new Set<number>();
    let last = -1;
    for (const place of places) {
      all.add(place);
      for (let next = place; this.codes[next] === MANY; next++) {
        all.add(next + 1);
        last = next;
      }
    }
    // What comes before the last `*` reached can match nothing that the `*` cannot.
    const kept = [...all].filter((place) => place >= last);
    const key = kept.join();
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.places.push(kept) - 1;
    this.steps.push(new Map());
    this.expected.push(kept.map((place) => this.codes[place] ?? END).filter((code) => code >= 0));
    this.ids.set(key, id);
    return id;
  }
}

interface BoundClause {
  readonly clause: Clause;
  /** Numbers of the machines of its patterns. */
  readonly machines: readonly number[];
}

interface BoundLanguage {
  readonly allows: readonly BoundClause[];
  readonly denies: readonly BoundClause[];
}

type State = readonly number[];

interface Visit {
  readonly state: State;
  /** The name so far: its last code, and what came before it. */
  readonly code: number;
  readonly from: Visit | undefined;
}

function wordOf(visit: Visit): Codes {
  const word: number[] = [];
  for (let { code, from } = visit; from !== undefined; { code, from } = from) word.push(code);
  return word.reverse();
}

/** Walks all names at once, as far as they differ for the patterns of both rights. */
class Search {
  private readonly machines: Machine[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly before: readonly BoundLanguage[];
  private readonly after: readonly BoundLanguage[];
  private readonly found = new Map<string, Gain>();
  private complete = true;

  constructor(before: Right, after: Right) {
    this.before = before.map((language) => this.bind(language));
    this.after = after.map((language) => this.bind(language));
  }

  /** All that there is, or the first of it. */
  public run(most = Infinity): Gains {
    const first: State = this.machines.map(() => 0);
    const seen = new Set([first.join()]);
    const queue: Visit[] = [{ state: first, code: END, from: undefined }];
    for (let at = 0; at < queue.length; at++) {
      const visit = queue[at] as Visit;
      this.look(visit);
      if (this.found.size >= most) break;
      if (seen.size > MAX_STATES) {
        this.complete = false;
        break;
      }
      for (const code of this.codesFrom(visit.state)) {
        const state = this.machines.map((machine, index) => machine.step(visit.state[index] as number, code));
        if (!this.isAlive(state)) continue;
        const key = state.join();
        if (seen.has(key)) continue;
        seen.add(key);
        queue.push({ state, code, from: visit });
      }
    }
    return { found: [...this.found.values()], complete: this.complete };
  }

  private bind({ allows, denies }: Language): BoundLanguage {
    const each = (clauses: readonly Clause[]): BoundClause[] =>
      clauses.map((clause) => ({ clause, machines: clause.patterns.map((codes) => this.machineOf(codes)) }));
    return { allows: each(allows), denies: each(denies) };
  }

  private machineOf(codes: Codes): number {
    const key = codes.join();
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.machines.push(new Machine(codes));
    this.numbers.set(key, this.machines.length - 1);
    return this.machines.length - 1;
  }

  /** One of each kind of character that makes a difference from here. */
  private codesFrom(state: State): number[] {
    // Also where no pattern is left: all but what is named goes on.
    const codes = new Set<number>([GENERIC]);
    for (const [index, machine] of this.machines.entries())
      for (const code of machine.expects(state[index] as number)) codes.add(code);
    return [...codes].sort((a, b) => a - b);
  }

  /** Whether each language of `after` may still allow something. */
  private isAlive(state: State): boolean {
    return this.after.every(({ allows }) =>
      allows.some(
        ({ clause, machines }) =>
          clause.inverted || machines.some((index) => this.machines[index]?.isDead(state[index] as number) === false),
      ),
    );
  }

  private look(visit: Visit): void {
    const { state } = visit;
    if (!this.after.every(({ allows }) => allows.some((each) => this.matches(each, state)))) return;
    const after = this.after.map((language) => this.matched(language, state));
    const before = this.before.map((language) => this.matched(language, state));
    const outcome = this.outcome(before, after);
    if (outcome === undefined) return;
    const through = after.map(({ allows }) =>
      allows
        .filter(({ clause }) => holds(clause, outcome))
        .flatMap(({ clause, machines }) => this.patternsOf(clause, machines, state)),
    );
    for (const combination of combinations(through)) {
      const key = JSON.stringify(
        combination.map(({ clause, pattern }) => [pattern ?? 'but', clause.when, clause.because]),
      );
      if (!this.found.has(key)) this.found.set(key, { through: combination, word: wordOf(visit) });
    }
  }

  private patternsOf(clause: Clause, machines: readonly number[], state: State): Gain['through'][number][] {
    if (clause.inverted) return [{ clause }];
    return clause.patterns.flatMap((pattern, index) => {
      const machine = machines[index] as number;
      return this.machines[machine]?.accepts(state[machine] as number) === true ? [{ clause, pattern }] : [];
    });
  }

  private matched(language: BoundLanguage, state: State): Matched {
    return {
      allows: language.allows.filter((each) => this.matches(each, state)),
      denies: language.denies.filter((each) => this.matches(each, state)).map(({ clause }) => clause),
    };
  }

  private matches({ clause, machines }: BoundClause, state: State): boolean {
    return machines.some((index) => this.machines[index]?.accepts(state[index] as number)) !== clause.inverted;
  }

  /** Conditions that hold when `after` allows and `before` does not; undefined where there are none such. */
  private outcome(before: readonly Matched[], after: readonly Matched[]): ReadonlySet<string> | undefined {
    const clauses = [...before, ...after].flatMap(({ allows, denies }) => [
      ...allows.map((each) => each.clause),
      ...denies,
    ]);
    const conditions = [...new Set(clauses.flatMap(({ when }) => when))].sort();
    if (conditions.length > MAX_CONDITIONS) {
      this.complete = false;
      return undefined;
    }
    for (let bits = 2 ** conditions.length - 1; bits >= 0; bits--) {
      const outcome = new Set(conditions.filter((_, index) => Math.floor(bits / 2 ** index) % 2 === 1));
      if (allowed(after, outcome) && !allowed(before, outcome)) return outcome;
    }
    return undefined;
  }
}

interface Matched {
  readonly allows: readonly BoundClause[];
  readonly denies: readonly Clause[];
}

function allowed(languages: readonly Matched[], outcome: ReadonlySet<string>): boolean {
  return (
    languages.length > 0 &&
    languages.every(
      ({ allows, denies }) =>
        allows.some(({ clause }) => holds(clause, outcome)) && !denies.some((clause) => holds(clause, outcome)),
    )
  );
}

function holds({ when }: Clause, outcome: ReadonlySet<string>): boolean {
  return when.every((condition) => outcome.has(condition));
}

function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((left) => list.map((right) => [...left, right])), [[]]);
}
