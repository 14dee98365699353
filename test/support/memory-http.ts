import { EventEmitter } from 'node:events';
import http, { type RequestOptions } from 'node:http';
import { Readable } from 'node:stream';

/** What comes to a service: names of headers in lower case. */
export interface ServiceRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<http.IncomingHttpHeaders>;
  readonly body: string;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers, breaks the connection, or says that no answer will come. */
export type Service = (request: ServiceRequest) => Promise<ServiceAnswer | 'drop' | 'silence'>;

const services = new Map<string, Service>();

/** From now on, calls of bundled handlers to that host and port are answered in this process. */
export function serveInMemory(host: string, port: number, service: Service): void {
  services.set(`${host}:${port}`, service);
}

export function unserve(host: string, port: number): void {
  services.delete(`${host}:${port}`);
}

/** The service that such a call of the SDK goes to. None: a server behind a real socket. */
export function serviceOf({ host, port }: RequestOptions): Service | undefined {
  return services.get(`${host}:${port}`);
}

/** Those of which Node.js does not say by itself that nothing follows. */
const WITHOUT_BODY = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);
const OUTSIDE_OF_PATHS = /[^\u0021-\u00ff]/;
const NO_ASCII = /[\u007f-\u00ff]/;
/** What a server of Node.js says to a path that it cannot read. */
const REFUSED: ServiceAnswer = { status: 400, headers: {}, body: '' };

/**
 * A request of the SDK that reaches its service without a socket, which costs a third of what a handler's call takes: as much
 * of a `ClientRequest` as the SDK asks for, and what Node.js itself refuses in a request refused. At most as many are under
 * way as the agent has sockets.
 */
export class MemoryRequest extends EventEmitter {
  public socket: object | undefined;
  private readonly line: Line;
  private readonly asked: { method: string; path: string; headers: Record<string, string> };
  private body = '';
  private answered: Answer | undefined;
  private closed = false;

  constructor(
    private readonly service: Service,
    { method = 'GET', path = '/', headers = {}, agent }: RequestOptions,
    receive: (response: Readable) => void,
  ) {
    super();
    if (OUTSIDE_OF_PATHS.test(path ?? '')) throw new TypeError('Request path contains unescaped characters');
    const lowered: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers as Record<string, string>)) {
      http.validateHeaderName(name);
      http.validateHeaderValue(name, value);
      lowered[name.toLowerCase()] = String(value).trim();
    }
    this.asked = { method, path: path ?? '/', headers: lowered };
    this.once('response', receive);
    this.line = lineOf(agent as http.Agent);
  }

  public end(body: string | Uint8Array = ''): this {
    this.body = Buffer.from(body as string).toString('utf8');
    const bytes = Buffer.byteLength(body);
    const { method, headers } = this.asked;
    if (bytes > 0 || !WITHOUT_BODY.has(method)) headers['content-length'] ??= String(bytes);
    const said = Number(headers['content-length'] ?? 0);
    if (said !== bytes) throw new Error(`content-length is ${said}, and there are ${bytes} bytes`);
    this.line.enter(this);
    return this;
  }

  /** On its way, now that there is a socket for it: the next one's, where it was given up while it waited. */
  public go(): void {
    process.nextTick(() => {
      if (this.closed) return this.line.leave(this);
      this.socket = { connecting: false, setKeepAlive: () => undefined, setTimeout: () => undefined };
      this.emit('socket', this.socket);
      void this.exchange();
    });
  }

  public destroy(error?: Error): this {
    if (this.closed) return this;
    if (this.answered === undefined) this.fail(error ?? hangUp());
    else this.answered.destroy(error);
    return this;
  }

  private async exchange(): Promise<void> {
    await turn();
    if (this.closed) return;
    const { asked, body } = this;
    const answer = NO_ASCII.test(asked.path) ? REFUSED : await this.service({ ...asked, body });
    await turn();
    if (this.closed) return;
    if (answer === 'silence') this.emit('information', { statusCode: 102 });
    else if (answer === 'drop') this.fail(hangUp());
    else {
      this.answered = new Answer(answer);
      this.answered.once('close', () => this.close());
      this.emit('response', this.answered);
    }
  }

  private fail(error: Error): void {
    this.closed = true;
    process.nextTick(() => {
      this.emit('error', error);
      this.emit('close');
      this.line.leave(this);
    });
  }

  private close(): void {
    this.closed = true;
    this.emit('close');
    this.line.leave(this);
  }
}

class Answer extends Readable {
  public readonly statusCode: number;
  public readonly statusMessage: string | undefined;
  public readonly headers: Readonly<Record<string, string>>;

  constructor({ status, headers, body }: ServiceAnswer) {
    super({ read: () => undefined });
    this.statusCode = status;
    this.statusMessage = http.STATUS_CODES[status];
    this.headers = headers;
    if (body !== '') this.push(body);
    this.push(null);
  }
}

/** Those that wait for one of the sockets of an agent. */
class Line {
  private readonly underWay = new Set<MemoryRequest>();
  private readonly waiting: MemoryRequest[] = [];

  constructor(private readonly sockets: number) {}

  public enter(request: MemoryRequest): void {
    this.waiting.push(request);
    this.next();
  }

  public leave(request: MemoryRequest): void {
    this.underWay.delete(request);
    this.next();
  }

  private next(): void {
    if (this.underWay.size >= this.sockets) return;
    const request = this.waiting.shift();
    if (request === undefined) return;
    this.underWay.add(request);
    request.go();
  }
}

const lines = new WeakMap<http.Agent, Line>();

function lineOf(agent: http.Agent): Line {
  const line = lines.get(agent) ?? new Line(agent.maxSockets);
  lines.set(agent, line);
  return line;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function hangUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}
