import { main } from '../../bin/cli/main';
import { folderOf } from './support';

async function run(...argv: string[]) {
  let out = '';
  let err = '';
  const exit = await main(['rehearse', ...argv], {
    out: (text) => (out += text),
    err: (text) => (err += text),
    today: '2026-11-22',
    version: '1.2.3',
  });
  return { exit, out, err };
}

test.each([
  [[], /^name one assembly, such as cdk\.out\n/],
  [['a', 'b'], /^name one assembly/],
  [['x', '--port', 'http'], /^could not run: x is no folder of an assembly/],
  [['/no/such/folder'], /^could not run: \/no\/such\/folder is no folder of an assembly: synthesize one first/],
  [['x', '--nothing'], /Unknown option/],
  [['.', '--parameters', 'Env'], /^--parameters must be NAME=VALUE, got 'Env'\n/],
  [['.', '--exports', '=a'], /^--exports must be NAME=VALUE, got '=a'\n/],
])('rehearse %j cannot be done, and says why', async (argv, message) => {
  const { exit, out, err } = await run(...argv);
  expect({ exit, out }).toEqual({ exit: 2, out: '' });
  expect(err).toMatch(message);
});

test('a port that is none, a story that is none, and a folder without an assembly give one clear line', async () => {
  const folder = folderOf({ 'story.yaml': 'title: T\ndevices: [a]\nstory: [a conects]\n' });
  expect((await run(folder, '--port', '70000')).err).toMatch(/^--port must be a number up to 65535, got '70000'\n/);
  const typo = await run(folder, '--scenario', `${folder}/story.yaml`);
  expect(typo.exit).toBe(2);
  expect(typo.err).toMatch(
    /^could not run: .*story\.yaml:3: 'a conects' is not understood; did you mean 'DEVICE connects/,
  );
  expect((await run(folder)).err).toMatch(/could not run: no cloud assembly at/);
});

test('help tells what it does', async () => {
  const { exit, out } = await run('--help');
  expect(exit).toBe(0);
  expect(out).toContain('zero-trust-iot rehearse ASSEMBLY');
});
