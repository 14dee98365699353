import { createHash } from 'node:crypto';
import { ENV as RESPONDER } from '../../lambda/mitigate-device/contract';
import { ENV, type ProofRule } from '../../lambda/prove-health/contract';
import { ENV as RELEASE } from '../../lambda/release-device/contract';
import { type Incident, openIncident } from '../../lambda/shared/incident/incident';
import { itemOf } from '../../lambda/shared/incident/table-item';
import { SOURCES } from '../lambda/shared/incident/messages';
import { BundledHandler } from './bundled-handler';
import { FakeAws, type Trouble } from './fake-aws';
import { FakeFleet } from './fake-fleet';
import { FakeIncidents } from './fake-incidents';
import { FakeJobs } from './fake-jobs';
import { FLEET, PLAYBOOK, QUARANTINE } from './response-rig';

export const JOB = 'patch-0123456789ab-1';
export const RULE: ProofRule = {
  windows: 3,
  windowSeconds: 3_600,
  requireCleared: true,
  silentSeconds: 86_400,
  automaticReleases: 0,
};
const ARN = 'arn:aws:sqs:eu-west-1:123456789012:';
const HANDLERS: Readonly<Record<string, string>> = {
  proof: 'prove-health',
  release: 'release-device',
  look: 'mitigate-device',
  signals: 'mitigate-device',
};

interface Pending {
  readonly queue: string;
  readonly body: string;
  readonly delaySeconds: number;
}

/** The bundled proof of health, with the functions before and after it, against a fake AWS. */
export class RepairRig {
  public static async start(rule: Partial<ProofRule> = {}, jobId: string | null = JOB): Promise<RepairRig> {
    const rig = new RepairRig({ ...RULE, ...rule }, jobId);
    rig.aws = await FakeAws.start([
      ...rig.fleet.routes,
      ...rig.incidents.routes,
      ...rig.jobs.routes,
      ...rig.queueRoutes(),
    ]);
    return rig;
  }

  public readonly fleet = new FakeFleet();
  public readonly incidents = new FakeIncidents();
  public readonly jobs = new FakeJobs();
  public readonly pending: Pending[] = [];
  public readonly refused: string[] = [];
  public aws!: FakeAws;
  private readonly functions = new Map<string, BundledHandler>();

  private constructor(
    private readonly rule: ProofRule,
    private readonly jobId: string | null,
  ) {}

  /** One isolated device, hours ago, and nothing else. */
  public isolate(now: number, values: Partial<Incident> = {}): void {
    for (const group of [QUARANTINE, FLEET]) this.fleet.groups.add(group);
    this.incidents.items.clear();
    this.jobs.executions.clear();
    this.pending.length = 0;
    this.refused.length = 0;
    this.aws.calls.length = 0;
    this.aws.trouble = () => undefined;
    this.fleet.things.set('pump-7', { groups: [QUARANTINE], certificates: [] });
    const time = now - 36_000_000;
    const incident: Incident = {
      ...openIncident(
        {
          source: 'securityHub',
          id: 's1',
          time,
          subject: { kind: 'thing', name: 'pump-7' },
          phase: 'alarm',
          kind: 'finding',
          severity: 'HIGH',
          about: 'finding',
          evidence: {},
        },
        'isolate',
        1,
        time + 1_000,
      ),
      state: 'isolated',
      version: 4,
      prior: { groups: [FLEET], left: [FLEET] },
      containedAt: time + 2_000,
      updatedAt: now,
      ...values,
    };
    this.incidents.items.set(`${incident.subject} ${incident.episode}`, itemOf(incident));
  }

  public execution(status: string, at: number, jobId = JOB): this {
    this.jobs.executions.set(`${jobId} pump-7`, { status, lastUpdatedAt: Math.floor(at / 1000) });
    return this;
  }

  public async deliver(bodies: readonly object[], queue = 'proof', tried = 1): Promise<string[]> {
    const name = HANDLERS[queue] ?? queue;
    const handler = this.functions.get(name) ?? new BundledHandler(name, this.environment());
    this.functions.set(name, handler);
    const Records = bodies.map((body, index) => ({
      messageId: `m${index}`,
      receiptHandle: `r${index}`,
      body: JSON.stringify(body),
      eventSourceARN: ARN + queue,
      attributes: { ApproximateReceiveCount: String(tried) },
    }));
    const answer = (await handler.invoke({ Records })) as { batchItemFailures: { itemIdentifier: string }[] };
    return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  }

