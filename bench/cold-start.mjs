// Cold start of each handler, process start to first response: as it is shipped, and as NodejsFunction makes it by default
// (esbuild with the SDK left out, which is then loaded from node_modules as the runtime has it). Runs in turn, fresh processes.
// What else a machine does makes a start slower and never faster, so the fastest start of each form is compared, in time and in
// CPU, after as many rounds as it takes until no form becomes faster any more: a rule that does not look at the ratio. Where even
// the fastest start of a form waited for the processor, the time says nothing about the handler, and its CPU alone is judged.
// Usage: node bench/cold-start.mjs [--runs PAIRS_A_ROUND] [--json] [HANDLER...]. Exit code 1 above the goal, 2 if it cannot run.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { startsAt } from './cold-start/events.mjs';

const GOAL = 0.6;
const MAX_ROUNDS = 8;
/** A fastest start that a further round improves by less than this share has been found. */
const SETTLED = 0.01;
/** In a row; after one alone a form that was disturbed in both passes for a slow one. */
const ROUNDS_SETTLED = 2;
/** A start that takes longer than this multiple of its CPU time has waited for others. */
const WAITED = 1.3;
const root = fileURLToPath(new URL('..', import.meta.url));
const shipped = join(root, 'dist/handlers');
// Below the root, so that the SDK is found.
const plain = join(root, 'dist/bench-cold-start');
const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '10' }, json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const runs = Number(values.runs);
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const fastest = ({ times, cpu }) =>
  [times.ours, times.plain, cpu.ours, cpu.plain].map((measured) => Math.min(...measured));
const say = (line) => process.stdout.write(`${line}\n`);

/** Paths of the calls that are answered with something, of the services that name no operation in a header. */
const PATHS = [
  [/^GET \/things\/[^/]+\/thing-groups/, 'ListThingGroupsForThing'],
  [/^GET \/things\/[^/]+\/jobs\//, 'DescribeJobExecution'],
  [/^POST \/attached-policies\//, 'ListAttachedPolicies'],
];

/** Every service answers at once, with nothing where nothing is said. */
async function serve() {
  const services = { calls: [], answers: {} };
  services.server = createServer((request, response) => {
    const path = `${request.method} ${request.url}`;
    const target = request.headers['x-amz-target']?.split('.').pop();
    const operation = target ?? PATHS.find(([pattern]) => pattern.test(path))?.[1] ?? path.replace(/\?.*/, '');
    services.calls.push(operation);
    const chunks = [];
    request
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        if (body.includes('"Status":"FAILED"')) services.calls.push(`FAILED ${body}`);
        const isXml = request.method === 'PUT' && operation === path;
        response.writeHead(200, { 'content-type': isXml ? 'application/xml' : 'application/json' });
        const answer = services.answers[operation] ?? answerOf(operation, body);
        response.end(isXml || typeof answer === 'string' ? String(isXml ? '' : answer) : JSON.stringify(answer));
      });
  });
  await new Promise((resolve) => services.server.listen(0, '127.0.0.1', resolve));
  services.url = `http://127.0.0.1:${services.server.address().port}`;
  return services;
}

