import { cleanSince, stillInAlarm } from '../../../lambda/prove-health/clean';
import type { ProofRule } from '../../../lambda/prove-health/contract';
import { decide, LOOK_MS, PROVER, type Situation, type Step } from '../../../lambda/prove-health/decide';
import { type Execution, outcomeOf } from '../../../lambda/prove-health/outcome';
import { type Alarm, type Incident, openIncident, type State } from '../../../lambda/shared/incident/incident';
import type { SecuritySignal } from '../../../lambda/shared/incident/signal';
import { TIME } from '../shared/incident/messages';

const HOUR = 3_600_000;
const rule: ProofRule = {
  windows: 3,
  windowSeconds: 3_600,
  requireCleared: true,
  silentSeconds: 86_400,
  automaticReleases: 0,
};
const signal: SecuritySignal = {
  source: 'securityHub',
  id: 's1',
  time: TIME,
  subject: { kind: 'thing', name: 'pump-7' },
  phase: 'alarm',
  kind: 'finding',
  severity: 'HIGH',
  about: 'finding',
  evidence: {},
};
const incident = (state: State, values: Partial<Incident> = {}): Incident => ({
  ...openIncident(signal, 'isolate', 2, TIME + 1_000),
  state,
  containedAt: TIME + 2_000,
  updatedAt: TIME + 2_000,
  ...values,
});
const execution = (status: string, at = TIME + HOUR): Execution => ({ status, at });
const repair = (values: object = {}) => ({ jobId: 'j', status: 'QUEUED', at: TIME, since: TIME + 3_000, ...values });
const step = (values: Partial<Situation>): Step =>
  decide({ incident: incident('isolated'), jobId: 'j', rule, now: TIME + 2 * HOUR, ...values });

describe('the outcome of a job', () => {
  test.each([
    [undefined, 'none'],
    [execution('REMOVED'), 'none'],
    [execution('QUEUED', 0), 'pending'],
    [execution('IN_PROGRESS', 0), 'pending'],
    [execution('SUCCEEDED'), 'succeeded'],
    [execution('SUCCEEDED', TIME + 1_000), 'succeeded'],
    [execution('SUCCEEDED', TIME + 999), 'stale'],
    [execution('FAILED', TIME + 999), 'stale'],
    [execution('FAILED'), 'failed'],
    [execution('REJECTED'), 'failed'],
    [execution('TIMED_OUT'), 'failed'],
    [execution('CANCELED'), 'failed'],
  ])('%j is %s', (given, outcome) => expect(outcomeOf(given, incident('isolated')).kind).toBe(outcome));

  test('where no alarm came since, the beginning of the incident counts', () => {
    const quiet = incident('isolated', { offendedAt: undefined });
    expect(outcomeOf(execution('SUCCEEDED', quiet.openedAt), quiet).kind).toBe('succeeded');
    expect(outcomeOf(execution('SUCCEEDED', quiet.openedAt - 1), quiet).kind).toBe('stale');
  });

  test('a success before the last alarm that isolates counts for nothing', () => {
    const offended = incident('isolated', { offendedAt: TIME + HOUR + 1 });
    expect(outcomeOf(execution('SUCCEEDED'), offended).kind).toBe('stale');
    expect(outcomeOf(execution('SUCCEEDED', TIME + HOUR + 1), offended).kind).toBe('succeeded');
  });
});

