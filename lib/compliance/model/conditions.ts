import type { Resolver } from './resolver';
import { isRawMap } from './template';
import { isUnresolved, textOf } from './value';

/** Conditions that refer to each other in a circle are no conditions; CloudFormation refuses them. */
const MAX_NESTING = 50;

/** The branch of an `Fn::If` that this choice takes; undefined where it is malformed. */
export function pickBranch(resolver: Resolver, argument: unknown): { readonly value: unknown } | undefined {
  if (!Array.isArray(argument) || argument.length !== 3 || typeof argument[0] !== 'string') return undefined;
  return { value: isTrue(resolver, argument[0]) ? argument[1] : argument[2] };
}

/** Whether a condition holds, for this choice. */
export function isTrue(resolver: Resolver, name: string, nesting = 0): boolean {
  const expression = nesting > MAX_NESTING ? undefined : resolver.scope.condition(name);
  return expression === undefined ? free(resolver, name, name) : evaluate(resolver, expression, name, nesting);
}

function evaluate(resolver: Resolver, expression: unknown, name: string, nesting: number): boolean {
  if (nesting > MAX_NESTING || !isRawMap(expression)) return free(resolver, name, name);
  const [[operator, argument] = ['', undefined]] = Object.entries(expression);
  const list: readonly unknown[] = Array.isArray(argument) ? argument : [];
  const each = (item: unknown) => evaluate(resolver, item, name, nesting + 1);
  if (operator === 'Condition' && typeof argument === 'string') return isTrue(resolver, argument, nesting + 1);
  if (operator === 'Fn::Not' && list.length === 1) return !each(list[0]);
  // All are evaluated: which conditions are asked for must not depend on the answers more than it has to.
  if (operator === 'Fn::And' && list.length > 0) return list.map(each).every(Boolean);
  if (operator === 'Fn::Or' && list.length > 0) return list.map(each).some(Boolean);
  if (operator === 'Fn::Equals' && list.length === 2) return equals(resolver, list, name);
  return free(resolver, JSON.stringify(expression), name);
}

function equals(resolver: Resolver, list: readonly unknown[], name: string): boolean {
  const [left, right] = list.map((item) => resolver.resolve(item));
  const [a, b] = [textOf(left), textOf(right)];
  const known = !isUnresolved(left) && !isUnresolved(right) && a !== undefined && b !== undefined;
  return known ? a === b : free(resolver, JSON.stringify(list), name);
}

/** Nothing says whether it holds: both are looked at. */
function free(resolver: Resolver, key: string, name: string): boolean {
  return resolver.choose(`${resolver.scope.id} condition ${key}`, [
    { label: `${name} is true`, value: true },
    { label: `${name} is false`, value: false },
  ]);
}
