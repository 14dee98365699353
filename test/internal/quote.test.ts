import * as fc from 'fast-check';
import { quote } from '../../lib/internal/quote';

test.each([
  ['a', '"a"'],
  ['a"b\n', '"a\\"b\\n"'],
  ['x'.repeat(80), `"${'x'.repeat(80)}"`],
  ['x'.repeat(81), `"${'x'.repeat(80)}…"`],
  ['a\u202eb\u009bc\u2028d\ud800e\u{e0001}', '"a\\u202eb\\u009bc\\u2028d\\ud800e\\udb40\\udc01"'],
  ['a/${Token[AWS.Region.4]}/b', '"a/<token>/b"'],
  ['#{Token[TOKEN.42]}', '"<token>"'],
  ['Pümpe 泵 😀', '"Pümpe 泵 😀"'],
  ['-----BEGIN CERTIFICATE-----', '"-----BEGIN CERTIFICATE-----"'],
])('%p is shown as %s', (value, shown) => {
  expect(quote(value)).toBe(shown);
});

test.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY'])(
  'a %s is not shown',
  (kind) => {
    expect(quote(`text -----BEGIN ${kind}-----\nsecret`)).toBe('(a private key, not shown)');
  },
);

test('is always one short line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (value) => {
      expect(quote(value)).not.toContain('\n');
      expect(quote(value).length).toBeLessThan(500);
    }),
  );
});
