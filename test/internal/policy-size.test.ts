import { Fn, type Stack } from 'aws-cdk-lib';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { allow, policyDocument } from '../../lib/internal/iam';
import { checkRightsSize } from '../../lib/internal/policy-size';
import { testStack } from '../support/app';

const small = policyDocument([]);
const of = (...resources: unknown[]) => policyDocument([allow(['iot:DescribeThing'], resources as string[])]);
const sizeIn = (stack: Stack, document: object): number => {
  try {
    checkRightsSize(stack, of(document, 'x'.repeat(7_000)), []);
  } catch (error) {
    return Number(/take about (\d+) characters/.exec((error as Error).message)?.[1]) - 7_000;
  }
  throw new Error('it was taken');
};

test('the size of what is known is its length', () => {
  const stack = testStack();
  const document = { a: 'b', c: [1, true, null, 'text'], d: {} };
  const frame = sizeIn(stack, {});
  expect(sizeIn(stack, document) - frame).toBeGreaterThanOrEqual(JSON.stringify(document).length - 2);
  expect(sizeIn(stack, document) - frame).toBeLessThan(JSON.stringify(document).length + 6);
});

test('references count as long as what they stand for is', () => {
  const stack = testStack();
  const group = new CfnThingGroup(stack, 'Group');
  const frame = sizeIn(stack, { a: '' });
  expect(sizeIn(stack, { a: stack.region }) - frame).toBe(10);
  expect(sizeIn(stack, { a: group.ref }) - frame).toBe(88);
  expect(sizeIn(stack, { a: group.attrArn }) - frame).toBe(88);
  expect(sizeIn(stack, { a: `arn:${stack.region}:${group.ref}` }) - frame).toBeGreaterThan(100);
  expect(sizeIn(stack, { a: Fn.importValue('x') }) - frame).toBeGreaterThan(10);
});

test('takes what fits, and fails beyond', () => {
  const stack = testStack();
  const frame = sizeIn(stack, {});
  expect(() => checkRightsSize(stack, of('x'.repeat(6_000 - frame)), [])).not.toThrow();
  expect(() => checkRightsSize(stack, of('x'.repeat(6_145)), [])).toThrow(
    /a managed policy can have 6144.*RightsTooLarge/,
  );
  expect(() => checkRightsSize(stack, small, [of('x'.repeat(5_000)), of('x'.repeat(5_000))])).not.toThrow();
  expect(() => checkRightsSize(stack, small, [of('x'.repeat(5_200)), of('x'.repeat(5_200))])).toThrow(
    /the inline policies of a role can have 10240/,
  );
});
