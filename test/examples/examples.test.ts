import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/sources';

const EXAMPLES = join(ROOT, 'examples');
let outdir: string;
let before: NodeJS.BeforeExitListener[];

beforeAll(() => {
  jest.spyOn(console, 'error').mockImplementation();
});

afterAll(() => {
  jest.restoreAllMocks();
});

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'zero-trust-iot-example-'));
  process.env.CDK_OUTDIR = outdir;
  before = process.listeners('beforeExit');
});

afterEach(() => {
  delete process.env.CDK_OUTDIR;
  // An app would synthesize once more as its process ends.
  for (const listener of process.listeners('beforeExit'))
    if (!before.includes(listener)) process.off('beforeExit', listener);
  rmSync(outdir, { recursive: true, force: true });
});

function load(name: string): unknown {
  let loaded: unknown;
  jest.isolateModules(() => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an example runs when it is loaded
    loaded = require(join(EXAMPLES, name, 'app.ts'));
  });
  return loaded;
}

const PROOF = 'prove-a-policy';

test.each(readdirSync(EXAMPLES).filter((name) => name !== PROOF))('%s synthesizes', (name) => {
  // As it is loaded for the first time, and with a library that others have used: loading that for each takes longest.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an example runs when it is loaded
  require(join(EXAMPLES, name, 'app.ts'));
  const templates = readdirSync(outdir).filter((file) => file.endsWith('.template.json'));
  expect(templates.length).toBeGreaterThan(0);
  for (const file of templates) expect(readFileSync(join(outdir, file), 'utf8')).toContain('"Resources"');
});

test('a policy is proved without an account', () => {
  const { answers } = load(PROOF) as { answers: { topic: string; allowed: boolean }[] };
  expect(answers.map(({ topic, allowed }) => [topic, allowed])).toEqual([
    ['pumps/pump-7/telemetry', true],
    ['pumps/pump-8/telemetry', false],
  ]);
});

test('a policy is judged with all that a decision can depend on', () => {
  expect((load('every-option') as { answer: object }).answer).toEqual({
    denied: true,
    restsOnClientId: false,
    allows: true,
  });
});

test('a fleet is rehearsed in a test', async () => {
  const { proof } = load('rehearse-a-fleet') as { proof: () => Promise<void> };
  await expect(proof()).resolves.toBeUndefined();
});
