import { BY_TIME } from '../../../../lambda/shared/incident/contract';
import { MOST, openIncident, type Incident, type State } from '../../../../lambda/shared/incident/incident';
import { isProven, settledUntil } from '../../../../lambda/shared/incident/repair';
import type { SecuritySignal } from '../../../../lambda/shared/incident/signal';
import { apply } from '../../../../lambda/shared/incident/transition';
import { TIME } from './messages';

const SIGNAL: SecuritySignal = {
  source: 'engine',
  id: 's1',
  time: TIME,
  subject: { kind: 'thing', name: 'pump-7' },
  phase: 'alarm',
  kind: 'behavior',
  severity: 'HIGH',
  about: 'messages-sent',
  evidence: {},
};
const at = (state: State, values: Partial<Incident> = {}): Incident => ({
  ...openIncident(SIGNAL, 'isolate', 1, TIME),
  state,
  ...values,
});
const REPAIR = { jobId: 'j', status: 'QUEUED', at: TIME, since: TIME };
const ORDER = { verb: 'release', by: 'ada', why: 'sure', time: TIME + 5 } as const;
const PRIOR = { groups: ['fleet'], left: ['fleet'] };

test('what is waited for is counted, so that reminders of what was before are stale', () => {
  const repairing = apply(at('isolated', { because: 'x' }), { type: 'repair', repair: REPAIR }, TIME)!;
  expect(repairing).toMatchObject({ state: 'repairing', repair: REPAIR, watch: 1 });
  expect(repairing.because).toBeUndefined();
  const noted = apply(repairing, { type: 'note', repair: { ...REPAIR, silent: true }, because: 'silent' }, TIME)!;
  expect(noted).toMatchObject({ state: 'repairing', repair: { silent: true }, because: 'silent', watch: 2 });
  const proving = apply(noted, { type: 'prove', proof: { since: TIME } }, TIME)!;
  expect(proving).toMatchObject({ state: 'proving', repair: { silent: true }, proof: { since: TIME }, watch: 3 });
  const relapsed = apply(proving, { type: 'relapse', repair: REPAIR, because: 'failed' }, TIME)!;
  expect(relapsed).toMatchObject({ state: 'isolated', repair: REPAIR, because: 'failed', watch: 4 });
  expect(relapsed.proof).toBeUndefined();
  const isolating = apply(proving, { type: 'isolate', prior: PRIOR }, TIME)!;
  expect(isolating).toMatchObject({ state: 'isolating', watch: 4 });
  expect(isolating.proof).toBeUndefined();
  expect(apply(at('isolated'), { type: 'isolate', prior: PRIOR }, TIME)!.watch).toBeUndefined();
});

test('a proof that is complete is told as such, and a person needs none', () => {
  const proven = apply(at('proving'), { type: 'prove', proof: { since: TIME, proven: TIME + 1 } }, TIME)!;
  expect(proven).toMatchObject({ because: 'health proved' });
  expect(isProven(proven)).toBe(true);
  expect(isProven({ ...proven, state: 'isolated' })).toBe(false);
  expect(isProven(at('proving', { proof: { since: TIME } }))).toBe(false);
  expect(isProven(undefined)).toBe(false);
  const released = apply(proven, { type: 'prove', order: ORDER }, TIME)!;
  expect(released).toMatchObject({ state: 'proving', orders: [ORDER] });
  expect(released.proof).toBeUndefined();
  expect(released.because).toBeUndefined();
});

test('a proof settles no more than what it covers, a person all that was before their word', () => {
  expect(settledUntil(at('proving'))).toBe(0);
  expect(settledUntil(at('proving', { orders: [ORDER] }))).toBe(TIME + 5);
  expect(settledUntil(at('released', { closedAt: TIME + 9, proof: { since: TIME + 2 } }))).toBe(TIME + 2);
  expect(settledUntil(at('released', { closedAt: TIME + 9 }))).toBe(TIME + 9);
});

test('what a device did between the order and the end of its release is not settled', () => {
  const first = { ...ORDER, time: TIME + 1 };
  const other = { ...ORDER, verb: 'hold', time: TIME + 3 } as const;
  expect(settledUntil(at('released', { orders: [ORDER], closedAt: TIME + 9 }))).toBe(TIME + 5);
  expect(settledUntil(at('released', { orders: [first, other, ORDER], closedAt: TIME + 9 }))).toBe(TIME + 5);
});

test('a time that went by settles what was before it began', () => {
  const due = { ...ORDER, by: BY_TIME, time: TIME + 100 };
  for (const state of ['proving', 'released'] as const)
    expect(settledUntil(at(state, { orders: [due], isolationMs: 60, closedAt: TIME + 120 }))).toBe(TIME + 40);
});

test('of a device that is retired everything is settled that was before its end', () => {
  const orders = [ORDER, { ...ORDER, verb: 'retire', time: TIME + 7 } as const];
  expect(settledUntil(at('retired', { orders, closedAt: TIME + 9 }))).toBe(TIME + 9);
  expect(settledUntil(at('retired', { closedAt: TIME + 9, proof: { since: TIME } }))).toBe(TIME + 9);
});

test('nothing counts as taken any more of what a release has begun to give back', () => {
  const taken = { containedAt: TIME, lockedAt: TIME, response: 'lockOut', prior: PRIOR } as const;
  const releasing = at('proving', { ...taken, orders: [ORDER] });
  const isolating = apply(releasing, { type: 'isolate', prior: PRIOR }, TIME + 9)!;
  expect(isolating).toMatchObject({ state: 'isolating', response: 'lockOut' });
  expect([isolating.containedAt, isolating.lockedAt]).toEqual([undefined, undefined]);
  const held = apply(releasing, { type: 'hold', because: 'wait' }, TIME + 9)!;
  expect([held.containedAt, held.lockedAt]).toEqual([TIME + 9, undefined]);
  for (const proof of [{ since: TIME }, { since: TIME, proven: TIME + 1 }]) {
    const again = apply({ ...releasing, proof }, { type: 'isolate', prior: PRIOR }, TIME + 9)!;
    expect([again.containedAt, again.lockedAt]).toEqual([TIME, TIME]);
  }
  const ordered = { ...releasing, proof: { since: TIME, orderedAt: ORDER.time } };
  expect(apply(ordered, { type: 'isolate', prior: PRIOR }, TIME + 9)!.lockedAt).toBeUndefined();
});

test('tunnels are noted once, completed when they are known, and kept up to a number', () => {
  const tunnel = { by: 'ada', why: 'look', time: TIME, services: ['SSH'], minutes: 60 };
  const asked = apply(at('isolated'), { type: 'tunnel', tunnel }, TIME)!;
  expect(asked.tunnels).toEqual([tunnel]);
  const opened = apply(asked, { type: 'tunnel', tunnel: { ...tunnel, tunnelId: 't' } }, TIME)!;
  expect(opened.tunnels).toEqual([{ ...tunnel, tunnelId: 't' }]);
  let many = opened;
  for (let index = 1; index <= MOST.tunnels; index += 1)
    many = apply(many, { type: 'tunnel', tunnel: { ...tunnel, time: TIME + index } }, TIME)!;
  many = apply(many, { type: 'tunnel', tunnel: { ...tunnel, by: 'bob', time: TIME + MOST.tunnels } }, TIME)!;
  expect(many.tunnels).toHaveLength(MOST.tunnels);
  expect(many.tunnels?.at(-1)?.by).toBe('bob');
  expect(many.state).toBe('isolated');
  expect(many.watch).toBeUndefined();
});
