import { parseArgs } from 'node:util';
import { UsageError } from './exit';

export interface Option {
  /** Values that are allowed; none for a flag. */
  readonly values?: readonly string[];
  readonly flag?: boolean;
  readonly fallback?: string;
  /** May be given several times. */
  readonly many?: boolean;
}

export interface Parsed {
  readonly operands: readonly string[];
  text(name: string): string | undefined;
  /** All that were given, in their order. */
  texts(name: string): readonly string[];
  has(name: string): boolean;
}

/** Reads a command line; what is not known, or not allowed, is an error that says what is. */
export function readArguments(argv: readonly string[], options: { readonly [name: string]: Option }): Parsed {
  const { positionals, values } = parse(argv, options);
  for (const [name, { values: allowed }] of Object.entries(options)) {
    const value = values[name];
    if (allowed !== undefined && typeof value === 'string' && !allowed.includes(value)) {
      throw new UsageError(`--${name} must be one of ${allowed.join(', ')}, got '${value}'`);
    }
  }
  return {
    operands: positionals,
    text: (name) => {
      const value = values[name] ?? options[name]?.fallback;
      return typeof value === 'string' ? value : undefined;
    },
    texts: (name) => {
      const value = values[name];
      return Array.isArray(value) ? value.map(String) : [];
    },
    has: (name) => values[name] === true,
  };
}

function parse(argv: readonly string[], options: { readonly [name: string]: Option }) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { flag, many = false }]) => [
      name,
      { type: flag === true ? ('boolean' as const) : ('string' as const), multiple: many },
    ]),
  );
  try {
    return parseArgs({ args: [...argv], options: config, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
