// The control plane of a rehearsal before the tests of moto, a public emulator of AWS: its tests of AWS IoT, by boto3, with our
// services in the place of its server. Tests that are left out stand in moto-left-out.ts with the reason; they are run as well,
// and one that passes does not belong there. Fetched from the registry into a temporary folder; MOTO names a folder that has
// `moto-5.2.5` (its source) and `venv` already. Usage: tsx test/proofs/moto.ts [PYTEST ARGUMENTS]
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pemOf } from '../../rehearsal/devices/enrollment';
import { createKeys, createRequest } from '../../rehearsal/x509/certificates';
import { type ControlPlane, openControlPlane } from '../support/control-plane';
import { Running, skipped, versionOf, withFolder } from './checks';
import { LEFT_OUT } from './moto-left-out';

const COMMAND = 'check:moto';
const VERSION = '5.2.5';
const SUITES = ['tests/test_iot', 'tests/test_iotdata'];
const LIMIT_MS = 480_000;

/** One account with a control plane for each region that is asked for, as moto's server has. */
class Account {
  private readonly regions = new Map<string, Promise<ControlPlane>>();
  private server?: Server;

  public async listen(): Promise<string> {
    const server = createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.server = server;
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  public async close(): Promise<void> {
    this.server?.closeAllConnections();
    this.server?.close();
    await this.reset();
  }

  private async reset(): Promise<void> {
    const open = [...this.regions.values()];
    this.regions.clear();
    for (const plane of open) await (await plane).close();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (request.url?.startsWith('/moto-api/') === true) {
      if (request.url.startsWith('/moto-api/reset')) await this.reset();
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
      return;
    }
    const [, keyId = '', region = 'us-east-1'] =
      /Credential=([^/,]+)\/\d+\/([^/]+)\//.exec(String(request.headers.authorization)) ?? [];
    const known = this.regions.get(region) ?? openControlPlane(region);
    this.regions.set(region, known);
    const plane = await known;
    plane.caller(keyId);
    const keys = request.url?.startsWith('/keys-and-certificate') === true ? createKeys() : undefined;
    const answer = await this.forward(plane, request, this.withRealPolicy(body), keys && createRequest(keys, 'moto'));
    await plane.cloud.clock.settle();
    const text = Buffer.from(await answer.arrayBuffer());
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !HOP_BY_HOP.includes(name)));
    if (keys === undefined || !answer.ok)
      return void response.writeHead(answer.status, headers).end(this.withGivenPolicy(text));
    const made = JSON.parse(text.toString()) as object;
    const keyPair = { PrivateKey: pemOf(keys), PublicKey: keys.publicKey.export({ type: 'spki', format: 'pem' }) };
    response.writeHead(answer.status, headers).end(JSON.stringify({ ...made, keyPair }));
  }

  /** Documents that tests of moto give and that AWS IoT does not take, by the one that is put in their place. */
  private readonly given = new Map<string, string>();

  /** What tests of moto call a policy is often `{}`; what they test is something else. */
  private withRealPolicy(body: Buffer): Buffer {
    const text = body.toString();
    if (!text.includes('"policyDocument"')) return body;
    const input = JSON.parse(text) as { policyDocument: string };
    if (input.policyDocument.includes('"Effect"')) return body;
    const Sid = `Instead${this.given.size}`;
    const Statement = [{ Sid, Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }];
    const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    this.given.set(policyDocument, input.policyDocument);
    return Buffer.from(JSON.stringify({ ...input, policyDocument }));
  }

  private withGivenPolicy(body: Buffer): Buffer {
    let text = body.toString();
    for (const [instead, given] of this.given) text = text.replaceAll(JSON.stringify(instead), JSON.stringify(given));
    return this.given.size === 0 ? body : Buffer.from(text);
  }

  /**
   * No key is ever made by the control plane of a rehearsal. Most tests of moto begin with one: theirs is made here, and the
   * control plane gets a CSR.
   */
  private forward(plane: ControlPlane, request: IncomingMessage, body: Buffer, csr?: string): Promise<Response> {
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => name !== 'host' && !HOP_BY_HOP.includes(name)),
    );
    const path = request.url ?? '/';
    return fetch(plane.url + (csr === undefined ? path : path.replace('/keys-and-certificate', '/certificates')), {
      method: request.method,
      headers: {
        ...(headers as Record<string, string>),
        ...(csr !== undefined && { 'content-type': 'application/json' }),
      },
      ...(csr !== undefined
        ? { body: JSON.stringify({ certificateSigningRequest: csr }) }
        : body.length > 0 && { body: new Uint8Array(body) }),
    });
  }
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding'];

interface Home {
  readonly python: string;
  readonly source: string;
}

