import { type Choose, variantsOf } from '../../../lib/compliance/model/choices';

const letters =
  (key: string, ...names: string[]) =>
  (choose: Choose) =>
    choose(
      key,
      names.map((name) => ({ label: `${key}=${name}`, value: name })),
    );

test('each combination comes once, and says what led to it', () => {
  const found = variantsOf((choose) => letters('a', 'x', 'y')(choose) + letters('b', 'x', 'y')(choose), 10);
  expect(found).toEqual({
    complete: true,
    variants: [
      { when: ['a=x', 'b=x'], value: 'xx' },
      { when: ['a=x', 'b=y'], value: 'xy' },
      { when: ['a=y', 'b=x'], value: 'yx' },
      { when: ['a=y', 'b=y'], value: 'yy' },
    ],
  });
});

test('the same key is chosen once', () => {
  const { variants } = variantsOf((choose) => letters('a', 'x', 'y')(choose) + letters('a', 'x', 'y')(choose), 10);
  expect(variants.map(({ value }) => value)).toEqual(['xx', 'yy']);
});

test('what is asked for may depend on what was chosen', () => {
  const run = (choose: Choose): string =>
    letters('a', 'x', 'y')(choose) === 'x' ? letters('b', '1', '2', '3')(choose) : 'none';
  expect(variantsOf(run, 10).variants.map(({ value }) => value)).toEqual(['1', '2', '3', 'none']);
});

test('one option is no choice', () => {
  expect(variantsOf(letters('a', 'x'), 10)).toEqual({ complete: true, variants: [{ when: [], value: 'x' }] });
});

test('one option before a choice takes none of its options', () => {
  const run = (choose: Choose) => letters('only', 'x')(choose) + letters('a', '1', '2', '3')(choose);
  expect(variantsOf(run, 10).variants).toEqual([
    { when: ['a=1'], value: 'x1' },
    { when: ['a=2'], value: 'x2' },
    { when: ['a=3'], value: 'x3' },
  ]);
});

test.each([
  [3, 3, false],
  [4, 4, true],
  [5, 4, true],
])('of four combinations, with a limit of %d, %d are looked at', (limit, count, complete) => {
  const found = variantsOf((choose) => letters('a', 'x', 'y')(choose) + letters('b', 'x', 'y')(choose), limit);
  expect([found.variants.length, found.complete]).toEqual([count, complete]);
});
