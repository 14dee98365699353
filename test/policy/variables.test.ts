import { attributeVariable, fromShorthand, isAttributeName, isVariable, toShorthand } from '../../lib/policy/variables';

test.each([
  ['thing', 'iot:Connection.Thing.ThingName'],
  ['thingType', 'iot:Connection.Thing.ThingTypeName'],
  ['attribute.site', 'iot:Connection.Thing.Attributes[site]'],
  ['attribute.a.b', 'iot:Connection.Thing.Attributes[a.b]'],
])('%s is short for %s', (short, name) => {
  expect(fromShorthand(short)).toBe(name);
  expect(toShorthand(name)).toBe(short);
  expect(isVariable(name)).toBe(true);
  expect(isVariable(short)).toBe(false);
});

test.each([
  'iot:CertificateId',
  'iot:Certificate.SerialNumber',
  'iot:Certificate.Subject.CommonName',
  'iot:Certificate.Issuer.Country.1',
])('%s has no short form', (name) => {
  expect(toShorthand(name)).toBe(name);
  expect(fromShorthand(name)).toBe(name);
  expect(isVariable(name)).toBe(true);
});

test.each(['xattribute.a', 'things', 'Thing', ''])('%j is no short form', (name) => {
  expect(fromShorthand(name)).toBe(name);
  expect(isVariable(name)).toBe(false);
});

test('attribute names are those of AWS IoT', () => {
  expect(isAttributeName('a1_.,@/:#-Z')).toBe(true);
  expect(isAttributeName('')).toBe(false);
  expect(isAttributeName('a b')).toBe(false);
  expect(attributeVariable('a')).toBe('iot:Connection.Thing.Attributes[a]');
});
