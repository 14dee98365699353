import { type Incident, type Order } from '../shared/incident/incident';
import type { Repair } from '../shared/incident/repair';
import { includesResponse } from '../shared/incident/respond';
import { subjectOf } from '../shared/incident/signal';
import type { Transition } from '../shared/incident/transition';
import { cleanSince, stillInAlarm } from './clean';
import { METRIC, type ProofRule } from './contract';
import { type Execution, outcomeOf } from './outcome';

/** Who orders a release that no person ordered. */
export const PROVER = 'zero-trust-iot/prove-health';

/** How often a device is asked after that is being repaired; events say the same sooner, where they are turned on. */
export const LOOK_MS = 3_600_000;

export interface Situation {
  readonly incident: Incident;
  /** Absent where no job is asked for. */
  readonly jobId?: string;
  readonly execution?: Execution;
  readonly rule: ProofRule;
  readonly now: number;
}

export type Step =
  /** Write it, and look again. */
  | { readonly kind: 'move'; readonly transition: Transition; readonly metric?: string; readonly because: string }
  /** Nothing to write now; look again when it is due. */
  | { readonly kind: 'rest'; readonly due?: number; readonly because: string }
  /** It was written that the device is to be released: have it done. */
  | { readonly kind: 'release'; readonly order: Order };

/** The next step of a repair, and of the proof that it helped. The same for the same situation, whatever called for it. */
export function decide(situation: Situation): Step {
  const { incident, jobId } = situation;
  if (!isRepairable(incident)) return rest('not to be repaired from here');
  switch (incident.state) {
    case 'isolated':
      return jobId === undefined
        ? begin(situation, incident.containedAt ?? incident.updatedAt)
        : onIsolated(situation, jobId);
    case 'repairing':
      // Where no job is asked for any more, the proof is all that is left.
      return jobId === undefined ? begin(situation, incident.updatedAt) : onRepairing(situation, jobId);
    case 'proving':
      return onProving(situation);
    default:
      return rest(`the incident is ${incident.state}`);
  }
}

/** A device that cannot connect takes no job, and proves nothing. */
function isRepairable(incident: Incident): boolean {
  return subjectOf(incident.subject).kind === 'thing' && !includesResponse(incident.response, 'lockOut');
}

function onIsolated(situation: Situation, jobId: string): Step {
  const { incident, now, rule } = situation;
  const outcome = outcomeOf(situation.execution, incident);
  switch (outcome.kind) {
    case 'pending':
    case 'succeeded':
      return move({ type: 'repair', repair: repairOf(situation, jobId) }, 'the device has the patch job');
    case 'failed':
    case 'stale':
      return failed(situation, jobId, outcome.execution);
    case 'none':
      return silence(situation, jobId, incident.updatedAt + rule.silentSeconds * 1000, now);
  }
}

function onRepairing(situation: Situation, jobId: string): Step {
  const { incident, rule, now } = situation;
  const outcome = outcomeOf(situation.execution, incident);
  switch (outcome.kind) {
    case 'succeeded':
      return begin(situation, outcome.execution.at, repairOf(situation, jobId));
    case 'failed':
    case 'stale':
      return failed(situation, jobId, outcome.execution);
    case 'none':
      // Canceled before it was begun, or replaced by another one that is still to come.
      return move({ type: 'relapse', because: 'the job was taken back' }, 'the job was taken back');
    case 'pending':
      return silence(situation, jobId, sinceOf(situation) + rule.silentSeconds * 1000, now);
  }
}

function onProving(situation: Situation): Step {
  const { incident, jobId } = situation;
  const { proof } = incident;
  const order = incident.orders.at(-1);
  if (proof === undefined) return rest('a person has ordered the release');
  if (order?.by === PROVER && order.time === proof.orderedAt) return { kind: 'release', order };
  if (jobId !== undefined && incident.repair?.jobId !== jobId) return onNewer(situation, jobId);
  return weigh(situation, proof.since, proof.proven);
}

