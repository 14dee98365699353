import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/sources';

const text = readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8');
const proofs = [...text.matchAll(/`(test\/[\w./-]+\.test\.ts)` "([^"]+)"/g)].map(([, file, title]) => [
  String(file),
  String(title),
]);
/** Rows of the tables, without their heads. */
const rows = text.split('\n').filter((line) => line.startsWith('|') && !/^\| *(-+|attack|what fails) *\|/.test(line));

test('every attack names its proof', () => {
  expect(rows.length).toBeGreaterThan(25);
  expect(rows.filter((row) => !/`test\/[^`]+` "/.test(row))).toEqual([]);
});

test.each(proofs)('%s has a test of "%s"', (file, title) => {
  const path = join(ROOT, file);
  expect(existsSync(path)).toBe(true);
  expect(readFileSync(path, 'utf8')).toContain(title);
});
