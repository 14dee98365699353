import {
  decide as decideFor,
  decideOnOlder,
  groupsGivenBack,
  hasTaken,
  mayBeUnderWay,
  restorationOf,
  violationsOf,
} from '../../../lambda/release-device/decide';
import { parseRelease, type ReleaseOrder } from '../../../lambda/release-device/event';
import { BY_TIME, MESSAGE, OVERTAKEN } from '../../../lambda/shared/incident/contract';
import { dueAtOf, type Incident, isBeingReleased, type State } from '../../../lambda/shared/incident/incident';
import { TIME } from '../shared/incident/messages';

const given = { by: 'ada', why: 'well', time: TIME };
const order = { verb: 'release', ...given } as const;
const incident = (state: State, values: Partial<Incident> = {}): Incident => ({
  subject: 'pump-7',
  episode: 2,
  version: 3,
  state,
  response: 'isolate',
  severity: 'HIGH',
  openedAt: TIME,
  updatedAt: TIME,
  signals: [],
  alarms: [],
  clientIds: [],
  orders: [],
  ...values,
});

const decide = (known: Incident | undefined, episode: number, said: ReleaseOrder, now: number) =>
  decideFor(known, episode, said, now, false);

describe('an order', () => {
  test.each<State>(['held', 'isolating', 'isolated', 'repairing', 'proving'])(
    'begins the release of one that is %s',
    (state) => {
      expect(decide(incident(state), 2, given, TIME + 1)).toMatchObject({
        kind: 'begin',
        incident: { state: 'proving', orders: [order] },
      });
    },
  );

  test('keeps what the alarms were found to be, where somebody says it', () => {
    const found = decide(incident('isolated'), 2, { ...given, verdict: 'BENIGN_POSITIVE' }, TIME);
    expect(found).toMatchObject({ incident: { orders: [{ ...order, verdict: 'BENIGN_POSITIVE' }] } });
    expect(decide(incident('isolated'), 2, given, TIME)).toMatchObject({ incident: { orders: [order] } });
    const [said] = (decide(incident('isolated'), 2, given, TIME) as { incident: Incident }).incident.orders;
    expect(said).not.toHaveProperty('verdict');
  });

  describe('of the playbook, because the time is over', () => {
    const times = { containedAt: TIME, isolationMs: 1_000, lastAlarmAt: TIME - 5 };
    const due = { by: BY_TIME, why: 'x', time: TIME + 1_000 };

    test('releases what is due, and nothing that has changed since', () => {
      expect(decide(incident('isolated', times), 2, due, TIME).kind).toBe('begin');
      expect(decide(incident('isolated', { ...times, lastAlarmAt: TIME + 1 }), 2, due, TIME)).toEqual({
        kind: 'ignore',
        because: 'no longer due',
      });
      for (const state of ['held', 'repairing', 'isolating'] as const)
        expect(decide(incident(state, times), 2, due, TIME).kind).toBe('ignore');
    });

    test('goes on with what it began', () => {
      const proving = incident('proving', { ...times, orders: [{ verb: 'release', ...due }] });
      expect(decide(proving, 2, due, TIME).kind).toBe('resume');
    });

    test.each<[string, Partial<Incident>, number | undefined]>([
      ['since it was isolated', {}, TIME + 1_000],
      ['since its last alarm', { lastAlarmAt: TIME + 7 }, TIME + 1_007],
      ['never, where the playbook says nothing', { isolationMs: undefined }, undefined],
      ['never, where its session was not cut', { containedAt: undefined }, undefined],
      ['never, where it is locked out', { response: 'lockOut' }, undefined],
      ['never, where a person isolated it', { orders: [{ ...order, verb: 'isolate' }] }, undefined],
    ])('counts %s', (_name, values, expected) => {
      expect(dueAtOf(incident('isolated', { ...times, ...values }))).toBe(expected);
    });
  });

  test('goes on with what it began', () => {
    const proving = incident('proving', { orders: [order] });
    expect(decide(proving, 2, given, TIME)).toEqual({ kind: 'resume', incident: proving });
  });

  test.each([
    ['no incident', undefined, 'no such incident'],
    ['another episode', incident('isolated', { episode: 3 }), 'no such incident'],
    ['one that is released', incident('released'), 'closed already'],
    ['one that is retired', incident('retired'), 'closed already'],
    ['one that took nothing', incident('detected'), 'nothing was taken'],
  ])('changes nothing about %s', (_name, known, because) => {
    expect(decide(known, 2, given, TIME)).toEqual({ kind: 'ignore', because });
  });

  test.each([
    ['isolated again', incident('isolating', { orders: [order] })],
    ['held', incident('held', { orders: [order, { ...order, verb: 'hold', time: TIME + 1 }] })],
    ['retired', incident('retired', { orders: [order, { ...order, verb: 'retire', time: TIME + 1 }] })],
  ])('that was begun is overtaken where the device is %s since', (_what, known) => {
    expect(decide(known, 2, given, TIME)).toEqual({ kind: 'overtaken', incident: known });
  });

  test('that the device has misbehaved since is put on record, and not done', () => {
    for (const state of ['held', 'isolating', 'isolated', 'repairing'] as const) {
      const decision = decide(incident(state, { offendedAt: TIME + 1 }), 2, given, TIME + 9);
      expect(decision).toMatchObject({
        kind: 'record',
        incident: { state, orders: [order], because: OVERTAKEN, updatedAt: TIME + 9 },
      });
      const recorded = (decision as { incident: Incident }).incident;
      expect(decide(recorded, 2, given, TIME)).toEqual({ kind: 'overtaken', incident: recorded });
      expect(decide(recorded, 2, { ...given, time: TIME + 1 }, TIME).kind).toBe('begin');
    }
    expect(decide(incident('isolated', { offendedAt: TIME }), 2, given, TIME).kind).toBe('begin');
  });

  test('is done whatever the device does while the playbook is on trial', () => {
    expect(decideFor(incident('isolated', { offendedAt: TIME + 1 }), 2, given, TIME, true).kind).toBe('begin');
  });

  test.each(['isolate', 'hold', 'release', 'retire'] as const)('gives way to a newer one to %s', (verb) => {
    const orders = [{ ...order, by: 'bob', verb, time: TIME + 1 }];
    for (const state of ['isolated', 'held', 'proving'] as const)
      expect(decide(incident(state, { orders }), 2, given, TIME)).toEqual({ kind: 'ignore', because: 'overtaken' });
  });

  test('that was overtaken is not gone on with once its device proves its health', () => {
    const proving = incident('proving', { orders: [order], proof: { since: TIME + 5 } });
    expect(decide(proving, 2, given, TIME)).toEqual({ kind: 'overtaken', incident: proving });
    const ordered = incident('proving', { orders: [order], proof: { since: TIME - 5, orderedAt: TIME } });
    expect(decide(ordered, 2, given, TIME).kind).toBe('resume');
  });

  test('is another one at another time, or by another person', () => {
    const isolated = incident('isolated', { orders: [order] });
    for (const other of [
      { ...given, time: TIME + 1 },
      { ...given, by: 'bob' },
    ])
      expect(decide(isolated, 2, other, TIME).kind).toBe('begin');
    expect(decide(incident('isolated', { orders: [{ ...order, verb: 'isolate' }] }), 2, given, TIME).kind).toBe(
      'begin',
    );
  });
});

