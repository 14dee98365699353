import { contains, parseAddress, parseRange } from '../../../lib/policy/evaluator/ip';

describe('an address', () => {
  test.each([
    ['0.0.0.0', 32, 0n],
    ['1.2.3.4', 32, 0x01020304n],
    ['255.255.255.255', 32, 0xffffffffn],
    ['::', 128, 0n],
    ['::1', 128, 1n],
    ['1::', 128, 1n << 112n],
    ['2001:db8::8:800:200c:417a', 128, 0x20010db80000000000080800200c417an],
    ['2001:DB8:0:0:8:800:200C:417A', 128, 0x20010db80000000000080800200c417an],
    ['1:2:3:4:5:6:7:8', 128, 0x00010002000300040005000600070008n],
    ['::ffff:1.2.3.4', 32, 0x01020304n],
    ['::ffff:102:304', 32, 0x01020304n],
    ['::1.2.3.4', 128, 0x01020304n],
    ['1:2:3:4:5:6:1.2.3.4', 128, 0x00010002000300040005000601020304n],
    ['1::ffff:0102:0304', 128, (1n << 112n) | 0xffff01020304n],
  ])('%p', (text, bits, value) => {
    expect(parseAddress(text)).toEqual({ bits, value });
  });

  test.each([
    '',
    'a',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '1.2.3.-1',
    '1.2.3.',
    '1.2.3.4 ',
    '1.2.3.0x4',
    ':',
    ':1',
    '1:',
    ':::',
    '1::2::3',
    '1:2:3:4::5:6:7:8::9',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    '12345::',
    'g::',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '::1.2.3',
    '::1.2.3.256',
    '1:2:3:4:5:6:7:1.2.3.4',
    '1::2.3.4.5.6',
    '1:::2',
  ])('%p is none', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test('a run of zeros may be one group', () => {
    expect(parseAddress('1:2:3::5:6:7:8')).toEqual(parseAddress('1:2:3:0:5:6:7:8'));
  });
});

describe('a range', () => {
  test.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.1.2.3/24', '10.1.2.200', true],
    ['10.1.2.3/24', '10.1.3.3', false],
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.4', false],
    ['10.1.2.3/32', '10.1.2.2', false],
    ['0.0.0.0/0', '1.2.3.4', true],
    ['0.0.0.0/0', '::2', false],
    ['::/0', '::2', true],
    ['::/0', '1.2.3.4', false],
    ['2001:db8:1234:5678::/64', '2001:db8:1234:5678:ffff::1', true],
    ['2001:db8:1234:5678::/64', '2001:db8:1234:5679::1', false],
    ['2001:db8::1', '2001:db8::1', true],
    ['2001:db8::1', '2001:db8::2', false],
    ['2001:db8::1/128', '2001:db8::1', true],
    ['::ffff:10.0.0.0/104', '10.9.9.9', true],
    ['::ffff:10.0.0.0/104', '11.9.9.9', false],
    ['::ffff:10.0.0.0/96', '11.9.9.9', true],
    ['::ffff:10.0.0.1', '10.0.0.1', true],
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
  ])('%p and %p: %p', (range, address, expected) => {
    expect(contains(parseRange(range)!, parseAddress(address)!)).toBe(expected);
  });

  test.each([
    '',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/a',
    '10.0.0/8',
    '::/129',
    '::ffff:10.0.0.0/95',
    '10.0.0.0/0008',
  ])('%p is none', (text) => {
    expect(parseRange(text)).toBeUndefined();
  });

  test('counts a mapped address from the start of its IPv4 part', () => {
    expect(parseRange('::ffff:10.0.0.0/104')).toEqual({ bits: 32, value: 0x0a000000n, prefix: 8 });
    expect(parseRange('::1')).toEqual({ bits: 128, value: 1n, prefix: 128 });
    expect(parseRange('1.2.3.4/32')).toEqual({ bits: 32, value: 0x01020304n, prefix: 32 });
  });
});
