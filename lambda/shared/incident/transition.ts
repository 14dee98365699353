import type { Proof, Repair } from './repair';
import { includesResponse } from './respond';
import {
  type CertificateState,
  type Incident,
  givesBack,
  isClosed,
  isComplete,
  MOST,
  type Order,
  type Prior,
  type State,
  type TunnelNote,
} from './incident';

/** What can happen to an incident, besides signals. */
export type Transition =
  | { readonly type: 'hold'; readonly because: string; readonly order?: Order }
  | { readonly type: 'record'; readonly because: string }
  | { readonly type: 'isolate'; readonly prior: Prior; readonly order?: Order; readonly isolationMs?: number }
  | { readonly type: 'contained' }
  | { readonly type: 'locking'; readonly certificates: readonly CertificateState[] }
  | { readonly type: 'locked' }
  | { readonly type: 'drifted'; readonly groups: readonly string[] }
  /** Something is taken once more that is noted already. */
  | { readonly type: 'taking' }
  | { readonly type: 'repair'; readonly repair?: Repair }
  /** Something became known of its repair, and changes nothing yet. */
  | { readonly type: 'note'; readonly repair: Repair; readonly because: string }
  /** Without a proof it is a person who says so. */
  | { readonly type: 'prove'; readonly repair?: Repair; readonly proof?: Proof; readonly order?: Order }
  /** The repair failed. */
  | { readonly type: 'relapse'; readonly repair?: Repair; readonly because: string }
  | { readonly type: 'tunnel'; readonly tunnel: TunnelNote }
  | { readonly type: 'release'; readonly restored: readonly string[]; readonly notRestored: readonly string[] }
  | { readonly type: 'retire'; readonly because: string; readonly order?: Order };

type Verb = Transition['type'];

/** From which states each is possible. What is not here is refused, so a late or repeated word can never undo a newer one. */
const FROM: Readonly<Record<Verb, readonly State[]>> = {
  // Not while it is being isolated: what is half taken must first be taken.
  hold: ['detected', 'held', 'isolated', 'repairing', 'proving'],
  record: ['detected'],
  isolate: ['detected', 'held', 'isolating', 'isolated', 'repairing', 'proving'],
  contained: ['isolating', 'isolated', 'repairing', 'proving', 'held'],
  locking: ['isolating', 'isolated', 'repairing', 'proving', 'held'],
  locked: ['isolating', 'isolated', 'repairing', 'proving', 'held'],
  drifted: ['isolating', 'isolated', 'repairing', 'proving', 'held'],
  taking: ['isolating', 'isolated', 'repairing', 'proving', 'held'],
  repair: ['isolated'],
  note: ['isolated', 'repairing'],
  relapse: ['repairing', 'proving'],
  // Not before its session is cut: a tunnel is for a device that can do nothing else.
  tunnel: ['held', 'isolated', 'repairing', 'proving'],
  prove: ['isolating', 'isolated', 'repairing', 'held', 'proving'],
  release: ['proving'],
  retire: ['detected', 'held', 'isolating', 'isolated', 'repairing', 'proving'],
};

/** The incident after it, or undefined where it is not possible. Pure: the same for the same arguments. */
export function apply(incident: Incident, transition: Transition, now: number): Incident | undefined {
  if (!FROM[transition.type].includes(incident.state)) return undefined;
  const next = changed(incident, transition, now);
  return { ...next, updatedAt: now, ...(isClosed(next) ? { closedAt: now } : {}) };
}

function changed(incident: Incident, transition: Transition, now: number): Incident {
  switch (transition.type) {
    case 'hold':
      return {
        ...withOrder(incident, transition.order),
        ...(givesBack(incident) && { ...GIVEN_BACK, containedAt: incident.containedAt && now }),
        state: 'held',
        because: transition.because,
      };
    case 'record':
      return { ...incident, because: transition.because };
    case 'isolate':
      return isolating(
        { ...withOrder(incident, transition.order), isolationMs: transition.isolationMs, takenAt: now },
        transition.prior,
        givesBack(incident),
      );
    case 'contained':
      return settled({ ...incident, containedAt: incident.containedAt ?? now, takenAt: now });
    case 'locking':
      return { ...incident, prior: withCertificates(incident.prior, transition.certificates), takenAt: now };
    case 'locked':
      return settled({ ...incident, lockedAt: incident.lockedAt ?? now, takenAt: now });
    case 'drifted':
      return { ...incident, prior: withGroups(incident.prior, transition.groups, transition.groups), takenAt: now };
    case 'taking':
      return { ...incident, takenAt: now };
    case 'repair':
      return { ...watched(incident, transition.repair), state: 'repairing', because: undefined };
    case 'note':
      return { ...watched(incident, transition.repair), because: transition.because };
    case 'prove':
      return proving(untilNow(withOrder(incident, transition.order), now), transition.repair, transition.proof);
    case 'relapse':
      return {
        ...watched(incident, transition.repair),
        state: 'isolated',
        proof: undefined,
        because: transition.because,
      };
    case 'tunnel':
      return withTunnel(incident, transition.tunnel);
    case 'release':
      return { ...incident, state: 'released', restored: transition.restored, notRestored: transition.notRestored };
    case 'retire':
      return { ...withOrder(incident, transition.order), state: 'retired', because: transition.because };
  }
}