describe('an order on an older incident', () => {
  const released = incident('released', { orders: [order] });

  test('is checked where it was carried out while something was taken, whatever the newer one is', () => {
    for (const state of ['detected', 'isolated', 'retired'] as const)
      expect(decideOnOlder(incident(state, { episode: 3 }), released, { ...given, again: true })).toEqual({
        kind: 'check',
        incident: released,
      });
  });

  test.each<[State, boolean]>([
    ['detected', false],
    ['held', false],
    ['released', false],
    ['isolating', true],
    ['isolated', true],
    ['proving', true],
    ['retired', true],
  ])('may have undone what one that is %s has taken: %s', (state, expected) => {
    const newest = incident(state, { episode: 3 });
    expect(hasTaken(newest)).toBe(expected);
    for (const [older, said] of [
      [undefined, given],
      [undefined, { ...given, again: true }],
      [released, given],
      [incident('released', { orders: [{ ...order, by: 'bob' }] }), { ...given, again: true }],
      [incident('released'), { ...given, again: true }],
      [incident('retired', { orders: [order] }), { ...given, again: true }],
    ] as const)
      expect(decideOnOlder(newest, older, said)).toEqual(
        expected ? { kind: 'overtaken', incident: newest } : { kind: 'ignore', because: 'no such incident' },
      );
  });
});

test('a call that takes may be under way for two minutes after something was last taken', () => {
  const prior = { groups: [], left: [] };
  const taken = incident('proving', { prior, takenAt: TIME });
  expect(mayBeUnderWay(taken, TIME + 119_999)).toBe(true);
  expect(mayBeUnderWay(taken, TIME + 120_000)).toBe(false);
  expect(mayBeUnderWay({ ...taken, prior: undefined }, TIME)).toBe(false);
  // Written before it said when.
  expect(mayBeUnderWay({ ...taken, takenAt: undefined }, TIME + 1e9)).toBe(true);
});

