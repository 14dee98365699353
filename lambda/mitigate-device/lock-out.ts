import {
  certificateLabel,
  type CertificateState,
  type Incident,
  isBeingReleased,
  isContained,
} from '../shared/incident/incident';
import { includesResponse } from '../shared/incident/respond';
import { firstOf, MOST_TO_ASK } from '../shared/incident/holders';
import { certificateKey, subjectOf } from '../shared/incident/signal';
import { clientsOf, closedLately, settle, transition, write } from './isolate';
import type { Outcome } from '../shared/incident/consumer';
import type { Deps } from './deps';

/** The most other things of a certificate whose sessions are cut; more is a claim certificate, which has no sessions to speak of. */
export const MOST_THINGS = 25;

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
  const seen: CertificateState[] = [];
  const listed: Listed = new Map();
  for (const id of unknown) {
    const others = await othersOf(deps, id, subjectName, listed);
    const status = await statusBefore(deps, known, id, others);
    const sharedWith = others.slice(0, MOST_THINGS);
    if (status !== undefined) seen.push({ id, status, ...(sharedWith.length > 0 && { sharedWith }) });
  }
  const noted =
    seen.length === 0 ? known : await write(deps, transition(deps, known, { type: 'locking', certificates: seen }));
  const retired = includesResponse(noted.response, 'retire');
  // At the gate first: it refuses at once, while a certificate that is off lets its sessions live for minutes.
  for (const { id } of noted.prior?.certificates ?? []) await deps.gate?.deny(id, subjectName);
  for (const { id, status } of noted.prior?.certificates ?? []) {
    if (status !== 'REVOKED' && (retired || status !== 'INACTIVE')) await switchOff(deps, id, retired);
    for (const thing of (await othersOf(deps, id, subjectName, listed)).slice(0, MOST_THINGS))
      await deps.sessions.cut(thing);
  }
  for (const client of clientsOf(noted)) await deps.sessions.cut(client);
  await settle(deps, noted, { type: 'locked' });
  return { done: 'locked out' };
}

async function switchOff(deps: Deps, id: string, retired: boolean): Promise<void> {
  const result = await deps.certificates.switchOff(id, retired ? 'REVOKED' : 'INACTIVE');
  if (result === 'refused') deps.log.warn('certificate cannot be switched off', { certificateId: id });
}

/** What was asked for in this run already. */
type Listed = Map<string, readonly string[]>;

/** A certificate that is on several things opens sessions under each of their names. */
async function othersOf(deps: Deps, id: string, subjectName: string, listed: Listed): Promise<readonly string[]> {
  const known = listed.get(id);
  if (known !== undefined) return known;
  const others = (await deps.certificates.thingsOf(id)).filter((thing) => thing !== subjectName);
  if (others.length > 0)
    deps.log.warn('certificate is on several things', { certificateId: id, others: others.length });
  listed.set(id, others);
  return others;
}

/**
 * What a certificate was before it was switched off for another of its things, or for itself while it was on none: whoever is
 * released last gives that back. Undefined for one that is deleted.
 *
 * One that is off, and that nobody keeps off, may just have been switched on for one who was released in between: so it is
 * asked for once more.
 */
async function statusBefore(
  deps: Deps,
  incident: Incident,
  id: string,
  others: readonly string[],
): Promise<string | undefined> {
  let status = await deps.certificates.statusOf(id);
  for (let round = 0; round < MOST_ROUNDS && status === 'INACTIVE'; round += 1) {
    if (others.length > MOST_TO_ASK) return NOT_KNOWN;
    const noted = await notedBy(deps, id, [...others, certificateKey(id)]);
    if (noted !== undefined) return noted;
    const again = await deps.certificates.statusOf(id);
    if (again === status) return (await restoredLately(deps, incident, id)) ?? status;
    status = again;
  }
  return status;
}

/** A lock-out of the episode before that was under way when that was released may have come after it. */
async function restoredLately(deps: Deps, { subject, episode }: Incident, id: string): Promise<string | undefined> {
  const previous = episode > 1 ? await deps.incidents.episode(subject, episode - 1) : undefined;
  if (previous === undefined || !closedLately(deps, previous)) return undefined;
  if (previous.restored?.includes(certificateLabel(id)) !== true) return undefined;
  return previous.prior?.certificates?.find((certificate) => certificate.id === id)?.status;
}

const MOST_ROUNDS = 5;
/** Nothing can be given back that is not known: its release says so. */
const NOT_KNOWN = 'not known';

async function notedBy({ incidents }: Deps, id: string, names: readonly string[]): Promise<string | undefined> {
  return firstOf(names, async (name) => {
    const incident = await incidents.latest(name);
    if (incident === undefined || !isContained(incident)) return undefined;
    return incident.prior?.certificates?.find((certificate) => certificate.id === id)?.status;
  });
}
