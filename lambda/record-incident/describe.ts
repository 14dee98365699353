import { GONE, NOT_OURS, OVERTAKEN } from '../shared/incident/contract';
import { dueAtOf, type Incident, isBeingReleased, type Order, type State } from '../shared/incident/incident';
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
  return !told || isProven(before) !== isProven(incident) || isOverruled({ incident, before });
}

/** A person ordered a release, and it is not done. */
function isOverruled({ incident, before }: Change): boolean {
  return incident.because === OVERTAKEN && incident.orders.at(-1)?.time !== before?.orders.at(-1)?.time;
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
  const [first, ...others] = alarmsOf(incident);
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  const reason = first === undefined ? 'no alarm' : `${first.severity} ${first.about} (${first.source})${more}`;
  return `${deviceOf(incident)} ${DONE[incident.state](incident)}. Reason: ${reason}.`;
}

function alarmsOf({ signals }: Incident) {
  return signals.filter(({ phase }) => phase === 'alarm');
}

function deviceOf(incident: Incident): string {
  const subject = subjectOf(incident.subject);
  return subject.kind === 'thing' ? `Device ${subject.name}` : `Certificate ${subject.id}`;
}

const list = (items: readonly string[] | undefined) =>
  items === undefined || items.length === 0 ? 'none' : items.join(', ');

const inBrackets = (because: string | undefined) => (because === undefined ? '' : ` (${because})`);

/** Held when everything had been taken from it, by a person's word. */
const isTaken = ({ state, containedAt }: Incident) => state === 'held' && containedAt !== undefined;

const DONE: Readonly<Record<State, (incident: Incident) => string>> = {
  detected: ({ because }) => `raised an alarm and was left alone${inBrackets(because)}`,
  held: (incident) =>
    `${isTaken(incident) ? 'stays isolated' : 'would be isolated'} and waits for a person (${incident.because ?? 'held'})`,
  isolating: () => 'is being isolated',
  isolated: (incident) => `${isolated(incident)}${incident.because === undefined ? '' : `; ${incident.because}`}`,
  repairing: ({ because }) => `is being repaired${inBrackets(because)}`,
  proving: (incident) => {
    if (isProven(incident)) return 'has proved its health';
    return isBeingReleased(incident) ? 'is being released' : 'has to prove its health';
  },
  released: ({ restored, notRestored }) =>
    `is released; restored: ${list(restored)}; not restored: ${list(notRestored)}`,
  retired: ({ because }) => `is retired${inBrackets(because)}`,
};

function isolated({ subject, response, prior }: Incident): string {
  if (subjectOf(subject).kind === 'certificate') return 'is switched off';
  return `is isolated${response === 'lockOut' ? ' and its certificates are off' : ''}; groups left: ${list(prior?.left)}`;
}

const NEXT: Readonly<Record<State, (incident: Incident) => string>> = {
  detected: () => 'Look at the evidence; isolate the device if it must not go on.',
  held: (incident) => (isTaken(incident) ? 'Decide: release it, or retire it.' : 'Decide: isolate it, or release it.'),
  isolating: () => 'Nothing: it is under way.',
  isolated: ({ response }) =>
    response === 'lockOut'
      ? 'It cannot connect: examine it where it is, then release or retire it.'
      : 'Find the cause through its repair channel, repair it, then release or retire it.',
  repairing: () => 'Nothing yet: its patch job runs, and you are told how it ends.',
  proving: (incident) => {
    if (isProven(incident)) return 'Decide: release it.';
    return isBeingReleased(incident)
      ? 'Nothing: what was taken is given back now.'
      : 'Nothing yet: you are told when it has proved its health.';
  },
  released: ({ notRestored = [] }) =>
    notRestored.length === 0 ? 'Watch it for a while.' : 'Give back by hand what could not be restored, and watch it.',
  retired: ({ because }) =>
    because === GONE
      ? 'Check the name: no such thing is registered. Nothing was taken, but its session was cut.'
      : 'Replace the device; its identity does not come back.',
};

/** Which orders bring a device into which state. */
const ORDERED: Readonly<Partial<Record<State, Order['verb']>>> = {
  held: 'hold',
  isolated: 'isolate',
  proving: 'release',
  released: 'release',
  retired: 'retire',
};

/** Who had it done, and why; nothing where the playbook did. */
function ordersIn({ state, orders }: Incident): string[] {
  const last = orders.at(-1);
  return last === undefined || ORDERED[state] !== last.verb ? [] : [`Ordered by ${last.by}: ${last.why}`];
}

/** What the first alarm rests on, as far as its source says. */
function evidenceIn(incident: Incident): string[] {
  const said = Object.entries(alarmsOf(incident)[0]?.evidence ?? {});
  return said.length === 0 ? [] : [`Evidence: ${said.map(([name, value]) => `${name} ${value}`).join('; ')}`];
}

function endIn(incident: Incident): string[] {
  const due = dueAtOf(incident);
  return due === undefined ? [] : [`Without a further alarm it is released after ${new Date(due).toISOString()}.`];
}

const CONSOLE: Readonly<Record<string, string>> = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Where a person looks, and acts. */
export interface Places {
  readonly region: string;
  readonly partition: string;
  /** Name of the bucket of evidence. */
  readonly bucket: string;
  /** Address of the entry that takes orders. */
  readonly operatorUrl: string;
}

/** The message for people: what happened, to which device, what was done, what to do next, and where to look. */
export function messageOf(incident: Incident, places: Places): { subject: string; body: string } {
  const { region, partition, bucket, operatorUrl } = places;
  const subject = subjectOf(incident.subject);
  const path = subject.kind === 'thing' ? `thing/${encodeURIComponent(subject.name)}` : `certificate/${subject.id}`;
  const host = CONSOLE[partition] ?? 'console.aws.amazon.com';
  const lines = [
    textOf(incident),
    ...evidenceIn(incident),
    ...ordersIn(incident),
    `Incident: ${incident.subject}, episode ${incident.episode}, severity ${incident.severity}, response ${incident.response}.`,
    `Next: ${NEXT[incident.state](incident)}`,
    ...endIn(incident),
    `Device: https://${region}.${host}/iot/home?region=${region}#/${path}`,
    `Record: GET ${operatorUrl}/incident?subject=${encodeURIComponent(incident.subject)}`,
    `Trail: s3://${bucket}/${folderOf(incident)}`,
  ];
  return { subject: subjectLine(incident), body: lines.join('\n') };
}

/** SNS takes 100 characters of printable ASCII as a subject. A long name is cut, and not what happened. */
const LONGEST_SUBJECT = 100;

function subjectLine(incident: Incident): string {
  const device = deviceOf(incident);
  const room = LONGEST_SUBJECT - `IoT incident:  ${incident.state}`.length;
  const shown = device.length > room ? `${device.slice(0, room - 3)}...` : device;
  return `IoT incident: ${shown} ${incident.state}`;
}

/** By when it began, too: once the records of a device have expired, its episodes are counted from one again. */
function folderOf({ subject, episode, openedAt }: Incident): string {
  const opened = new Date(openedAt).toISOString().replace(/[-:.]/g, '');
  return `incidents/${subject}/${episode}-${opened}/`;
}

/** Where the evidence of one write lies. The same write has the same place, so a second delivery adds nothing. */
export function keyOf(incident: Incident): string {
  const version = String(incident.version).padStart(6, '0');
  return `${folderOf(incident)}${version}-${incident.state}.json`;
}
