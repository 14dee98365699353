import { createHash } from 'node:crypto';
import { MESSAGE, type PlaybookDocument } from '../../lambda/shared/incident/contract';
import { ENV } from '../../lambda/mitigate-device/contract';
import { ENV as RELEASE } from '../../lambda/release-device/contract';
import { SOURCES } from '../lambda/shared/incident/messages';
import { BundledHandler } from './bundled-handler';
import { FakeAws } from './fake-aws';
import { FakeFleet } from './fake-fleet';
import { FakeIncidents } from './fake-incidents';

export const QUARANTINE = 'quarantine';
export const FLEET = 'pumps';
const ARN = 'arn:aws:sqs:eu-west-1:123456789012:';

export const PLAYBOOK: PlaybookDocument = {
  rules: [
    { kinds: ['identity'], atLeast: 'HIGH', response: 'lockOut' },
    { atLeast: 'HIGH', response: 'isolate' },
    { atLeast: 'MEDIUM', response: 'notify' },
  ],
  protectedGroups: ['protected'],
  dryRun: false,
};

interface Pending {
  readonly queue: string;
  readonly body: string;
  readonly delaySeconds: number;
  readonly reason?: string;
}

/** All that the fake services know, as JSON. */
interface Kept {
  readonly entries: [string, unknown][][];
  readonly names: string[];
  readonly found: object[];
  readonly pending: Pending[];
  readonly refused: Pending[];
  readonly postponed: number[];
  readonly waiting: number;
}

/** The queue that such messages come on: only signals and heartbeats come where every source may send. */
export function queueOf(bodies: readonly (string | object)[]): string {
  const foreign: unknown[] = [MESSAGE.signal, MESSAGE.heartbeat, undefined];
  const schemas = bodies.map((body) => (typeof body === 'string' ? undefined : (body as { schema?: unknown }).schema));
  return schemas.some((schema) => foreign.includes(schema)) ? 'signals' : 'look';
}

/** The bundled responder, and the function that gives back, against a fake AWS: fleet, incident table and queues. */
export class ResponseRig {
  public static async start(playbook: Partial<PlaybookDocument> = {}, gate = false): Promise<ResponseRig> {
    const rig = new ResponseRig({ ...PLAYBOOK, ...playbook }, gate);
    rig.aws = await FakeAws.start([...rig.fleet.routes, ...rig.incidents.routes, ...rig.queueRoutes()]);
    return rig;
  }

  public readonly fleet = new FakeFleet();
  public readonly incidents = new FakeIncidents();
  public pending: Pending[] = [];
  public readonly refused: Pending[] = [];
  public readonly postponed: number[] = [];
  /** How many signals the queue says are waiting. */
  public waiting = 0;
  public aws!: FakeAws;
  private readonly functions = new Map<string, BundledHandler>();

  private constructor(
    private readonly playbook: PlaybookDocument,
    private readonly gate: boolean,
  ) {
    this.reset();
  }

  /** The same fleet and no incidents. */
  public reset(): void {
    this.fleet.groups.clear();
    for (const group of [QUARANTINE, FLEET, 'site', 'protected']) this.fleet.groups.add(group);
    for (const map of [this.fleet.things, this.fleet.certificates, this.fleet.sessions, this.incidents.items])
      map.clear();
    this.incidents.denied.clear();
    this.fleet.violations.clear();
    this.fleet.reconnects.clear();
    this.fleet.findings.splice(0);
    this.fleet.related.clear();
    this.pending = [];
    this.refused.splice(0);
    this.postponed.splice(0);
    this.waiting = 0;
    if (this.aws !== undefined) {
      this.aws.calls.splice(0);
      this.aws.hold = () => undefined;
      this.aws.trouble = () => undefined;
    }
  }

  /** Brings the fleet, the incidents and the queues back to how they are now; what the functions remember stays. */
  public keep(): () => void {
    const { things, groups, certificates, sessions, violations, reconnects, related, findings } = this.fleet;
    const { items, denied } = this.incidents;
    const maps: Map<string, unknown>[] = [
      things,
      certificates,
      sessions,
      violations,
      reconnects,
      related,
      items,
      denied,
    ];
    const now: Kept = {
      entries: maps.map((map) => [...map]),
      names: [...groups],
      found: findings,
      pending: this.pending,
      refused: this.refused,
      postponed: this.postponed,
      waiting: this.waiting,
    };
    const text = JSON.stringify(now);
    return () => {
      this.reset();
      const kept = JSON.parse(text) as Kept;
      for (const [index, map] of maps.entries()) for (const [key, value] of kept.entries[index]!) map.set(key, value);
      groups.clear();
      for (const name of kept.names) groups.add(name);
      findings.push(...kept.found);
      this.pending = kept.pending;
      this.refused.push(...kept.refused);
      this.postponed.push(...kept.postponed);
      this.waiting = kept.waiting;
    };
  }

