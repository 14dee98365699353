import { setImmediate as turn } from 'node:timers/promises';
import { MESSAGE, type Response } from '../../../lambda/shared/incident/contract';
import { type Incident, openIncident } from '../../../lambda/shared/incident/incident';
import { itemOf } from '../../../lambda/shared/incident/table-item';
import { AwsFault, type Trouble } from '../../support/fake-aws';
import { dice } from '../../support/dice';
import { FLEET, QUARANTINE, ResponseRig } from '../../support/response-rig';
import { SEED } from '../../support/seed';
import { CERTIFICATE, own, TOPIC, viaSns, violation } from '../shared/incident/messages';

const TIME = Date.now() - 3_600_000;
const OTHER = 'cd'.repeat(32);
const order = { by: 'ada', why: 'it is well', time: TIME + 60_000 };
const releaseOf = (subject: string, values: object = {}) => ({
  schema: MESSAGE.release,
  subject,
  episode: 1,
  ...order,
  ...values,
});
const alarm = (values: object = {}) => own({ time: TIME, ...values });

describe('the bundled function that gives back', () => {
  let rig: ResponseRig;
  beforeAll(async () => {
    rig = await ResponseRig.start({ blastRadius: { devices: 2, seconds: 3_600 } }, true);
  });
  afterAll(() => rig.stop());
  beforeEach(() => rig.reset());

  let lockedAgain: (() => void) | undefined;

  /** A device that is locked out, with everything done: by the functions once, and as they left it from then on. */
  async function locked(): Promise<void> {
    if (lockedAgain === undefined) await lockOut();
    lockedAgain!();
  }

  async function lockOut(): Promise<void> {
    rig.thing('pump-7', ['site', FLEET], [CERTIFICATE, OTHER]);
    rig.fleet.certificates.set(OTHER, 'INACTIVE');
    await rig.deliver([alarm({ kind: 'identity' })]);
    await rig.drain();
    expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('INACTIVE');
    expect([...rig.incidents.denied.values()]).toMatchObject([{ denied: true }, { denied: true }]);
    rig.fleet.sessions.set('pump-7', 1);
    lockedAgain = rig.keep();
  }

  function end() {
    const incident = rig.incidents.incident('pump-7');
    return {
      state: incident?.state,
      restored: incident?.restored,
      notRestored: incident?.notRestored,
      groups: rig.groupsOf('pump-7'),
      certificates: [...rig.fleet.certificates],
      denied: [...rig.incidents.denied].filter(([, { denied }]) => denied).map(([id]) => id),
      connected: rig.fleet.sessions.has('pump-7'),
    };
  }

  const WELL = {
    state: 'released',
    restored: ['certificate abababab', `group ${FLEET}`],
    notRestored: [],
    groups: [FLEET, 'site'],
    certificates: [
      [CERTIFICATE, 'ACTIVE'],
      [OTHER, 'INACTIVE'],
    ],
    denied: [],
    connected: false,
  };

  test('restores exactly what was taken, checks it and closes the incident', async () => {
    await locked();
    expect(await rig.deliver([releaseOf('pump-7')], 'release')).toEqual([]);
    expect(end()).toEqual(WELL);
    expect(rig.incidents.incident('pump-7')?.orders).toEqual([{ verb: 'release', ...order }]);
    expect(await rig.deliver([releaseOf('pump-7')], 'release')).toEqual([]);
    expect(end()).toEqual(WELL);
  });

  describe("a person's verdict", () => {
    const verdict = { verdict: 'FALSE_POSITIVE', why: 'a load test' };
    const violations = ['v-1', 'v-2', 'v-3', 'v-4', 'v-5', 'v-6', 'v-7'];
    const told = () => [...rig.fleet.violations].filter(([, { state }]) => state !== undefined).map(([id]) => id);

    async function violated(): Promise<void> {
      rig.thing('pump-7');
      for (const id of violations) rig.fleet.violations.set(id, {});
      const behavior = (name: string) => ({ criteria: {}, name, metric: 'aws:num-messages-sent' });
      const messages = violations.map((violationId) => violation({ violationId, behavior: behavior(violationId) }));
      await rig.deliver(messages.map((message) => viaSns(TOPIC.detect, message)));
      await rig.drain();
    }

    test('is put on each violation of Device Defender, beside the release', async () => {
      await violated();
      expect(await rig.deliver([releaseOf('pump-7', verdict)], 'release')).toEqual([]);
      expect(rig.incidents.incident('pump-7')).toMatchObject({
        state: 'released',
        orders: [{ verdict: 'FALSE_POSITIVE' }],
      });
      expect((await rig.drain()).filter((schema) => schema === MESSAGE.verify)).toHaveLength(2);
      expect([...rig.fleet.violations.values()]).toEqual(
        violations.map(() => ({ state: 'FALSE_POSITIVE', why: 'a load test' })),
      );
    });

    test('can be given when all is released, and nothing is released again for it', async () => {
      await violated();
      await rig.deliver([releaseOf('pump-7')], 'release');
      expect(told()).toEqual([]);
      const later = releaseOf('pump-7', { ...verdict, time: TIME + 120_000 });
      expect(await rig.deliver([later], 'release')).toEqual([]);
      await rig.drain();
      expect(told()).toEqual(violations);
      expect(rig.incidents.incident('pump-7')?.orders).toHaveLength(1);
    });

    test('is not given to another episode, or where there is none', async () => {
      await violated();
      await rig.deliver([releaseOf('pump-7', { ...verdict, episode: 2 }), releaseOf('fan', verdict)], 'release');
      await rig.drain();
      expect(told()).toEqual([]);
    });

    test('on a violation that is not known any more is given on the others all the same', async () => {
      await violated();
      rig.fleet.violations.delete('v-2');
      const message = { schema: MESSAGE.verify, violations: ['v-1', 'v-2', 'v-3'], ...verdict };
      expect(await rig.deliver([message], 'release')).toEqual([]);
      expect(told()).toEqual(['v-1', 'v-3']);
    });

    test('is given later where the service throttles', async () => {
      await violated();
      const message = { schema: MESSAGE.verify, violations, ...verdict };
      expect(await rig.deliver([{ ...message, violations: ['v-1'] }], 'release')).toEqual([]);
      rig.aws.trouble = ({ operation }): Trouble | undefined =>
        operation === 'PutVerificationStateOnViolation'
          ? { after: 'nothing', then: new AwsFault('AccessDeniedException') }
          : undefined;
      expect(await rig.deliver([{ ...message, violations: ['v-2'] }], 'release')).toEqual(['m0']);
      rig.aws.trouble = () => undefined;
      expect(await rig.deliver([{ ...message, violations: ['v-2'] }], 'release', 2)).toEqual([]);
      expect(told()).toEqual(['v-1', 'v-2']);
    });
  });

  test('a crash at any call, and a second delivery', async () => {
    await locked();
    for (const [call, crash] of (await rig.crashes(releaseOf('pump-7'), 'release')).entries()) {
      await crash();
      expect(await rig.deliver([releaseOf('pump-7')], 'release', 2)).toEqual([]);
      expect({ call, end: end() }).toEqual({ call, end: WELL });
    }
  });

  const TROUBLES: [string, Trouble][] = [
    ['throttled', { after: 'nothing', then: new AwsFault('ThrottlingException', 'slow down', 429) }],
    ['cut off after it took effect', { after: 'effect', then: 'drop' }],
    ['refused', { after: 'nothing', then: new AwsFault('AccessDeniedException', 'no', 403) }],
  ];
  test.each(TROUBLES)('any call %s', async (_name, trouble) => {
    await locked();
    await rig.deliver([releaseOf('pump-7')], 'release');
    const calls = rig.aws.calls.length;
    for (let call = 0; call < calls; call += 1) {
      await locked();
      rig.aws.trouble = (_call, index) => (index === call ? trouble : undefined);
      const failed = await rig.deliver([releaseOf('pump-7')], 'release');
      rig.aws.trouble = () => undefined;
      if (failed.length > 0) await rig.deliver([releaseOf('pump-7')], 'release', 2);
      expect({ call, end: end() }).toEqual({ call, end: WELL });
    }
  });

  test('says what it could not restore', async () => {
    await locked();
    rig.fleet.groups.delete(FLEET);
    rig.fleet.certificates.set(CERTIFICATE, 'REVOKED');
    await rig.deliver([releaseOf('pump-7')], 'release');
    expect(end()).toMatchObject({
      state: 'released',
      restored: [],
      notRestored: ['certificate abababab: is REVOKED, was ACTIVE', `group ${FLEET}: not found`],
      groups: ['site'],
    });
  });

  test('a device that was in quarantine before its incident is out of it, too: what is released is free', async () => {
    rig.thing('pump-7', ['site', FLEET, QUARANTINE]);
    await rig.deliver([alarm()]);
    await rig.drain();
    expect(rig.groupsOf('pump-7')).toEqual([QUARANTINE, 'site']);
    await rig.deliver([releaseOf('pump-7')], 'release');
    expect(end()).toMatchObject({ state: 'released', groups: [FLEET, 'site'], restored: [`group ${FLEET}`] });
  });

  test('what others did to a device while it was isolated stays', async () => {
    await locked();
    const thing = rig.fleet.things.get('pump-7')!;
    rig.fleet.groups.add('new');
    thing.groups = [...thing.groups.filter((group) => group !== 'site'), 'new'];
    thing.certificates.push('ef'.repeat(32));
    rig.fleet.certificates.set('ef'.repeat(32), 'ACTIVE').set(OTHER, 'REVOKED');
    await rig.deliver([releaseOf('pump-7')], 'release');
    expect(end()).toMatchObject({
      ...WELL,
      groups: [FLEET, 'new'].sort(),
      certificates: [
        [CERTIFICATE, 'ACTIVE'],
        [OTHER, 'REVOKED'],
        ['ef'.repeat(32), 'ACTIVE'],
      ],
    });
  });

  test('a thing that has filled its ten groups meanwhile', async () => {
    await locked();
    rig.fleet.things.get('pump-7')!.groups = [QUARANTINE, ...Array.from({ length: 10 }, (_, index) => `g${index}`)];
    await rig.deliver([releaseOf('pump-7')], 'release');
    expect(end()).toMatchObject({ notRestored: [`group ${FLEET}: the thing is in 10 groups`] });
  });

  test('a device whose isolation did not come to its end gets back what it had lost by then', async () => {
    rig.thing('pump-7').fleet.groups.delete(QUARANTINE);
    expect(await rig.deliver([alarm()])).toEqual(['m0']);
    expect(rig.groupsOf('pump-7')).toEqual(['site']);
    expect(await rig.deliver([releaseOf('pump-7')], 'release')).toEqual([]);
    expect(end()).toMatchObject({ state: 'released', groups: [FLEET, 'site'], restored: [`group ${FLEET}`] });
  });

  test('while it is released, neither a second look nor a lock-out that comes late takes anything', async () => {
    await locked();
    const known = rig.incidents.incident('pump-7')!;
    const orders = [{ verb: 'release', ...order } as const];
    const proving: Incident = { ...known, state: 'proving', orders, lockedAt: undefined };
    rig.incidents.items.set('pump-7 1', itemOf(proving));
    rig.fleet.things.get('pump-7')!.groups = ['site', FLEET];
    await rig.deliver([{ schema: MESSAGE.look, subject: 'pump-7', episode: 1 }]);
    await rig.deliver([{ schema: MESSAGE.lockOut, subject: 'pump-7', episode: 1 }], 'slow');
    expect(rig.groupsOf('pump-7')).toEqual([FLEET, 'site']);
    expect(rig.incidents.incident('pump-7')).toEqual(proving);
  });

  test('what is taken while it is released is given back by a second delivery', async () => {
    await locked();
    rig.aws.trouble = ({ operation }) => {
      const known = rig.incidents.incident('pump-7')!;
      if (operation !== 'DeleteConnection') return undefined;
      rig.aws.trouble = () => undefined;
      const certificates = [...(known.prior?.certificates ?? []), { id: 'ef'.repeat(32), status: 'ACTIVE' }];
      const more = { ...known, version: known.version + 1, prior: { ...known.prior!, certificates } };
      rig.incidents.items.set('pump-7 1', itemOf(more));
      rig.fleet.certificates.set('ef'.repeat(32), 'INACTIVE');
      return undefined;
    };
    expect(await rig.deliver([releaseOf('pump-7')], 'release')).toEqual(['m0']);
    expect(await rig.deliver([releaseOf('pump-7')], 'release', 2)).toEqual([]);
    expect(rig.fleet.certificates.get('ef'.repeat(32))).toBe('ACTIVE');
    expect(rig.incidents.incident('pump-7')).toMatchObject({ state: 'released', notRestored: [] });
  });

  test('a thing and a certificate that are deleted', async () => {
    await locked();
    rig.fleet.things.clear();
    rig.fleet.certificates.clear();
    expect(await rig.deliver([releaseOf('pump-7')], 'release')).toEqual([]);
    expect(end()).toMatchObject({
      state: 'released',
      notRestored: ['certificate abababab: deleted', `group ${FLEET}: not found`],
    });
  });

  test('fails while the listing does not show it yet, and comes again', async () => {
    await locked();
    let stale = true;
    const list = rig.fleet.things.get('pump-7')!;
    rig.aws.trouble = ({ operation }) => {
      if (operation === 'AddThingToThingGroup' && stale) setImmediate(() => (list.groups = ['site']));
      return undefined;
    };
    expect(await rig.deliver([releaseOf('pump-7')], 'release')).toEqual(['m0']);
    expect(rig.postponed).toHaveLength(1);
    stale = false;
    expect(await rig.deliver([releaseOf('pump-7')], 'release', 2)).toEqual([]);
    expect(end()).toEqual(WELL);
  });

  test('a device that alarms while it is released is isolated again', async () => {
    await locked();
    let alarmed: Promise<unknown> | undefined;
    rig.aws.trouble = ({ operation }) => {
      if (operation !== 'DeleteConnection') return undefined;
      rig.aws.trouble = () => undefined;
      // Dated after the order, and before the end of the release.
      alarmed = rig.deliver([alarm({ id: 'again', kind: 'behavior', time: order.time + 1 })]);
      return { after: 'nothing', then: new AwsFault('ThrottlingException', 'slow down', 429) };
    };
    await rig.deliver([releaseOf('pump-7')], 'release');
    expect(alarmed).toBeDefined();
    await alarmed;
    await rig.deliver([releaseOf('pump-7')], 'release', 2);
    await rig.drain();
    expect(end()).toMatchObject({ groups: [QUARANTINE, 'site'], connected: false });
    expect(rig.incidents.incident('pump-7')).toMatchObject({ response: expect.stringMatching(/isolate|lockOut/) });
    expect(['isolating', 'isolated']).toContain(rig.incidents.incident('pump-7')?.state);
  });

  describe('an alarm that came after the order', () => {
    const again = alarm({ id: 'again', kind: 'behavior', time: order.time + 1 });
    const releasing = () => rig.deliver([releaseOf('pump-7')], 'release');
    const alarming = () => rig.deliver([again]);

    /** Both are delivered until they are done, and so is what they have sent. */
    async function settle(): Promise<void> {
      rig.aws.hold = () => undefined;
      for (const [deliver, tried] of [
        [releasing, 2],
        [alarming, 2],
      ] as const)
        expect([tried, await deliver()]).toEqual([tried, []]);
      await rig.drain();
      expect(end()).toMatchObject({ state: 'isolated', groups: [QUARANTINE, 'site'] });
    }

    test.each([
      ['the alarm comes as a whole before the call of the release', releasing, alarming],
      ['the release comes as a whole before the call of the alarm', alarming, releasing],
    ])('isolates the device again, whichever call it is that %s', async (_what, first, second) => {
      for (let held = 0, reached = true; reached; held += 1) {
        await locked();
        let calls = 0;
        reached = false;
        rig.aws.hold = () => {
          if (reached || calls++ !== held) return undefined;
          reached = true;
          return second();
        };
        await first();
        await settle();
      }
    });

    test('isolates the device again, in any order of their calls', async () => {
      const random = dice(SEED);
      for (let run = 0; run < 20; run += 1) {
        await locked();
        rig.aws.hold = async () => {
          for (let turns = Math.floor(random() * 12); turns > 0; turns -= 1) await turn();
        };
        await Promise.all([releasing(), alarming()]);
        await settle();
      }
    });
  });

  test('all that are held are released, or isolated, by one order', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `pump-${index}`);
    const states = () => names.map((name) => rig.incidents.incident(name)?.state).sort();
    for (const name of names) rig.thing(name);
    for (const thingName of names) await rig.deliver([alarm({ thingName, id: thingName })]);
    expect(states()).toEqual(['held', 'held', 'held', 'held', 'isolated', 'isolated']);
    await rig.deliver([{ schema: MESSAGE.isolateHeld, ...order }]);
    await rig.drain();
    expect(states()).toEqual(names.map(() => 'isolated'));
    rig.reset();
    for (const name of names) rig.thing(name);
    for (const thingName of names) await rig.deliver([alarm({ thingName, id: thingName })]);
    await rig.deliver([{ schema: MESSAGE.releaseHeld, ...order }], 'release');
    await rig.drain();
    expect(states()).toEqual(['isolated', 'isolated', 'released', 'released', 'released', 'released']);
    expect(names.filter((name) => rig.groupsOf(name).includes(FLEET))).toHaveLength(4);
  });

  test('of two persons, of whom one releases what is held and one isolates it, the later has the last word', async () => {
    const isolate = (time: number) => rig.deliver([{ ...releaseOf('guard', { time }), schema: MESSAGE.order }]);
    const release = () => rig.deliver([releaseOf('guard')], 'release');
    const later = order.time + 1;
    for (const [orders, state] of [
      [[release, () => isolate(later)], 'isolated'],
      [[() => isolate(later), release], 'isolated'],
      [[release, () => isolate(order.time - 1)], 'released'],
      [[() => isolate(order.time - 1), release], 'released'],
    ] as const) {
      rig.reset();
      rig.thing('guard', ['protected', FLEET]);
      await rig.deliver([alarm({ thingName: 'guard' })]);
      expect(rig.incidents.incident('guard')?.state).toBe('held');
      for (const give of [...orders, ...orders]) expect(await give()).toEqual([]);
      expect(rig.incidents.incident('guard')).toMatchObject({ state });
      expect(rig.groupsOf('guard').includes(FLEET)).toBe(state === 'released');
    }
  });

  test('what is not understood goes to the dead-letter queue', async () => {
    expect(await rig.deliver(['{', releaseOf('a/b')], 'release')).toEqual([]);
    expect(rig.refused.map(({ reason }) => reason).sort()).toEqual([
      'release: not a schema that is known',
      'release: not an incident',
    ]);
  });
});

