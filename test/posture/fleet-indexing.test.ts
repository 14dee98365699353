import { Lazy } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { FleetIndexing, IndexedFieldType, ThingIndexing } from '../../lib/posture/fleet-indexing';
import { templateOf, testStack } from '../support/app';

test('indexes registry, connectivity and groups by default', () => {
  const stack = testStack();
  new FleetIndexing(stack, 'Index');
  templateOf(stack).hasResourceProperties('Custom::IotFleetIndexing', {
    ThingIndexingMode: 'REGISTRY',
    ThingConnectivityIndexingMode: 'STATUS',
    DeviceDefenderIndexingMode: 'OFF',
    ThingGroupIndexingMode: 'ON',
    NamedShadows: Match.absent(),
    ThingFields: Match.absent(),
    ThingGroupFields: Match.absent(),
  });
});

test('everything set', () => {
  const stack = testStack();
  new FleetIndexing(stack, 'Index', {
    things: ThingIndexing.REGISTRY_AND_SHADOW,
    connectivity: true,
    thingGroups: true,
    violations: true,
    namedShadows: ['config', '$package:1_-'],
    thingFields: [{ name: 'attributes.model', type: IndexedFieldType.STRING }],
    thingGroupFields: [{ name: 'attributes.level', type: IndexedFieldType.NUMBER }],
  });
  templateOf(stack).hasResourceProperties('Custom::IotFleetIndexing', {
    ThingIndexingMode: 'REGISTRY_AND_SHADOW',
    DeviceDefenderIndexingMode: 'VIOLATIONS',
    NamedShadows: ['config', '$package:1_-'],
    ThingFields: ['attributes.model=String'],
    ThingGroupFields: ['attributes.level=Number'],
  });
});

test('what is not wanted is not asked for', () => {
  const stack = testStack();
  new FleetIndexing(stack, 'Index', { connectivity: false, thingGroups: false, violations: false });
  templateOf(stack).hasResourceProperties('Custom::IotFleetIndexing', {
    ThingConnectivityIndexingMode: 'OFF',
    ThingGroupIndexingMode: 'OFF',
    DeviceDefenderIndexingMode: 'OFF',
  });
});

const field = (name: string): { name: string; type: IndexedFieldType } => ({ name, type: IndexedFieldType.BOOLEAN });
const six = ['a', 'b', 'c', 'd', 'e', 'f'].map(field);

test.each([
  ['no shadows in a list', { namedShadows: [] }],
  ['eleven shadows', { namedShadows: Array.from({ length: 11 }, (_, index) => `s${index}`) }],
  ['a shadow twice', { namedShadows: ['a', 'a'] }],
  ['a shadow with a dot', { namedShadows: ['a.b'] }],
  ['a shadow with a name that is too long', { namedShadows: ['a'.repeat(65)] }],
  ['a shadow without a name', { namedShadows: [''] }],
  ['no fields in a list', { thingFields: [] }],
  ['six fields', { thingFields: six }],
  ['a field twice', { thingFields: [field('a'), field('a')] }],
  ['a field without a name', { thingFields: [field('')] }],
  ['a field with a space', { thingFields: [field('a b')] }],
  ['a field with a sign', { thingFields: [field('a=b')] }],
  ['a field with a name that is too long', { thingFields: [field('a'.repeat(1_025))] }],
  ['six fields of groups', { thingGroupFields: six }],
  ['fields of groups that are not indexed', { thingGroupFields: [field('a')], thingGroups: false }],
])('fails for %s', (_name, props) => {
  expect(() => new FleetIndexing(testStack(), 'Index', props)).toThrow(
    expect.objectContaining({ code: 'IndexedFieldInvalid' }),
  );
});

test('takes what is as long as it may be, or not known yet', () => {
  new FleetIndexing(testStack(), 'Index', {
    namedShadows: [
      ...Array.from({ length: 9 }, (_, index) => `s${index}`.padEnd(64, 'a')),
      Lazy.string({ produce: () => 'x' }),
    ],
    thingFields: [...['b', 'c', 'd'].map(field), field('a'.repeat(1_024)), field(Lazy.string({ produce: () => 'x' }))],
  });
});

test('fails for a second one in the same account', () => {
  const stack = testStack();
  new FleetIndexing(stack, 'First');
  expect(() => new FleetIndexing(stack, 'Second')).toThrow(/managed by Test\/First.*AccountSettingTwice/);
});
