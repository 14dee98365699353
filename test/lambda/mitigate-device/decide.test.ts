import { decide } from '../../../lambda/mitigate-device/decide';
import { BY_TIME, type PlaybookDocument } from '../../../lambda/shared/incident/contract';
import { dueAtOf, type Incident, openIncident, type State } from '../../../lambda/shared/incident/incident';
import type { SecuritySignal } from '../../../lambda/shared/incident/signal';
import { TIME } from '../shared/incident/messages';

const NOW = TIME + 1_000;
const playbook: PlaybookDocument = {
  rules: [
    { kinds: ['identity'], atLeast: 'LOW', response: 'lockOut' },
    { kinds: ['behavior'], atLeast: 'HIGH', response: 'isolate' },
  ],
  protectedGroups: [],
  dryRun: false,
};
const trial = { ...playbook, dryRun: true };

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
const person = signal({ source: 'person', kind: 'report', response: 'isolate', id: 'p' });
const known = (state: State, values: Partial<Incident> = {}): Incident => ({
  ...openIncident(signal(), 'isolate', 3, TIME),
  version: 2,
  state,
  ...values,
});

test('an alarm about a device without a record isolates it', () => {
  const decision = decide(signal(), undefined, playbook, NOW);
  expect(decision).toMatchObject({ kind: 'isolate', incident: { episode: 1, version: 0, response: 'isolate' } });
});

test('a mild alarm, or the end of one, is only recorded', () => {
  for (const values of [{ severity: 'LOW' }, { phase: 'cleared' }] as const)
    expect(decide(signal(values), undefined, playbook, NOW)).toMatchObject({
      kind: 'record',
      incident: { state: 'detected', response: 'observe' },
    });
});

test('a dry run decides and records, and says so', () => {
  expect(decide(signal(), undefined, trial, NOW)).toMatchObject({
    kind: 'record',
    incident: { response: 'isolate', because: 'dry run' },
  });
  const mild = decide(signal({ severity: 'LOW' }), undefined, trial, NOW);
  expect(mild.kind === 'record' && mild.incident.because).toBeUndefined();
});

test('a person is obeyed in a dry run', () => {
  expect(decide(person, undefined, trial, NOW).kind).toBe('isolate');
});

test('a person overtakes a release also in a dry run, and detectors do not', () => {
  const proving = known('proving', {
    prior: { groups: ['pumps'], left: ['pumps'] },
    containedAt: TIME,
    orders: [{ verb: 'release', by: 'ada', why: 'well', time: TIME - 1 }],
  });
  expect(decide(person, proving, trial, NOW).kind).toBe('isolate');
  expect(decide(signal({ id: 'other' }), proving, trial, NOW).kind).toBe('record');
});

test('a signal of the future is refused; clocks may differ by five minutes', () => {
  expect(decide(signal({ time: NOW + 300_001 }), undefined, playbook, NOW).kind).toBe('refuse');
  expect(decide(signal({ time: NOW + 300_000 }), undefined, playbook, NOW).kind).toBe('isolate');
});

describe('after a release', () => {
  const order = { verb: 'release', by: 'ada', why: 'well', time: TIME + 10 } as const;
  const released = known('released', { closedAt: TIME + 900, orders: [order] });

  test('what happened before its order is ignored', () => {
    for (const time of [TIME, TIME + 10])
      expect(decide(signal({ time }), released, playbook, NOW)).toEqual({
        kind: 'ignore',
        because: 'older than the release',
      });
  });

  test('what happened since opens the next episode, also while rights were given back', () => {
    for (const time of [TIME + 11, TIME + 900, TIME + 901])
      expect(decide(signal({ time }), released, playbook, NOW)).toMatchObject({
        kind: 'isolate',
        incident: { episode: 4, version: 0 },
      });
  });

  test('what was recorded since, and did not isolate, opens none when it comes again', () => {
    const mild = signal({ id: 'mild', severity: 'LOW', time: TIME + 20 });
    const record = { ...released, signals: [...released.signals, mild] };
    expect(decide(mild, record, playbook, NOW)).toEqual({ kind: 'ignore', because: 'already recorded' });
    expect(decide({ ...mild, severity: 'HIGH' }, record, playbook, NOW).kind).toBe('isolate');
  });

  test('that nobody ordered, what comes in late opens the next episode where it would have put the end off', () => {
    const times = { containedAt: TIME, isolationMs: 100, closedAt: TIME + 130 };
    const timed = { ...released, ...times, orders: [{ ...order, by: BY_TIME, time: TIME + 100 }] };
    expect(decide(signal({ id: 'old' }), timed, playbook, NOW).kind).toBe('ignore');
    expect(decide(signal({ id: 'late', time: TIME + 1 }), timed, playbook, NOW).kind).toBe('isolate');
  });
});

