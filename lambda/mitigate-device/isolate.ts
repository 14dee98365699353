import { admit, limitOf } from '../shared/incident/blast-radius';
import { GONE, MESSAGE, NOT_OURS, PROPAGATION_SECONDS } from '../shared/incident/contract';
import { groupLabel, type Incident, isClosed, isComplete, type Order, type Prior } from '../shared/incident/incident';
import { includesResponse } from '../shared/incident/respond';
import { subjectOf } from '../shared/incident/signal';
import { apply, type Transition } from '../shared/incident/transition';
import { METRIC } from './contract';
import type { Outcome } from '../shared/incident/consumer';
import { Conflict, type Deps } from './deps';

/** Groups that were given back this recently may be missing from a listing, which AWS makes up a little later. */
const LISTING_SETTLES_MS = 15 * 60_000;

export interface Begin {
  readonly incident: Incident;
  /** The episode before, when this one is new. */
  readonly previous?: Incident;
  /** What was written last. */
  readonly known?: Incident;
  /** A person asked: neither the blast radius nor a protected group stands against it. */
  readonly person: boolean;
  /** The source speaks of all devices of the account: those of other fleets are theirs to answer for. */
  readonly accountWide?: boolean;
  readonly order?: Order;
}

/** Writes down what is about to be taken, then takes it. A device whose isolation was begun before is only strengthened. */
export async function beginIsolation(deps: Deps, begin: Begin): Promise<Outcome> {
  const { incident } = begin;
  const subject = subjectOf(incident.subject);
  const groups = subject.kind === 'thing' ? await deps.fleet.groupsOf(subject.name) : [];
  if (groups === 'gone') return closeAsGone(deps, incident);
  if (begin.accountWide === true && isForeign(deps, begin, groups)) return recordForeign(deps, begin);
  const prior = priorOf(deps, groups, begin.previous);
  const isolating = transition(deps, withReach(incident), {
    type: 'isolate',
    prior,
    order: begin.order,
    isolationMs: lastingMs(deps),
  });
  if (begin.person || incident.prior !== undefined) return carryOut(deps, await write(deps, isolating));
  const guarded = groups.find((group) => deps.playbook.protectedGroups.includes(group));
  if (guarded !== undefined) return hold(deps, incident, 'in a protected group');
  const admitted = await writeWithinBlastRadius(deps, isolating);
  return admitted === 'full' ? hold(deps, incident, 'blast radius reached') : carryOut(deps, admitted);
}

function lastingMs({ playbook }: Deps): number | undefined {
  return playbook.isolationSeconds === undefined ? undefined : playbook.isolationSeconds * 1000;
}

/** A device whose isolation was begun has left its groups. */
function isForeign(deps: Deps, { incident }: Begin, groups: readonly string[]): boolean {
  const ours = (group: string) => group === deps.quarantineGroup || deps.fleetGroups.includes(group);
  return incident.prior === undefined && subjectOf(incident.subject).kind === 'thing' && !groups.some(ours);
}

async function recordForeign(deps: Deps, { incident, known }: Begin): Promise<Outcome> {
  if (incident === known && known.because === NOT_OURS) return { done: 'ignored', because: 'already recorded' };
  await write(deps, transition(deps, incident, { type: 'record', because: NOT_OURS }));
  return { done: 'recorded', because: NOT_OURS };
}

/** A certificate that is on no thing has no group to leave: it is the only thing that can be taken. */
function withReach(incident: Incident): Incident {
  const certificate = subjectOf(incident.subject).kind === 'certificate';
  return certificate && !includesResponse(incident.response, 'lockOut')
    ? { ...incident, response: 'lockOut' }
    : incident;
}

function priorOf(deps: Deps, groups: readonly string[], previous: Incident | undefined): Prior {
  const restored =
    previous !== undefined && closedLately(deps, previous)
      ? (previous.prior?.left ?? []).filter((name) => previous.restored?.includes(groupLabel(name)) === true)
      : [];
  const all = [...new Set([...groups, ...restored])].filter((group) => group !== deps.quarantineGroup).sort();
  return { groups: all, left: all.filter((group) => deps.fleetGroups.includes(group)) };
}

export function closedLately(deps: Deps, previous: Incident): boolean {
  return isClosed(previous) && deps.clock.now() - (previous.closedAt ?? 0) < LISTING_SETTLES_MS;
}

async function writeWithinBlastRadius(deps: Deps, isolating: Incident): Promise<Incident | 'full'> {
  const rule = deps.playbook.blastRadius;
  if (rule === undefined) return write(deps, isolating);
  const budget = await deps.incidents.budget();
  const limit = limitOf(rule, rule.percent === undefined ? undefined : await deps.fleet.size());
  const next = admit(budget, rule, limit, deps.clock.now());
  if (next === undefined) return 'full';
  const saved = await deps.incidents.save(isolating, next);
  if (saved === 'conflict') throw new Conflict();
  return saved;
}

