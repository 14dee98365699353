import {
  at,
  booleanOf,
  Hole,
  isList,
  isMap,
  isUnresolved,
  listOf,
  numberOf,
  openHoles,
  openHolesWithin,
  partsOf,
  targetsOf,
  Text,
  textOf,
  type Value,
} from '../../../lib/compliance/model/value';

const OPEN = new Hole('parameter', 'Ref:P', true);
const CLOSED = new Hole('attribute', 'GetAtt:A.Arn', false, { resource: 't#A', attribute: 'Arn' });
const KNOWN = new Hole('resource', 'Ref:R', false, { resource: 't#R' }, 'name');
const TEXT = Text.of(['a', OPEN, 'b', CLOSED]) as Text;

test('texts join what stands side by side', () => {
  expect(Text.of(['a', '', 'b'])).toBe('ab');
  expect(Text.of([])).toBe('');
  expect(Text.of([''])).toBe('');
  expect(Text.of([OPEN])).toBe(OPEN);
  expect(Text.of(['', OPEN, ''])).toBe(OPEN);
  expect((Text.of(['x', TEXT, 'y', 'z']) as Text).parts).toEqual(['xa', OPEN, 'b', CLOSED, 'yz']);
});

test('are shown with their holes', () => {
  expect(TEXT.toString()).toBe('a‹Ref:P›b‹GetAtt:A.Arn›');
  expect(String(KNOWN)).toBe('name');
});

test.each<[Value | undefined, boolean, boolean, boolean, string | undefined]>([
  [{ a: 1 }, true, false, false, undefined],
  [[1], false, true, false, undefined],
  [null, false, false, false, undefined],
  [undefined, false, false, false, undefined],
  ['x', false, false, false, 'x'],
  [5, false, false, false, '5'],
  [true, false, false, false, 'true'],
  [OPEN, false, false, true, '‹Ref:P›'],
  [TEXT, false, false, true, 'a‹Ref:P›b‹GetAtt:A.Arn›'],
])('%#: what a value is', (value, map, list, unresolved, text) => {
  expect([isMap(value), isList(value), isUnresolved(value), textOf(value)]).toEqual([map, list, unresolved, text]);
});

test('parts of a text', () => {
  expect(partsOf(TEXT)).toBe(TEXT.parts);
  expect(partsOf(OPEN)).toEqual([OPEN]);
  expect(partsOf(5)).toEqual(['5']);
  expect(partsOf({})).toBeUndefined();
  expect(partsOf(undefined)).toBeUndefined();
});

test('holes that may hold anything', () => {
  expect(openHoles(TEXT)).toEqual([OPEN]);
  expect(openHoles(CLOSED)).toEqual([]);
  expect(openHoles({ a: OPEN })).toEqual([]);
  expect(openHoles(undefined)).toEqual([]);
  expect(openHolesWithin({ a: [OPEN, { b: TEXT }], c: 'x' })).toEqual([OPEN, OPEN]);
});

test('references, in order', () => {
  expect(targetsOf(Text.of([KNOWN, 'x', CLOSED, OPEN]) as Text)).toEqual([
    { resource: 't#R' },
    { resource: 't#A', attribute: 'Arn' },
  ]);
  expect(targetsOf(undefined)).toEqual([]);
});

test('scalars are lists of one', () => {
  expect([listOf(undefined), listOf(null), listOf('x'), listOf(['x']), listOf(OPEN)]).toEqual([
    [],
    [],
    ['x'],
    ['x'],
    [OPEN],
  ]);
});

test('paths lead into maps, end at holes, and know no inherited names', () => {
  expect(at({ a: { b: 1 } }, 'a', 'b')).toBe(1);
  expect(at({ a: OPEN }, 'a', 'b', 'c')).toBe(OPEN);
  expect(at(OPEN, 'a')).toBe(OPEN);
  expect(at({ a: 'x' }, 'a', 'length')).toBeUndefined();
  expect(at({ a: ['x'] }, 'a', '0')).toBeUndefined();
  expect(at({}, 'constructor')).toBeUndefined();
  expect(at(undefined, 'a')).toBeUndefined();
  expect(at('x')).toBe('x');
});

test.each<[Value | undefined, boolean | undefined]>([
  [true, true],
  [false, false],
  ['true', true],
  ['FALSE', false],
  ['yes', undefined],
  [1, undefined],
  [undefined, undefined],
  [OPEN, undefined],
])('%# as a boolean', (value, expected) => {
  expect(booleanOf(value)).toBe(expected);
});

test.each<[Value | undefined, number | undefined]>([
  [5, 5],
  ['5', 5],
  [' 5.5 ', 5.5],
  ['', undefined],
  [' ', undefined],
  ['x', undefined],
  ['Infinity', undefined],
  [true, undefined],
  [undefined, undefined],
])('%# as a number', (value, expected) => {
  expect(numberOf(value)).toBe(expected);
});
