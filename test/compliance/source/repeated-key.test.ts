import fc from 'fast-check';
import { repeatedKey } from '../../../lib/compliance/source/repeated-key';

test.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a": {"b": 1, "c": [{"d": 1 , "d" :2}]}}', 'd'],
  ['{"a":1,"b":{"a":1},"a":{}}', 'a'],
  ['{"\\u0061":1,"a":2}', 'a'],
  ['{"a\\"":1,"b":":","a\\"":2}', 'a"'],
  ['{"a":"x","b":["a"],"a":1}', 'a'],
  ['{"":1,"":2}', ''],
])('%s has %j twice', (text, key) => {
  expect(repeatedKey(text)).toBe(key);
});

test.each([
  '{"a":{"a":{"a":1}}}',
  '[{"a":1},{"a":2}]',
  '{"a":"a","b":"a"}',
  '{"a":["a","a"],"b":"{\\"a\\":1,\\"a\\":2}"}',
  '{"a":"\\\\","b":1}',
  '{"a":1,"A":2}',
  '"a:a"',
  '1',
  '{}',
  '{"a',
])('%s has none', (text) => {
  expect(repeatedKey(text)).toBeUndefined();
});

test('what JSON itself writes has none', () => {
  fc.assert(
    fc.property(fc.json(), fc.integer({ min: 0, max: 2 }), (text, indent) => {
      expect(repeatedKey(JSON.stringify(JSON.parse(text), null, indent))).toBeUndefined();
    }),
  );
});