test('what a release has given back are those of the groups it left that its record names', () => {
  const prior = { groups: ['a', 'b', 'site'], left: ['a', 'b'] };
  expect(groupsGivenBack(incident('released', { prior, restored: ['group b', 'group site'] }))).toEqual(['b']);
  expect(groupsGivenBack(incident('released', { prior }))).toEqual([]);
  expect(groupsGivenBack(incident('released', { restored: ['group a'] }))).toEqual([]);
});

describe('a certificate', () => {
  test.each([
    ['ACTIVE', 'INACTIVE', { kind: 'activate' }],
    ['ACTIVE', 'ACTIVE', { kind: 'nothing' }],
    ['ACTIVE', 'REVOKED', { kind: 'impossible', because: 'certificate abcdefgh: is REVOKED, was ACTIVE' }],
    ['ACTIVE', undefined, { kind: 'impossible', because: 'certificate abcdefgh: deleted' }],
    ['INACTIVE', 'INACTIVE', { kind: 'nothing' }],
    ['INACTIVE', 'ACTIVE', { kind: 'nothing' }],
    ['REVOKED', 'REVOKED', { kind: 'nothing' }],
    [
      'PENDING_ACTIVATION',
      'INACTIVE',
      { kind: 'impossible', because: 'certificate abcdefgh: is INACTIVE, was PENDING_ACTIVATION' },
    ],
    ['PENDING_TRANSFER', 'PENDING_TRANSFER', { kind: 'nothing' }],
  ])('that was %s and is %s', (status, current, expected) => {
    expect(restorationOf({ id: 'abcdefghijkl', status }, current, 'nobody')).toEqual(expected);
  });

  test('is not made for another device that is locked out with the certificate', () => {
    const of = (status: string, current: string) =>
      restorationOf({ id: 'abcdefghijkl', status }, current, { name: 'twin' });
    const because = 'certificate abcdefgh: stays off until twin is released, which is locked out with it';
    expect(of('ACTIVE', 'INACTIVE')).toEqual({ kind: 'impossible', because });
    expect(of('INACTIVE', 'INACTIVE')).toEqual({ kind: 'nothing' });
    expect(of('ACTIVE', 'ACTIVE')).toEqual({ kind: 'deactivate', because });
    expect(of('ACTIVE', 'REVOKED')).toMatchObject({ kind: 'impossible', because: expect.stringContaining('REVOKED') });
  });

  test('is not made where too many things have it to know', () => {
    const of = (status: string, current: string) => restorationOf({ id: 'abcdefghijkl', status }, current, 'unknown');
    expect(of('ACTIVE', 'INACTIVE')).toMatchObject({
      kind: 'impossible',
      because: expect.stringContaining('so many things'),
    });
    for (const [status, current] of [
      ['ACTIVE', 'ACTIVE'],
      ['INACTIVE', 'INACTIVE'],
    ] as const)
      expect(of(status, current)).toEqual({ kind: 'nothing' });
  });
});

test.each<[State, ('release' | 'hold')[], boolean]>([
  ['proving', ['release'], true],
  ['proving', ['release', 'hold'], false],
  ['proving', [], false],
  ['isolated', ['release'], false],
])('%s after %j is being released: %s', (state, verbs, expected) => {
  const orders = verbs.map((verb) => ({ ...order, verb }));
  expect(isBeingReleased(incident(state, { orders }))).toBe(expected);
  expect(isBeingReleased(incident(state, { orders, proof: { since: TIME } }))).toBe(false);
  expect(isBeingReleased(incident(state, { orders, proof: { since: TIME, orderedAt: TIME } }))).toBe(expected);
});

test('violations are those of Device Defender, each once', () => {
  const note = (source: string, evidence: Record<string, string>) =>
    ({
      id: 'x',
      source,
      time: TIME,
      kind: 'behavior',
      severity: 'HIGH',
      about: 'x',
      phase: 'alarm',
      evidence,
    }) as const;
  const signals = [
    note('detect', { violation: 'v-1' }),
    note('detect', { violation: 'v-1', verification: 'UNKNOWN' }),
    note('detect', {}),
    note('detect', { violation: 'v/2' }),
    note('generic', { violation: 'v-3' }),
  ];
  expect(violationsOf(incident('isolated', { signals }))).toEqual(['v-1']);
});

