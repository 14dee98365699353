import { createHash } from 'node:crypto';
import { type Response, type Severity, SEVERITIES, type Verdict } from './contract';
import type { Proof, Repair } from './repair';
import { includesResponse, stronger } from './respond';
import { type Phase, type SecuritySignal, subjectKey } from './signal';

export const STATES = [
  'detected',
  'held',
  'isolating',
  'isolated',
  'repairing',
  'proving',
  'released',
  'retired',
] as const;
export type State = (typeof STATES)[number];

/** What a signal leaves behind in the record. */
export interface SignalNote {
  readonly id: string;
  readonly source: string;
  readonly time: number;
  readonly kind: string;
  readonly severity: Severity;
  readonly about: string;
  readonly phase: Phase;
  readonly evidence: Readonly<Record<string, string | number>>;
}

/** The newest word on one behavior or check. */
export interface Alarm {
  readonly about: string;
  readonly time: number;
  readonly phase: Phase;
}

export interface CertificateState {
  readonly id: string;
  readonly status: string;
  /** Other things that have it; absent for none. */
  readonly sharedWith?: readonly string[];
}

/** A person's decision. */
export interface Order {
  readonly verb: 'isolate' | 'release' | 'hold' | 'retire';
  readonly by: string;
  readonly why: string;
  readonly time: number;
  /** What they found its alarms to be. */
  readonly verdict?: Verdict;
}

/** A tunnel that a person asked for. Its tokens are nowhere but with them and the device. */
export interface TunnelNote {
  readonly by: string;
  readonly why: string;
  readonly time: number;
  readonly services: readonly string[];
  readonly minutes: number;
  /** Absent while it is not known whether it was opened. */
  readonly tunnelId?: string;
}

/** What was there before anything was taken: all that an exact undo needs. */
export interface Prior {
  /** Groups of the thing when it was isolated, the quarantine group not among them. */
  readonly groups: readonly string[];
  /** Those of them that give rights, which the thing left. */
  readonly left: readonly string[];
  readonly certificates?: readonly CertificateState[];
}

/** One device, one episode. */
export interface Incident {
  readonly subject: string;
  readonly episode: number;
  /** Counts writes; a write of an older version is refused by the table. */
  readonly version: number;
  readonly state: State;
  readonly response: Response;
  readonly severity: Severity;
  readonly openedAt: number;
  /** Up to when what the device did was settled by the end of the episode before; absent in the first. */
  readonly settled?: number;
  readonly updatedAt: number;
  readonly closedAt?: number;
  /** Why it is held, closed or only recorded. */
  readonly because?: string;
  readonly signals: readonly SignalNote[];
  readonly alarms: readonly Alarm[];
  readonly clientIds: readonly string[];
  readonly prior?: Prior;
  /** When the thing was in quarantine, and its session gone. */
  readonly containedAt?: number;
  /** How long it is isolated without a further alarm, in milliseconds; absent: until it is released. */
  readonly isolationMs?: number;
  /** When all certificates were off. */
  readonly lockedAt?: number;
  /**
   * When something was last about to be taken, or known to be taken. Whoever takes writes it before, or has read the record before it
   * was written: so from then on, plus the time that a function runs, no call that takes is under way.
   */
  readonly takenAt?: number;
  /** The last alarm, whatever was done about it, by the clock of its source. */
  readonly lastAlarmAt?: number;
  readonly repair?: Repair;
  readonly proof?: Proof;
  /** The last alarm that isolates: what was patched before has not cured the device. */
  readonly offendedAt?: number;
  /** Counts what the proof waits for; a reminder of an earlier one is stale. */
  readonly watch?: number;
  readonly tunnels?: readonly TunnelNote[];
  readonly orders: readonly Order[];
  readonly restored?: readonly string[];
  readonly notRestored?: readonly string[];
  /** What was given back once more after the release, since a call that was under way had taken it again. */
  readonly mended?: readonly string[];
}

/** The most that a record keeps of each list, so that no storm of signals can outgrow a table item (400 kB). */
export const MOST = { signals: 25, alarms: 50, clientIds: 5, orders: 50, tunnels: 20 } as const;

const CLOSED: readonly State[] = ['released', 'retired'];
const CONTAINED: readonly State[] = ['isolating', 'isolated', 'repairing', 'proving'];

export function isClosed(incident: Incident): boolean {
  return CLOSED.includes(incident.state);
}

/** Whether the device is, or is being, kept from all but its repair channel. */
export function isContained(incident: Incident): boolean {
  return CONTAINED.includes(incident.state) || (incident.state === 'held' && incident.containedAt !== undefined);
}

/** Whether it is just being given back what was taken: then that has to come to its end, or be overtaken, first. */
export function isBeingReleased(incident: Incident): boolean {
  return givesBack(incident) && incident.orders.at(-1)?.verb === 'release';
}

/** Whether something may have been given back already. An order from before a proof was overtaken. */
export function givesBack({ state, proof }: Incident): boolean {
  return state === 'proving' && (proof === undefined || proof.orderedAt !== undefined);
}

/** Whether a certificate is, or is being, kept off for this device; for one that is retired it is for good. */
export function keepsOff(incident: Incident, certificateId: string): boolean {
  const { response, prior, state } = incident;
  if (prior?.certificates?.some(({ id }) => id === certificateId) !== true) return false;
  if (state === 'retired') return includesResponse(response, 'retire');
  return isContained(incident) && includesResponse(response, 'lockOut') && !isBeingReleased(incident);
}

