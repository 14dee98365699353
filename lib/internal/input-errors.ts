import { type Duration, Token } from 'aws-cdk-lib';
import type { ErrorCode } from './diagnostics';
import { Problems } from './problems';
import { holdsPrivateKey, quote } from './quote';
import { lengthIn, timeProblem, type TimeUnit } from './time';

export { quote } from './quote';

/** What a text may be. */
export interface TextRule {
  readonly minLength?: number;
  readonly maxLength: number;
  /** Matches the whole text; anchored, and free of nested repetition. */
  readonly pattern?: RegExp;
  /** The pattern in words, as the message says it: `letters, digits, '_' and '-'`. */
  readonly allowed?: string;
  readonly code?: ErrorCode;
}

/** What a time may be. */
export interface TimeRule {
  readonly min: number;
  readonly max: number;
  /** Of the bounds, and of the message. */
  readonly unit: TimeUnit;
  /** In which it is written into the template: a token must be given in it. @default - unit */
  readonly writtenIn?: TimeUnit;
  readonly code?: ErrorCode;
}

export interface NumberRule {
  readonly min: number;
  readonly max: number;
  /** Named in the message: `minutes`, `days`. */
  readonly unit?: string;
  /** @default - whole numbers only */
  readonly fractions?: boolean;
  readonly code?: ErrorCode;
}

/**
 * Collects everything that is wrong with a construct's input, so that a user sees all of it at once.
 *
 * Absent and unresolved (token) values pass every check: they cannot be judged at synth.
 */
export class InputErrors extends Problems {
  public text(property: string, value: string | undefined, rule: TextRule): void {
    if (value === undefined || Token.isUnresolved(value)) return;
    const code = rule.code ?? 'TextInvalid';
    const min = rule.minLength ?? 1;
    // Callers without types reach this too.
    if (typeof value !== 'string') this.report(code, `'${property}' must be text, got ${typeof value}`);
    else if (holdsPrivateKey(value)) this.report('PrivateKeyGiven', `'${property}' holds a private key (not shown)`);
    else if (value.length < min || value.length > rule.maxLength) {
      this.report(
        code,
        `'${property}' must have ${min} to ${rule.maxLength} characters, got ${value.length} (${quote(value)})`,
      );
    } else if (rule.pattern !== undefined && !rule.pattern.test(value)) {
      this.report(code, `'${property}' may contain only ${rule.allowed ?? String(rule.pattern)}, got ${quote(value)}`);
    }
  }

  public number(property: string, value: number | undefined, rule: NumberRule): void {
    if (value === undefined || Token.isUnresolved(value)) return;
    const whole = rule.fractions === true || Number.isInteger(value);
    if (!Number.isFinite(value) || !whole || value < rule.min || value > rule.max) {
      const kind = rule.fractions === true ? 'a number' : 'a whole number';
      const unit = rule.unit === undefined ? '' : ` ${rule.unit}`;
      this.report(
        rule.code ?? 'NumberOutOfRange',
        `'${property}' must be ${kind} from ${rule.min} to ${rule.max}${unit}, got ${value}`,
      );
    }
  }

  public time(property: string, value: Duration | undefined, rule: TimeRule): void {
    if (value === undefined) return;
    const problem = timeProblem(rule.writtenIn ?? rule.unit, value);
    if (problem !== undefined) this.report(rule.code ?? 'NumberOutOfRange', `'${property}' ${problem}`);
    else if (!value.isUnresolved()) this.number(property, lengthIn(rule.unit, value), rule);
  }

  /** Checks each text of a list; a list that is a token has none that could be judged. */
  public texts(property: string, values: readonly string[] | undefined, rule: TextRule): void {
    if (!Array.isArray(values) || Token.isUnresolved(values)) return;
    for (const [index, value] of values.entries()) this.text(`${property}[${index}]`, value as string, rule);
  }

  public oneOf(
    property: string,
    value: string | undefined,
    allowed: readonly string[],
    code: ErrorCode = 'ValueNotAllowed',
  ): void {
    if (value === undefined || Token.isUnresolved(value) || allowed.includes(value)) return;
    this.report(code, `'${property}' must be one of ${allowed.join(', ')}, got ${quote(value)}`);
  }

  /** Checks each text of a list; those that are tokens pass. */
  public eachOf(
    property: string,
    values: readonly string[] | undefined,
    allowed: readonly string[],
    code: ErrorCode = 'ValueNotAllowed',
  ): void {
    if (values === undefined || Token.isUnresolved(values)) return;
    for (const [index, value] of values.entries()) this.oneOf(`${property}[${index}]`, value, allowed, code);
  }

  /** Refuses a list that is a token where each item makes something; its items may be tokens. */
  public knownList(property: string, value: readonly unknown[] | undefined, code: ErrorCode = 'ListSizeInvalid'): void {
    if (value !== undefined && Token.isUnresolved(value))
      this.report(code, `'${property}' must be a list that is known at synth; its items may be tokens`);
  }

  public size(
    property: string,
    value: readonly unknown[] | undefined,
    min: number,
    max: number,
    code: ErrorCode = 'ListSizeInvalid',
  ): void {
    if (value === undefined || Token.isUnresolved(value)) return;
    if (!Array.isArray(value)) this.report(code, `'${property}' must be a list, got ${typeof value}`);
    else if (value.length < min || value.length > max) {
      const bounds = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `${min} to ${max}`;
      const items = min === 1 && max === Number.MAX_SAFE_INTEGER ? 'item' : 'items';
      this.report(code, `'${property}' must have ${bounds} ${items}, got ${value.length}`);
    }
  }

  public unique(property: string, value: readonly string[] | undefined, code: ErrorCode = 'ListSizeInvalid'): void {
    if (value === undefined || Token.isUnresolved(value)) return;
    const seen = new Set<string>();
    for (const item of value) {
      if (Token.isUnresolved(item)) continue;
      if (seen.has(item)) {
        this.report(code, `'${property}' must not name an item twice, got ${quote(item)} again`);
        return;
      }
      seen.add(item);
    }
  }
}
