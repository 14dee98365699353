import type { IncomingHttpHeaders } from 'node:http';
import type { AwsFault } from './fault';
import type { Input, Operation } from './operation';

/** A request of an SDK, as it came. */
export interface WireRequest {
  readonly method: string;
  /** Without the query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface Recognized {
  readonly operation: Operation;
  readonly input: Input;
}

/** A service on the wire: which operation a request asks for, and how results and errors are written. */
export interface WireService {
  /** How events name it: `iot`. */
  readonly name: string;
  /** Names in the scope of the request's signature. */
  readonly signingNames: readonly string[];
  /** Code of the error for a caller who lacks a permission, and its status. */
  readonly denied: readonly [code: string, status: number];
  /** What it does; whatever else is asked of it is an error that names it. */
  readonly operations: readonly Operation[];
  recognize(request: WireRequest): Recognized | undefined;
  /** What the request asks for, in words, where it is not recognized. */
  describe(request: WireRequest): string;
  result(result: unknown, operation: string): WireAnswer;
  fault(fault: AwsFault): WireAnswer;
}

/** What a protocol does for every service that speaks it. */
type Protocol = Pick<WireService, 'recognize' | 'describe' | 'result' | 'fault'>;

/** The protocol's part of a service. */
export function speaking(wire: Protocol): Protocol {
  return {
    recognize: (request) => wire.recognize(request),
    describe: (request) => wire.describe(request),
    result: (result, operation) => wire.result(result, operation),
    fault: (fault) => wire.fault(fault),
  };
}

export function parseJson(body: Buffer): Input {
  return body.length === 0 ? {} : (JSON.parse(body.toString('utf8')) as Input);
}

/** Services whose operations stand in the path (REST) with JSON bodies. */
export class RestJson implements Protocol {
  private readonly routes: readonly {
    readonly method: string;
    readonly parts: readonly string[];
    readonly operation: Operation;
  }[];

  constructor(routes: readonly (readonly [match: string, operation: Operation])[]) {
    this.routes = routes.map(([match, operation]) => {
      const [method = '', path = ''] = match.split(' ');
      return { method, parts: path.split('/'), operation };
    });
  }

  public recognize(request: WireRequest): Recognized | undefined {
    const given = request.path.split('/');
    for (const { method, parts, operation } of this.routes) {
      const labels = method === request.method ? matchPath(parts, given) : undefined;
      if (labels !== undefined) return { operation, input: { ...membersOf(request), ...labels } };
    }
    return undefined;
  }

  public describe(request: WireRequest): string {
    return `${request.method} ${request.path}`;
  }

  public result(result: unknown): WireAnswer {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(result ?? {}) };
  }

  public fault({ name, message, status, details }: AwsFault): WireAnswer {
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': name };
    return { status, headers, body: JSON.stringify({ message, ...details }) };
  }
}

/** Headers that carry a member, in AWS IoT's services. */
const HEADER_MEMBERS: Readonly<Record<string, string>> = {
  'x-amzn-principal': 'principal',
  'x-amzn-iot-principal': 'principal',
};

function membersOf(request: WireRequest): Input {
  const fromHeaders = Object.entries(HEADER_MEMBERS).flatMap(([header, member]) =>
    typeof request.headers[header] === 'string' ? [[member, request.headers[header]] as const] : [],
  );
  const json =
    request.headers['content-type']?.includes('json') === true ? parseJson(request.body) : { body: request.body };
  return { ...Object.fromEntries(request.query), ...Object.fromEntries(fromHeaders), ...json };
}

function matchPath(parts: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  // A label that ends with `+` takes the rest of the path.
  const greedy = parts.at(-1)?.endsWith('+}') === true;
  if (greedy ? given.length < parts.length : given.length !== parts.length) return undefined;
  const labels: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const name = /^\{(\w+)\+?\}$/.exec(part)?.[1];
    const rest = part.endsWith('+}') ? given.slice(index).join('/') : (given[index] ?? '');
    if (name === undefined ? part !== rest : rest === '') return undefined;
    if (name !== undefined) labels[name] = decodeURIComponent(rest);
  }
  return labels;
}

/** Services whose operation stands in `X-Amz-Target`, with JSON bodies. */
export class TargetJson implements Protocol {
  private readonly operations: ReadonlyMap<string, Operation>;

  constructor(
    private readonly prefix: string,
    private readonly version: '1.0' | '1.1',
    operations: readonly Operation[],
    /** Namespace of error shapes. */
    private readonly namespace: string,
  ) {
    this.operations = new Map(operations.map((operation) => [operation.name.split(':')[1] ?? '', operation]));
  }

  public recognize(request: WireRequest): Recognized | undefined {
    const operation = this.operations.get(this.describe(request));
    return operation && { operation, input: parseJson(request.body) };
  }

  public describe(request: WireRequest): string {
    return String(request.headers['x-amz-target']).replace(`${this.prefix}.`, '');
  }

  public result(result: unknown): WireAnswer {
    return {
      status: 200,
      headers: { 'content-type': `application/x-amz-json-${this.version}` },
      body: JSON.stringify(result ?? {}),
    };
  }

  public fault({ name, message, status, details }: AwsFault): WireAnswer {
    const headers = { 'content-type': `application/x-amz-json-${this.version}` };
    return { status, headers, body: JSON.stringify({ __type: `${this.namespace}#${name}`, message, ...details }) };
  }
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&'"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
