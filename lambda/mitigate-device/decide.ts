import type { PlaybookDocument, Response } from '../shared/incident/contract';
import {
  type Incident,
  isClosed,
  isComplete,
  isContained,
  mergeSignal,
  openIncident,
  type Order,
} from '../shared/incident/incident';
import { settledUntil } from '../shared/incident/repair';
import { includesResponse, respond } from '../shared/incident/respond';
import type { SecuritySignal } from '../shared/incident/signal';
import { withOrder } from '../shared/incident/transition';

export type Decision =
  | { readonly kind: 'refuse'; readonly because: string }
  | { readonly kind: 'ignore'; readonly because: string }
  /** Write it down; nothing is to be done. */
  | { readonly kind: 'record'; readonly incident: Incident }
  /** Begin (or strengthen) an isolation. */
  | { readonly kind: 'isolate'; readonly incident: Incident }
  /** An isolation was begun and not finished: finish it. */
  | { readonly kind: 'resume'; readonly incident: Incident };

/** Clocks of AWS services differ by seconds; more is a message that would outlive every release. */
const LONGEST_LEAD_MS = 5 * 60_000;

/** What a signal means for a device, given the newest record of it. */
export function decide(
  signal: SecuritySignal,
  known: Incident | undefined,
  playbook: PlaybookDocument,
  now: number,
): Decision {
  if (signal.time > now + LONGEST_LEAD_MS) return { kind: 'refuse', because: 'signal: of the future' };
  const response = respond(signal, playbook);
  if (known === undefined) return answer(opened(signal, response, 1, now), playbook, signal);
  const closed = isClosed(known);
  const settled = Math.max(known.settled ?? -Infinity, closed ? settledUntil(known) : -Infinity);
  // Also where something newer has opened another episode since.
  if (signal.time <= settled) return { kind: 'ignore', because: 'older than the release' };
  if (closed) {
    // What came since and isolates would have overtaken the release; all else in the record was weighed with it.
    if (isRecorded(signal, known)) return { kind: 'ignore', because: 'already recorded' };
    return answer({ ...opened(signal, response, known.episode + 1, now), settled }, playbook, signal);
  }
  const heard = mergeSignal(known, signal, response);
  const news = known.state === 'proving' && isNews(signal, known, playbook);
  // What was ordered before a release was ordered is not the last word: that one has to come to its end.
  const merged = known.state === 'proving' && !news ? heard : withOrder(heard, orderOf(signal));
  // A release under way is overtaken by what the device did since it was ordered.
  if (news) return { kind: 'isolate', incident: merged };
  if (isContained(known)) return strengthen(known, merged, wantsAction(merged, playbook, signal));
  if (known.state === 'held' && !isOrder(signal)) return unlessSame(known, merged);
  return merged === known && !wantsAction(merged, playbook, signal)
    ? { kind: 'ignore', because: 'already recorded' }
    : answer(merged, playbook, signal);
}

const SAID = ['id', 'source', 'time', 'kind', 'severity', 'about', 'phase'] as const;

function isRecorded(signal: SecuritySignal, { signals }: Incident): boolean {
  return signals.some((note) => SAID.every((field) => note[field] === signal[field]));
}

function isNews(signal: SecuritySignal, known: Incident, playbook: PlaybookDocument): boolean {
  return (
    signal.time > settledUntil(known) &&
    includesResponse(respond(signal, playbook), 'isolate') &&
    (!playbook.dryRun || isOrder(signal))
  );
}

function answer(incident: Incident, playbook: PlaybookDocument, signal: SecuritySignal): Decision {
  if (wantsAction(incident, playbook, signal)) return { kind: 'isolate', incident };
  const because = playbook.dryRun && includesResponse(incident.response, 'isolate') ? 'dry run' : incident.because;
  return { kind: 'record', incident: because === undefined ? incident : { ...incident, because } };
}

/** A person is obeyed in a dry run, too: it is the playbook that is on trial, not the operator. */
function wantsAction(incident: Incident, playbook: PlaybookDocument, signal: SecuritySignal): boolean {
  return includesResponse(incident.response, 'isolate') && (!playbook.dryRun || isOrder(signal));
}

/** The word of a person who may say what is done; a report is answered by the playbook like any other signal. */
export function isOrder(signal: SecuritySignal): boolean {
  return signal.response !== undefined;
}

function opened(signal: SecuritySignal, response: Response, episode: number, now: number): Incident {
  return withOrder(openIncident(signal, response, episode, now), orderOf(signal));
}

/** Put on record also where nothing is left to be done: what a person has isolated, only a person gives back. */
function orderOf({ response, evidence, time }: SecuritySignal): Order | undefined {
  if (response === undefined) return undefined;
  const verb = response === 'retire' ? 'retire' : 'isolate';
  return { verb, by: String(evidence.by), why: String(evidence.why), time };
}

function strengthen(known: Incident, merged: Incident, wanted: boolean): Decision {
  if (isComplete(merged)) return unlessSame(known, merged);
  if (known.state === 'isolating') return { kind: 'resume', incident: merged };
  return wanted ? { kind: 'isolate', incident: merged } : unlessSame(known, merged);
}

function unlessSame(known: Incident, merged: Incident): Decision {
  return merged === known ? { kind: 'ignore', because: 'already recorded' } : { kind: 'record', incident: merged };
}