describe('in an episode that something mild has opened after a release', () => {
  const released = known('released', {
    closedAt: TIME + 20,
    orders: [{ verb: 'release', by: 'ada', why: 'well', time: TIME + 10 }],
  });
  const mild = decide(signal({ id: 'mild', severity: 'LOW', time: TIME + 15 }), released, playbook, NOW);
  const open = { ...(mild as { incident: Incident }).incident, version: 1 };

  test('what the release had settled is ignored, as it is before', () => {
    expect(open).toMatchObject({ episode: 4, state: 'detected', settled: TIME + 10 });
    for (const time of [TIME, TIME + 10])
      for (const incident of [open, { ...open, state: 'isolated' as const }])
        expect(decide(signal({ id: 'late', time }), incident, playbook, NOW)).toEqual({
          kind: 'ignore',
          because: 'older than the release',
        });
    expect(decide(signal({ id: 'late', time: TIME + 11 }), open, playbook, NOW).kind).toBe('isolate');
  });

  test('and stays settled in those after it', () => {
    const proof = { since: TIME + 5 };
    const closed = { ...open, state: 'released' as const, closedAt: TIME + 30, proof };
    expect(decide(signal({ id: 'late', time: TIME + 10 }), closed, playbook, NOW).kind).toBe('ignore');
    const next = decide(signal({ id: 'new', time: TIME + 12 }), closed, playbook, NOW);
    expect(next).toMatchObject({ kind: 'isolate', incident: { episode: 5, settled: TIME + 10 } });
  });

  test('in the first one nothing is settled', () => {
    expect(decide(signal({ time: 0 }), { ...open, settled: undefined }, playbook, NOW).kind).toBe('isolate');
  });
});

describe('after a release that rests on a proof', () => {
  const proof = { since: TIME + 2 };
  const first = known('released', { closedAt: TIME + 10, proof });
  const mild = signal({ id: 'mild', severity: 'LOW', time: TIME + 5 });
  const released = { ...first, signals: [...first.signals, { ...mild, id: 'mild' }] };

  test('what comes in late opens the next episode, although it happened before the release', () => {
    expect(decide(signal({ id: 'late', time: TIME + 3 }), released, playbook, NOW)).toMatchObject({ kind: 'isolate' });
    expect(decide(signal({ time: TIME + 3 }), released, playbook, NOW)).toMatchObject({ kind: 'isolate' });
  });

  test('what the proof covers, and what was weighed with it, is ignored', () => {
    expect(decide(signal({ id: 'old', time: TIME + 2 }), released, playbook, NOW).kind).toBe('ignore');
    expect(decide(mild, released, playbook, NOW)).toEqual({ kind: 'ignore', because: 'already recorded' });
    expect(decide({ ...mild, source: 'detect' }, released, playbook, NOW).kind).toBe('record');
  });

  test('while it is under way, what it does not cover isolates again', () => {
    const orders = [{ verb: 'release', by: 'prover', why: 'clean', time: TIME + 9 }] as const;
    const proving = known('proving', { containedAt: TIME, orders, proof });
    expect(decide(signal({ id: 'late', time: TIME + 3 }), proving, playbook, NOW).kind).toBe('isolate');
    expect(decide(signal({ id: 'old', time: TIME + 2 }), proving, playbook, NOW).kind).toBe('record');
  });
});

describe('while it is recorded', () => {
  const observed = { ...openIncident(signal({ severity: 'LOW' }), 'observe', 1, TIME), version: 1 };

  test('the same again is ignored', () => {
    expect(decide(signal({ severity: 'LOW' }), observed, playbook, NOW)).toEqual({
      kind: 'ignore',
      because: 'already recorded',
    });
  });

  test('something worse isolates in the same episode', () => {
    expect(decide(signal({ id: 's2' }), observed, playbook, NOW)).toMatchObject({
      kind: 'isolate',
      incident: { episode: 1, version: 1, response: 'isolate' },
    });
  });

  test('something else as mild is added', () => {
    expect(decide(signal({ id: 's2', severity: 'LOW' }), observed, playbook, NOW)).toMatchObject({ kind: 'record' });
  });

  test('what was decided in a dry run is done once that is over', () => {
    const tried = known('detected', { because: 'dry run' });
    expect(decide(signal(), tried, trial, NOW)).toEqual({ kind: 'ignore', because: 'already recorded' });
    expect(decide(signal(), tried, playbook, NOW).kind).toBe('isolate');
  });
});

describe('while it is held', () => {
  test('signals are added, and do not act', () => {
    expect(decide(signal(), known('held'), playbook, NOW)).toEqual({ kind: 'ignore', because: 'already recorded' });
    expect(decide(signal({ id: 's2' }), known('held'), playbook, NOW)).toMatchObject({
      kind: 'record',
      incident: { state: 'held' },
    });
  });

  test('a person acts', () => expect(decide(person, known('held'), playbook, NOW).kind).toBe('isolate'));
});