  public thing(name: string, groups: string[] = ['site', FLEET], certificates: string[] = []): this {
    this.fleet.things.set(name, { groups: [...groups], certificates });
    for (const id of certificates) if (!this.fleet.certificates.has(id)) this.fleet.certificates.set(id, 'ACTIVE');
    this.fleet.sessions.set(name, 1);
    return this;
  }

  public groupsOf(name: string): string[] {
    return [...(this.fleet.things.get(name)?.groups ?? [])].sort();
  }

  /** One batch; the ids of the failed messages. */
  public async deliver(bodies: readonly (string | object)[], queue = queueOf(bodies), tried = 1): Promise<string[]> {
    const name = queue === 'release' ? 'release-device' : 'mitigate-device';
    const handler = this.functions.get(name) ?? new BundledHandler(name, this.environment());
    this.functions.set(name, handler);
    const Records = bodies.map((body, index) => ({
      messageId: `m${index}`,
      receiptHandle: `r${index}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      eventSourceARN: ARN + queue,
      attributes: { ApproximateReceiveCount: String(tried) },
    }));
    const answer = (await handler.invoke({ Records })) as { batchItemFailures: { itemIdentifier: string }[] };
    return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  }

  /** Delivers what the function sent to its own queues until nothing is left. Delays are over at once. */
  public async drain(): Promise<string[]> {
    const seen: string[] = [];
    for (let next = this.pending.shift(); next !== undefined; next = this.pending.shift()) {
      seen.push((JSON.parse(next.body) as { schema?: string }).schema ?? 'forwarded');
      if (seen.length > 50) throw new Error(`messages without end: ${seen.slice(-5).join(', ')}`);
      const failed = await this.deliver([next.body], next.queue);
      if (failed.length > 0) this.pending.push(next);
    }
    return seen;
  }

  /**
   * Delivers a message once, and says what a crash on the way would have left: before the first call, and after each one took
   * effect, before its answer came. Each brings that back; what the function knew is gone with it, so that none of its calls
   * has to be made again to get there.
   */
  public async crashes(body: string | object, queue = queueOf([body])): Promise<(() => Promise<void>)[]> {
    const left: (() => void)[] = [];
    const before = this.aws.calls.length;
    // What the calls before it have done, and nothing else.
    this.aws.trouble = () => void left.push(this.keep());
    const failed = await this.deliver([body], queue);
    this.aws.trouble = () => undefined;
    left.push(this.keep());
    if (failed.length > 0) throw new Error('it failed without a crash');
    const made = this.aws.calls.length - before;
    if (made === 0 || left.length !== 1 + made) throw new Error(`${left.length} places to crash at in ${made} calls`);
    return left.map((back) => async () => {
      await this.restart();
      back();
    });
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
    return {
      ...this.aws.environment(),
      [ENV.playbook]: JSON.stringify(this.playbook),
      [ENV.sources]: JSON.stringify(SOURCES),
      [ENV.rates]: JSON.stringify({ AddThingToThingGroup: 50 }),
      [ENV.table]: 'incidents',
      [ENV.quarantineGroup]: QUARANTINE,
      [ENV.fleetGroups]: JSON.stringify([FLEET]),
      [ENV.lookQueue]: `${this.aws.url}/123456789012/look`,
      [ENV.lookQueueArn]: `${ARN}look`,
      [ENV.signalQueue]: `${this.aws.url}/123456789012/signals`,
      [ENV.slowQueue]: `${this.aws.url}/123456789012/slow`,
      [ENV.slowQueueArn]: `${ARN}slow`,
      [ENV.deadLetterQueue]: `${this.aws.url}/123456789012/dead`,
      [ENV.account]: '123456789012',
      ...(this.gate && { [ENV.denyList]: 'denied' }),
      [RELEASE.certificates]: 'arn:aws:iot:eu-west-1:123456789012:cert/',
      [RELEASE.releaseQueue]: `${this.aws.url}/123456789012/release`,
    };
  }

  private queueRoutes() {
    return [
      {
        operation: 'SendMessage',
        match: 'AmazonSQS.SendMessage',
        act: (input: Record<string, unknown>) => {
          const body = String(input.MessageBody);
          const queue = String(input.QueueUrl).split('/').pop() ?? '';
          const reason = (input.MessageAttributes as { Reason?: { StringValue: string } } | undefined)?.Reason
            ?.StringValue;
          const message = { queue, body, delaySeconds: Number(input.DelaySeconds ?? 0), reason };
          if (queue === 'dead') this.refused.push(message);
          else this.pending.push(message);
          return { MessageId: 'm', MD5OfMessageBody: createHash('md5').update(body).digest('hex') };
        },
      },
      {
        operation: 'GetQueueAttributes',
        match: 'AmazonSQS.GetQueueAttributes',
        act: () => ({ Attributes: { ApproximateNumberOfMessages: String(this.waiting) } }),
      },
      {
        operation: 'ChangeMessageVisibility',
        match: 'AmazonSQS.ChangeMessageVisibility',
        act: ({ VisibilityTimeout }: Record<string, unknown>) => {
          this.postponed.push(Number(VisibilityTimeout));
          return {};
        },
      },
    ];
  }
}
