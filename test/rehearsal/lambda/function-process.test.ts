import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, FunctionProcess } from '../../../rehearsal/lambda/function-process';

const root = mkdtempSync(join(tmpdir(), 'function-process-'));
let running: FunctionProcess;

afterEach(() => running.close());
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What the function answers to an event. */
async function answered(code: string, event: unknown = {}, memoryMegabytes = 128, file = 'index.js'): Promise<Answer> {
  writeFileSync(join(root, file), code);
  const environment = { PATH: process.env.PATH ?? '' };
  const handler = `${file.split('.')[0]}.handler`;
  running = new FunctionProcess({ name: 'f', root, handler, environment, memoryMegabytes, seed: 's', now: 0 });
  return running.invoke({ event, at: 1_000, timeoutMs: 30_000, context: {} });
}

test('what is given and what comes back is of any length and of any characters', async () => {
  const event = { text: `a\nb\r\u2028\u{1f512}${'é'.repeat(200_000)}` };
  const answer = await answered('exports.handler = async (event) => event;', event);
  expect(answer).toEqual({ kind: 'value', value: event, elapsedMs: 0 });
});

test('a heap that is full ends the process, as soon as the memory of the function says', async () => {
  const answer = await answered(
    'exports.handler = async () => { for (const all = []; all.length < 6_000; ) all.push(new Array(10_000).fill(1)); };',
    {},
    32,
  );
  expect(answer).toMatchObject({ kind: 'error', errorType: 'Runtime.ExitError' });
});

const thread = (load: string) => `${load}
  const { once } = ${load.startsWith('import') ? 'events' : "require('node:events')"};
  const limit = "require('worker_threads').parentPort.postMessage(require('v8').getHeapStatistics().heap_size_limit)";
  const early = once(new Worker(limit, { eval: true }), 'message');`;

test.each([
  ['index.js', `${thread("const { Worker } = require('node:worker_threads');")} exports.handler = `],
  [
    'thread.mjs',
    `${thread("import * as events from 'events'; import { Worker } from 'worker_threads';")} export const handler = `,
  ],
])('threads have the limit of their function, too: %s', async (file, code) => {
  const both = 'async () => [...(await early), ...(await once(new Worker(limit, { eval: true }), "message"))];';
  const answer = await answered(code + both, {}, 100, file);
  const [first, second] = (answer as { value: [number, number] }).value;
  expect(first).toBe(second);
  expect(first).toBeLessThan(200 * 2 ** 20);
});

test('a function has no channel of Node.js to another process, as in Lambda', async () => {
  const answer = await answered('exports.handler = async () => [typeof process.send];');
  expect(answer).toMatchObject({ value: ['undefined'] });
});

test('a process that is told to end by its function is replaced by the next', async () => {
  const answer = await answered('exports.handler = async (event) => (event.end ? process.exit(3) : 1);', {
    end: 1,
  });
  expect(answer).toEqual({ kind: 'error', errorType: 'Runtime.ExitError', errorMessage: 'the process ended: 3' });
  const next = await running.invoke({ event: {}, at: 2_000, timeoutMs: 30_000, context: {} });
  expect(next).toEqual({ kind: 'value', value: 1, elapsedMs: 0 });
});
