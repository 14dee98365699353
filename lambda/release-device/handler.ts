import { createConsumer, type Outcome } from '../shared/incident/consumer';
import { BY_TIME, MESSAGE, type Verdict } from '../shared/incident/contract';
import {
  type CertificateState,
  dueAtOf,
  groupLabel,
  type Incident,
  isComplete,
  keepsOff,
} from '../shared/incident/incident';
import { firstOf, MOST_TO_ASK } from '../shared/incident/holders';
import { includesResponse } from '../shared/incident/respond';
import { certificateKey, subjectOf } from '../shared/incident/signal';
import { apply } from '../shared/incident/transition';
import type { Gate } from '../shared/incident/gate-adapters';
import type { Logger } from '../shared/logger';
import { METRIC, MOST_VIOLATIONS } from './contract';
import { decide, type Holder, restorationOf, violationsOf } from './decide';
import { parseRelease, type ReleaseOrder } from './event';
import type { IncidentPort, QueuePort, RegistryPort, VerificationPort } from './ports';

export interface Deps {
  readonly registry: RegistryPort;
  readonly verification: VerificationPort;
  readonly incidents: IncidentPort;
  /** Absent where connections pass no gate. */
  readonly gate?: Gate;
  readonly queue: QueuePort;
  readonly quarantineGroup: string;
  /** The playbook is on trial. */
  readonly dryRun: boolean;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Logger;
}

interface Restored {
  readonly restored: string[];
  readonly notRestored: string[];
}

const HELD_PAGE = 100;
const ROUNDS = 5;
/** Longer than any function runs that isolates. */
const NOTHING_UNDER_WAY_SECONDS = 120;

/** Gives devices back exactly what was taken, checks it, and says what it could not give back. */
export function createHandler(deps: Deps) {
  return createConsumer({
    ...deps.queue,
    parse: parseRelease,
    laneOf: (message) => (message.kind === 'one' ? message.subject : undefined),
    handle: async (message) => {
      if (message.kind === 'held') return [await releaseHeld(deps, message.order)];
      if (message.kind === 'due') return [await releaseDue(deps, message.start)];
      if (message.kind === 'verify') return [await verify(deps, message.violations, message.verdict, message.why)];
      return [await release(deps, message.subject, message.episode, message.order)];
    },
    random: deps.random,
    log: deps.log,
  });
}

async function releaseHeld(deps: Deps, { start, ...order }: ReleaseOrder): Promise<Outcome> {
  const { incidents, next } = await deps.incidents.held(HELD_PAGE, start);
  for (const { subject, episode } of incidents)
    await deps.queue.order({ schema: MESSAGE.release, subject, episode, ...order });
  if (next !== undefined) await deps.queue.order({ schema: MESSAGE.releaseHeld, ...order, start: next });
  return { done: 'ordered', because: `${incidents.length} held incidents` };
}

/** Each becomes an order that names the time it was due, so that a further alarm in between makes it void. */
async function releaseDue(deps: Deps, start: string | undefined): Promise<Outcome> {
  const { incidents, next } = await deps.incidents.due(deps.now(), HELD_PAGE, start);
  for (const incident of incidents) {
    const { subject, episode } = incident;
    const order = { by: BY_TIME, why: 'the time of its isolation is over', time: dueAtOf(incident) };
    await deps.queue.order({ schema: MESSAGE.release, subject, episode, ...order });
  }
  if (next !== undefined) await deps.queue.order({ schema: MESSAGE.releaseDue, start: next });
  return { done: 'ordered', because: `the time of ${incidents.length} isolations is over` };
}

async function release(deps: Deps, subject: string, episode: number, order: ReleaseOrder): Promise<Outcome> {
  const known = await deps.incidents.latest(subject);
  // Told apart from the release, which must not wait for it; whatever became of the order, its giver has looked at the alarms.
  if (order.verdict !== undefined && known?.episode === episode)
    await orderVerification(deps, violationsOf(known), order.verdict, order.why);
  const decision = decide(known, episode, order, deps.now(), deps.dryRun);
  if (decision.kind === 'ignore') return { done: 'ignored', because: decision.because };
  if (decision.kind === 'check') {
    await restore(deps, decision.incident);
    return { done: 'checked' };
  }
  if (decision.kind === 'overtaken') return overtaken(deps, decision.incident);
  if (decision.kind === 'record') {
    const { because } = await write(deps, decision.incident);
    return { done: 'recorded', because };
  }
  const incident = decision.kind === 'resume' ? decision.incident : await write(deps, decision.incident);
  const result = await restore(deps, incident);
  // The responder may be at it, and a call of it that is on its way would come after all of this.
  if (incident.prior !== undefined && !isComplete(incident))
    await deps.queue.order(
      { schema: MESSAGE.release, subject, episode, by: order.by, why: order.why, time: order.time, again: true },
      NOTHING_UNDER_WAY_SECONDS,
    );
  return finish(deps, incident, result);
}

