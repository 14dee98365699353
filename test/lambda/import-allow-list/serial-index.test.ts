import fc from 'fast-check';
import { SerialIndex } from '../../../lambda/import-allow-list/serial-index';

const of = (...serials: string[]) => new SerialIndex(Buffer.from(serials.map((serial) => `${serial}\n`).join('')));

test('finds every serial and no other', () => {
  const index = of('A', 'AA', 'B-1', 'C');
  expect(index.count).toBe(4);
  expect(['A', 'AA', 'B-1', 'C'].map((serial) => index.indexOf(serial))).toEqual([0, 1, 2, 3]);
  expect(['', 'AAA', 'B', 'B-10', 'D', 'a', 'Ä', '\n', 'A\nAA'].map((serial) => index.indexOf(serial))).toEqual(
    Array(9).fill(-1),
  );
  expect([0, 1, 2, 3].map((position) => index.at(position))).toEqual(['A', 'AA', 'B-1', 'C']);
});

test('knows nothing when it is empty', () => {
  expect(of().count).toBe(0);
  expect(of().indexOf('A')).toBe(-1);
});

test.each([
  ['cut short', 'A\nB', 'cut short'],
  ['not sorted', 'A\nC\nB\n', 'not in order at line 3'],
  ['with one serial twice', 'A\nA\n', 'not in order at line 2'],
])('fails for a file that is %s', (_, text, message) => {
  expect(() => new SerialIndex(Buffer.from(text))).toThrow(message);
});

test('agrees with a sorted array', () => {
  const serial = fc.stringMatching(/^[A-C0-2:_-]{1,4}$/);
  fc.assert(
    fc.property(fc.uniqueArray(serial), serial, (serials, wanted) => {
      const sorted = [...serials].sort();
      expect(of(...sorted).indexOf(wanted)).toBe(sorted.indexOf(wanted));
    }),
  );
});
