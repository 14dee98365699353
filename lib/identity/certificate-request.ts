import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { ErrorCode } from '../internal/diagnostics';

/** What is wrong with a text that should be a certificate signing request; never contains any of it. */
export interface RequestProblem {
  readonly code: ErrorCode;
  readonly message: string;
}

const LABEL = 'CERTIFICATE REQUEST';
const PEM = /^-----BEGIN CERTIFICATE REQUEST-----\s([A-Za-z0-9+/=\s]+)-----END CERTIFICATE REQUEST-----$/;
const SMALLEST_RSA_BITS = 2_048;
/** https://docs.aws.amazon.com/iot/latest/apireference/API_CreateCertificateFromCsr.html */
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;

/** The digests of the signature algorithms that devices use, by their object identifiers in DER. */
const DIGESTS: { readonly [oid: string]: string } = {
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};

/** Checks a PKCS #10 request in PEM: its form, the kind and size of its key, and that it was signed with that key. */
export function problemOf(text: string): RequestProblem | undefined {
  if (text.includes('PRIVATE KEY-----')) {
    return {
      code: 'PrivateKeyGiven',
      message: 'must be a certificate signing request, got a private key (not shown)',
    };
  }
  const form = problemOfForm(text);
  if (form !== undefined) return invalid(form);
  const der = Buffer.from((PEM.exec(text.trim()) as RegExpExecArray)[1] as string, 'base64');
  let request: ParsedRequest;
  try {
    request = parse(der);
  } catch {
    return invalid('is a PEM block, but what it holds is not a PKCS #10 request: is it cut short?');
  }
  return problemOfKey(request.key) ?? problemOfSignature(request);
}

function invalid(what: string): RequestProblem {
  return { code: 'CertificateRequestInvalid', message: what };
}

function problemOfForm(text: string): string | undefined {
  const labels = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----/g)].map((match) => match[1] as string);
  const advice = `must be the content of one .csr file, '-----BEGIN ${LABEL}-----' and so on`;
  if (labels.length === 0) {
    const looksLikePath = /\.(csr|pem|req|p10)$/.test(text.trim());
    return looksLikePath ? `${advice}, got what looks like its path: read the file` : `${advice}, got no PEM block`;
  }
  if (labels.length > 1) return `${advice}, got ${labels.length} PEM blocks (${labels.join(', ')})`;
  if (labels[0] !== LABEL) return `${advice}, got a PEM block of kind ${labels[0] as string}`;
  return PEM.test(text.trim()) ? undefined : `${advice}, got a PEM block with other text in or around it`;
}

interface ParsedRequest {
  readonly key: KeyObject;
  /** The part that is signed. */
  readonly info: Buffer;
  readonly digest: string | undefined;
  readonly signature: Buffer;
}

/**
 * RFC 2986: SEQUENCE { info SEQUENCE { version, subject, publicKey, attributes }, algorithm SEQUENCE { oid }, signature }.
 * Node.js reads keys but no requests; these few levels of DER are all that is between.
 */
function parse(der: Buffer): ParsedRequest {
  const outer = new DerReader(der);
  const request = new DerReader(outer.read(SEQUENCE).content);
  outer.requireEnd();
  const info = request.read(SEQUENCE);
  const algorithm = new DerReader(request.read(SEQUENCE).content).read(OBJECT_IDENTIFIER).content.toString('hex');
  const signature = request.read(BIT_STRING).content;
  request.requireEnd();
  const fields = new DerReader(info.content);
  fields.read(INTEGER);
  fields.read(SEQUENCE);
  const key = createPublicKey({ key: fields.read(SEQUENCE).whole, format: 'der', type: 'spki' });
  // The first byte of a bit string counts the unused bits of its last one.
  return { key, info: info.whole, digest: DIGESTS[algorithm], signature: signature.subarray(1) };
}

class DerReader {
  private position = 0;

  constructor(private readonly bytes: Buffer) {}

  public read(tag: number): { readonly content: Buffer; readonly whole: Buffer } {
    const start = this.position;
    if (this.next() !== tag) throw new RangeError('unexpected tag');
    const length = this.length();
    const from = this.position;
    this.position += length;
    if (this.position > this.bytes.length) throw new RangeError('cut short');
    return { content: this.bytes.subarray(from, this.position), whole: this.bytes.subarray(start, this.position) };
  }

  public requireEnd(): void {
    if (this.position !== this.bytes.length) throw new RangeError('more than expected');
  }

  private length(): number {
    const first = this.next();
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > 3) throw new RangeError('unexpected length');
    let length = 0;
    for (let index = 0; index < count; index += 1) length = length * 256 + this.next();
    return length;
  }

  private next(): number {
    const byte = this.bytes[this.position];
    if (byte === undefined) throw new RangeError('cut short');
    this.position += 1;
    return byte;
  }
}

function problemOfKey(key: KeyObject): RequestProblem | undefined {
  const kind = key.asymmetricKeyType;
  const { modulusLength = 0, namedCurve = 'unnamed' } = key.asymmetricKeyDetails ?? {};
  if (kind === 'rsa' && modulusLength >= SMALLEST_RSA_BITS) return undefined;
  if (kind === 'ec' && CURVES.includes(namedCurve)) return undefined;
  const detail = kind === 'rsa' ? `RSA with ${modulusLength} bits` : kind === 'ec' ? `curve ${namedCurve}` : `${kind}`;
  return {
    code: 'CertificateKeyWeak',
    message: `must have an RSA key of at least ${SMALLEST_RSA_BITS} bits or one on P-256, P-384 or P-521, got ${detail}`,
  };
}

/** Signatures of other kinds are left for AWS IoT to judge. */
function problemOfSignature({ key, info, digest, signature }: ParsedRequest): RequestProblem | undefined {
  if (digest === undefined || verify(digest, info, key, signature)) return undefined;
  return invalid('was not signed with its own key, or was changed after it was signed');
}