  /** Delivers what is for other functions than the proof, whose reminders are left where they are. */
  public async drain(): Promise<void> {
    for (let index = 0; index < this.pending.length;) {
      const next = this.pending[index]!;
      if (next.queue === 'proof') index += 1;
      else {
        this.pending.splice(index, 1);
        const failed = await this.deliver([JSON.parse(next.body) as object], next.queue);
        if (failed.length > 0) this.pending.push(next);
      }
    }
  }

  public reminders(): {
    readonly subject: string;
    readonly watch: number;
    readonly due: number;
    delaySeconds: number;
  }[] {
    return this.pending
      .filter(({ queue }) => queue === 'proof')
      .map(({ body, delaySeconds }) => ({
        ...(JSON.parse(body) as { subject: string; watch: number; due: number }),
        delaySeconds,
      }));
  }

  public get incident(): Incident {
    return this.incidents.incident('pump-7')!;
  }

  /** Stops the function at its n-th call, after that took effect or before. */
  public async crash(body: object, call: number, after: Trouble['after']): Promise<boolean> {
    let reached = false;
    const stopped = new Promise<void>((resolve) => {
      this.aws.trouble = (_call, index) => {
        if (reached || index !== call) return undefined;
        reached = true;
        setImmediate(resolve);
        return { after, then: 'silence' };
      };
    });
    await Promise.race([stopped, this.deliver([body])]);
    this.aws.trouble = () => undefined;
    if (reached) await this.restart();
    return reached;
  }

  public async restart(): Promise<void> {
    for (const handler of this.functions.values()) await handler.stop();
    this.functions.clear();
  }

  public async stop(): Promise<void> {
    await this.restart();
    await this.aws.stop();
  }

  private environment(): Record<string, string> {
    const url = (name: string) => `${this.aws.url}/123456789012/${name}`;
    // What the functions around it need of queues, and is of no account here.
    const queues = [...Object.values(RESPONDER), ...Object.values(RELEASE)].filter((name) =>
      name.endsWith('_QUEUE_URL'),
    );
    return {
      ...this.aws.environment(),
      ...Object.fromEntries(queues.map((name) => [name, url(name.toLowerCase())])),
      [RESPONDER.playbook]: JSON.stringify(PLAYBOOK),
      [RESPONDER.sources]: JSON.stringify(SOURCES),
      [RESPONDER.fleetGroups]: JSON.stringify([FLEET]),
      [RESPONDER.account]: '123456789012',
      [RESPONDER.slowQueue]: url('slow'),
      [RESPONDER.slowQueueArn]: `${ARN}slow`,
      [RESPONDER.lookQueueArn]: `${ARN}look`,
      [RELEASE.lookQueue]: url('look'),
      [RELEASE.certificates]: 'arn:aws:iot:eu-west-1:123456789012:cert/',
      [ENV.table]: 'incidents',
      [ENV.rule]: JSON.stringify(this.rule),
      [ENV.rates]: JSON.stringify({ DescribeJobExecution: 1_000 }),
      [ENV.proofQueue]: url('proof'),
      [ENV.releaseQueue]: url('release'),
      [ENV.deadLetterQueue]: url('dead'),
      [ENV.quarantineGroup]: QUARANTINE,
      ...(this.jobId !== null && { [ENV.jobId]: this.jobId }),
    };
  }

  private queueRoutes() {
    const act = (input: Record<string, unknown>) => {
      const body = String(input.MessageBody);
      const queue = String(input.QueueUrl).split('/').pop() ?? '';
      if (queue === 'dead') this.refused.push(body);
      else this.pending.push({ queue, body, delaySeconds: Number(input.DelaySeconds ?? 0) });
      return { MessageId: 'm', MD5OfMessageBody: createHash('md5').update(body).digest('hex') };
    };
    return [
      { operation: 'SendMessage', match: 'AmazonSQS.SendMessage', act },
      {
        operation: 'GetQueueAttributes',
        match: 'AmazonSQS.GetQueueAttributes',
        act: () => ({ Attributes: { ApproximateNumberOfMessages: '0' } }),
      },
      { operation: 'ChangeMessageVisibility', match: 'AmazonSQS.ChangeMessageVisibility', act: () => ({}) },
    ];
  }
}
