import { NOT_OURS } from '../shared/incident/contract';
import type { Incident, State } from '../shared/incident/incident';
import { isProven } from '../shared/incident/repair';
import { type Subject, subjectOf } from '../shared/incident/signal';
import { EVENT } from './contract';
import type { Change } from './event';

/** The event that machines get, version 1. Fields are added to it, and none is taken away or changes its meaning. */
export interface IncidentEvent {
  readonly schema: typeof EVENT.schema;
  readonly thingName?: string;
  readonly certificateId?: string;
  readonly episode: number;
  readonly version: number;
  readonly state: State;
  readonly previousState?: State;
  readonly response: string;
  readonly severity: string;
  /** ISO 8601. */
  readonly time: string;
  readonly because?: string;
  readonly about: readonly string[];
  readonly groupsLeft: readonly string[];
  readonly restored?: readonly string[];
  readonly notRestored?: readonly string[];
  readonly by?: string;
  readonly why?: string;
  /** How many tunnels were asked for; absent for none. */
  readonly tunnels?: number;
  /** The same in words, for people. */
  readonly text: string;
}

/** Something changed that others act on. More evidence for the same incident in the same state is not that. */
export function isTransition({ incident, before }: Change): boolean {
  const told = before?.state === incident.state && before.response === incident.response;
  return !told || isProven(before) !== isProven(incident);
}

/** What a person is woken for: everything that was done to a device or waits for them. Devices of other fleets are not theirs. */
export function isAlert(change: Change): boolean {
  if (!isTransition(change)) return false;
  const { state, response, because } = change.incident;
  if (state === 'detected') return response !== 'observe' && because !== NOT_OURS;
  return state !== 'isolating';
}

export function eventOf(change: Change): IncidentEvent {
  const { incident, before } = change;
  const order = incident.orders.at(-1);
  return {
    schema: EVENT.schema,
    ...named(subjectOf(incident.subject)),
    episode: incident.episode,
    version: incident.version,
    state: incident.state,
    previousState: before?.state,
    response: incident.response,
    severity: incident.severity,
    time: new Date(incident.updatedAt).toISOString(),
    because: incident.because,
    about: [...new Set(incident.signals.filter(({ phase }) => phase === 'alarm').map(({ about }) => about))],
    groupsLeft: incident.prior?.left ?? [],
    restored: incident.restored,
    notRestored: incident.notRestored,
    by: order?.by,
    why: order?.why,
    tunnels: incident.tunnels?.length,
    text: textOf(incident),
  };
}

function named(subject: Subject): { thingName: string } | { certificateId: string } {
  return subject.kind === 'thing' ? { thingName: subject.name } : { certificateId: subject.id };
}

/** One or two sentences: which device, what happened to it, and why. */
export function textOf(incident: Incident): string {
  const [first, ...others] = incident.signals.filter(({ phase }) => phase === 'alarm');
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  const reason = first === undefined ? 'no alarm' : `${first.severity} ${first.about} (${first.source})${more}`;
  return `${deviceOf(incident)} ${DONE[incident.state](incident)}. Reason: ${reason}.`;
}

function deviceOf(incident: Incident): string {
  const subject = subjectOf(incident.subject);
  return subject.kind === 'thing' ? `Device ${subject.name}` : `Certificate ${subject.id}`;
}

const list = (items: readonly string[] | undefined) =>
  items === undefined || items.length === 0 ? 'none' : items.join(', ');

const DONE: Readonly<Record<State, (incident: Incident) => string>> = {
  detected: ({ because }) => `raised an alarm and was left alone${because === undefined ? '' : ` (${because})`}`,
  held: ({ because }) => `would be isolated and waits for a person (${because ?? 'held'})`,
  isolating: () => 'is being isolated',
  isolated: ({ response, prior, because }) =>
    `is isolated${response === 'lockOut' ? ' and its certificates are off' : ''}; groups left: ${list(prior?.left)}` +
    (because === undefined ? '' : `; ${because}`),
  repairing: () => 'is being repaired',
  proving: (incident) => (isProven(incident) ? 'has proved its health' : 'has to prove its health'),
  released: ({ restored, notRestored }) =>
    `is released; restored: ${list(restored)}; not restored: ${list(notRestored)}`,
  retired: ({ because }) => `is retired${because === undefined ? '' : ` (${because})`}`,
};

const NEXT: Readonly<Record<State, string>> = {
  detected: 'Look at the evidence; report the device if it should be isolated.',
  held: 'Decide: isolate it, or release it.',
  isolating: 'Nothing: it is under way.',
  isolated: 'Find the cause through its repair channel, repair it, then release or retire it.',
  repairing: 'Watch its job.',
  proving: 'Nothing: it is released when it is well.',
  released: 'Watch it for a while; give back by hand what could not be restored.',
  retired: 'Replace the device; its identity does not come back.',
};

const CONSOLE: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** The message for people: what happened, to which device, what was done, what to do next, and where to look. */
export function messageOf(incident: Incident, region: string, partition: string): { subject: string; body: string } {
  const subject = subjectOf(incident.subject);
  const path = subject.kind === 'thing' ? `thing/${encodeURIComponent(subject.name)}` : `certificate/${subject.id}`;
  const host = CONSOLE[partition] ?? 'console.aws.amazon.com';
  const lines = [
    textOf(incident),
    `Incident: ${incident.subject}, episode ${incident.episode}, severity ${incident.severity}, response ${incident.response}.`,
    `Next: ${isProven(incident) ? 'Decide: release it.' : NEXT[incident.state]}`,
    `https://${region}.${host}/iot/home?region=${region}#/${path}`,
  ];
  // SNS takes 100 characters of printable ASCII as a subject.
  return { subject: `IoT incident: ${deviceOf(incident)} ${incident.state}`.slice(0, 100), body: lines.join('\n') };
}

/** Where the evidence of one write lies. The same write has the same place, so a second delivery adds nothing. */
export function keyOf(incident: Incident): string {
  const version = String(incident.version).padStart(6, '0');
  return `incidents/${incident.subject}/${incident.episode}/${version}-${incident.state}.json`;
}
