import { Lazy, Stack } from 'aws-cdk-lib';
import { ConfigurationError } from '../../lib/internal/configuration-error';
import { InputErrors } from '../../lib/internal/input-errors';
import { pastedKey } from '../support/private-key';

const { pem: KEY, isShownIn } = pastedKey();
const late = Lazy.string({ produce: () => '!' });

function found(check: (errors: InputErrors) => void): string | undefined {
  const errors = new InputErrors();
  check(errors);
  try {
    errors.throwIfAny();
  } catch (error) {
    if (ConfigurationError.is(error)) return error.message;
    throw error;
  }
  return undefined;
}

describe('text', () => {
  const check = (value: unknown, rule = {}) =>
    found((errors) =>
      errors.text('name', value as string, { maxLength: 4, pattern: /^[a-z]*$/, allowed: 'small letters', ...rule }),
    );

  test.each([undefined, 'a', 'abcd', late])('takes %p', (value) => expect(check(value)).toBeUndefined());

  test.each([
    ['', `'name' must have 1 to 4 characters, got 0 ("") [TextInvalid]`],
    ['abcde', `'name' must have 1 to 4 characters, got 5 ("abcde") [TextInvalid]`],
    ['A', `'name' may contain only small letters, got "A" [TextInvalid]`],
    [5, `'name' must be text, got number [TextInvalid]`],
    [null, `'name' must be text, got object [TextInvalid]`],
  ])('refuses %p', (value, message) => expect(check(value)).toBe(message));

  test('refuses a private key wherever it would fit, and shows nothing of it', () => {
    const message = check(KEY, { maxLength: 9_999, pattern: undefined });
    expect(message).toBe("'name' holds a private key (not shown) [PrivateKeyGiven]");
  });

  test('says the pattern where there are no words for it', () => {
    expect(check('A', { allowed: undefined })).toContain('only /^[a-z]*$/');
  });

  test('may be empty where that is said, and have a code of its own', () => {
    expect(check('', { minLength: 0 })).toBeUndefined();
    expect(check('A', { code: 'ThingGroupNameInvalid' })).toContain('[ThingGroupNameInvalid]');
  });

  test('never shows a private key', () => {
    expect(check(KEY)).toContain('holds a private key (not shown)');
    expect(isShownIn(check(KEY) ?? KEY)).toBe(false);
  });
});

describe('number', () => {
  const check = (value: unknown, rule = {}) =>
    found((errors) => errors.number('days', value as number, { min: 1, max: 9, ...rule }));

  test.each([undefined, 1, 9, Lazy.number({ produce: () => 99 })])('takes %p', (value) =>
    expect(check(value)).toBeUndefined(),
  );
  test.each([0, 10, 1.5, NaN, Infinity, '5', null])('refuses %p', (value) => {
    expect(check(value)).toBe(`'days' must be a whole number from 1 to 9, got ${String(value)} [NumberOutOfRange]`);
  });

  test('may be a fraction, and has a unit', () => {
    expect(check(1.5, { fractions: true })).toBeUndefined();
    expect(check(10, { fractions: true, unit: 'minutes' })).toContain('must be a number from 1 to 9 minutes');
  });
});

test('one of', () => {
  const check = (value?: string) => found((errors) => errors.oneOf('kind', value, ['a', 'b']));
  for (const value of [undefined, 'a', 'b', late]) expect(check(value)).toBeUndefined();
  expect(check('c')).toBe(`'kind' must be one of a, b, got "c" [ValueNotAllowed]`);
});

test('size', () => {
  const check = (value: unknown) => found((errors) => errors.size('list', value as unknown[], 1, 2));
  for (const value of [undefined, [1], [1, 2], Lazy.list({ produce: () => [] })]) expect(check(value)).toBeUndefined();
  expect(check([])).toBe(`'list' must have 1 to 2 items, got 0 [ListSizeInvalid]`);
  expect(check([1, 2, 3])).toContain('got 3');
  expect(check('abc')).toBe(`'list' must be a list, got string [ListSizeInvalid]`);
});

test('unique', () => {
  const check = (value?: string[]) => found((errors) => errors.unique('list', value));
  for (const value of [undefined, [], ['a', 'b'], [late, late], Lazy.list({ produce: () => ['a', 'a'] })])
    expect(check(value)).toBeUndefined();
  expect(check(['a', 'b', 'a', 'b'])).toBe(`'list' must not name an item twice, got "a" again [ListSizeInvalid]`);
});

test('all that is wrong is said at once, under the code of the first, with the path', () => {
  const stack = new Stack(undefined, 'Test');
  const errors = new InputErrors(stack);
  errors.number('days', 0, { min: 1, max: 9 });
  errors.text('name', '', { maxLength: 1 });
  expect(() => errors.throwIfAny()).toThrow(/^Test: 'days' must be .*; 'name' must have .* \[NumberOutOfRange\]$/);
});
