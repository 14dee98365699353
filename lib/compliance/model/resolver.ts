import type { Choose } from './choices';
import { pickBranch } from './conditions';
import { dynamicReferences } from './dynamic-reference';
import { INTRINSICS } from './intrinsics';
import { resolveReference } from './references';
import type { Scope } from './scope';
import { isRawMap, type RawMap } from './template';
import { Hole, Text, type Value } from './value';

/** Deeper than any template that CloudFormation takes; hostile input must not exhaust the stack. */
const MAX_DEPTH = 200;
/** More steps than a template of a megabyte needs for one resource: templates that refer to each other can double at each step. */
const MAX_STEPS = 100_000;

/** Works out the intrinsic functions of one template, for one choice of conditions and parameters. */
export class Resolver {
  constructor(
    public readonly scope: Scope,
    public readonly choose: Choose,
    private depth = 0,
    private readonly budget = { steps: MAX_STEPS },
  ) {}

  /** Continues in another template (a parent's parameter, a child's output), keeping the choices. */
  public in(scope: Scope): Resolver {
    return new Resolver(scope, this.choose, this.depth, this.budget);
  }

  /** The value; undefined where the template says `AWS::NoValue`. What is worked out already stays. */
  public resolve(raw: unknown): Value | undefined {
    if (typeof raw === 'string') return dynamicReferences(raw);
    if (raw === null || raw === undefined || typeof raw === 'number' || typeof raw === 'boolean') return raw;
    if (raw instanceof Hole || raw instanceof Text) return raw;
    if (this.depth > MAX_DEPTH || this.budget.steps-- <= 0) return new Hole('unknown', 'too deep or too large', true);
    this.depth++;
    try {
      if (Array.isArray(raw)) return raw.map((item) => this.resolve(item)).filter((item) => item !== undefined);
      return isRawMap(raw) ? this.map(raw) : new Hole('unknown', typeof raw, true);
    } finally {
      this.depth--;
    }
  }

  private map(raw: RawMap): Value | undefined {
    const [key, ...others] = Object.keys(raw);
    if (key !== undefined && others.length === 0) {
      if (key === 'Ref') return raw.Ref === 'AWS::NoValue' ? undefined : resolveReference(this, raw.Ref);
      if (key === 'Fn::If') return this.branch(raw[key]);
      if (Object.hasOwn(INTRINSICS, key)) return INTRINSICS[key]?.(this, raw[key]);
    }
    const entries: [string, Value][] = [];
    for (const [name, item] of Object.entries(raw)) {
      // A function that is not known, or beside other keys, is a macro's: it may put anything here.
      if (name.startsWith('Fn::')) return new Hole('unknown', name, true);
      const value = this.resolve(item);
      if (value !== undefined) entries.push([name, value]);
    }
    return Object.fromEntries(entries);
  }

  private branch(argument: unknown): Value | undefined {
    const picked = pickBranch(this, argument);
    return picked === undefined ? new Hole('unknown', 'Fn::If', true) : this.resolve(picked.value);
  }
}
