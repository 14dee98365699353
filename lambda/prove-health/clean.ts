import type { Alarm, Incident } from '../shared/incident/incident';

/** Sources that say when an alarm is over. Of others, that nothing more comes is all there is. */
const CLEARING = ['detect', 'engine'];

/** Since when nothing has been wrong, but not before `start`. The end of an alarm counts from when it ended. */
export function cleanSince(incident: Incident, start: number): number {
  const words = incident.alarms.filter(({ phase }) => phase !== 'invalidated').map(({ time }) => time);
  return Math.max(start, incident.lastAlarmAt ?? 0, ...words);
}

/**
 * Alarms of which no one has said that they are over. Detectors speak once when a device leaves its limits and once when it is
 * back: silence in between is no sign of health. Neither is an alarm that can no longer be told.
 */
export function stillInAlarm(incident: Incident): readonly Alarm[] {
  return incident.alarms.filter(({ about, phase }) => phase !== 'cleared' && clears(incident, about));
}

/** Where the record does not say whose word it was (it keeps the severest only), it is taken for one that would be ended. */
function clears(incident: Incident, about: string): boolean {
  const notes = incident.signals.filter((note) => note.about === about);
  return notes.length === 0 || notes.some(({ source }) => CLEARING.includes(source));
}
