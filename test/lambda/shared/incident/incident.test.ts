import fc from 'fast-check';
import { admit, FRESH_BUDGET, limitOf } from '../../../../lambda/shared/incident/blast-radius';
import {
  type PlaybookDocument,
  RESPONSES,
  SEVERITIES,
  SIGNAL_KINDS,
} from '../../../../lambda/shared/incident/contract';
import {
  type Incident,
  isClosed,
  isComplete,
  isContained,
  keepsOff,
  mergeSignal,
  MOST,
  openIncident,
  type State,
  STATES,
} from '../../../../lambda/shared/incident/incident';
import { includesResponse, respond, stronger } from '../../../../lambda/shared/incident/respond';
import type { SecuritySignal } from '../../../../lambda/shared/incident/signal';
import { BUDGET_SUBJECT, budgetItemOf, incidentOf, itemOf } from '../../../../lambda/shared/incident/table-item';
import { apply, type Transition } from '../../../../lambda/shared/incident/transition';
import { TIME } from './messages';

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

const playbook: PlaybookDocument = {
  rules: [
    { kinds: ['identity'], atLeast: 'HIGH', response: 'lockOut' },
    { kinds: ['behavior', 'anomaly'], atLeast: 'HIGH', response: 'isolate' },
    { atLeast: 'MEDIUM', response: 'notify' },
  ],
  protectedGroups: [],
  dryRun: false,
};

describe('a response', () => {
  test.each([
    [{ kind: 'identity', severity: 'CRITICAL' }, 'lockOut'],
    [{ kind: 'identity', severity: 'MEDIUM' }, 'notify'],
    [{ kind: 'behavior', severity: 'HIGH' }, 'isolate'],
    [{ kind: 'posture', severity: 'CRITICAL' }, 'notify'],
    [{ kind: 'behavior', severity: 'LOW' }, 'observe'],
    [{ kind: 'report', severity: 'LOW', response: 'retire' }, 'retire'],
    [{ phase: 'cleared', severity: 'CRITICAL' }, 'observe'],
    [{ phase: 'invalidated', response: 'retire' }, 'observe'],
  ] as const)('to %j is %s', (values, response) => expect(respond(signal(values), playbook)).toBe(response));

  test('the first rule that matches decides', () => {
    const rules = [...playbook.rules].reverse();
    expect(respond(signal({ kind: 'identity' }), { ...playbook, rules })).toBe('notify');
  });

  test('contains the milder ones', () => {
    expect(RESPONSES.map((response) => includesResponse(response, 'isolate'))).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(stronger('observe', 'notify')).toBe('notify');
    expect(stronger('retire', 'notify')).toBe('retire');
  });
});

describe('the blast radius', () => {
  const rule = { devices: 3, seconds: 120 };
  const HOUR_MS = 3_600_000;

  test('opens exactly at its limit, and again when the first have left the window', () => {
    let budget = FRESH_BUDGET;
    for (let count = 1; count <= 3; count += 1) {
      const next = admit(budget, rule, 3, TIME);
      expect(next?.version).toBe(count);
      budget = next!;
    }
    expect(admit(budget, rule, 3, TIME + 120_000)).toBeUndefined();
    expect(admit(budget, rule, 3, TIME + 129_999)).toBeUndefined();
    expect(admit(budget, rule, 3, TIME + 130_000)).toEqual({
      version: 4,
      slices: [{ start: TIME + 130_000, count: 1 }],
    });
  });

  test('nothing is admitted when nothing may be', () => expect(admit(FRESH_BUDGET, rule, 0, TIME)).toBeUndefined());

  test('never lets more through than the limit, in any window', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 120 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 5 }), (steps, limit) => {
        let now = TIME;
        let budget = FRESH_BUDGET;
        const admitted: number[] = [];
        for (const step of steps) {
          now += step;
          const next = admit(budget, rule, limit, now);
          if (next === undefined) continue;
          budget = next;
          admitted.push(now);
        }
        return admitted.every((start) => admitted.filter((at) => at >= start && at <= start + 120_000).length <= limit);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a percentage never allows fewer than the number, and is that number while the size is unknown', () => {
    const percent = { devices: 3, percent: 5, seconds: 60 };
    expect(limitOf(percent, 1_000)).toBe(50);
    expect(limitOf(percent, 59)).toBe(3);
    expect(limitOf(percent, undefined)).toBe(3);
    expect(limitOf(rule, 1_000_000)).toBe(3);
  });

  test('a table item holds it', () => {
    const item = budgetItemOf(admit(FRESH_BUDGET, rule, 3, HOUR_MS)!);
    expect(item).toMatchObject({ subject: { S: BUDGET_SUBJECT }, episode: { N: '0' }, version: { N: '1' } });
  });
});

