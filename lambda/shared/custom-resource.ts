import { errorFields, type Logger } from './logger';

/** What CloudFormation sends to a custom resource. */
export interface CustomResourceRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceType: string;
  /** CloudFormation turns every leaf into a string. */
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
  readonly OldResourceProperties?: Readonly<Record<string, unknown>>;
}

/** How far a request got. */
export type Progress =
  | { readonly kind: 'done'; readonly data?: Readonly<Record<string, string>> }
  /** Call again later with `state`; a wait costs a delayed message, not a sleeping function. */
  | { readonly kind: 'wait'; readonly because: string; readonly seconds: number; readonly state?: unknown };

/**
 * One type of custom resource. Each method must be safe to repeat and to resume after it stopped anywhere: CloudFormation,
 * Lambda and the wait queue may each deliver a request more than once.
 */
export interface ResourceHandler {
  /** Always the same for the same resource, so that Delete finds what a half-done Create left. */
  physicalResourceId(request: CustomResourceRequest): string;
  create(request: CustomResourceRequest, state: unknown): Promise<Progress>;
  update(request: CustomResourceRequest, state: unknown): Promise<Progress>;
  delete(request: CustomResourceRequest, state: unknown): Promise<Progress>;
}

/** A request on its way through the wait queue. */
export interface WaitingRequest {
  readonly request: CustomResourceRequest;
  readonly startedAt: number;
  readonly state?: unknown;
}

export interface CustomResourceDependencies {
  /** By CloudFormation type: `Custom::IotGroupPolicies`. */
  readonly resources: Readonly<Record<string, ResourceHandler>>;
  readonly respond: (responseUrl: string, body: string) => Promise<void>;
  readonly requeue: (waiting: WaitingRequest, seconds: number) => Promise<void>;
  readonly now: () => number;
  readonly log: Logger;
  /** After this long a request fails, before CloudFormation gives up on it. @default 3000 */
  readonly deadlineSeconds?: number;
}

/** SQS keeps a message back for at most 15 minutes. */
const LONGEST_WAIT_SECONDS = 900;
/** A role's new rights take a moment to reach every endpoint. */
const RIGHTS_SETTLE_SECONDS = 120;
/** CloudFormation refuses a response of more than 4,096 bytes. */
const LONGEST_REASON = 1_000;
/** Input that could not even be named: there is nothing to delete then. */
const NOTHING = 'nothing-was-created';

/**
 * The entry of a custom resource function: takes CloudFormation's requests and its own waiting ones, and always answers
 * once, with the reason when it fails.
 */
export function createCustomResourceHandler(deps: CustomResourceDependencies): (event: unknown) => Promise<void> {
  return async (event) => {
    for (const waiting of waitingRequests(event, deps.now)) await advance(waiting, deps);
  };
}

function waitingRequests(event: unknown, now: () => number): WaitingRequest[] {
  const records = (event as { Records?: { body: string }[] }).Records;
  if (Array.isArray(records)) return records.map((record) => JSON.parse(record.body) as WaitingRequest);
  return [{ request: event as CustomResourceRequest, startedAt: now() }];
}

async function advance(waiting: WaitingRequest, deps: CustomResourceDependencies): Promise<void> {
  const { request } = waiting;
  const fields = {
    requestType: request.RequestType,
    resourceType: request.ResourceType,
    logicalId: request.LogicalResourceId,
  };
  let physicalId = request.PhysicalResourceId ?? NOTHING;
  let outcome: object;
  try {
    if (request.RequestType === 'Delete' && physicalId === NOTHING) {
      outcome = { Status: 'SUCCESS' };
    } else {
      const handler = deps.resources[request.ResourceType];
      if (handler === undefined) throw new Error(`no handler for ${request.ResourceType}`);
      if (request.RequestType !== 'Delete') physicalId = handler.physicalResourceId(request);
      const elapsed = (deps.now() - waiting.startedAt) / 1000;
      const progress = await run(handler, waiting, elapsed);
      if (progress.kind === 'wait') {
        if (elapsed + progress.seconds > (deps.deadlineSeconds ?? 3_000))
          throw new Error(`gave up after ${Math.round(elapsed)} s: ${progress.because}`);
        deps.log.info('waiting', { ...fields, because: progress.because, seconds: progress.seconds });
        await deps.requeue(
          { ...waiting, state: progress.state ?? waiting.state },
          Math.min(progress.seconds, LONGEST_WAIT_SECONDS),
        );
        return;
      }
      deps.log.info('done', { ...fields, physicalId });
      outcome = { Status: 'SUCCESS', Data: progress.data ?? {} };
    }
  } catch (error) {
    deps.log.error('failed', { ...fields, ...errorFields(error) });
    outcome = {
      Status: 'FAILED',
      Reason: `${(error as Error).name}: ${(error as Error).message}`.slice(0, LONGEST_REASON),
    };
  }
  // Outside the try: if CloudFormation cannot be told, the whole (repeatable) request must be delivered again.
  await deps.respond(
    request.ResponseURL,
    JSON.stringify({
      ...outcome,
      PhysicalResourceId: physicalId,
      StackId: request.StackId,
      RequestId: request.RequestId,
      LogicalResourceId: request.LogicalResourceId,
    }),
  );
}

async function run(handler: ResourceHandler, waiting: WaitingRequest, elapsed: number): Promise<Progress> {
  const { request, state } = waiting;
  const verb = { Create: 'create', Update: 'update', Delete: 'delete' } as const;
  try {
    return await handler[verb[request.RequestType]](request, state);
  } catch (error) {
    const name = (error as Error).name;
    const retriable =
      /Throttl|TooManyRequests|ServiceUnavailable|InternalFailure|InternalServer|TimeoutError|ECONNRESET/.test(name);
    const unsettled = /AccessDenied|Unauthorized|Forbidden/.test(name) && elapsed < RIGHTS_SETTLE_SECONDS;
    if (!retriable && !unsettled) throw error;
    return { kind: 'wait', because: `${name}: ${(error as Error).message}`, seconds: 15 };
  }
}
