import {
  type Response,
  RESPONSES,
  SEVERITIES,
  type Severity,
  type Verdict,
  VERDICTS,
} from '../shared/incident/contract';
import { isSubject } from '../shared/incident/parse-message';
import { bodyOf, callerOf, NO_WHY, strayFieldIn, whyIn } from '../shared/incident/request';
import { asObject, invalid, type Json, objectIn, type Parsed, valid } from '../shared/incident/text';
import { ROUTES, type Verb } from './contract';

/** What an operator asks for. `by` is who IAM says they are, not what they say. */
export type Operation =
  | { readonly verb: 'list'; readonly by: string; readonly start?: string }
  | { readonly verb: 'read'; readonly by: string; readonly subject: string }
  | {
      readonly verb: 'report';
      readonly by: string;
      readonly why: string;
      readonly subject: string;
      readonly severity: Severity;
    }
  | {
      readonly verb: 'isolate' | 'hold' | 'release' | 'retire';
      readonly by: string;
      readonly why: string;
      /** Absent: all that are held. */
      readonly subject?: string;
      /** How a device is isolated that has no incident. */
      readonly response: Response;
      /** What the alarms of a device that is released were found to be. */
      readonly verdict?: Verdict;
    };

const LONGEST_PAGE = 2_048;

/** What each verb takes, beside `subject` and `why`. */
const FIELDS: Readonly<Record<Exclude<Verb, 'list' | 'read'>, readonly string[]>> = {
  report: ['severity'],
  isolate: ['response', 'allHeld'],
  hold: [],
  release: ['verdict', 'allHeld'],
  retire: [],
};

/** Reads a request of an HTTP API with IAM authorization, payload version 2.0. */
export function parseOperation(request: unknown): Parsed<Operation> {
  const event = asObject(request);
  const verb = (Object.keys(ROUTES) as Verb[]).find((name) => ROUTES[name] === event?.routeKey);
  if (event === undefined || verb === undefined) return invalid('not a route that is known');
  const by = callerOf(event);
  if (by === undefined) return invalid('not authorized by IAM');
  const query = asObject(event.queryStringParameters) ?? {};
  if (verb === 'list') return parseList(by, query.start);
  if (verb === 'read')
    return isSubject(query.subject)
      ? valid({ verb, by, subject: query.subject })
      : invalid('subject: a thing name or certificate/ID');
  const body = bodyOf(event);
  if (body === undefined) return invalid('body: not a JSON object');
  const stray = strayFieldIn(body, ['subject', 'why', ...FIELDS[verb]]);
  if (stray !== undefined) return stray;
  const why = whyIn(body);
  if (why === undefined) return invalid(NO_WHY);
  return verb === 'report' ? parseReport(by, why, body) : parseOrder(verb, by, why, body);
}

function parseList(by: string, start: unknown): Parsed<Operation> {
  if (start === undefined) return valid({ verb: 'list', by });
  const known = typeof start === 'string' && start.length <= LONGEST_PAGE && objectIn(start) !== undefined;
  return known ? valid({ verb: 'list', by, start }) : invalid('start: not a page');
}

function parseReport(by: string, why: string, body: Json): Parsed<Operation> {
  const severity = body.severity === undefined ? 'HIGH' : SEVERITIES.find((known) => known === body.severity);
  if (severity === undefined) return invalid(`severity: one of ${SEVERITIES.join(', ')}`);
  if (!isSubject(body.subject)) return invalid('subject: a thing name or certificate/ID');
  return valid({ verb: 'report', by, why, subject: body.subject, severity });
}

function parseOrder(
  verb: Exclude<Verb, 'list' | 'read' | 'report'>,
  by: string,
  why: string,
  body: Json,
): Parsed<Operation> {
  const response = verb === 'retire' ? 'retire' : RESPONSES.find((known) => known === (body.response ?? 'isolate'));
  if (response === undefined || (verb === 'isolate' && response !== 'isolate' && response !== 'lockOut'))
    return invalid('response: isolate or lockOut');
  const verdict = VERDICTS.find((known) => known === body.verdict);
  if (body.verdict !== undefined && verdict === undefined) return invalid(`verdict: one of ${VERDICTS.join(', ')}`);
  const order = { verb, by, why, response, ...(verdict && { verdict }) };
  const { allHeld = false, subject } = body;
  if (typeof allHeld !== 'boolean') return invalid('allHeld: true or false');
  if (allHeld && subject === undefined)
    return body.response === undefined ? valid(order) : invalid('response: not with allHeld, each has its own');
  if (isSubject(subject) && !allHeld) return valid({ ...order, subject });
  const orAll = FIELDS[verb].includes('allHeld') ? ', or allHeld: true instead' : '';
  return invalid(`subject: a thing name or certificate/ID${orAll}`);
}