describe('signals in a record', () => {
  const open = () => openIncident(signal(), 'isolate', 1, TIME);

  test('open it', () => {
    expect(open()).toMatchObject({
      subject: 'pump-7',
      episode: 1,
      version: 0,
      state: 'detected',
      response: 'isolate',
      severity: 'HIGH',
      openedAt: TIME,
      signals: [{ id: 's1', phase: 'alarm' }],
      alarms: [{ about: 'messages-sent', time: TIME, phase: 'alarm' }],
      clientIds: [],
    });
  });

  test('said again change nothing, not even the object', () => {
    const incident = mergeSignal(open(), signal({ clientId: 'c' }), 'isolate');
    expect(incident.clientIds).toEqual(['c']);
    expect(mergeSignal(incident, signal({ clientId: 'c' }), 'isolate')).toBe(incident);
  });

  test('each new part makes a new record', () => {
    const incident = open();
    for (const other of [signal({ id: 's2' }), signal({ clientId: 'c' })])
      expect(mergeSignal(incident, other, 'isolate')).not.toBe(incident);
    expect(mergeSignal(incident, signal(), 'lockOut')).toMatchObject({ response: 'lockOut' });
    expect(mergeSignal(incident, signal({ severity: 'CRITICAL' }), 'isolate')).toMatchObject({ severity: 'CRITICAL' });
  });

  test('a device that is locked out and then retired has its certificates still to be revoked', () => {
    const lockedOut = { ...mergeSignal(open(), signal(), 'lockOut'), lockedAt: TIME };
    expect(mergeSignal(lockedOut, signal({ id: 's2' }), 'lockOut').lockedAt).toBe(TIME);
    const retired = mergeSignal(lockedOut, signal({ id: 's3' }), 'retire');
    expect(retired.lockedAt).toBeUndefined();
    expect(mergeSignal({ ...retired, lockedAt: TIME }, signal({ id: 's4' }), 'retire').lockedAt).toBe(TIME);
  });

  test('a certificate has a key of its own', () => {
    const id = 'ab'.repeat(32);
    expect(openIncident(signal({ subject: { kind: 'certificate', id } }), 'observe', 1, TIME).subject).toBe(
      `certificate/${id}`,
    );
  });

  test('the end of an alarm makes nothing more severe', () => {
    expect(mergeSignal(open(), signal({ phase: 'cleared', severity: 'CRITICAL' }), 'observe').severity).toBe('HIGH');
  });

  test('the newest word on a behavior counts, and at the same moment the worse one', () => {
    const phaseAfter = (...words: [number, SecuritySignal['phase']][]) =>
      words.reduce(
        (incident, [time, phase]) => mergeSignal(incident, signal({ time: TIME + time, phase }), 'observe'),
        open(),
      ).alarms[0]?.phase;
    expect(phaseAfter([1, 'cleared'])).toBe('cleared');
    expect(phaseAfter([1, 'cleared'], [2, 'alarm'])).toBe('alarm');
    expect(phaseAfter([2, 'alarm'], [1, 'cleared'])).toBe('alarm');
    expect(phaseAfter([0, 'cleared'])).toBe('alarm');
    expect(phaseAfter([1, 'cleared'], [1, 'invalidated'])).toBe('invalidated');
    expect(phaseAfter([1, 'invalidated'], [1, 'cleared'])).toBe('invalidated');
  });

  test('are kept up to a number, alarms and the severest first', () => {
    let incident = openIncident(signal({ id: 'first', phase: 'cleared' }), 'observe', 1, TIME);
    for (let index = 0; index < 60; index += 1) {
      const values = { id: `s${index}`, time: TIME + index, about: `b${index}`, clientId: `c${index}` };
      incident = mergeSignal(incident, signal({ ...values, severity: index === 59 ? 'CRITICAL' : 'LOW' }), 'observe');
    }
    expect(incident.signals).toHaveLength(MOST.signals);
    expect(incident.signals[0]).toMatchObject({ id: 's59' });
    expect(incident.signals.some(({ id }) => id === 'first')).toBe(false);
    expect(incident.alarms).toHaveLength(MOST.alarms);
    expect(incident.clientIds).toHaveLength(MOST.clientIds);
    expect(
      mergeSignal(incident, signal({ id: 'late', severity: 'LOW', about: 'zzz', phase: 'cleared' }), 'observe'),
    ).toBe(incident);
  });

  test('give the same record in every order and number', () => {
    const one = fc
      .record({
        id: fc.constantFrom('a', 'b', 'c'),
        time: fc.integer({ min: TIME, max: TIME + 3 }),
        phase: fc.constantFrom('alarm', 'cleared', 'invalidated'),
        severity: fc.constantFrom(...SEVERITIES),
        about: fc.constantFrom('x', 'y', 'z'),
        kind: fc.constantFrom(...SIGNAL_KINDS),
        clientId: fc.option(fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7'), { nil: undefined }),
      })
      .map((values) => signal(values as Partial<SecuritySignal>));
    const rewritten = fc.array(one, { minLength: 1, maxLength: 20 }).chain((signals) =>
      fc.tuple(
        fc.constant(signals),
        fc.shuffledSubarray([...signals, ...signals], {
          minLength: signals.length * 2,
          maxLength: signals.length * 2,
        }),
      ),
    );
    const fold = (signals: readonly SecuritySignal[]) =>
      signals
        .slice(1)
        .reduce(
          (incident, next) => mergeSignal(incident, next, respond(next, playbook)),
          openIncident(signals[0]!, respond(signals[0]!, playbook), 1, TIME),
        );
    fc.assert(
      fc.property(rewritten, ([signals, again]) => {
        expect(fold(again)).toEqual(fold(signals));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('transitions', () => {
  const at = (state: State, values: Partial<Incident> = {}): Incident => ({
    ...openIncident(signal(), 'isolate', 1, TIME),
    state,
    ...values,
  });
  const order = { verb: 'release', by: 'ada', why: 'sure', time: TIME } as const;
  const prior = { groups: ['fleet', 'site'], left: ['fleet'] };
  const repair = { jobId: 'j', status: 'QUEUED', at: TIME, since: TIME };
  const tunnel = { by: 'ada', why: 'look', time: TIME, services: ['SSH'], minutes: 60 };

  const allowed: Record<Transition['type'], [Transition, string]> = {
    hold: [{ type: 'hold', because: 'x' }, 'detected held isolated repairing proving'],
    record: [{ type: 'record', because: 'dry run' }, 'detected'],
    isolate: [{ type: 'isolate', prior }, 'detected held isolating isolated repairing proving'],
    contained: [{ type: 'contained' }, 'held isolating isolated repairing proving'],
    locking: [{ type: 'locking', certificates: [] }, 'held isolating isolated repairing proving'],
    locked: [{ type: 'locked' }, 'held isolating isolated repairing proving'],
    drifted: [{ type: 'drifted', groups: [] }, 'held isolating isolated repairing proving'],
    taking: [{ type: 'taking' }, 'held isolating isolated repairing proving'],
    repair: [{ type: 'repair' }, 'isolated'],
    note: [{ type: 'note', repair, because: 'x' }, 'isolated repairing'],
    relapse: [{ type: 'relapse', because: 'x' }, 'repairing proving'],
    tunnel: [{ type: 'tunnel', tunnel }, 'held isolated repairing proving'],
    prove: [{ type: 'prove' }, 'held isolating isolated repairing proving'],
    release: [{ type: 'release', restored: [], notRestored: [] }, 'proving'],
    retire: [{ type: 'retire', because: 'x' }, 'detected held isolating isolated repairing proving'],
  };

  test.each(Object.entries(allowed))(
    '%s is possible from some states, and refused from the others',
    (_name, [step, from]) => {
      const possible = STATES.filter((state) => apply(at(state), step, TIME + 1) !== undefined);
      expect(possible.join(' ')).toBe(from);
    },
  );

  test('a closed incident stays as it is, whatever comes', () => {
    for (const [step] of Object.values(allowed))
      for (const state of ['released', 'retired'] as const) expect(apply(at(state), step, TIME)).toBeUndefined();
  });

  test('from detection to release', () => {
    const steps: Transition[] = [
      { type: 'isolate', prior },
      { type: 'contained' },
      { type: 'repair' },
      { type: 'prove', order },
      { type: 'release', restored: ['fleet'], notRestored: [] },
    ];
    const states: State[] = [];
    let incident = at('detected', { because: 'dry run' });
    for (const [index, step] of steps.entries()) {
      incident = apply(incident, step, TIME + index + 1)!;
      states.push(incident.state);
    }
    expect(states).toEqual(['isolating', 'isolated', 'repairing', 'proving', 'released']);
    expect(incident).toMatchObject({
      prior,
      containedAt: TIME + 2,
      updatedAt: TIME + 5,
      closedAt: TIME + 5,
      orders: [order],
      restored: ['fleet'],
      notRestored: [],
    });
    expect(incident.because).toBeUndefined();
    expect(isClosed(incident)).toBe(true);
    expect(isContained(incident)).toBe(false);
  });

  test('a lock-out is over when the groups and the certificates are done, in either order', () => {
    const isolating = at('isolating', { response: 'lockOut' });
    for (const order of [
      ['contained', 'locked'],
      ['locked', 'contained'],
    ] as const) {
      const half = apply(isolating, { type: order[0] }, TIME)!;
      expect(half.state).toBe('isolating');
      expect(isComplete(half)).toBe(false);
      expect(apply(half, { type: order[1] }, TIME)!.state).toBe('isolated');
    }
    const retiring = apply({ ...isolating, response: 'retire', containedAt: TIME }, { type: 'locked' }, TIME + 1)!;
    expect(retiring).toMatchObject({ state: 'retired', closedAt: TIME + 1 });
  });

  test('the first time that something was done is kept', () => {
    const again = apply(at('isolated', { containedAt: TIME, lockedAt: TIME }), { type: 'contained' }, TIME + 9)!;
    expect(again).toMatchObject({ state: 'isolated', containedAt: TIME, updatedAt: TIME + 9 });
    expect(apply(again, { type: 'locked' }, TIME + 10)).toMatchObject({ lockedAt: TIME });
  });

  test('what was there first is never forgotten', () => {
    const first = apply(at('detected'), { type: 'isolate', prior }, TIME)!;
    const again = apply(first, { type: 'isolate', prior: { groups: [], left: [] } }, TIME)!;
    expect(again.prior).toEqual(prior);
    const drifted = apply(again, { type: 'drifted', groups: ['another', 'fleet'] }, TIME)!;
    expect(drifted.prior).toEqual({ groups: ['another', 'fleet', 'site'], left: ['another', 'fleet'] });
    expect(apply(at('isolating'), { type: 'drifted', groups: ['a'] }, TIME)!.prior).toEqual({
      groups: ['a'],
      left: ['a'],
    });
  });

  test('certificates keep the status that they had first', () => {
    const seen = (status: string, id = 'a') => ({ type: 'locking', certificates: [{ id, status }] }) as const;
    const once = apply(at('isolating', { prior }), seen('ACTIVE'), TIME)!;
    const twice = apply(once, seen('INACTIVE'), TIME)!;
    expect(apply(twice, seen('REVOKED', 'b'), TIME)!.prior).toEqual({
      ...prior,
      certificates: [
        { id: 'a', status: 'ACTIVE' },
        { id: 'b', status: 'REVOKED' },
      ],
    });
    expect(apply(at('isolating'), seen('ACTIVE'), TIME)!.prior).toEqual({
      groups: [],
      left: [],
      certificates: [{ id: 'a', status: 'ACTIVE' }],
    });
  });

  test('orders are kept up to a number, the last ones', () => {
    let incident = at('held');
    for (let index = 0; index <= MOST.orders; index += 1)
      incident = apply(incident, { type: 'hold', because: 'x', order: { ...order, time: TIME + index } }, TIME)!;
    expect(incident.orders).toHaveLength(MOST.orders);
    expect(incident.orders.at(-1)!.time).toBe(TIME + MOST.orders);
    expect(apply(incident, { type: 'retire', because: 'stolen', order }, TIME)).toMatchObject({
      because: 'stolen',
      state: 'retired',
    });
    expect(apply(at('held'), { type: 'isolate', prior, order }, TIME)!.orders).toEqual([order]);
  });

  test('an item holds it, expires once nothing is to be done, and is found while it is held', () => {
    const days = (item: Record<string, { N?: string }>) => (Number(item.expiresAt?.N) * 1000 - TIME) / 86_400_000;
    const item = itemOf(at('isolated', { version: 4 }));
    expect(item).toMatchObject({
      subject: { S: 'pump-7' },
      episode: { N: '1' },
      version: { N: '4' },
      state: { S: 'isolated' },
    });
    expect(item).not.toHaveProperty('expiresAt');
    expect(item).not.toHaveProperty('heldFor');
    expect(itemOf(at('held'))).toMatchObject({ heldFor: { S: 'person' }, updatedAt: { N: String(TIME) } });
    expect(itemOf(at('held'))).not.toHaveProperty('expiresAt');
    expect(days(itemOf(at('detected')))).toBe(90);
    expect(days(itemOf(at('released')))).toBe(400);
    expect(incidentOf(item)).toEqual(JSON.parse(JSON.stringify(at('isolated', { version: 4 }))));
    expect(() => incidentOf({})).toThrow('no record');
  });
});

describe('whether a certificate is kept off for a device', () => {
  const order = { verb: 'release', by: 'ada', why: 'well', time: TIME } as const;
  const lockedOut: Incident = {
    ...openIncident(signal(), 'lockOut', 1, TIME),
    state: 'isolated',
    prior: {
      groups: [],
      left: [],
      certificates: [
        { id: 'other', status: 'ACTIVE' },
        { id: 'c', status: 'ACTIVE' },
      ],
    },
  };

  test.each<[string, Partial<Incident>, boolean]>([
    ['locked out with it', {}, true],
    ['that is to be retired with it', { response: 'retire' }, true],
    ['locked out, its end not noted yet', { state: 'isolating' }, true],
    ['locked out and held by a person', { state: 'held', containedAt: TIME }, true],
    ['that has to prove its health', { state: 'proving' }, true],
    ['that is being released', { state: 'proving', orders: [order] }, false],
    ['released', { state: 'released' }, false],
    ['held before anything was taken', { state: 'held' }, false],
    ['only isolated', { response: 'isolate' }, false],
    [
      'locked out with another one',
      { prior: { groups: [], left: [], certificates: [{ id: 'other', status: 'ACTIVE' }] } },
      false,
    ],
    ['whose certificates are not noted', { prior: { groups: [], left: [] } }, false],
    ['of which nothing is noted', { prior: undefined }, false],
  ])('a device %s: %j is %s', (_which, values, expected) => {
    expect(keepsOff({ ...lockedOut, ...values }, 'c')).toBe(expected);
  });
});
