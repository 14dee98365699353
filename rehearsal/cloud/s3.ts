import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import type { AssetFile } from '../assembly/load';
import type { Need } from '../iam/authorizer';
import { AwsFault } from './fault';
import { type Input, type Operation, type Place } from './operation';
import { escapeXml, type Recognized, type WireAnswer, type WireRequest, type WireService } from './wire';

export interface Bucket {
  readonly name: string;
  readonly keyArn?: string;
  readonly objects: Map<string, { readonly body: Buffer; readonly contentType: string }>;
  /** Told of each object that is put there. */
  onPut: () => void;
}

/** Buckets of the stacks, and the bucket of assets that deployment would fill. */
export class S3 {
  public readonly buckets = new Map<string, Bucket>();
  public readonly wire: WireService;

  constructor(
    private readonly place: Place,
    private readonly assets: ReadonlyMap<string, AssetFile>,
  ) {
    const get: Operation = {
      name: 's3:GetObject',
      needs: (input) => this.needs('s3:GetObject', input, ['kms:Decrypt']),
      act: (input) => this.get(input),
    };
    const put: Operation = {
      name: 's3:PutObject',
      needs: (input) =>
        this.needs('s3:PutObject', input, ['kms:GenerateDataKey'], {
          's3:if-none-match': input.onlyNew === true ? '*' : undefined,
          's3:ObjectCreationOperation': 'true',
        }),
      act: (input) => this.put(input),
    };
    this.wire = {
      name: 's3',
      signingNames: ['s3'],
      denied: ['AccessDenied', 403],
      recognize: (request) => recognize(request, { GET: get, PUT: put }),
      describe: ({ method, path }) => `${method} ${path}`,
      result: (result) => result as WireAnswer,
      fault: ({ name, message, status }) => ({
        status,
        headers: { 'content-type': 'application/xml' },
        body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${escapeXml(name)}</Code><Message>${escapeXml(message)}</Message></Error>`,
      }),
      operations: [get, put],
    };
  }

  public create(name: string, keyArn?: string): Bucket {
    const bucket: Bucket = { name, keyArn, objects: new Map(), onPut: () => undefined };
    this.buckets.set(name, bucket);
    return bucket;
  }

  private get({ bucket, key }: Input): WireAnswer {
    const object = this.buckets.get(String(bucket))?.objects.get(String(key));
    const body = object?.body ?? this.asset(String(key));
    if (body === undefined) throw new AwsFault('NoSuchKey', 'The specified key does not exist.', 404);
    return {
      status: 200,
      headers: {
        'content-type': object?.contentType ?? 'application/octet-stream',
        etag: etagOf(body),
        'content-length': String(body.length),
      },
      body,
    };
  }

  private put({ bucket, key, body, contentType, onlyNew }: Input): WireAnswer {
    const found = this.buckets.get(String(bucket));
    if (found === undefined) throw new AwsFault('NoSuchBucket', 'The specified bucket does not exist', 404);
    if (onlyNew === true && found.objects.has(String(key)))
      throw new AwsFault('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
    found.objects.set(String(key), { body: body as Buffer, contentType: String(contentType) });
    found.onPut();
    return { status: 200, headers: { etag: etagOf(body as Buffer) }, body: '' };
  }

  private asset(key: string): Buffer | undefined {
    const path = this.assets.get(key)?.path;
    return path !== undefined && existsSync(path) && statSync(path).isFile() ? readFileSync(path) : undefined;
  }

  private needs(action: string, { bucket, key }: Input, keyActions: readonly string[], said?: Need['context']): Need[] {
    const resource = `arn:${this.place.partition}:s3:::${String(bucket)}/${String(key)}`;
    const keyArn = this.buckets.get(String(bucket))?.keyArn;
    const context = { 'kms:ViaService': `s3.${this.place.region}.amazonaws.com` };
    return [
      { action, resource, context: said },
      ...(keyArn === undefined ? [] : keyActions.map((each) => ({ action: each, resource: keyArn, context }))),
    ];
  }
}

function recognize(request: WireRequest, operations: Readonly<Record<string, Operation>>): Recognized | undefined {
  const [, bucket = '', ...rest] = request.path.split('/').map(decodeURIComponent);
  const operation = operations[request.method];
  const special = [...request.query.keys()].some((name) => name !== 'x-id');
  if (operation === undefined || rest.length === 0 || special) return undefined;
  const body =
    request.headers['content-encoding']?.includes('aws-chunked') === true ? unchunked(request.body) : request.body;
  const input = {
    bucket,
    key: rest.join('/'),
    body,
    contentType: request.headers['content-type'],
    onlyNew: request.headers['if-none-match'] === '*',
  };
  return { operation, input };
}

/** The content of a body that the SDK sends in chunks, with its checksum behind. */
function unchunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf('\r\n', at);
    const size = parseInt(body.subarray(at, end).toString('latin1'), 16);
    if (!(size > 0)) break;
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}
