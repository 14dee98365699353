import { MESSAGE, PROPAGATION_SECONDS } from '../shared/incident/contract';
import { type Incident, isBeingReleased, isClosed, isContained } from '../shared/incident/incident';
import { includesResponse } from '../shared/incident/respond';
import { subjectOf } from '../shared/incident/signal';
import { METRIC } from './contract';
import type { Outcome } from '../shared/incident/consumer';
import type { Deps } from './deps';
import { clientsOf, transition, write } from './isolate';
import { MOST_THINGS } from './lock-out';

const NEXT_LOOK_SECONDS = 60;
const MOST_LOOKS = 15;

/**
 * Looks at an isolated device again, once every cache must have heard of its new group.
 *
 * A session that was opened before that may have been authorized by the old policies: it is cut, with its subscriptions, and
 * looked at once more. A group that the device is in again (a stale listing, a second provisioning) is left again, and noted,
 * so that it is given back with the others.
 */
export async function lookAgain(deps: Deps, subjectName: string, episode: number, attempt: number): Promise<Outcome> {
  const known = await deps.incidents.latest(subjectName);
  if (known === undefined || known.episode !== episode || !staysTaken(known) || known.containedAt === undefined)
    return { done: 'ignored', because: 'no longer isolated' };
  if (isBeingReleased(known)) return { done: 'ignored', because: 'being released' };
  // Held while it was released: its certificates may be on again.
  if (known.state === 'held' && includesResponse(known.response, 'lockOut') && known.lockedAt === undefined)
    await deps.queue.slow(JSON.stringify({ schema: MESSAGE.lockOut, subject: subjectName, episode }));
  const drifted = await repairGroups(deps, known);
  const reached = await cutOldSessions(deps, known, known.containedAt, drifted);
  const connected = (await cutSessionsOfThings(deps, known)) || reached;
  if (drifted) deps.log.count(METRIC.lookDrifted, 1, { subject: subjectName, attempt });
  if (connected) deps.log.count(METRIC.lookConnected, 1, { subject: subjectName, attempt });
  if (!drifted && !connected) {
    deps.log.count(METRIC.lookClean, 1, { subject: subjectName, attempt });
    return { done: 'looked' };
  }
  if (attempt >= MOST_LOOKS) return { done: 'gave up', because: 'still connected or still in its groups' };
  const task = { schema: MESSAGE.look, subject: subjectName, episode, attempt: attempt + 1 };
  await deps.queue.later(task, drifted ? PROPAGATION_SECONDS : NEXT_LOOK_SECONDS);
  return { done: 'isolated again', because: drifted ? 'was in its groups' : 'was connected' };
}

/** Also what is retired: a release that was under way then may have given something back. */
function staysTaken(incident: Incident): boolean {
  return isContained(incident) || (incident.state === 'retired' && incident.prior !== undefined);
}

async function repairGroups(deps: Deps, incident: Incident): Promise<boolean> {
  const subject = subjectOf(incident.subject);
  if (subject.kind !== 'thing') return false;
  const groups = await deps.fleet.groupsOf(subject.name);
  if (groups === 'gone') return false;
  const back = groups.filter((group) => deps.fleetGroups.includes(group));
  const outside = !groups.includes(deps.quarantineGroup);
  // Nothing is taken that is not said before: a release that is decided on meanwhile makes this one decide again, and one that comes
  // later knows of it. What is retired is never released.
  if (!isClosed(incident) && (back.length > 0 || outside))
    await write(deps, transition(deps, incident, { type: 'drifted', groups: back }));
  for (const group of back) await deps.fleet.leave(subject.name, group);
  // There may never have been room for it: then its certificate is off, and there is nothing new to look at.
  const joined = outside && (await deps.fleet.join(subject.name, deps.quarantineGroup)) === 'joined';
  return back.length > 0 || joined;
}

async function cutOldSessions(deps: Deps, incident: Incident, containedAt: number, all: boolean): Promise<boolean> {
  let found = false;
  for (const client of clientsOf(incident)) {
    const since = await deps.sessions.connectedSince(client);
    if (since === undefined) continue;
    const permitted = incident.lockedAt === undefined && since >= containedAt + PROPAGATION_SECONDS * 1000;
    if (permitted && !all) continue;
    found = true;
    await deps.sessions.cut(client);
  }
  return found;
}

/**
 * A certificate that was on no thing may have been put on one since. What that connected with before all had heard that the
 * certificate is off is cut; what came later has another one.
 */
async function cutSessionsOfThings(deps: Deps, { subject, lockedAt }: Incident): Promise<boolean> {
  const certificate = subjectOf(subject);
  if (certificate.kind !== 'certificate' || lockedAt === undefined) return false;
  let found = false;
  for (const thing of (await deps.certificates.thingsOf(certificate.id)).slice(0, MOST_THINGS)) {
    const since = await deps.sessions.connectedSince(thing);
    if (since === undefined || since >= lockedAt + PROPAGATION_SECONDS * 1000) continue;
    found = true;
    await deps.sessions.cut(thing);
  }
  return found;
}
