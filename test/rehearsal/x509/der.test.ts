import { integer } from '../../../rehearsal/x509/der';

test.each([
  [[0], '020100'],
  [[], '020100'],
  [[0x7f], '02017f'],
  [[0x80], '02020080'],
  [[0, 0x12], '020112'],
  [[0, 0, 0x80], '02020080'],
])('the integer of bytes %p is %s, without padding that X.509 parsers refuse', (bytes, hex) => {
  expect(integer(Uint8Array.from(bytes)).toString('hex')).toBe(hex);
});
