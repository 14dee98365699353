import fc from 'fast-check';
import { type Claim, decodeClaim, encodeClaim } from '../../../lambda/adopt-account-settings/claim';

const claim: Claim = {
  generation: 'iot-audit:1',
  wants: { roleArn: 'arn' },
  replace: false,
  keys: { roleArn: { before: null, ours: ['arn'] }, other: { before: '1', ours: [], theirs: ['2'] } },
};

test('is readable where it fits a standard parameter', () => {
  expect(JSON.parse(encodeClaim(claim))).toEqual(claim);
  expect(decodeClaim(encodeClaim(claim))).toEqual(claim);
});

test('is packed where it does not', () => {
  const large = { ...claim, generation: 'é'.repeat(2_100) };
  const text = encodeClaim(large);
  expect(text).toMatch(/^deflate:/);
  expect(text.length).toBeLessThan(4_096);
  expect(decodeClaim(text)).toEqual(large);
});

test('stays readable up to the last byte', () => {
  const rest = Buffer.byteLength(JSON.stringify({ ...claim, generation: '' }));
  expect(encodeClaim({ ...claim, generation: 'x'.repeat(4_096 - rest) })).toMatch(/^{/);
  expect(encodeClaim({ ...claim, generation: 'x'.repeat(4_097 - rest) })).toMatch(/^deflate:/);
});

test('fails, before anything is written, where no parameter holds it', () => {
  const noise = fc.sample(fc.string({ minLength: 20_000, maxLength: 20_000, unit: 'grapheme' }), {
    numRuns: 1,
    seed: 1,
  });
  expect(() => encodeClaim({ ...claim, generation: noise.join('') })).toThrow(/more settings to remember/);
});

test.each([
  ['nothing', ''],
  ['no JSON', 'x'],
  ['a list', '[]'],
  ['null', 'null'],
  ['a text', '"x"'],
  ['no packed text', 'deflate:!!!'],
  ['a number for a generation', JSON.stringify({ ...claim, generation: 1 })],
  ['no answer whether to replace', JSON.stringify({ ...claim, replace: 'false' })],
  ['no wishes', JSON.stringify({ ...claim, wants: null })],
  ['a list of wishes', JSON.stringify({ ...claim, wants: [] })],
  ['a wish that is no text', JSON.stringify({ ...claim, wants: { a: 1 } })],
  ['no keys', JSON.stringify({ ...claim, keys: undefined })],
  ['a key that is none', JSON.stringify({ ...claim, keys: { a: 'x' } })],
  ['a key without what was before', JSON.stringify({ ...claim, keys: { a: { ours: [] } } })],
  ['a key with values that are none', JSON.stringify({ ...claim, keys: { a: { before: null, ours: 'x' } } })],
  ['a key with a value that is none', JSON.stringify({ ...claim, keys: { a: { before: null, ours: [1] } } })],
  [
    'a key with values of others that are none',
    JSON.stringify({ ...claim, keys: { a: { before: '', ours: [], theirs: [1] } } }),
  ],
])('%s is no claim', (_name, text) => {
  expect(decodeClaim(text)).toBeUndefined();
});

test('whatever stands in a parameter, to read it does not fail', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.string().map((text) => `deflate:${text}`),
      ),
      (text) => {
        decodeClaim(text);
      },
    ),
  );
});

test('a packed text that would not end is none', () => {
  const large = encodeClaim({ ...claim, generation: 'x'.repeat(1_000_001) });
  expect(decodeClaim(large)).toBeUndefined();
  expect(decodeClaim(encodeClaim({ ...claim, generation: 'x'.repeat(900_000) }))).toBeDefined();
});