/** A release that was begun may have given back anything: nothing counts as taken any more, and is to be taken again. */
const GIVEN_BACK = { containedAt: undefined, lockedAt: undefined } as const;

/** What was noted first stays: a second look at a thing that has left its groups already would forget them. */
function isolating(incident: Incident, prior: Prior, overtakes: boolean): Incident {
  return {
    ...incident,
    ...(overtakes && GIVEN_BACK),
    because: undefined,
    state: 'isolating',
    prior: withGroups(incident.prior ?? prior, prior.groups, prior.left),
    proof: undefined,
    ...(incident.watch !== undefined && { watch: incident.watch + 1 }),
  };
}

/** Where not all is taken yet, somebody may be at it until this is written. */
function untilNow(incident: Incident, now: number): Incident {
  return incident.state !== 'isolating' && isComplete(incident) ? incident : { ...incident, takenAt: now };
}

/** A person's word needs no proof, and leaves none behind. */
function proving(incident: Incident, repair: Repair | undefined, proof: Proof | undefined): Incident {
  const because = proof?.proven === undefined ? undefined : 'health proved';
  return { ...watched(incident, repair), state: 'proving', proof, because };
}

/** What is waited for now is something new: reminders of what was waited for before are stale. */
function watched(incident: Incident, repair: Repair | undefined): Incident {
  return { ...incident, repair: repair ?? incident.repair, watch: (incident.watch ?? 0) + 1 };
}

/** The note of a request is completed once its tunnel is known. */
function withTunnel(incident: Incident, tunnel: TunnelNote): Incident {
  const others = (incident.tunnels ?? []).filter(({ by, time }) => by !== tunnel.by || time !== tunnel.time);
  return { ...incident, tunnels: [...others, tunnel].slice(-MOST.tunnels) };
}

function withGroups(prior: Prior | undefined, groups: readonly string[], left: readonly string[]): Prior {
  const union = (one: readonly string[] = [], other: readonly string[]) => [...new Set([...one, ...other])].sort();
  return { ...prior, groups: union(prior?.groups, groups), left: union(prior?.left, left) };
}

/** The status that a certificate had when it was first seen; later ones are our own doing. */
function withCertificates(prior: Prior | undefined, seen: readonly CertificateState[]): Prior {
  const known = prior?.certificates ?? [];
  const added = seen.filter(({ id }) => !known.some((certificate) => certificate.id === id));
  return { groups: prior?.groups ?? [], left: prior?.left ?? [], certificates: [...known, ...added] };
}

/** What was found after a release: what had to be given back once more, and what of it could not be. */
export interface Mending {
  readonly mended: readonly string[];
  readonly lost?: readonly { readonly label: string; readonly because: string }[];
}

/**
 * A released incident after something had to be given back once more. It stays closed when it was closed: what that settles does not
 * move. The same object where nothing is new.
 */
export function mend(incident: Incident, { mended, lost = [] }: Mending, now: number): Incident {
  const { restored = [], notRestored = [], mended: known = [] } = incident;
  const isLost = (label: string) => lost.some((one) => one.label === label);
  const next: Incident = {
    ...incident,
    restored: restored.filter((label) => !isLost(label)),
    notRestored: [...new Set([...notRestored, ...lost.map(({ label, because }) => `${label}: ${because}`)])],
    mended: [...new Set([...known, ...mended])].filter((label) => !isLost(label)),
    updatedAt: now,
  };
  const news = mended.some((label) => !known.includes(label)) || lost.some(({ label }) => restored.includes(label));
  return news ? next : incident;
}

function settled(incident: Incident): Incident {
  if (incident.state !== 'isolating' || !isComplete(incident)) return incident;
  return { ...incident, state: includesResponse(incident.response, 'retire') ? 'retired' : 'isolated' };
}

/** The incident with an order on record; the same object where there is none, or it is there already. */
export function withOrder(incident: Incident, order: Order | undefined): Incident {
  const said = (other: Order) => order?.verb === other.verb && order.by === other.by && order.time === other.time;
  if (order === undefined || incident.orders.some(said)) return incident;
  return { ...incident, orders: [...incident.orders, order].slice(-MOST.orders) };
}
