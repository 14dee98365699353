import { compareRules } from './minimize';
import type { Rule } from './rule';
import { CAPACITY, listSize, type RuleSize } from './size';

/** Characters between two resources of a list, and of its brackets. */
const SEPARATOR = '","'.length;
const BRACKETS = '[]'.length;

interface Sized<T> {
  readonly value: T;
  readonly size: number;
}

/**
 * Distributes statements over as few documents as it can.
 *
 * Whole statements go first, largest first, each into the first document with room. Those that fit nowhere are divided: a
 * statement that lists resources means the same in two halves. Statements with exceptions are never divided, since each half
 * would deny what the other one spares.
 *
 * @returns documents, or the one statement that is too long for any
 */
export function split(rules: readonly Rule[], sizeOf: RuleSize): Rule[][] | { tooLong: Rule } {
  const sized = (rule: Rule): Sized<Rule> => ({ value: rule, size: listSize([rule], sizeOf) });
  const tooLong = rules.flatMap(atoms).find((rule) => sized(rule).size > CAPACITY);
  if (tooLong !== undefined) return { tooLong };
  const largestFirst = rules.map(sized).sort((a, b) => b.size - a.size);
  for (let count = Math.ceil(listSize(rules, sizeOf) / CAPACITY); ; count++) {
    const bins = Array.from({ length: count }, () => new Bin());
    const left = largestFirst.filter((rule) => !bins.some((bin) => bin.add(rule)));
    if (left.every(({ value }) => divide(value, bins, sizeOf)))
      return bins.map((bin) => bin.content.sort(compareRules));
  }
}

/** The smallest statements that mean the same as one. */
function atoms(rule: Rule): Rule[] {
  return rule.kind === 'NotResource' ? [rule] : rule.resources.map((resource) => ({ ...rule, resources: [resource] }));
}

/** Whether the documents had room for all of it. */
function divide(rule: Rule, bins: readonly Bin[], sizeOf: RuleSize): boolean {
  if (rule.kind === 'NotResource') return false;
  const sizeWith = (resource: string): number => listSize([{ ...rule, resources: [resource] }], sizeOf);
  const empty = { value: rule, size: sizeWith('') };
  const names = rule.resources.map((value) => ({ value, size: sizeWith(value) - empty.size }));
  return bins.reduce<readonly Sized<string>[]>((rest, bin) => bin.addPart(empty, rest), names).length === 0;
}

/** A document that is being filled. */
class Bin {
  public readonly content: Rule[] = [];
  private room = CAPACITY;

  /** Whether there was room. */
  public add({ value, size }: Sized<Rule>): boolean {
    if (size > this.room) return false;
    this.content.push(value);
    this.room -= size;
    return true;
  }

  /** Takes what there is room for and returns the rest. */
  public addPart(empty: Sized<Rule>, names: readonly Sized<string>[]): readonly Sized<string>[] {
    const resources: string[] = [];
    let size = empty.size;
    const rest = names.filter((name) => {
      const list = resources.length === 0 ? 0 : SEPARATOR + (resources.length === 1 ? BRACKETS : 0);
      if (size + list + name.size > this.room) return true;
      resources.push(name.value);
      size += list + name.size;
      return false;
    });
    if (resources.length > 0) this.add({ value: { ...empty.value, resources }, size });
    return rest;
  }
}
