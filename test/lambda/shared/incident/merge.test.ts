import {
  dueAtOf,
  groupLabel,
  type Incident,
  isBeingReleased,
  mergeSignal,
  type Order,
  openIncident,
} from '../../../../lambda/shared/incident/incident';
import { isProven } from '../../../../lambda/shared/incident/repair';
import type { SecuritySignal } from '../../../../lambda/shared/incident/signal';
import { itemOf } from '../../../../lambda/shared/incident/table-item';
import { apply } from '../../../../lambda/shared/incident/transition';
import { TIME } from './messages';

const HOUR = 3_600_000;
const signal = (values: Partial<SecuritySignal> = {}): SecuritySignal => ({
  source: 'engine',
  id: 's1',
  time: TIME,
  subject: { kind: 'thing', name: 'pump-7' },
  phase: 'alarm',
  kind: 'behavior',
  severity: 'HIGH',
  about: 'messages-sent',
  evidence: {},
  ...values,
});
const isolated = (values: Partial<Incident> = {}): Incident => ({
  ...openIncident(signal(), 'isolate', 1, TIME),
  state: 'isolated',
  containedAt: TIME,
  isolationMs: HOUR,
  ...values,
});

describe('the last alarm', () => {
  test('is the newest, in whatever order they come', () => {
    const later = mergeSignal(isolated(), signal({ id: 's2', time: TIME + 5 }), 'isolate');
    expect([later.lastAlarmAt, later.offendedAt]).toEqual([TIME + 5, TIME + 5]);
    const older = mergeSignal(later, signal({ id: 's0', time: TIME - 5 }), 'isolate');
    expect([older.lastAlarmAt, older.offendedAt]).toEqual([TIME + 5, TIME + 5]);
  });

  test('is none that was ended, and offends only where it isolates', () => {
    const ended = mergeSignal(isolated(), signal({ id: 's2', phase: 'cleared', time: TIME + 5 }), 'observe');
    expect([ended.lastAlarmAt, ended.offendedAt]).toEqual([TIME, TIME]);
    const mild = mergeSignal(isolated(), signal({ id: 's2', time: TIME + 5 }), 'notify');
    expect([mild.lastAlarmAt, mild.offendedAt]).toEqual([TIME + 5, TIME]);
  });
});

// Each of these alone must be told from "already recorded", or the record loses it.
test.each<[string, Partial<SecuritySignal>, Parameters<typeof mergeSignal>[2]]>([
  ['a stronger response', {}, 'lockOut'],
  ['a worse severity', { severity: 'CRITICAL' }, 'isolate'],
  ['a later alarm', { time: TIME + 1 }, 'isolate'],
  ['another behavior', { id: 's2', about: 'other' }, 'isolate'],
  ['the end of an alarm', { phase: 'cleared', time: TIME + 1 }, 'observe'],
  ['a client id', { clientId: 'other' }, 'isolate'],
  ['a further signal', { id: 's2' }, 'isolate'],
])('%s changes the record', (_what, values, response) => {
  const known = isolated();
  expect(mergeSignal(known, signal(values), response)).not.toBe(known);
});

test('what adds nothing leaves the record as it is, so that nothing is written', () => {
  const known = mergeSignal(isolated(), signal({ clientId: 'c' }), 'isolate');
  expect(mergeSignal(known, signal({ clientId: 'c' }), 'isolate')).toBe(known);
  expect(mergeSignal(known, signal(), 'notify')).toBe(known);
});

test('at the same moment an alarm counts for more than its end, whichever comes first', () => {
  const alarm = signal();
  const cleared = signal({ id: 's2', phase: 'cleared' });
  const one = mergeSignal(mergeSignal(isolated(), alarm, 'isolate'), cleared, 'observe');
  const other = mergeSignal(openIncident(cleared, 'observe', 1, TIME), alarm, 'isolate');
  expect(one.alarms).toEqual([{ about: 'messages-sent', time: TIME, phase: 'alarm' }]);
  expect(other.alarms).toEqual(one.alarms);
});

