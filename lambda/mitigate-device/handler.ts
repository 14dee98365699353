import { ACCOUNT_WIDE, MESSAGE, type Response } from '../shared/incident/contract';
import { type HeldOrder, parseMessage, type Message } from '../shared/incident/parse-message';
import { isBeingReleased, isClosed, isContained } from '../shared/incident/incident';
import { personalSignal } from '../shared/incident/parse-plain';
import { settledUntil } from '../shared/incident/repair';
import { stronger } from '../shared/incident/respond';
import { type SecuritySignal, subjectKey, subjectOf } from '../shared/incident/signal';
import { createConsumer, type Outcome, type QueueRecord, refuse } from '../shared/incident/consumer';
import { readAuditPage } from './audit';
import { METRIC } from './contract';
import { decide, isOrder } from './decide';
import { type Deps, untilWritten } from './deps';
import { beginIsolation, carryOut, write } from './isolate';
import { lockOut } from './lock-out';
import { lookAgain } from './look';
import type { IsolationOrder } from '../shared/incident/parse-message';

/** The responder: each message ends as done, as ignored with a reason, in the dead-letter queue, or is delivered again. */
export function createHandler(deps: Deps) {
  return createConsumer<Message>({
    ...deps.queue,
    parse: (body, { eventSourceARN }) => {
      const own = eventSourceARN === deps.slowQueueArn || eventSourceARN === deps.lookQueueArn;
      return parseMessage(body, deps.sources, deps.place, own ? 'response' : 'anybody');
    },
    laneOf,
    handle: (message, record) => handle(deps, message, record, record.eventSourceARN === deps.slowQueueArn),
    random: deps.random,
    log: deps.log,
  });
}

/** Messages about one device are handled one after the other, those about different ones side by side. */
function laneOf(message: Message): string | undefined {
  if (message.kind === 'signals') return message.signals[0] && subjectKey(message.signals[0].subject);
  if (message.kind === 'look' || message.kind === 'lockOut') return message.subject;
  return message.kind === 'order' ? message.order.subject : undefined;
}

async function handle(deps: Deps, message: Message, record: QueueRecord, slow: boolean): Promise<Outcome[]> {
  switch (message.kind) {
    case 'heartbeat':
      deps.log.count(METRIC.heartbeat, 1);
      return [];
    case 'look':
      // Which things have a certificate by now takes the slow lane.
      if (!slow && subjectOf(message.subject).kind === 'certificate') return forward(deps, record);
      if (await deps.backlog()) return putOff(deps, message);
      return [await untilWritten(deps, () => lookAgain(deps, message.subject, message.episode, message.attempt))];
    case 'lockOut':
      return [await untilWritten(deps, () => lockOut(deps, message.subject, message.episode))];
    case 'order':
      return [await untilWritten(deps, () => obey(deps, message.order, record))];
    case 'held':
      return [await isolateHeld(deps, message.bulk)];
    case 'audit':
      return slow ? readAudit(deps, message.pages, record) : forward(deps, record);
    case 'signals':
      return [
        ...(await handleSignals(deps, message.signals, record, slow)),
        ...(await rest(deps, message, record, slow)),
      ];
  }
}

/** What of a message is no signal is accounted for, too. It was refused already where it was forwarded from. */
async function rest(
  deps: Deps,
  { signals, unread }: Extract<Message, { kind: 'signals' }>,
  record: QueueRecord,
  slow: boolean,
): Promise<Outcome[]> {
  if (unread !== undefined && !slow) {
    await refuse({ ...deps.queue, log: deps.log }, record, unread);
    return [{ done: 'refused', because: unread }];
  }
  if (signals.length > 0 || unread !== undefined) return [];
  return [ignored(deps, 'about no device of this account and region')];
}

function ignored({ log }: Deps, because: string): Outcome {
  log.count(METRIC.ignored, 1, { because });
  return { done: 'ignored', because };
}

/** A second look that fails because the quotas are used up would end in the dead-letter queue; one that is put off does not. */
async function putOff(deps: Deps, message: Extract<Message, { kind: 'look' }>): Promise<Outcome[]> {
  const { subject, episode, attempt } = message;
  await deps.queue.later({ schema: MESSAGE.look, subject, episode, attempt }, PUT_OFF_SECONDS);
  return [{ done: 'put off', because: 'signals come first' }];
}

async function forward(deps: Deps, record: QueueRecord): Promise<Outcome[]> {
  await deps.queue.slow(record.body);
  return [{ done: 'forwarded', because: 'needs the slow lane' }];
}

