import { parseJson, toJson } from '../../../lib/compliance/model/json-text';
import { Hole, Text, type Value } from '../../../lib/compliance/model/value';

const HOLE = new Hole('parameter', 'Ref:P', true);
const OTHER = new Hole('pseudo', 'AWS::Region', false);
const text = (...parts: (string | Hole)[]): Value => Text.of(parts);

test('JSON is read, with holes in keys and values', () => {
  expect(parseJson('{"a":[1,null,true,"x"]}')).toEqual({ ok: true, value: { a: [1, null, true, 'x'] } });
  expect(parseJson(text('{"a":"', HOLE, '","b', OTHER, '":["x', HOLE, 'y', OTHER, '"]}'))).toEqual({
    ok: true,
    value: { a: HOLE, 'b‹AWS::Region›': [Text.of(['x', HOLE, 'y', OTHER])] },
  });
});

test.each<[Value, string]>([
  [{}, 'is not text'],
  ['{', 'is not valid JSON'],
  [text('{', HOLE, '}'), 'depends on ‹Ref:P›'],
  [HOLE, 'depends on ‹Ref:P›'],
  ['"\uE000"', 'holds private use characters'],
  ['"\uE001"', 'holds private use characters'],
])('%#: what cannot be read says why', (value, reason) => {
  expect(parseJson(value)).toEqual({ ok: false, reason });
});

test.each<[Value, string]>([
  [{ a: [1, 'x'], b: null }, '{"a":[1,"x"],"b":null}'],
  [[], '[]'],
  [{}, '{}'],
  ['a"b', '"a\\"b"'],
  [5, '5'],
])('%#: JSON is written', (value, expected) => {
  expect(toJson(value)).toBe(expected);
});

test('holes are written where they stand, what is around them escaped', () => {
  const written = toJson({ a: text('"', HOLE), b: [OTHER] });
  expect(String(written)).toBe('{"a":"\\"‹Ref:P›","b":["‹AWS::Region›"]}');
  expect(parseJson(written)).toEqual({ ok: true, value: { a: Text.of(['"', HOLE]), b: [OTHER] } });
});