/** Undefined where moto cannot be had; says so. */
function install(folder: string): Home | undefined {
  const home = process.env.MOTO ?? folder;
  const python = join(home, 'venv/bin/python');
  const source = join(home, `moto-${VERSION}`);
  if (process.env.MOTO !== undefined) return { python, source };
  if (versionOf('python3', '--version') === undefined) {
    skipped(COMMAND, 'there is no python3 here');
    return undefined;
  }
  const pip = [python, '-m', 'pip', '--quiet', '--disable-pip-version-check'];
  const steps = [
    ['python3', '-m', 'venv', join(home, 'venv')],
    [...pip, 'install', `moto[server]==${VERSION}`, 'pytest==9.2.0', 'freezegun', 'boto3==1.44.8'],
    [...pip, 'download', '--no-deps', '--no-binary', ':all:', '--dest', home, `moto==${VERSION}`],
    ['tar', 'xzf', join(home, `moto-${VERSION}.tar.gz`), '-C', home],
  ];
  for (const [program = '', ...args] of steps) {
    const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 300_000 });
    if (status === 0) continue;
    const why = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
    skipped(COMMAND, `moto ${VERSION} could not be installed (${program} ${args.slice(0, 3).join(' ')}: ${why})`);
    return undefined;
  }
  return { python, source };
}

interface Result {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped' | 'not modelled';
  readonly message: string;
}

/** How our services answer what they do not do. */
const NOT_MODELLED =
  /UnknownOperationException|NotModelled|is not modelled by the rehearsal|b&#x27;service \w+ is not modelled/;

/** Tests by the name of their file and their own. */
function results(junit: string): Result[] {
  const cases = [...junit.matchAll(/<testcase classname="([^"]*)" name="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs)];
  return cases.map(([, where = '', name = '', inside = '']) => {
    const isFailed = /<(failure|error)/.test(inside);
    const message = /message="([^"]*)"/.exec(inside)?.[1] ?? '';
    const failed = NOT_MODELLED.test(inside) ? 'not modelled' : 'failed';
    const outcome = isFailed ? failed : inside.includes('<skipped') ? 'skipped' : 'passed';
    return { name: `${where.replace(/^tests\./, '').replaceAll('.', '/')}::${name}`, outcome, message };
  });
}

async function main(more: readonly string[]): Promise<void> {
  await withFolder(async (folder) => {
    const home = install(folder);
    if (home === undefined) return;
    const account = new Account();
    const endpoint = await account.listen();
    const junit = join(folder, 'junit.xml');
    const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', `--junitxml=${junit}`, ...SUITES, ...more];
    const env = {
      ...process.env,
      TEST_SERVER_MODE: 'true',
      TEST_SERVER_MODE_ENDPOINT: endpoint,
      AWS_MAX_ATTEMPTS: '1',
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const pytest = await new Running(home.python, args, { env, cwd: home.source, limitMs: LIMIT_MS }).ended;
    await account.close();
    if (pytest.code !== 0 && pytest.code !== 1) {
      console.log(pytest.output);
      throw new Error(`pytest ended with ${pytest.code}`);
    }
    report(results(readFileSync(junit, 'utf8')), more.length > 0);
  });
}

function unmodelled(all: readonly Result[]): string[] {
  const operations = all.flatMap(({ outcome, message }) => {
    if (outcome !== 'not modelled') return [];
    const operation = /when calling the (\w+) operation/.exec(message)?.[1];
    if (operation !== undefined) return message.includes('NotModelled') ? `${operation} in part` : operation;
    return /service (\w+) is/.exec(message)?.[1] ?? [];
  });
  return [...new Set(operations)].sort();
}

function report(all: readonly Result[], isPart: boolean): void {
  const reasons = new Map(
    Object.entries(LEFT_OUT).flatMap(([why, names]) => names.map((name) => [name, why] as const)),
  );
  const unexpected = all.filter(({ name, outcome }) => outcome === 'failed' && !reasons.has(name));
  const stale = all.filter(({ name, outcome }) => outcome === 'passed' && reasons.has(name));
  const unknown = [...reasons.keys()].filter((name) => !isPart && !all.some((result) => result.name === name));
  for (const { name, message } of unexpected) console.log(`  FAILS  ${name}: ${message.slice(0, 300)}`);
  for (const { name } of stale) console.log(`  PASSES ${name}, though it is left out: ${reasons.get(name) ?? ''}`);
  for (const name of unknown) console.log(`  there is no test ${name}, which is left out`);
  const count = (outcome: Result['outcome']): number => all.filter((result) => result.outcome === outcome).length;
  console.log(`  ${count('not modelled')} call what is not modelled: ${unmodelled(all).join(', ')}`);
  for (const [why, names] of Object.entries(LEFT_OUT)) console.log(`  left out, ${names.length}: ${why}`);
  const asked = all.length - count('not modelled') - count('skipped');
  console.log(
    `${COMMAND}: of ${asked} tests of moto ${VERSION} that call what is modelled, ${count('passed')} pass and ${reasons.size} are left out`,
  );
  if (unexpected.length + stale.length + unknown.length > 0 || count('passed') === 0) process.exitCode = 1;
}

void main(process.argv.slice(2));
