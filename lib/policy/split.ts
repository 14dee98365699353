import { compareRules } from './minimize';
import type { Rule } from './rule';
import { CAPACITY, listSize, type RuleSize } from './size';

/**
 * Distributes statements over as few documents as it can.
 *
 * Whole statements go first, largest first, each into the first document with room. One that fits nowhere is divided: a
 * statement that lists resources means the same in two halves. Statements with exceptions are never divided, since each half
 * would deny what the other one spares.
 *
 * @returns documents, or the one statement that is too long for any
 */
export function split(rules: readonly Rule[], sizeOf: RuleSize): Rule[][] | { tooLong: Rule } {
  const tooLong = rules.flatMap(atoms).find((rule) => listSize([rule], sizeOf) > CAPACITY);
  if (tooLong !== undefined) return { tooLong };
  const largestFirst = [...rules].sort((a, b) => sizeOf(b) - sizeOf(a));
  for (let count = Math.ceil(listSize(rules, sizeOf) / CAPACITY); ; count++) {
    const bins = Array.from({ length: count }, () => new Bin(sizeOf));
    if (largestFirst.every((rule) => place(rule, bins))) return bins.map((bin) => bin.content.sort(compareRules));
  }
}

/** The smallest statements that together mean the same as one. */
function atoms(rule: Rule): Rule[] {
  return rule.kind === 'NotResource' ? [rule] : rule.resources.map((resource) => ({ ...rule, resources: [resource] }));
}

function place(rule: Rule, bins: readonly Bin[]): boolean {
  if (bins.some((bin) => bin.addWhole(rule))) return true;
  if (rule.kind === 'NotResource') return false;
  const rest = bins.reduce<readonly string[]>((resources, bin) => bin.addPart(rule, resources), rule.resources);
  return rest.length === 0;
}

class Bin {
  public readonly content: Rule[] = [];
  private room = CAPACITY;

  constructor(private readonly sizeOf: RuleSize) {}

  public addWhole(rule: Rule): boolean {
    const size = listSize([rule], this.sizeOf);
    if (size > this.room) return false;
    this.content.push(rule);
    this.room -= size;
    return true;
  }

  /** Takes what it has room for and returns the rest. */
  public addPart(rule: Rule, resources: readonly string[]): readonly string[] {
    const sizeWith = (resource: string): number => listSize([{ ...rule, resources: [resource] }], this.sizeOf);
    const empty = sizeWith('');
    const taken: string[] = [];
    let names = 0;
    const rest = resources.filter((resource) => {
      const name = sizeWith(resource) - empty;
      // Each further resource comes with its quotes and a comma, the first of them with the brackets of a list.
      const list = taken.length > 0 ? 3 * taken.length + 2 : 0;
      if (empty + names + name + list > this.room) return true;
      taken.push(resource);
      names += name;
      return false;
    });
    if (taken.length > 0) this.addWhole({ ...rule, resources: taken });
    return rest;
  }
}
