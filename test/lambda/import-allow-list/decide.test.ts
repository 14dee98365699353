import { Comparison, type TableEntry } from '../../../lambda/import-allow-list/decide';
import { SerialIndex } from '../../../lambda/import-allow-list/serial-index';

const comparison = (...serials: string[]) =>
  new Comparison(new SerialIndex(Buffer.from(serials.map((serial) => `${serial}\n`).join(''))));
const entry = (serial: string, listed: boolean, hasHistory: boolean): TableEntry => ({ serial, listed, hasHistory });

test.each([
  ['listed', true, false, 'keep'],
  ['listed and used', true, true, 'keep'],
  ['back on the list', false, true, 'list'],
  ['put there by somebody without being listed', false, false, 'list'],
])('an entry of the file that is %s', (_, listed, hasHistory, change) => {
  expect(comparison('A', 'B').changeFor(entry('B', listed, hasHistory))).toBe(change);
});

test.each([
  ['never used', true, false, 'forget'],
  ['neither used nor listed', false, false, 'forget'],
  ['used', true, true, 'unlist'],
  ['used and off the list already', false, true, 'keep'],
])('an entry that left the file and was %s', (_, listed, hasHistory, change) => {
  expect(comparison('A').changeFor(entry('B', listed, hasHistory))).toBe(change);
});

test('tells what the table lacks, once all entries were compared', () => {
  const compared = comparison('A', 'B', 'C');
  expect([...compared.missing()]).toEqual(['A', 'B', 'C']);
  compared.changeFor(entry('B', true, false));
  compared.changeFor(entry('X', true, false));
  expect([...compared.missing()]).toEqual(['A', 'C']);
});
