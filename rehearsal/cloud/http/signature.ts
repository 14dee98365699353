import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A request as its signature sees it. */
export interface Signable {
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

interface Scope {
  readonly keyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
}

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/;

/** Who signed a request, if the signature is that of the secret; otherwise why not, in the words of API Gateway. */
export function verified(
  request: Signable,
  secretOf: (keyId: string) => string | undefined,
): { readonly keyId: string } | { readonly problem: string } {
  const header = request.headers.authorization;
  const match = typeof header === 'string' ? HEADER.exec(header) : null;
  if (match === null) return { problem: 'Missing Authentication Token' };
  const [, keyId = '', date = '', region = '', service = '', names = '', given = ''] = match;
  const secret = secretOf(keyId);
  if (secret === undefined) return { problem: 'The security token included in the request is invalid.' };
  const signature = signatureOf(request, { keyId, date, region, service, signedHeaders: names.split(';') }, secret);
  return timingSafeEqual(Buffer.from(signature), Buffer.from(given))
    ? { keyId }
    : { problem: 'The request signature we calculated does not match the signature you provided.' };
}

/** Headers that sign a request, besides those that it has. */
export function signed(
  request: Omit<Signable, 'headers'> & { readonly headers: Readonly<Record<string, string>> },
  who: {
    readonly keyId: string;
    readonly secret: string;
    readonly region: string;
    readonly service: string;
    readonly at: number;
  },
): Record<string, string> {
  const time = new Date(who.at).toISOString().replace(/[-:]|\.\d+/g, '');
  const headers = { ...request.headers, 'x-amz-date': time };
  const signedHeaders = Object.keys(headers).sort();
  const scope = { ...who, date: time.slice(0, 8), signedHeaders };
  const signature = signatureOf({ ...request, headers }, scope, who.secret);
  const credential = `${who.keyId}/${scope.date}/${who.region}/${who.service}/aws4_request`;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`,
  };
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signatureOf(request: Signable, scope: Scope, secret: string): string {
  const { date, region, service, signedHeaders } = scope;
  const headers = signedHeaders.map((name) => `${name}:${valueOf(request.headers[name])}\n`).join('');
  const canonical = [
    request.method,
    // Every service but S3 encodes the path once more.
    request.path.split('/').map(encoded).join('/'),
    queryOf(request.query),
    headers,
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
  const text = [
    'AWS4-HMAC-SHA256',
    valueOf(request.headers['x-amz-date']),
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonical),
  ].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secret}`);
  return hmac(key, text).toString('hex');
}

function queryOf(query: URLSearchParams): string {
  return [...query]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function valueOf(value: string | string[] | undefined): string {
  return [value ?? '']
    .flat()
    .map((each) => each.trim().replace(/\s+/g, ' '))
    .join(',');
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
