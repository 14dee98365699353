/**
 * Wildcard patterns of the policy language: `*` is any run of characters (across `/`), `?` is exactly one.
 *
 * A pattern is a list of UTF-16 codes in which two negative numbers stand for the wildcards, so that a `*` that came out
 * of a variable's value is an ordinary character. Nothing here builds a regular expression: matching takes at most
 * (pattern length) x (text length) steps, whatever a policy says.
 */
export type Codes = readonly number[];

/** `*`: any run of characters, also none. */
export const MANY = -1;
/** `?`: exactly one character. */
export const ONE = -2;
const ASTERISK = 0x2a;
const QUESTION_MARK = 0x3f;

/** Appends a text in which every character stands for itself. */
export function pushLiteral(codes: number[], text: string): void {
  for (let i = 0; i < text.length; i++) codes.push(text.charCodeAt(i));
}

/** As many arguments as any call takes. */
const CHUNK = 4096;

/** The text of the codes before a place, none of which is a wildcard. */
export function literalText(codes: Codes, end: number): string {
  let text = '';
  for (let from = 0; from < end; from += CHUNK)
    text += String.fromCharCode(...codes.slice(from, Math.min(from + CHUNK, end)));
  return text;
}

/** The pattern of a text in which `*` and `?` are wildcards. */
export function wildcards(text: string): Codes {
  const codes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    codes.push(code === ASTERISK ? MANY : code === QUESTION_MARK ? ONE : code);
  }
  return codes;
}

/** How many UTF-16 units the character at this place takes: `?` must not stop in the middle of an emoji. */
function width(text: string, at: number): number {
  return (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
}

export function matches(codes: Codes, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    const code = codes[p];
    if (code === text.charCodeAt(t)) {
      p++;
      t++;
    } else if (code === ONE) {
      p++;
      t += width(text, t);
    } else if (code === MANY) {
      star = p++;
      mark = t;
    } else if (star >= 0) {
      // The last `*` takes one character more; earlier ones need never be tried again.
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (codes[p] === MANY) p++;
  return p === codes.length;
}

/** Adds a place in the pattern and, after a `*`, the places that it may skip to. */
function reach(codes: Codes, places: Set<number>, place: number): void {
  places.add(place);
  for (let p = place; codes[p] === MANY; p++) places.add(p + 1);
}

/**
 * What is left of a pattern once a known prefix was read: `prefix + rest` matches the pattern exactly if `rest` matches
 * one of the patterns returned.
 */
export function afterPrefix(codes: Codes, prefix: string): Codes[] {
  // Nearly all patterns spell the prefix out, or differ from it in a plain character: no places to keep track of.
  let same = 0;
  while (same < prefix.length && codes[same] === prefix.charCodeAt(same)) same++;
  if (same === prefix.length) return [codes.slice(same)];
  let places = new Set<number>();
  reach(codes, places, same);
  for (let i = same; i < prefix.length; i++) {
    const next = new Set<number>();
    for (const place of places) {
      const code = codes[place];
      if (code === MANY) reach(codes, next, place);
      else if (code === ONE || code === prefix.charCodeAt(i)) reach(codes, next, place + 1);
    }
    places = next;
  }
  // A rest that starts with `*` includes the one that starts behind that `*`.
  return [...places].filter((place) => codes[place - 1] !== MANY).map((place) => codes.slice(place));
}