/** The SDK checks that SQS took what was sent. */
function answerOf(operation, body) {
  if (operation !== 'SendMessage') return {};
  const { MessageBody } = JSON.parse(body);
  return { MessageId: 'm', MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
}

/** A function that gives up early starts fast: it must have done what it was asked for. */
function checkDone(name, answer, calls) {
  const refused =
    /^failed:|"batchItemFailures":\[\{|"statusCode":[45]|"isAuthenticated":false|"allowProvisioning":false/.test(
      answer,
    );
  const failure = calls.find((call) => call.startsWith('FAILED') || call.includes('DEAD_LETTER'));
  if (refused || failure !== undefined) throw new Error(`${name} did not do its work: ${failure ?? answer}`);
  if (calls.length === 0) throw new Error(`${name} made no call of AWS`);
}

/** As `new NodejsFunction(this, 'F', { runtime: NODEJS_24_X })` would bundle it. */
function bundleByDefault(name) {
  return build({
    entryPoints: [join(root, 'lambda', name, 'index.ts')],
    outfile: join(plain, name, 'index.js'),
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    external: ['@aws-sdk/*', '@smithy/*'],
    logLevel: 'error',
  });
}

/**
 * The answer comes through a pipe: a channel between processes of Node.js would have each load what no function has, and be measured
 * in both forms.
 */
function start(file, event, environment) {
  return new Promise((resolve, reject) => {
    const begun = process.hrtime.bigint();
    const child = spawn(process.execPath, [join(root, 'bench/cold-start/run.cjs'), file, JSON.stringify(event)], {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    });
    let ms;
    let complaint = '';
    let said = '';
    child.stderr.on('data', (chunk) => (complaint += chunk));
    child.stdio[3].on('data', (chunk) => {
      ms ??= Number(process.hrtime.bigint() - begun) / 1e6;
      said += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code !== 0 || ms === undefined) reject(new Error(complaint.slice(-2_000)));
      else resolve({ ms, ...JSON.parse(said) });
    });
  });
}

/** The variables that the event has nothing to say about: whatever the handler asks for. */
async function environmentOf(name, event, given) {
  const environment = { ...given };
  for (;;) {
    try {
      await start(join(shipped, name, 'index.js'), event, environment);
      return environment;
    } catch (error) {
      const missing = /environment variable (\w+) is missing/.exec(error.message)?.[1];
      if (missing === undefined || missing in environment) throw error;
      environment[missing] = missing.endsWith('_URL') ? `${given.AWS_ENDPOINT_URL}/1/${missing}` : 'x';
    }
  }
}

async function measure(name, { event, environment: own = {}, answers: given = {} }, services) {
  services.answers = given;
  const environment = await environmentOf(name, event, {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: services.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...own,
  });
  await bundleByDefault(name);
  const files = { ours: join(shipped, name, 'index.js'), plain: join(plain, name, 'index.js') };
  const times = { ours: [], plain: [] };
  const cpu = { ours: [], plain: [] };
  const answers = { ours: new Set(), plain: new Set() };
  services.calls.length = 0;
  const pair = async (count) => {
    for (const form of count % 2 === 0 ? ['ours', 'plain'] : ['plain', 'ours']) {
      const { ms, cpuMs, answer } = await start(files[form], event, environment);
      answers[form].add(answer);
      times[form].push(ms);
      cpu[form].push(cpuMs);
    }
  };
  await pair(0);
  // That only warmed the file cache.
  for (const measured of [times, cpu]) for (const form of ['ours', 'plain']) measured[form].length = 0;
  let best = [Infinity, Infinity, Infinity, Infinity];
  for (let round = 0, settled = 0; settled < ROUNDS_SETTLED && round < MAX_ROUNDS; round += 1) {
    for (let run = 0; run < runs; run += 1) await pair(run);
    const now = fastest({ times, cpu });
    settled = now.every((value, index) => value > best[index] * (1 - SETTLED)) ? settled + 1 : 0;
    best = now;
  }
  const pairs = times.ours.length;
  const [answer = ''] = answers.ours;
  checkDone(name, answer, services.calls);
  return {
    handler: name,
    oursMs: best[0],
    defaultMs: best[1],
    ratio: best[0] / best[1],
    oursCpuMs: best[2],
    defaultCpuMs: best[3],
    cpuRatio: best[2] / best[3],
    medianCpuRatio: median(cpu.ours.map((ms, index) => ms / cpu.plain[index])),
    disturbed: best[0] > best[2] * WAITED || best[1] > best[3] * WAITED,
    pairs,
    bytes: statSync(files.ours).size,
    defaultBytes: statSync(files.plain).size,
    callsPerStart: services.calls.length / (2 * (pairs + 1)),
    calls: [...new Set(services.calls)],
    answer,
  };
}

async function main() {
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`--runs takes a whole number of 1 or more, got ${values.runs}`);
  const services = await serve();
  const starts = startsAt(services.url);
  const names = positionals.length > 0 ? positionals : Object.keys(starts);
  const unknown = readdirSync(shipped).filter((name) => !name.includes('.') && !(name in starts));
  mkdirSync(plain, { recursive: true });
  const results = [];
  if (!values.json)
    say(
      `${'handler'.padEnd(24)} ${'shipped'.padStart(9)} ${'default'.padStart(9)}  ratio  of CPU  median  pairs  size, and of the default form (SDK not in it)`,
    );
  try {
    for (const name of names) {
      const result = await measure(name, starts[name], services);
      results.push(result);
      const ms = (value) => `${value.toFixed(0)} ms`.padStart(9);
      const kb = (value) => `${(value / 1_000).toFixed(0)} kB`;
      if (!values.json)
        say(
          `${name.padEnd(24)} ${ms(result.oursMs)} ${ms(result.defaultMs)}  ${result.ratio.toFixed(2).padStart(5)}${result.disturbed ? '*' : ' '} ${result.cpuRatio.toFixed(2).padStart(6)}  ${result.medianCpuRatio.toFixed(2).padStart(6)}  ${String(result.pairs).padStart(5)}  ${kb(result.bytes)}, ${kb(result.defaultBytes)}`,
        );
    }
  } finally {
    services.server.close();
    services.server.closeAllConnections();
    rmSync(plain, { recursive: true, force: true });
  }
  const slow = results.filter(({ ratio, disturbed, cpuRatio }) => (ratio > GOAL && !disturbed) || cpuRatio > GOAL);
  if (values.json)
    say(JSON.stringify({ node: process.version, runs, goal: GOAL, results, notMeasured: unknown }, null, 2));
  else {
    say(
      `node ${process.version}, both forms in turn, the fastest start of each; goal: at most ${GOAL} of time and of CPU (*: waited for others, time not judged)`,
    );
    if (unknown.length > 0) say(`not measured, no event is written for it: ${unknown.join(', ')}`);
    for (const { handler, ratio, cpuRatio } of slow)
      say(`${handler} is above the goal: ${ratio.toFixed(3)} of time, ${cpuRatio.toFixed(3)} of CPU`);
  }
  return slow.length === 0 ? 0 : 1;
}

main().then(
  (code) => (process.exitCode = code),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 2;
  },
);
