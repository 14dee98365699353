import { AccountEventType, EventConfigurations } from '../../lib/posture/event-configurations';
import { templateOf, testStack } from '../support/app';

test('publishes everything by default', () => {
  const stack = testStack();
  new EventConfigurations(stack, 'Events');
  templateOf(stack).hasResourceProperties('Custom::IotEventConfigurations', {
    EventTypes: [
      'THING',
      'THING_GROUP',
      'THING_TYPE',
      'THING_GROUP_MEMBERSHIP',
      'THING_GROUP_HIERARCHY',
      'THING_TYPE_ASSOCIATION',
      'JOB',
      'JOB_EXECUTION',
      'POLICY',
      'CERTIFICATE',
      'CA_CERTIFICATE',
    ],
  });
});

test('publishes what is asked for', () => {
  const stack = testStack();
  new EventConfigurations(stack, 'Events', { events: [AccountEventType.JOB_EXECUTION] });
  templateOf(stack).hasResourceProperties('Custom::IotEventConfigurations', { EventTypes: ['JOB_EXECUTION'] });
});

test.each([
  ['nothing', []],
  ['an event twice', [AccountEventType.JOB, AccountEventType.JOB]],
])('fails for %s', (_name, events) => {
  expect(() => new EventConfigurations(testStack(), 'Events', { events })).toThrow(
    expect.objectContaining({ code: 'ListSizeInvalid' }),
  );
});

test('fails for a second one in the same account', () => {
  const stack = testStack();
  new EventConfigurations(stack, 'First');
  expect(() => new EventConfigurations(stack, 'Second')).toThrow(/managed by Test\/First.*AccountSettingTwice/);
});
