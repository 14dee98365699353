import { bodyOf, callerOf, NO_WHY, strayFieldIn, whyIn } from '../shared/incident/request';
import { asObject, invalid, isThingName, type Parsed, valid } from '../shared/incident/text';
import { ROUTES } from './contract';

/** What a person asks for. `by` is who IAM says they are, not what they say. */
export interface TunnelRequest {
  readonly thing: string;
  readonly by: string;
  readonly why: string;
  readonly services: readonly string[];
  readonly minutes: number;
}

export interface Limits {
  readonly services: readonly string[];
  readonly minutes: number;
}

/** Reads a request of an HTTP API with IAM authorization, payload version 2.0. */
export function parseRequest(request: unknown, limits: Limits): Parsed<TunnelRequest> {
  const event = asObject(request);
  if (event?.routeKey !== ROUTES.open) return invalid('not a route that is known');
  const by = callerOf(event);
  if (by === undefined) return invalid('not authorized by IAM');
  const body = bodyOf(event);
  if (body === undefined) return invalid('body: not a JSON object');
  const stray = strayFieldIn(body, ['subject', 'why', 'services', 'minutes']);
  if (stray !== undefined) return stray;
  const why = whyIn(body);
  if (why === undefined) return invalid(NO_WHY);
  if (!isThingName(body.subject)) return invalid('subject: not a thing name');
  const services = servicesIn(body.services, limits.services);
  if (services === undefined) return invalid(`services: some of ${limits.services.join(', ')}`);
  const { minutes = limits.minutes } = body;
  if (typeof minutes !== 'number' || !Number.isInteger(minutes) || minutes < 1 || minutes > limits.minutes)
    return invalid(`minutes: 1 to ${limits.minutes}`);
  return valid({ thing: body.subject, by, why, services, minutes });
}

function servicesIn(given: unknown, allowed: readonly string[]): readonly string[] | undefined {
  if (given === undefined) return allowed;
  if (!Array.isArray(given) || given.length === 0) return undefined;
  const known = allowed.filter((service) => given.includes(service));
  return known.length === given.length ? known : undefined;
}
