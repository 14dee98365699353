import type { Model, Resource } from '../model/model';

/**
 * The resources of some types that a rule may count on: one whose condition may be false counts only for what is created
 * under the same condition.
 */
export function standing(
  model: Model,
  types: readonly string[],
  beside?: Resource,
): { readonly sure: readonly Resource[]; readonly perhaps: readonly Resource[] } {
  const there = model.ofType(...types);
  const isSure = (each: Resource): boolean => each.exists === 'always' || isTogether(each, beside);
  return { sure: there.filter(isSure), perhaps: there.filter((each) => !isSure(each)) };
}

function isTogether(each: Resource, beside: Resource | undefined): boolean {
  return beside?.scope === each.scope && beside.raw.Condition === each.raw.Condition;
}

export function conditionOf({ raw }: Resource): string {
  return typeof raw.Condition === 'string' ? raw.Condition : '?';
}
