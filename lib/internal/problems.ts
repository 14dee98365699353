import type { IConstruct } from 'constructs';
import { ConfigurationError } from './configuration-error';
import type { ErrorCode } from './diagnostics';

/**
 * Collects everything that is wrong with an input, so that a user sees all of it at once.
 *
 * Free of CDK at run time: the policy language uses it as it is, constructs use `InputErrors`.
 */
export class Problems {
  private readonly found: { code: ErrorCode; message: string }[] = [];

  constructor(protected readonly scope?: IConstruct) {}

  public get isEmpty(): boolean {
    return this.found.length === 0;
  }

  public report(code: ErrorCode, message: string): void {
    this.found.push({ code, message });
  }

  /** Throws one error for all that was reported; its code is that of the first. */
  public throwIfAny(): void {
    const [first, ...others] = this.found;
    if (first === undefined) return;
    const message =
      others.length === 0 ? first.message : [first.message, ...others.map((other) => other.message)].join('; ');
    throw new ConfigurationError(first.code, message, this.scope);
  }
}
