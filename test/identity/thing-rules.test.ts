import { Lazy, Stack } from 'aws-cdk-lib';
import { checkAttributes } from '../../lib/identity/thing-rules';
import { InputErrors } from '../../lib/internal/input-errors';

type Attributes = Record<string, string>;

function check(attributes: Attributes | undefined, hasThingType = false, own: string[] = []): void {
  const errors = new InputErrors(new Stack());
  checkAttributes(errors, attributes, { hasThingType, own });
  errors.throwIfAny();
}

const many = (count: number, value = 'x'): Attributes =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, value]));

test.each([
  ['none', undefined],
  ['no items', {}],
  ['all characters that are allowed', { 'aZ0_.,@/:#-': 'aZ0_.,@/:#=[]-' }],
  ['the longest', { ['n'.repeat(128)]: 'v'.repeat(800) }],
  ['tokens', { [Lazy.string({ produce: () => 'a' })]: Lazy.string({ produce: () => 'no check' }) }],
])('takes %s', (_, attributes) => expect(() => check(attributes)).not.toThrow());

test('counts 3 without a thing type and 50 with one, the own ones among them', () => {
  expect(() => check(many(3))).not.toThrow();
  expect(() => check(many(4))).toThrow(
    /at most 3 items, got 4; a thing with a thing type may have 50.*ThingAttributesTooMany/,
  );
  expect(() => check(many(2), false, ['serialNumber'])).not.toThrow();
  expect(() => check(many(3), false, ['serialNumber'])).toThrow(/at most 2 items besides serialNumber, got 3/);
  expect(() => check(many(50), true)).not.toThrow();
  expect(() => check(many(51), true)).toThrow(/at most 50 items, got 51 \[/);
});

test.each([
  ['an empty name', { '': 'x' }],
  ['a space in a name', { 'a b': 'x' }],
  ['a name that is too long', { ['n'.repeat(129)]: 'x' }],
  ['an equals sign in a name', { 'a=b': 'x' }],
  ['an empty value', { a: '' }],
  ['a space in a value', { a: 'x y' }],
  ['a time zone', { a: '2026-01-01T00:00:00+01:00' }],
  ['a line break', { a: 'x\n' }],
  ['a value that is too long', { a: 'v'.repeat(801) }],
])('fails for %s', (_, attributes) => expect(() => check(attributes as Attributes)).toThrow(/ThingAttributesInvalid/));

test('fails for an attribute that is set otherwise', () => {
  expect(() => check({ serialNumber: 'x' }, false, ['serialNumber'])).toThrow(
    /must not have "serialNumber".*ThingAttributesInvalid/,
  );
});

test('names everything that is wrong at once', () => {
  expect(() => check({ 'a b': 'x', c: 'd e' })).toThrow(/names in 'attributes'.*'attributes\.c'/);
});
