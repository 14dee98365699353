import { CUSTOM_RESOURCE } from './contract';
import { parseEvent, parseWaiting } from './custom-resource-event';
import { renderResponse, type Answer } from './custom-resource-response';
import { describeFault, isTransient, lacksRights } from './faults';
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
  /** Milliseconds since the epoch at which the request first arrived. */
  readonly startedAt: number;
  readonly state?: unknown;
}

export interface CustomResourceDependencies {
  /** By CloudFormation type: `Custom::IotGroupPolicies`. */
  readonly resources: Readonly<Record<string, ResourceHandler>>;
  readonly respond: (responseUrl: string, body: string) => Promise<void>;
  readonly requeue: (waiting: WaitingRequest, seconds: number) => Promise<void>;
  /** Whether CloudFormation still waits for the answer to a request that arrived at `startedAt`. */
  readonly isAwaited: (request: CustomResourceRequest, startedAt: number) => Promise<boolean>;
  readonly now: () => number;
  readonly log: Logger;
  /** After this long a request fails, before CloudFormation gives up on it. @default 3000 */
  readonly deadlineSeconds?: number;
}

/** Which messages SQS must deliver again; for a request that came straight from CloudFormation, nothing. */
export interface BatchResponse {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

/** SQS keeps a message back for at most 15 minutes. */
const LONGEST_WAIT_SECONDS = 900;
/** A role's new rights take a moment to reach every endpoint. */
const RIGHTS_SETTLE_SECONDS = 120;
/** Between two tries of a call that was throttled, or refused because rights have not settled. */
const RETRY_SECONDS = 15;
const MAX_PHYSICAL_ID_BYTES = 1_024;
/** Input that could not even be named: there is nothing to delete then. */
const NOTHING = 'nothing-was-created';

/**
 * The entry of a custom resource function: takes CloudFormation's requests and its own waiting ones, and always answers
 * once, with the reason when it fails, unless CloudFormation no longer waits for it. What it can neither answer nor put off it throws back to Lambda or SQS, to be
 * delivered again: every request is safe to repeat.
 */
export function createCustomResourceHandler(
  deps: CustomResourceDependencies,
): (event: unknown) => Promise<BatchResponse | undefined> {
  return async (raw) => {
    const event = parseEvent(raw);
    if (event.kind === 'request') {
      await advance({ request: event.request, startedAt: deps.now() }, false, deps);
      return undefined;
    }
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const message of event.messages) {
      try {
        await advance(parseWaiting(message.body), true, deps);
      } catch (error) {
        deps.log.error('to be delivered again', { messageId: message.messageId, ...errorFields(error) });
        batchItemFailures.push({ itemIdentifier: message.messageId });
      }
    }
    return { batchItemFailures };
  };
}

async function advance(waiting: WaitingRequest, hasWaited: boolean, deps: CustomResourceDependencies): Promise<void> {
  const answer = await answerOrWait(waiting, hasWaited, deps);
  // If CloudFormation cannot be told, this throws and the whole (repeatable) request is delivered again.
  if (answer !== undefined) await deps.respond(waiting.request.ResponseURL, renderResponse(waiting.request, answer));
}

async function answerOrWait(
  waiting: WaitingRequest,
  hasWaited: boolean,
  deps: CustomResourceDependencies,
): Promise<Answer | undefined> {
  const { request } = waiting;
  const fields = {
    requestType: request.RequestType,
    resourceType: request.ResourceType,
    logicalId: request.LogicalResourceId,
    requestId: request.RequestId,
  };
  let physicalId = request.PhysicalResourceId ?? NOTHING;
  if (request.RequestType === 'Delete' && physicalId === NOTHING) return { status: 'SUCCESS', physicalId };
  const elapsed = (deps.now() - waiting.startedAt) / 1000;
  try {
    // CloudFormation has given up and may be doing the opposite by now.
    if (elapsed > CUSTOM_RESOURCE.serviceTimeoutSeconds) throw new Error(`delivered ${Math.round(elapsed)} s late`);
    const handler = handlerOf(request, deps);
    if (request.RequestType !== 'Delete') physicalId = nameOf(handler, request);
    const progress = await run(handler, waiting, hasWaited, elapsed, deps);
    if (progress === 'abandoned') {
      deps.log.warn('given up: CloudFormation has gone on without it', { ...fields, physicalId });
      return undefined;
    }
    if (progress.kind === 'wait') return await putOff(waiting, progress, elapsed, physicalId, deps);
    deps.log.info('done', { ...fields, physicalId });
    return { status: 'SUCCESS', physicalId, data: progress.data };
  } catch (error) {
    if (error instanceof DeliverAgain) throw error.cause;
    deps.log.error('failed', { ...fields, ...errorFields(error) });
    return { status: 'FAILED', physicalId, reason: describeFault(error) };
  }
}

