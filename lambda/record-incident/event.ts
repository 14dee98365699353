import type { Incident } from '../shared/incident/incident';
import { incidentOf, type Item } from '../shared/incident/table-item';
import { asObject } from '../shared/incident/text';

/** One write of the incident table. */
export interface Change {
  readonly incident: Incident;
  /** The record before; absent for a new one. */
  readonly before?: Incident;
}

/** Reads a record of the table's stream. The pipe lets through no others than writes of incidents. */
export function parseChange(raw: unknown): Change {
  const images = asObject(asObject(raw)?.dynamodb);
  const after = asObject(images?.NewImage);
  if (after === undefined) throw new Error('a record of the stream has no new image');
  const before = asObject(images?.OldImage);
  return { incident: incidentOf(after as Item), ...(before && { before: incidentOf(before as Item) }) };
}
