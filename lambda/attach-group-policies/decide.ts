import { MAX_POLICIES_PER_GROUP } from './contract';
import type { Attachable } from './event';

/** What is known of a group before something is changed. */
export interface Situation {
  /** Names of the policies that AWS IoT lists on the group; the list may lag behind. */
  readonly listed: readonly string[];
  /** What shall be attached, what denies first. */
  readonly desired: readonly Attachable[];
  /** What this resource attached before, as of its last properties. */
  readonly former: readonly Attachable[];
}

export interface Step {
  readonly kind: 'attach' | 'detach';
  readonly policy: string;
}

export type Plan =
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  /** There is no room: `foreign` is attached by somebody else. */
  | { readonly kind: 'full'; readonly foreign: readonly string[] };

/**
 * The order of changes that opens no access on the way: what denies is attached first and detached last, and something is
 * detached before its successor is attached only where the limit of policies per group forces it. If then only a policy
 * that denies could make way, an allowing one that stays is taken off for the moment instead.
 *
 * Attaching and detaching are idempotent, and the list may be old; so what is listed is attached again, and what is not
 * listed is detached all the same.
 */
export function planAttachments(situation: Situation): Plan {
  const { desired, listed } = situation;
  const foreign = foreignOf(situation);
  if (foreign.length + desired.length > MAX_POLICIES_PER_GROUP) return { kind: 'full', foreign };

  const present = new Set(listed);
  const leaving = leavingOf(situation);
  const steps = desired.filter(({ name }) => present.has(name)).map(({ name }) => step('attach', name));
  const coming = desired.filter(({ name }) => !present.has(name));
  for (let next = coming.shift(); next !== undefined; next = coming.shift()) {
    if (present.size >= MAX_POLICIES_PER_GROUP) {
      const way = makeWay(next, desired, leaving, present);
      steps.push(step('detach', way.name));
      present.delete(way.name);
      if (desired.includes(way)) coming.push(way);
    }
    steps.push(step('attach', next.name));
    present.add(next.name);
  }
  const made = new Set(steps.map(({ policy }) => policy));
  for (const { name } of leaving) if (!made.has(name)) steps.push(step('detach', name));
  return { kind: 'steps', steps };
}

/** Whether the group now has what it shall have, and nothing that this resource has given up. */
export function isInPlace(situation: Situation): boolean {
  const { listed, desired } = situation;
  return (
    desired.every(({ name }) => listed.includes(name)) &&
    leavingOf(situation).every(({ name }) => !listed.includes(name))
  );
}

/** What this resource attached before and gives up now; what allows goes first. */
export function leavingOf({ former, desired }: Omit<Situation, 'listed'>): Attachable[] {
  return former.filter(({ name }) => !desired.some((policy) => policy.name === name)).reverse();
}

function foreignOf({ listed, desired, former }: Situation): string[] {
  const own = new Set([...desired, ...former].map(({ name }) => name));
  return listed.filter((name) => !own.has(name));
}

/** There always is one: the group is full, and what is foreign leaves room for all that is desired. */
function makeWay(
  next: Attachable,
  desired: readonly Attachable[],
  leaving: readonly Attachable[],
  present: ReadonlySet<string>,
): Attachable {
  const given = leaving.filter(({ name }) => present.has(name));
  const allowing = given.find(({ denies }) => !denies);
  if (allowing !== undefined) return allowing;
  const lent = next.denies ? desired.find(({ name, denies }) => !denies && present.has(name)) : undefined;
  return lent ?? (given[0] as Attachable);
}

function step(kind: Step['kind'], policy: string): Step {
  return { kind, policy };
}

export interface PolicyVersion {
  /** A whole number as text. */
  readonly id: string;
  readonly isDefault: boolean;
}

/**
 * Versions that nobody needs: all but the default and the newest of the others, to which one may want to go back.
 *
 * CloudFormation adds a version with each change of a document. At the limit of five its own handler makes room by
 * sorting the ids as text, where 10 comes before 9, and may fall back to an old document for a moment; with at most two
 * versions left it never gets there.
 */
export function dispensableVersions(versions: readonly PolicyVersion[]): string[] {
  // Without a default the answer was not complete: touch nothing.
  if (!versions.some(({ isDefault }) => isDefault)) return [];
  const others = versions.filter(({ isDefault }) => !isDefault).map(({ id }) => id);
  return others.sort((a, b) => Number(b) - Number(a)).slice(1);
}
