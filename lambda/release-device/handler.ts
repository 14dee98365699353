import { createConsumer, type Outcome } from '../shared/incident/consumer';
import { BY_TIME, MESSAGE, type Verdict } from '../shared/incident/contract';
import {
  certificateLabel,
  type CertificateState,
  dueAtOf,
  groupLabel,
  type Incident,
  keepsOff,
} from '../shared/incident/incident';
import { firstOf, MOST_TO_ASK } from '../shared/incident/holders';
import { certificateKey, subjectOf } from '../shared/incident/signal';
import { apply, type Mending, mend } from '../shared/incident/transition';
import type { Gate } from '../shared/incident/gate-adapters';
import type { Logger } from '../shared/logger';
import { METRIC, MOST_VIOLATIONS, NOTHING_UNDER_WAY_SECONDS } from './contract';
import {
  decide,
  decideOnOlder,
  type Decision,
  groupsGivenBack,
  hasTaken,
  type Holder,
  mayBeUnderWay,
  restorationOf,
  violationsOf,
} from './decide';
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
  const decision = await decisionOn(deps, known, episode, order);
  if (decision.kind === 'ignore') return { done: 'ignored', because: decision.because };
  if (decision.kind === 'check') return check(deps, decision.incident, known ?? decision.incident);
  if (decision.kind === 'overtaken') return overtaken(deps, decision.incident);
  if (decision.kind === 'record') {
    const { because } = await write(deps, decision.incident);
    return { done: 'recorded', because };
  }
  const incident = decision.kind === 'resume' ? decision.incident : await write(deps, decision.incident);
  // A call of whoever takes that is on its way would come after all of this.
  const underWay = mayBeUnderWay(incident, deps.now());
  const result = await restore(deps, incident);
  if (underWay)
    await deps.queue.order(
      { schema: MESSAGE.release, subject, episode, by: order.by, why: order.why, time: order.time, again: true },
      NOTHING_UNDER_WAY_SECONDS,
    );
  return finish(deps, incident, result);
}

async function decisionOn(
  { incidents, now, dryRun }: Deps,
  known: Incident | undefined,
  episode: number,
  order: ReleaseOrder,
): Promise<Decision> {
  if (known === undefined || known.episode <= episode) return decide(known, episode, order, now(), dryRun);
  const older = order.again === true ? await incidents.episode(known.subject, episode) : undefined;
  return decideOnOlder(known, older, order);
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
  for (const certificate of incident.prior?.certificates ?? []) {
    const { because, restored } = await restoreCertificate(deps, certificate, incident.subject);
    if (because !== undefined) result.notRestored.push(because);
    else if (restored) result.restored.push(certificateLabel(certificate.id));
  }
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
): Promise<{ readonly because?: string; readonly restored: boolean; readonly activated: boolean }> {
  const { registry, gate } = deps;
  const { id, status } = certificate;
  let activated = false;
  let entry: Entry = { admitted: subject };
  for (let round = 0; round < ROUNDS; round += 1) {
    const others = await othersOf(deps, certificate, subject);
    const holder = await holderOf(deps, id, others);
    const restoration = restorationOf(certificate, await registry.statusOf(id), holder);
    const { kind } = restoration;
    if (kind === 'activate') {
      await registry.activate(id);
      activated = true;
    }
    if (kind === 'deactivate') await registry.deactivate(id);
    // Whether it may pass is as unknown as whether it may be on; and that it is denied for the same one is not said twice.
    const known = holder !== 'unknown' || kind === 'nothing';
    const said = typeof holder === 'object' && entry.denied === holder.name;
    const before = entry;
    if (gate !== undefined && known && !said) entry = await settleGate(gate, id, subject, others.names, holder);
    const changed = entry.denied !== before.denied || entry.admitted !== before.admitted;
    if (changed || kind === 'activate' || kind === 'deactivate') continue;
    const because = 'because' in restoration ? restoration.because : undefined;
    return { because, restored: because === undefined && status === 'ACTIVE', activated };
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
    else result.notRestored.push(`${groupLabel(group)}: ${WHY_NOT[outcome]}`);
  }
  result.restored.push(...joined.map(groupLabel));
  const groups = await deps.registry.groupsOf(thing);
  if (groups === 'gone') return;
  // Listings are made up a little later; then the message comes again, and finds all as it should be.
  const visible = joined.every((group) => groups.includes(group)) && !groups.includes(deps.quarantineGroup);
  if (!visible) throw new Error('what was restored is not visible yet');
}