/** The wait queue could not be reached just now: neither an answer nor a promise was given, so the event must come again. */
class DeliverAgain extends Error {}

async function putOff(
  waiting: WaitingRequest,
  progress: Progress & { kind: 'wait' },
  elapsed: number,
  physicalId: string,
  deps: CustomResourceDependencies,
): Promise<undefined> {
  const { request } = waiting;
  if (elapsed + progress.seconds > (deps.deadlineSeconds ?? CUSTOM_RESOURCE.deadlineSeconds))
    throw new Error(`gave up after ${Math.round(elapsed)} s: ${progress.because}`);
  const seconds = Math.min(Math.max(progress.seconds, 0), LONGEST_WAIT_SECONDS);
  deps.log.info('waiting', {
    requestType: request.RequestType,
    resourceType: request.ResourceType,
    physicalId,
    because: progress.because,
    seconds,
  });
  try {
    await deps.requeue({ ...waiting, state: progress.state ?? waiting.state }, seconds);
  } catch (error) {
    if (mayPass(error, elapsed)) throw new DeliverAgain('the wait queue did not take the request', { cause: error });
    throw error;
  }
}

function handlerOf(request: CustomResourceRequest, deps: CustomResourceDependencies): ResourceHandler {
  const handler = Object.hasOwn(deps.resources, request.ResourceType)
    ? deps.resources[request.ResourceType]
    : undefined;
  if (handler === undefined) throw new Error(`this function has no handler for ${request.ResourceType}`);
  return handler;
}

function nameOf(handler: ResourceHandler, request: CustomResourceRequest): string {
  const name = handler.physicalResourceId(request);
  if (name === '' || Buffer.byteLength(name) > MAX_PHYSICAL_ID_BYTES)
    throw new Error(`a physical id must have 1 to ${MAX_PHYSICAL_ID_BYTES} bytes, got ${Buffer.byteLength(name)}`);
  return name;
}

async function run(
  handler: ResourceHandler,
  waiting: WaitingRequest,
  hasWaited: boolean,
  elapsed: number,
  deps: CustomResourceDependencies,
): Promise<Progress | 'abandoned'> {
  const { request, state } = waiting;
  const verb = { Create: 'create', Update: 'update', Delete: 'delete' } as const;
  try {
    if (hasWaited && !(await mayGoOn(waiting, elapsed, deps))) return 'abandoned';
    return await handler[verb[request.RequestType]](request, state);
  } catch (error) {
    if (!mayPass(error, elapsed)) throw error;
    return { kind: 'wait', because: describeFault(error), seconds: RETRY_SECONDS };
  }
}

/**
 * When something else in the stack fails, or somebody cancels, CloudFormation does not wait for what is in progress: it sends the
 * request that undoes it at once. What still waits then must not be acted on after that one. Nothing undoes a deletion.
 */
async function mayGoOn(
  { request, startedAt }: WaitingRequest,
  elapsed: number,
  deps: CustomResourceDependencies,
): Promise<boolean> {
  if (request.RequestType === 'Delete') return true;
  try {
    return await deps.isAwaited(request, startedAt);
  } catch (error) {
    if (mayPass(error, elapsed)) throw error;
    // To stop would have a deployment that is awaited hang for an hour, and fail.
    deps.log.warn('cannot ask whether CloudFormation still waits; going on', {
      logicalId: request.LogicalResourceId,
      ...errorFields(error),
    });
    return true;
  }
}

/** Whether the same call may succeed a little later; a new role does not have its rights at once. */
function mayPass(error: unknown, elapsed: number): boolean {
  return isTransient(error) || (lacksRights(error) && elapsed < RIGHTS_SETTLE_SECONDS);
}