async function orderVerification(
  { queue }: Deps,
  violations: readonly string[],
  verdict: Verdict,
  why: string,
): Promise<void> {
  for (let first = 0; first < violations.length; first += MOST_VIOLATIONS)
    await queue.order({
      schema: MESSAGE.verify,
      violations: violations.slice(first, first + MOST_VIOLATIONS),
      verdict,
      why,
    });
}

async function verify(deps: Deps, violations: readonly string[], verdict: Verdict, why: string): Promise<Outcome> {
  let unknown = 0;
  for (const violation of violations)
    if ((await deps.verification.verify(violation, verdict, why)) === 'unknown') unknown += 1;
  deps.log.count(METRIC.verified, violations.length - unknown, { verdict });
  return unknown === 0
    ? { done: 'verified' }
    : { done: 'verified', because: `${unknown} of ${violations.length} violations are not known any more` };
}

async function write(deps: Deps, incident: Incident): Promise<Incident> {
  const saved = await deps.incidents.save(incident);
  if (saved === 'conflict') throw new Error('the incident was written by somebody else');
  return saved;
}

/** Each step may have been done before. In between the device has neither the one rights nor the other, never both. */
async function restore(deps: Deps, incident: Incident): Promise<Restored> {
  const result: Restored = { restored: [], notRestored: [] };
  for (const certificate of incident.prior?.certificates ?? [])
    await restoreCertificate(deps, certificate, incident.subject, result);
  const subject = subjectOf(incident.subject);
  // Also where isolating it did not come to its end: what is noted may have been taken.
  if (subject.kind === 'thing' && incident.prior !== undefined) {
    await restoreGroups(deps, subject.name, incident.prior.left, result);
    await deps.registry.cut(subject.name);
  }
  return result;
}

/**
 * Others may be locked out with the certificate, or released, at the same moment. Each writes down what it is about to do, does it,
 * and this looks once more after what it has done: so the later of the two sees the other, and they end as one after the other.
 */
async function restoreCertificate(
  deps: Deps,
  certificate: CertificateState,
  subject: string,
  result: Restored,
): Promise<void> {
  const { registry, gate } = deps;
  const { id, status } = certificate;
  let entry: Entry = { admitted: subject };
  for (let round = 0; round < ROUNDS; round += 1) {
    const others = await othersOf(deps, certificate, subject);
    const holder = await holderOf(deps, id, others);
    const restoration = restorationOf(certificate, await registry.statusOf(id), holder);
    const { kind } = restoration;
    if (kind === 'activate') await registry.activate(id);
    if (kind === 'deactivate') await registry.deactivate(id);
    // Whether it may pass is as unknown as whether it may be on; and that it is denied for the same one is not said twice.
    const known = holder !== 'unknown' || kind === 'nothing';
    const said = typeof holder === 'object' && entry.denied === holder.name;
    const before = entry;
    if (gate !== undefined && known && !said) entry = await settleGate(gate, id, subject, others.names, holder);
    const changed = entry.denied !== before.denied || entry.admitted !== before.admitted;
    if (changed || kind === 'activate' || kind === 'deactivate') continue;
    if ('because' in restoration) result.notRestored.push(restoration.because);
    else if (status === 'ACTIVE') result.restored.push(`certificate ${id.slice(0, 8)}`);
    return;
  }
  throw new Error('others who have the certificate are locked out and released just now');
}

/** For whom it is denied at the gate, or was admitted. */
interface Entry {
  readonly denied?: string;
  readonly admitted?: string;
}

