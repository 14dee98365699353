import type { Aedes } from 'aedes' with { 'resolution-mode': 'import' };
import type { Readable } from 'node:stream';
import type { ConnectionView, DisconnectReason } from '../ports';
import type { Session } from './session';
import { SESSION_EXPIRY_MS } from '../topics';

/** How long the service can still tell of a connection that has ended. */
const REMEMBERED_MS = 1_800_000;

/** The store of the broker below, where it keeps subscriptions and messages of clients that are away. */
interface Store {
  cleanSubscriptions(client: { id: string }): Promise<void>;
  outgoingStream(client: { id: string }): Readable;
  outgoingClearMessageId(client: { id: string }, packet: { messageId?: number }): Promise<unknown>;
}

/** Sessions of clients that have left. Persistent ones come back with their client, for an hour of virtual time. */
export class KeptSessions {
  private readonly views = new Map<string, ConnectionView>();
  private readonly store: Store;

  constructor(
    aedes: Aedes,
    private readonly now: () => number,
  ) {
    this.store = (aedes as unknown as { persistence: Store }).persistence;
  }

  public left(session: Session, reason: DisconnectReason): void {
    const view = session.view();
    this.views.set(view.clientId, {
      ...view,
      connected: false,
      disconnectedSince: this.now(),
      disconnectReason: reason,
      subscriptions: view.cleanSession ? [] : view.subscriptions,
    });
  }

  public get(clientId: string): ConnectionView | undefined {
    const view = this.views.get(clientId);
    return view === undefined || this.age(view) > lifetime(view) ? undefined : view;
  }

  public list(): ConnectionView[] {
    return [...this.views.keys()].flatMap((clientId) => this.get(clientId) ?? []);
  }

  /** Whether the client's session had this subscription when it left. */
  public had(clientId: string, filter: string): boolean {
    return this.get(clientId)?.subscriptions.some(({ topicFilter }) => topicFilter === filter) ?? false;
  }

  public resumed(clientId: string): void {
    this.views.delete(clientId);
  }

  /** Forgets the client's session if its time is over. */
  public async expire(clientId: string): Promise<void> {
    const view = this.views.get(clientId);
    if (view !== undefined && !view.cleanSession && this.age(view) > SESSION_EXPIRY_MS) await this.forget(clientId);
  }

  public async forget(clientId: string): Promise<void> {
    const view = this.views.get(clientId);
    if (view !== undefined) this.views.set(clientId, { ...view, cleanSession: true, subscriptions: [] });
    const client = { id: clientId };
    await this.store.cleanSubscriptions(client);
    for await (const packet of this.store.outgoingStream(client)) {
      await this.store.outgoingClearMessageId(client, packet as { messageId?: number });
    }
  }

  private age(view: ConnectionView): number {
    return this.now() - (view.disconnectedSince ?? 0);
  }
}

function lifetime({ cleanSession }: ConnectionView): number {
  return cleanSession ? REMEMBERED_MS : SESSION_EXPIRY_MS;
}