/** The channel has another patch now. */
function onNewer(situation: Situation, jobId: string): Step {
  const outcome = outcomeOf(situation.execution, situation.incident);
  if (outcome.kind === 'succeeded') return begin(situation, outcome.execution.at, repairOf(situation, jobId));
  return move({ type: 'relapse', because: 'there is a newer patch' }, 'there is a newer patch');
}

/** Whether the windows are over, and what follows from it. */
function weigh({ incident, rule, now }: Situation, since: number, proven: number | undefined): Step {
  const clean = cleanSince(incident, since);
  const [open] = rule.requireCleared ? stillInAlarm(incident) : [];
  if (clean > since || (open !== undefined && proven !== undefined))
    return move({ type: 'prove', proof: { since: clean } }, 'an alarm came in between');
  const window = rule.windowSeconds * 1000;
  if (open !== undefined) return rest(`still in alarm: ${open.about}`, now + window);
  const due = since + rule.windows * window;
  if (now < due) return rest('not long enough without an alarm', due);
  if (incident.episode <= rule.automaticReleases)
    return move(
      { type: 'prove', proof: { since, orderedAt: now }, order: orderOf(incident, rule, now) },
      'health proved',
    );
  if (proven === undefined)
    return move({ type: 'prove', proof: { since, proven: now } }, 'health proved', METRIC.proven);
  return rest('waits for a person', now + window);
}

function begin({ incident }: Situation, start: number, repair?: Repair): Step {
  return move({ type: 'prove', repair, proof: { since: cleanSince(incident, start) } }, 'to be proved');
}

/** Told once; from then on it is for a person, unless something else becomes known. */
function failed(situation: Situation, jobId: string, execution: Execution): Step {
  const { incident, now } = situation;
  const because = becauseOf(incident, jobId, execution);
  const { repair: known } = incident;
  const same = known?.jobId === jobId && known.status === execution.status && known.at === execution.at;
  if (same && incident.state === 'isolated' && incident.because === because)
    return rest('a person has to look at it', now + LOOK_MS);
  const type = incident.state === 'isolated' ? 'note' : 'relapse';
  return move({ type, repair: repairOf(situation, jobId), because }, because, METRIC.failed);
}

function becauseOf(incident: Incident, jobId: string, execution: Execution): string {
  if (outcomeOf(execution, incident).kind === 'failed') return `patch job ${jobId}: ${execution.status}`;
  return execution.at < incident.openedAt
    ? `patch job ${jobId} was through before the incident`
    : `misbehaved although patch job ${jobId} was through`;
}

/** Nothing is heard of the device: after a while people are told, once. */
function silence(situation: Situation, jobId: string, deadline: number, now: number): Step {
  const { incident } = situation;
  if (now < deadline) return rest('waits for the device', Math.min(deadline, now + LOOK_MS));
  if (incident.repair?.silent === true && incident.repair.jobId === jobId)
    return rest('the device is silent', now + LOOK_MS);
  const because = 'the device does not take the patch job';
  const repair: Repair = { ...repairOf(situation, jobId), silent: true };
  return move({ type: 'note', repair, because }, because, METRIC.silent);
}

function repairOf(situation: Situation, jobId: string): Repair {
  const { status, at } = situation.execution ?? { status: 'NONE', at: 0 };
  return { jobId, status, at, since: sinceOf(situation) };
}

/** Since when the job is waited for. */
function sinceOf({ incident, now }: Situation): number {
  return incident.state === 'repairing' ? (incident.repair?.since ?? incident.updatedAt) : now;
}

function orderOf({ repair }: Incident, { windows, windowSeconds }: ProofRule, time: number): Order {
  const job = repair === undefined ? '' : `patch job ${repair.jobId} succeeded; `;
  const why = `${job}${windows} windows of ${windowSeconds} s without an alarm`;
  return { verb: 'release', by: PROVER, why, time };
}

function move(transition: Transition, because: string, metric?: string): Step {
  return { kind: 'move', transition, because, metric };
}

function rest(because: string, due?: number): Step {
  return { kind: 'rest', because, due };
}