async function hold(deps: Deps, incident: Incident, because: string): Promise<Outcome> {
  await write(deps, transition(deps, incident, { type: 'hold', because }));
  deps.log.count(METRIC.held, 1, { subject: incident.subject, because });
  return { done: 'held', because };
}

/** Not in the registry: a client that is gone, or was never registered. Its session ends, and there is nothing to take. */
async function closeAsGone(deps: Deps, incident: Incident): Promise<Outcome> {
  const because = GONE;
  for (const client of clientsOf(incident)) await deps.sessions.cut(client);
  await write(deps, transition(deps, incident, { type: 'retire', because }));
  deps.log.count(METRIC.gone, 1, { subject: incident.subject });
  return { done: 'gone', because };
}

/** Takes what the record says is to be taken. Every step may have been done before, by this or another delivery. */
export async function carryOut(deps: Deps, incident: Incident): Promise<Outcome> {
  const subject = subjectOf(incident.subject);
  if (subject.kind === 'thing') {
    for (const group of incident.prior?.left ?? []) await deps.fleet.leave(subject.name, group);
    const joined = await deps.fleet.join(subject.name, deps.quarantineGroup);
    if (joined === 'gone') return missing(deps, incident, subject.name);
    // No room in its ten groups, and none of them is ours to free: then only the certificate is left to take.
    if (joined === 'full') incident = await strengthenTo(deps, incident, 'lockOut');
    await cutAndProve(deps, incident);
  }
  const { episode } = incident;
  const task = { subject: incident.subject, episode };
  if (includesResponse(incident.response, 'lockOut') && incident.lockedAt === undefined)
    await deps.queue.slow(JSON.stringify({ schema: MESSAGE.lockOut, ...task }));
  await deps.queue.later({ schema: MESSAGE.look, ...task, attempt: 1 }, PROPAGATION_SECONDS);
  const contained = await settle(deps, incident, { type: 'contained' });
  deps.log.count(METRIC.isolated, 1, { subject: incident.subject, response: contained.response });
  return { done: isComplete(contained) ? 'isolated' : 'contained' };
}

/** Either the thing was deleted meanwhile or the quarantine group was, and that must not pass for the former. */
async function missing(deps: Deps, incident: Incident, thing: string): Promise<Outcome> {
  if ((await deps.fleet.groupsOf(thing)) === 'gone') return closeAsGone(deps, incident);
  await cutAndProve(deps, incident);
  throw new Error(`the thing group ${deps.quarantineGroup} does not exist`);
}

async function strengthenTo(deps: Deps, incident: Incident, response: 'lockOut'): Promise<Incident> {
  return includesResponse(incident.response, response) ? incident : write(deps, { ...incident, response });
}

/** The session that was there is gone. One that began after the cut is a new one, which the second look judges. */
export async function cutAndProve(deps: Deps, incident: Incident): Promise<void> {
  for (const client of clientsOf(incident)) {
    const before = deps.clock.now();
    await deps.sessions.cut(client);
    const since = await deps.sessions.connectedSince(client);
    if (since !== undefined && since < before - CLOCKS_DIFFER_MS) throw new SessionLives();
  }
}

const CLOCKS_DIFFER_MS = 2_000;

/** The connection service said that the session was ended and still shows it: try again. */
class SessionLives extends Error {
  public override readonly name = 'SessionLives';

  constructor() {
    super('the session is still there after it was cut');
  }
}

export function clientsOf(incident: Incident): readonly string[] {
  const subject = subjectOf(incident.subject);
  return [...new Set([...(subject.kind === 'thing' ? [subject.name] : []), ...incident.clientIds])];
}

export function transition(deps: Deps, incident: Incident, step: Transition): Incident {
  const next = apply(incident, step, deps.clock.now());
  if (next === undefined) throw new Conflict();
  return next;
}

export async function write(deps: Deps, incident: Incident): Promise<Incident> {
  const saved = await deps.incidents.save(incident);
  if (saved === 'conflict') throw new Conflict();
  return saved;
}

/** Writes the end of a step. The calls behind it need not be repeated only because a signal was noted meanwhile. */
export async function settle(deps: Deps, incident: Incident, step: Transition): Promise<Incident> {
  let current = incident;
  for (let tried = 1; ; tried += 1) {
    const next = transition(deps, current, step);
    const saved = await deps.incidents.save(next);
    if (saved !== 'conflict') return saved;
    const latest = await deps.incidents.latest(incident.subject);
    if (latest === undefined || latest.episode !== incident.episode || tried === 5) throw new Conflict();
    current = latest;
  }
}
