import type { Incident, State } from '../../../../lambda/shared/incident/incident';
import { certificateLabel, keepsOff, openIncident } from '../../../../lambda/shared/incident/incident';
import { apply, mend, type Transition } from '../../../../lambda/shared/incident/transition';
import { CERTIFICATE, TIME } from './messages';

const PRIOR = { groups: ['fleet', 'site'], left: ['fleet'], certificates: [{ id: CERTIFICATE, status: 'ACTIVE' }] };
const order = { verb: 'release', by: 'ada', why: 'sure', time: TIME } as const;
const at = (state: State, values: Partial<Incident> = {}): Incident => ({
  ...openIncident(
    {
      source: 'engine',
      id: 's1',
      time: TIME,
      subject: { kind: 'thing', name: 'pump-7' },
      phase: 'alarm',
      kind: 'behavior',
      severity: 'HIGH',
      about: 'messages-sent',
      evidence: {},
    },
    'isolate',
    1,
    TIME,
  ),
  state,
  prior: PRIOR,
  ...values,
});

describe('when something was last taken', () => {
  test.each<[Transition, State]>([
    [{ type: 'isolate', prior: PRIOR }, 'detected'],
    [{ type: 'contained' }, 'isolating'],
    [{ type: 'locking', certificates: [] }, 'isolating'],
    [{ type: 'locked' }, 'isolating'],
    [{ type: 'drifted', groups: ['fleet'] }, 'isolated'],
    [{ type: 'taking' }, 'held'],
  ])('is written with %j', (step, state) => {
    const taken = { containedAt: TIME, lockedAt: TIME, takenAt: TIME };
    expect(apply(at(state, taken), step, TIME + 7)?.takenAt).toBe(TIME + 7);
  });

  test('is when its release is ordered, where not all was taken by then', () => {
    const takenAtOf = (state: State, values: Partial<Incident>) =>
      apply(at(state, { takenAt: TIME, ...values }), { type: 'prove', order }, TIME + 7)?.takenAt;
    expect(takenAtOf('isolated', { containedAt: TIME })).toBe(TIME);
    expect(takenAtOf('isolated', { containedAt: TIME, lockedAt: TIME, response: 'lockOut' })).toBe(TIME);
    expect(takenAtOf('isolated', {})).toBe(TIME + 7);
    expect(takenAtOf('held', { containedAt: TIME, response: 'lockOut' })).toBe(TIME + 7);
    // Isolated once, held, and isolated again by the word of a person.
    expect(takenAtOf('isolating', { containedAt: TIME })).toBe(TIME + 7);
  });

  test('does not move with what takes nothing', () => {
    const known = at('isolated', { containedAt: TIME, takenAt: TIME });
    for (const step of [{ type: 'repair' }, { type: 'hold', because: 'x' }] as const)
      expect(apply(known, step, TIME + 7)?.takenAt).toBe(TIME);
  });

  test('a second taking changes nothing else', () => {
    const known = at('held', { containedAt: TIME });
    expect(apply(known, { type: 'taking' }, TIME + 7)).toEqual({ ...known, takenAt: TIME + 7, updatedAt: TIME + 7 });
  });
});

describe('a certificate', () => {
  test.each<[State, Incident['response'], boolean]>([
    ['retired', 'retire', true],
    ['retired', 'lockOut', false],
    ['isolated', 'lockOut', true],
    ['isolated', 'isolate', false],
    ['released', 'lockOut', false],
  ])('of a device that is %s, with %s, is kept off: %s', (state, response, expected) => {
    expect(keepsOff(at(state, { response }), CERTIFICATE)).toBe(expected);
    expect(keepsOff(at(state, { response }), 'another')).toBe(false);
    expect(keepsOff(at(state, { response, prior: undefined }), CERTIFICATE)).toBe(false);
  });

  test('stands in lists with what it begins with', () => {
    expect(certificateLabel(CERTIFICATE)).toBe('certificate abababab');
  });
});

describe('a release that is mended', () => {
  const released = at('released', { closedAt: TIME, restored: ['group a', 'group b'], notRestored: ['group c: x'] });

  test('says what was given back once more, and stays closed when it was closed', () => {
    const mended = mend(released, { mended: ['group a'] }, TIME + 9);
    expect(mended).toEqual({ ...released, mended: ['group a'], updatedAt: TIME + 9 });
    expect(mend(mended, { mended: ['group b', 'group a'] }, TIME + 9).mended).toEqual(['group a', 'group b']);
  });

  test('is the same where that is nothing, or was said before', () => {
    expect(mend(released, { mended: [] }, TIME + 9)).toBe(released);
    const mended = mend(released, { mended: ['group a'] }, TIME + 9);
    expect(mend(mended, { mended: ['group a'] }, TIME + 10)).toBe(mended);
    expect(mend(released, { mended: [], lost: [{ label: 'group z', because: 'full' }] }, TIME + 9)).toBe(released);
  });

  test('says what could not be given back any more', () => {
    const mended = mend(released, { mended: ['group a', 'group b'] }, TIME + 9);
    expect(mend(mended, { mended: [], lost: [{ label: 'group a', because: 'full' }] }, TIME + 10)).toMatchObject({
      state: 'released',
      restored: ['group b'],
      notRestored: ['group c: x', 'group a: full'],
      mended: ['group b'],
      closedAt: TIME,
    });
  });

  test('of a record that gave nothing back', () => {
    expect(mend(at('released'), { mended: ['group a'] }, TIME)).toMatchObject({
      restored: [],
      notRestored: [],
      mended: ['group a'],
    });
  });
});
