import type { DisconnectReason, EventStream, Party } from '../ports';
import type { Ruling } from './rights';
import type { Peer, Session } from './session';

const BROKER: Party = { kind: 'broker', name: 'broker' };
/** What is said on these may hold tokens and certificates. */
const SECRET = /^\$aws\/(certificates|provisioning-templates)\/|\/tunnels\/notify$/;
const PREVIEW_BYTES = 256;

/** Says in the record what the broker does and decides. */
export class Teller {
  constructor(private readonly events: EventStream) {}

  public connected(session: Session): void {
    this.connection(session, 'connected', `${session.facts.clientId} is connected`);
  }

  public disconnected(session: Session, reason: DisconnectReason): void {
    this.connection(session, 'disconnected', `${session.facts.clientId} is disconnected: ${reason}`, reason);
  }

  public record(session: Session, { decisions }: Ruling): void {
    const { clientId } = session.facts;
    const thingName = session.rights.thing?.thingName;
    const who = deviceOf(clientId);
    for (const { decision, words } of decisions) {
      this.events.emit({ kind: 'decision', who, toWhom: BROKER, what: words, clientId, thingName, decision });
    }
  }

  public tell(direction: 'in' | 'out', session: Session, topic: string, payload: Buffer | string): void {
    const { clientId } = session.facts;
    const device = deviceOf(clientId);
    this.events.emit({
      kind: 'message',
      who: direction === 'in' ? device : BROKER,
      toWhom: direction === 'in' ? BROKER : device,
      what: direction === 'in' ? `${clientId} publishes ${topic}` : `${clientId} receives ${topic}`,
      direction,
      topic,
      bytes: payload.length,
      clientId,
      thingName: session.rights.thing?.thingName,
      ...(SECRET.test(topic) ? {} : { preview: payload.slice(0, PREVIEW_BYTES).toString() }),
    });
  }

  public background(work: Promise<unknown>, what: string): void {
    work.catch((error: unknown) => {
      const detail = error instanceof Error ? error.message : String(error);
      this.events.emit({ kind: 'fault', who: BROKER, what: `${what} failed`, code: 'BrokerFailed', detail });
    });
  }

  public gap(subject: string, meaning: string): void {
    this.events.emit({
      kind: 'gap',
      who: BROKER,
      what: `${subject} is not modelled`,
      subject,
      meaning,
      onPath: true,
    });
  }

  public refused(reason: string, peer: Partial<Peer>, clientId: string | undefined, thingName?: string): void {
    this.events.emit({
      kind: 'connection',
      who: deviceOf(clientId ?? 'unknown client'),
      toWhom: BROKER,
      what: `${clientId ?? 'a client'} is refused: ${reason}`,
      change: 'refused',
      reason,
      clientId: clientId ?? '',
      certificateId: peer.certificateId,
      sourceIp: peer.sourceIp,
      thingName,
    });
  }

  private connection(session: Session, change: 'connected' | 'disconnected', what: string, reason?: string): void {
    const { clientId, certificateId, sourceIp } = session.facts;
    const thingName = session.rights.thing?.thingName;
    const who = deviceOf(clientId);
    const about = { clientId, certificateId, sourceIp, thingName, ...(reason !== undefined && { reason }) };
    this.events.emit({ kind: 'connection', who, toWhom: BROKER, what, change, ...about });
  }
}

function deviceOf(name: string): Party {
  return { kind: 'device', name };
}
