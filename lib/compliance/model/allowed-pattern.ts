/** A longer pattern is not worth the time. */
const MAX_LENGTH = 500;
/** Characters without a meaning in a regular expression, in an ARN's pattern or in a policy variable. */
const PLAIN = /[\w/:,@=-]/;
/** Classes of such characters, and those that need a backslash to stand for themselves. */
const ESCAPED = /[dw./:-]/;
const OPERATORS = '()|^$*+?{}';

/**
 * Whether the `AllowedPattern` of a parameter keeps out everything that is special in a policy: `*`, `?`, `+`, `#`, `$`.
 * CloudFormation takes a value only if all of it matches. What is not understood here counts as letting anything in.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
 */
export function keepsPlain(pattern: string): boolean {
  if (pattern.length > MAX_LENGTH) return false;
  for (let at = 0; at < pattern.length;) {
    const char = pattern.charAt(at);
    const end = char === '[' ? classEnd(pattern, at + 1) : char === '\\' ? escapeEnd(pattern, at) : at + 1;
    if (end === undefined || !(['[', '\\'].includes(char) || PLAIN.test(char) || OPERATORS.includes(char)))
      return false;
    at = end;
  }
  return true;
}

function escapeEnd(pattern: string, at: number): number | undefined {
  return ESCAPED.test(pattern.charAt(at + 1)) ? at + 2 : undefined;
}

/** Behind the `]` of a class that begins here; undefined where it may hold more than plain characters. */
function classEnd(pattern: string, from: number): number | undefined {
  let at = from;
  while (pattern.charAt(at) !== ']') {
    const char = pattern.charAt(at);
    const end = char === '\\' ? escapeEnd(pattern, at) : /[\w./:,@=-]/.test(char) ? at + 1 : undefined;
    if (end === undefined) return undefined;
    const isRange = pattern.charAt(end) === '-' && pattern.charAt(end + 1) !== ']';
    if (isRange && !isSimpleRange(char, pattern.charAt(end + 1))) return undefined;
    at = isRange ? end + 2 : end;
  }
  return at + 1;
}

function isSimpleRange(from: string, to: string): boolean {
  return [/\d/, /[a-z]/, /[A-Z]/].some((kind) => kind.test(from) && kind.test(to));
}