/** The record of a device that has none open. */
export function openIncident(signal: SecuritySignal, response: Response, episode: number, now: number): Incident {
  const empty: Incident = {
    subject: subjectKey(signal.subject),
    episode,
    version: 0,
    state: 'detected',
    response: 'observe',
    severity: 'LOW',
    openedAt: now,
    updatedAt: now,
    signals: [],
    alarms: [],
    clientIds: [],
    orders: [],
  };
  return mergeSignal(empty, signal, response);
}

/**
 * The record with a signal in it; the same object when the signal adds nothing.
 *
 * Order and repetition do not matter: every part is a maximum, a minimum, or the first few of a sorted set.
 */
export function mergeSignal(incident: Incident, signal: SecuritySignal, response: Response): Incident {
  const strongest = stronger(incident.response, response);
  const merged: Incident = {
    ...incident,
    response: strongest,
    // What is switched off has still to be revoked.
    lockedAt: strongest === 'retire' && incident.response !== 'retire' ? undefined : incident.lockedAt,
    severity: signal.phase === 'alarm' ? moreSevere(incident.severity, signal.severity) : incident.severity,
    signals: firstOf(incident.signals, noteOf(signal), MOST.signals, noteOrder),
    alarms: mergeAlarm(incident.alarms, signal),
    lastAlarmAt: later(incident.lastAlarmAt, signal.phase === 'alarm' ? signal.time : undefined),
    offendedAt: later(incident.offendedAt, includesResponse(response, 'isolate') ? signal.time : undefined),
    clientIds:
      signal.clientId === undefined
        ? incident.clientIds
        : firstText(incident.clientIds, signal.clientId, MOST.clientIds),
  };
  return same(merged, incident) ? incident : merged;
}

function noteOf(signal: SecuritySignal): SignalNote {
  const { id, source, time, kind, severity, about, phase, evidence } = signal;
  return { id, source, time, kind, severity, about, phase, evidence };
}

/** Alarms come before what ends them, so that a flood of other words cannot push out why a device was isolated. */
function noteOrder(note: SignalNote): string {
  const rank = SEVERITIES.length - SEVERITIES.indexOf(note.severity);
  const content = createHash('sha256').update(JSON.stringify(note)).digest('hex');
  return `${note.phase === 'alarm' ? rank : 9}:${String(note.time).padStart(15, '0')}:${note.source}:${note.id}:${content}`;
}

function mergeAlarm(alarms: readonly Alarm[], { about, time, phase }: SecuritySignal): readonly Alarm[] {
  const known = alarms.find((alarm) => alarm.about === about);
  const given: Alarm = { about, time, phase };
  if (known === undefined) return firstOf(alarms, given, MOST.alarms, (alarm) => alarm.about);
  if (newer(known, given) === known) return alarms;
  return alarms.map((alarm) => (alarm === known ? given : alarm));
}

const PHASE_RANK: Readonly<Record<Phase, number>> = { cleared: 0, invalidated: 1, alarm: 2 };

/** At the same moment the worse word counts. */
function newer(one: Alarm, other: Alarm): Alarm {
  if (one.time !== other.time) return one.time > other.time ? one : other;
  return PHASE_RANK[one.phase] >= PHASE_RANK[other.phase] ? one : other;
}

function firstOf<T>(items: readonly T[], item: T, most: number, orderOf: (item: T) => string): readonly T[] {
  const key = orderOf(item);
  // Once for each: the order of a note is a hash of it.
  const known = items.map((one) => ({ key: orderOf(one), item: one }));
  if (known.some((one) => one.key === key)) return items;
  return [...known, { key, item }]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, most)
    .map((one) => one.item);
}

function firstText(items: readonly string[], item: string, most: number): readonly string[] {
  return firstOf(items, item, most, (text) => text);
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  return other === undefined ? one : Math.max(one ?? 0, other);
}

function moreSevere(one: Severity, other: Severity): Severity {
  return SEVERITIES.indexOf(one) >= SEVERITIES.indexOf(other) ? one : other;
}

function same(merged: Incident, before: Incident): boolean {
  return (
    merged.response === before.response &&
    merged.severity === before.severity &&
    merged.lastAlarmAt === before.lastAlarmAt &&
    merged.offendedAt === before.offendedAt &&
    haveSame(merged.alarms, before.alarms) &&
    haveSame(merged.clientIds, before.clientIds) &&
    haveSame(merged.signals, before.signals)
  );
}

/** A list never gets shorter by a signal. */
function haveSame<T>(merged: readonly T[], before: readonly T[]): boolean {
  return merged.every((item, index) => item === before[index]);
}

/** How a group stands in the lists of what was, or was not, given back. */
export function groupLabel(name: string): string {
  return `group ${name}`;
}

/** The same of a certificate. */
export function certificateLabel(id: string): string {
  return `certificate ${id.slice(0, 8)}`;
}

/** Whether all that the playbook asked for is done. */
export function isComplete(incident: Incident): boolean {
  const locks = includesResponse(incident.response, 'lockOut');
  return incident.containedAt !== undefined && (!locks || incident.lockedAt !== undefined);
}

/**
 * When a device is released although nobody said so. Not what is locked out, under repair, held, or isolated by a person: that
 * is for people and for the proof of health to end.
 */
export function dueAtOf({
  state,
  response,
  isolationMs,
  containedAt,
  lastAlarmAt,
  orders,
}: Incident): number | undefined {
  const ends = state === 'isolated' && response === 'isolate' && !orders.some(({ verb }) => verb === 'isolate');
  if (!ends || isolationMs === undefined || containedAt === undefined) return undefined;
  return Math.max(containedAt, lastAlarmAt ?? 0) + isolationMs;
}
