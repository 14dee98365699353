import fc from 'fast-check';
import { serialsOfItems, serialsOfText } from '../../lib/identity/serial-list';
import { ConfigurationError } from '../../lib/internal/configuration-error';
import { pastedKey } from '../support/private-key';

const read = (text: string) => serialsOfText(text, 'list.csv').serials;

function failureOf(act: () => unknown): ConfigurationError {
  try {
    act();
  } catch (error) {
    if (ConfigurationError.is(error)) return error;
    throw error;
  }
  throw new Error('did not fail');
}

describe('a file', () => {
  test.each([
    ['one serial a line', 'B\nA\n', ['A', 'B']],
    ['without a line break at its end', 'A\nB', ['A', 'B']],
    ['line breaks of Windows', 'A\r\nB\r\n', ['A', 'B']],
    ['line breaks of old Macs', 'A\rB', ['A', 'B']],
    ['a byte order mark', '\ufeffA\nB', ['A', 'B']],
    ['blank lines and space', '\n A \n\t\n\nB\t\n', ['A', 'B']],
    ['comments', '# batch 7\nA\n  # B\n', ['A']],
    ['columns by comma', 'A,pump,1\nB,pump,2\n', ['A', 'B']],
    ['columns by semicolon or tab', 'A;pump\nB\tpump\n', ['A', 'B']],
    ['quotes', '"A","a pump, large"\n"B"\n " C " , x', ['A', 'B', 'C']],
    ['all legal characters', 'aZ09:_-\n', ['aZ09:_-']],
    ['upper and lower case', 'a\nA\n', ['A', 'a']],
    ['nothing', '', []],
    ['a heading and nothing', 'serial_number,model\n', []],
  ])('with %s', (_, text, serials) => expect(read(text)).toEqual(serials));

  test.each([
    'serial',
    'Serials',
    'SerialNumber',
    'serial_number',
    'Serial Number',
    'serial-no',
    'Serial No.',
    'SN',
    's/n',
    'deviceId',
    'device_serial',
    'thingName',
    '"Serial Number"',
  ])('with the heading %s', (heading) => {
    expect(read(`# export\n${heading},model\nA,x\n`)).toEqual(['A']);
    expect(read(`${heading}\nA`)).toEqual(['A']);
  });

  test('has a heading in its first line only', () => {
    expect(read('A\nserial\n')).toEqual(['A', 'serial']);
  });

  test('names the line of what is wrong, and what is allowed', () => {
    const error = failureOf(() => read('# list\nA\nB C\n\nD/E,x\n'));
    expect(error.code).toBe('AllowListInvalid');
    expect(error.message).toContain(
      `line 3 of list.csv: got "B C"; line 5 of list.csv: got "D/E"; a serial number must have 1 to 128 of letters, digits, ':', '_' and '-'`,
    );
  });

  test.each([',x', '""', '"A', '"A"B', 'Ä', 'A#1', 'A.1', '+', '$aws', 'A'.repeat(129), '\u200bA'])(
    'fails for the line %p',
    (line) => {
      expect(failureOf(() => read(`OK\n${line}\n`)).message).toContain('line 2 of list.csv');
    },
  );

  test('takes a serial of 128 characters, and knows the longest', () => {
    expect(serialsOfText(`A\n${'B'.repeat(128)}\nC`, 'x').longest).toBe(128);
  });

  test('names ten wrong lines and counts the others', () => {
    const lines = (count: number) => Array.from({ length: count }, (_, index) => `bad ${index}`).join('\n');
    expect(failureOf(() => read(lines(12))).message).toMatch(/line 10 of list\.csv.*\(2 more lines are wrong\)/);
    expect(failureOf(() => read(lines(12))).message).not.toContain('line 11');
    expect(failureOf(() => read(lines(10))).message).not.toContain('more lines');
  });

  test('fails with AllowListDuplicate and both lines for a serial that stands twice', () => {
    const error = failureOf(() => read('A\n\nB\nA\nA\n'));
    expect(error.code).toBe('AllowListDuplicate');
    expect(error.message).toContain('"A" stands twice in list.csv: line 1 and line 4 [');
    const many = Array.from({ length: 12 }, (_, index) => `S${index}\nS${index}\n`).join('');
    expect(failureOf(() => read(many)).message).toContain('2 more serial numbers stand twice');
  });

  test.each([
    ['UTF-16', 'A\u0000B\u0000'],
    ['a spreadsheet', 'PK\u0003\u0004\ufffd\ufffd'],
  ])('fails with AllowListUnreadable for %s', (_, text) => {
    expect(failureOf(() => read(text)).code).toBe('AllowListUnreadable');
  });

  test('fails with PrivateKeyGiven and shows nothing of the key', () => {
    const { pem, isShownIn } = pastedKey();
    const error = failureOf(() => read(pem));
    expect(error.code).toBe('PrivateKeyGiven');
    expect(isShownIn(error.message)).toBe(false);
  });
});

describe('a list in code', () => {
  test('is sorted, and not changed', () => {
    const items = ['B', 'A', 'C'];
    expect(serialsOfItems(items, 'serials')).toEqual({ serials: ['A', 'B', 'C'], longest: 1 });
    expect(items).toEqual(['B', 'A', 'C']);
  });

  test('names the item that is wrong', () => {
    expect(failureOf(() => serialsOfItems(['A', ''], 'serials')).message).toContain(`item 2 of 'serials': got ""`);
    expect(failureOf(() => serialsOfItems(['A', 'A'], 'serials')).message).toContain('item 1 and item 2');
  });

  test('has no headings, comments or columns', () => {
    expect(serialsOfItems(['serial'], 'serials').serials).toEqual(['serial']);
    expect(failureOf(() => serialsOfItems(['# A', 'A,B'], 'serials')).message).toMatch(/item 1 .*item 2/);
  });

  test('has at most 2,000,000 serials', () => {
    const items = Array<string>(2_000_001).fill('A');
    expect(failureOf(() => serialsOfItems(items, 'serials')).code).toBe('AllowListTooLong');
    items.pop();
    expect(failureOf(() => serialsOfItems(items, 'serials')).code).toBe('AllowListDuplicate');
  });
});

test('the order of lines does not matter, and what comes out is sorted by bytes', () => {
  const serial = fc.stringMatching(/^[a-zA-Z0-9:_-]{1,6}$/).filter((text) => !/^(serials?|sn)$/i.test(text));
  fc.assert(
    fc.property(fc.uniqueArray(serial), fc.constantFrom('\n', '\r\n', '\r', '\n\n', ',x\n'), (serials, separator) => {
      const sorted = [...serials].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(read(serials.map((text) => text + separator).join(''))).toEqual(sorted);
    }),
  );
});