const WHY_NOT = { full: 'the thing is in 10 groups', gone: 'not found' } as const;

/**
 * Some time after a release, when no call is under way any more that was when it was carried out: what such a call has taken is given
 * back once more, and noted. A device from which nothing was taken is not disturbed.
 */
async function check(deps: Deps, incident: Incident, newest: Incident): Promise<Outcome> {
  let noted = incident;
  for (const certificate of incident.prior?.certificates ?? []) {
    if (keepsOff(newest, certificate.id)) continue;
    const { activated } = await restoreCertificate(deps, certificate, incident.subject);
    if (activated) noted = await note(deps, noted, { mended: [certificateLabel(certificate.id)] });
  }
  // Where there is a newer incident that takes, the groups are its own to take and to give back.
  if (!hasTaken(newest)) noted = await checkGroups(deps, noted);
  const latest = await deps.incidents.latest(incident.subject);
  if (latest !== undefined && latest.episode !== incident.episode && hasTaken(latest)) return overtaken(deps, latest);
  return { done: 'checked', because: noted === incident ? undefined : 'something was taken after it' };
}

/**
 * What to do does not depend on the listing, which AWS makes up a little later: both calls change nothing where there is nothing to
 * change. It only tells whether something had been taken, and the session has to end; so it is neither waited for.
 */
async function checkGroups(deps: Deps, incident: Incident): Promise<Incident> {
  const { registry, quarantineGroup } = deps;
  const subject = subjectOf(incident.subject);
  if (subject.kind !== 'thing') return incident;
  const groups = await registry.groupsOf(subject.name);
  if (groups === 'gone') return incident;
  const back = groupsGivenBack(incident);
  const out = `out of ${groupLabel(quarantineGroup)}`;
  const missing = back.filter((group) => !groups.includes(group));
  const mended = [...(groups.includes(quarantineGroup) ? [out] : []), ...missing.map(groupLabel)];
  // Before it is done: should this stop in between, the session is ended by the next delivery.
  const noted = await note(deps, incident, { mended });
  await registry.leave(subject.name, quarantineGroup);
  const lost: { label: string; because: string }[] = [];
  for (const group of back) {
    const outcome = await registry.join(subject.name, group);
    if (outcome !== 'joined' && missing.includes(group))
      lost.push({ label: groupLabel(group), because: WHY_NOT[outcome] });
  }
  if ([out, ...back.map(groupLabel)].some((label) => noted.mended?.includes(label))) await registry.cut(subject.name);
  return note(deps, noted, { mended: [], lost });
}

async function note(deps: Deps, incident: Incident, mending: Mending): Promise<Incident> {
  const mended = mend(incident, mending, deps.now());
  if (mended === incident) return incident;
  const saved = await write(deps, mended);
  const { subject } = incident;
  if (mending.mended.length > 0) deps.log.count(METRIC.mended, 1, { subject, mended: mending.mended.join('; ') });
  const lost = mending.lost ?? [];
  if (lost.length > 0)
    deps.log.count(METRIC.incomplete, 1, { subject, notRestored: lost.map(({ label }) => label).join('; ') });
  return saved;
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
async function overtaken(deps: Deps, { subject }: Incident): Promise<Outcome> {
  const { incidents, registry, gate, queue } = deps;
  const known = await incidents.latest(subject);
  const off = (known?.prior?.certificates ?? []).filter(({ id }) => known !== undefined && keepsOff(known, id));
  // Said before, so that a release that comes meanwhile looks once more after this. What is retired is never released.
  const taking = known && off.length > 0 ? apply(known, { type: 'taking' }, deps.now()) : undefined;
  if (taking !== undefined) await write(deps, taking);
  for (const { id, status } of off) {
    await gate?.deny(id, subject);
    if (status === 'ACTIVE' && (await registry.statusOf(id)) === 'ACTIVE') await registry.deactivate(id);
  }
  if (known !== undefined) await queue.look({ schema: MESSAGE.look, subject, episode: known.episode, attempt: 1 });
  return { done: 'ignored', because: 'overtaken' };
}