describe('isolations that have an end', () => {
  let rig: ResponseRig;
  beforeAll(async () => {
    rig = await ResponseRig.start();
  });
  afterAll(() => rig.stop());

  test('have none any more, once a person has ordered the same', async () => {
    const timed = await ResponseRig.start({ isolationSeconds: 1 });
    try {
      timed.thing('pump-7').thing('pump-8');
      await timed.deliver([alarm(), alarm({ thingName: 'pump-8' })]);
      const time = Date.now() - 60_000;
      const said = { thingName: 'pump-7', response: 'isolate', by: 'ada', why: 'keep it', time };
      expect(await timed.deliver([{ schema: MESSAGE.order, ...said }])).toEqual([]);
      timed.pending = [];
      const dueOf = (name: string) => timed.incidents.items.get(`${name} 1`)?.dueAt;
      expect(dueOf('pump-8')).toBeDefined();
      expect(dueOf('pump-7')).toBeUndefined();
      expect(timed.incidents.incident('pump-7')?.orders).toMatchObject([
        { verb: 'isolate', by: 'ada', why: 'keep it' },
      ]);
    } finally {
      await timed.stop();
    }
  });

  test('are ended by the playbook, page by page, once no alarm came for that long', async () => {
    const signal = {
      source: 'engine',
      id: 's',
      time: TIME,
      phase: 'alarm',
      kind: 'behavior',
      severity: 'HIGH',
    } as const;
    const put = (name: string, response: Response, isolationMs: number) => {
      const opened = openIncident(
        { ...signal, about: 'x', evidence: {}, subject: { kind: 'thing', name } },
        response,
        1,
        TIME,
      );
      const prior = { groups: [FLEET], left: [FLEET] };
      const incident: Incident = { ...opened, version: 1, state: 'isolated', containedAt: TIME, isolationMs, prior };
      rig.incidents.items.set(`${name} 1`, itemOf(incident));
    };
    for (let index = 0; index < 103; index += 1) put(`pump-${index}`, 'isolate', 1_000);
    put('doubtful', 'lockOut', 1_000);
    put('later', 'isolate', 1e9);
    rig.thing('pump-7', [QUARANTINE]);
    expect(await rig.deliver([{ schema: MESSAGE.releaseDue }], 'release')).toEqual([]);
    const [next, ...none] = rig.pending.filter(({ body }) => body.includes(MESSAGE.releaseDue));
    expect(none).toEqual([]);
    await rig.deliver([next!.body], 'release');
    const orders = rig.pending.filter(({ body }) => body.includes('"subject"')).map(({ body }) => body);
    expect(orders).toHaveLength(103);
    expect(orders.join()).not.toMatch(/doubtful|later/);
    const order = orders.find((body) => body.includes('"pump-7"'))!;
    expect(JSON.parse(order)).toMatchObject({ by: 'playbook', time: TIME + 1_000, episode: 1 });
    await rig.deliver([order], 'release');
    expect(rig.incidents.incident('pump-7')).toMatchObject({ state: 'released', orders: [{ by: 'playbook' }] });
    expect(rig.groupsOf('pump-7')).toEqual([FLEET]);
  });
});