describe('a device is clean', () => {
  const alarm = (about: string, time: number, phase: Alarm['phase']) => ({ about, time: TIME + time, phase });

  test('since its last alarm, or since one ended', () => {
    const alarms = [alarm('a', 3, 'alarm'), alarm('b', 7, 'cleared'), alarm('c', 99, 'invalidated')];
    expect(cleanSince(incident('proving', { alarms, lastAlarmAt: TIME + 5 }), TIME)).toBe(TIME + 7);
    expect(cleanSince(incident('proving', { alarms: [], lastAlarmAt: TIME + 5 }), TIME)).toBe(TIME + 5);
    expect(cleanSince(incident('proving', { alarms: [], lastAlarmAt: undefined }), TIME + 1)).toBe(TIME + 1);
  });

  test('when those who end alarms have ended theirs', () => {
    const note = (source: SecuritySignal['source'], about: string) => ({ ...signal, source, about });
    const signals = [note('detect', 'd'), note('engine', 'e'), note('securityHub', 's')];
    const open = (...alarms: Alarm[]) =>
      stillInAlarm(incident('proving', { signals, alarms })).map(({ about }) => about);
    expect(open(alarm('d', 1, 'alarm'), alarm('e', 1, 'invalidated'))).toEqual(['d', 'e']);
    expect(open(alarm('d', 1, 'cleared'), alarm('s', 1, 'alarm'), alarm('s', 1, 'invalidated'))).toEqual([]);
    expect(open(alarm('not on record', 1, 'alarm'))).toEqual(['not on record']);
  });
});

describe('what is not followed', () => {
  test.each<State>(['detected', 'held', 'isolating', 'released', 'retired'])('an incident that is %s', (state) => {
    expect(step({ incident: incident(state) })).toEqual({
      kind: 'rest',
      because: `the incident is ${state}`,
      due: undefined,
    });
  });

  test('a device that is locked out, and an identity that is on no device', () => {
    const because = 'not to be repaired from here';
    expect(step({ incident: incident('isolated', { response: 'lockOut' }) })).toMatchObject({ kind: 'rest', because });
    expect(step({ incident: incident('isolated', { response: 'retire' }) })).toMatchObject({ kind: 'rest', because });
    const subject = `certificate/${'ab'.repeat(32)}`;
    expect(step({ incident: incident('isolated', { subject }) })).toMatchObject({ kind: 'rest', because });
  });
});

describe('an isolated device', () => {
  test.each(['QUEUED', 'IN_PROGRESS', 'SUCCEEDED'])('whose job is %s is being repaired', (status) => {
    expect(step({ execution: execution(status) })).toMatchObject({
      kind: 'move',
      transition: { type: 'repair', repair: { jobId: 'j', status, at: TIME + HOUR, since: TIME + 2 * HOUR } },
    });
  });

  test('without a job is waited for, and told of when it does not come', () => {
    expect(step({})).toEqual({ kind: 'rest', because: 'waits for the device', due: TIME + 2 * HOUR + LOOK_MS });
    const late = TIME + 2_000 + 86_400_000;
    expect(step({ now: late - 1_000 })).toMatchObject({ kind: 'rest', due: late });
    const told = step({ now: late });
    expect(told).toMatchObject({
      kind: 'move',
      metric: 'RepairsSilent',
      transition: { type: 'note', repair: { jobId: 'j', status: 'NONE', at: 0, silent: true } },
    });
    const silent = incident('isolated', { repair: repair({ silent: true }) });
    expect(step({ now: late, incident: silent })).toEqual({
      kind: 'rest',
      because: 'the device is silent',
      due: late + LOOK_MS,
    });
    const other = incident('isolated', { repair: repair({ jobId: 'old', silent: true }) });
    expect(step({ now: late, incident: other }).kind).toBe('move');
  });

  test.each([
    ['FAILED', TIME + HOUR, 'patch job j: FAILED'],
    ['SUCCEEDED', TIME, 'patch job j was through before the incident'],
  ])('whose job is %s at %d is told of once', (status, at, because) => {
    const told = step({ execution: { status, at } });
    expect(told).toMatchObject({
      kind: 'move',
      metric: 'RepairsFailed',
      because,
      transition: { type: 'note', because },
    });
    const known = incident('isolated', { repair: repair({ status, at }), because });
    const again = (values: Partial<Incident>) => step({ execution: { status, at }, incident: { ...known, ...values } });
    expect(again({})).toMatchObject({ kind: 'rest', due: TIME + 2 * HOUR + LOOK_MS });
    for (const values of [
      { because: undefined },
      { repair: repair({ status, at: at - 1 }) },
      { repair: repair({ at }) },
    ])
      expect(again(values).kind).toBe('move');
    expect(again({ repair: repair({ status, at, jobId: 'old' }) }).kind).toBe('move');
    expect(again({ repair: undefined }).kind).toBe('move');
  });

  test('that misbehaved after its job is told of as such', () => {
    const offended = incident('isolated', { offendedAt: TIME + 2 * HOUR });
    expect(step({ execution: execution('SUCCEEDED'), incident: offended })).toMatchObject({
      because: 'misbehaved although patch job j was through',
    });
  });

  test('is proved by its behavior alone where no job is asked for', () => {
    expect(step({ jobId: undefined })).toMatchObject({
      transition: { type: 'prove', repair: undefined, proof: { since: TIME + 2_000 } },
    });
    const uncertain = incident('isolated', { containedAt: undefined, updatedAt: TIME + 9_000 });
    expect(step({ jobId: undefined, incident: uncertain })).toMatchObject({
      transition: { proof: { since: TIME + 9_000 } },
    });
  });
});

