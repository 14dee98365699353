import fc from 'fast-check';
import {
  type Clause,
  FIRST_SYMBOL,
  gains,
  hasGained,
  isEmpty,
  isWithin,
  type Language,
  overlaps,
  plain,
} from '../../../lib/compliance/access/language';
import { type Codes, matches, wildcards } from '../../../lib/policy/evaluator/glob';

const only = (...patterns: string[]): Language => plain(patterns.map(wildcards));
const text = (codes: Codes): string => String.fromCharCode(...codes);
const clause = (patterns: string[], options: Partial<Clause> = {}): Clause => ({
  patterns: patterns.map(wildcards),
  inverted: false,
  when: [],
  because: '',
  ...options,
});

describe('patterns', () => {
  test.each([
    ['a/b', 'a/*', true],
    ['a/*', 'a/b', false],
    ['a/*/c', 'a/*', true],
    ['a*b', 'a*', true],
    ['*', '**', true],
    ['?', '*', true],
    ['*', '?*', false],
    ['a?c', 'a*c', true],
    ['*a*b*', '*a*', true],
    ['*b*a*', '*a*b*', false],
    ['', '*', true],
  ])('%s is within %s: %s', (one, other, expected) => {
    expect(isWithin(wildcards(one), [wildcards(other)])).toBe(expected);
  });

  test('a pattern may be within several together', () => {
    expect(isWithin(wildcards('a?'), [wildcards('a*'), wildcards('b')])).toBe(true);
    expect(isWithin(wildcards('?*'), [wildcards('?'), wildcards('??*')])).toBe(true);
  });

  test('a device name is not one character', () => {
    expect(isWithin([FIRST_SYMBOL], [wildcards('?')])).toBe(false);
    expect(isWithin([FIRST_SYMBOL], [wildcards('*')])).toBe(true);
  });

  test.each([
    ['a*', '*b', true],
    ['a*', 'b*', false],
    ['a/*/c', 'a/b/*', true],
  ])('%s overlaps %s: %s', (one, other, expected) => {
    expect(overlaps(wildcards(one), wildcards(other))).toBe(expected);
  });

  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 6 });
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'z'), maxLength: 6 });

  test('agrees with matching, name by name', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { maxLength: 3 }),
        fc.array(pattern, { minLength: 1, maxLength: 3 }),
        name,
        (less, more, one) => {
          const inMore = more.some((each) => matches(wildcards(each), one));
          const inLess = less.some((each) => matches(wildcards(each), one));
          expect(hasGained([only(...less)], [only(...more)], wildcards(one))).toBe(inMore && !inLess);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('what patterns begin with decides as the whole search does', () => {
    fc.assert(
      fc.property(pattern, fc.array(pattern, { maxLength: 3 }), (one, others) => {
        const [codes, lists] = [wildcards(one), others.map(wildcards)];
        expect(isWithin(codes, lists)).toBe(gains([plain(lists)], [plain([codes])]).found.length === 0);
        for (const other of lists)
          expect(overlaps(codes, other)).toBe(gains([], [plain([codes]), plain([other])]).found.length > 0);
      }),
      { numRuns: 1000 },
    );
  });

  test('what it finds is a name that one has and the other has not', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { maxLength: 3 }),
        fc.array(pattern, { minLength: 1, maxLength: 3 }),
        (less, more) => {
          for (const { word } of gains([only(...less)], [only(...more)]).found) {
            expect(more.some((each) => matches(wildcards(each), text(word)))).toBe(true);
            expect(less.some((each) => matches(wildcards(each), text(word)))).toBe(false);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('rights', () => {
  test('a deny takes away', () => {
    const right = [{ allows: [clause(['a/*'])], denies: [clause(['a/b'])] }];
    expect(gains(right, [only('a/*')]).found.map(({ word }) => text(word))).toEqual(['a/b']);
    expect(gains([only('a/*')], right).found).toEqual([]);
    expect(isEmpty([{ allows: [clause(['a/b'])], denies: [clause(['a/*'])] }])).toBe(true);
  });

  test('all but some names', () => {
    const right = [{ allows: [clause(['a'], { inverted: true })], denies: [] }];
    expect(hasGained([], right, wildcards('b'))).toBe(true);
    expect(hasGained([], right, wildcards('a'))).toBe(false);
    expect(isEmpty([{ allows: [clause(['*'])], denies: [clause(['*'], { inverted: true })] }])).toBe(false);
    expect(isEmpty([{ allows: [clause(['a'])], denies: [clause(['b'], { inverted: true })] }])).toBe(true);
  });

  test('every language must allow', () => {
    expect(gains([], [only('a/*'), only('*/b')]).found.map(({ word }) => text(word))).toEqual(['a/b']);
    expect(isEmpty([only('a'), only('b')])).toBe(true);
    expect(isEmpty([])).toBe(true);
  });

  test('a condition that falls away is a gain, one that comes is none', () => {
    const bound = [{ allows: [clause(['a'], { when: ['from home'] })], denies: [] }];
    expect(gains(bound, [only('a')]).found).toHaveLength(1);
    expect(gains([only('a')], bound).found).toEqual([]);
    expect(gains(bound, bound).found).toEqual([]);
    const elsewhere = [{ allows: [clause(['a'], { when: ['from anywhere'] })], denies: [] }];
    expect(gains(bound, elsewhere).found).toHaveLength(1);
  });

  test('a deny under a condition, and its absence', () => {
    const denied = [{ allows: [clause(['a'])], denies: [clause(['a'], { when: ['at night'] })] }];
    expect(gains(denied, [only('a')]).found).toHaveLength(1);
    expect(gains([only('a')], denied).found).toEqual([]);
  });

  test('more that is allowed loses nothing, more that is denied gains nothing', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', '/', '*', '?'), maxLength: 4 });
    const any = fc
      .tuple(fc.array(pattern, { maxLength: 2 }), fc.boolean(), fc.subarray(['home', 'noon']))
      .map(([patterns, inverted, when]) => clause(patterns, { inverted, when }));
    fc.assert(
      fc.property(fc.array(any, { maxLength: 2 }), fc.array(any, { maxLength: 2 }), any, (allows, denies, extra) => {
        const right = [{ allows, denies }];
        expect(gains([{ allows: [...allows, extra], denies }], right).found).toEqual([]);
        expect(gains(right, [{ allows, denies: [...denies, extra] }]).found).toEqual([]);
        expect(gains(right, [{ allows: [...allows, ...allows], denies: [...denies].reverse() }]).found).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test('gives up rather than guess', () => {
    expect(gains([only('*a??????????????????b')], [only('*a???????????????????b')]).complete).toBe(false);
    const many = Array.from({ length: 12 }, (_, index) => clause(['a'], { when: [`condition ${index}`] }));
    expect(gains([{ allows: many.slice(1), denies: [] }], [{ allows: many, denies: [] }])).toEqual({
      found: [],
      complete: false,
    });
  });
});

describe('a gain', () => {
  const right = (allows: Clause[], denies: Clause[] = []): Language[] => [{ allows, denies }];
  const found = (before: Language[], after: Language[]) =>
    gains(before, after).found.map(({ through, word }) => ({
      word: text(word),
      through: through.map((each) => [each.clause.because, each.pattern && text(each.pattern)]),
    }));
  const from = (because: string, patterns: string[], options: Partial<Clause> = {}): Clause =>
    clause(patterns, { because, ...options });
  const codes = (pattern: string): string => text(wildcards(pattern));

  test('says through which pattern of which statement it comes, with the shortest name', () => {
    expect(found([only('a*')], right([from('one', ['a*', '*b'])]))).toEqual([
      { word: 'b', through: [['one', codes('*b')]] },
    ]);
    expect(found([], right([from('one', ['b', 'a*'])]))).toEqual([
      { word: 'a', through: [['one', codes('a*')]] },
      { word: 'b', through: [['one', codes('b')]] },
    ]);
  });

  test('comes once through each statement, and has no pattern where a statement is about all others', () => {
    expect(found([], right([from('one', ['a']), from('two', ['a'])]))).toEqual([
      { word: 'a', through: [['one', codes('a')]] },
      { word: 'a', through: [['two', codes('a')]] },
    ]);
    expect(found([], right([from('one', ['a'], { inverted: true })]))).toEqual([
      { word: '', through: [['one', undefined]] },
    ]);
  });

  test('comes through a pattern of each language', () => {
    expect(found([], [...right([from('one', ['a', 'b'])]), ...right([from('two', ['?'])])])).toEqual([
      {
        word: 'a',
        through: [
          ['one', codes('a')],
          ['two', codes('?')],
        ],
      },
      {
        word: 'b',
        through: [
          ['one', codes('b')],
          ['two', codes('?')],
        ],
      },
    ]);
    expect(found([], [...right([from('one', ['a'])], [from('not', ['a'])]), only('a')])).toEqual([]);
  });

  test('comes only through statements whose conditions hold where it is one', () => {
    const home = from('home', ['a'], { when: ['home'] });
    const night = from('night', ['a'], { when: ['night'] });
    expect(found(right([home]), right([home, night]))).toEqual([{ word: 'a', through: [['night', codes('a')]] }]);
    expect(found([], right([night], [home]))).toEqual([{ word: 'a', through: [['night', codes('a')]] }]);
    const both = from('both', ['a'], { when: ['home', 'night'] });
    expect(found(right([home]), right([both]))).toEqual([]);
    expect(found(right([both]), right([home]))).toEqual([{ word: 'a', through: [['home', codes('a')]] }]);
  });

  test('is looked for under ten conditions', () => {
    const ten = Array.from({ length: 10 }, (_, index) => clause(['a'], { when: [`condition ${index}`] }));
    const { found: first, complete } = gains(right(ten.slice(1)), right(ten));
    expect(complete).toBe(true);
    expect(first.map(({ through }) => through[0]?.clause.when)).toEqual([['condition 0']]);
  });
});
