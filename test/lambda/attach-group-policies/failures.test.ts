import { Failure, groupFull, membersRemain } from '../../../lambda/attach-group-policies/failures';

test('a failure has a name of its own', () => {
  expect(new Failure('NotSettled', 'm')).toMatchObject({ name: 'NotSettled', message: 'm' });
  expect(new Failure('NotSettled', 'm')).toBeInstanceOf(Error);
});

test.each([
  [['X'], "'X' on arn was attached"],
  [['X', 'Y'], "'X', 'Y' on arn were attached"],
])('a full group names %p', (foreign, text) => {
  expect(groupFull('arn', 2, foreign).message).toContain(text);
});

test.each([
  [4, '(0, 1, 2, 3)'],
  [5, '(0, 1, 2, 3, 4, …)'],
])('%i members', (count, text) => {
  expect(membersRemain('g', [...Array(count).keys()].map(String)).message).toContain(text);
});
