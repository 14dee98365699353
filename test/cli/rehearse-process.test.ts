import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { referenceAssembly } from '../support/reference-assembly';
import { ROOT } from '../support/sources';

let assembly: string;
let folder: string;

beforeAll(() => {
  assembly = referenceAssembly(['A-1', 'A-2', 'A-3']);
  folder = mkdtempSync(join(tmpdir(), 'rehearse-process-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function listening(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Below those that the system gives to whoever asks for any: no other test can take it meanwhile. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    try {
      const server = await listening(port);
      await new Promise((resolve) => server.close(resolve));
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
}

/** The built executable, leading a group of its own, so that whatever it leaves behind is found. */
function rehearse(...args: (string | SpawnOptions)[]): ChildProcess {
  const options = args.filter((each) => typeof each !== 'string');
  return spawn(
    process.execPath,
    [
      join(ROOT, 'dist/cli/zero-trust-iot.js'),
      'rehearse',
      assembly,
      ...args.map(String).slice(0, args.length - options.length),
    ],
    {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: folder },
      ...options[0],
    },
  );
}

test.each([
  ['SIGINT', 'a function runs, while it deploys', 'deploying', 130],
  ['SIGINT', 'devices are connected', 'neighbor connects', 130],
  ['SIGTERM', 'a device misbehaves', 'pump misbehaves', 143],
] as const)('%s while %s leaves no process, port or file behind', async (signal, _when, said, code) => {
  const port = await freePort();
  const child = rehearse('--port', String(port), '--report', join(folder, 'report.html'));
  child.stdout?.resume();
  let err = '';
  let sent = false;
  child.stderr?.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    if (sent || !err.includes(said)) return;
    sent = true;
    child.kill(signal);
  });
  const [exit] = (await once(child, 'exit')) as [number | null];
  expect({ exit, err }).toEqual({ exit: code, err: expect.stringContaining(`${signal}: cleaning up`) as string });
  expect(() => process.kill(-(child.pid ?? 0), 0)).toThrow('ESRCH');
  (await listening(port)).close();
  expect(readdirSync(folder)).toEqual([]);
});

test('a port that is taken is named in one line', async () => {
  const server = await listening(0);
  const { port } = server.address() as AddressInfo;
  const child = rehearse('--port', String(port));
  let err = '';
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [exit] = (await once(child, 'exit')) as [number | null];
  await new Promise((resolve) => server.close(resolve));
  expect(exit).toBe(2);
  expect(err.trimEnd().split('\n').slice(1)).toEqual([
    `could not run: port ${port} is taken: choose another, or 0 for any that is free`,
  ]);
});

async function ended(child: ChildProcess): Promise<{ exit: number | null; out: string; err: string }> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, out, err };
}

test('a story may be a program in TypeScript', async () => {
  const { exit, out } = await ended(rehearse('--scenario', join(ROOT, 'examples/rehearse-a-fleet/story.ts')));
  expect(out).toContain('  ok no other client id is of use\n');
  expect(out).toMatch(/green: everything went as the story says\n$/);
  expect(exit).toBe(0);
});

test.each([
  ['no-story.mjs', 'export const a = 1;', 'it exports no story: let its default export be defineStory({ ... })'],
  ['typo.mjs', 'export default { titel: "a" };', "'titel' is no part of a story; did you mean 'title'?"],
  ['typo.cjs', 'module.exports = { title: "a", devices: ["a"] };', "'play' must be a function that plays the story"],
  ['broken.mjs', 'no program', 'cannot be read: Unexpected identifier'],
  ['broken.ts', 'const a: = 1;', 'cannot be read: Transform failed with 1 error: '],
  ['absent.mjs', 'import "nobody";', "cannot be read: Cannot find package 'nobody'"],
])('%s, which is no story, is one clear line', async (name, text, problem) => {
  const file = join(mkdtempSync(join(folder, 'story-')), name);
  writeFileSync(file, text);
  const { exit, out, err } = await ended(rehearse('--scenario', file));
  expect({ exit, out }).toEqual({ exit: 2, out: '' });
  expect(err).toContain(`could not run: ${file}`);
  expect(err).toContain(problem);
  expect(err.trimEnd()).not.toContain('\n');
});

test('an import without its ending, which Node.js by itself does not find, is answered with the ending', async () => {
  const own = mkdtempSync(join(folder, 'story-'));
  writeFileSync(join(own, 'helper.js'), 'export const who = 1;');
  writeFileSync(join(own, 'story.mjs'), 'import { who } from "./helper"; export default who;');
  const { exit, err } = await ended(rehearse('--scenario', join(own, 'story.mjs')));
  expect(exit).toBe(2);
  expect(err).toMatch(
    /^could not run: \S+ cannot be read: Cannot find module .*; Node\.js by itself wants the ending, 'helper\.js': .*\n$/,
  );
});

test('TypeScript that nobody can run is answered with what to install', async () => {
  const own = mkdtempSync(join(folder, 'story-'));
  writeFileSync(join(own, 'story.ts'), 'export default 1;');
  const child = rehearse('--scenario', 'story.ts', { cwd: own });
  const { err } = await ended(child);
  const byItself = (process.features as { typescript?: unknown }).typescript;
  // No advice of Node.js beside it: to make an app ES modules for the sake of a story would break most.
  if (byItself) expect(err).toMatch(/^could not run: story\.ts: it exports no story.*\n$/);
  else
    expect(err).toMatch(/story\.ts: Node\.js \S+ does not read TypeScript by itself: npm install --save-dev tsx, or /);
});

/** What a run prints, without what hangs on keys, which are never made from a seed, on the wall clock, and on ports that are free. */
async function printed(...args: string[]): Promise<string> {
  const child = rehearse(...args, '--json');
  child.stderr?.resume();
  let out = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const [exit] = (await once(child, 'close')) as [number | null];
  expect(exit).toBe(0);
  return out
    .replace(/"tookMs": \d+/, '')
    .replace(/\b[0-9a-f]{64}\b/g, 'FINGERPRINT')
    .replace(/127\.0\.0\.1:\d+/g, 'HOST')
    .replace(/"bytes": \d+/g, '');
}

test('the same seed gives the same run, event by event, and another seed another', async () => {
  const story = ['--scenario', 'false-alarm', '--seed'];
  const first = await printed(...story, 'x');
  expect(await printed(...story, 'x')).toBe(first);
  expect(await printed(...story, 'y')).not.toBe(first);
});
