import { covers } from './cover';
import type { Rule } from './rule';

/**
 * The shortest statements found that mean the same.
 *
 * Resources that another resource of the same action covers are dropped; then statements are formed in two ways, by resource
 * (each resource once, with all its actions) and by action, and the shorter result is taken. The result does not depend on
 * the order of the input.
 */
export function minimize(rules: readonly Rule[], sizeOf: (rule: Rule) => number): Rule[] {
  return groupBy(rules, (rule) => JSON.stringify([rule.effect, rule.kind, sortedConditions(rule)]))
    .flatMap((alike) => (isPositive(alike) ? minimizeResources(alike, sizeOf) : minimizeExceptions(alike)))
    .sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
}

function isPositive(alike: readonly Rule[]): boolean {
  return alike.every((rule) => rule.kind === 'Resource');
}

function minimizeResources(alike: readonly Rule[], sizeOf: (rule: Rule) => number): Rule[] {
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
  return total(byAction, sizeOf) < total(byResource, sizeOf) ? byAction : byResource;
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
  const unique = [...new Set(resources)].sort();
  return unique.filter(
    (resource) =>
      !unique.some(
        (other) => other !== resource && covers(other, resource) && !(covers(resource, other) && other > resource),
      ),
  );
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

function total(rules: readonly Rule[], sizeOf: (rule: Rule) => number): number {
  return rules.reduce((sum, rule) => sum + sizeOf(rule) + 1, 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
