import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { deployedWith, placeProblem, regionProblem } from '../../lib/internal/place';

const HERE = { account: '123456789012', region: 'eu-west-1' };
const stack = () => new Stack(new App(), 'S', { env: HERE });

test('nested stacks are deployed with the one that they are in', () => {
  const outer = stack();
  const inner = new NestedStack(new NestedStack(outer, 'N'), 'M');
  expect([deployedWith(inner), deployedWith(outer)]).toEqual([outer, outer]);
});

test.each([
  ['of the same place', HERE],
  ['of nobody knows where', undefined],
  ['of a stack for any place', new Stack(new App(), 'Any')],
  ['of the same region, in some account', { account: new Stack(new App(), 'Any').account, region: 'eu-west-1' }],
])('a resource %s can be used', (_name, env) => {
  expect(placeProblem(stack(), { env })).toBeUndefined();
  expect(placeProblem(new Stack(new App(), 'Any'), { env })).toBeUndefined();
});

test.each([
  ['another region', { ...HERE, region: 'eu-west-2' }, '123456789012, eu-west-2'],
  ['another account', { ...HERE, account: '111122223333' }, '111122223333, eu-west-1'],
  ['another region, in some account', { account: new Stack(new App(), 'Any').account, region: 'x' }, 'any, x'],
])('a resource of %s cannot', (_name, env, named) => {
  expect(placeProblem(stack(), { env })).toBe(
    `must be of the account and region of its stack (123456789012, eu-west-1), got one of ${named}`,
  );
});

test('where the region alone counts, another account will do', () => {
  expect(regionProblem(stack(), { env: { account: '111122223333', region: 'eu-west-1' } })).toBeUndefined();
  expect(regionProblem(stack(), { env: new Stack(new App(), 'Any') })).toBeUndefined();
  expect(regionProblem(stack(), {})).toBeUndefined();
  expect(regionProblem(stack(), { env: { ...HERE, region: 'us-east-1' } })).toBe(
    'is in us-east-1, and this stack in eu-west-1',
  );
});
