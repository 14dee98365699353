import { ERRORS, WARNINGS } from '../../lib/internal/diagnostics';
import { sourcesBelow, textOf } from '../support/sources';

const code = sourcesBelow('lib')
  .concat(sourcesBelow('bin'))
  .filter((file) => !file.includes('/diagnostics/'))
  .map(textOf)
  .join('\n');
const tests = sourcesBelow('test')
  .filter((file) => !file.includes('architecture/'))
  .map(textOf)
  .join('\n');

describe.each(Object.keys(ERRORS))('error %s', (id) => {
  test('is raised by the library', () => expect(code.includes(`'${id}'`)).toBe(true));
  test('is raised by a test', () => expect(new RegExp(`\\b${id}\\b`).test(tests)).toBe(true));
});

describe.each(Object.keys(WARNINGS))('warning %s', (id) => {
  test('is raised by the library', () => expect(code.includes(`'${id}'`)).toBe(true));
  test('is raised by a test', () => expect(new RegExp(`\\b${id}\\b`).test(tests)).toBe(true));
});

test.each(Object.entries({ ...ERRORS, ...WARNINGS }))('%s says cause and remedy', (_id, text) => {
  expect(text.split('. ').length).toBeGreaterThan(1);
  expect(text).toMatch(/\.$/);
});

test('no id stands in two tables', () => {
  const all = sourcesBelow('lib/internal/diagnostics').flatMap((file) =>
    [...textOf(file).matchAll(/^ {2}([A-Z]\w+):/gm)].map(([, id]) => id),
  );
  expect(all.filter((id, index) => all.indexOf(id) !== index)).toEqual([]);
});
