import type { ConnectionEvent } from '../../../ports';

/** A client id that was taken over, and by whom. */
export interface Conflict {
  readonly clientId: string;
  readonly certificateIds: readonly string[];
  /** Virtual milliseconds, the newest first. */
  readonly disconnectedAt: readonly number[];
}

/** Client ids under which a session ended, from an event on, because another one began. */
export function conflictsFrom(events: readonly ConnectionEvent[], from: number): Conflict[] {
  const byClient = new Map<string, ConnectionEvent[]>();
  for (const event of events.slice(from))
    if (event.change === 'disconnected' && event.reason === 'DUPLICATE_CLIENTID')
      byClient.set(event.clientId, [...(byClient.get(event.clientId) ?? []), event]);
  return [...byClient].map(([clientId, ends]) => {
    const connects = events.filter((event) => event.clientId === clientId && event.change === 'connected');
    const ids = [...ends, ...connects].flatMap(({ certificateId }) => certificateId ?? []);
    return { clientId, certificateIds: [...new Set(ids)], disconnectedAt: ends.map(({ at }) => at).reverse() };
  });
}

/** Certificates with which sessions of several clients were open at once, from an event on, and these clients. */
export function sharedFrom(events: readonly ConnectionEvent[], from: number): ReadonlyMap<string, readonly string[]> {
  const open = new Map<string, Map<string, number>>();
  const shared = new Map<string, Set<string>>();
  const look = (certificateId: string): void => {
    const clients = [...(open.get(certificateId) ?? [])].flatMap(([clientId, count]) => (count > 0 ? [clientId] : []));
    if (clients.length < 2) return;
    const known = shared.get(certificateId) ?? new Set();
    for (const each of clients) known.add(each);
    shared.set(certificateId, known);
  };
  const count = ({ certificateId, clientId, change }: ConnectionEvent): void => {
    if (certificateId === undefined || change === 'refused') return;
    const clients = open.get(certificateId) ?? new Map<string, number>();
    open.set(certificateId, clients);
    clients.set(clientId, (clients.get(clientId) ?? 0) + (change === 'connected' ? 1 : -1));
  };
  events.slice(0, from).forEach(count);
  // What was open at the beginning is open in it.
  for (const certificateId of open.keys()) look(certificateId);
  for (const event of events.slice(from)) {
    count(event);
    if (event.certificateId !== undefined) look(event.certificateId);
  }
  return new Map([...shared].map(([certificateId, clients]) => [certificateId, [...clients]]));
}
