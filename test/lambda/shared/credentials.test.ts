import { defaultProvider } from '../../../lambda/shared/credentials';

const NAMES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
const before = { ...process.env };

beforeEach(() => {
  for (const name of NAMES) Reflect.deleteProperty(process.env, name);
});
afterAll(() => Object.assign(process.env, before));

test('reads what Lambda puts into the environment, each time anew', async () => {
  const provide = defaultProvider();
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' });
  expect(await provide()).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: undefined });
  process.env.AWS_SESSION_TOKEN = 'token';
  expect(await provide()).toEqual({ accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' });
});

test.each(NAMES.slice(0, 2))('fails without %s, and looks nowhere else', async (missing) => {
  const [other] = NAMES.slice(0, 2).filter((name) => name !== missing);
  process.env[String(other)] = 'x';
  await expect(defaultProvider()()).rejects.toThrow('there are no credentials in the environment');
});
