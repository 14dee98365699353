/**
 * What a function's process runs: a small stand-in for Lambda's Node.js runtime, as text, so that it is one file with
 * whatever bundles it.
 *
 * Time in the process is the rehearsal's: `Date` stands still at the time of the invocation, and a timer that fires moves it
 * to when it was due, so a pause of a second is a second, and the same run reads the same times. `Math.random` and
 * `crypto.randomUUID` come from the seed. The rest is Node.js as it is.
 */
export const RUNTIME = `
'use strict';
// The heap has its limit from its beginning. While a flag of V8 is set, Node.js takes none of the compiled code that it has of its own
// modules: so it is set again when those that the function needs are loaded, for the heaps of threads, or when threads come.
const v8 = require('node:v8');
const limitIs = (megabytes) => v8.setFlagsFromString('--max-old-space-size=' + megabytes);
limitIs(0);
const crypto = require('node:crypto');
const net = require('node:net');
const path = require('node:path');
const settings = JSON.parse(process.env.REHEARSAL_RUNTIME);
delete process.env.REHEARSAL_RUNTIME;

let now = settings.now;
const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now] : args, self),
  apply: () => new RealDate(now).toString(),
  get: (target, name, self) => (name === 'now' ? () => now : Reflect.get(target, name, self)),
});
const realSetTimeout = globalThis.setTimeout;
globalThis.setTimeout = Object.assign((act, delay, ...rest) => {
  const due = now + (Number(delay) > 0 ? Number(delay) : 0);
  return realSetTimeout((...args) => { now = Math.max(now, due); act(...args); }, delay, ...rest);
}, realSetTimeout);

let drawn = 0;
const draw = () => crypto.createHash('sha256').update(settings.seed + '#' + drawn++).digest('hex');
Math.random = () => parseInt(draw().slice(0, 13), 16) / 2 ** 52;
crypto.randomUUID = () => {
  const hex = draw();
  return [hex.slice(0, 8), hex.slice(8, 12), '4' + hex.slice(13, 16), '8' + hex.slice(17, 20), hex.slice(20, 32)].join('-');
};

// The runtime of Lambda has the AWS SDK. Where the code does not bring its own, it is that of who rehearses, if there is one.
const Module = require('node:module');
const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  try { return resolveFilename.call(this, request, ...rest); } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' || !/^@(aws-sdk|smithy)\\//.test(request)) throw error;
    try { return require.resolve(request, { paths: [settings.home] }); } catch {
      error.message = request + ' is part of the runtime of Lambda, and is not here: install it where the rehearsal is run';
      throw error;
    }
  }
};

const loadModule = Module._load;
Module._load = function (request, ...rest) {
  if (/^(node:)?worker_threads$/.test(request)) limitIs(settings.memoryMegabytes);
  return loadModule.call(this, request, ...rest);
};

const mark = process.stdout.write.bind(process.stdout);

const describe = (error) => error instanceof Error
  ? { errorType: error.name, errorMessage: error.message, stack: String(error.stack) }
  : { errorType: 'Error', errorMessage: String(error), stack: '' };

const separator = settings.handler.lastIndexOf('.');
const file = path.resolve(settings.root, settings.handler.slice(0, separator));
const load = async () => {
  let loaded;
  try { loaded = require(file); } catch (error) {
    const module = require('node:fs').existsSync(file + '.mjs') ? '.mjs' : '.js';
    if (module === '.js' && error.code !== 'ERR_REQUIRE_ESM') throw error;
    limitIs(settings.memoryMegabytes);
    loaded = await import(file + module);
  }
  limitIs(settings.memoryMegabytes);
  const found = loaded[settings.handler.slice(separator + 1)];
  if (typeof found !== 'function') throw new Error(settings.handler + ' is not a function');
  return found;
};

// By a pipe of its own: the channel that Node.js has between its processes takes longer to load, and a function has none in Lambda.
const pipe = new net.Socket({ fd: 3 });
const answers = (answer) => pipe.write(JSON.stringify(answer) + '\\n');

let ready;
const invoke = async ({ id, event, at, timeoutMs, context }) => {
  now = Math.max(now, at);
  const began = now;
  const deadline = now + timeoutMs;
  let answer;
  try {
    const handler = await (ready ??= load());
    const value = await new Promise((resolve, reject) => {
      const whole = { ...context, callbackWaitsForEmptyEventLoop: true, getRemainingTimeInMillis: () => Math.max(0, deadline - now) };
      const returned = handler(event, whole, (error, result) => (error ? reject(error) : resolve(result)));
      if (returned !== undefined && typeof returned.then === 'function') returned.then(resolve, reject);
      else if (handler.length < 3) resolve(returned);
    });
    answer = { id, value: value === undefined ? null : JSON.parse(JSON.stringify(value)) };
  } catch (error) {
    answer = { id, error: describe(error) };
  }
  // What was written before comes first in its pipe, so the log is whole when the marker has come.
  mark(settings.endOfLog, () => answers({ ...answer, elapsedMs: now - began }));
};

let rest = '';
pipe.setEncoding('utf8').on('data', (text) => {
  const lines = (rest + text).split('\\n');
  rest = lines.pop();
  for (const line of lines) invoke(JSON.parse(line));
});
pipe.on('error', () => process.exit(0)).on('close', () => process.exit(0));
`;
