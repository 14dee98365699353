import { required } from '../../../lambda/shared/environment';

const NAME = 'ZERO_TRUST_IOT_TEST';

afterEach(() => {
  Reflect.deleteProperty(process.env, NAME);
});

test('gives what is set', () => {
  process.env[NAME] = 'value';
  expect(required(NAME)).toBe('value');
});

test.each([undefined, ''])('fails for %p', (value) => {
  if (value !== undefined) process.env[NAME] = value;
  expect(() => required(NAME)).toThrow(`environment variable ${NAME} is missing`);
});