describe('a device that is being repaired', () => {
  const repairing = incident('repairing', { repair: repair() });

  test('is waited for, and told of when it does not come to an end', () => {
    expect(step({ incident: repairing })).toMatchObject({ transition: { type: 'relapse' }, metric: undefined });
    for (const given of [execution('QUEUED'), execution('IN_PROGRESS')])
      expect(step({ incident: repairing, execution: given })).toMatchObject({
        kind: 'rest',
        due: TIME + 2 * HOUR + LOOK_MS,
      });
    const late = TIME + 3_000 + 86_400_000;
    expect(step({ incident: repairing, execution: execution('QUEUED'), now: late })).toMatchObject({
      transition: { type: 'note', repair: { status: 'QUEUED', since: TIME + 3_000, silent: true } },
    });
    const unnoted = incident('repairing', { updatedAt: late });
    const queued = { incident: unnoted, execution: execution('QUEUED') };
    expect(step({ ...queued, now: late }).kind).toBe('rest');
    expect(step({ ...queued, now: late + 86_400_000 })).toMatchObject({
      transition: { repair: { since: late } },
    });
  });

  test('has its health to prove when the job has succeeded', () => {
    expect(step({ incident: repairing, execution: execution('SUCCEEDED') })).toMatchObject({
      transition: {
        type: 'prove',
        repair: { status: 'SUCCEEDED', since: TIME + 3_000 },
        proof: { since: TIME + HOUR },
      },
    });
  });

  test.each(['FAILED', 'REJECTED', 'TIMED_OUT', 'CANCELED'])('is isolated again when the job is %s', (status) => {
    expect(step({ incident: repairing, execution: execution(status) })).toMatchObject({
      kind: 'move',
      metric: 'RepairsFailed',
      transition: { type: 'relapse', because: `patch job j: ${status}` },
    });
    const same = incident('repairing', {
      repair: repair({ status, at: TIME + HOUR }),
      because: `patch job j: ${status}`,
    });
    expect(step({ incident: same, execution: execution(status) }).kind).toBe('move');
  });

  test('is proved by its behavior where no job is asked for any more', () => {
    expect(step({ incident: repairing, jobId: undefined })).toMatchObject({ transition: { type: 'prove' } });
  });
});

