import { type JobExecutionView, type JobsService, type JobStatus, ServiceRefusal } from '../../ports';
import { AwsFault, NotModelled } from '../fault';
import { type Input, recordOf, textOf } from '../operation';
import { pageOf } from './pages';
import { type IotRegistry, notFound } from './registry';

interface Job {
  readonly jobId: string;
  readonly targets: readonly string[];
  readonly document: unknown;
  /** The document as it was given. */
  readonly text: string;
  /** What else was asked for, and is told again. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly continuous: boolean;
  readonly description?: string;
  readonly timeoutMinutes?: number;
  readonly createdAt: number;
  status: 'IN_PROGRESS' | 'CANCELED' | 'COMPLETED';
  /** By thing name. */
  readonly executions: Map<string, Execution>;
}

interface Execution {
  readonly jobId: string;
  readonly thingName: string;
  status: JobStatus;
  statusDetails?: Readonly<Record<string, string>>;
  forceCanceled?: boolean;
  versionNumber: number;
  readonly executionNumber: number;
  readonly queuedAt: number;
  startedAt?: number;
  lastUpdatedAt: number;
}

const JOB_ID = /^[a-zA-Z0-9_-]{1,64}$/;
const SETTINGS = ['presignedUrlConfig', 'jobExecutionsRolloutConfig', 'abortConfig', 'timeoutConfig'] as const;
const OPEN: readonly JobStatus[] = ['QUEUED', 'IN_PROGRESS'];
const BY_DEVICE: readonly JobStatus[] = ['IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'REJECTED'];

/** Publishes what devices are told. */
export type Publish = (topic: string, payload: unknown) => void;

/** Whether the account has AWS IoT publish events of jobs, or of their executions. */
export type IsPublished = (type: 'JOB' | 'JOB_EXECUTION') => boolean;

/** Jobs: the control plane, and what devices ask over MQTT. */
export class Jobs implements JobsService {
  private readonly jobs = new Map<string, Job>();

  constructor(
    private readonly registry: IotRegistry,
    private readonly publish: Publish,
    private readonly isPublished: IsPublished = () => false,
  ) {
    registry.onJoin = (thingName, groupName) => this.joined(thingName, groupName);
  }

  public create(input: Input): object {
    const jobId = textOf(input, 'jobId') ?? '';
    if (!JOB_ID.test(jobId)) throw new AwsFault('InvalidRequestException', `The job id ${jobId} is not valid`);
    if (this.jobs.has(jobId))
      throw new AwsFault('ResourceAlreadyExistsException', `Job ${jobId} already exists`, 409, { resourceId: jobId });
    const targets = (input.targets ?? []) as string[];
    const text = textOf(input, 'document');
    if (text === undefined)
      throw new NotModelled('a job from documentSource or a template', 'only jobs that bring their document are made');
    const timeout = recordOf(input.timeoutConfig).inProgressTimeoutInMinutes;
    const job: Job = {
      jobId,
      targets,
      document: parsed(text),
      text,
      settings: Object.fromEntries(SETTINGS.flatMap((name) => (name in input ? [[name, input[name]]] : []))),
      continuous: input.targetSelection === 'CONTINUOUS',
      description: textOf(input, 'description'),
      timeoutMinutes: timeout === undefined ? undefined : Number(timeout),
      createdAt: this.seconds(),
      status: 'IN_PROGRESS',
      executions: new Map(),
    };
    for (const target of targets) this.checkTarget(target);
    this.jobs.set(jobId, job);
    for (const { thingName, groups } of this.registry.things())
      if (targets.some((target) => this.covers(target, thingName, groups))) this.queue(job, thingName);
    return this.identity(job);
  }

  public cancel(input: Input): object {
    const job = this.existing(input);
    job.status = 'CANCELED';
    for (const execution of job.executions.values())
      if (execution.status === 'QUEUED' || (input.force === 'true' && execution.status === 'IN_PROGRESS')) {
        execution.forceCanceled = execution.status === 'IN_PROGRESS';
        this.change(execution, 'CANCELED');
      }
    this.announceJob(job, 'canceled');
    return this.identity(job);
  }

  public describeJob(input: Input): object {
    const job = this.existing(input);
    return {
      job: {
        ...this.identity(job),
        ...job.settings,
        status: job.status,
        targets: job.targets,
        targetSelection: job.continuous ? 'CONTINUOUS' : 'SNAPSHOT',
        createdAt: job.createdAt,
        lastUpdatedAt: job.createdAt,
        jobProcessDetails: countsOf([...job.executions.values()]),
      },
    };
  }

  public document(input: Input): object {
    return { document: this.existing(input).text };
  }

  public list(input: Input): object {
    const status = textOf(input, 'status');
    const found = [...this.jobs.values()].filter((job) => status === undefined || job.status === status);
    const jobs = found.map((job) => ({
      jobArn: this.registry.arn(`job/${job.jobId}`),
      jobId: job.jobId,
      status: job.status,
      targetSelection: job.continuous ? 'CONTINUOUS' : 'SNAPSHOT',
      createdAt: job.createdAt,
    }));
    return pageOf('jobs', jobs, input);
  }

  public executionsOfJob(input: Input): object {
    const found = [...this.existing(input).executions.values()].filter(
      ({ status }) => input.status === undefined || input.status === status,
    );
    const summaries = found.map((execution) => ({
      thingArn: this.registry.arn(`thing/${execution.thingName}`),
      jobExecutionSummary: summaryOf(execution),
    }));
    return pageOf('executionSummaries', summaries, input);
  }

  public executionsOfThing(input: Input): object {
    const found = this.of(textOf(input, 'thingName') ?? '').filter(
      ({ status, jobId }) =>
        (input.status === undefined || input.status === status) && (input.jobId === undefined || input.jobId === jobId),
    );
    return pageOf(
      'executionSummaries',
      found.map((execution) => ({ jobId: execution.jobId, jobExecutionSummary: summaryOf(execution) })),
      input,
    );
  }

  public describeExecution(input: Input): object {
    const execution = this.existing(input).executions.get(textOf(input, 'thingName') ?? '');
    if (execution === undefined) throw notFound('Job execution');
    return {
      execution: {
        ...summaryOf(execution),
        jobId: execution.jobId,
        thingArn: this.registry.arn(`thing/${execution.thingName}`),
        forceCanceled: execution.forceCanceled === true,
        statusDetails: { detailsMap: execution.statusDetails ?? {} },
        versionNumber: execution.versionNumber,
      },
    };
  }

  public async pending(thingName: string) {
    const open = this.of(thingName);
    const inState = (state: JobStatus) =>
      open.filter(({ status }) => status === state).map((execution) => this.view(execution, false));
    return { inProgressJobs: inState('IN_PROGRESS'), queuedJobs: inState('QUEUED') };
  }

  public async startNext(thingName: string, request: { readonly statusDetails?: Readonly<Record<string, string>> }) {
    const next = this.next(thingName);
    if (next === undefined) return {};
    if (request.statusDetails !== undefined) next.statusDetails = request.statusDetails;
    if (next.status === 'QUEUED') this.change(next, 'IN_PROGRESS');
    return { execution: this.view(next, true) };
  }

  public async describe(thingName: string, jobId: string) {
    const found = jobId === '$next' ? this.next(thingName) : this.jobs.get(jobId)?.executions.get(thingName);
    if (found === undefined && jobId !== '$next')
      throw new ServiceRefusal(404, 'ResourceNotFound', `No execution of job ${jobId} for thing ${thingName}`);
    return found === undefined ? {} : { execution: this.view(found, true) };
  }

  public async update(
    thingName: string,
    jobId: string,
    request: {
      readonly status: JobStatus;
      readonly statusDetails?: Readonly<Record<string, string>>;
      readonly expectedVersion?: number;
    },
  ) {
    const execution = this.jobs.get(jobId)?.executions.get(thingName);
    if (execution === undefined)
      throw new ServiceRefusal(404, 'ResourceNotFound', `No execution of job ${jobId} for thing ${thingName}`);
    if (!OPEN.includes(execution.status))
      throw new ServiceRefusal(409, 'InvalidStateTransition', `The execution is ${execution.status}`);
    if (!BY_DEVICE.includes(request.status))
      throw new ServiceRefusal(400, 'InvalidRequest', `A device cannot set ${request.status}`);
    if (request.expectedVersion !== undefined && request.expectedVersion !== execution.versionNumber)
      throw new ServiceRefusal(409, 'VersionMismatch', `The version is ${execution.versionNumber}`);
    if (request.statusDetails !== undefined) execution.statusDetails = request.statusDetails;
    this.change(execution, request.status);
    return { executionState: { status: execution.status, versionNumber: execution.versionNumber } };
  }

  private joined(thingName: string, groupName: string): void {
    const groups = this.registry
      .withAncestors(groupName)
      .map((group) => this.registry.arn(`thinggroup/${group.thingGroupName}`));
    for (const job of this.jobs.values())
      if (job.continuous && job.status === 'IN_PROGRESS' && job.targets.some((target) => groups.includes(target)))
        this.queue(job, thingName);
  }

  private queue(job: Job, thingName: string): void {
    const before = job.executions.get(thingName);
    if (before !== undefined && OPEN.includes(before.status)) return;
    const now = this.seconds();
    job.executions.set(thingName, {
      jobId: job.jobId,
      thingName,
      status: 'QUEUED',
      versionNumber: 1,
      executionNumber: (before?.executionNumber ?? 0) + 1,
      queuedAt: now,
      lastUpdatedAt: now,
    });
    this.tell(thingName);
  }

  private change(execution: Execution, status: JobStatus): void {
    execution.status = status;
    execution.versionNumber++;
    execution.lastUpdatedAt = this.seconds();
    const job = this.jobs.get(execution.jobId);
    if (status === 'IN_PROGRESS' && execution.startedAt === undefined) {
      execution.startedAt = execution.lastUpdatedAt;
      if (job?.timeoutMinutes !== undefined)
        this.registry.clock.schedule(job.timeoutMinutes * 60_000, `job ${job.jobId} times out`, () => {
          if (execution.status === 'IN_PROGRESS') this.change(execution, 'TIMED_OUT');
        });
    }
    const done =
      job !== undefined && !job.continuous && [...job.executions.values()].every((each) => !OPEN.includes(each.status));
    if (!OPEN.includes(status)) this.announceEnd(execution);
    if (done && job.status === 'IN_PROGRESS') {
      job.status = 'COMPLETED';
      this.announceJob(job, 'completed');
    }
    this.tell(execution.thingName);
  }

  /** @see https://docs.aws.amazon.com/iot/latest/developerguide/events-jobs.html */
  private announceEnd({ jobId, thingName, status, statusDetails = {} }: Execution): void {
    if (!this.isPublished('JOB_EXECUTION')) return;
    const operation = status.toLowerCase();
    this.publish(`$aws/events/jobExecution/${jobId}/${operation}`, {
      eventType: 'JOB_EXECUTION',
      eventId: this.registry.random.fork(`event of ${jobId} ${thingName} ${operation}`).uuid(),
      timestamp: this.seconds(),
      operation,
      jobId,
      thingArn: this.registry.arn(`thing/${thingName}`),
      status,
      statusDetails,
    });
  }

  private announceJob(job: Job, operation: 'canceled' | 'completed'): void {
    if (!this.isPublished('JOB')) return;
    const { jobId, targets, description, createdAt, status, continuous } = job;
    this.publish(`$aws/events/job/${jobId}/${operation}`, {
      eventType: 'JOB',
      eventId: this.registry.random.fork(`event of ${jobId} ${operation}`).uuid(),
      timestamp: this.seconds(),
      operation,
      jobId,
      status,
      targetSelection: continuous ? 'CONTINUOUS' : 'SNAPSHOT',
      targets,
      description,
      createdAt: createdAt * 1_000,
      lastUpdatedAt: this.registry.clock.now(),
      ...(operation === 'completed' && {
        completedAt: this.registry.clock.now(),
        jobProcessDetails: countsOf([...job.executions.values()]),
      }),
    });
  }

  private tell(thingName: string): void {
    const open = this.of(thingName).filter(({ status }) => OPEN.includes(status));
    const jobs: Record<string, object[]> = {};
    for (const execution of open) (jobs[execution.status] ??= []).push(this.view(execution, false));
    const next = this.next(thingName);
    const timestamp = this.seconds();
    this.publish(`$aws/things/${thingName}/jobs/notify`, { timestamp, jobs });
    this.publish(`$aws/things/${thingName}/jobs/notify-next`, {
      timestamp,
      ...(next !== undefined && { execution: this.view(next, true) }),
    });
  }

  private of(thingName: string): Execution[] {
    return [...this.jobs.values()].flatMap(({ executions }) => executions.get(thingName) ?? []);
  }

  private next(thingName: string): Execution | undefined {
    const open = this.of(thingName);
    return open.find(({ status }) => status === 'IN_PROGRESS') ?? open.find(({ status }) => status === 'QUEUED');
  }

  private view({ ...execution }: Execution, withDocument: boolean): JobExecutionView {
    return { ...execution, ...(withDocument && { jobDocument: this.jobs.get(execution.jobId)?.document }) };
  }

  private checkTarget(target: string): void {
    const [, kind, name = ''] = /:(thing|thinggroup)\/(.+)$/.exec(target) ?? [];
    if (kind === undefined)
      throw new AwsFault('InvalidRequestException', `The target ${target} is neither a thing nor a thing group`);
    if (kind === 'thing') this.registry.existingThing(name);
    else this.registry.existingGroup(name);
  }

  private covers(target: string, thingName: string, groups: readonly string[]): boolean {
    if (target === this.registry.arn(`thing/${thingName}`)) return true;
    return groups.some((name) =>
      this.registry
        .withAncestors(name)
        .some((group) => target === this.registry.arn(`thinggroup/${group.thingGroupName}`)),
    );
  }

  private existing(input: Input): Job {
    const job = this.jobs.get(textOf(input, 'jobId') ?? '');
    if (job === undefined) throw notFound(`Job ${String(input.jobId)}`);
    return job;
  }

  private identity({ jobId, description }: Job): object {
    return { jobArn: this.registry.arn(`job/${jobId}`), jobId, description };
  }

  private seconds(): number {
    return Math.floor(this.registry.clock.now() / 1000);
  }
}

function parsed(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    throw new AwsFault('InvalidRequestException', 'The job document is not JSON');
  }
}

function summaryOf({ status, queuedAt, startedAt, lastUpdatedAt, executionNumber }: Execution): object {
  return { status, queuedAt, startedAt, lastUpdatedAt, executionNumber };
}

function countsOf(executions: readonly Execution[]): object {
  const count = (...states: readonly JobStatus[]) => executions.filter(({ status }) => states.includes(status)).length;
  return {
    numberOfQueuedThings: count('QUEUED'),
    numberOfInProgressThings: count('IN_PROGRESS'),
    numberOfSucceededThings: count('SUCCEEDED'),
    numberOfFailedThings: count('FAILED'),
    numberOfRejectedThings: count('REJECTED'),
    numberOfTimedOutThings: count('TIMED_OUT'),
    numberOfCanceledThings: count('CANCELED'),
    numberOfRemovedThings: count('REMOVED'),
  };
}
