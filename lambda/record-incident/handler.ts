import type { Logger } from '../shared/logger';
import { eventOf, type IncidentEvent, isAlert, isTransition, keyOf, messageOf, type Places } from './describe';
import { parseChange } from './event';
import type { AlertPort, EvidencePort } from './ports';

export interface Deps {
  readonly evidence: EvidencePort;
  readonly alerts?: AlertPort;
  readonly places: Places;
  readonly log: Logger;
}

/**
 * Between the table's stream and the event bus: each write becomes a piece of evidence, each transition an event.
 *
 * It is called with the writes themselves, so nothing can be done to a device without being written down and told. What it
 * throws is delivered again; evidence is kept once, alerts and events may then come twice.
 */
export function createHandler({ evidence, alerts, places, log }: Deps) {
  return async (records: unknown): Promise<IncidentEvent[]> => {
    const events: IncidentEvent[] = [];
    for (const raw of Array.isArray(records) ? records : [records]) {
      const change = parseChange(raw);
      const { incident, before } = change;
      await evidence.keep(keyOf(incident), JSON.stringify({ incident, previousState: before?.state }));
      if (!isTransition(change)) continue;
      const event = eventOf(change);
      if (isAlert(change) && alerts !== undefined) {
        const message = messageOf(incident, places);
        await alerts.tell(message.subject, message.body);
      }
      log.info('transition', { subject: incident.subject, episode: incident.episode, state: incident.state });
      events.push(event);
    }
    return events;
  };
}