async function readAudit(
  deps: Deps,
  pages: Extract<Message, { kind: 'audit' }>['pages'],
  record: QueueRecord,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const page of pages) {
    const { signals, passedOver } = await readAuditPage(deps, page);
    outcomes.push(...(await handleSignals(deps, signals, record, true)));
    if (passedOver > 0) outcomes.push(ignored(deps, 'findings of the audit that name no device'));
  }
  return pages.length > 0 ? outcomes : [ignored(deps, 'an audit that found nothing about devices')];
}

/** A signal about a certificate is one about each thing that has it; to find them takes the slow lane. */
async function handleSignals(
  deps: Deps,
  signals: readonly SecuritySignal[],
  record: QueueRecord,
  slow: boolean,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const signal of signals) {
    if (signal.subject.kind === 'thing') outcomes.push(await onSignal(deps, signal, record));
    else if (slow) outcomes.push(...(await onCertificate(deps, signal, signal.subject.id, record)));
  }
  if (!slow && signals.some(({ subject }) => subject.kind === 'certificate'))
    outcomes.push(...(await forward(deps, record)));
  return outcomes;
}

async function onCertificate(deps: Deps, signal: SecuritySignal, id: string, record: QueueRecord): Promise<Outcome[]> {
  const things = await deps.certificates.thingsOf(id);
  const outcomes: Outcome[] = [];
  // While it was on no thing it may have got an incident of its own, which has to hear of it, too.
  if (things.length === 0 || (await isOpen(deps, signal))) outcomes.push(await onSignal(deps, signal, record));
  for (const name of things)
    outcomes.push(await onSignal(deps, { ...signal, subject: { kind: 'thing', name } }, record));
  return outcomes;
}

async function isOpen(deps: Deps, { subject }: SecuritySignal): Promise<boolean> {
  const known = await deps.incidents.latest(subjectKey(subject));
  return known !== undefined && !isClosed(known);
}

function onSignal(deps: Deps, signal: SecuritySignal, record: QueueRecord): Promise<Outcome> {
  return untilWritten(deps, async () => {
    const known = await deps.incidents.latest(subjectKey(signal.subject));
    const decision = decide(signal, known, deps.playbook, deps.clock.now());
    switch (decision.kind) {
      case 'refuse':
        await refuse({ ...deps.queue, log: deps.log }, record, decision.because);
        return { done: 'refused', because: decision.because };
      case 'ignore':
        return ignored(deps, decision.because);
      case 'record':
        await write(deps, decision.incident);
        return { done: 'recorded', because: decision.incident.because };
      case 'isolate': {
        const previous = decision.incident.version === 0 ? known : undefined;
        return beginIsolation(deps, {
          incident: decision.incident,
          known,
          previous,
          person: isOrder(signal),
          accountWide: ACCOUNT_WIDE.includes(signal.source),
        });
      }
      case 'resume':
        return carryOut(deps, decision.incident === known ? known : await write(deps, decision.incident));
    }
  });
}

const HELD_PAGE = 100;
const PUT_OFF_SECONDS = 300;

/** Each of them becomes an order of its own, so that one that fails holds up no other. */
async function isolateHeld(deps: Deps, { start, ...order }: HeldOrder): Promise<Outcome> {
  const { incidents, next } = await deps.incidents.held(HELD_PAGE, start);
  for (const { subject, episode } of incidents)
    await deps.queue.later({ schema: MESSAGE.order, subject, episode, ...order }, 0);
  if (next !== undefined) await deps.queue.later({ schema: MESSAGE.isolateHeld, ...order, start: next }, 0);
  return { done: 'ordered', because: `${incidents.length} held incidents` };
}

/** A person lets go ahead what was held. Said twice, or too late, it changes nothing. */
async function obey(deps: Deps, order: IsolationOrder, record: QueueRecord): Promise<Outcome> {
  const known = await deps.incidents.latest(order.subject);
  if (known === undefined || known.episode !== order.episode) return { done: 'ignored', because: 'no such incident' };
  if (known.state === 'isolating') return carryOut(deps, known);
  const { by, why, time } = order;
  if (known.state === 'held' || known.state === 'detected')
    return beginIsolation(deps, { incident: known, person: true, order: { verb: 'isolate', by, why, time } });
  // The newest word counts: somebody released it on an older one.
  const released = known.state === 'released' || isBeingReleased(known);
  const done = known.orders.some((other) => other.verb === 'isolate' && other.by === by && other.time === time);
  if (released && !done && time > settledUntil(known)) return onSignal(deps, signalOf(order, known.response), record);
  return { done: 'ignored', because: isContained(known) ? 'isolated already' : 'closed already' };
}

/** The same order about the device, whatever its incidents. */
function signalOf({ subject, by, why, time }: IsolationOrder, response: Response): SecuritySignal {
  return { ...personalSignal(subjectOf(subject), { by, why, time }), response: stronger('isolate', response) };
}