describe('a message', () => {
  const one = { schema: MESSAGE.release, subject: 'pump-7', episode: 2, ...given };

  test('is about one incident, or all that are held', () => {
    expect(parseRelease(JSON.stringify(one))).toEqual({
      ok: true,
      value: { kind: 'one', subject: 'pump-7', episode: 2, order: given },
    });
    const held = { schema: MESSAGE.releaseHeld, ...given, start: '{"a":1}' };
    expect(parseRelease(JSON.stringify(held))).toEqual({
      ok: true,
      value: { kind: 'held', order: { ...given, start: '{"a":1}' } },
    });
  });

  test('may say that it was carried out before, and is to be checked', () => {
    expect(parseRelease(JSON.stringify({ ...one, again: true }))).toMatchObject({ value: { order: { again: true } } });
    expect(parseRelease(JSON.stringify({ ...one, again: 'x' }))).toMatchObject({ value: { order: given } });
    const released = incident('released', { orders: [order] });
    expect(decide(released, 2, { ...given, again: true }, TIME)).toEqual({ kind: 'check', incident: released });
    expect(decide(released, 2, given, TIME).kind).toBe('ignore');
    expect(decide(released, 2, { ...given, by: 'bob', again: true }, TIME).kind).toBe('ignore');
  });

  test('may bring a verdict', () => {
    const verdict = 'FALSE_POSITIVE';
    expect(parseRelease(JSON.stringify({ ...one, verdict }))).toMatchObject({
      value: { order: { ...given, verdict } },
    });
    const held = { schema: MESSAGE.releaseHeld, ...given, verdict };
    expect(parseRelease(JSON.stringify(held))).toMatchObject({ value: { kind: 'held', order: { verdict } } });
    expect(parseRelease(JSON.stringify({ ...one, verdict: 'TRUE' }))).toEqual({
      ok: false,
      reason: 'release: not a verdict',
    });
  });

  test('may have Device Defender told of violations', () => {
    const verify = { schema: MESSAGE.verify, violations: ['a-1', 'b-2'], verdict: 'UNKNOWN', why: 'x' };
    expect(parseRelease(JSON.stringify(verify))).toEqual({
      ok: true,
      value: { kind: 'verify', violations: ['a-1', 'b-2'], verdict: 'UNKNOWN', why: 'x' },
    });
    for (const odd of [{ verdict: 'x' }, { why: '' }])
      expect(parseRelease(JSON.stringify({ ...verify, ...odd }))).toEqual({
        ok: false,
        reason: 'verify: no verdict or why',
      });
    for (const violations of ['a', ['a b'], [7], ['1', '2', '3', '4', '5', '6']])
      expect(parseRelease(JSON.stringify({ ...verify, violations }))).toEqual({
        ok: false,
        reason: 'verify: not violations',
      });
  });

  test('may ask whose time is over', () => {
    const due = { schema: MESSAGE.releaseDue };
    expect(parseRelease(JSON.stringify(due))).toEqual({ ok: true, value: { kind: 'due' } });
    expect(parseRelease(JSON.stringify({ ...due, start: '{}' }))).toEqual({
      ok: true,
      value: { kind: 'due', start: '{}' },
    });
    for (const start of [7, 'x', '[]', `"${'x'.repeat(5_000)}"`])
      expect(parseRelease(JSON.stringify({ ...due, start }))).toEqual({ ok: false, reason: 'release: not a page' });
  });

  test.each([
    ['no JSON', '{', 'release: not a schema that is known'],
    ['another schema', JSON.stringify({ ...one, schema: MESSAGE.order }), 'release: not a schema that is known'],
    ['nobody', JSON.stringify({ ...one, by: '' }), 'order: no by, why or time'],
    ['no reason', JSON.stringify({ ...one, why: 7 }), 'order: no by, why or time'],
    ['no time', JSON.stringify({ ...one, time: 'x' }), 'order: no by, why or time'],
    ['a page that is none', JSON.stringify({ ...one, start: 'x' }), 'order: not a page'],
    ['a page without end', JSON.stringify({ ...one, start: 'x'.repeat(5_000) }), 'order: not a page'],
    ['no thing', JSON.stringify({ ...one, subject: 'a/b' }), 'release: not an incident'],
    ['no episode', JSON.stringify({ ...one, episode: 0 }), 'release: not an incident'],
  ])('fails for %s', (_name, body, reason) => {
    expect(parseRelease(body)).toEqual({ ok: false, reason });
  });
});
