import { linePattern } from '../../../../rehearsal/cloud/logs/filter-pattern';

const LINE = { status: 'Failure', eventType: 'Publish-In', n: 4, inner: { x: 'abc' } };

test.each<[string, boolean]>([
  ['', true],
  ['{ $.status = "Failure" }', true],
  ['{ ($.status = "Failure") || ($.eventType = "Publish-Out") }', true],
  ['{ ($.status = "Success") || ($.eventType = "Publish-Out") }', false],
  ['{ ($.status = "Failure") && ($.n > 4) }', false],
  ['{ $.n >= 4 && $.n != 5 }', true],
  ['{ $.inner.x = "ab*" }', true],
  ['{ $.inner.x != "abc" }', false],
  ['{ $.missing != "abc" }', false],
  ['{ $.status = Failure }', true],
])('%s', (pattern, expected) => {
  expect(linePattern(pattern)(LINE)).toBe(expected);
});

test.each(['ERROR', '{ $.a IS NULL }', '{ $.a = "*x" }', '{ $.a = ', '{ $.a[0] = 1 }', '{ ($.a = 1 }'])(
  'another pattern is named, and nothing guessed of it: %s',
  (pattern) => {
    expect(() => linePattern(pattern)).toThrow(`filter pattern ${pattern} is not modelled`);
  },
);
