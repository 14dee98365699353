import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf, reachableFrom, ROOT, sourcesBelow, textOf } from '../support/sources';

/** Lists of exports, names, types, and programs of a few lines that a test of the whole runs. */
function hasNothingToTest(file: string): boolean {
  return (
    /\/(index|contract|ports)\.ts$/.test(file) ||
    file.includes('/diagnostics/') ||
    !/^(?:export )?(?:abstract )?(?:async )?(?:class|const|function|enum|let)\b/m.test(textOf(file)) ||
    /\/sdk\.ts$/.test(file) ||
    ['bin/app.ts', 'bin/start.ts', 'bin/zero-trust-iot.ts'].includes(file)
  );
}

const sources = ['lib', 'lambda', 'bin'].flatMap(sourcesBelow).filter((file) => !hasNothingToTest(file));
const tests = sourcesBelow('test').filter((file) => file.endsWith('.test.ts'));

/** `lib/posture/x.ts` belongs to `test/posture`, `lambda/verb-noun/x.ts` to `test/lambda/verb-noun`. */
function folderOfTests(file: string): string {
  const [root, ...rest] = file.split('/');
  if (root === 'lib') return `test/${rest[0]}`;
  if (root === 'bin') return rest.length > 1 ? `test/${rest[0]}` : 'test/bin';
  return ['test', root, ...rest.slice(0, -1)].join('/');
}

/** What a folder of tests runs: all that its tests import, through whatever. */
const run = new Map<string, Set<string>>();
function runBy(folder: string): Set<string> {
  const known = run.get(folder);
  if (known !== undefined) return known;
  const reached = new Set<string>();
  for (const test of tests.filter((file) => file.startsWith(`${folder}/`))) reachableFrom(test, reached);
  run.set(folder, reached);
  return reached;
}

/** What the executable holds: test/cli runs it as it is bundled. */
const inExecutable = tests.some((name) => name.startsWith('test/cli/'))
  ? reachableFrom('bin/zero-trust-iot.ts')
  : new Set<string>();

test('there is something to check', () => expect(sources.length).toBeGreaterThan(50));

test.each(sources)('%s is run by the tests of its folder', (file) => {
  const mirrored = join(ROOT, 'test', file.replace(/^lib\//, '').replace(/\.ts$/, '.test.ts'));
  const handler = file.startsWith('lambda/') && tests.some((name) => name.startsWith(`${folderOfTests(file)}/`));
  const bundled = handler || inExecutable.has(file);
  expect(existsSync(mirrored) || bundled || runBy(folderOfTests(file)).has(file)).toBe(true);
});

test('every folder below lib has tests of its own', () => {
  const folders = [...new Set(sources.map(folderOfTests))];
  expect(folders.filter((folder) => !tests.some((name) => name.startsWith(`${folder}/`)))).toEqual([]);
});

test('imports are seen', () => {
  expect(importsOf('test/architecture/mirror.test.ts').map(({ module }) => module)).toContain(
    'test/support/sources.ts',
  );
});
