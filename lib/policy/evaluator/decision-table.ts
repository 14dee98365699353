import type { ContextKeys } from './context-keys';
import { afterPrefix } from './glob';
import { NamePattern } from './name-pattern';
import type { Statement } from './statement';

/** A statement as it applies to one kind of request on one connection. */
export class BoundStatement {
  private readonly patterns: readonly NamePattern[];
  private readonly inverted: boolean;

  constructor(
    public readonly statement: Statement,
    keys: ContextKeys,
    prefix: string,
  ) {
    this.inverted = statement.inverted;
    this.patterns = statement
      .patterns(keys)
      .flatMap((codes) => afterPrefix(codes, prefix))
      .map((codes) => new NamePattern(codes));
  }

  /** Whether the statement is about a resource of this name. */
  public covers(name: string): boolean {
    const patterns = this.patterns;
    for (let i = 0; i < patterns.length; i++) {
      if ((patterns[i] as NamePattern).matches(name)) return !this.inverted;
    }
    return this.inverted;
  }
}

/**
 * All statements for one action on one type of resource, on one connection.
 *
 * Whatever does not depend on the name was decided when the table was made: which policies apply, which statements name
 * the action, whether their conditions are met, what their variables are, and the shared part of the ARN.
 */
export class DecisionTable {
  public readonly denies: readonly BoundStatement[];
  public readonly allows: readonly BoundStatement[];

  constructor(
    statements: readonly Statement[],
    action: string,
    public readonly keys: ContextKeys,
    prefix: string,
  ) {
    const bound = statements
      .filter((statement) => statement.covers(action) && statement.unmet(keys) === undefined)
      .map((statement) => new BoundStatement(statement, keys, prefix));
    this.denies = bound.filter((item) => item.statement.denies);
    this.allows = bound.filter((item) => !item.statement.denies);
  }

  /** The hot path: no allocation. */
  public allowsName(name: string): boolean {
    return !any(this.denies, name) && any(this.allows, name);
  }
}

function any(bound: readonly BoundStatement[], name: string): boolean {
  for (let i = 0; i < bound.length; i++) {
    if ((bound[i] as BoundStatement).covers(name)) return true;
  }
  return false;
}
