import type { ActionPatterns } from './action';
import type { Condition } from './condition';
import type { ContextKeys } from './context-keys';
import type { Codes } from './glob';
import type { Template } from './template';

/** Where a statement stands, for answers that name it. */
export interface StatementSource {
  readonly policyName: string;
  readonly target: string;
  /** The group it is attached to; undefined for the certificate. */
  readonly thingGroupName?: string;
  readonly index: number;
  readonly sid?: string;
}

/** A statement of a policy, compiled once. */
export class Statement {
  constructor(
    public readonly source: StatementSource,
    public readonly denies: boolean,
    private readonly actions: ActionPatterns,
    private readonly resources: readonly Template[],
    /** NotResource: all but what is listed. */
    public readonly inverted: boolean,
    private readonly conditions: readonly Condition[],
  ) {}

  public covers(action: string): boolean {
    return this.actions.cover(action);
  }

  /** The first condition that is not met. */
  public unmet(keys: ContextKeys): Condition | undefined {
    return this.conditions.find((condition) => !condition.isMet(keys));
  }

  /** Resources with their variables replaced; those without a value for a variable match nothing and are left out. */
  public patterns(keys: ContextKeys): Codes[] {
    return this.resources.map((resource) => resource.pattern(keys)).filter((codes) => codes !== undefined);
  }

  /** Variables in its resources that have no value. */
  public unresolved(keys: ContextKeys): string[] {
    return this.resources.flatMap((resource) => resource.unresolved(keys));
  }

  /** Variables and condition keys that have no value. */
  public missing(keys: ContextKeys): string[] {
    return [...this.unresolved(keys), ...this.conditions.flatMap((condition) => condition.missing(keys))];
  }
}
