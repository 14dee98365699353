import type { DefenderService, JobsService, MqttCaller, ProvisioningService, ShadowService } from '../ports';
import { ServiceRefusal } from '../ports';
import { problemOfReserved } from '../topics';

/** The services behind `$aws/...` topics. */
export interface ReservedServices {
  readonly provisioning: ProvisioningService;
  readonly jobs: JobsService;
  readonly shadows: ShadowService;
  readonly defender: DefenderService;
}

/** What a service answers to a request that came as a message. */
export interface Answer {
  readonly topic: string;
  readonly payload: string;
  /**
   * Who gets it: the requester alone, even without a subscription; the requester if it has subscribed; or everybody who has.
   */
  readonly to: 'requester' | 'subscribed requester' | 'subscribers';
}

type Body = Readonly<Record<string, unknown>>;
type Call = (services: ReservedServices, caller: MqttCaller, parts: string[], body: Body) => Promise<unknown>;

interface Route {
  readonly pattern: RegExp;
  readonly call: Call;
  readonly to: Answer['to'];
}

const ROUTES: readonly Route[] = [
  {
    pattern: /^\$aws\/certificates\/create-from-csr\/json$/,
    call: ({ provisioning }, caller, _, body) =>
      provisioning.createCertificateFromCsr(caller, body as { certificateSigningRequest: string }),
    to: 'subscribed requester',
  },
  {
    pattern: /^\$aws\/certificates\/create\/json$/,
    call: ({ provisioning }, caller) => provisioning.createKeysAndCertificate(caller),
    to: 'subscribed requester',
  },
  {
    pattern: /^\$aws\/provisioning-templates\/([^/]+)\/provision\/json$/,
    call: ({ provisioning }, caller, [name = ''], body) =>
      provisioning.registerThing(caller, name, body as { certificateOwnershipToken: string }),
    to: 'subscribed requester',
  },
  {
    pattern: /^\$aws\/things\/([^/]+)\/jobs\/get$/,
    call: ({ jobs }, _, [thing = '']) => jobs.pending(thing),
    to: 'requester',
  },
  {
    pattern: /^\$aws\/things\/([^/]+)\/jobs\/start-next$/,
    call: ({ jobs }, _, [thing = ''], body) => jobs.startNext(thing, body),
    to: 'requester',
  },
  {
    pattern: /^\$aws\/things\/([^/]+)\/jobs\/([^/]+)\/get$/,
    call: ({ jobs }, _, [thing = '', job = '']) => jobs.describe(thing, job),
    to: 'requester',
  },
  {
    pattern: /^\$aws\/things\/([^/]+)\/jobs\/([^/]+)\/update$/,
    call: ({ jobs }, _, [thing = '', job = ''], body) => jobs.update(thing, job, body as { status: 'SUCCEEDED' }),
    to: 'requester',
  },
  {
    pattern: /^\$aws\/things\/([^/]+)\/shadow(?:\/name\/([^/]+))?\/get$/,
    call: ({ shadows }, _, [thing = '', name]) => shadows.get(thing, name),
    to: 'subscribers',
  },
  {
    pattern: /^\$aws\/things\/([^/]+)\/shadow(?:\/name\/([^/]+))?\/update$/,
    call: ({ shadows }, _, [thing = '', name], body) => shadows.update(thing, name, body),
    to: 'subscribers',
  },
  {
    pattern: /^\$aws\/things\/([^/]+)\/shadow(?:\/name\/([^/]+))?\/delete$/,
    call: ({ shadows }, _, [thing = '', name]) => shadows.delete(thing, name),
    to: 'subscribers',
  },
  {
    pattern: /^\$aws\/things\/([^/]+)\/defender\/metrics\/json$/,
    call: ({ defender }, _, [thing = ''], body) => defender.report(thing, body),
    to: 'subscribers',
  },
];

const SHADOW_WITHOUT_BODY = /^\$aws\/things\/[^/]+\/shadow(?:\/name\/[^/]+)?\/(get|delete)$/;

/** Requests that the service takes and this broker does not: in CBOR, and those of streams and commands. */
export function isModelled(topic: string): boolean {
  return topic.startsWith('$aws/rules/') || ROUTES.some(({ pattern }) => pattern.test(topic));
}

/** Whether a service would answer to a message on this topic. */
export function isRequest(topic: string): boolean {
  return !topic.startsWith('$aws/rules/') && topic.startsWith('$aws/') && problemOfReserved(topic, false) === undefined;
}

export function isOfShadow(topic: string): boolean {
  return topic.split('/')[3] === 'shadow';
}

/** Has a service answer a request; undefined for a topic that is no request. */
export async function answer(
  services: ReservedServices,
  caller: MqttCaller,
  topic: string,
  payload: Uint8Array,
): Promise<Answer | undefined> {
  for (const { pattern, call, to } of ROUTES) {
    const match = pattern.exec(topic);
    if (match === null) continue;
    // To get or delete a shadow, nothing has to be said, and what is said does not count.
    const body = SHADOW_WITHOUT_BODY.test(topic) ? (parse(payload) ?? {}) : parse(payload);
    const token = body?.clientToken === undefined ? {} : { clientToken: body.clientToken };
    try {
      if (body === undefined) throw new ServiceRefusal(400, 'InvalidRequest', 'the payload is not a JSON object');
      const result = (await call(services, caller, match.slice(1), body)) as Body;
      return { topic: `${topic}/accepted`, payload: JSON.stringify({ ...result, ...token }), to };
    } catch (error) {
      if (!(error instanceof ServiceRefusal)) throw error;
      return { topic: `${topic}/rejected`, payload: JSON.stringify({ ...refusal(topic, error), ...token }), to };
    }
  }
  return undefined;
}

function parse(payload: Uint8Array): Body | undefined {
  const text = Buffer.from(payload).toString('utf8');
  if (text.trim() === '') return {};
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Body) : undefined;
  } catch {
    return undefined;
  }
}

/** Each service words its refusals in its own way. */
function refusal(topic: string, { statusCode, errorCode, message }: ServiceRefusal): object {
  const parts = topic.split('/');
  if (parts[3] === 'jobs') return { code: errorCode, message };
  if (parts[3] === 'shadow') return { code: statusCode, message };
  if (parts[3] === 'defender') {
    const statusDetails = { ErrorCode: errorCode, ErrorMessage: message };
    return { thingName: parts[2], status: 'REJECTED', statusDetails };
  }
  return { statusCode, errorCode, errorMessage: message };
}
