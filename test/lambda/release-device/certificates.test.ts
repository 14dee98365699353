import { MESSAGE, PROPAGATION_SECONDS } from '../../../lambda/shared/incident/contract';
import { FLEET, QUARANTINE, ResponseRig } from '../../support/response-rig';
import { CERTIFICATE, own } from '../shared/incident/messages';

jest.setTimeout(60_000);

const TIME = Date.now() - 3_600_000;
const OWN = `certificate/${CERTIFICATE}`;
const order = { by: 'ada', why: 'it is well', time: TIME + 60_000 };

/** What becomes of the incident of a certificate that was on no thing, and is put on one while it is locked out. */
describe('a certificate that is put on a thing after it was locked out on none', () => {
  let rig: ResponseRig;
  beforeAll(async () => {
    rig = await ResponseRig.start({}, true);
  });
  afterAll(() => rig.stop());
  let lockedAgain: (() => void) | undefined;
  beforeEach(async () => {
    if (lockedAgain === undefined) await lockedOnNone();
    lockedAgain!();
  });

  async function lockedOnNone(): Promise<void> {
    rig.fleet.certificates.set(CERTIFICATE, 'ACTIVE');
    await rig.deliver([about({ id: 'first' })], 'slow');
    rig.pending = rig.pending.filter(({ body }) => !body.includes(MESSAGE.look));
    await rig.drain();
    expect(certificate()).toEqual({ status: 'INACTIVE', denied: { for: OWN, denied: true } });
    rig.thing('pump-7', [FLEET], [CERTIFICATE]);
    lockedAgain = rig.keep();
  }

  const about = (values: object) =>
    own({ time: TIME, kind: 'identity', thingName: undefined, certificateId: CERTIFICATE, ...values });
  const doubt = own({ time: TIME + 1_000, id: 'second', kind: 'identity', thingName: 'pump-7' });
  const release = (subject: string) =>
    rig.deliver([{ schema: MESSAGE.release, subject, episode: 1, ...order }], 'release');
  const certificate = () => ({
    status: rig.fleet.certificates.get(CERTIFICATE),
    denied: rig.incidents.denied.get(CERTIFICATE),
  });
  const incident = (subject: string) => rig.incidents.incident(subject);

  async function bothLocked(): Promise<void> {
    await rig.deliver([doubt]);
    await rig.drain();
    expect(rig.groupsOf('pump-7')).toEqual([QUARANTINE]);
  }

  test('is on again when its own incident is released, whoever has it now', async () => {
    expect(await release(OWN)).toEqual([]);
    expect(certificate()).toEqual({ status: 'ACTIVE', denied: { for: OWN, denied: false } });
    expect(incident(OWN)).toMatchObject({ state: 'released', restored: ['certificate abababab'], notRestored: [] });
    expect(rig.groupsOf('pump-7')).toEqual([FLEET]);
  });

  test.each([
    [OWN, 'pump-7'],
    ['pump-7', OWN],
  ])('stays off when %s is released while the other is locked out, and is on again with %s', async (first, last) => {
    await bothLocked();
    expect(await release(first)).toEqual([]);
    expect(certificate()).toEqual({ status: 'INACTIVE', denied: { for: last, denied: true } });
    expect(incident(first)?.notRestored).toEqual([
      `certificate abababab: stays off until ${last} is released, which is locked out with it`,
    ]);
    expect(await release(last)).toEqual([]);
    expect(certificate()).toEqual({ status: 'ACTIVE', denied: { for: last, denied: false } });
    expect(incident(last)).toMatchObject({ state: 'released', notRestored: [] });
    expect(rig.groupsOf('pump-7')).toEqual([FLEET]);
  });

  test('the same after a crash at any call of its release', async () => {
    await bothLocked();
    const message = { schema: MESSAGE.release, subject: OWN, episode: 1, ...order };
    for (const [call, crash] of (await rig.crashes(message, 'release')).entries()) {
      await crash();
      expect(await release(OWN)).toEqual([]);
      expect([call, certificate().status, incident(OWN)?.state]).toEqual([call, 'INACTIVE', 'released']);
      await release('pump-7');
      expect([call, certificate().status]).toEqual([call, 'ACTIVE']);
    }
  });

  test('a further signal about it is one about its own incident, and about the thing', async () => {
    const order = { ...about({ id: 'stolen' }), schema: MESSAGE.order, by: 'ada', why: 'stolen', response: 'retire' };
    await rig.deliver([{ ...order, time: TIME + 2_000 }]);
    await rig.drain();
    expect(certificate().status).toBe('REVOKED');
    expect([incident(OWN)?.state, incident('pump-7')?.state]).toEqual(['retired', 'retired']);
  });

  test('once its own incident is closed, a signal about it is one about the thing only', async () => {
    await release(OWN);
    await rig.deliver([about({ id: 'again', time: order.time + 1_000 })], 'slow');
    await rig.drain();
    expect([incident(OWN)?.episode, incident(OWN)?.state, incident('pump-7')?.state]).toEqual([
      1,
      'released',
      'isolated',
    ]);
  });

  test('the second look cuts what the thing opened with it, and no session that only another one can have opened', async () => {
    const look = { schema: MESSAGE.look, subject: OWN, episode: 1, attempt: 1 };
    const lockedAt = incident(OWN)!.lockedAt!;
    rig.fleet.sessions.set('pump-7', lockedAt + 1_000);
    await rig.deliver([look]);
    const [forwarded] = rig.pending;
    expect(forwarded).toMatchObject({ queue: 'slow' });
    await rig.deliver([forwarded!.body], 'slow');
    expect(rig.fleet.sessions.has('pump-7')).toBe(false);
    expect(rig.pending.at(-1)).toMatchObject({ queue: 'look', delaySeconds: 60 });
    rig.fleet.sessions.set('pump-7', lockedAt + PROPAGATION_SECONDS * 1_000);
    rig.pending = [];
    await rig.deliver([look], 'slow');
    expect(rig.fleet.sessions.has('pump-7')).toBe(true);
    expect(rig.pending).toEqual([]);
  });
});