describe('an order', () => {
  const order = (values: Partial<Order> = {}): Order => ({
    verb: 'hold',
    by: 'ada',
    why: 'wait',
    time: TIME,
    ...values,
  });
  const held = (incident: Incident, said: Order) =>
    apply(incident, { type: 'hold', because: said.why, order: said }, TIME)!;

  test('is on record once, however often it is delivered', () => {
    const once = held(isolated(), order());
    expect(held(once, order()).orders).toEqual([order()]);
  });

  test.each<[string, Partial<Order>]>([
    ['of somebody else', { by: 'bob' }],
    ['of another moment', { time: TIME + 1 }],
    ['of another kind', { verb: 'release' }],
  ])('%s is another one', (_what, values) => {
    expect(held(held(isolated(), order()), order(values)).orders).toEqual([order(), order(values)]);
  });

  test('to release is under way from when it is given until it is done', () => {
    const released = order({ verb: 'release' });
    const proving = apply(isolated(), { type: 'prove', order: released }, TIME)!;
    expect(isBeingReleased(proving)).toBe(true);
    expect(isBeingReleased(apply(isolated(), { type: 'prove', proof: { since: TIME } }, TIME)!)).toBe(false);
    expect(isBeingReleased({ ...proving, state: 'held' })).toBe(false);
  });
});

describe('an isolation with an end', () => {
  test('ends so long after its last alarm, and is found by that', () => {
    expect(dueAtOf(isolated())).toBe(TIME + HOUR);
    expect(dueAtOf(isolated({ lastAlarmAt: TIME + 7 }))).toBe(TIME + HOUR + 7);
    expect(dueAtOf(isolated({ lastAlarmAt: undefined }))).toBe(TIME + HOUR);
    expect(itemOf(isolated())).toMatchObject({ dueFor: { S: 'release' }, dueAt: { N: String(TIME + HOUR) } });
  });

  test.each<[string, Partial<Incident>]>([
    ['has none', { isolationMs: undefined }],
    ['is not isolated yet', { containedAt: undefined }],
    ['is under repair', { state: 'repairing' }],
    ['is held', { state: 'held' }],
    ['is locked out', { response: 'lockOut' }],
    ['is isolated by a person', { orders: [{ verb: 'isolate', by: 'ada', why: 'sure', time: TIME }] }],
  ])('but not by itself where a device %s', (_what, values) => {
    expect(dueAtOf(isolated(values))).toBeUndefined();
    expect(itemOf(isolated(values))).not.toHaveProperty('dueFor');
  });
});

test('only what was taken before is kept by a note that something was recorded', () => {
  const known = openIncident(signal(), 'notify', 1, TIME);
  expect(apply(known, { type: 'record', because: 'dry run' }, TIME + 1)).toEqual({
    ...known,
    because: 'dry run',
    updatedAt: TIME + 1,
  });
});

test('a request for a tunnel is completed by its own note, and by no other', () => {
  const note = { by: 'ada', why: 'look', time: TIME, services: ['SSH'], minutes: 5 };
  const noted = apply(isolated(), { type: 'tunnel', tunnel: note }, TIME)!;
  const completed = apply(noted, { type: 'tunnel', tunnel: { ...note, tunnelId: 't' } }, TIME)!;
  expect(completed.tunnels).toEqual([{ ...note, tunnelId: 't' }]);
  const others = [
    { ...note, by: 'bob' },
    { ...note, time: TIME + 1 },
  ];
  for (const other of others)
    expect(apply(completed, { type: 'tunnel', tunnel: other }, TIME)!.tunnels).toHaveLength(2);
});

test('a device has proved its health when the proof is complete, and not while it is gathered', () => {
  expect(isProven(undefined)).toBe(false);
  expect(isProven(isolated({ state: 'proving' }))).toBe(false);
  expect(isProven(isolated({ state: 'proving', proof: { since: TIME } }))).toBe(false);
  expect(isProven(isolated({ state: 'proving', proof: { since: TIME, proven: TIME } }))).toBe(true);
  expect(isProven(isolated({ proof: { since: TIME, proven: TIME } }))).toBe(false);
});

test('groups have a name in lists of what was given back', () => expect(groupLabel('pumps')).toBe('group pumps'));
