import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENV } from '../../lambda/record-incident/contract';
import { change } from '../lambda/record-incident/samples';
import { BundledHandler } from '../support/bundled-handler';
import { serveInMemory, type Service, type ServiceAnswer, type ServiceRequest, unserve } from '../support/memory-http';

const HOST = '127.0.0.1';
const XML = { 'content-type': 'application/xml' };
const DONE: ServiceAnswer = { status: 200, headers: XML, body: '' };
const fault = (status: number, code: string): ServiceAnswer => ({
  status,
  headers: { ...XML, 'x-own': 'ä' },
  body: `<Error><Code>${code}</Code><Message>ä</Message></Error>`,
});

let received: ServiceRequest[];
let answers: Awaited<ReturnType<Service>>[];
let meanwhile: () => Promise<void> | undefined;
const service: Service = async (request) => {
  received.push(request);
  await meanwhile();
  return answers.shift() ?? DONE;
};

let server: Server;
let port: number;
beforeEach(() => (meanwhile = () => undefined));
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    const { method = '', url: path = '', headers } = request;
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void service({ method, path, headers, body: Buffer.concat(chunks).toString('utf8') }).then((answer) => {
        if (answer === 'drop') request.socket.destroy();
        else if (answer === 'silence') response.writeProcessing();
        else response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** What only says when a request was signed, which try it is, and what a socket adds by itself. */
const OWN = ['authorization', 'x-amz-date', 'amz-sdk-invocation-id', 'connection', 'host'];

/** What `run` gives, and what its requests are, over a socket and without one. */
async function bothWays(run: () => Promise<unknown>, given: typeof answers = []) {
  const ways: { result: unknown; requests: unknown[]; left: number }[] = [];
  for (const inMemory of [false, true]) {
    received = [];
    answers = [...given];
    if (inMemory) serveInMemory(HOST, port, service);
    const result = await run().catch(String);
    unserve(HOST, port);
    const requests = received.map(({ headers, ...rest }) => {
      const kept = Object.entries(headers).filter(([name]) => !OWN.includes(name));
      return { ...rest, headers: Object.fromEntries(kept) };
    });
    // A call without a socket has none that would say that it is kept alive.
    expect(received.some(({ headers }) => headers.connection !== undefined)).toBe(!inMemory && received.length > 0);
    ways.push({ result, requests, left: answers.length });
  }
  return ways;
}

const THROTTLED = fault(503, 'SlowDown');
test.each<[string, typeof answers, number, string]>([
  ['is answered', [], 2, ''],
  ['is throttled', [THROTTLED, THROTTLED], 4, ''],
  ['finds that it is done', [fault(412, 'PreconditionFailed')], 2, ''],
  ['is refused', [fault(403, 'AccessDenied')], 1, 'AccessDenied'],
  ['is cut off', ['drop'], 3, ''],
  ['is cut off again and again', Array<'drop'>(20).fill('drop'), 5, 'hang up'],
  ['gets no answer', ['silence'], 3, ''],
])('a handler that %s is and does the same without a socket', async (_what, given, calls, failure) => {
  const run = async () => {
    const recorder = new BundledHandler('record-incident', {
      AWS_ENDPOINT_URL: `http://${HOST}:${port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      [ENV.bucket]: 'evidence',
      [ENV.alertTopic]: 'arn:aws:sns:eu-west-1:123456789012:alerts',
      [ENV.partition]: 'aws',
      [ENV.operatorUrl]: 'https://api.example.com',
    });
    try {
      return await recorder.invoke([change({ version: 2, subject: 'pümp 7/ä+%' }, { state: 'isolating' })]);
    } finally {
      await recorder.stop();
    }
  };
  const [over, without] = await bothWays(run, given);
  expect(without).toEqual(over);
  expect(over!.requests).toHaveLength(calls);
  expect(String(over!.result)).toContain(failure);
});

/** Makes requests as the SDK does, but such as it never makes, and says what comes of them. */
const ODD = `
const { Agent, request } = require('node:http');
const agent = new Agent({ keepAlive: true, maxSockets: 2 });
const ask = ({ body, destroy, ...asked }) => new Promise((resolve) => {
  const said = [];
  try {
    const call = request({ host: '${HOST}', method: 'POST', path: '/', ...asked, agent }, (response) => {
      const { statusCode, statusMessage, headers } = response;
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => said.push({ statusCode, statusMessage, own: headers['x-own'], text }));
    });
    call.on('socket', () => said.push('socket'));
    call.on('error', ({ name, message, code }) => said.push({ name, message, code }));
    call.on('close', () => { said.push('close'); resolve(said); });
    if (destroy === 'before') call.destroy();
    call.end(body);
    if (destroy === 'after') call.destroy(new Error('enough'));
  } catch ({ name, message }) {
    resolve({ name, message });
  }
});
exports.handler = (asked) => Promise.all(asked.map(ask));
`;

async function askOddly(asked: readonly object[]): Promise<unknown> {
  const folder = join(mkdtempSync(join(tmpdir(), 'memory-http-')), 'odd');
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.js'), ODD);
  const odd = new BundledHandler(folder, {});
  try {
    return await odd.invoke(asked.map((each) => ({ port, ...each })));
  } finally {
    await odd.stop();
  }
}

test.each<[string, object[], typeof answers]>([
  ['texts in every script', [{ body: 'aä€😀', headers: { 'X-Own': 'a' } }], []],
  ['bodies of a megabyte', [{ body: 'a'.repeat(1e6) }], [{ ...DONE, body: 'ö'.repeat(1e6) }]],
  ['space around headers', [{ headers: { 'x-own': '  a b  ' } }], []],
  ['headers that are none', [{ headers: { 'x-own': 'a\nb' } }, { headers: { 'a b': '1' } }], []],
  ['headers beyond Latin-1', [{ headers: { 'x-own': '€' } }], []],
  ['paths with spaces and umlauts', [{ path: '/a b' }, { path: '/ü?a=%20' }, { path: '/€' }], []],
  ['answers of every kind', Array<object>(3).fill({}), [fault(404, 'a'), fault(500, 'b'), 'drop']],
  ['calls given up', [{ destroy: 'before' }, { destroy: 'after' }], []],
  [
    'calls behind those that were given up while they waited for a socket',
    [{}, {}, { destroy: 'after' }, { destroy: 'after' }, { destroy: 'before' }, {}, {}],
    [],
  ],
])('%s are the same without a socket', async (_what, asked, given) => {
  const [over, without] = await bothWays(() => askOddly(asked), given);
  expect(without).toEqual(over);
});

test('no more calls than there are sockets are under way without one, too', async () => {
  let [underWay, most] = [0, 0];
  let other: (() => void) | undefined;
  meanwhile = async () => {
    most = Math.max(most, (underWay += 1));
    // Each waits for another one, so that no two are under way by chance only.
    await new Promise<void>((resolve) => {
      other?.();
      if (other === undefined) other = resolve;
      else resolve((other = undefined));
    });
    underWay -= 1;
  };
  const [over, without] = await bothWays(async () => {
    most = 0;
    await askOddly(Array<object>(8).fill({}));
    return most;
  });
  expect(without).toEqual(over);
  expect(without).toMatchObject({ result: 2 });
});
