import * as fc from 'fast-check';
import { afterPrefix, MANY, matches, ONE, pushLiteral, wildcards } from '../../../lib/policy/evaluator/glob';
import { cpuMs } from '../../support/cpu';

describe('matches', () => {
  test.each([
    ['', '', true],
    ['', 'a', false],
    ['a', '', false],
    ['a', 'a', true],
    ['a', 'b', false],
    ['a', 'ab', false],
    ['ab', 'a', false],
    ['*', '', true],
    ['*', 'a/b/c', true],
    ['**', '', true],
    ['a**', 'a', true],
    ['a*', 'a', true],
    ['a*', 'ba', false],
    ['*a', 'a', true],
    ['*a', 'ab', false],
    ['a*c', 'ac', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abcd', false],
    ['*ab', 'aab', true],
    ['a*b*c', 'a1b2b3c', true],
    ['a*b*c', 'a1c2b', false],
    ['*a*a*', 'aa', true],
    ['*a*a*', 'a', false],
    ['?', '', false],
    ['?', 'a', true],
    ['?', '/', true],
    ['?', 'ab', false],
    ['a?c', 'abc', true],
    ['?*', 'a', true],
    ['?*', '', false],
    ['*?', 'abc', true],
    ['*?b', 'ab', true],
    ['?', '😀', true],
    ['??', '😀', false],
    ['*?', '😀', true],
    ['?😀?', 'a😀b', true],
    ['\u{10000}', '\u{10000}', true],
    ['?', '\uffff', true],
    ['?a', '\uffffa', true],
    ['??', '\u{10000}', false],
    ['[a-z]', 'b', false],
    ['.*', 'abc', false],
  ])('pattern %p, text %p: %p', (pattern, text, expected) => {
    expect(matches(wildcards(pattern), text)).toBe(expected);
  });

  test('a hostile pattern costs no more than its length times that of the text', () => {
    const pattern = wildcards(`${'*a'.repeat(1000)}b`);
    expect(cpuMs(() => expect(matches(pattern, 'a'.repeat(20_000))).toBe(false))).toBeLessThan(2_000);
  });
});

test('a literal is what it is', () => {
  const codes: number[] = [];
  pushLiteral(codes, '*?');
  expect(matches(codes, '*?')).toBe(true);
  expect(matches(codes, 'ab')).toBe(false);
  expect(wildcards('a*?')).toEqual(['a'.charCodeAt(0), MANY, ONE]);
});

describe('afterPrefix', () => {
  const rest = (pattern: string, prefix: string): string[] =>
    afterPrefix(wildcards(pattern), prefix).map((codes) =>
      codes.map((code) => (code === MANY ? '*' : code === ONE ? '?' : String.fromCharCode(code))).join(''),
    );

  test.each([
    ['arn:topic/a*', 'arn:topic/', ['a*']],
    ['arn:', 'arn:', ['']],
    ['arn:topic', 'arn:client', []],
    ['arn', 'arn:', []],
    ['*', 'arn:', ['*']],
    ['*/a', 'x/', ['*/a', 'a']],
    ['arn:*:a', 'arn:x:', ['*:a', 'a']],
    ['a?c', 'ab', ['c']],
    ['a?c', 'abcd', []],
    ['**a', 'x', ['**a']],
    ['?', '', ['?']],
  ])('%p after %p leaves %p', (pattern, prefix, expected) => {
    expect(rest(pattern, prefix)).toEqual(expected);
  });

  test('a rest matches exactly where the whole pattern does', () => {
    const text = fc.array(fc.constantFrom('a', 'b', ':', '/'), { maxLength: 5 }).map((chars) => chars.join(''));
    const pattern = fc
      .array(fc.constantFrom('a', 'b', ':', '/', '*', '?'), { maxLength: 6 })
      .map((chars) => chars.join(''));
    fc.assert(
      fc.property(pattern, text, text, (glob, prefix, name) => {
        const codes = wildcards(glob);
        const split = afterPrefix(codes, prefix).some((left) => matches(left, name));
        expect(split).toBe(matches(codes, prefix + name));
      }),
      { numRuns: 2000 },
    );
  });
});
