import fc from 'fast-check';
import { parseConnection } from '../../../lambda/validate-connection/event';

const CERTIFICATE = '0123456789abcdef'.repeat(4);

test('the principal is the id of the certificate', () => {
  expect(parseConnection({ principalId: CERTIFICATE, serverName: 'iot.example.com' })).toEqual({
    ok: true,
    value: CERTIFICATE,
  });
});

test.each<[string, unknown]>([
  ['no event', undefined],
  ['null', null],
  ['a text', CERTIFICATE],
  ['a list', [CERTIFICATE]],
  ['no principal', {}],
  ['null for a principal', { principalId: null }],
  ['an empty principal', { principalId: '' }],
  ['upper case', { principalId: CERTIFICATE.toUpperCase() }],
  ['one character less', { principalId: CERTIFICATE.slice(1) }],
  ['one character more', { principalId: `${CERTIFICATE}0` }],
  ['a line break at the end', { principalId: `${CERTIFICATE}\n` }],
  ['an object for a principal', { principalId: { S: CERTIFICATE } }],
])('%s is no certificate', (_what, event) => {
  expect(parseConnection(event)).toEqual({ ok: false, reason: expect.stringContaining('certificate') });
});

test('whatever is asked, it is a certificate id or refused', () => {
  fc.assert(
    fc.property(fc.anything(), (odd) => {
      const parsed = parseConnection(odd);
      return !parsed.ok || /^[0-9a-f]{64}$/.test(parsed.value);
    }),
  );
});
