import { App, Stack } from 'aws-cdk-lib';
import { ConfigurationError } from '../../lib/internal/configuration-error';

test('has a stable code, a message that ends with it, and where it was', () => {
  const stack = new Stack(new App(), 'Test');
  const error = new ConfigurationError('TextInvalid', "'name' is wrong", stack);
  expect(error).toMatchObject({
    name: 'ConfigurationError',
    code: 'TextInvalid',
    message: "Test: 'name' is wrong [TextInvalid]",
    constructPath: 'Test',
  });
  expect(new ConfigurationError('TextInvalid', 'wrong')).toMatchObject({
    message: 'wrong [TextInvalid]',
    constructPath: undefined,
  });
});

test('is known as what it is, also from another copy of the package', () => {
  const twin = Object.assign(new Error('x'), { [Symbol.for('cdk-iot-zero-trust.ConfigurationError')]: true });
  expect(ConfigurationError.is(new ConfigurationError('TextInvalid', 'x'))).toBe(true);
  expect(ConfigurationError.is(twin)).toBe(true);
  for (const other of [new Error('x'), null, undefined, 'x']) expect(ConfigurationError.is(other)).toBe(false);
});

test('its trace begins where it was raised', () => {
  const raise = () => new ConfigurationError('TextInvalid', 'x');
  expect(raise().stack?.split('\n')[1]).toContain('raise');
});
