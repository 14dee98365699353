import type { Decision, Party } from '../../ports';
import type { Functions } from '../functions';
import { arnOf, recordOf } from '../operation';
import type { WireAnswer, WireRequest } from '../wire';
import { gap, report, serviceParty, type World } from '../world';
import { verified } from './signature';

export interface HttpRoute {
  /** `POST /release`, or `$default`. */
  readonly key: string;
  readonly authorization: string;
  readonly integrationId: string;
}

export interface HttpApi {
  readonly id: string;
  readonly label: string;
  readonly routes: HttpRoute[];
  /** Functions, by id of the integration. */
  readonly integrations: Map<string, string>;
  /** Names of the stages; only `$default` is reached without one in the path. */
  readonly stages: string[];
}

/** Somebody who signs requests: a person, with what IAM lets them do. */
export interface Caller {
  readonly party: Party;
  readonly arn: string;
  readonly secret: string;
}

const SERVICE = 'apigateway.amazonaws.com';
const PREFIX = /^\/execute-api\/([^/]+)(\/.*)?$/;

/**
 * HTTP APIs of API Gateway with functions behind them, on the loopback interface: `/execute-api/ID` in the place of the host
 * name. A route with IAM authorization lets in whose signature is right and whose policies allow `execute-api:Invoke`.
 */
export class HttpApis {
  private readonly apis = new Map<string, HttpApi>();
  private readonly callers = new Map<string, Caller>();
  private requests = 0;

  constructor(
    private readonly world: World,
    private readonly functions: Functions,
  ) {}

  public create(label: string): HttpApi {
    const id = this.world.random.fork(`api ${label}`).hex(10);
    const api = { id, label, routes: [], integrations: new Map(), stages: [] };
    this.apis.set(id, api);
    return api;
  }

  public find(id: string): HttpApi | undefined {
    return this.apis.get(id);
  }

  public endpoint({ id }: HttpApi): string {
    return `${this.world.gateway.url}/execute-api/${id}`;
  }

  public know(keyId: string, caller: Caller): void {
    this.callers.set(keyId, caller);
  }

  /** Answers a request for an API; undefined for any other. */
  public async answer(request: WireRequest): Promise<WireAnswer | undefined> {
    const [, id, rest = '/'] = PREFIX.exec(request.path) ?? [];
    if (id === undefined) return undefined;
    const api = this.apis.get(id);
    const [stage, path] = api === undefined ? [] : stageOf(api, rest);
    if (api === undefined || stage === undefined || path === undefined) return refusal(404, 'Not Found');
    const route = routeOf(api, request.method, path);
    if (route === undefined) return refusal(404, 'Not Found');
    const methodArn = arnOf(this.world.place, 'execute-api', `${id}/${stage}/${request.method}${path}`);
    const caller = this.admitted(request, route, methodArn, api.label);
    if (caller !== undefined && 'status' in caller) return caller;
    return this.forward({ request, api, route, stage, path, methodArn, caller });
  }

  /** Who calls, where the route asks for it; the refusal of one who may not. */
  private admitted(
    request: WireRequest,
    { authorization, key }: HttpRoute,
    methodArn: string,
    label: string,
  ): (Caller & { readonly keyId: string }) | WireAnswer | undefined {
    if (authorization === 'NONE') return undefined;
    if (authorization !== 'AWS_IAM') {
      gap(this.world, `authorization ${authorization} of an HTTP API`, `route ${key} of ${label} let nobody in`);
      return refusal(403, 'Forbidden');
    }
    const found = verified(request, (keyId) => this.callers.get(keyId)?.secret);
    const keyId = 'keyId' in found ? found.keyId : undefined;
    const caller = keyId === undefined ? undefined : this.callers.get(keyId);
    const decision: Decision =
      caller === undefined
        ? { ...nobody(methodArn), missing: 'problem' in found ? found.problem : '' }
        : this.world.authorizer.role(caller.arn, { action: 'execute-api:Invoke', resource: methodArn });
    const who = caller?.party ?? { kind: 'person', name: 'somebody' };
    this.told(who, `calls ${key} of ${label}`, decision);
    if (caller === undefined || keyId === undefined) return refusal(403, decision.missing ?? 'Forbidden');
    return decision.allowed ? { ...caller, keyId } : refusal(403, 'Forbidden');
  }

