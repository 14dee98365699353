import type { Incident } from '../../../lambda/shared/incident/incident';
import { itemOf } from '../../../lambda/shared/incident/table-item';
import { TIME } from '../shared/incident/messages';

export const note = {
  id: 's1',
  source: 'detect',
  time: TIME,
  kind: 'behavior',
  severity: 'HIGH',
  about: 'profile/size',
  phase: 'alarm',
  evidence: {},
} as const;

export const incident = (values: Partial<Incident> = {}): Incident => ({
  subject: 'pump:7',
  episode: 2,
  version: 3,
  state: 'isolated',
  response: 'isolate',
  severity: 'HIGH',
  openedAt: TIME,
  updatedAt: TIME,
  signals: [note],
  alarms: [],
  clientIds: [],
  prior: { groups: ['pumps'], left: ['pumps'] },
  orders: [],
  ...values,
});

export const change = (after: Partial<Incident>, before?: Partial<Incident>) => ({
  eventName: before === undefined ? 'INSERT' : 'MODIFY',
  dynamodb: { NewImage: itemOf(incident(after)), ...(before && { OldImage: itemOf(incident(before)) }) },
});
