import fc from 'fast-check';
import { cidrProblem, familyHeldTogether, holdsEveryAddress } from '../../lib/detection/cidr';

test.each([
  '203.0.113.0/24',
  '10.0.0.0/8',
  '0.0.0.0/0',
  '255.255.255.255/32',
  '128.0.0.0/1',
  '::/0',
  '::1/128',
  '2001:db8::/32',
  '2001:DB8:0:0:1::/80',
  'fe80::/10',
  '1:2:3:4:5:6:7:8/128',
  '::ffff:192.0.2.0/120',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128',
])('%s is a range', (cidr) => expect(cidrProblem(cidr)).toBeUndefined());

test.each([
  ['', /must be an IPv4 or IPv6 range/],
  ['/24', /must be an IPv4 or IPv6 range/],
  ['pump', /must be an IPv4 or IPv6 range/],
  ['203.0.113.256/24', /must be an IPv4 or IPv6 range/],
  ['203.0.113/24', /must be an IPv4 or IPv6 range/],
  ['203.0.113.0/24/24', /must be an IPv4 or IPv6 range/],
  ['2001:db8:::/32', /must be an IPv4 or IPv6 range/],
  ['fe80::%eth0/64', /must be an IPv4 or IPv6 range/],
  ['0000:0000:0000:0000:0000:ffff:192.168.100.228/128', /must be an IPv4 or IPv6 range/],
  ['203.0.113.7', /must have a prefix length; write '203\.0\.113\.7\/32'/],
  ['2001:db8::1', /must have a prefix length; write '2001:db8::1\/128'/],
  ['203.0.113.0/33', /from 0 to 32/],
  ['2001:db8::/129', /from 0 to 128/],
  ['203.0.113.0/', /from 0 to 32/],
  ['203.0.113.0/-1', /from 0 to 32/],
  ['203.0.113.0/024', /from 0 to 32/],
  ['203.0.113.0/24 ', /from 0 to 32/],
  ['203.0.113.0/1e1', /from 0 to 32/],
  ['203.0.113.7/24', /bits beyond its prefix.*'203\.0\.113\.7\/32'/],
  ['128.0.0.0/0', /bits beyond its prefix/],
  ['2001:db8::1/64', /bits beyond its prefix/],
  ['::ffff:192.0.2.1/120', /bits beyond its prefix/],
])('%j is refused', (cidr, why) => expect(cidrProblem(cidr)).toMatch(why));

test('of any IPv4 address and prefix, exactly the first address of the range is taken', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 32n - 1n), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
      const size = 2n ** BigInt(32 - prefix);
      const first = (address / size) * size;
      expect(cidrProblem(`${dotted(first)}/${prefix}`)).toBeUndefined();
      expect(cidrProblem(`${dotted(address)}/${prefix}`) === undefined).toBe(address === first);
    }),
  );
});

test('of any IPv6 address and prefix, exactly the first address of the range is taken', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 128n - 1n), fc.integer({ min: 0, max: 128 }), (address, prefix) => {
      const size = 2n ** BigInt(128 - prefix);
      const first = (address / size) * size;
      expect(cidrProblem(`${grouped(first)}/${prefix}`)).toBeUndefined();
      expect(cidrProblem(`${grouped(address)}/${prefix}`) === undefined).toBe(address === first);
    }),
  );
});

test('no text throws', () => {
  fc.assert(fc.property(fc.string(), (text) => void cidrProblem(text)));
});

test.each([
  ['0.0.0.0/0', true],
  ['::/0', true],
  ['128.0.0.0/1', false],
  ['10.0.0.0/10', false],
])('%s holds every address: %s', (cidr, every) => expect(holdsEveryAddress(cidr)).toBe(every));

test.each([
  [['0.0.0.0/1', '128.0.0.0/1'], 'IPv4'],
  [['128.0.0.0/1', '0.0.0.0/2', '64.0.0.0/2', '10.0.0.0/8'], 'IPv4'],
  [['8000::/1', '10.0.0.0/8', '::/1'], 'IPv6'],
  [['0.0.0.0/0', '128.0.0.0/1'], undefined],
  [['0.0.0.0/2', '128.0.0.0/1'], undefined],
  [['0.0.0.0/1', '128.0.0.0/2'], undefined],
  [['64.0.0.0/2', '128.0.0.0/1'], undefined],
  [['0.0.0.0/1', '8000::/1'], undefined],
  [[], undefined],
] as const)('%j hold every address of a family together: %s', (cidrs, family) =>
  expect(familyHeldTogether(cidrs)).toBe(family),
);

test('the parts of all addresses, in any order, hold them together; without one of them they do not', () => {
  const parts = (prefix: number, into: number[]): [bigint, number][] => {
    let ranges: [bigint, number][] = [[0n, 0]];
    for (const pick of into) {
      const [[first, bits]] = ranges.splice(pick % ranges.length, 1) as [[bigint, number]];
      const half = bits + 1;
      ranges = [...ranges, [first, half], [first + 2n ** BigInt(prefix - half), half]];
    }
    return ranges;
  };
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 20 }), fc.nat(), (into, left) => {
      const cidrs = parts(32, into).map(([first, bits]) => `${dotted(first)}/${bits}`);
      expect(familyHeldTogether(cidrs)).toBe('IPv4');
      expect(familyHeldTogether(cidrs.filter((_, index) => index !== left % cidrs.length))).toBeUndefined();
    }),
  );
});

function dotted(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.');
}

function grouped(address: bigint): string {
  return Array.from({ length: 8 }, (_group, index) =>
    ((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  ).join(':');
}
