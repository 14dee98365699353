import type { DeviceProperties } from '../../../lambda/register-device/contract';
import { comesNew, move, thingChange } from '../../../lambda/register-device/decide';

const device = (changes: Partial<DeviceProperties> = {}): DeviceProperties => ({
  ThingName: 'gateway-1',
  ThingGroupName: 'gateways',
  ThingTypeName: undefined,
  Attributes: {},
  ...changes,
});

describe('the registry entry', () => {
  test.each([
    ['a new device without type and attributes', device(), undefined],
    ['a device that never had any', device(), device()],
  ])('is left alone for %s', (_, now, before) => {
    expect(thingChange(now, before)).toBeUndefined();
  });

  test('gets type and attributes', () => {
    expect(thingChange(device({ ThingTypeName: 'gw', Attributes: { site: 'north' } }), undefined)).toEqual({
      thingTypeName: 'gw',
      removeThingType: false,
      attributes: { site: 'north' },
    });
  });

  test('gets a type alone, or attributes alone', () => {
    expect(thingChange(device({ ThingTypeName: 'gw' }), device())).toMatchObject({
      thingTypeName: 'gw',
      attributes: {},
    });
    expect(thingChange(device({ Attributes: { a: '1' } }), device())).toMatchObject({ attributes: { a: '1' } });
  });

  test('loses the attributes that are no longer declared', () => {
    const before = device({ Attributes: { a: '1', b: '2', toString: '3' } });
    expect(thingChange(device({ Attributes: { a: '9' } }), before)?.attributes).toEqual({
      a: '9',
      b: '',
      toString: '',
    });
    expect(thingChange(device(), before)?.attributes).toEqual({ a: '', b: '', toString: '' });
  });

  test('loses a type that is no longer declared', () => {
    expect(thingChange(device(), device({ ThingTypeName: 'gw' }))).toEqual({
      thingTypeName: undefined,
      removeThingType: true,
      attributes: {},
    });
    expect(thingChange(device({ ThingTypeName: 'gw2' }), device({ ThingTypeName: 'gw' }))).toMatchObject({
      thingTypeName: 'gw2',
      removeThingType: false,
    });
  });
});

describe('a device whose declared group changed', () => {
  test.each([
    ['moves, when it is in the old one', 'a', 'b', ['a', 'other'], { kind: 'move', from: 'a', to: 'b' }],
    ['stays, when it moved already', 'a', 'b', ['b'], { kind: 'stay' }],
    ['stays, when it is in both', 'a', 'b', ['a', 'b'], { kind: 'stay' }],
    ['stays, when nothing changed', 'a', 'a', ['quarantine'], { kind: 'stay' }],
    ['is left alone, when it was isolated', 'a', 'b', ['quarantine'], { kind: 'leave-alone' }],
    ['is left alone, when it is in no group', 'a', 'b', [], { kind: 'leave-alone' }],
  ])('%s', (_, from, to, groups, expected) => {
    expect(move(from, to, groups)).toEqual(expected);
  });
});

describe('a thing that takes the place of another', () => {
  test.each([
    ['joins its group, when it is in none', [], true],
    ['joins again what it joined already', ['ring-1', 'a'], true],
    ['joins nothing, when it was taken out of its group', ['quarantine'], false],
  ])('%s', (_, groups, expected) => {
    expect(comesNew('a', groups)).toBe(expected);
  });
});
