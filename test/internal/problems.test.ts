import { Problems } from '../../lib/internal/problems';

test('nothing reported is nothing thrown', () => {
  const problems = new Problems();
  expect(problems.isEmpty).toBe(true);
  expect(() => problems.throwIfAny()).not.toThrow();
});

test('one is thrown as it is, several together under the code of the first', () => {
  const problems = new Problems();
  problems.report('TextInvalid', 'a');
  expect(problems.isEmpty).toBe(false);
  expect(() => problems.throwIfAny()).toThrow(/^a \[TextInvalid\]$/);
  problems.report('NumberOutOfRange', 'b');
  expect(() => problems.throwIfAny()).toThrow(/^a; b \[TextInvalid\]$/);
});
