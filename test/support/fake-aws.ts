import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveInMemory, type ServiceAnswer, type ServiceRequest, unserve } from './memory-http';

/** Parameters of an operation: those of the path, of the query and of the JSON body together. */
export type Input = Record<string, unknown>;

export interface Call {
  readonly operation: string;
  readonly input: Input;
}

/** An operation of a fake service; `act` changes the fake's state and returns the answer, or throws an `AwsFault`. */
export interface Route {
  readonly operation: string;
  /** `PUT /target-policies/{policyName}`, the value of X-Amz-Target (`AmazonSQS.SendMessage`), or of Action (`Publish`). */
  readonly match: string;
  /** How the service answers; as XML, with what `act` returns as `xml`. @default 'json' */
  readonly format?: 'json' | 'xml';
  readonly act: (input: Input) => object | undefined;
}

/** An error as the service would answer it. */
export class AwsFault extends Error {
  constructor(
    public override readonly name: string,
    message = name,
    public readonly status = 400,
  ) {
    super(message);
  }
}

/**
 * What goes wrong with one call: an error instead of the effect or after it, a connection that breaks before the effect or
 * after it, or no answer at all, likewise.
 */
export interface Trouble {
  readonly after: 'nothing' | 'effect';
  readonly then: AwsFault | 'drop' | 'silence';
}

const HOST = '127.0.0.1';

/**
 * Fake AWS services on a loopback port, for handlers that run with the real SDK: pass `environment()` to the handler.
 * Every call is recorded, `hold` may have it wait on its way, and `trouble` may disturb it. Those of a `BundledHandler` in this
 * process need no socket.
 */
export class FakeAws {
  public static async start(routes: readonly Route[]): Promise<FakeAws> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    return new FakeAws(server, routes);
  }

  public readonly url: string;
  private readonly port: number;
  private readonly byTarget = new Map<unknown, Route>();
  private readonly byPath: { readonly route: Route; readonly parts: readonly Part[] }[] = [];
  public readonly calls: Call[] = [];
  /** What a call waits for on its way to the service. */
  public hold: (call: Call) => Promise<unknown> | undefined = () => undefined;
  /** Asked before each call, with its number from 0. */
  public trouble: (call: Call, index: number) => Trouble | undefined = () => undefined;

  private constructor(
    private readonly server: Server,
    routes: readonly Route[],
  ) {
    for (const route of routes)
      if (/ /.test(route.match)) this.byPath.push({ route, parts: partsOf(route.match) });
      else if (!this.byTarget.has(route.match)) this.byTarget.set(route.match, route);
    this.port = (server.address() as AddressInfo).port;
    this.url = `http://${HOST}:${this.port}`;
    server.on('request', (request, response) => void this.serve(request, response));
    serveInMemory(HOST, this.port, (request) => this.exchange(request));
  }

  public environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
  }

  public async stop(): Promise<void> {
    unserve(HOST, this.port);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    const answer = await this.exchange({ method, path, headers, body: Buffer.concat(chunks).toString('utf8') });
    if (answer === 'drop') request.socket.destroy();
    // Says that no answer will come, which no client hears but `BundledHandler`.
    else if (answer === 'silence') response.writeProcessing();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  private async exchange(request: ServiceRequest): Promise<ServiceAnswer | 'drop' | 'silence'> {
    const found = this.find(request);
    if (found === undefined)
      return answer(new AwsFault('UnknownOperationException', `${request.method} ${request.path}`, 404));
    const call = { operation: found.route.operation, input: found.input };
    await this.hold(call);
    const trouble = this.trouble(call, this.calls.push(call) - 1);
    const result = trouble?.after === 'nothing' ? {} : attempt(() => found.route.act(found.input));
    const { format } = found.route;
    if (trouble === undefined) return answer(result, format);
    return trouble.then instanceof AwsFault ? answer(trouble.then, format) : trouble.then;
  }

  private find({ method, path, headers, body }: ServiceRequest): { route: Route; input: Input } | undefined {
    const url = new URL(path, this.url);
    const principal = headers['x-amzn-principal'];
    const form = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    const rest: Input = {
      ...Object.fromEntries(url.searchParams),
      ...(principal !== undefined && { principal }),
      ...(form ? Object.fromEntries(new URLSearchParams(body)) : body === '' ? {} : (JSON.parse(body) as Input)),
    };
    const target = form ? rest.Action : headers['x-amz-target'];
    if (target !== undefined) {
      const route = this.byTarget.get(target);
      return route && { route, input: rest };
    }
    const given = `${method} ${url.pathname}`.split('/');
    for (const { route, parts } of this.byPath) {
      const values = valuesOf(parts, given);
      if (values !== undefined) return { route, input: { ...rest, ...values } };
    }
    return undefined;
  }
}

