import { type Codes, MANY, ONE, pushLiteral } from './glob';

/** Where a template takes the values of its variables from. */
export interface Substitutes {
  /** The one text that replaces a variable; undefined where it has none. */
  substitute(name: string): string | undefined;
}

interface Variable {
  readonly name: string;
  /** Text between the single quotes of `${name, 'text'}`. */
  readonly fallback?: string;
  /** It stands where no variable is replaced. */
  readonly misplaced?: boolean;
}

type Part = string | Variable;

const ESCAPED = ['*', '?', '$'];

/**
 * A string of a policy in which variables stand: a resource, or a value of a condition.
 *
 * `${*}`, `${?}`, `${$}` (as IAM writes them) and `$(*)`, `$(?)`, `$($)` (as the AWS IoT guide does) are the characters
 * themselves. A variable without a value makes the whole string match nothing, also not the literal text `${...}`: the
 * guide promises that the authorization then fails. Before the fifth colon of an ARN no variable is ever replaced.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-policy-variables.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export class Template {
  /** Wildcards are kept apart from escaped ones: they are the parts `*` and `?` of exactly one character. */
  private readonly parts: Part[] = [];
  private readonly wild = new Set<number>();

  constructor(public readonly source: string) {
    let colons = source.startsWith('arn:') ? 0 : 5;
    // Behind it no variable ends: looking for the end at each `${` would take a square of the length.
    const lastClose = source.lastIndexOf('}');
    let from = 0;
    let at = 0;
    const flush = (): void => {
      if (at > from) this.literal(source.slice(from, at));
    };
    while (at < source.length) {
      const char = source.charAt(at);
      if (char === '$') {
        const escape = escapeAt(source, at);
        const variable = escape === undefined && at < lastClose ? variableAt(source, at) : undefined;
        if (escape !== undefined || variable !== undefined) {
          flush();
          if (escape !== undefined) this.literal(escape);
          if (variable !== undefined) this.parts.push({ ...variable.variable, misplaced: colons < 5 });
          at = variable?.end ?? at + 4;
          from = at;
          continue;
        }
      } else if (char === '*' || char === '?') {
        flush();
        this.wild.add(this.parts.push(char) - 1);
        from = at + 1;
      } else if (char === ':') colons++;
      at++;
    }
    flush();
  }

  public get hasVariables(): boolean {
    return this.parts.some((part) => typeof part !== 'string');
  }

  /** Names of the variables that have no value, as the policy spells them. */
  public unresolved(values: Substitutes): string[] {
    return this.parts.filter((part) => typeof part !== 'string' && valueOf(part, values) === undefined).map(nameOf);
  }

  /** As a pattern, in which the policy's own `*` and `?` are wildcards and those of a value are not. */
  public pattern(values: Substitutes): Codes | undefined {
    const codes: number[] = [];
    for (const [i, part] of this.parts.entries()) {
      if (this.wild.has(i)) {
        codes.push(part === '*' ? MANY : ONE);
        continue;
      }
      const text = valueOf(part, values);
      if (text === undefined) return undefined;
      pushLiteral(codes, text);
    }
    return codes;
  }

  /** As a plain text, in which `*` and `?` stand for themselves. */
  public text(values: Substitutes): string | undefined {
    const texts = this.parts.map((part) => valueOf(part, values));
    return texts.includes(undefined) ? undefined : texts.join('');
  }

  private literal(text: string): void {
    const last = this.parts.length - 1;
    const previous = this.parts[last];
    if (typeof previous === 'string' && !this.wild.has(last)) this.parts[last] = previous + text;
    else this.parts.push(text);
  }
}

function valueOf(part: Part, values: Substitutes): string | undefined {
  if (typeof part === 'string') return part;
  return part.misplaced === true ? undefined : (values.substitute(part.name) ?? part.fallback);
}

function nameOf(part: Part): string {
  return (part as Variable).name;
}

/** The character that an escape at this place stands for. */
function escapeAt(source: string, at: number): string | undefined {
  const opening = source.charAt(at + 1);
  if (opening !== '{' && opening !== '(') return undefined;
  const token = source.slice(at, at + 4);
  return ESCAPED.find((char) => token === `\${${char}}` || token === `$(${char})`);
}

function variableAt(source: string, at: number): { variable: Variable; end: number } | undefined {
  if (!source.startsWith('${', at)) return undefined;
  const close = source.indexOf('}', at);
  return { variable: parseVariable(source.slice(at + 2, close)), end: close + 1 };
}

function parseVariable(inner: string): Variable {
  const comma = inner.indexOf(", '");
  const text = inner.slice(comma + 3);
  if (comma < 0 || !text.endsWith("'")) return { name: inner };
  return { name: inner.slice(0, comma), fallback: text.slice(0, -1) };
}
