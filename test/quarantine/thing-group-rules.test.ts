import { InputErrors } from '../../lib/internal/input-errors';
import { checkThingGroup, type ThingGroupInput } from '../../lib/quarantine/thing-group-rules';

const check = (input: ThingGroupInput) => () => {
  const errors = new InputErrors();
  checkThingGroup(errors, input);
  errors.throwIfAny();
};

test.each([{}, { thingGroupName: 'aZ0:_-' }, { description: '' }, { description: 'Pümpen, 100 % (süd) – ☃' }])(
  'takes %p',
  (input) => {
    expect(check(input)).not.toThrow();
  },
);

test.each([
  { thingGroupName: 'a/b' },
  { thingGroupName: 'ä' },
  { description: 'a\tb' },
  { description: 'a\u0000' },
  { description: 'a\u200bb' },
])('refuses %p', (input) => {
  expect(check(input)).toThrow(/ThingGroup(Name|Description)Invalid/);
});

test('says all that is wrong', () => {
  expect(check({ thingGroupName: '', description: '\n' })).toThrow(
    /'thingGroupName' must have 1 to 128 characters.*'description' may contain only visible/,
  );
});
