import { findNodeAtLocation, type Node, ParseErrorCode, printParseErrorCode } from 'jsonc-parser';
import { quote } from '../lib/internal/quote';

/** Names and indexes from the root of a JSON text to a place in it. */
export type Path = (string | number)[];

/** The value of a node. */
export function toValue(node: Node): unknown {
  if (node.type === 'array') return (node.children ?? []).map(toValue);
  if (node.type !== 'object') return node.value as unknown;
  // A null prototype: a field named __proto__ is a field like any other, and unknown to the schema.
  const object = Object.create(null) as Record<string, unknown>;
  for (const { children } of node.children ?? []) {
    if (children?.[0] !== undefined && children[1] !== undefined)
      object[String(children[0].value)] = toValue(children[1]);
  }
  return object;
}

/** A JSON pointer as a path. */
export function toPath(pointer: string, root: Node): Path {
  const path: Path = [];
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replace(/~1/g, '/').replace(/~0/g, '~');
    const isArray = findNodeAtLocation(root, path)?.type === 'array';
    path.push(isArray ? Number(name) : name);
  }
  return path;
}

/** A path as a person writes it: `behaviors[2].atMost`. */
export function fieldName(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const name = /^[\w$-]+$/.test(part) ? part : quote(part);
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}

/** A field that is written like that as a path. */
export function pathOfField(field: string): Path {
  return [...field.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) =>
    index === undefined ? String(name) : Number(index),
  );
}

/** Says where in a text an offset is: line and column, both counted from 1. */
export function placeFinder(text: string): (offset: number) => string {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n?|\n/g)) starts.push(index + end.length);
  return (offset) => {
    let first = 0;
    let beyond = starts.length;
    while (beyond - first > 1) {
      const middle = (first + beyond) >> 1;
      if ((starts[middle] as number) <= offset) first = middle;
      else beyond = middle;
    }
    return `${first + 1}:${offset - (starts[first] as number) + 1}`;
  };
}

/** Where a text is nested more deeply than that. */
export function offsetOfDepth(text: string, most: number): number | undefined {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (inText) {
      if (char === '\\') at++;
      else if (char === '"' || char === '\n') inText = false;
    } else if (char === '"') inText = true;
    else if (char === '[' || char === '{') {
      if (++depth > most) return at;
    } else if (char === ']' || char === '}') depth--;
  }
  return undefined;
}

const WORDS: Partial<Record<ParseErrorCode, string>> = {
  [ParseErrorCode.InvalidSymbol]: 'only texts in double quotes, numbers, true, false and null can stand here',
  [ParseErrorCode.InvalidNumberFormat]: 'a number is not written like this',
  [ParseErrorCode.PropertyNameExpected]:
    "the name of a field, in double quotes, must follow; no comma stands before '}'",
  [ParseErrorCode.ValueExpected]: "a value must stand here; no comma stands before ']'",
  [ParseErrorCode.ColonExpected]: "':' must stand between the name of a field and its value",
  [ParseErrorCode.CommaExpected]: "',' must stand between two fields or items",
  [ParseErrorCode.CloseBraceExpected]: "'}' is missing",
  [ParseErrorCode.CloseBracketExpected]: "']' is missing",
  [ParseErrorCode.EndOfFileExpected]: 'the file must end after its one object',
  [ParseErrorCode.InvalidCommentToken]: 'JSON has no comments; take it out',
  [ParseErrorCode.UnexpectedEndOfComment]: 'JSON has no comments; take it out',
  [ParseErrorCode.UnexpectedEndOfString]: "a text must end with '\"' on the same line",
  [ParseErrorCode.InvalidUnicode]: "'\\u' must be followed by 4 hexadecimal digits",
  [ParseErrorCode.InvalidEscapeCharacter]: "'\\' must be followed by one of \", \\, /, b, f, n, r, t or u",
  [ParseErrorCode.InvalidCharacter]: 'this character must be written as \\u and 4 hexadecimal digits',
};

/** What is wrong with a text that is no JSON. */
export function inWords(code: ParseErrorCode = ParseErrorCode.ValueExpected): string {
  return WORDS[code] ?? printParseErrorCode(code);
}
