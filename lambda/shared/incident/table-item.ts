import type { Budget } from './blast-radius';
import { TABLE } from './contract';
import { dueAtOf, type Incident, isClosed } from './incident';

/** An attribute value of DynamoDB, as far as the table uses them. */
export interface Attribute {
  readonly S?: string;
  readonly N?: string;
}
export type Item = Readonly<Record<string, Attribute | undefined>>;

const DAY_SECONDS = 86_400;
/** Closed incidents stay for a year in the table; the evidence log has them for as long as it is told to. */
const CLOSED_DAYS = 400;
const RECORDED_DAYS = 90;

/** The key under which the count of isolations is kept. No thing name has this character. */
export const BUDGET_SUBJECT = '#blast-radius';

/** The one value of the index of held incidents. */
export const HELD_FOR = 'person';

/** The one value of the index of isolations that have an end. */
export const DUE_FOR = 'release';

/** The incident as one item: keys and what is looked for as attributes, the whole as JSON. */
export function itemOf(incident: Incident): Record<string, Attribute> {
  const expires = expiryOf(incident);
  const due = dueAtOf(incident);
  return {
    [TABLE.partitionKey]: { S: incident.subject },
    [TABLE.sortKey]: { N: String(incident.episode) },
    version: { N: String(incident.version) },
    state: { S: incident.state },
    [TABLE.heldSort]: { N: String(incident.updatedAt) },
    record: { S: JSON.stringify(incident) },
    ...(incident.state === 'held' ? { [TABLE.heldKey]: { S: HELD_FOR } } : {}),
    ...(due === undefined ? {} : { [TABLE.dueKey]: { S: DUE_FOR }, [TABLE.dueSort]: { N: String(due) } }),
    ...(expires === undefined ? {} : { [TABLE.timeToLive]: { N: String(expires) } }),
  };
}

function expiryOf(incident: Incident): number | undefined {
  if (isClosed(incident)) return Math.floor(incident.updatedAt / 1000) + CLOSED_DAYS * DAY_SECONDS;
  return incident.state === 'detected'
    ? Math.floor(incident.updatedAt / 1000) + RECORDED_DAYS * DAY_SECONDS
    : undefined;
}

/** The incident of an item; the table is written by this code only, so anything else is a fault. */
export function incidentOf(item: Item): Incident {
  const record = item.record?.S;
  if (record === undefined) throw new Error('an item of the incident table has no record');
  return JSON.parse(record) as Incident;
}

export function budgetItemOf(budget: Budget): Record<string, Attribute> {
  return {
    [TABLE.partitionKey]: { S: BUDGET_SUBJECT },
    [TABLE.sortKey]: { N: '0' },
    version: { N: String(budget.version) },
    record: { S: JSON.stringify(budget) },
  };
}
