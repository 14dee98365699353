import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOG } from '../../../lib/compliance/rules/catalog';
import { ROOT } from '../../support/sources';

const FOLDER = join(ROOT, 'test/compliance/rules');
const SOURCE = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(FOLDER, name), 'utf8'))
  .join('\n');
/** What is said of the input as a whole is tried in `engine.test.ts`. */
const OF_THE_INPUT = ['ZTI-GEN1', 'ZTI-GEN2', 'ZTI-ENGINE'];
const RULES = CATALOG.filter(({ id }) => !OF_THE_INPUT.includes(id));

test('the catalog has the forty rules, and those about the input', () => {
  expect(RULES.length).toBeGreaterThanOrEqual(40);
});

// A suite asks for three failing and three passing cases, and writes each in six ways: as it is, with functions, nested...
test.each(RULES)('$id has its suite', ({ id }) => {
  expect(SOURCE).toMatch(new RegExp(`^suite\\(${id.replace('ZTI-', '')}, \\{`, 'm'));
});