  /** That a person is turned away is no fault of the stacks, and for the story to judge. */
  private told(who: Party, what: string, decision: Decision): void {
    const outcome = decision.allowed ? 'ok' : 'Forbidden';
    const toWhom = serviceParty('apigateway');
    this.world.events.emit({
      kind: 'call',
      who,
      toWhom,
      what,
      service: 'execute-api',
      operation: decision.action,
      outcome,
      ...(decision.allowed && { decision }),
    });
  }

  private async forward(call: {
    readonly request: WireRequest;
    readonly api: HttpApi;
    readonly route: HttpRoute;
    readonly stage: string;
    readonly path: string;
    readonly methodArn: string;
    readonly caller?: Caller & { readonly keyId: string };
  }): Promise<WireAnswer> {
    const { api, route, methodArn, caller } = call;
    const functionArn = api.integrations.get(route.integrationId);
    const target = functionArn === undefined ? undefined : this.functions.find(functionArn);
    const from = serviceParty(`api ${api.label}`);
    if (target === undefined) {
      gap(this.world, `integration of ${route.key}`, `${api.label} has nothing behind this route that is modelled`);
      return refusal(500, 'Internal Server Error');
    }
    if (!this.functions.mayInvoke(SERVICE, methodArn, target.props.arn, from))
      return refusal(500, 'Internal Server Error');
    const answer = await this.functions.invoke(target, this.eventOf(call), 'http api', caller?.party ?? from);
    if (answer.kind !== 'value') {
      report(this.world, from, serviceParty('lambda'), `${target.props.label} fails`, {
        ...nobody(methodArn),
        allowed: true,
      });
      return refusal(answer.kind === 'timeout' ? 503 : 500, 'Internal Server Error');
    }
    return responseOf(answer.value);
  }

  private eventOf(call: Parameters<HttpApis['forward']>[0]): object {
    const { request, api, route, stage, path, caller } = call;
    const { place, clock, random } = this.world;
    const now = clock.now();
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    return {
      version: '2.0',
      routeKey: route.key,
      rawPath: path,
      rawQueryString: request.query.toString(),
      headers,
      ...(request.query.size > 0 && { queryStringParameters: Object.fromEntries(request.query) }),
      requestContext: {
        accountId: place.account,
        apiId: api.id,
        ...(caller !== undefined && {
          authorizer: {
            iam: {
              accessKey: caller.keyId,
              accountId: place.account,
              callerId: caller.party.name,
              cognitoIdentity: null,
              principalOrgId: null,
              userArn: caller.arn,
              userId: caller.party.name,
            },
          },
        }),
        domainName: `${api.id}.execute-api.${place.region}.${place.urlSuffix}`,
        domainPrefix: api.id,
        http: { method: request.method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'rehearsal' },
        requestId: random.fork(`request ${this.requests++}`).hex(16),
        routeKey: route.key,
        stage,
        time: new Date(now).toUTCString(),
        timeEpoch: now,
      },
      ...(request.body.length > 0 && { body: request.body.toString('utf8') }),
      isBase64Encoded: false,
    };
  }
}

function stageOf(api: HttpApi, rest: string): [stage: string, path: string] | [] {
  const [, first = ''] = rest.split('/');
  if (api.stages.includes(first)) return [first, rest.slice(first.length + 1) || '/'];
  return api.stages.includes('$default') ? ['$default', rest] : [];
}

function routeOf({ routes }: HttpApi, method: string, path: string): HttpRoute | undefined {
  const exact =
    routes.find(({ key }) => key === `${method} ${path}`) ?? routes.find(({ key }) => key === `ANY ${path}`);
  return exact ?? routes.find(({ key }) => key === '$default');
}

function refusal(status: number, message: string): WireAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}

function nobody(resource: string): Decision {
  return { action: 'execute-api:Invoke', resource, allowed: false, because: [] };
}

/** What a function says without a status is a body. */
function responseOf(value: unknown): WireAnswer {
  const { statusCode, headers, body = '', isBase64Encoded } = recordOf(value);
  const json = { 'content-type': 'application/json' };
  if (typeof statusCode !== 'number')
    return { status: 200, headers: json, body: typeof value === 'string' ? value : JSON.stringify(value ?? null) };
  const given = Object.entries(recordOf(headers)).map(([name, each]) => [name.toLowerCase(), String(each)] as const);
  const content = Buffer.from(
    typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded === true ? 'base64' : 'utf8',
  );
  return { status: statusCode, headers: { ...json, ...Object.fromEntries(given) }, body: content };
}
