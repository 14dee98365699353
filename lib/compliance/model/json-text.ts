import { repeatedKey } from '../source/repeated-key';
import { type Hole, isList, isMap, isUnresolved, partsOf, Text, type Value } from './value';

/*
 * JSON that is kept in a string of a template (policy documents, provisioning templates), with holes in it. While it is
 * parsed, a hole is a number between two characters of the private use area, which no such document needs.
 */
const OPEN = '\uE000';
const CLOSE = '\uE001';

/** Result of parsing: what it holds, or why that cannot be known. */
export type Parsed = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly reason: string };

export function parseJson(text: Value): Parsed {
  const parts = partsOf(text);
  if (parts === undefined) return { ok: false, reason: 'is not text' };
  const holes: Hole[] = [];
  let source = '';
  for (const part of parts) {
    if (typeof part !== 'string') source += OPEN + String(holes.push(part) - 1) + CLOSE;
    else if (part.includes(OPEN) || part.includes(CLOSE)) return { ok: false, reason: 'holds private use characters' };
    else source += part;
  }
  try {
    const value = JSON.parse(source) as Value;
    const repeated = repeatedKey(source);
    if (repeated !== undefined)
      return { ok: false, reason: `has '${repeated}' twice in one object, and which one counts is not known` };
    return { ok: true, value: restore(value, holes) };
  } catch {
    const [hole] = holes;
    return { ok: false, reason: hole === undefined ? 'is not valid JSON' : `depends on ${hole.toString()}` };
  }
}

function restore(value: Value, holes: readonly Hole[]): Value {
  if (typeof value === 'string') return fill(value, holes);
  if (isList(value)) return value.map((item) => restore(item, holes));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [String(fill(key, holes)), restore(item, holes)] as const);
  return Object.fromEntries(entries);
}

function fill(text: string, holes: readonly Hole[]): string | Hole | Text {
  if (!text.includes(OPEN)) return text;
  const pieces = text.split(OPEN).flatMap((piece, index) => {
    if (index === 0) return [piece];
    const end = piece.indexOf(CLOSE);
    return [holes[Number(piece.slice(0, end))] as Hole, piece.slice(end + 1)];
  });
  return Text.of(pieces);
}

/** The value as JSON text, as `Fn::ToJsonString` makes it. */
export function toJson(value: Value): string | Hole | Text {
  if (isUnresolved(value)) {
    const parts = (partsOf(value) as (string | Hole)[]).map((part) =>
      typeof part === 'string' ? JSON.stringify(part).slice(1, -1) : part,
    );
    return Text.of(['"', ...parts, '"']);
  }
  if (isList(value)) return Text.of(['[', ...separated(value.map((item) => [toJson(item)])), ']']);
  if (isMap(value)) {
    const members = Object.entries(value).map(([key, item]) => [JSON.stringify(key), ':', toJson(item)]);
    return Text.of(['{', ...separated(members), '}']);
  }
  return JSON.stringify(value);
}

function separated(items: readonly (string | Hole | Text)[][]): (string | Hole | Text)[] {
  return items.flatMap((item, index) => (index === 0 ? item : [',', ...item]));
}
