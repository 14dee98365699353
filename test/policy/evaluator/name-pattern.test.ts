import { wildcards } from '../../../lib/policy/evaluator/glob';
import { NamePattern } from '../../../lib/policy/evaluator/name-pattern';

test.each([
  ['', '', true],
  ['', 'a', false],
  ['a/b', 'a/b', true],
  ['a/b', 'a/bc', false],
  ['a/b', 'a/', false],
  ['*', '', true],
  ['*', 'a/b', true],
  ['a/*', 'a/', true],
  ['a/*', 'a/b/c', true],
  ['a/*', 'b/a/', false],
  ['a*c', 'abc', true],
  ['a*c', 'ab', false],
  ['*c', 'abc', true],
  ['*c', 'abd', false],
  ['a?', 'ab', true],
  ['a?', 'a', false],
  ['a?', 'abc', false],
  ['a?*', 'ab', true],
  ['a?*', 'a', false],
  ['a**', 'a', true],
  ['a'.repeat(9000), 'a'.repeat(9000), true],
  ['a'.repeat(9000), 'a'.repeat(8999), false],
])('pattern %p, name %p: %p', (pattern, name, expected) => {
  expect(new NamePattern(wildcards(pattern)).matches(name)).toBe(expected);
});

test('takes any length', () => {
  const long = 'a'.repeat(300_000);
  expect(new NamePattern(wildcards(long)).matches(long)).toBe(true);
  expect(new NamePattern(wildcards(`${long}*`)).matches(`${long}b`)).toBe(true);
});
