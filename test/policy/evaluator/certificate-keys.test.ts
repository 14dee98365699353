import { certificateKeys, isCertificateField } from '../../../lib/policy/evaluator/certificate-keys';
import type { CertificateAttributes } from '../../../lib/policy/evaluator';

function keysOf(certificate: CertificateAttributes): { [name: string]: [readonly string[], string | undefined] } {
  return Object.fromEntries(
    certificateKeys(certificate).map(({ name, values, substitute }) => [name, [values, substitute]]),
  );
}

test('nothing is known of an unknown certificate', () => {
  expect(keysOf({})).toEqual({});
  expect(keysOf({ subject: {}, issuer: { Country: [] } })).toEqual({});
});

test('the certificate id stands alone', () => {
  expect(keysOf({ certificateId: 'c0ffee' })).toEqual({ 'iot:CertificateId': [['c0ffee'], 'c0ffee'] });
});

test('the first value has the plain name, the others an index, and all a list', () => {
  expect(
    keysOf({ serialNumber: '17', subject: { Country: ['US', 'FR'] }, issuer: { 'AlternativeName.DNSName': ['a.b'] } }),
  ).toEqual({
    'iot:Certificate.SerialNumber': [['17'], '17'],
    'iot:Certificate.Subject.Country': [['US'], 'US'],
    'iot:Certificate.Subject.Country.1': [['FR'], 'FR'],
    'iot:Certificate.Subject.Country.List': [['US', 'FR'], undefined],
    'iot:Certificate.Issuer.AlternativeName.DNSName': [['a.b'], 'a.b'],
    'iot:Certificate.Issuer.AlternativeName.DNSName.List': [['a.b'], undefined],
    'iot:Certificate.AvailableKeys': [
      [
        'iot:Certificate.SerialNumber',
        'iot:Certificate.Subject.Country',
        'iot:Certificate.Issuer.AlternativeName.DNSName',
      ],
      undefined,
    ],
  });
});

test('a sixth value is ignored', () => {
  const keys = keysOf({ subject: { Title: ['0', '1', '2', '3', '4', '5'] } });
  expect(keys['iot:Certificate.Subject.Title.4']).toEqual([['4'], '4']);
  expect(keys['iot:Certificate.Subject.Title.5']).toBeUndefined();
  expect(keys['iot:Certificate.Subject.Title.List']).toEqual([['0', '1', '2', '3', '4'], undefined]);
});

test.each(['*', '$', '+', '?', '#'])('a value with %s is compared, but replaces no variable', (char) => {
  const [values, substitute] = keysOf({ subject: { Title: [`a${char}`] } })['iot:Certificate.Subject.Title']!;
  expect(values).toEqual([char === '+' ? 'a\\+' : `a${char}`]);
  expect(substitute).toBeUndefined();
});

test('a value of more than 1,024 characters replaces no variable', () => {
  const substituteOf = (length: number): string | undefined =>
    keysOf({ issuer: { Title: ['x'.repeat(length)] } })['iot:Certificate.Issuer.Title']![1];
  expect(substituteOf(1024)).toHaveLength(1024);
  expect(substituteOf(1025)).toBeUndefined();
});

test('special characters are written with a backslash', () => {
  const [values, substitute] = keysOf({ subject: { Organization: ['a,b"c\\d=e<f>g;h i'] } })[
    'iot:Certificate.Subject.Organization'
  ]!;
  expect(substitute).toBe('a\\,b\\"c\\\\d\\=e\\<f\\>g\\;h i');
  expect(values).toEqual([substitute]);
});

test.each([
  ['CommonName', true],
  ['DistinguishedNameQualifier', true],
  ['Country', true],
  ['Organization', true],
  ['OrganizationalUnit', true],
  ['State', true],
  ['SerialNumber', true],
  ['Title', true],
  ['Surname', true],
  ['GivenName', true],
  ['Initials', true],
  ['Pseudonym', true],
  ['GenerationQualifier', true],
  ['AlternativeName.RFC822Name', true],
  ['AlternativeName.DNSName', true],
  ['AlternativeName.DirectoryName', true],
  ['AlternativeName.UniformResourceIdentifier', true],
  ['AlternativeName.IPAddress', true],
  ['commonname', false],
  ['CN', false],
  ['', false],
])('field %p exists: %p', (name, expected) => {
  expect(isCertificateField(name)).toBe(expected);
});
