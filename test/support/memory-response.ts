import { createHandler } from '../../lambda/mitigate-device/handler';
import { createHandler as createRelease } from '../../lambda/release-device/handler';
import type { Gate } from '../../lambda/shared/incident/gate-adapters';
import type { Deps } from '../../lambda/mitigate-device/deps';
import type { QueueRecord } from '../../lambda/shared/incident/consumer';
import { type Budget, FRESH_BUDGET } from '../../lambda/shared/incident/blast-radius';
import type { PlaybookDocument } from '../../lambda/shared/incident/contract';
import type { Incident } from '../../lambda/shared/incident/incident';
import { createLogger } from '../../lambda/shared/logger';
import { paceSignals } from '../../lambda/shared/lanes';
import { type Clock, type Pacer, type Rates } from '../../lambda/shared/pacer';
import { PLACE, SOURCES } from '../lambda/shared/incident/messages';

/** What a simulated call costs: called before each one, and may wait, or throw. */
export type Toll = (call: string) => Promise<void>;

export interface MemoryOptions {
  readonly playbook: PlaybookDocument;
  readonly clock: Clock;
  readonly toll?: Toll;
  /** Called after each one has taken effect; what it throws is an answer that was lost. */
  readonly answer?: Toll;
  readonly random?: () => number;
  /** Whether signals wait in numbers. */
  readonly backlog?: boolean;
  readonly gate?: Gate;
}

export const SLOW_ARN = 'arn:aws:sqs:eu-west-1:123456789012:slow';
export const LOOK_ARN = 'arn:aws:sqs:eu-west-1:123456789012:look';
export type Lane = 'signals' | 'slow' | 'look' | 'release';
const NEVER_LATE = { getRemainingTimeInMillis: () => 60_000 };

/** The responder with all its ports in memory: for runs by the thousand, and for storms in virtual time. */
export class MemoryResponse {
  public readonly groups = new Map<string, Set<string>>();
  public readonly certificates = new Map<string, Map<string, string>>();
  public readonly records = new Map<string, Incident[]>();
  public readonly sent: { readonly queue: Lane; readonly body: string; readonly seconds: number }[] = [];
  public readonly refused: string[] = [];
  public readonly calls = new Map<string, number>();
  private spent: Budget = FRESH_BUDGET;

  constructor(private readonly options: MemoryOptions) {}

  /** Takes over all that another one's services know: what happens to the one from then on does not happen to the other. */
  public take(other: MemoryResponse): void {
    for (const [name, groups] of other.groups) this.groups.set(name, new Set(groups));
    for (const [name, certificates] of other.certificates) this.certificates.set(name, new Map(certificates));
    for (const [subject, episodes] of other.records) this.records.set(subject, structuredClone(episodes));
    for (const [name, count] of other.calls) this.calls.set(name, count);
    this.sent.push(...other.sent);
    this.refused.push(...other.refused);
    this.spent = other.spent;
  }

  /** One process of the function, with its own pace. */
  public process(rates: Rates = {}) {
    return createHandler(this.deps(paceSignals(rates, this.options.clock)));
  }

  public async deliver(bodies: readonly string[], queue: Lane = 'signals', process = this.process()) {
    return process({ Records: bodies.map((body, index) => record(body, index, queue)) }, NEVER_LATE);
  }

  public async drain(): Promise<void> {
    for (let next = this.sent.shift(); next !== undefined; next = this.sent.shift())
      await this.deliver([next.body], next.queue);
  }

  public incident(subject: string): Incident | undefined {
    return this.records.get(subject)?.at(-1);
  }

  /** One process of the function that gives back. */
  public releasing() {
    const pace = paceSignals({}, this.options.clock);
    const call = <T>(name: string, act: () => T) => this.call(name, pace, act);
    const { fleet, sessions, certificates, incidents, queue, quarantineGroup, random, log } = this.deps(pace);
    const switchTo = (id: string, status: string) => call('UpdateCertificate', () => this.switchTo(id, status));
    return createRelease({
      registry: {
        ...fleet,
        ...certificates,
        cut: sessions.cut,
        activate: (id) => switchTo(id, 'ACTIVE'),
        deactivate: (id) => switchTo(id, 'INACTIVE'),
      },
      verification: { verify: () => Promise.resolve('told') },
      incidents: { ...incidents, due: () => Promise.resolve({ incidents: [] }) },
      gate: this.options.gate,
      queue: {
        order: (message, seconds = 0) =>
          call('SendMessage', () => void this.sent.push({ queue: 'release', body: JSON.stringify(message), seconds })),
        look: (message) => queue.later(message, 0),
        refuse: queue.refuse,
        retry: queue.retry,
      },
      quarantineGroup,
      dryRun: this.options.playbook.dryRun,
      now: this.options.clock.now,
      random,
      log,
    });
  }

