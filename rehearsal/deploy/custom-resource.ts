import { NotModelled } from '../cloud/fault';
import type { Cloudlike } from '../cloud/parts';
import type { Made, ResourceRequest } from './provider';

interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly Data?: Readonly<Record<string, unknown>>;
}

/** After this long CloudFormation stops listening, where the resource does not say. */
const SERVICE_TIMEOUT_SECONDS = 3_600;

/** Where the functions of custom resources put their answers. */
export class Answers {
  private readonly answers = new Map<string, Answer>();
  private numbered = 0;

  public next(): string {
    return `/answers/${++this.numbered}`;
  }

  public put(path: string, body: Buffer): void {
    this.answers.set(path, JSON.parse(body.toString('utf8')) as Answer);
  }

  public of(path: string): Answer | undefined {
    return this.answers.get(path);
  }
}

/** Runs the function behind a custom resource as CloudFormation does, and lets time pass until it has answered. */
export async function createCustomResource(
  request: ResourceRequest,
  cloud: Cloudlike,
  answers: Answers,
): Promise<Made> {
  const { world, functions } = cloud;
  const { ServiceToken, ServiceTimeout = SERVICE_TIMEOUT_SECONDS, ...rest } = request.properties;
  const target = functions.find(String(ServiceToken));
  if (target === undefined)
    throw new NotModelled(
      `${request.type} of ${String(ServiceToken)}`,
      'what it would have set up is not there: the function behind it does not run here',
    );
  const path = answers.next();
  const event = {
    RequestType: 'Create',
    ServiceToken,
    ResponseURL: world.gateway.url + path,
    StackId: request.stack.id,
    RequestId: world.random.fork(`request ${path}`).uuid(),
    LogicalResourceId: request.logicalId,
    ResourceType: request.type,
    ResourceProperties: {
      ServiceToken,
      ...(request.properties.ServiceTimeout !== undefined && { ServiceTimeout: String(ServiceTimeout) }),
      ...(leavesAsText(rest) as object),
    },
  };
  functions.invokeLater(target, event, 'custom resource', { kind: 'stack', name: request.stack.name });
  const done = await world.clock.runUntil(() => answers.of(path) !== undefined, Number(ServiceTimeout) * 1000);
  const answer = answers.of(path);
  if (!done || answer === undefined) throw new Error(`the function gave no answer: ${lastLine(target.process.log)}`);
  if (answer.Status !== 'SUCCESS') throw new Error(answer.Reason ?? 'no reason was given');
  return { ref: answer.PhysicalResourceId ?? request.logicalId, attributes: answer.Data };
}

/** CloudFormation hands every leaf over as a text. */
function leavesAsText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(leavesAsText);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, leavesAsText(item)]));
  return String(value);
}

function lastLine(log: string): string {
  return log.trim().split('\n').pop() ?? '';
}
