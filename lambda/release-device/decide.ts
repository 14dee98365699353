import { BY_TIME, OVERTAKEN } from '../shared/incident/contract';
import {
  certificateLabel,
  type CertificateState,
  dueAtOf,
  groupLabel,
  type Incident,
  isBeingReleased,
  isClosed,
  isContained,
  type Order,
} from '../shared/incident/incident';
import { apply, withOrder } from '../shared/incident/transition';
import { isViolationId } from '../shared/incident/parse-detect';
import { NOTHING_UNDER_WAY_SECONDS } from './contract';
import type { ReleaseOrder } from './event';

export type Decision =
  | { readonly kind: 'ignore'; readonly because: string }
  /** It was done: give back what a call that was under way has taken since. */
  | { readonly kind: 'check'; readonly incident: Incident }
  /** Something else was decided since it was begun, and what it has given back has to be taken again. */
  | { readonly kind: 'overtaken'; readonly incident: Incident }
  /** Write down that it was ordered, and why it is not done. */
  | { readonly kind: 'record'; readonly incident: Incident }
  /** Write down that it is to be released, then do it. */
  | { readonly kind: 'begin'; readonly incident: Incident }
  /** It was written down before: go on. */
  | { readonly kind: 'resume'; readonly incident: Incident };

/**
 * What an order to release means for an incident. Said twice, or about another episode, it changes nothing. The newest word counts,
 * whichever comes first: that of another person, and that of the device itself, but for a playbook on trial.
 */
export function decide(
  known: Incident | undefined,
  episode: number,
  given: ReleaseOrder,
  now: number,
  dryRun: boolean,
): Decision {
  if (known === undefined || known.episode !== episode) return { kind: 'ignore', because: 'no such incident' };
  const { by, why, time, verdict } = given;
  const order: Order = { verb: 'release', by, why, time, ...(verdict && { verdict }) };
  const last = known.orders.at(-1);
  if (known.state === 'retired' && known.orders.some((other) => same(other, order)))
    return { kind: 'overtaken', incident: known };
  if (isToCheck(known, given)) return { kind: 'check', incident: known };
  if (isClosed(known)) return { kind: 'ignore', because: 'closed already' };
  if (isBeingReleased(known) && last !== undefined && same(last, order)) return { kind: 'resume', incident: known };
  // Since the order, somebody decided otherwise, or the device raised an alarm.
  if (known.orders.some((other) => same(other, order))) return { kind: 'overtaken', incident: known };
  if (known.orders.some((other) => other.time > order.time)) return { kind: 'ignore', because: 'overtaken' };
  if (given.by === BY_TIME && dueAtOf(known) !== given.time) return { kind: 'ignore', because: 'no longer due' };
  if (!dryRun && known.offendedAt !== undefined && known.offendedAt > order.time)
    return { kind: 'record', incident: { ...withOrder(known, order), because: OVERTAKEN, updatedAt: now } };
  const incident = apply(known, { type: 'prove', order }, now);
  return incident === undefined ? { kind: 'ignore', because: 'nothing was taken' } : { kind: 'begin', incident };
}

/**
 * The same where the device has a newer incident. What a call that was under way has taken after the release of the older one is
 * given back all the same; and where the newer one has taken something, what is left of the release may have undone it.
 */
export function decideOnOlder(newest: Incident, older: Incident | undefined, given: ReleaseOrder): Decision {
  if (older !== undefined && isToCheck(older, given)) return { kind: 'check', incident: older };
  return hasTaken(newest) ? { kind: 'overtaken', incident: newest } : { kind: 'ignore', because: 'no such incident' };
}

/** Whether what it has taken is to stay taken. */
export function hasTaken(incident: Incident): boolean {
  return isContained(incident) || incident.state === 'retired';
}

function isToCheck({ state, orders }: Incident, { again, by, time }: ReleaseOrder): boolean {
  const last = orders.at(-1);
  return again === true && state === 'released' && last !== undefined && same(last, { verb: 'release', by, time });
}

function same(one: Said, other: Said): boolean {
  return one.verb === other.verb && one.by === other.by && one.time === other.time;
}

type Said = Pick<Order, 'verb' | 'by' | 'time'>;

/**
 * Whether a call that takes something may still be under way when this is released, so that it comes after all that is given back.
 * Of an incident that was written before it said when it took, it is not known.
 */
export function mayBeUnderWay({ prior, takenAt }: Incident, now: number): boolean {
  return prior !== undefined && (takenAt === undefined || now < takenAt + NOTHING_UNDER_WAY_SECONDS * 1000);
}

/** The groups that a release has given back, in which the device should be. */
export function groupsGivenBack({ prior, restored = [] }: Incident): string[] {
  return (prior?.left ?? []).filter((group) => restored.includes(groupLabel(group)));
}

/** The violations of Device Defender that the incident rests on, each once. */
export function violationsOf({ signals }: Incident): string[] {
  const ids = signals.filter(({ source }) => source === 'detect').map(({ evidence }) => evidence.violation);
  return [...new Set(ids.filter(isViolationId))];
}

export type Restoration =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'activate' }
  /** It is on, and has to be off for somebody else. */
  | { readonly kind: 'deactivate'; readonly because: string }
  | { readonly kind: 'impossible'; readonly because: string };

/** Who, if anybody, is known to be locked out with a certificate besides; `unknown` where too many have it to ask them all. */
export type Holder = { readonly name: string } | 'nobody' | 'unknown';

/**
 * What has to be done so that a certificate is what it was. What others did to it meanwhile stays; but for a device that is still
 * locked out with it, it is off.
 */
export function restorationOf(
  { id, status }: CertificateState,
  current: string | undefined,
  holder: Holder,
): Restoration {
  const name = certificateLabel(id);
  if (status === 'INACTIVE' || status === 'REVOKED') return { kind: 'nothing' };
  if (typeof holder === 'object' && status === 'ACTIVE' && (current === 'ACTIVE' || current === 'INACTIVE')) {
    const because = `${name}: stays off until ${holder.name} is released, which is locked out with it`;
    return { kind: current === 'ACTIVE' ? 'deactivate' : 'impossible', because };
  }
  if (current === status) return { kind: 'nothing' };
  if (current === undefined) return { kind: 'impossible', because: `${name}: deleted` };
  if (status !== 'ACTIVE' || current !== 'INACTIVE')
    return { kind: 'impossible', because: `${name}: is ${current}, was ${status}` };
  return holder === 'unknown'
    ? { kind: 'impossible', because: `${name}: on so many things that not all can be asked whether it has to stay off` }
    : { kind: 'activate' };
}