  private async call<T>(name: string, pace: Pacer, act: () => T): Promise<T> {
    await pace(name);
    await this.options.toll?.(name);
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    const result = act();
    await this.options.answer?.(name);
    return result;
  }

  private deps(pace: Pacer): Deps {
    const call = <T>(name: string, act: () => T) => this.call(name, pace, act);
    return {
      fleet: {
        groupsOf: (thing) => call('ListThingGroupsForThing', () => [...(this.groups.get(thing) ?? [])]),
        leave: (thing, group) => call('RemoveThingFromThingGroup', () => void this.groups.get(thing)?.delete(group)),
        join: (thing, group) =>
          call('AddThingToThingGroup', () => {
            this.groups.set(thing, (this.groups.get(thing) ?? new Set()).add(group));
            return 'joined' as const;
          }),
        size: () => Promise.resolve(this.groups.size),
      },
      sessions: {
        cut: () => call('DeleteConnection', () => undefined),
        connectedSince: () => call('GetConnection', () => undefined),
      },
      certificates: {
        certificatesOf: (thing) => call('ListThingPrincipals', () => [...(this.certificates.get(thing)?.keys() ?? [])]),
        thingsOf: (id) =>
          call('ListPrincipalThings', () =>
            [...this.certificates].filter(([, ids]) => ids.has(id)).map(([name]) => name),
          ),
        statusOf: (id) => call('DescribeCertificate', () => this.holders(id)[0]?.get(id)),
        switchOff: (id, status) =>
          call('UpdateCertificate', () => {
            this.switchTo(id, status);
            return 'off' as const;
          }),
      },
      incidents: {
        latest: (subject) => call('Query', () => this.incident(subject)),
        episode: (subject, episode) =>
          call('Query', () => this.records.get(subject)?.find((incident) => incident.episode === episode)),
        budget: () => call('Query', () => this.spent),
        held: () => {
          const incidents = [...this.records.values()].map((episodes) => episodes.at(-1)!);
          return call('Query', () => ({ incidents: incidents.filter(({ state }) => state === 'held') }));
        },
        save: (incident, budget) => call('PutItem', () => this.save(incident, budget)),
      },
      gate: this.options.gate,
      queue: {
        later: (message, seconds) =>
          call('SendMessage', () => void this.sent.push({ queue: 'look', body: JSON.stringify(message), seconds })),
        slow: (body) => call('SendMessage', () => void this.sent.push({ queue: 'slow', body, seconds: 0 })),
        refuse: (body) => call('SendMessage', () => void this.refused.push(body)),
        retry: () => Promise.resolve(),
      },
      audits: {
        findings: () => Promise.resolve({ findings: [] }),
        related: () => Promise.resolve({ resources: [] }),
      },
      playbook: this.options.playbook,
      sources: SOURCES,
      place: PLACE,
      quarantineGroup: 'quarantine',
      fleetGroups: ['pumps'],
      slowQueueArn: SLOW_ARN,
      lookQueueArn: LOOK_ARN,
      backlog: () => Promise.resolve(this.options.backlog ?? false),
      clock: this.options.clock,
      random: this.options.random ?? (() => 0.5),
      log: createLogger({ service: 'test', write: () => undefined }),
    };
  }

  private switchTo(id: string, status: string): void {
    for (const ids of this.holders(id)) ids.set(id, status);
  }

  private holders(id: string): Map<string, string>[] {
    return [...this.certificates.values()].filter((ids) => ids.has(id));
  }

  public save(incident: Incident, budget?: Budget): Incident | 'conflict' {
    const episodes = this.records.get(incident.subject) ?? [];
    const index = episodes.findIndex(({ episode }) => episode === incident.episode);
    if ((episodes[index]?.version ?? 0) !== incident.version) return 'conflict';
    if (budget !== undefined && budget.version !== this.spent.version + 1) return 'conflict';
    if (budget !== undefined) this.spent = budget;
    const saved = { ...incident, version: incident.version + 1 };
    episodes[index === -1 ? episodes.length : index] = saved;
    this.records.set(incident.subject, episodes);
    return saved;
  }
}

export function record(body: string, index: number, queue: Lane): QueueRecord {
  return {
    messageId: `m${index}`,
    body,
    receiptHandle: `r${index}`,
    eventSourceARN: `arn:aws:sqs:eu-west-1:123456789012:${queue}`,
    attributes: { ApproximateReceiveCount: '1' },
  };
}
