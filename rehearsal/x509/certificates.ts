import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import { bits, der, type DerNode, fromPem, integer, nodesOf, oid, sequence, TAG, text, time, toPem } from './der';

const OID = {
  commonName: '550403',
  ecdsaSha256: '2a8648ce3d040302',
  ecdsaSha384: '2a8648ce3d040303',
  ecdsaSha512: '2a8648ce3d040304',
  rsaSha256: '2a864886f70d01010b',
  rsaSha384: '2a864886f70d01010c',
  rsaSha512: '2a864886f70d01010d',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  subjectAltName: '551d11',
  serverAuth: '2b06010505070301',
  clientAuth: '2b06010505070302',
} as const;

const DIGESTS: Readonly<Record<string, string>> = {
  [OID.ecdsaSha256]: 'sha256',
  [OID.ecdsaSha384]: 'sha384',
  [OID.ecdsaSha512]: 'sha512',
  [OID.rsaSha256]: 'sha256',
  [OID.rsaSha384]: 'sha384',
  [OID.rsaSha512]: 'sha512',
};

const CURVES = new Set(['prime256v1', 'secp384r1', 'secp521r1']);
const LEAST_RSA_BITS = 2_048;

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A P-256 key pair, made at run time. */
export function createKeys(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

/** Number that AWS IoT gives to a certificate: the SHA-256 of its DER encoding. */
export function certificateIdOf(certificate: string | Uint8Array): string {
  const bytes = typeof certificate === 'string' ? new X509Certificate(certificate).raw : certificate;
  return createHash('sha256').update(bytes).digest('hex');
}

function nameOf(commonName: string): Buffer {
  return sequence(der(TAG.SET, sequence(oid(OID.commonName), text(commonName))));
}

/** A signing request, as a device makes it: PEM. */
export function createRequest(keys: KeyPair, commonName: string): string {
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' });
  const info = sequence(der(TAG.INTEGER, Buffer.from([0])), nameOf(commonName), spki, der(0xa0));
  const algorithm = keys.privateKey.asymmetricKeyType === 'rsa' ? rsaAlgorithm() : sequence(oid(OID.ecdsaSha256));
  return toPem('CERTIFICATE REQUEST', sequence(info, algorithm, bits(sign('sha256', info, keys.privateKey))));
}

function rsaAlgorithm(): Buffer {
  return sequence(oid(OID.rsaSha256), der(0x05));
}

export interface ParsedRequest {
  /** DER of the subject. */
  readonly subject: Buffer;
  /** DER of the public key. */
  readonly spki: Buffer;
}

/** Reads a signing request and checks its signature and the quality of its key; throws with what is wrong. */
export function parseRequest(pem: string): ParsedRequest {
  const bytes = fromPem(pem, 'CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST');
  if (bytes === undefined) throw new Error('not a PEM certificate signing request');
  const [info, algorithm, signature] = nodesOf(only(nodesOf(bytes)).content);
  if (info === undefined || algorithm === undefined || signature === undefined) throw new Error('incomplete request');
  const [, subject, spki] = nodesOf(info.content);
  if (subject === undefined || spki === undefined) throw new Error('incomplete request');
  const key = createPublicKey({ key: spki.whole, format: 'der', type: 'spki' });
  checkQuality(key);
  const digest = DIGESTS[only(nodesOf(algorithm.content).slice(0, 1)).content.toString('hex')];
  if (digest === undefined) throw new Error('the signature algorithm is not supported');
  if (!verify(digest, info.whole, key, signature.content.subarray(1)))
    throw new Error('the signature is not that of the key');
  return { subject: subject.whole, spki: spki.whole };
}

function only(nodes: readonly DerNode[]): DerNode {
  const [node] = nodes;
  if (node === undefined || nodes.length !== 1) throw new Error('not one DER value');
  return node;
}

function checkQuality(key: KeyObject): void {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= LEAST_RSA_BITS) return;
  if (key.asymmetricKeyType === 'ec' && CURVES.has(namedCurve)) return;
  throw new Error('the key must be RSA of at least 2048 bits, or of NIST P-256, P-384 or P-521');
}

export interface CertificateTerms {
  readonly serial: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  /** For a server: names and IPv4 addresses. */
  readonly hosts?: readonly string[];
}

/** A certification authority whose key lives as long as the object. */
export class Authority {
  public static create(commonName: string, terms: CertificateTerms): Authority {
    const keys = createKeys();
    const name = nameOf(commonName);
    const spki = keys.publicKey.export({ type: 'spki', format: 'der' });
    const extensions = [critical(OID.basicConstraints, sequence(der(TAG.BOOLEAN, Buffer.from([0xff]))))];
    return new Authority(keys, name, seal({ issuer: name, subject: name, spki, terms, extensions }, keys.privateKey));
  }

  private constructor(
    private readonly keys: KeyPair,
    private readonly name: Buffer,
    /** PEM of its own certificate. */
    public readonly certificatePem: string,
  ) {}

  /** A certificate for what the request names; PEM. */
  public issue({ subject, spki }: ParsedRequest, terms: CertificateTerms): string {
    return seal({ issuer: this.name, subject, spki, terms, extensions: leafExtensions(terms) }, this.keys.privateKey);
  }
}

/** A certificate signed with its own key, PEM: what a claim or a server of a rehearsal shows. */
export function selfSigned(keys: KeyPair, commonName: string, terms: CertificateTerms): string {
  const name = nameOf(commonName);
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' });
  return seal({ issuer: name, subject: name, spki, terms, extensions: leafExtensions(terms) }, keys.privateKey);
}

function leafExtensions({ hosts }: CertificateTerms): Buffer[] {
  const usage = critical(OID.keyUsage, der(TAG.BIT_STRING, Buffer.from([0x07, 0x80])));
  const purpose = hosts === undefined ? OID.clientAuth : OID.serverAuth;
  const extensions = [
    critical(OID.basicConstraints, sequence()),
    usage,
    plain(OID.extendedKeyUsage, sequence(oid(purpose))),
  ];
  if (hosts !== undefined) extensions.push(plain(OID.subjectAltName, sequence(...hosts.map(hostName))));
  return extensions;
}

function hostName(host: string): Buffer {
  const address = /^\d+\.\d+\.\d+\.\d+$/.test(host);
  return address ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));
}

const plain = (id: string, value: Buffer) => sequence(oid(id), der(TAG.OCTET_STRING, value));
const critical = (id: string, value: Buffer) =>
  sequence(oid(id), der(TAG.BOOLEAN, Buffer.from([0xff])), der(TAG.OCTET_STRING, value));

interface Content {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly spki: Buffer;
  readonly terms: CertificateTerms;
  readonly extensions: readonly Buffer[];
}

function seal({ issuer, subject, spki, terms, extensions }: Content, key: KeyObject): string {
  const algorithm = sequence(oid(OID.ecdsaSha256));
  const body = sequence(
    der(0xa0, der(TAG.INTEGER, Buffer.from([2]))),
    integer(terms.serial),
    algorithm,
    issuer,
    sequence(time(terms.notBefore), time(terms.notAfter)),
    subject,
    spki,
    der(0xa3, sequence(...extensions)),
  );
  return toPem('CERTIFICATE', sequence(body, algorithm, bits(sign('sha256', body, key))));
}
