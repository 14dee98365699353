import type { Client } from 'aedes' with { 'resolution-mode': 'import' };
import type { ConnectionView, DisconnectReason } from '../ports';
import type { Rights } from './rights';
import { selects } from '../topics';

/** Who is at the other end of a TLS connection. */
export interface Peer {
  readonly certificateId: string;
  readonly sourceIp: string;
  readonly sourcePort: number;
}

/** What a CONNECT packet asked for. */
export interface SessionFacts extends Peer {
  readonly clientId: string;
  readonly cleanSession: boolean;
  readonly keepAliveSeconds: number;
  /** Of lifecycle events: unique for the life of the session. */
  readonly sessionIdentifier: string;
}

/** One connection of a client, from its CONNECT packet to its end. */
export class Session {
  /** Why it ends; set by whoever ends it. */
  public reason?: DisconnectReason;
  /** The client is through: it was allowed to connect, and no other has its name. */
  public isLive = false;
  public connectedSince = 0;
  /** Filters with the granted quality of service. */
  public readonly filters = new Map<string, number>();
  private readonly parents = new Set<string>();

  constructor(
    public readonly client: Client,
    public readonly facts: SessionFacts,
    public readonly rights: Rights,
  ) {}

  /** Only of an exclusively attached thing: then lifecycle events name it. */
  public get thingName(): string | undefined {
    const { thing } = this.rights;
    return thing?.principalType === 'EXCLUSIVE_THING' ? thing.thingName : undefined;
  }

  private isAllowed?: boolean;
  private waiting: ((allowed: boolean) => void)[] = [];

  /** Does something once it is known whether the client may connect: what comes in one piece with its CONNECT is here before. */
  public whenDecided(act: (allowed: boolean) => void): void {
    if (this.isAllowed === undefined) this.waiting.push(act);
    else act(this.isAllowed);
  }

  public decide(allowed: boolean): void {
    this.isAllowed = allowed;
    for (const act of this.waiting.splice(0)) act(allowed);
  }

  public subscribed(filter: string, qos: number): void {
    this.filters.set(filter, qos);
    if (filter.endsWith('/#')) this.parents.add(filter.slice(0, -2));
  }

  public unsubscribed(filter: string): void {
    this.filters.delete(filter);
  }

  /** Whether any filter selects the topic. */
  public selects(topic: string): boolean {
    return this.filters.has(topic) || [...this.filters.keys()].some((filter) => selects(filter, topic));
  }

  /** Whether the broker below matched by a rule that this service does not have: there `a/#` selects `a` as well. */
  public isMatchedByParent(topic: string): boolean {
    if (this.parents.size === 0) return false;
    const parents = [...this.parents].some((parent) => selects(parent, topic));
    return parents && !this.selects(topic);
  }

  public view(): ConnectionView {
    const { clientId, certificateId, cleanSession, keepAliveSeconds, sourceIp, sourcePort } = this.facts;
    const subscriptions = [...this.filters].map(([topicFilter, qos]) => ({ topicFilter, qos }));
    return {
      clientId,
      certificateId,
      connected: true,
      thingName: this.thingName,
      cleanSession,
      keepAliveSeconds,
      sourceIp,
      sourcePort,
      connectedSince: this.connectedSince,
      subscriptions,
    };
  }
}
