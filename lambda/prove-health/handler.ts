import { createConsumer, type Outcome } from '../shared/incident/consumer';
import { MESSAGE } from '../shared/incident/contract';
import type { Incident } from '../shared/incident/incident';
import { apply } from '../shared/incident/transition';
import type { Logger } from '../shared/logger';
import { METRIC, type ProofRule, REMINDER } from './contract';
import { decide, type Step } from './decide';
import { parseProof, type ProofMessage } from './event';
import type { IncidentPort, JobPort, QueuePort } from './ports';

export interface Deps {
  readonly incidents: IncidentPort;
  readonly jobs: JobPort;
  readonly queue: QueuePort;
  readonly rule: ProofRule;
  readonly jobId?: string;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Logger;
}

/** As long as SQS keeps a message back. */
const LONGEST_DELAY_SECONDS = 900;
/** No situation takes as many steps: isolated, repairing, proving, proved. */
const MOST_STEPS = 10;

/** Watches the repair of isolated devices, and the proof that it helped. */
export function createHandler(deps: Deps) {
  return createConsumer<ProofMessage>({
    refuse: deps.queue.refuse,
    retry: deps.queue.retry,
    parse: parseProof,
    laneOf: (message) => ('subject' in message ? message.subject : undefined),
    handle: async (message) => [await handle(deps, message)],
    random: deps.random,
    log: deps.log,
  });
}

async function handle(deps: Deps, message: ProofMessage): Promise<Outcome> {
  switch (message.kind) {
    case 'nothing':
      return { done: 'ignored', because: 'about no device' };
    case 'stopped':
      return onStopped(deps, message.jobId);
    case 'look':
      return look(deps, message.subject);
    case 'remind':
      if (deps.now() >= message.due) return look(deps, message.subject, message.watch);
      await remind(deps, message.subject, message.watch, message.due);
      return { done: 'ignored', because: 'not yet due' };
  }
}

/** Its abort threshold was reached, or a person canceled it. A job that was replaced is not the one of the channel any more. */
async function onStopped(deps: Deps, jobId: string): Promise<Outcome> {
  if (jobId !== deps.jobId) return { done: 'ignored', because: 'not the job of the channel' };
  deps.log.count(METRIC.stopped, 1, { jobId });
  return Promise.resolve({ done: 'stopped', because: jobId });
}

async function look(deps: Deps, subject: string, watch?: number): Promise<Outcome> {
  let incident = await deps.incidents.latest(subject);
  if (incident === undefined) return { done: 'ignored', because: 'no such incident' };
  if (watch !== undefined && watch !== (incident.watch ?? 0)) return { done: 'ignored', because: 'a stale reminder' };
  const { jobId } = deps;
  const execution = jobId === undefined ? undefined : await deps.jobs.executionOf(jobId, subject);
  for (let count = 0; count < MOST_STEPS; count += 1) {
    const step = decide({ incident, jobId, execution, rule: deps.rule, now: deps.now() });
    if (step.kind !== 'move') return settle(deps, incident, step);
    incident = await write(deps, incident, step);
  }
  throw new Error('the proof comes to no end');
}

async function write(deps: Deps, incident: Incident, step: Extract<Step, { kind: 'move' }>): Promise<Incident> {
  const next = apply(incident, step.transition, deps.now());
  if (next === undefined) throw new Error(`${step.transition.type} is not possible while ${incident.state}`);
  const saved = await deps.incidents.save(next);
  if (saved === 'conflict') throw new Error('the incident was written by somebody else');
  const { subject, episode, state } = saved;
  deps.log.info('moved', { subject, episode, state, because: step.because });
  if (step.metric !== undefined) deps.log.count(step.metric, 1, { subject, because: step.because });
  return saved;
}

async function settle(deps: Deps, incident: Incident, step: Exclude<Step, { kind: 'move' }>): Promise<Outcome> {
  const { subject, episode, watch = 0 } = incident;
  if (step.kind === 'release') {
    const { by, why, time } = step.order;
    await deps.queue.release({ schema: MESSAGE.release, subject, episode, by, why, time });
    return { done: 'ordered', because: why };
  }
  if (step.due !== undefined) await remind(deps, subject, watch, step.due);
  return { done: 'looked', because: step.because };
}

async function remind(deps: Deps, subject: string, watch: number, due: number): Promise<void> {
  const seconds = Math.max(1, Math.ceil((due - deps.now()) / 1000));
  await deps.queue.remind({ schema: REMINDER, subject, watch, due }, Math.min(seconds, LONGEST_DELAY_SECONDS));
}
