import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Authorizer, Need } from '../iam/authorizer';
import type { Decision, EventStream, VirtualClock } from '../ports';
import { AwsFault, NotModelled } from './fault';
import type { Actor, Input, Operation } from './operation';
import type { WireAnswer, WireRequest, WireService } from './wire';

/** A part of the gateway that is no AWS service: the place where custom resources put their answers. */
export type Mailbox = (path: string, body: Buffer) => void;

/**
 * All services behind one port of the loopback interface: which one is meant stands in the scope of the request's signature,
 * and who calls in its key id. Every call is authorized by the policies of the caller's role before it takes effect.
 */
export class Gateway {
  private readonly services = new Map<string, WireService>();
  private readonly actors = new Map<string, Actor>();
  private server: Server | undefined;
  /** Names of services that answer every call with an error of their own. */
  public readonly outages = new Set<string>();
  /** Takes `PUT /answers/...`. */
  public mailbox: Mailbox = () => undefined;
  /** Takes what is for an HTTP API. */
  public front: (request: WireRequest) => Promise<WireAnswer | undefined> = () => Promise.resolve(undefined);

  constructor(
    private readonly authorizer: Authorizer,
    private readonly events: EventStream,
    private readonly clock: VirtualClock,
  ) {}

  public add(service: WireService): void {
    for (const name of service.signingNames) this.services.set(name, service);
  }

  /** Names of the services, such as `dynamodb`. */
  public get names(): readonly string[] {
    return [...new Set([...this.services.values()].map(({ name }) => name))].sort();
  }

  /** Names of all operations that are modelled, such as `iot:CreateThing`. */
  public get operations(): readonly string[] {
    const all = [...new Set(this.services.values())].flatMap((service) => service.operations.map(({ name }) => name));
    return [...new Set(all)].sort();
  }

  /** Makes a key id of somebody who calls over the wire. */
  public know(accessKeyId: string, actor: Actor): void {
    this.actors.set(accessKeyId, actor);
  }

  public async open(): Promise<void> {
    const server = createServer((request, response) => void this.clock.busy(this.serve(request, response)));
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    this.server = server;
  }

  public get url(): string {
    const address = this.server?.address() as AddressInfo | null | undefined;
    if (!address) throw new Error('the gateway is not open');
    return `http://127.0.0.1:${address.port}`;
  }

  public async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  /** A call of a service in a role, by the same rules as one over the wire. Throws `AwsFault`. */
  public async callAs(actor: Actor, service: string, operation: Operation, input: Input): Promise<unknown> {
    const wire = this.services.get(service);
    return this.perform(actor, wire?.name ?? service, wire?.denied ?? DENIED, operation, input);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.sendDate = false;
    response.setHeader('date', new Date(this.clock.now()).toUTCString());
    try {
      const answer = await this.answer(await read(request));
      response.writeHead(answer.status, {
        ...answer.headers,
        'x-amzn-requestid': '00000000-0000-4000-8000-000000000000',
      });
      response.end(answer.body);
    } catch (error) {
      // The caller went away in the middle (a function that was stopped), or the model itself is broken.
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: String(error) }));
    }
  }

  private async answer(request: WireRequest): Promise<WireAnswer> {
    if (request.method === 'PUT' && request.path.startsWith('/answers/')) {
      this.mailbox(request.path, request.body);
      return { status: 200, headers: {}, body: '' };
    }
    const fronted = await this.front(request);
    if (fronted !== undefined) return fronted;
    const [, keyId = '', signingName = ''] =
      /Credential=([^/,]+)\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(String(request.headers.authorization)) ?? [];
    const service = this.services.get(signingName);
    if (service === undefined) return this.unknown(`service ${signingName || '(unsigned request)'}`);
    const actor = this.actors.get(keyId);
    if (actor === undefined)
      return service.fault(
        new AwsFault('UnrecognizedClientException', 'The security token included in the request is invalid.', 403),
      );
    const found = service.recognize(request);
    if (found === undefined) return this.unknown(`${service.name} ${service.describe(request)}`, service);
    try {
      const result = await this.perform(actor, service.name, service.denied, found.operation, found.input);
      return service.result(result, found.operation.name);
    } catch (error) {
      return service.fault(asFault(error));
    }
  }

  private async perform(
    actor: Actor,
    service: string,
    denied: WireService['denied'],
    operation: Operation,
    input: Input,
  ): Promise<unknown> {
    const event = {
      kind: 'call',
      who: actor.party,
      toWhom: { kind: 'service', name: service },
      what: '',
      service,
    } as const;
    const report = (outcome: string, decision?: Decision) =>
      this.events.emit({
        ...event,
        what: `${operation.name} ${outcome}`,
        operation: operation.name,
        outcome,
        decision,
      });
    if (this.outages.has(service)) {
      report(OUTAGE);
      throw new AwsFault(OUTAGE, 'The service is out of order', 503);
    }
    const decisions = operation.needs(input).map((need) => this.authorizer.role(actor.roleArn, need));
    const refused = decisions.find(({ allowed }) => !allowed);
    if (refused !== undefined) {
      report(denied[0], refused);
      this.events.emit({
        kind: 'fault',
        who: actor.party,
        what: `${actor.party.name} may not ${refused.action} on ${refused.resource}`,
        code: 'AccessDenied',
        detail: refused.missing ?? '',
      });
      throw new AwsFault(denied[0], deniedText(actor, refused), denied[1]);
    }
    try {
      const result = await operation.act(input, actor);
      report('ok', decisions[0]);
      return result;
    } catch (error) {
      report(asFault(error).name, decisions[0]);
      if (error instanceof NotModelled) this.gap(error.subject, error.meaning);
      throw error;
    }
  }

  /** Whether a role has permissions that a call needs besides its own, such as for a key. Throws the service's error. */
  public require(actor: Actor, service: WireService, needs: readonly Need[]): void {
    for (const need of needs) {
      const decision = this.authorizer.role(actor.roleArn, need);
      if (!decision.allowed) throw new AwsFault(service.denied[0], deniedText(actor, decision), service.denied[1]);
    }
  }

  private unknown(subject: string, service?: WireService): WireAnswer {
    this.gap(subject, 'the call was answered with an error, so whatever needs it did not happen');
    const fault = new AwsFault('UnknownOperationException', `${subject} is not modelled by the rehearsal`, 404);
    return service?.fault(fault) ?? { status: 404, headers: {}, body: fault.message };
  }

  private gap(subject: string, meaning: string): void {
    const who = { kind: 'rehearsal', name: 'rehearsal' } as const;
    this.events.emit({ kind: 'gap', who, what: `${subject} is not modelled`, subject, meaning, onPath: true });
  }
}

const DENIED = ['AccessDeniedException', 403] as const;
/** Clients try again on it, as on every error that is the service's. */
const OUTAGE = 'ServiceUnavailable';

function deniedText({ roleArn, party }: Actor, { action, resource }: Decision): string {
  const session = `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${party.name}`;
  return `User: ${session} is not authorized to perform: ${action} on resource: ${resource}`;
}

function asFault(error: unknown): AwsFault {
  if (error instanceof AwsFault) return error;
  if (error instanceof NotModelled) return new AwsFault('NotModelled', error.message, 501);
  return new AwsFault('InternalFailureException', `the rehearsal failed: ${String(error)}`, 500);
}

async function read(request: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://localhost');
  // The URL class would take `..` and `//` out of names; the path is taken as it came.
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  return {
    method: request.method ?? 'GET',
    path,
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(chunks),
  };
}
