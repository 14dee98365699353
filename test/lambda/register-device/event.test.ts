import { parseProperties } from '../../../lambda/register-device/event';

const PROPERTIES = { ServiceToken: 'arn', ThingName: 'gateway-1', ThingGroupName: 'gateways' };

test('reads a device', () => {
  expect(parseProperties(PROPERTIES)).toEqual({
    ThingName: 'gateway-1',
    ThingGroupName: 'gateways',
    ThingTypeName: undefined,
    Attributes: {},
  });
  expect(parseProperties({ ...PROPERTIES, ThingTypeName: 'gw', Attributes: { site: 'north' } })).toMatchObject({
    ThingTypeName: 'gw',
    Attributes: { site: 'north' },
  });
});

test.each(['ThingName', 'ThingGroupName'])('fails without %s', (name) => {
  for (const value of [undefined, '', 7, {}]) {
    expect(() => parseProperties({ ...PROPERTIES, [name]: value })).toThrow(
      `property ${name} must be a non-empty text`,
    );
  }
});

test('fails for a thing type that is none', () => {
  expect(() => parseProperties({ ...PROPERTIES, ThingTypeName: '' })).toThrow(
    'property ThingTypeName must be a non-empty text',
  );
});

test.each(['text', null, ['a'], 7])('fails for attributes that are no map: %p', (Attributes) => {
  expect(() => parseProperties({ ...PROPERTIES, Attributes })).toThrow('property Attributes must be a map');
});

test('fails for an attribute that is no text', () => {
  expect(() => parseProperties({ ...PROPERTIES, Attributes: { a: 'x', b: { c: 'd' } } })).toThrow(
    'attribute b must be a text',
  );
});
