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

/** Statements that cannot be divided, and documents, up to which every way to distribute them is tried. */
const MOST_TRIED = 12;
const MOST_DOCUMENTS = 10;

/** Ways that are tried, and not more: a few milliseconds. */
const MOST_WAYS = 2000;

/**
 * Distributes statements over as few documents as it can.
 *
 * Whole statements go first, largest first, each into the first document with room. Those that fit nowhere are divided: a
 * statement that lists resources means the same in two halves. Statements with exceptions are never divided, since each half
 * would deny what the other one spares. Before it takes one document more, it tries the other ways to distribute what cannot be
 * divided, if that is at most 12 statements.
 *
 * @returns documents, or the one statement that is too long for any
 */
export function split(rules: readonly Rule[], sizeOf: RuleSize): Rule[][] | { tooLong: Rule } {
  const sized = (rule: Rule): Sized<Rule> => ({ value: rule, size: listSize([rule], sizeOf) });
  const tooLong = rules.flatMap(atoms).find((rule) => sized(rule).size > CAPACITY);
  if (tooLong !== undefined) return { tooLong };
  const largestFirst = rules.map((rule) => new Piece(rule, sizeOf)).sort((a, b) => b.size - a.size);
  for (let count = Math.ceil(listSize(rules, sizeOf) / CAPACITY); ; count++) {
    const bins = fill(largestFirst, newBins(count)) ?? otherWay(largestFirst, count);
    if (bins !== undefined) return bins.map((bin) => bin.content.sort(compareRules));
  }
}

function newBins(count: number): Bin[] {
  return Array.from({ length: count }, () => new Bin());
}

/** Puts each piece into the first document with room, and divides those that fit none; undefined where that is not enough. */
function fill(pieces: readonly Piece[], bins: readonly Bin[]): readonly Bin[] | undefined {
  const left = pieces.filter((piece) => !bins.some((bin) => bin.add(piece)));
  return left.every((piece) => divide(piece, bins)) ? bins : undefined;
}

/** The first of all ways to distribute what cannot be divided that leaves room for the rest; undefined if there is none. */
function otherWay(pieces: readonly Piece[], count: number): readonly Bin[] | undefined {
  const whole = pieces.filter((piece) => !piece.isDivisible);
  if (whole.length > MOST_TRIED || count > MOST_DOCUMENTS) return undefined;
  const divisible = pieces.filter((piece) => piece.isDivisible);
  const tried = new Set<string>();
  /** @param chosen the documents of the pieces so far */
  const place = (rooms: readonly number[], chosen: readonly number[]): readonly Bin[] | undefined => {
    // Documents with the same room are alike, whatever is in them.
    const key = `${chosen.length} ${[...rooms].sort((a, b) => a - b).join()}`;
    if (tried.has(key) || tried.size >= MOST_WAYS) return undefined;
    tried.add(key);
    const piece = whole[chosen.length];
    if (piece === undefined) {
      const bins = newBins(count);
      chosen.forEach((bin, at) => (bins[bin] as Bin).add(whole[at] as Piece));
      return fill(divisible, bins);
    }
    for (const [bin, room] of rooms.entries()) {
      if (piece.size > room) continue;
      const found = place(rooms.with(bin, room - piece.size), [...chosen, bin]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return place(
    Array.from({ length: count }, () => CAPACITY),
    [],
  );
}

/** The smallest statements that mean the same as one. */
function atoms(rule: Rule): Rule[] {
  return rule.kind === 'NotResource' ? [rule] : rule.resources.map((resource) => ({ ...rule, resources: [resource] }));
}

/** A statement and, once it must be divided, the sizes of its parts. */
class Piece implements Sized<Rule> {
  public readonly size: number;
  private parts?: { readonly empty: Sized<Rule>; readonly names: readonly Sized<string>[] };

  constructor(
    public readonly value: Rule,
    private readonly sizeOf: RuleSize,
  ) {
    this.size = listSize([value], sizeOf);
  }

  public get isDivisible(): boolean {
    return this.value.kind === 'Resource' && this.value.resources.length > 1;
  }

  /** The statement without its resources, and these. */
  public divided(): { readonly empty: Sized<Rule>; readonly names: readonly Sized<string>[] } {
    return (this.parts ??= this.measure());
  }

  private measure(): { readonly empty: Sized<Rule>; readonly names: readonly Sized<string>[] } {
    const rule = this.value;
    const sizeWith = (resource: string): number => listSize([{ ...rule, resources: [resource] }], this.sizeOf);
    const empty = { value: rule, size: sizeWith('') };
    return { empty, names: rule.resources.map((value) => ({ value, size: sizeWith(value) - empty.size })) };
  }
}

/** Whether the documents had room for all of it. */
function divide(piece: Piece, bins: readonly Bin[]): boolean {
  if (!piece.isDivisible) return false;
  const { empty, names } = piece.divided();
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
