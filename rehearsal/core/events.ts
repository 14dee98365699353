import type { EventStream, NewEvent, RehearsalEvent, VirtualClock } from '../ports';

/** See `EventStream`. */
export class RecordedEvents implements EventStream {
  private readonly events: RehearsalEvent[] = [];
  private readonly listeners = new Set<(event: RehearsalEvent) => void>();

  constructor(private readonly clock: Pick<VirtualClock, 'now'>) {}

  public emit(event: NewEvent): void {
    const numbered = { ...event, seq: this.events.length, at: this.clock.now() } as RehearsalEvent;
    this.events.push(numbered);
    for (const listener of this.listeners) listener(numbered);
  }

  public all(): readonly RehearsalEvent[] {
    return this.events;
  }

  public subscribe(listener: (event: RehearsalEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}
