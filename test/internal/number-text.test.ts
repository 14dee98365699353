import { CfnParameter, Lazy, Token } from 'aws-cdk-lib';
import { numberText } from '../../lib/internal/number-text';
import { testStack } from '../support/app';

test('a number is a text', () => {
  expect(numberText(30)).toBe('30');
});

test('a number that is known later is a text then', () => {
  const text = numberText(Lazy.number({ produce: () => 30 }));
  expect(Token.isUnresolved(text)).toBe(true);
  expect(testStack().resolve(text)).toBe('30');
});

test('a number that is known only at deployment stays a reference', () => {
  const stack = testStack();
  const parameter = new CfnParameter(stack, 'Days', { type: 'Number' });
  expect(stack.resolve(numberText(parameter.valueAsNumber))).toEqual({ Ref: 'Days' });
});
