import { rangeTest } from '../../../lambda/evaluate-behaviors/address';

test.each([
  ['203.0.113.9', ['203.0.113.0/24'], true],
  ['203.0.114.9', ['203.0.113.0/24'], false],
  ['203.0.114.9', ['203.0.113.0/24', '203.0.114.9'], true],
  ['2001:db8::1', ['2001:db8::/32'], true],
  ['2001:db9::1', ['2001:db8::/32'], false],
  ['::ffff:203.0.113.9', ['203.0.113.0/24'], true],
  ['203.0.113.9', ['::ffff:203.0.113.0/120'], true],
  ['203.0.113.9', ['0.0.0.0/0'], true],
  ['203.0.113.9', ['::/0'], false],
  ['fe80::1%eth0', ['fe80::/10'], false],
  ['not an address', ['0.0.0.0/0', '::/0'], false],
  ['203.0.113.9', [], false],
])('%s in %j: %p', (address, ranges, inside) => {
  expect(rangeTest(ranges)(address)).toBe(inside);
});

test.each(['', 'x', '1.2.3.4/33', '1.2.3/8', '::/129', '1.2.3.4/'])('%j is no range', (range) => {
  expect(() => rangeTest([range])).toThrow('a range that is not one');
});