describe('with a gate', () => {
  let rig: ResponseRig;
  beforeAll(async () => {
    rig = await ResponseRig.start({}, true);
  });
  afterAll(() => rig.stop());
  beforeEach(() => rig.reset());

  const doubtOf = (thingName: string) => alarm({ thingName, id: thingName, kind: 'identity' });

  test('a certificate is denied before it is switched off, and let in again when the device is released', async () => {
    rig.thing('pump-7', [FLEET], [CERTIFICATE]);
    await rig.deliver([doubtOf('pump-7')]);
    await rig.drain();
    const calls = rig.aws.calls.map(({ operation, input }) => `${operation} ${String(input.TableName ?? '')}`.trim());
    expect(calls.indexOf('PutItem denied')).toBeGreaterThan(calls.indexOf('PutItem incidents'));
    expect(calls.indexOf('PutItem denied')).toBeLessThan(calls.indexOf('UpdateCertificate'));
    expect(rig.incidents.denied.get(CERTIFICATE)).toEqual({ for: 'pump-7', denied: true });
    await rig.deliver([releaseOf('pump-7')], 'release');
    expect(rig.incidents.incident('pump-7')).toMatchObject({ state: 'released' });
    expect(rig.incidents.denied.get(CERTIFICATE)).toEqual({ for: 'pump-7', denied: false });
  });

  test('a certificate that is denied for another device, too, stays denied', async () => {
    rig.thing('pump-7', [FLEET], [CERTIFICATE]).thing('twin', [FLEET], [CERTIFICATE]);
    for (const name of ['pump-7', 'twin']) await rig.deliver([doubtOf(name)]);
    await rig.drain();
    await rig.deliver([releaseOf('pump-7')], 'release');
    expect(rig.incidents.denied.get(CERTIFICATE)).toEqual({ for: 'twin', denied: true });
  });

  describe('a certificate that two devices are locked out with', () => {
    let lockedAgain: (() => void) | undefined;
    const bothLocked = async () => {
      if (lockedAgain === undefined) await lockOutBoth();
      lockedAgain!();
    };
    const lockOutBoth = async () => {
      rig.reset();
      rig.thing('pump-7', [FLEET], [CERTIFICATE]).thing('twin', [FLEET], [CERTIFICATE]);
      for (const name of ['pump-7', 'twin']) {
        await rig.deliver([doubtOf(name)]);
        await rig.drain();
      }
      lockedAgain = rig.keep();
    };
    const certificate = () => ({
      status: rig.fleet.certificates.get(CERTIFICATE),
      denied: rig.incidents.denied.get(CERTIFICATE),
    });

    test.each([
      ['pump-7', 'twin'],
      ['twin', 'pump-7'],
    ])('stays off when %s is released, and is on again with %s', async (first, last) => {
      await bothLocked();
      expect(await rig.deliver([releaseOf(first)], 'release')).toEqual([]);
      expect(certificate()).toEqual({ status: 'INACTIVE', denied: { for: last, denied: true } });
      expect(rig.incidents.incident(first)).toMatchObject({
        state: 'released',
        restored: [`group ${FLEET}`],
        notRestored: [`certificate abababab: stays off until ${last} is released, which is locked out with it`],
      });
      expect(await rig.deliver([releaseOf(last)], 'release')).toEqual([]);
      expect(certificate()).toEqual({ status: 'ACTIVE', denied: { for: last, denied: false } });
      expect(rig.incidents.incident(last)).toMatchObject({
        state: 'released',
        restored: ['certificate abababab', `group ${FLEET}`],
        notRestored: [],
      });
    });

    test('is on again when both are released at once', async () => {
      await bothLocked();
      expect(await rig.deliver([releaseOf('pump-7'), releaseOf('twin')], 'release')).toEqual([]);
      await rig.deliver([releaseOf('pump-7'), releaseOf('twin')], 'release');
      expect(certificate().status).toBe('ACTIVE');
    });

    test('ends the same after a crash at any call', async () => {
      await bothLocked();
      for (const [call, crash] of (await rig.crashes(releaseOf('twin'), 'release')).entries()) {
        await crash();
        expect(await rig.deliver([releaseOf('twin')], 'release', 2)).toEqual([]);
        expect([call, certificate()]).toEqual([call, { status: 'INACTIVE', denied: { for: 'pump-7', denied: true } }]);
        await rig.deliver([releaseOf('pump-7')], 'release');
        expect([call, certificate()]).toEqual([call, { status: 'ACTIVE', denied: { for: 'pump-7', denied: false } }]);
      }
    });

    test('that was off before both is off after both', async () => {
      rig.thing('pump-7', [FLEET], [CERTIFICATE]).thing('twin', [FLEET], [CERTIFICATE]);
      rig.fleet.certificates.set(CERTIFICATE, 'INACTIVE');
      for (const name of ['pump-7', 'twin']) await rig.deliver([doubtOf(name)]);
      await rig.drain();
      for (const name of ['pump-7', 'twin']) await rig.deliver([releaseOf(name)], 'release');
      expect(certificate().status).toBe('INACTIVE');
      expect(rig.incidents.incident('twin')).toMatchObject({ state: 'released', notRestored: [] });
    });
  });

  test('a certificate that dozens of things have is kept off for the last of them, and is on again with it', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
    for (const name of names) rig.thing(name, [FLEET], [CERTIFICATE]);
    const [first, last] = [names[0]!, names.at(-1)!];
    for (const name of [first, last]) await rig.deliver([doubtOf(name)]);
    await rig.drain();
    await rig.deliver([releaseOf(first)], 'release');
    expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('INACTIVE');
    expect(rig.incidents.denied.get(CERTIFICATE)).toEqual({ for: last, denied: true });
    await rig.deliver([releaseOf(last)], 'release');
    expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('ACTIVE');
    expect(rig.incidents.denied.get(CERTIFICATE)).toEqual({ for: last, denied: false });
  });

  test('a certificate that more things have than can be asked stays off, and people are told', async () => {
    rig.fleet.pageSize = 500;
    rig.thing('pump-7', [FLEET], [CERTIFICATE]);
    await rig.deliver([doubtOf('pump-7')]);
    await rig.drain();
    for (let index = 0; index < 1_000; index += 1) rig.thing(`n${index}`, [FLEET], [CERTIFICATE]);
    expect(await rig.deliver([releaseOf('pump-7')], 'release')).toEqual([]);
    rig.fleet.pageSize = 2;
    expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('INACTIVE');
    expect(rig.incidents.denied.get(CERTIFICATE)).toEqual({ for: 'pump-7', denied: true });
    expect(rig.incidents.incident('pump-7')).toMatchObject({
      state: 'released',
      notRestored: [expect.stringContaining('on so many things')],
    });
    expect(rig.groupsOf('pump-7')).toEqual([FLEET]);
  });

  test('a release that comes while the device is still being isolated is checked once that is over', async () => {
    rig.thing('pump-7', [FLEET], [CERTIFICATE]);
    await rig.deliver([doubtOf('pump-7')]);
    rig.pending = [];
    await rig.deliver([releaseOf('pump-7')], 'release');
    const [check, ...none] = rig.pending;
    expect(none).toEqual([]);
    expect(check).toMatchObject({ queue: 'release', delaySeconds: 120 });
    // A call that was under way comes last.
    rig.fleet.things.get('pump-7')!.groups = [QUARANTINE];
    await rig.deliver([check!.body], 'release');
    expect(rig.groupsOf('pump-7')).toEqual([FLEET]);
    expect(rig.incidents.incident('pump-7')).toMatchObject({ state: 'released', episode: 1 });
  });

  test('a device that is only isolated passes the gate: its repair channel is behind it', async () => {
    rig.thing('pump-7', [FLEET], [CERTIFICATE]);
    await rig.deliver([alarm()]);
    await rig.drain();
    expect(rig.incidents.denied.size).toBe(0);
  });

  test('a crash around its list, in a lock-out or a release, and a second delivery', async () => {
    const lockOut = { schema: MESSAGE.lockOut, subject: 'pump-7', episode: 1 };
    const prepare = async (queue: string) => {
      rig.reset();
      rig.thing('pump-7', [FLEET], [CERTIFICATE]);
      await rig.deliver([doubtOf('pump-7')]);
      if (queue === 'release') await rig.drain();
      rig.pending = [];
      rig.aws.calls.splice(0);
    };
    const stages = [
      ['slow', lockOut, true],
      ['release', releaseOf('pump-7'), false],
    ] as const;
    for (const [queue, message, denied] of stages) {
      await prepare(queue);
      const crashes = await rig.crashes(message, queue);
      const at = rig.aws.calls.findIndex(({ input }) => input.TableName === 'denied');
      // Before the call to it, after that took effect, and after the next one.
      const around = crashes.slice(at, at + 3);
      expect(around).toHaveLength(3);
      for (const crash of around) {
        await crash();
        expect(await rig.deliver([message], queue, 2)).toEqual([]);
        expect(rig.incidents.denied.get(CERTIFICATE)).toEqual({ for: 'pump-7', denied });
        expect(rig.fleet.certificates.get(CERTIFICATE)).toBe(denied ? 'INACTIVE' : 'ACTIVE');
      }
    }
  });
});
