import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { problemOf } from '../../lib/identity/certificate-request';
import {
  curveKeys,
  der,
  edKeys,
  OPENSSL_EC_REQUEST,
  OPENSSL_RSA_REQUEST,
  pem,
  requestOf,
  rsaKeys,
} from '../support/certificate-request';

const bytesOf = (text: string) => Buffer.from(text.split('-----')[2] as string, 'base64');

describe('takes', () => {
  test.each([
    ['a request for an EC key of OpenSSL', OPENSSL_EC_REQUEST],
    ['a request for an RSA key of OpenSSL', OPENSSL_RSA_REQUEST],
    ['line breaks of Windows', OPENSSL_EC_REQUEST.replace(/\n/g, '\r\n')],
    ['space around it', `\n  ${OPENSSL_EC_REQUEST}\n\n`],
    [
      'the body in one line',
      pem('CERTIFICATE REQUEST', bytesOf(OPENSSL_EC_REQUEST)).replace(/(?<=[A-Za-z0-9+/=])\n(?=[A-Za-z0-9+/=])/g, ''),
    ],
  ])('%s', (_, text) => expect(problemOf(text)).toBeUndefined());

  test.each(['prime256v1', 'secp384r1', 'secp521r1'])('the curve %s', (curve) => {
    expect(problemOf(requestOf(curveKeys(curve)))).toBeUndefined();
  });

  test('signatures with longer digests, and such as only AWS IoT can judge', () => {
    const keys = curveKeys('secp384r1');
    expect(problemOf(requestOf(keys, { digest: 'sha384', algorithm: '2a8648ce3d040303' }))).toBeUndefined();
    expect(problemOf(requestOf(keys, { digest: 'sha512', algorithm: '2a8648ce3d040304' }))).toBeUndefined();
    expect(problemOf(requestOf(keys, { algorithm: '2a8648ce3d0401', tamper: true }))).toBeUndefined();
    expect(problemOf(requestOf(keys, { digest: 'sha384' }))?.code).toBe('CertificateRequestInvalid');
  });
});

describe('fails with CertificateKeyWeak for', () => {
  test.each([
    ['RSA with 1024 bits', () => rsaKeys(1024), 'got RSA with 1024 bits'],
    ['RSA with 2047 bits', () => rsaKeys(2047), 'got RSA with 2047 bits'],
    ['another curve', () => curveKeys('secp256k1'), 'got curve secp256k1'],
    ['another kind', edKeys, 'got ed25519'],
  ])('%s', (_, keys, got) => {
    expect(problemOf(requestOf(keys()))).toEqual({ code: 'CertificateKeyWeak', message: expect.stringContaining(got) });
  });
});

describe('fails with CertificateRequestInvalid for', () => {
  const certificate = pem('CERTIFICATE', Buffer.from('c'));
  test.each([
    ['nothing', '', 'no PEM block'],
    ['the path of a file', './gateway.csr', 'what looks like its path: read the file'],
    ['a certificate', certificate, 'a PEM block of kind CERTIFICATE'],
    ['a public key', pem('PUBLIC KEY', Buffer.from('c')), 'a PEM block of kind PUBLIC KEY'],
    [
      'two requests',
      OPENSSL_EC_REQUEST + OPENSSL_RSA_REQUEST,
      '2 PEM blocks (CERTIFICATE REQUEST, CERTIFICATE REQUEST)',
    ],
    ['a chain', OPENSSL_EC_REQUEST + certificate, '2 PEM blocks'],
    ['text around it', `Subject: x\n${OPENSSL_EC_REQUEST}`, 'other text in or around it'],
    ['text in it', OPENSSL_EC_REQUEST.replace('\n', '\nProc-Type: 4\n'), 'other text in or around it'],
    ['a body that is none', '-----BEGIN CERTIFICATE REQUEST-----\n!\n-----END CERTIFICATE REQUEST-----', 'other text'],
    [
      'an empty body',
      '-----BEGIN CERTIFICATE REQUEST-----\n\n-----END CERTIFICATE REQUEST-----',
      'not a PKCS #10 request',
    ],
    ['an end that is missing', OPENSSL_EC_REQUEST.split('-----END')[0] as string, 'other text'],
    ['other DER', pem('CERTIFICATE REQUEST', der(0x30, der(0x02, Buffer.from([1])))), 'not a PKCS #10 request'],
    [
      'more behind it',
      pem('CERTIFICATE REQUEST', Buffer.concat([bytesOf(OPENSSL_EC_REQUEST), Buffer.from([0])])),
      'not a PKCS #10',
    ],
  ])('%s', (_, text, message) => {
    expect(problemOf(text)).toEqual({ code: 'CertificateRequestInvalid', message: expect.stringContaining(message) });
  });

  test('a request that was cut short anywhere', () => {
    const bytes = bytesOf(OPENSSL_EC_REQUEST);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(problemOf(pem('CERTIFICATE REQUEST', bytes.subarray(0, length)))?.code).toBe('CertificateRequestInvalid');
    }
  });

  test.each([
    ['RSA', () => rsaKeys(2048)],
    ['EC', () => curveKeys('prime256v1')],
  ])('a request that was changed after it was signed (%s)', (_, keys) => {
    expect(problemOf(requestOf(keys(), { tamper: true }))?.message).toContain('not signed with its own key');
  });
});

test('never throws, and never takes a request with a changed byte for a good one', () => {
  const bytes = bytesOf(OPENSSL_EC_REQUEST);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ change;
      const problem = problemOf(pem('CERTIFICATE REQUEST', changed));
      // The object identifier of the signature is the one part that is not signed: an unknown one is not judged.
      if (problem === undefined) expect(bytes.length - at).toBeLessThan(90);
    }),
  );
});

describe('fails with PrivateKeyGiven, and shows nothing of the key, for', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  test.each([
    ['PKCS #8', pkcs8],
    ['SEC 1', privateKey.export({ type: 'sec1', format: 'pem' }).toString()],
    ['a bundle of key and request', pkcs8 + OPENSSL_EC_REQUEST],
  ])('%s', (_, text) => {
    const problem = problemOf(text);
    expect(problem?.code).toBe('PrivateKeyGiven');
    for (const line of text.split('\n').filter((part) => part.length > 20))
      expect(problem?.message).not.toContain(line);
  });
});
