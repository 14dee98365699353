import type { DisconnectReason } from '../ports';
import type { Session } from './session';

/** An event of the broker itself, as it publishes them below `$aws/events/`. */
export interface LifecycleEvent {
  readonly topic: string;
  readonly payload: string;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Lifecycle events in the form of the service. Client ids with wildcards get none.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html
 */
export class Lifecycle {
  private readonly versions = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  public connected(session: Session): LifecycleEvent | undefined {
    const { clientId, sourceIp } = session.facts;
    const versionNumber = (this.versions.get(clientId) ?? -1) + 1;
    this.versions.set(clientId, versionNumber);
    return this.event('presence/connected', 'connected', session, { ipAddress: sourceIp, versionNumber });
  }

  public disconnected(session: Session, reason: DisconnectReason): LifecycleEvent | undefined {
    return this.event('presence/disconnected', 'disconnected', session, {
      clientInitiatedDisconnect: reason === 'CLIENT_INITIATED_DISCONNECT',
      disconnectReason: reason,
      versionNumber: this.versions.get(session.facts.clientId) ?? 0,
    });
  }

  public connectFailed(session: Session): LifecycleEvent | undefined {
    return this.event('presence/connect_failed', 'connect_failed', session, {
      ipAddress: session.facts.sourceIp,
      connectFailureReason: 'AUTHORIZATION_FAILED',
    });
  }

  public subscribed(session: Session, topics: readonly string[]): LifecycleEvent | undefined {
    return this.event('subscriptions/subscribed', 'subscribed', session, { topics });
  }

  public unsubscribed(session: Session, topics: readonly string[]): LifecycleEvent | undefined {
    return this.event('subscriptions/unsubscribed', 'unsubscribed', session, { topics });
  }

  private event(path: string, eventType: string, session: Session, fields: Fields): LifecycleEvent | undefined {
    const { clientId, certificateId, sessionIdentifier } = session.facts;
    if (/[+#]/.test(clientId)) return undefined;
    const payload = {
      clientId,
      ...(session.thingName === undefined ? {} : { thingName: session.thingName }),
      timestamp: this.now(),
      eventType,
      sessionIdentifier,
      principalIdentifier: certificateId,
      ...fields,
    };
    return { topic: `$aws/events/${path}/${clientId}`, payload: JSON.stringify(payload) };
  }
}