describe('while it is isolated', () => {
  const done = { containedAt: TIME };

  test('the same again is ignored, and more is added', () => {
    expect(decide(signal(), known('isolated', done), playbook, NOW)).toEqual({
      kind: 'ignore',
      because: 'already recorded',
    });
    expect(decide(signal({ id: 's2' }), known('isolated', done), playbook, NOW)).toMatchObject({ kind: 'record' });
  });

  test('what was begun is finished', () => {
    const isolating = known('isolating');
    expect(decide(signal(), isolating, playbook, NOW)).toEqual({ kind: 'resume', incident: isolating });
  });

  test('doubt about the identity makes it a lock-out', () => {
    const doubt = signal({ id: 's2', kind: 'identity' });
    expect(decide(doubt, known('isolated', done), playbook, NOW)).toMatchObject({
      kind: 'isolate',
      incident: { response: 'lockOut' },
    });
    expect(decide(doubt, known('isolated', { ...done, lockedAt: TIME }), playbook, NOW).kind).toBe('record');
    expect(decide(doubt, known('isolated', done), trial, NOW)).toMatchObject({ kind: 'record' });
  });
});

describe('while it is being released', () => {
  const orders = [{ verb: 'release', by: 'ada', why: 'well', time: TIME } as const];
  const proving = known('proving', { containedAt: TIME - 1, orders });

  test('an alarm since the order isolates it again', () => {
    expect(decide(signal({ id: 's2', time: TIME + 1 }), proving, playbook, NOW)).toMatchObject({ kind: 'isolate' });
    expect(decide(signal({ id: 's2', time: TIME + 1 }), { ...proving, orders: [] }, playbook, NOW).kind).toBe(
      'isolate',
    );
  });

  test('older alarms, milder ones, their end and a dry run do not', () => {
    for (const values of [
      { time: TIME },
      { time: TIME + 1, severity: 'LOW' },
      { time: TIME + 1, phase: 'cleared' },
    ] as const)
      expect(decide(signal({ id: 's2', ...values }), proving, playbook, NOW).kind).toBe('record');
    expect(decide(signal({ id: 's2', time: TIME + 1 }), proving, trial, NOW).kind).toBe('record');
  });
});

describe('the word of a person is on record', () => {
  const prior = { groups: ['pumps'], left: ['pumps'] };
  const said = signal({
    source: 'person',
    kind: 'report',
    response: 'isolate',
    id: 'p',
    time: TIME + 10,
    evidence: { by: 'ada', why: 'keep it' },
  });
  const order = { verb: 'isolate', by: 'ada', why: 'keep it', time: TIME + 10 };

  test.each<[State, string]>([
    ['isolated', 'record'],
    ['repairing', 'record'],
    ['isolating', 'resume'],
  ])('also where the device is %s already, and nothing is left to be done', (state, kind) => {
    const contained = state === 'isolating' ? {} : { containedAt: TIME };
    const before = known(state, { prior, ...contained, isolationMs: 1_000 });
    const decision = decide(said, before, playbook, NOW);
    expect(decision).toMatchObject({ kind, incident: { state, orders: [order] } });
    // From then on its time does not end it.
    expect(dueAtOf(known('isolated', { prior, containedAt: TIME, isolationMs: 1_000 }))).toBe(TIME + 1_000);
    if ('incident' in decision) {
      expect(dueAtOf({ ...decision.incident, state: 'isolated', containedAt: TIME })).toBeUndefined();
      const again = decide(said, { ...decision.incident, containedAt: TIME }, playbook, NOW);
      expect(again).toMatchObject(state === 'isolating' ? { kind: 'ignore' } : { because: 'already recorded' });
    }
  });

  test('once, where the device was not known', () => {
    expect(decide(said, undefined, playbook, NOW)).toMatchObject({ kind: 'isolate', incident: { orders: [order] } });
    const retired = { ...said, response: 'retire' } as const;
    expect(decide(retired, known('released', { closedAt: TIME }), playbook, NOW)).toMatchObject({
      incident: { episode: 4, orders: [{ verb: 'retire' }] },
    });
  });

  test('and overtakes no release that was ordered after it', () => {
    const release = { verb: 'release', by: 'bob', why: 'well', time: TIME + 20 } as const;
    const proving = known('proving', { prior, containedAt: TIME, orders: [release] });
    expect(decide(said, proving, playbook, NOW)).toMatchObject({ kind: 'record', incident: { orders: [release] } });
    const later = decide({ ...said, time: TIME + 30 }, proving, playbook, NOW);
    expect(later).toMatchObject({ kind: 'isolate', incident: { orders: [release, { ...order, time: TIME + 30 }] } });
  });

  test('and a report is none: the playbook has the word', () => {
    const report = { ...said, response: undefined };
    expect(decide(report, known('isolated', { prior, containedAt: TIME }), playbook, NOW)).toMatchObject({
      kind: 'record',
      incident: { orders: [] },
    });
  });
});
