import { mayMatch } from '../../lib/policy/tokens';

const TOKEN = '${Token[TOKEN.1]}';

test.each([
  ['ab', true],
  ['abc', false],
  ['a*', false],
  [TOKEN, true],
  [`abc${TOKEN}abc`, true],
  [`${TOKEN}${TOKEN}`, true],
  [`${TOKEN}*`, false],
  [`*${TOKEN}`, false],
  // What is left of two halves of a variable is none.
  [`$${TOKEN}{a}`, false],
  ['${Token[TOKEN.1', false],
])('%s may be two letters: %s', (text, may) => {
  expect(mayMatch(text, /^[a-z]{1,2}$/, /^[a-z]*$/)).toBe(may);
});
