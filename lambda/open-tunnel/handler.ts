import { describeFault } from '../shared/faults';
import type { Incident, TunnelNote } from '../shared/incident/incident';
import { apply } from '../shared/incident/transition';
import type { Logger } from '../shared/logger';
import { descriptionOf, refusalOf, reserve } from './decide';
import { type Limits, parseRequest, type TunnelRequest } from './event';
import type { IncidentPort, OpenedTunnel, TunnelPort, TurnPort } from './ports';

export interface Deps {
  readonly incidents: IncidentPort;
  readonly turns: TurnPort;
  readonly tunnels: TunnelPort;
  readonly limits: Limits;
  readonly region: string;
  readonly clock: { now(): number; sleep(milliseconds: number): Promise<void> };
  readonly log: Logger;
}

/** What API Gateway makes an HTTP response of. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

class Refusal extends Error {
  constructor(
    public readonly status: number,
    message: string,
    public readonly retryAfter?: number,
  ) {
    super(message);
  }
}

const ROUNDS = 8;

/**
 * Opens a tunnel to one isolated device for the person who asks. Who asked, and why, is on record before the tunnel is there; its
 * token is in the answer and nowhere else.
 */
export function createHandler(deps: Deps) {
  return async (raw: unknown): Promise<Answer> => {
    const parsed = parseRequest(raw, deps.limits);
    if (!parsed.ok) return answer(400, { message: parsed.reason });
    try {
      return await open(deps, parsed.value);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const retry = error.retryAfter === undefined ? undefined : { 'retry-after': String(error.retryAfter) };
      return answer(error.status, { message: error.message }, retry);
    }
  };
}

async function open(deps: Deps, request: TunnelRequest): Promise<Answer> {
  const { thing, by, why, services, minutes } = request;
  // Before the line: who gets no tunnel takes nobody's place in it.
  check(await deps.incidents.latest(thing));
  const { wait, at } = await takeTurn(deps);
  // No two requests have the same turn, so the note of this one can be told from all others.
  const note: TunnelNote = { by, why, time: at, services, minutes };
  const incident = await record(deps, thing, note);
  deps.log.info('asked', { subject: thing, episode: incident.episode, by, why });
  await deps.clock.sleep(wait);
  const opened = await deps.tunnels.open({ thing, services, minutes, description: descriptionOf(incident, by, why) });
  if (opened === 'busy') throw new Refusal(429, 'others open tunnels just now; try again in a moment', 1);
  if (opened === 'outside') throw new Refusal(409, 'the device is not in the quarantine group');
  deps.log.info('opened', { subject: thing, episode: incident.episode, by, tunnelId: opened.tunnelId });
  await complete(deps, thing, { ...note, tunnelId: opened.tunnelId });
  return granted(deps, request, opened);
}

function check(incident: Incident | undefined): asserts incident is Incident {
  const refusal = refusalOf(incident);
  if (refusal !== undefined) throw new Refusal(refusal.status, refusal.because);
}

async function takeTurn(deps: Deps): Promise<{ readonly wait: number; readonly at: number }> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const place = reserve(await deps.turns.current(), deps.clock.now());
    if (place.kind === 'busy') throw new Refusal(429, 'too many tunnels are asked for; try again later', place.seconds);
    if ((await deps.turns.take(place.next)) === 'taken') return place;
  }
  throw new Refusal(429, 'too many tunnels are asked for; try again later', 1);
}

async function record(deps: Deps, thing: string, tunnel: TunnelNote): Promise<Incident> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const incident = await deps.incidents.latest(thing);
    check(incident);
    const noted = apply(incident, { type: 'tunnel', tunnel }, deps.clock.now());
    if (noted === undefined) throw new Refusal(409, `the device is ${incident.state}`);
    const saved = await deps.incidents.save(noted);
    if (saved !== 'conflict') return saved;
  }
  throw new Refusal(409, 'the incident changes just now; try again in a moment');
}

/** The tunnel is there, and its token must reach who asked, also if its id does not reach the record. */
async function complete(deps: Deps, thing: string, tunnel: TunnelNote): Promise<void> {
  try {
    await record(deps, thing, tunnel);
  } catch (error) {
    deps.log.warn('tunnel not completed in the record', { subject: thing, because: describeFault(error) });
  }
}

function granted(deps: Deps, { thing, services, minutes }: TunnelRequest, opened: OpenedTunnel): Answer {
  const expiresAt = new Date(deps.clock.now() + minutes * 60_000).toISOString();
  return answer(200, { subject: thing, services, region: deps.region, expiresAt, ...opened });
}

function answer(statusCode: number, body: object, headers?: Readonly<Record<string, string>>): Answer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
