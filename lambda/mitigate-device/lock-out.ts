import { isBeingReleased, isContained } from '../shared/incident/incident';
import { includesResponse } from '../shared/incident/respond';
import { subjectOf } from '../shared/incident/signal';
import { clientsOf, settle, transition, write } from './isolate';
import type { Outcome } from '../shared/incident/consumer';
import type { Deps } from './deps';

/** The most other things of a certificate whose sessions are cut; more is a claim certificate, which has no sessions to speak of. */
const MOST_THINGS = 25;

/** The slow lane: switches off every certificate of the device, after writing down what each was. */
export async function lockOut(deps: Deps, subjectName: string, episode: number): Promise<Outcome> {
  const known = await deps.incidents.latest(subjectName);
  if (known === undefined || known.episode !== episode || !isContained(known))
    return { done: 'ignored', because: 'no longer to be locked out' };
  if (isBeingReleased(known)) return { done: 'ignored', because: 'being released' };
  if (!includesResponse(known.response, 'lockOut') || known.lockedAt !== undefined)
    return { done: 'ignored', because: 'locked out already' };
  const subject = subjectOf(subjectName);
  const ids = subject.kind === 'thing' ? await deps.certificates.certificatesOf(subject.name) : [subject.id];
  const unknown = ids.filter((id) => !known.prior?.certificates?.some((certificate) => certificate.id === id));
  const seen: { id: string; status: string }[] = [];
  for (const id of unknown) {
    const status = await deps.certificates.statusOf(id);
    if (status !== undefined) seen.push({ id, status });
  }
  const noted =
    seen.length === 0 ? known : await write(deps, transition(deps, known, { type: 'locking', certificates: seen }));
  const retired = includesResponse(noted.response, 'retire');
  // At the gate first: it refuses at once, while a certificate that is off lets its sessions live for minutes.
  for (const { id } of noted.prior?.certificates ?? []) await deps.gate?.deny(id, subjectName);
  for (const { id, status } of noted.prior?.certificates ?? []) {
    if (status !== 'REVOKED' && (retired || status !== 'INACTIVE')) await switchOff(deps, id, retired);
    await cutOthers(deps, id, subjectName);
  }
  for (const client of clientsOf(noted)) await deps.sessions.cut(client);
  await settle(deps, noted, { type: 'locked' });
  return { done: 'locked out' };
}

async function switchOff(deps: Deps, id: string, retired: boolean): Promise<void> {
  const result = await deps.certificates.switchOff(id, retired ? 'REVOKED' : 'INACTIVE');
  if (result === 'refused') deps.log.warn('certificate cannot be switched off', { certificateId: id });
}

/** A certificate that is on several things opens sessions under each of their names. */
async function cutOthers(deps: Deps, id: string, subjectName: string): Promise<void> {
  const others = (await deps.certificates.thingsOf(id)).filter((thing) => thing !== subjectName);
  if (others.length > 0)
    deps.log.warn('certificate is on several things', { certificateId: id, others: others.length });
  for (const thing of others.slice(0, MOST_THINGS)) await deps.sessions.cut(thing);
}
