import { dueAtOf, type Incident, mergeSignal, MOST, openIncident } from '../../../../lambda/shared/incident/incident';
import type { SecuritySignal } from '../../../../lambda/shared/incident/signal';
import { TIME } from './messages';

const signal = (values: Partial<SecuritySignal> = {}): SecuritySignal => ({
  source: 'engine',
  id: 's',
  time: TIME,
  subject: { kind: 'thing', name: 'pump-7' },
  phase: 'alarm',
  kind: 'behavior',
  severity: 'CRITICAL',
  about: 'a',
  evidence: {},
  ...values,
});

/**
 * A record that keeps no further signal: it has as many as it may, and all of them are worse than what follows. `a` and `b` are in
 * alarm, `ended` is not any more, since TIME + 90; the last alarm was at TIME + 50, and the last that isolates at TIME.
 */
function full(): Incident {
  let incident = openIncident(signal({ about: 'ended' }), 'isolate', 1, TIME);
  const add = (values: Partial<SecuritySignal>, response: 'isolate' | 'observe' = 'observe') => {
    incident = mergeSignal(incident, signal(values), response);
  };
  for (const about of ['a', 'b', 'c', 'd', 'e']) add({ id: about, about, clientId: `client-${about}` });
  for (let index = incident.signals.length; index < MOST.signals; index += 1)
    add({ id: `s${index}`, time: TIME + 2 * index });
  add({ id: 'last', about: 'b', time: TIME + 50, severity: 'LOW' });
  add({ id: 'end', about: 'ended', time: TIME + 90, phase: 'cleared' });
  expect(incident).toMatchObject({ lastAlarmAt: TIME + 50, offendedAt: TIME, severity: 'CRITICAL' });
  expect(incident.signals).toHaveLength(MOST.signals);
  expect(incident.clientIds).toHaveLength(MOST.clientIds);
  return incident;
}

// What is lost here would not be in the record at all: the list of signals is full.
describe('of a signal for which a full record has no room it still learns', () => {
  const mild = { id: 'mild', severity: 'LOW', about: 'a', time: TIME - 1 } as const;

  test.each<[string, Partial<SecuritySignal>, 'isolate' | 'observe', Partial<Incident>]>([
    ['when the last alarm was', { about: 'ended', time: TIME + 80 }, 'observe', { lastAlarmAt: TIME + 80 }],
    ['when it last did what isolates', { about: 'b', time: TIME + 30 }, 'isolate', { offendedAt: TIME + 30 }],
  ])('%s', (_what, values, response, learned) => {
    const known = full();
    expect(mergeSignal(known, signal({ ...mild, ...values }), response)).toEqual({ ...known, ...learned });
  });

  test('that another behavior is in alarm', () => {
    const { alarms } = mergeSignal(full(), signal({ ...mild, about: 'z' }), 'observe');
    expect(alarms.find(({ about }) => about === 'z')).toEqual({ about: 'z', time: TIME - 1, phase: 'alarm' });
    expect(alarms).toHaveLength(full().alarms.length + 1);
  });

  test('that one of several alarms ended, and of no other', () => {
    const known = full();
    const ended = mergeSignal(known, signal({ ...mild, time: TIME + 200, phase: 'cleared' }), 'observe');
    expect(ended.alarms).toEqual(
      known.alarms.map((alarm) => (alarm.about === 'a' ? { about: 'a', time: TIME + 200, phase: 'cleared' } : alarm)),
    );
  });

  test('a client id that comes before those it knows', () => {
    const { clientIds } = mergeSignal(full(), signal({ ...mild, clientId: 'client-_' }), 'observe');
    expect(clientIds).toEqual(['client-_', 'client-a', 'client-b', 'client-c', 'client-d']);
  });

  test('nothing where it has nothing to say: then nothing is written', () => {
    const known = full();
    expect(mergeSignal(known, signal(mild), 'observe')).toBe(known);
  });
});

test('a signal that is worse than one of a full record takes its place', () => {
  const known = full();
  const merged = mergeSignal(known, signal({ id: 'between', about: 'b', time: TIME + 33 }), 'observe');
  expect(merged.signals).toHaveLength(MOST.signals);
  expect(merged.signals.map(({ id }) => id)).toContain('between');
  expect(merged.signals[0]).toBe(known.signals[0]);
});

test('the severity is the worst that was said, whichever came first', () => {
  const bad = openIncident(signal(), 'observe', 1, TIME);
  expect(mergeSignal(bad, signal({ id: 'mild', severity: 'LOW' }), 'observe').severity).toBe('CRITICAL');
  const mild = openIncident(signal({ severity: 'LOW' }), 'observe', 1, TIME);
  expect(mergeSignal(mild, signal({ id: 'bad', severity: 'HIGH' }), 'observe').severity).toBe('HIGH');
});

test('a release that was overtaken leaves the isolation its end: only who isolates takes it', () => {
  const isolated: Incident = {
    ...openIncident(signal(), 'isolate', 1, TIME),
    state: 'isolated',
    containedAt: TIME,
    isolationMs: 1_000,
    orders: [{ verb: 'release', by: 'ada', why: 'well', time: TIME }],
  };
  expect(dueAtOf(isolated)).toBe(TIME + 1_000);
});
