import { covers } from './cover';
import type { Rule } from './rule';
import { listSize, type RuleSize } from './size';

/**
 * The shortest statements found that mean the same.
 *
 * Resources that another resource of the same action covers are dropped; then statements are formed in two ways, by resource
 * (each resource once, with all its actions) and by action, and the shorter result is taken. The result does not depend on
 * the order of the input.
 */
export function minimize(rules: readonly Rule[], sizeOf: RuleSize): Rule[] {
  return groupBy(rules, (rule) => JSON.stringify([rule.effect, rule.kind, sortedConditions(rule)]))
    .flatMap((alike) => (isPositive(alike) ? minimizeResources(alike, sizeOf) : minimizeExceptions(alike)))
    .sort(compareRules);
}

/** By what they do, then by what they do it to. */
export function compareRules(a: Rule, b: Rule): number {
  return compare(sortKey(a), sortKey(b));
}

function sortKey(rule: Rule): string {
  return JSON.stringify([rule.effect, rule.actions, rule.kind, rule.resources, sortedConditions(rule)]);
}

function isPositive(alike: readonly Rule[]): boolean {
  return alike.every((rule) => rule.kind === 'Resource');
}

function minimizeResources(alike: readonly Rule[], sizeOf: RuleSize): Rule[] {
  const grants = [...new Set(alike.flatMap((rule) => rule.actions))]
    .sort()
    .flatMap((action) =>
      withoutCovered(alike.filter((rule) => rule.actions.includes(action)).flatMap((rule) => rule.resources)).map(
        (resource) => ({ action, resource }),
      ),
    );
  const template = alike[0] as Rule;
  const byResource = collect(
    grants,
    (grant) => grant.resource,
    (grant) => grant.action,
  ).map(({ keys, values }) => ({ ...template, actions: values, resources: keys }));
  const byAction = collect(
    grants,
    (grant) => grant.action,
    (grant) => grant.resource,
  ).map(({ keys, values }) => ({ ...template, actions: keys, resources: values }));
  return listSize(byAction, sizeOf) < listSize(byResource, sizeOf) ? byAction : byResource;
}

/** Two lists of exceptions cannot be joined: each statement spares only its own. Equal lists can share their actions. */
function minimizeExceptions(alike: readonly Rule[]): Rule[] {
  const shortened = alike.map((rule) => ({ ...rule, resources: withoutCovered(rule.resources) }));
  return groupBy(shortened, (rule) => JSON.stringify(rule.resources)).map((same) => ({
    ...(same[0] as Rule),
    actions: [...new Set(same.flatMap((rule) => rule.actions))].sort(),
  }));
}

/** Sorted, each once, and without those that another one covers. */
function withoutCovered(resources: readonly string[]): string[] {
  const kept: string[] = [];
  for (const resource of [...new Set(resources)].sort()) {
    if (kept.some((other) => covers(other, resource))) continue;
    for (let at = kept.length - 1; at >= 0; at--) if (covers(resource, kept[at] as string)) kept.splice(at, 1);
    kept.push(resource);
  }
  return kept;
}

/** Keys with equal sets of values, joined. */
function collect<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  valueOf: (item: T) => string,
): { keys: string[]; values: string[] }[] {
  const perKey = groupBy(items, keyOf).map((same) => ({
    key: keyOf(same[0] as T),
    values: same.map(valueOf).sort(),
  }));
  return groupBy(perKey, ({ values }) => JSON.stringify(values)).map((same) => ({
    keys: same.map(({ key }) => key).sort(),
    values: (same[0] as { values: string[] }).values,
  }));
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function sortedConditions(rule: Rule): unknown {
  const sortKeys = <T>(object: { readonly [key: string]: T }): [string, T][] =>
    Object.entries(object).sort(([a], [b]) => compare(a, b));
  return sortKeys(rule.conditions).map(([operator, keys]) => [
    operator,
    sortKeys(keys).map(([key, values]) => [key, [...values].sort()]),
  ]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
