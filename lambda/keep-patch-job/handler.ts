import type { CustomResourceRequest, Progress, ResourceHandler } from '../shared/custom-resource';
import type { Logger } from '../shared/logger';
import { JOB_ID_ATTRIBUTE } from './contract';
import { decide, isAlive, MOST_RUNS, type Run, runsOf, versionOf } from './decide';
import { parsePatchJob, type PatchJob } from './event';
import type { JobPort } from './ports';

export interface PatchJobDependencies {
  readonly jobs: JobPort;
  readonly now: () => number;
  readonly log: Logger;
}

/** A new role is unknown to AWS IoT for a moment; a request that stays refused is wrong. */
const PATIENCE_MS = 120_000;
const LOOK_AGAIN_SECONDS = 10;

/** Something that a person has to decide; the name and the message reach CloudFormation as the reason. */
class Failure extends Error {
  constructor(
    public override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Keeps one continuous job on a thing group.
 *
 * The physical id is the version of the settings. So CloudFormation sees a change as a replacement: the new job is made first,
 * and the old one canceled once the whole deployment has succeeded. Where it is rolled back, the old one was never touched.
 */
export function createPatchJob(deps: PatchJobDependencies): ResourceHandler {
  return {
    physicalResourceId: (request) => versionOf(read(request)),
    create: (request, state) => keep(request, state, deps),
    update: (request, state) => keep(request, state, deps),
    delete: (request) => cancel(request, deps),
  };
}

async function keep(request: CustomResourceRequest, state: unknown, deps: PatchJobDependencies): Promise<Progress> {
  const job = read(request);
  const version = versionOf(job);
  const runs: (Run | undefined)[] = [];
  for (const id of runsOf(version)) runs.push(await deps.jobs.find(id));
  const decision = decide(version, runs, request.RequestType === 'Create');
  if (decision.kind === 'exhausted')
    throw new Failure(
      'TooManyRuns',
      `this version of the patch job was made and canceled ${MOST_RUNS} times; change its document or description`,
    );
  if (decision.kind === 'create') {
    const result = await deps.jobs.create(decision.jobId, job);
    if (typeof result === 'object') return refused(result.refused, state, deps);
    // Made by another delivery of this request, or by a person: who looks again finds out.
    if (result === 'taken')
      return { kind: 'wait', because: 'the id of the job was taken meanwhile', seconds: 1, state };
  }
  deps.log.info(decision.kind, { jobId: decision.jobId });
  return { kind: 'done', data: { [JOB_ID_ATTRIBUTE]: decision.jobId } };
}

function refused(because: string, state: unknown, deps: PatchJobDependencies): Progress {
  const since = typeof state === 'number' ? state : deps.now();
  if (deps.now() - since >= PATIENCE_MS) throw new Failure('JobRefused', `AWS IoT refuses the job: ${because}`);
  return { kind: 'wait', because, seconds: LOOK_AGAIN_SECONDS, state: since };
}

async function cancel(request: CustomResourceRequest, deps: PatchJobDependencies): Promise<Progress> {
  const parsed = parsePatchJob(request.ResourceProperties);
  const version = request.PhysicalResourceId ?? '';
  if (!parsed.ok || !version.startsWith(`${parsed.value.prefix}-`)) {
    // Such properties were refused when they came, so nothing was made; and a stack must be deletable.
    deps.log.warn('nothing to cancel', { version });
    return { kind: 'done' };
  }
  for (const id of runsOf(version)) {
    if (!isAlive(await deps.jobs.find(id))) continue;
    await deps.jobs.cancel(id);
    deps.log.info('cancel', { jobId: id });
  }
  return { kind: 'done' };
}

function read(request: CustomResourceRequest): PatchJob {
  const parsed = parsePatchJob(request.ResourceProperties);
  if (!parsed.ok) throw new Failure('InvalidProperties', parsed.reason);
  return parsed.value;
}
