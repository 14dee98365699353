import type { ContextKeys } from './context-keys';
import { type Comparison, comparisonOf } from './comparison';
import { Template } from './template';

/** How many of the values of a key in the request must agree. */
type Quantifier = 'all' | 'any' | 'plain';

/** An operator of a Condition element, taken apart: `ForAnyValue:StringNotLikeIfExists`. */
interface Operator {
  readonly comparison: Comparison;
  readonly quantifier: Quantifier;
  readonly ifExists: boolean;
}

/** The comparison of one key with the values that the policy lists for it. */
export class Condition {
  private readonly tests: readonly ((value: string, keys: ContextKeys) => boolean)[];

  constructor(
    private readonly operator: Operator,
    private readonly operatorName: string,
    private readonly key: string,
    private readonly expected: readonly string[],
  ) {
    this.tests = expected.map((value) => operator.comparison.compile(value));
  }

  /** As an explanation names it. */
  public get description(): string {
    return `${this.operatorName} of ${this.key}`;
  }

  /** The key itself, where the operator needs it, and variables in the expected values, as far as they have no value. */
  public missing(keys: ContextKeys): string[] {
    const { comparison, ifExists } = this.operator;
    const key = keys.values(this.key) === undefined && !ifExists && !comparison.presence ? [this.key] : [];
    return [...key, ...this.expected.flatMap((value) => new Template(value).unresolved(keys))];
  }

  /**
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
   */
  public isMet(keys: ContextKeys): boolean {
    const values = keys.values(this.key);
    const { comparison, quantifier, ifExists } = this.operator;
    const empty = values === undefined || values.length === 0;
    if (comparison.presence) return this.tests.some((test) => test(String(empty), keys));
    if (empty) return ifExists || this.isMetByNothing(values !== undefined);
    const holds = (value: string): boolean => this.tests.some((test) => test(value, keys)) !== comparison.negated;
    return quantifier === 'any' ? values.some(holds) : values.every(holds);
  }

  /**
   * A missing key fails a comparison and passes a negated one. A key that is there without any value, as
   * `iot:ConnectAttributes` is for a plain connection, passes: the guide's example of a plain `StringEquals` on it allows
   * clients "with or without" a last will.
   */
  private isMetByNothing(present: boolean): boolean {
    switch (this.operator.quantifier) {
      case 'all':
        return true;
      case 'any':
        return false;
      case 'plain':
        return present || this.operator.comparison.negated;
    }
  }
}

/** Undefined for an operator that IAM does not have. */
export function parseOperator(name: string): Operator | undefined {
  const quantifier: Quantifier = name.startsWith('ForAllValues:')
    ? 'all'
    : name.startsWith('ForAnyValue:')
      ? 'any'
      : 'plain';
  const unquantified = quantifier === 'plain' ? name : name.slice(name.indexOf(':') + 1);
  const ifExists = unquantified.endsWith('IfExists');
  const comparison = comparisonOf(ifExists ? unquantified.slice(0, -'IfExists'.length) : unquantified);
  if (comparison === undefined) return undefined;
  // Null asks whether a key exists: neither a set operator nor IfExists has a meaning with it.
  if (comparison.presence && (ifExists || quantifier !== 'plain')) return undefined;
  return { comparison, quantifier, ifExists };
}