/** At the gate it stays for whom it is kept off, so that the release of that one lets it in again. */
async function settleGate(
  gate: Gate,
  id: string,
  subject: string,
  others: readonly string[],
  holder: Holder,
): Promise<Entry> {
  if (typeof holder === 'object') {
    await gate.deny(id, holder.name);
    return { denied: holder.name };
  }
  if (await gate.admit(id, subject)) return { admitted: subject };
  // It stands there for another one, who may have been released at the same moment. One by one, so that none is under way at a fault.
  for (const name of others) if (await gate.admit(id, name)) return { admitted: name };
  return { admitted: subject };
}

/** Things that have it, or had it; also the certificate itself, which may have been locked out while it was on none. */
async function othersOf(
  { registry }: Deps,
  { id, sharedWith = [] }: CertificateState,
  subject: string,
): Promise<{ readonly names: readonly string[]; readonly all: boolean }> {
  const things = await registry.thingsOf(id, MOST_TO_ASK);
  const names = new Set([...sharedWith, ...(things === 'more' ? [] : things), certificateKey(id)]);
  names.delete(subject);
  return { names: [...names], all: things !== 'more' };
}

async function holderOf(
  { incidents }: Deps,
  id: string,
  { names, all }: { readonly names: readonly string[]; readonly all: boolean },
): Promise<Holder> {
  const name = await firstOf(names, async (other) => {
    const incident = await incidents.latest(other);
    return incident !== undefined && keepsOff(incident, id) ? other : undefined;
  });
  if (name !== undefined) return { name };
  return all ? 'nobody' : 'unknown';
}

async function restoreGroups(deps: Deps, thing: string, left: readonly string[], result: Restored): Promise<void> {
  await deps.registry.leave(thing, deps.quarantineGroup);
  const joined: string[] = [];
  for (const group of left) {
    const outcome = await deps.registry.join(thing, group);
    if (outcome === 'joined') joined.push(group);
    else
      result.notRestored.push(
        `${groupLabel(group)}: ${outcome === 'full' ? 'the thing is in 10 groups' : 'not found'}`,
      );
  }
  result.restored.push(...joined.map(groupLabel));
  const groups = await deps.registry.groupsOf(thing);
  if (groups === 'gone') return;
  // Listings are made up a little later; then the message comes again, and finds all as it should be.
  const visible = joined.every((group) => groups.includes(group)) && !groups.includes(deps.quarantineGroup);
  if (!visible) throw new Error('what was restored is not visible yet');
}

async function finish(deps: Deps, incident: Incident, result: Restored): Promise<Outcome> {
  let current: Incident | undefined = incident;
  for (let round = 0; round < ROUNDS && current?.episode === incident.episode; round += 1) {
    const released = apply(current, { type: 'release', ...result }, deps.now());
    if (released === undefined) return overtaken(deps, incident);
    if ((await deps.incidents.save(released)) !== 'conflict') {
      deps.log.count(METRIC.released, 1, { subject: incident.subject });
      if (result.notRestored.length > 0)
        deps.log.count(METRIC.incomplete, 1, { subject: incident.subject, notRestored: result.notRestored.join('; ') });
      return { done: 'released' };
    }
    current = await deps.incidents.latest(incident.subject);
    // Something more was taken meanwhile: the order is delivered again, and gives that back, too.
    if (current !== undefined && taken(current) !== taken(incident)) break;
  }
  throw new Error('the incident was written by somebody else');
}

function taken({ prior, lockedAt }: Incident): string {
  return JSON.stringify([prior, lockedAt]);
}

/**
 * Somebody decided otherwise while rights were given back: certificates are switched off again, and the responder looks at once,
 * and takes the rest again. Also when an order is delivered once more that was overtaken: its first delivery may have been cut off.
 */
async function overtaken(deps: Deps, { subject, episode }: Incident): Promise<Outcome> {
  const { incidents, registry, gate, queue } = deps;
  const known = await incidents.latest(subject);
  for (const { id, status } of known?.episode === episode ? (known.prior?.certificates ?? []) : []) {
    if (known === undefined || !(isRevoked(known) || keepsOff(known, id))) continue;
    await gate?.deny(id, subject);
    if (status === 'ACTIVE' && (await registry.statusOf(id)) === 'ACTIVE') await registry.deactivate(id);
  }
  await queue.look({ schema: MESSAGE.look, subject, episode, attempt: 1 });
  return { done: 'ignored', because: 'overtaken' };
}

/** A switch that was on its way while the certificates of a retired device were revoked may have come last. */
function isRevoked({ state, response }: Incident): boolean {
  return state === 'retired' && includesResponse(response, 'retire');
}
