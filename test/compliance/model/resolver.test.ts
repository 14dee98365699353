import { variantsOf } from '../../../lib/compliance/model/choices';
import { dynamicReferences, withDynamicReferences } from '../../../lib/compliance/model/dynamic-reference';
import { Resolver } from '../../../lib/compliance/model/resolver';
import { Scope } from '../../../lib/compliance/model/scope';
import { Hole, Text, type Value } from '../../../lib/compliance/model/value';

/** What of a template stays as it is, and where working it out ends. */
const scope = new Scope('t', {}, { exported: () => undefined, nested: () => undefined });
const resolve = (raw: unknown): Value | undefined =>
  variantsOf((choose) => new Resolver(scope, choose).resolve(raw), 1).variants[0]?.value;
const nested = (levels: number): unknown => (levels === 0 ? 'end' : [nested(levels - 1)]);
const innermost = (value: Value | undefined): unknown => (Array.isArray(value) ? innermost(value[0] as Value) : value);
const TOO_LARGE = new Hole('unknown', 'too deep or too large', true);

test.each<[string, unknown]>([
  ['null', null],
  ['nothing', undefined],
  ['a number', 0],
  ['true', true],
  ['false', false],
  ['text', 'x'],
  ['an empty map', {}],
  ['a map with null', { a: null, b: [1, null, 'x'] }],
  ['a reference beside something else, which is none', { Ref: 'X', Other: 1 }],
])('%s stays as it is', (_name, raw) => expect(resolve(raw)).toStrictEqual(raw));

test.each<[string, Value]>([
  ['a hole', new Hole('import', 'x', false)],
  ['text with a hole', Text.of(['a', new Hole('import', 'x', false)])],
])('%s that is worked out already stays as it is', (_name, value) =>
  expect(resolve({ a: value })).toEqual({ a: value }),
);

test('what is no JSON may hold anything', () =>
  expect(resolve(() => 1)).toEqual(new Hole('unknown', 'function', true)));

test('what is left out is left out', () => {
  const NONE = { Ref: 'AWS::NoValue' };
  expect(resolve({ a: NONE, b: [NONE, 1] })).toStrictEqual({ b: [1] });
});

test.each([
  ['a function beside something else', { 'Fn::Sub': 'a', Other: 1 }, 'Fn::Sub'],
  ['a function that nobody knows', { 'Fn::Any': 'a' }, 'Fn::Any'],
  ['a function that nobody knows, beside something else', { Other: 1, 'Fn::Any': 'a' }, 'Fn::Any'],
])('%s may hold anything', (_name, raw, label) => expect(resolve(raw)).toEqual(new Hole('unknown', label, true)));

test('depth has an end', () => {
  expect(innermost(resolve(nested(201)))).toBe('end');
  expect(innermost(resolve(nested(202)))).toEqual(TOO_LARGE);
});

test('what stands side by side is not deep', () => {
  const wide = Array.from({ length: 500 }, () => ({ a: [1] }));
  expect(resolve(wide)).toEqual(wide);
});

test('size has an end', () => {
  const empty = (length: number): Value[] => Array.from({ length }, () => []);
  expect(resolve(empty(99_999))).toEqual(empty(99_999));
  const found = resolve(empty(100_001)) as Value[];
  expect(found.slice(99_998)).toEqual([[], TOO_LARGE, TOO_LARGE]);
});

describe('dynamic references', () => {
  const secret = (label: string): Hole => new Hole('dynamic', label, true);

  test.each<[string, string, Value]>([
    ['none', 'a {{b}}', 'a {{b}}'],
    ['one that does not end', 'a{{resolve:ssm:/x', 'a{{resolve:ssm:/x'],
    ['one at the beginning', '{{resolve:ssm:/x}}b', Text.of([secret('resolve:ssm:/x'), 'b'])],
    ['nothing else', '{{resolve:ssm:/x}}', secret('resolve:ssm:/x')],
    [
      'two',
      'a{{resolve:ssm:/x}}b{{resolve:ssm:/y}}c',
      Text.of(['a', secret('resolve:ssm:/x'), 'b', secret('resolve:ssm:/y'), 'c']),
    ],
  ])('in text: %s', (_name, text, expected) => {
    expect(dynamicReferences(text)).toEqual(expected);
    expect(withDynamicReferences(text)).toEqual(expected);
  });

  test('with a parameter in it, in text that is put together: all of it may be anything', () => {
    const text = Text.of([
      'a',
      new Hole('parameter', 'Ref:X', false),
      '{{resolve:ssm:/',
      new Hole('parameter', 'Ref:Y', false),
      '}}',
    ]);
    const found = withDynamicReferences(text);
    expect(found).toEqual(secret('a‹Ref:X›{{resolve:ssm:/‹Ref:Y›}}'));
  });

  test.each<[string, Hole | Text]>([
    ['a hole', new Hole('parameter', 'Ref:X', false)],
    ['text with a hole', Text.of(['a', new Hole('parameter', 'Ref:X', false)]) as Text],
  ])('none in %s', (_name, value) => expect(withDynamicReferences(value)).toBe(value));
});
