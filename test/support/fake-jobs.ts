import { AwsFault, type Input, type Route } from './fake-aws';

export interface FakeJob {
  status: string;
  reasonCode?: string;
  readonly input: Input;
}

export interface FakeExecution {
  status: string;
  /** Seconds since 1970, as the service says it. */
  lastUpdatedAt: number;
}

const GONE = (what: string) => new AwsFault('ResourceNotFoundException', `${what} not found`, 404);

/** Jobs of AWS IoT and their executions, as far as the handlers see them. */
export class FakeJobs {
  public readonly jobs = new Map<string, FakeJob>();
  /** By `jobId thing`. */
  public readonly executions = new Map<string, FakeExecution>();
  /** Roles that IAM has not made known yet. */
  public readonly unknownRoles = new Set<string>();

  public readonly routes: Route[] = [
    { operation: 'DescribeJob', match: 'GET /jobs/{jobId}', act: ({ jobId }) => this.describe(String(jobId)) },
    { operation: 'CreateJob', match: 'PUT /jobs/{jobId}', act: (input) => this.create(input) },
    { operation: 'CancelJob', match: 'PUT /jobs/{jobId}/cancel', act: (input) => this.cancel(input) },
    {
      operation: 'DescribeJobExecution',
      match: 'GET /things/{thingName}/jobs/{jobId}',
      act: ({ jobId, thingName }) => {
        const execution = this.executions.get(`${String(jobId)} ${String(thingName)}`);
        if (execution === undefined) throw GONE('job execution');
        return { execution: { jobId, ...execution } };
      },
    },
  ];

  public alive(): string[] {
    return [...this.jobs].filter(([, { status }]) => status === 'IN_PROGRESS').map(([id]) => id);
  }

  private describe(jobId: string): object {
    const job = this.jobs.get(jobId);
    if (job === undefined) throw GONE('job');
    return { job: { jobId, status: job.status, reasonCode: job.reasonCode } };
  }

  private create(input: Input): object {
    const jobId = String(input.jobId);
    const role = (input.presignedUrlConfig as { roleArn?: string } | undefined)?.roleArn;
    if (role !== undefined && this.unknownRoles.has(role))
      throw new AwsFault('InvalidRequestException', 'the role cannot be assumed');
    if (this.jobs.has(jobId)) throw new AwsFault('ResourceAlreadyExistsException', 'there already', 409);
    this.jobs.set(jobId, { status: 'IN_PROGRESS', input });
    return { jobId };
  }

  private cancel({ jobId, reasonCode, force }: Input): object {
    const job = this.jobs.get(String(jobId));
    if (job === undefined) throw GONE('job');
    if (job.status !== 'IN_PROGRESS') throw new AwsFault('InvalidRequestException', 'the job has ended');
    if (force === 'true') throw new AwsFault('InvalidRequestException', 'devices would be left in the middle');
    job.status = 'CANCELED';
    job.reasonCode = String(reasonCode);
    return { jobId };
  }
}
