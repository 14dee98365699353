import { indexing, type IndexingState } from '../../../lambda/adopt-account-settings/indexing';
import { indexingProperties } from './properties';

const OFF: IndexingState = {
  things: { modes: {}, fields: [], namedShadows: [], restOfFilter: {} },
  groups: { fields: [] },
};

test('wants what is to be indexed, and has no wish about the rest', () => {
  const properties = indexingProperties({
    DeviceDefenderIndexingMode: 'VIOLATIONS',
    NamedShadows: ['config'],
    ThingFields: ['attributes.model=String', 'odd=name=Number'],
    ThingGroupFields: ['attributes.site=String'],
  });
  expect(indexing.parse(properties)).toEqual({
    ok: true,
    value: {
      wants: {
        'things:thingIndexingMode': 'REGISTRY',
        'things:thingConnectivityIndexingMode': 'STATUS',
        'things:deviceDefenderIndexingMode': 'VIOLATIONS',
        'things:namedShadowIndexingMode': 'ON',
        'groups:thingGroupIndexingMode': 'ON',
        'things:shadow:config': 'indexed',
        'things:field:attributes.model': 'String',
        'things:field:odd=name': 'Number',
        'groups:field:attributes.site': 'String',
      },
      replace: false,
    },
  });
  const little = indexing.parse(
    indexingProperties({ ThingConnectivityIndexingMode: 'OFF', ThingGroupIndexingMode: 'OFF' }),
  );
  expect(little).toEqual({ ok: true, value: { wants: { 'things:thingIndexingMode': 'REGISTRY' }, replace: false } });
});

test.each([
  ['a mode', { ThingIndexingMode: 'ALL' }, 'ThingIndexingMode must be one of OFF, REGISTRY, REGISTRY_AND_SHADOW'],
  [
    'a connectivity mode',
    { ThingConnectivityIndexingMode: 'ON' },
    'ThingConnectivityIndexingMode must be one of OFF, STATUS',
  ],
  [
    'a violations mode',
    { DeviceDefenderIndexingMode: 'ON' },
    'DeviceDefenderIndexingMode must be one of OFF, VIOLATIONS',
  ],
  ['a group mode', { ThingGroupIndexingMode: 'X' }, 'ThingGroupIndexingMode must be one of OFF, ON'],
  ['a type of a field', { ThingFields: ['x'] }, 'ThingFields must be of the form name=type'],
  ['a name of a field', { ThingGroupFields: ['=String'] }, 'ThingGroupFields must be of the form name=type'],
])('fails without %s', (_name, options, reason) => {
  expect(indexing.parse(indexingProperties(options))).toEqual({ ok: false, reason });
});

test('reads what the account has', () => {
  expect(indexing.flatten(OFF)).toEqual({
    'things:thingIndexingMode': 'OFF',
    'things:thingConnectivityIndexingMode': 'OFF',
    'things:deviceDefenderIndexingMode': 'OFF',
    'things:namedShadowIndexingMode': 'OFF',
    'groups:thingGroupIndexingMode': 'OFF',
  });
  const state: IndexingState = {
    things: {
      modes: { thingIndexingMode: 'REGISTRY' },
      fields: [{ name: 'a', type: 'String' }, {}],
      namedShadows: ['s'],
      restOfFilter: {},
    },
    groups: { mode: 'ON', fields: [{ name: 'b', type: 'Number' }, {}] },
  };
  expect(indexing.flatten(state)).toMatchObject({
    'things:thingIndexingMode': 'REGISTRY',
    'groups:thingGroupIndexingMode': 'ON',
    'things:shadow:s': 'indexed',
    'things:field:a': 'String',
    'things:field:': '',
    'groups:field:b': 'Number',
    'groups:field:': '',
  });
});

test.each([
  [
    'a mode is raised',
    'things:thingIndexingMode',
    'REGISTRY_AND_SHADOW',
    { 'things:thingIndexingMode': 'REGISTRY' },
    'REGISTRY_AND_SHADOW',
  ],
  [
    'a mode is not lowered',
    'things:thingIndexingMode',
    'REGISTRY',
    { 'things:thingIndexingMode': 'REGISTRY_AND_SHADOW' },
    'REGISTRY_AND_SHADOW',
  ],
  ['a mode that is not there is set', 'groups:thingGroupIndexingMode', 'ON', {}, 'ON'],
  ['a field keeps its type', 'things:field:a', 'String', { 'things:field:a': 'Number' }, 'Number'],
  ['a field is added', 'things:field:a', 'String', {}, 'String'],
])('%s', (_name, key, want, base, expected) => {
  expect(indexing.rule(key, want, base, true)).toBe(expected);
});

test('there is one version, nothing waits, the halves go by themselves, and no role is passed', () => {
  expect(indexing.version({ wants: {}, replace: false })).toBe('1');
  expect(indexing.defer('things:thingIndexingMode')).toBe(false);
  expect(['things:shadow:a', 'groups:field:b'].map((key) => indexing.group(key))).toEqual(['things:', 'groups:']);
  expect(indexing.passesRole('things:thingIndexingMode')).toBe(false);
});

describe('calls', () => {
  const on: IndexingState = {
    things: {
      modes: { thingIndexingMode: 'REGISTRY', namedShadowIndexingMode: 'ON' },
      fields: [],
      namedShadows: ['s'],
      restOfFilter: { geoLocations: [] },
    },
    groups: { mode: 'ON', fields: [{ name: 'b', type: 'Number' }] },
  };

  test('send a half as a whole, and what they do not know along', () => {
    expect(indexing.steps(on, { 'things:field:a': 'String' }, 0)).toEqual({
      steps: [
        {
          call: {
            things: {
              modes: {
                thingIndexingMode: 'REGISTRY',
                thingConnectivityIndexingMode: 'OFF',
                deviceDefenderIndexingMode: 'OFF',
                namedShadowIndexingMode: 'ON',
              },
              fields: [{ name: 'a', type: 'String' }],
              namedShadows: ['s'],
              restOfFilter: { geoLocations: [] },
            },
          },
        },
      ],
      cannot: [],
    });
    expect(indexing.steps(on, { 'groups:field:b': null }, 0).steps).toEqual([
      { call: { groups: { mode: 'ON', fields: [] } } },
    ]);
  });

  test.each([
    ['a shadow index under shadows', { 'things:namedShadowIndexingMode': 'OFF' }, ['things:namedShadowIndexingMode']],
    ['a thing index under shadows', { 'things:thingIndexingMode': 'OFF' }, ['things:thingIndexingMode']],
    ['a group index under fields', { 'groups:thingGroupIndexingMode': 'OFF' }, ['groups:thingGroupIndexingMode']],
  ])('do not turn off %s', (_name, changes, cannot) => {
    expect(indexing.steps(on, changes, 0)).toEqual({ steps: [], cannot });
  });

  test.each([
    ['shadows', { 'things:namedShadowIndexingMode': 'OFF', 'things:shadow:s': null }],
    ['things', { 'things:thingIndexingMode': 'OFF', 'things:namedShadowIndexingMode': 'OFF', 'things:shadow:s': null }],
    ['groups', { 'groups:thingGroupIndexingMode': 'OFF', 'groups:field:b': null }],
  ])('turn off %s with all that is below', (_name, changes) => {
    const { steps, cannot } = indexing.steps(on, changes, 0);
    expect(cannot).toEqual([]);
    expect(steps).toHaveLength(1);
  });
});
