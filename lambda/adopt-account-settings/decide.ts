import type { Claim, Flat, KeyClaim } from './claim';

/**
 * The value that a setting should have, given what it would be without this library (`base`, all settings of it) and what
 * the stack wants. `replace`: the user asked to overwrite what others set.
 */
export type Rule = (key: string, want: string, base: Flat, replace: boolean) => string;

export interface PlanInput {
  /** What the service has now. */
  readonly current: Flat;
  /** What the stack wants; empty to give back everything. */
  readonly wants: Flat;
  readonly replace: boolean;
  readonly generation: string;
  /** What the stack wrote down earlier. */
  readonly claim?: Claim;
  /** What the other stacks of this account and region wrote down. */
  readonly others: readonly Claim[];
  readonly rule: Rule;
  /** Settings that may be given back only once CloudFormation has updated what depends on them. */
  readonly defer?: (key: string) => boolean;
  /** Another stack changed something: take what is free now, but do not fight for what it holds. */
  readonly reconciling?: boolean;
  /** The stacks that want what this one set had their time to take it over: give back what none of them took. */
  readonly overdue?: boolean;
}

/** A setting's new value; null to unset it. */
export type Changes = Readonly<Record<string, string | null>>;

export interface Plan {
  /** To be written because the stack wants it. */
  readonly adopt: Changes;
  /** To be written because the stack no longer wants what it set. */
  readonly release: Changes;
  /** To be remembered before anything is written: holds whatever happens in between. */
  readonly intent: Claim;
  /** To be remembered once everything is written. */
  readonly settled: Claim;
  /** Settings that somebody else set and that were left as they are, though the stack wants another value. */
  readonly kept: readonly string[];
}

/**
 * What to change and what to remember. The one idea: a value that this stack (or, through its claim, another one) set
 * stands for the value that was there before; everything else is the account's own. So to adopt twice is to adopt once,
 * to want nothing is to restore, and whatever somebody changed since is left alone.
 */
export function plan(input: PlanInput): Plan {
  const keys = unique([...definedKeys(input.wants), ...Object.keys(input.claim?.keys ?? {})]);
  const base = baseOf(input);
  const adopt: Record<string, string | null> = {};
  const release: Record<string, string | null> = {};
  const intent: Record<string, KeyClaim> = {};
  const settled: Record<string, KeyClaim> = {};
  const kept: string[] = [];
  for (const key of keys) {
    const want = input.wants[key];
    const mine = input.claim?.keys[key];
    if (want === undefined) {
      const released = releaseKey(key, base, input);
      // What is not wanted is among the keys because it is claimed.
      const held = mine as KeyClaim;
      intent[key] = held;
      if (released === 'later') settled[key] = held;
      else if (released !== 'leave') release[key] = released.to;
      continue;
    }
    const { target, claim } = adoptKey(key, want, base, input);
    if (target !== input.current[key]) adopt[key] = target;
    if (target !== want) kept.push(key);
    if (claim !== undefined) settled[key] = claim;
    const during = whileChanging(claim, mine, input.current[key]);
    if (during !== undefined) intent[key] = during;
  }
  const remember = (generation: string, claims: Record<string, KeyClaim>): Claim => ({
    generation,
    wants: input.wants,
    replace: input.replace,
    keys: claims,
  });
  return {
    adopt,
    release,
    // A version that fails half-way is none: when CloudFormation deletes it, the one before still stands.
    intent: remember(input.claim?.generation ?? input.generation, intent),
    settled: remember(input.generation, settled),
    kept,
  };
}

/** The account as it would be had no stack of this library touched it. */
function baseOf(input: PlanInput): Flat {
  const base: Record<string, string | undefined> = { ...input.current };
  for (const [key, current] of Object.entries(input.current)) {
    const holder = [input.claim, ...input.others].find((claim) => holds(claim?.keys[key], current));
    if (holder !== undefined) base[key] = holder.keys[key]?.before ?? undefined;
  }
  return base;
}

function adoptKey(
  key: string,
  want: string,
  base: Flat,
  input: PlanInput,
): { readonly target: string; readonly claim?: KeyClaim } {
  const alone = input.rule(key, want, base, input.replace);
  const yields =
    isHeldByOthers(key, input) &&
    (!input.replace || input.reconciling === true) &&
    // A value that this stack also wants is its own to change, unless it would leave the account's without the others.
    (input.claim?.keys[key]?.ours.includes(input.current[key] as string) !== true || alone === base[key]);
  const target = yields ? input.rule(key, want, input.current, false) : alone;
  if (target === base[key] && !(target === want && isContested(key, base, input))) return { target };
  const before = base[key] ?? null;
  const leftToOthers = yields && target !== want;
  return { target, claim: leftToOthers ? { before, ours: [], theirs: [target] } : { before, ours: [target] } };
}

/** Whether another stack that still wants the setting set the value in place. */
function isHeldByOthers(key: string, { current, others }: PlanInput): boolean {
  const value = current[key];
  if (value === undefined) return false;
  return others.some((other) => other.wants[key] !== undefined && other.keys[key]?.ours.includes(value) === true);
}

/** Whether another stack would not leave the account's own value; only a claim keeps it from writing that over and over. */
function isContested(key: string, base: Flat, { others, rule }: PlanInput): boolean {
  return others.some(({ wants: { [key]: want }, replace }) => {
    return want !== undefined && rule(key, want, base, replace) !== base[key];
  });
}

/**
 * What to do with a setting that the stack no longer wants: set it back, leave it, or leave it for now. Where another
 * stack wants it, what is known of the value in place must outlast its taking over: that other may never have seen the
 * value, and would count it as the account's own. Nor may a role go that is still in use.
 */
function releaseKey(key: string, base: Flat, input: PlanInput): { readonly to: string | null } | 'leave' | 'later' {
  if (input.defer?.(key) === true) return 'later';
  const current = input.current[key];
  if (!holds(input.claim?.keys[key], current)) return 'leave';
  const heirs = input.others.filter((other) => other.wants[key] !== undefined);
  // The first is what an heir wants to be there; the ones after it are what it is about to change.
  if (heirs.some((heir) => heir.keys[key]?.ours[0] === current)) return 'leave';
  return heirs.length === 0 || input.overdue === true ? { to: base[key] ?? null } : 'later';
}

/**
 * Until the change is known to be written, the value in place must still be known as ours. One that is known anyway is
 * not added: each write of a claim wakes the other stacks, so that a claim with nothing new to say must stay as it is.
 */
function whileChanging(
  next: KeyClaim | undefined,
  mine: KeyClaim | undefined,
  current: string | undefined,
): KeyClaim | undefined {
  const held = valuesOf(mine).find((value) => value === current);
  if (held === undefined) return next;
  if (next === undefined) return mine;
  return valuesOf(next).includes(held) ? next : { ...next, ours: [...next.ours, held] };
}

function holds(claim: KeyClaim | undefined, value: string | undefined): boolean {
  return value !== undefined && valuesOf(claim).includes(value);
}

function valuesOf(claim: KeyClaim | undefined): readonly string[] {
  return [...(claim?.ours ?? []), ...(claim?.theirs ?? [])];
}

export function definedKeys(flat: Flat): string[] {
  return Object.keys(flat).filter((key) => flat[key] !== undefined);
}

/** A configuration with changes applied. */
export function applied(current: Flat, changes: Changes): Flat {
  const after: Record<string, string | undefined> = { ...current };
  for (const [key, value] of Object.entries(changes)) after[key] = value ?? undefined;
  return after;
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
