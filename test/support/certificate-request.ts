import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** Signing requests as `openssl req -new` makes them; there is nothing secret in one. */
export const OPENSSL_EC_REQUEST = `-----BEGIN CERTIFICATE REQUEST-----
MIH8MIGjAgEAMBQxEjAQBgNVBAMMCWdhdGV3YXktMTBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABADIahoD3uCFvSUBklBuC2J1RhIAT9NDcwfwNjLnjpJUKiyoZmCM
E9ZAEGbjoEIMPGtTpy7hNGoTmYtjyC+MlwygLTArBgkqhkiG9w0BCQ4xHjAcMBoG
A1UdEQQTMBGCD2dhdGV3YXkuZXhhbXBsZTAKBggqhkjOPQQDAgNIADBFAiEA2yrl
w0YdfCcC2DYp+IMOsqRqz7QHokL5eDz6esny94gCIDz1QM8d9GjMZZaHtSGNvPFY
4H/IcXv0Ms0Wr3Tvq400
-----END CERTIFICATE REQUEST-----
`;

export const OPENSSL_RSA_REQUEST = `-----BEGIN CERTIFICATE REQUEST-----
MIICazCCAVMCAQAwJjESMBAGA1UEAwwJZ2F0ZXdheS0xMRAwDgYDVQQKDAdFeGFt
cGxlMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA6yNZ6MxX4i6DnqoI
ao081NPc7gLLihzlwiB7h9UHi20EOACVysZ+Iu8FBRVa8sjUfMzbM9FD5Sufn3wY
F8UTUOMUXQmfVhnBUmU4fdvxhOF+VsQvAPZXup8fInLL8bjXWLSYlfJatFcr7OEJ
qzVbm4TClbUI7ggoH1vy1rA2rMwlU3s3IphOxGCbg059NjlnOLG4TIcfdieol0UP
BKyaZeID0bd6vYjvUIm31ORek4m3nuODW8adZBx/y3mg6I87QG1iyne6REUD0eGp
kcGxWXVrlV+seDpZIilbBj+ctqwRuv0Od0NhOVm4wSap7FuZ0g7mTz6UpADcT+6t
N5st3wIDAQABoAAwDQYJKoZIhvcNAQELBQADggEBANIXhlAd7Oy1xVzGTji8A2pJ
XI1ad/DpAgzwraVS9prM0U/Nsv0vul8j3S4FUX7Xs7pg4OVBzl1qcou0fF0EVnmd
y2RiJEhEDNBwAKXR6lJTzBWkUQogAYqUDZpvgvGPLCYhrpfQ5JVdH0Ny0DpP5z7d
62FjDG1Rm8NlmU7tkSK80MUfVZPjNYSwElSyeLlp97VhIGh4LueY9QrA8BTMA9Nl
1jRr3e47UfT/LGdacvAsjSpE6gzDrMx1tXxwr9BvT40n+Z2FnU1TVSdXDc/yj/+s
NKqQ9wgtFDXtPlcuY0N6uhgbqcqO0BTpLjAvdozcbykLrgOcZtNjSJv3ViZK7To=
-----END CERTIFICATE REQUEST-----
`;

const RSA_SHA256 = '2a864886f70d01010b';
const ECDSA_SHA256 = '2a8648ce3d040302';

export interface RequestOptions {
  readonly algorithm?: string;
  readonly digest?: string;
  /** Changes the signed part after it was signed. */
  readonly tamper?: boolean;
}

/** A signing request of a given key pair, byte by byte, for requests that no tool would make. */
export function requestOf(keys: { publicKey: KeyObject; privateKey: KeyObject }, options: RequestOptions = {}): string {
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' });
  const info = (subject: string) =>
    der(0x30, der(0x02, Buffer.from([0])), der(0x30, Buffer.from(subject)), spki, der(0xa0));
  const signed = info('');
  const { asymmetricKeyType: kind } = keys.privateKey;
  const digest = options.digest ?? (kind === 'ed25519' ? undefined : 'sha256');
  const signature = sign(digest, signed, keys.privateKey);
  const algorithm = options.algorithm ?? (kind === 'ec' ? ECDSA_SHA256 : RSA_SHA256);
  return pem(
    'CERTIFICATE REQUEST',
    der(
      0x30,
      options.tamper === true ? info('x') : signed,
      der(0x30, der(0x06, Buffer.from(algorithm, 'hex'))),
      der(0x03, Buffer.from([0]), signature),
    ),
  );
}

export function rsaKeys(modulusLength: number): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('rsa', { modulusLength });
}

export function curveKeys(namedCurve: string): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve });
}

export function edKeys(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ed25519');
}

export function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

export function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
