import fc from 'fast-check';
import { type Expected, parseRequest } from '../../../lambda/verify-enrollment/event';

const CERTIFICATE = 'ab'.repeat(32);
const CLAIM = '0c'.repeat(32);
const EXPECTED: Expected = { templateName: 'pumps', thingNamePrefix: 'pump-' };

const event = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  claimCertificateId: CLAIM,
  certificateId: CERTIFICATE,
  certificatePem: '-----BEGIN CERTIFICATE-----',
  templateArn: 'arn:aws:iot:eu-west-1:111122223333:provisioningtemplate/pumps',
  clientId: 'claim.42',
  parameters: { SerialNumber: 'PX2-0001' },
  ...changes,
});

const reasonOf = (raw: unknown, expected = EXPECTED) => {
  const parsed = parseRequest(raw, expected);
  return parsed.ok ? 'ok' : parsed.reason;
};

test('reads who asks for which serial', () => {
  expect(parseRequest(event(), EXPECTED)).toEqual({
    ok: true,
    request: { serial: 'PX2-0001', certificateId: CERTIFICATE, claimCertificateId: CLAIM, clientId: 'claim.42' },
  });
});

test.each([undefined, null, 'text', 7, true, [], [event()]])('refuses what is not an object: %p', (raw) => {
  expect(reasonOf(raw)).toBe('event-not-an-object');
});

test.each([
  undefined,
  7,
  '',
  'pumps',
  'arn:aws:iot:eu-west-1:111122223333:provisioningtemplate/pumps2',
  'arn:aws:iot:eu-west-1:111122223333:provisioningtemplate/pump',
  'arn:aws:iot:eu-west-1:111122223333:thing/pumps',
])('refuses the event of another template: %p', (templateArn) => {
  expect(reasonOf(event({ templateArn }))).toBe('other-template');
});

test.each([
  undefined,
  7,
  '',
  'ab',
  CERTIFICATE.toUpperCase(),
  `${CERTIFICATE}0`,
  `x${CERTIFICATE}`,
  `${CERTIFICATE}\n`,
  [CERTIFICATE],
])('refuses a malformed certificate id: %p', (certificateId) => {
  expect(reasonOf(event({ certificateId }))).toBe('certificate-id-malformed');
});

test.each([undefined, null, 'SerialNumber', ['SerialNumber'], 7])('refuses malformed parameters: %p', (parameters) => {
  expect(reasonOf(event({ parameters }))).toBe('parameters-not-an-object');
});

test('ignores parameters that the template does not have, up to 20', () => {
  const extra = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 'x']));
  expect(reasonOf(event({ parameters: { SerialNumber: 'A', ...extra(19) } }))).toBe('ok');
  expect(reasonOf(event({ parameters: { SerialNumber: 'A', ...extra(20) } }))).toBe('too-many-parameters');
});

test('refuses a device that names another certificate than the one it owns', () => {
  const parameters = (id: unknown) => ({ SerialNumber: 'A', 'AWS::IoT::Certificate::Id': id });
  expect(reasonOf(event({ parameters: parameters(CERTIFICATE) }))).toBe('ok');
  expect(reasonOf(event({ parameters: parameters(CLAIM) }))).toBe('certificate-id-contradicted');
  expect(reasonOf(event({ parameters: parameters(null) }))).toBe('certificate-id-contradicted');
});

test.each([
  ['absent', {}],
  ['of another case', { serialNumber: 'A' }],
  ['inherited', JSON.parse('{"__proto__":{"SerialNumber":"A"}}') as object],
  ['on the prototype', Object.create({ SerialNumber: 'A' }) as object],
])('refuses a serial that is %s', (_, parameters) => {
  expect(reasonOf(event({ parameters }))).toBe('serial-missing');
});

test.each<unknown>([
  '',
  ' ',
  'A B',
  'A/B',
  'A#',
  '+',
  'A\n',
  '\u0000',
  'Ä',
  '${iot:ClientId}',
  'A*',
  'A?',
  '../A',
  null,
  7,
  {},
  ['A'],
  { toString: 'A' },
])('refuses a serial that cannot be in a thing name: %p', (SerialNumber) => {
  expect(reasonOf(event({ parameters: { SerialNumber } }))).toBe('serial-malformed');
});

test('takes serials that give a thing name of up to 128 characters', () => {
  const withLength = (length: number) => event({ parameters: { SerialNumber: 'A'.repeat(length) } });
  expect(reasonOf(withLength(123))).toBe('ok');
  expect(reasonOf(withLength(124))).toBe('serial-malformed');
  expect(reasonOf(withLength(128), { ...EXPECTED, thingNamePrefix: '' })).toBe('ok');
  expect(reasonOf(withLength(129), { ...EXPECTED, thingNamePrefix: '' })).toBe('serial-malformed');
});

test.each([undefined, 7, '', 'a b', 'a\nb', 'ä', 'x'.repeat(129)])(
  'does not pass on a client id that may not be logged: %p',
  (clientId) => {
    expect(parseRequest(event({ clientId }), EXPECTED)).toMatchObject({ ok: true, request: { clientId: undefined } });
  },
);

test('passes on a client id of 128 characters', () => {
  const clientId = '!~'.repeat(64);
  expect(parseRequest(event({ clientId }), EXPECTED)).toMatchObject({ ok: true, request: { clientId } });
});

test.each([undefined, 7, 'claim'])('does not pass on a malformed claim: %p', (claimCertificateId) => {
  expect(parseRequest(event({ claimCertificateId }), EXPECTED)).toMatchObject({
    ok: true,
    request: { claimCertificateId: undefined },
  });
});

test('whatever comes in, a request has a legal serial, and a reason has nothing of the input', () => {
  const anything = fc.anything({ withBigInt: true, withNullPrototype: true });
  const almost = fc
    .dictionary(fc.constantFrom('templateArn', 'certificateId', 'parameters', 'clientId'), anything)
    .map((changes) => event(changes));
  fc.assert(
    fc.property(fc.oneof(anything, almost), (raw) => {
      const parsed = parseRequest(raw, EXPECTED);
      if (parsed.ok) expect(parsed.request.serial).toMatch(/^[a-zA-Z0-9:_-]{1,123}$/);
      else expect(parsed.reason).toMatch(/^[a-z-]+$/);
    }),
  );
});
