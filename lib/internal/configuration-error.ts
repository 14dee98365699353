import type { IConstruct } from 'constructs';
import type { ErrorCode } from './diagnostics';

const BRAND = Symbol.for('cdk-iot-zero-trust.ConfigurationError');

/**
 * Something a user asked for cannot work.
 *
 * The message names the property, what was given, what is allowed and how to fix it; `code` is stable and documented in
 * docs/rules.md. Test with `ConfigurationError.is`, since two copies of this package may be loaded at once.
 */
export class ConfigurationError extends Error {
  public static is(error: unknown): error is ConfigurationError {
    return typeof error === 'object' && error !== null && BRAND in error;
  }

  public override readonly name = 'ConfigurationError';
  public readonly constructPath?: string;

  constructor(
    public readonly code: ErrorCode,
    message: string,
    scope?: IConstruct,
  ) {
    super(scope === undefined ? `${message} [${code}]` : `${scope.node.path}: ${message} [${code}]`);
    this.constructPath = scope?.node.path;
    Object.defineProperty(this, BRAND, { value: true });
    // The line that matters is the user's, not ours.
    Error.captureStackTrace(this, ConfigurationError);
  }
}