describe('a device that proves its health', () => {
  const done = repair({ status: 'SUCCEEDED', at: TIME + HOUR });
  const proving = (values: Partial<Incident> = {}) =>
    incident('proving', { repair: done, proof: { since: TIME + HOUR }, ...values });
  const due = TIME + 4 * HOUR;
  const given = { execution: execution('SUCCEEDED') };

  test('is let alone while a person has ordered its release', () => {
    expect(step({ ...given, incident: proving({ proof: undefined }) })).toMatchObject({
      kind: 'rest',
      because: 'a person has ordered the release',
    });
  });

  test('is waited for until its windows are over', () => {
    expect(step({ ...given, incident: proving(), now: due - 1 })).toMatchObject({ kind: 'rest', due });
  });

  test('is told to a person, once, and looked at until they have decided', () => {
    expect(step({ ...given, incident: proving(), now: due })).toMatchObject({
      kind: 'move',
      metric: 'ProofsComplete',
      transition: { type: 'prove', proof: { since: TIME + HOUR, proven: due } },
    });
    const proven = proving({ proof: { since: TIME + HOUR, proven: due } });
    expect(step({ ...given, incident: proven, now: due + 5 })).toMatchObject({ kind: 'rest', due: due + 5 + HOUR });
  });

  test('is released where nobody decides, so many times', () => {
    const automatic = { ...rule, automaticReleases: 2 };
    const order = {
      verb: 'release',
      by: PROVER,
      why: 'patch job j succeeded; 3 windows of 3600 s without an alarm',
      time: due,
    } as const;
    expect(step({ ...given, incident: proving(), now: due, rule: automatic })).toMatchObject({
      transition: { type: 'prove', proof: { since: TIME + HOUR, orderedAt: due }, order },
    });
    expect(step({ ...given, incident: proving({ episode: 3 }), now: due, rule: automatic })).toMatchObject({
      transition: { proof: { proven: due } },
    });
    const alone = step({ jobId: undefined, incident: proving({ repair: undefined }), now: due, rule: automatic });
    expect(alone).toMatchObject({ transition: { order: { why: '3 windows of 3600 s without an alarm' } } });
    const ordered = proving({ proof: { since: TIME + HOUR, orderedAt: due }, orders: [order] });
    expect(step({ ...given, incident: ordered, now: due + 9, rule: automatic })).toEqual({ kind: 'release', order });
  });

  test('is not released by an order that rested on an older proof, nor by one of somebody else', () => {
    const order = { verb: 'release', by: PROVER, why: 'x', time: due } as const;
    for (const values of [
      { orders: [order] },
      { orders: [order], proof: { since: TIME + HOUR, orderedAt: due + 1 } },
      { orders: [{ ...order, by: 'ada' }], proof: { since: TIME + HOUR, orderedAt: due } },
    ])
      expect(step({ ...given, incident: proving(values), now: due - 1 }).kind).toBe('rest');
  });

  test('begins anew after an alarm', () => {
    const alarmed = proving({ lastAlarmAt: TIME + 2 * HOUR, proof: { since: TIME + HOUR, proven: due } });
    expect(step({ ...given, incident: alarmed, now: due })).toMatchObject({
      because: 'an alarm came in between',
      transition: { type: 'prove', proof: { since: TIME + 2 * HOUR } },
    });
  });

  test('is not well while an alarm has not been ended, and was not if one came since', () => {
    const alarms = [{ about: 'a', time: TIME, phase: 'alarm' }] as const;
    expect(step({ ...given, incident: proving({ alarms, signals: [] }), now: due })).toEqual({
      kind: 'rest',
      because: 'still in alarm: a',
      due: due + HOUR,
    });
    const proven = proving({ alarms, signals: [], proof: { since: TIME + HOUR, proven: due } });
    expect(step({ ...given, incident: proven, now: due })).toMatchObject({
      transition: { type: 'prove', proof: { since: TIME + HOUR } },
    });
    const lenient = { ...rule, requireCleared: false };
    expect(step({ ...given, incident: proving({ alarms, signals: [] }), now: due, rule: lenient }).kind).toBe('move');
  });

  test('goes back for a newer patch, unless that has succeeded, too', () => {
    const incident = proving({ repair: { ...done, jobId: 'old' } });
    expect(step({ incident, execution: execution('QUEUED') })).toMatchObject({
      transition: { type: 'relapse', because: 'there is a newer patch' },
    });
    expect(step({ incident, execution: execution('SUCCEEDED', TIME + 90 * 60_000) })).toMatchObject({
      transition: { type: 'prove', repair: { jobId: 'j' }, proof: { since: TIME + 90 * 60_000 } },
    });
    expect(step({ incident, jobId: undefined, now: due - 1 }).kind).toBe('rest');
  });
});
