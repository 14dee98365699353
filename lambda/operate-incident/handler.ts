import { describeFault } from '../shared/faults';
import { MESSAGE } from '../shared/incident/contract';
import { nameOf } from '../shared/incident/gone';
import { safeText } from '../shared/incident/text';
import type { Logger } from '../shared/logger';
import { type Decision, decideHold, decideIsolate, decideRelease, decideReport, type Given } from './decide';
import { type Operation, parseOperation } from './event';
import type { IncidentPort, OrderPort } from './ports';

export interface Deps {
  readonly incidents: IncidentPort;
  readonly orders: OrderPort;
  readonly now: () => number;
  readonly log: Logger;
}

/** What API Gateway makes an HTTP response of. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: { readonly 'content-type': string };
  readonly body: string;
}

type OrderOperation = Extract<Operation, { readonly why: string }>;

const PAGE = 50;
const ROUNDS = 5;
/** A key that is none, or whose parts are of no kind that the table knows. */
const NO_PAGE = ['ValidationException', 'SerializationException'];

/** The operators' entry: reads the record, and puts orders on the queues, from which they are carried out whatever happens here. */
export function createHandler(deps: Deps) {
  return async (request: unknown): Promise<Answer> => {
    const parsed = parseOperation(request);
    if (!parsed.ok) return answer(400, { message: parsed.reason });
    try {
      return await operate(deps, parsed.value);
    } catch (error) {
      return failure(deps, parsed.value, error);
    }
  };
}

async function operate(deps: Deps, operation: Operation): Promise<Answer> {
  if (operation.verb === 'list') {
    const page = await deps.incidents.held(PAGE, operation.start);
    return answer(200, { held: page.incidents, next: page.next });
  }
  if (operation.verb === 'read') {
    const incident = await deps.incidents.latest(operation.subject);
    return incident === undefined ? answer(404, { message: 'no incident of this device' }) : answer(200, { incident });
  }
  return order(deps, operation);
}

/** A person has to hear more than that something went wrong: whether they may, and should, say it again. */
function failure({ log }: Deps, { verb }: Operation, error: unknown): Answer {
  const name = safeText(nameOf(error), 64) ?? 'Error';
  // The table says so of a page that it never gave.
  if (verb === 'list' && NO_PAGE.includes(name)) return answer(400, { message: 'start: not a page' });
  log.error('failed', { verb, because: describeFault(error) });
  const message = `not known to be done (${name}); try again: what is ordered twice does no harm`;
  return answer(503, { message });
}

async function order(deps: Deps, operation: OrderOperation): Promise<Answer> {
  const { verb, by, why, subject } = operation;
  const verdict = 'verdict' in operation ? operation.verdict : undefined;
  const given = { by, why, time: deps.now(), ...(verdict && { verdict }) };
  deps.log.info('order', { verb, by, why, verdict, subject: subject ?? 'all that are held' });
  if (subject === undefined) {
    const isolate = verb === 'isolate';
    const schema = isolate ? MESSAGE.isolateHeld : MESSAGE.releaseHeld;
    await deps.orders.send(isolate ? 'tasks' : 'release', { schema, ...given });
    return answer(202, { accepted: verb, allHeld: true });
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    const decision = await decide(deps, operation, subject, given);
    if (decision.kind === 'refuse') return answer(decision.status, { message: decision.because });
    if (decision.kind === 'send') {
      await deps.orders.send(decision.queue, decision.message);
      return answer(202, { accepted: verb, subject });
    }
    const saved = await deps.incidents.save(decision.incident);
    if (saved !== 'conflict') return answer(200, { accepted: verb, subject, state: saved.state });
  }
  return answer(409, { message: 'the incident changes just now; try again in a moment' });
}

async function decide(deps: Deps, operation: OrderOperation, subject: string, given: Given): Promise<Decision> {
  if (operation.verb === 'report') return decideReport(subject, operation.severity, given);
  const known = await deps.incidents.latest(subject);
  if (operation.verb === 'release') return decideRelease(known, given);
  if (operation.verb === 'hold') return decideHold(known, given);
  return decideIsolate(known, subject, operation.response, given);
}

function answer(statusCode: number, body: object): Answer {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
