import { documentSize } from './size';
import type { Rule } from './rule';

/** Characters that AWS IoT allows in a policy document, white space not counted. */
export const MAX_DOCUMENT = 2048;

/**
 * Distributes statements over as few documents as it can.
 *
 * Whole statements go first, largest first, each into the first document with room. One that fits nowhere is divided: a
 * statement that lists resources means the same in two halves. Statements with exceptions are never divided, since each half
 * would deny what the other one spares.
 *
 * @returns documents, or the one statement that is too long for any
 */
export function split(rules: readonly Rule[], sizeOf: (rule: Rule) => number): Rule[][] | { tooLong: Rule } {
  const tooLong = rules.flatMap(atoms).find((rule) => documentSize([sizeOf(rule)]) > MAX_DOCUMENT);
  if (tooLong !== undefined) return { tooLong };
  const largestFirst = rules.map((rule) => ({ rule, size: sizeOf(rule) })).sort((a, b) => b.size - a.size);
  for (let count = 1; ; count++) {
    const packed = pack(
      largestFirst.map(({ rule }) => rule),
      Array.from({ length: count }, () => new Bin(sizeOf)),
    );
    if (packed !== undefined) return packed;
  }
}

/** The smallest statements that mean the same as one. */
function atoms(rule: Rule): Rule[] {
  return rule.kind === 'NotResource' ? [rule] : rule.resources.map((resource) => ({ ...rule, resources: [resource] }));
}

function pack(rules: readonly Rule[], bins: readonly Bin[]): Rule[][] | undefined {
  for (const rule of rules) {
    if (bins.some((bin) => bin.addWhole(rule))) continue;
    if (rule.kind === 'NotResource') return undefined;
    let rest = rule.resources;
    for (const bin of bins) rest = bin.addPart(rule, rest);
    if (rest.length > 0) return undefined;
  }
  return bins.map((bin) => bin.content);
}

class Bin {
  public readonly content: Rule[] = [];
  private readonly sizes: number[] = [];

  constructor(private readonly sizeOf: (rule: Rule) => number) {}

  public addWhole(rule: Rule): boolean {
    const size = this.sizeOf(rule);
    if (documentSize([...this.sizes, size]) > MAX_DOCUMENT) return false;
    this.content.push(rule);
    this.sizes.push(size);
    return true;
  }

  /** Takes what it has room for and returns the rest. */
  public addPart(rule: Rule, resources: readonly string[]): readonly string[] {
    const taken: string[] = [];
    const rest = resources.filter((resource) => {
      const size = this.sizeOf({ ...rule, resources: [...taken, resource] });
      if (documentSize([...this.sizes, size]) > MAX_DOCUMENT) return true;
      taken.push(resource);
      return false;
    });
    if (taken.length > 0) this.addWhole({ ...rule, resources: taken });
    return rest;
  }
}