/** A text of its own, or the name of a value. */
type Part = { readonly text: string } | { readonly name: string };

/** Of `PUT /a/{b}`. */
function partsOf(pattern: string): Part[] {
  return pattern.split('/').map((text) => {
    const name = /^\{(\w+)\}$/.exec(text)?.[1];
    return name === undefined ? { text } : { name };
  });
}

/** What `PUT /a/x%2Fy` has in the places of `PUT /a/{b}`. */
function valuesOf(parts: readonly Part[], given: readonly string[]): Record<string, string> | undefined {
  if (parts.length !== given.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    if ('name' in part) values[part.name] = decodeURIComponent(given[index]!);
    else if (part.text !== given[index]) return undefined;
  }
  return values;
}

function attempt(act: () => object | undefined): object {
  try {
    return act() ?? {};
  } catch (error) {
    if (error instanceof AwsFault) return error;
    return new AwsFault('InternalFailureException', `the fake failed: ${String(error)}`, 500);
  }
}

function answer(result: object, format: Route['format'] = 'json'): ServiceAnswer {
  const fault = result instanceof AwsFault ? result : undefined;
  const status = fault?.status ?? 200;
  if (format === 'xml') {
    const body = fault && `<Error><Code>${fault.name}</Code><Message>${fault.message}</Message></Error>`;
    const { xml = '' } = result as { xml?: string };
    return { status, headers: { 'content-type': 'application/xml' }, body: body ?? xml };
  }
  return {
    status,
    headers: { 'content-type': 'application/json', ...(fault && { 'x-amzn-errortype': fault.name }) },
    body: JSON.stringify(fault ? { __type: fault.name, message: fault.message } : result),
  };
}

/** A queue as far as a handler that sends to it sees it. Its URL must begin with the fake's. */
export class FakeQueue {
  public readonly messages: { body: string; delaySeconds: number }[] = [];

  public readonly routes: Route[] = [
    {
      operation: 'SendMessage',
      match: 'AmazonSQS.SendMessage',
      act: ({ MessageBody, DelaySeconds }) => {
        const body = String(MessageBody);
        this.messages.push({ body, delaySeconds: Number(DelaySeconds ?? 0) });
        return {
          MessageId: `message-${this.messages.length}`,
          MD5OfMessageBody: createHash('md5').update(body).digest('hex'),
        };
      },
    },
  ];
}

/**
 * Where CloudFormation waits for the answers of custom resources, below `/answers/` of the fake, and what it says of when the status
 * of a resource changed.
 */
export class FakeCloudFormation {
  public readonly answers: Record<string, unknown>[] = [];
  /** Of each resource; 'gone' where CloudFormation knows of none. */
  public changedAt: Date | 'gone' | undefined = new Date(0);

  public readonly routes: Route[] = [
    {
      operation: 'Answer',
      match: 'PUT /answers/{id}',
      act: (input) => {
        this.answers.push(input);
        return undefined;
      },
    },
    {
      operation: 'DescribeStackResource',
      match: 'DescribeStackResource',
      format: 'xml',
      act: ({ StackName, LogicalResourceId }) => {
        if (this.changedAt === 'gone')
          throw new AwsFault('ValidationError', `Resource ${LogicalResourceId} does not exist for stack ${StackName}`);
        const changed = this.changedAt?.toISOString();
        const detail = `${tag('LogicalResourceId', LogicalResourceId)}${changed === undefined ? '' : tag('LastUpdatedTimestamp', changed)}`;
        const result = tag('DescribeStackResourceResult', tag('StackResourceDetail', detail));
        return { xml: tag('DescribeStackResourceResponse', result) };
      },
    },
  ];
}

function tag(name: string, content: unknown): string {
  return `<${name}>${String(content)}</${name}>`;
}
