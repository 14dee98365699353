import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/sources';

const scripts = ['scripts', 'bench'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?[jt]s$/.test(name))
    .map((name) => join(folder, name)),
);

test('there is something to check', () => expect(scripts.length).toBeGreaterThan(20));

// The path of a URL is encoded: in a folder called `a b` it names `a%20b`, where nothing is.
test.each(scripts)('%s runs in a checkout whose path has a space or a letter beyond ASCII', (script) => {
  const text = readFileSync(join(ROOT, script), 'utf8');
  expect(text).not.toMatch(/import\.meta\.url\)?\)?\.pathname/);
});

test('a package is built before it is packed, since dist is in no checkout', () => {
  const { scripts: commands } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(commands.prepack).toBe('npm run --silent build');
});
