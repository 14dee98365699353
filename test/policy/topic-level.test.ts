import { Problems } from '../../lib/internal/problems';
import { levelBytes, normalizeLevel, printLevel, splitLevels } from '../../lib/policy/topic-level';

test.each([
  ['a/b', ['a', 'b']],
  ['', ['']],
  ['/', ['', '']],
  ['a/${attribute.b/c}/d', ['a', '${attribute.b/c}', 'd']],
  ['${a/b}${c/d}/e', ['${a/b}${c/d}', 'e']],
  ['x${a/b}y/${c', ['x${a/b}y', '${c']],
  ['a'.repeat(4096), ['a'.repeat(4096)]],
  [`${'a'.repeat(2048)}/${'a'.repeat(2048)}`, [`${'a'.repeat(2048)}/${'a'.repeat(2048)}`]],
])('splits %#', (text, levels) => {
  expect(splitLevels(text)).toEqual(levels);
});

test.each([
  ['abc', 3],
  ['é', 2],
  ['${iot:Connection.Thing.ThingName}', 128],
  ['a${iot:Connection.Thing.ThingName}b', 130],
  ['${iot:Connection.Thing.ThingTypeName}', 1],
  ['${Token[TOKEN.1]}${Token[AWS.Region.1]}', 16],
])('%s has %d bytes at most, as far as it is known', (level, bytes) => {
  expect(levelBytes(level)).toBe(bytes);
});

test('prints what it reads', () => {
  for (const level of [
    'a',
    'x-${thing}-${thingType}',
    '${attribute.a/b}',
    '${iot:CertificateId}',
    '${Token[TOKEN.1]}',
    '+',
    '#',
  ]) {
    const problems = new Problems();
    expect(printLevel(normalizeLevel(level, problems))).toBe(level);
    expect(problems.isEmpty).toBe(true);
  }
});

test('a level may have 4,096 characters before it is refused unread', () => {
  const problems = new Problems();
  expect(normalizeLevel('a'.repeat(4096), problems)).toHaveLength(4096);
  expect(problems.isEmpty).toBe(true);
  expect(normalizeLevel('a'.repeat(4097), problems)).toBe('');
  expect(problems.isEmpty).toBe(false);
});
