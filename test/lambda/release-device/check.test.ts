import { MESSAGE } from '../../../lambda/shared/incident/contract';
import { itemOf } from '../../../lambda/shared/incident/table-item';
import { FLEET, QUARANTINE, ResponseRig } from '../../support/response-rig';
import { CERTIFICATE, own } from '../shared/incident/messages';

jest.setTimeout(60_000);

const TIME = Date.now() - 3_600_000;
const order = { by: 'ada', why: 'it is well', time: TIME + 60_000 };
const release = { schema: MESSAGE.release, subject: 'pump-7', episode: 1, ...order };
const check = { ...release, again: true };
const WELL = [FLEET, 'site'].sort();

/** What comes two minutes after a release, where something may have been taken meanwhile. */
describe('the check of a release', () => {
  let rig: ResponseRig;
  beforeAll(async () => {
    rig = await ResponseRig.start({}, true);
  });
  afterAll(() => rig.stop());
  beforeEach(() => released());

  /** What the functions did once is kept, and brought back from then on. */
  const kept = new Map<string, () => void>();
  async function isolated(kind: 'behavior' | 'identity'): Promise<void> {
    if (!kept.has(`isolated ${kind}`)) {
      rig.reset();
      rig.thing('pump-7', ['site', FLEET], [CERTIFICATE]);
      await rig.deliver([own({ time: TIME, kind })]);
      await rig.drain();
      kept.set(`isolated ${kind}`, rig.keep());
    }
    kept.get(`isolated ${kind}`)!();
  }

  async function released(kind: 'behavior' | 'identity' = 'behavior'): Promise<void> {
    if (!kept.has(`released ${kind}`)) {
      await isolated(kind);
      expect(await rig.deliver([release], 'release')).toEqual([]);
      rig.fleet.sessions.set('pump-7', Date.now());
      rig.pending = [];
      kept.set(`released ${kind}`, rig.keep());
    }
    kept.get(`released ${kind}`)!();
  }

  const incident = () => rig.incidents.incident('pump-7')!;
  const checking = (tried = 1) => rig.deliver([check], 'release', tried);
  const groups = (names: string[]) => (rig.fleet.things.get('pump-7')!.groups = names);
  const calls = () => rig.aws.calls.map(({ operation }) => operation).filter((name) => name !== 'GetQueueAttributes');
  const connected = () => rig.fleet.sessions.has('pump-7');

  test('comes after a release within two minutes of a taking, and no other release costs a call more', async () => {
    await isolated('behavior');
    rig.incidents.items.set('pump-7 1', itemOf({ ...incident(), takenAt: Date.now() + 3_600_000 }));
    await rig.deliver([release], 'release');
    expect(rig.pending).toEqual([{ queue: 'release', delaySeconds: 120, body: JSON.stringify(check) }]);
    await isolated('behavior');
    rig.incidents.items.set('pump-7 1', itemOf({ ...incident(), takenAt: Date.now() - 120_000 }));
    await rig.deliver([release], 'release');
    expect(rig.pending).toEqual([]);
    expect(calls()).toEqual([
      'Query',
      'PutItem',
      'RemoveThingFromThingGroup',
      'AddThingToThingGroup',
      'ListThingGroupsForThing',
      'DeleteConnection',
      'PutItem',
    ]);
  });

  test('does not disturb a device from which nothing was taken', async () => {
    const before = incident();
    expect(await checking()).toEqual([]);
    expect(connected()).toBe(true);
    expect(incident()).toEqual(before);
    expect(rig.groupsOf('pump-7')).toEqual(WELL);
    expect(calls()).toEqual([
      'Query',
      'ListThingGroupsForThing',
      'RemoveThingFromThingGroup',
      'AddThingToThingGroup',
      'Query',
    ]);
  });

  test.each([
    ['group', [QUARANTINE, 'site'], [`out of group ${QUARANTINE}`, `group ${FLEET}`]],
    ['group of the fleet', ['site'], [`group ${FLEET}`]],
    ['place outside of quarantine', [QUARANTINE, FLEET, 'site'], [`out of group ${QUARANTINE}`]],
  ])('gives back its %s, ends its session and notes it', async (_what, taken, mended) => {
    groups(taken);
    expect(await checking()).toEqual([]);
    expect(rig.groupsOf('pump-7')).toEqual(WELL);
    expect(connected()).toBe(false);
    expect(incident()).toMatchObject({ state: 'released', restored: [`group ${FLEET}`], notRestored: [], mended });
    expect(incident().closedAt).toBeLessThanOrEqual(incident().updatedAt);
    expect(await checking(2)).toEqual([]);
    expect(incident()).toMatchObject({ mended });
  });

  test('gives back what a listing that is behind does not show yet, and does not wait for it', async () => {
    groups([QUARANTINE, 'site']);
    rig.aws.trouble = ({ operation }) => {
      if (operation !== 'ListThingGroupsForThing') return undefined;
      groups(WELL);
      setImmediate(() => groups([QUARANTINE, 'site']));
      return undefined;
    };
    expect(await checking()).toEqual([]);
    rig.aws.trouble = () => undefined;
    expect(rig.groupsOf('pump-7')).toEqual(WELL);
  });

  test('ends the same after a crash at any call', async () => {
    await released('identity');
    groups([QUARANTINE, 'site']);
    rig.fleet.certificates.set(CERTIFICATE, 'INACTIVE');
    rig.incidents.denied.set(CERTIFICATE, { for: 'pump-7', denied: true });
    for (const [call, crash] of (await rig.crashes(check, 'release')).entries()) {
      await crash();
      expect(await checking(2)).toEqual([]);
      const { state, mended, notRestored } = incident();
      expect({ call, state, groups: rig.groupsOf('pump-7'), connected: connected(), notRestored }).toEqual({
        call,
        state: 'released',
        groups: WELL,
        connected: false,
        notRestored: [],
      });
      expect(mended).toEqual(expect.arrayContaining([`out of group ${QUARANTINE}`, `group ${FLEET}`]));
      expect([rig.fleet.certificates.get(CERTIFICATE), rig.incidents.denied.get(CERTIFICATE)?.denied]).toEqual([
        'ACTIVE',
        false,
      ]);
    }
  });

  test('notes a certificate that it switches on again, and ends no session for it', async () => {
    await released('identity');
    rig.fleet.certificates.set(CERTIFICATE, 'INACTIVE');
    expect(await checking()).toEqual([]);
    expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('ACTIVE');
    expect(incident()).toMatchObject({ mended: ['certificate abababab'] });
    expect(connected()).toBe(true);
  });

  test('leaves alone what persons did to other groups, and what the release had not given back', async () => {
    rig.fleet.groups.add('new');
    groups([FLEET, 'new']);
    await checking();
    expect(rig.groupsOf('pump-7')).toEqual(['new', FLEET]);
    rig.incidents.items.set('pump-7 1', itemOf({ ...incident(), restored: [], notRestored: [`group ${FLEET}: x`] }));
    groups(['new']);
    expect(await checking()).toEqual([]);
    expect(rig.groupsOf('pump-7')).toEqual(['new']);
    expect(incident().mended).toBeUndefined();
  });

  test.each([
    [
      'the thing has filled its groups',
      () => groups(Array.from({ length: 10 }, (_, index) => `g${index}`)),
      `group ${FLEET}: the thing is in 10 groups`,
    ],
    [
      'the group was deleted',
      () => {
        groups(['site']);
        rig.fleet.groups.delete(FLEET);
      },
      `group ${FLEET}: not found`,
    ],
  ])('says what it could not give back any more: %s', async (_what, spoil, because) => {
    spoil();
    expect(await checking()).toEqual([]);
    expect(incident()).toMatchObject({ state: 'released', restored: [], notRestored: [because], mended: [] });
  });

  test('of a thing that is deleted has nothing to do', async () => {
    const before = incident();
    rig.fleet.things.clear();
    expect(await checking()).toEqual([]);
    expect(incident()).toEqual(before);
  });

  describe('where the device has a newer incident', () => {
    const newer = (values: object) => own({ time: order.time + 1, id: 'newer', ...values });

    test('that took nothing, gives back all the same', async () => {
      await rig.deliver([newer({ severity: 'MEDIUM' })]);
      groups([QUARANTINE, 'site']);
      expect(await checking()).toEqual([]);
      expect(rig.groupsOf('pump-7')).toEqual(WELL);
      expect(rig.incidents.all().map(({ episode, state, mended }) => [episode, state, mended?.length])).toEqual([
        [1, 'released', 2],
        [2, 'detected', undefined],
      ]);
    });

    test('that isolates it, takes no group back, and has it looked at', async () => {
      await released('identity');
      rig.fleet.certificates.set(CERTIFICATE, 'INACTIVE');
      await rig.deliver([newer({ kind: 'behavior' })]);
      rig.pending = [];
      expect(await checking()).toEqual([]);
      expect(rig.groupsOf('pump-7')).toEqual([QUARANTINE, 'site']);
      // Which is not locked out, and would not connect to its repair channel.
      expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('ACTIVE');
      expect(rig.pending.map(({ queue, body }) => [queue, JSON.parse(body) as unknown])).toEqual([
        ['look', { schema: MESSAGE.look, subject: 'pump-7', episode: 2, attempt: 1 }],
      ]);
    });

    test('that locks it out, leaves its certificate off; and what it was before is known to that', async () => {
      await released('identity');
      rig.fleet.certificates.set(CERTIFICATE, 'INACTIVE');
      await rig.deliver([newer({ kind: 'identity' })]);
      await rig.drain();
      expect(await checking()).toEqual([]);
      expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('INACTIVE');
      expect(incident()).toMatchObject({ episode: 2, prior: { certificates: [{ status: 'ACTIVE' }] } });
      await rig.deliver([{ ...release, episode: 2, time: Date.now() }], 'release');
      expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('ACTIVE');
    });
  });

  test('an older order that is delivered again has the device looked at that is isolated anew', async () => {
    await rig.deliver([own({ time: order.time + 1, id: 'newer' })]);
    rig.pending = [];
    groups(WELL);
    expect(await rig.deliver([release], 'release')).toEqual([]);
    await rig.drain();
    expect(rig.groupsOf('pump-7')).toEqual([QUARANTINE, 'site']);
  });
});

test('a device that is retired while it is released is looked at, too, and leaves its group again', async () => {
  const rig = await ResponseRig.start();
  try {
    rig.thing('pump-7', ['site', FLEET], [CERTIFICATE]);
    const said = { thingName: 'pump-7', response: 'retire', by: 'ada', why: 'stolen', time: TIME };
    await rig.deliver([{ schema: MESSAGE.order, ...said }]);
    await rig.drain();
    expect(rig.incidents.incident('pump-7')?.state).toBe('retired');
    rig.fleet.things.get('pump-7')!.groups = WELL;
    rig.fleet.sessions.set('pump-7', 1);
    expect(await rig.deliver([{ schema: MESSAGE.look, subject: 'pump-7', episode: 1, attempt: 1 }])).toEqual([]);
    expect(rig.groupsOf('pump-7')).toEqual([QUARANTINE, 'site']);
    expect(rig.fleet.sessions.has('pump-7')).toBe(false);
  } finally {
    await rig.stop();
  }
});
