import { MESSAGE, NOT_OURS, PROPAGATION_SECONDS } from '../../../lambda/shared/incident/contract';
import { MOST } from '../../../lambda/shared/incident/incident';
import { AwsFault } from '../../support/fake-aws';
import { FLEET, QUARANTINE, ResponseRig } from '../../support/response-rig';
import {
  audit,
  auditFinding,
  CERTIFICATE,
  detectFinding,
  own,
  securityHub,
  securityHubV2,
  TOPIC,
  viaSns,
  violation,
} from '../shared/incident/messages';

const HOUR_MS = 3_600_000;
const TIME = Date.now() - HOUR_MS;
const OTHER = 'cd'.repeat(32);

const alarm = (thingName: string, values: object = {}) =>
  own({ time: TIME, thingName, id: `alarm-${thingName}`, ...values });
const doubt = (thingName: string, values: object = {}) => alarm(thingName, { kind: 'identity', ...values });
const order = (subject: string, episode: number) => ({
  schema: MESSAGE.order,
  subject,
  episode,
  by: 'arn:aws:sts::123456789012:assumed-role/soc/ada',
  why: 'looked at it',
  time: TIME,
});

describe('the bundled responder', () => {
  let rig: ResponseRig;
  beforeAll(async () => {
    rig = await ResponseRig.start();
  });
  afterAll(() => rig.stop());
  beforeEach(() => rig.reset());

  const incident = (subject: string) => rig.incidents.incident(subject);
  const calls = () => rig.aws.calls.map(({ operation }) => operation);

  test('isolates a device: notes what was there, leaves, joins, cuts, proves, and will look again', async () => {
    rig.thing('pump-7');
    expect(await rig.deliver([viaSns(TOPIC.detect, violation({ violationEventTime: TIME }))])).toEqual([]);
    expect(calls()).toEqual([
      'Query',
      'ListThingGroupsForThing',
      'PutItem',
      'RemoveThingFromThingGroup',
      'AddThingToThingGroup',
      'DeleteConnection',
      'GetConnection',
      'SendMessage',
      'PutItem',
    ]);
    expect(rig.groupsOf('pump-7')).toEqual([QUARANTINE, 'site']);
    expect(rig.fleet.sessions.has('pump-7')).toBe(false);
    expect(incident('pump-7')).toMatchObject({
      state: 'isolated',
      episode: 1,
      version: 2,
      response: 'isolate',
      prior: { groups: [FLEET, 'site'], left: [FLEET] },
      signals: [{ source: 'detect', about: 'LargeMessageSize/messageSize' }],
    });
    expect(rig.pending).toEqual([
      {
        queue: 'look',
        delaySeconds: PROPAGATION_SECONDS,
        body: JSON.stringify({ schema: MESSAGE.look, subject: 'pump-7', episode: 1, attempt: 1 }),
      },
    ]);
    expect(await rig.drain()).toEqual([MESSAGE.look]);
  });

  test('locks out in the slow lane: every certificate of the device is off, and the sessions of its other things are cut', async () => {
    rig.thing('pump-7', ['site', FLEET], [CERTIFICATE, OTHER]).thing('twin', [FLEET], [CERTIFICATE]);
    await rig.deliver([doubt('pump-7')]);
    expect(incident('pump-7')).toMatchObject({ state: 'isolating', response: 'lockOut' });
    expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('ACTIVE');
    expect(rig.pending.map(({ queue }) => queue)).toEqual(['slow', 'look']);
    await rig.drain();
    expect([...rig.fleet.certificates]).toEqual([
      [CERTIFICATE, 'INACTIVE'],
      [OTHER, 'INACTIVE'],
    ]);
    expect(rig.fleet.sessions.size).toBe(0);
    expect(incident('pump-7')).toMatchObject({
      state: 'isolated',
      prior: {
        left: [FLEET],
        certificates: [
          { id: CERTIFICATE, status: 'ACTIVE' },
          { id: OTHER, status: 'ACTIVE' },
        ],
      },
    });
  });

  test.each([
    ['INACTIVE', 'INACTIVE', 0],
    ['REVOKED', 'REVOKED', 0],
    ['PENDING_ACTIVATION', 'INACTIVE', 1],
    ['REGISTER_INACTIVE', 'INACTIVE', 1],
    ['PENDING_TRANSFER', 'PENDING_TRANSFER', 1],
  ])('a certificate that is %s ends as %s', async (status, end, updates) => {
    rig.thing('pump-7', [FLEET], [CERTIFICATE]);
    rig.fleet.certificates.set(CERTIFICATE, status);
    await rig.deliver([doubt('pump-7')]);
    await rig.drain();
    expect(rig.fleet.certificates.get(CERTIFICATE)).toBe(end);
    expect(calls().filter((name) => name === 'UpdateCertificate')).toHaveLength(updates);
    expect(incident('pump-7')).toMatchObject({ state: 'isolated', prior: { certificates: [{ status }] } });
  });

  test('a certificate that is deleted is none', async () => {
    rig.thing('pump-7', [FLEET], [CERTIFICATE]);
    rig.fleet.certificates.clear();
    await rig.deliver([doubt('pump-7')]);
    await rig.drain();
    expect(incident('pump-7')).toMatchObject({ state: 'isolated' });
  });

  test('a thing that does not exist: its session ends, and the incident with it', async () => {
    rig.fleet.sessions.set('ghost', 1);
    await rig.deliver([alarm('ghost')]);
    expect(incident('ghost')).toMatchObject({ state: 'retired', because: 'the thing does not exist' });
    expect(rig.fleet.sessions.has('ghost')).toBe(false);
  });

  test('a thing that is deleted on the way', async () => {
    rig.thing('pump-7');
    rig.aws.trouble = ({ operation }) => {
      if (operation === 'AddThingToThingGroup') rig.fleet.things.clear();
      return undefined;
    };
    expect(await rig.deliver([alarm('pump-7')])).toEqual([]);
    expect(incident('pump-7')).toMatchObject({ state: 'retired' });
  });

  test('fails, and cuts the session, when the quarantine group is gone', async () => {
    rig.thing('pump-7');
    rig.fleet.groups.delete(QUARANTINE);
    expect(await rig.deliver([alarm('pump-7')])).toEqual(['m0']);
    expect(rig.groupsOf('pump-7')).toEqual(['site']);
    expect(rig.fleet.sessions.has('pump-7')).toBe(false);
    expect(incident('pump-7')).toMatchObject({ state: 'isolating' });
    rig.fleet.groups.add(QUARANTINE);
    expect(await rig.deliver([alarm('pump-7')])).toEqual([]);
    expect(rig.groupsOf('pump-7')).toEqual([QUARANTINE, 'site']);
  });

  test('a full set of groups without one of ours: the certificate goes instead', async () => {
    const groups = Array.from({ length: 10 }, (_, index) => `g${index}`);
    rig.thing('pump-7', groups, [CERTIFICATE]);
    await rig.deliver([alarm('pump-7')]);
    // The second look tries again to find room, and does not go round in circles when there is none.
    expect(await rig.drain()).toEqual([MESSAGE.lockOut, MESSAGE.look]);
    expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('INACTIVE');
    expect(incident('pump-7')).toMatchObject({ response: 'lockOut', prior: { groups, left: [] } });
    expect(rig.groupsOf('pump-7')).toEqual(groups);
  });

  test('a full set of groups with one of ours has room', async () => {
    const groups = [...Array.from({ length: 9 }, (_, index) => `g${index}`), FLEET];
    rig.thing('pump-7', groups);
    await rig.deliver([alarm('pump-7')]);
    expect(rig.groupsOf('pump-7')).toEqual([...groups.slice(0, 9), QUARANTINE].sort());
    expect(incident('pump-7')).toMatchObject({ response: 'isolate', state: 'isolated' });
  });

  test('a client id that is not the thing name is cut with it', async () => {
    rig.thing('pump-7');
    rig.fleet.sessions.set('evader', 1);
    await rig.deliver([alarm('pump-7', { clientId: 'evader' })]);
    expect(rig.fleet.sessions.size).toBe(0);
    expect(incident('pump-7')).toMatchObject({ clientIds: ['evader'] });
  });

  test('a certificate is traced to its things', async () => {
    for (const name of ['a', 'b', 'c']) rig.thing(name, [FLEET], [CERTIFICATE]);
    await rig.deliver([doubt('x', { thingName: undefined, certificateId: CERTIFICATE })]);
    expect(rig.pending.map(({ queue }) => queue)).toEqual(['slow']);
    await rig.drain();
    expect(['a', 'b', 'c'].map((name) => incident(name)?.state)).toEqual(['isolated', 'isolated', 'isolated']);
    expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('INACTIVE');
  });

  test('a certificate on no thing is switched off, even where isolation was the answer', async () => {
    rig.fleet.certificates.set(CERTIFICATE, 'ACTIVE');
    await rig.deliver([alarm('x', { thingName: undefined, certificateId: CERTIFICATE })], 'slow');
    await rig.drain();
    expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('INACTIVE');
    expect(incident(`certificate/${CERTIFICATE}`)).toMatchObject({ state: 'isolated', response: 'lockOut' });
  });

  test('an audit is read page by page in the slow lane, and each finding acted on', async () => {
    for (const name of ['a', 'b', 'c']) {
      const id = name.repeat(64);
      rig.thing(name, [FLEET], [id]);
      const resourceIdentifier = { deviceCertificateId: id };
      const findingTime = TIME / 1000;
      rig.fleet.findings.push(
        auditFinding({ findingId: name, findingTime, nonCompliantResource: { resourceIdentifier } }),
      );
    }
    rig.fleet.findings.push(auditFinding({ isSuppressed: true, findingTime: TIME / 1000 }));
    await rig.deliver([viaSns(TOPIC.audit, audit())]);
    const seen = await rig.drain();
    expect(seen.filter((schema) => schema === MESSAGE.auditPage)).toHaveLength(1);
    expect(['a', 'b', 'c'].map((name) => incident(name)?.state)).toEqual(['isolated', 'isolated', 'isolated']);
  });

  test('an audit that finds an issuer revoked is about each certificate that it issued', async () => {
    const checkName = 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK';
    const issuer = { resourceIdentifier: { issuerCertificateIdentifier: { issuerId: 'i' } } };
    rig.fleet.findings.push(auditFinding({ checkName, findingTime: TIME / 1000, nonCompliantResource: issuer }));
    const names = ['a', 'b', 'c'];
    for (const name of names) rig.thing(name, [FLEET], [name.repeat(64)]);
    rig.fleet.related.set(
      'finding-1',
      names.map((name) => ({ resourceIdentifier: { deviceCertificateId: name.repeat(64) } })),
    );
    const auditDetails = [{ checkName, checkRunStatus: 'COMPLETED_NON_COMPLIANT' }];
    await rig.deliver([viaSns(TOPIC.audit, audit({ auditDetails }))]);
    await rig.drain();
    for (const name of names) {
      expect(incident(name)).toMatchObject({ state: 'isolated', response: 'lockOut', severity: 'CRITICAL' });
      expect(rig.fleet.certificates.get(name.repeat(64))).toBe('INACTIVE');
    }
  });

  test('retires: certificates are revoked, and the incident is closed', async () => {
    rig.thing('pump-7', [FLEET], [CERTIFICATE]);
    const report = {
      schema: MESSAGE.order,
      thingName: 'pump-7',
      by: 'ada',
      why: 'stolen',
      time: TIME,
      response: 'retire',
    };
    await rig.deliver([report]);
    await rig.drain();
    expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('REVOKED');
    expect(incident('pump-7')).toMatchObject({ state: 'retired', prior: { certificates: [{ status: 'ACTIVE' }] } });
  });

  test('a device that is locked out can still be retired', async () => {
    rig.thing('pump-7', [FLEET], [CERTIFICATE]);
    await rig.deliver([doubt('pump-7')]);
    await rig.drain();
    const report = {
      schema: MESSAGE.order,
      thingName: 'pump-7',
      by: 'ada',
      why: 'stolen',
      time: TIME,
      response: 'retire',
    };
    await rig.deliver([report]);
    await rig.drain();
    expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('REVOKED');
    expect(incident('pump-7')).toMatchObject({ state: 'retired', episode: 1 });
  });

  test('an isolated device whose identity comes into doubt is locked out', async () => {
    rig.thing('pump-7', ['site', FLEET], [CERTIFICATE]);
    await rig.deliver([alarm('pump-7')]);
    await rig.drain();
    await rig.deliver([doubt('pump-7', { id: 'doubt' })]);
    await rig.drain();
    expect(rig.fleet.certificates.get(CERTIFICATE)).toBe('INACTIVE');
    expect(incident('pump-7')).toMatchObject({
      state: 'isolated',
      response: 'lockOut',
      prior: { groups: [FLEET, 'site'], left: [FLEET] },
    });
  });

  test('only an alarm isolates', async () => {
    rig.thing('pump-7');
    for (const violationEventType of ['alarm-cleared', 'alarm-invalidated'])
      await rig.deliver([viaSns(TOPIC.detect, violation({ violationEventTime: TIME, violationEventType }))]);
    expect(rig.groupsOf('pump-7')).toEqual([FLEET, 'site']);
    expect(incident('pump-7')).toMatchObject({ state: 'detected', response: 'observe' });
  });

  test('a device in a protected group is held for a person, whose word isolates it', async () => {
    rig.thing('pump-7', [FLEET, 'protected']);
    await rig.deliver([alarm('pump-7')]);
    expect(incident('pump-7')).toMatchObject({ state: 'held', because: 'in a protected group' });
    expect(rig.groupsOf('pump-7')).toEqual(['protected', FLEET]);
    await rig.deliver([order('pump-7', 1)]);
    expect(incident('pump-7')).toMatchObject({ state: 'isolated', orders: [{ verb: 'isolate', why: 'looked at it' }] });
    expect(rig.groupsOf('pump-7')).toEqual(['protected', QUARANTINE]);
  });

  test.each([
    ['no incident', 'ghost', 1],
    ['another episode', 'pump-7', 2],
    ['one that is isolated', 'pump-7', 1],
  ])('an order on %s changes nothing', async (_name, subject, episode) => {
    rig.thing('pump-7');
    await rig.deliver([alarm('pump-7')]);
    const before = JSON.stringify(incident('pump-7'));
    expect(await rig.deliver([order(subject, episode)])).toEqual([]);
    expect(JSON.stringify(incident('pump-7'))).toBe(before);
  });

  test('what is not understood goes to the dead-letter queue with the reason, and nowhere else', async () => {
    const bodies = [
      '{',
      viaSns('arn:aws:sns:eu-west-1:1:evil', violation()),
      own({ thingName: 'pump/7' }),
      own({ time: Date.now() * 1.5 }),
    ];
    const framed = own({ time: TIME, reportedBy: 'pump-8' });
    expect(await rig.deliver([...bodies, framed])).toEqual([]);
    expect(rig.refused.map(({ reason }) => reason).sort()).toEqual([
      'body: not a JSON object',
      'engine: neither a thing name nor a certificate id',
      'engine: stated by another device',
      'signal: of the future',
      'sns: not a topic that may speak',
    ]);
    expect(rig.refused.map(({ body }) => body)).toEqual(expect.arrayContaining(['{', JSON.stringify(framed)]));
    expect(new Set(calls())).toEqual(new Set(['SendMessage', 'Query']));
  });

  test('a failing message is tried again later, longer each time, and does not hold up the others', async () => {
    rig.thing('a').thing('b');
    rig.aws.trouble = ({ operation, input }) =>
      operation === 'AddThingToThingGroup' && input.thingName === 'a'
        ? { after: 'nothing', then: new AwsFault('UnauthorizedException', 'no', 403) }
        : undefined;
    expect(await rig.deliver([alarm('a'), alarm('b')], 'signals', 3)).toEqual(['m0']);
    expect(rig.postponed).toHaveLength(1);
    expect(rig.postponed[0]).toBeGreaterThanOrEqual(60);
    expect(rig.postponed[0]).toBeLessThanOrEqual(120);
    expect(incident('b')).toMatchObject({ state: 'isolated' });
    await rig.deliver([alarm('a')], 'signals', 10);
    expect(rig.postponed[1]).toBeGreaterThanOrEqual(450);
    expect(rig.postponed[1]).toBeLessThanOrEqual(900);
  });

  test('a message that cannot be postponed comes back when its time is over', async () => {
    rig.thing('a');
    rig.aws.trouble = ({ operation }) =>
      ['Query', 'ChangeMessageVisibility'].includes(operation)
        ? { after: 'nothing', then: new AwsFault('AccessDeniedException', 'no', 400) }
        : undefined;
    expect(await rig.deliver([alarm('a')])).toEqual(['m0']);
  });

  describe('a source that speaks of the whole account', () => {
    const finding = (Id: string, values: object = {}) =>
      securityHub({ UpdatedAt: new Date(TIME).toISOString(), Resources: [{ Id }], ...values });
    const ARN = 'arn:aws:iot:eu-west-1:123456789012:';

    test('has devices of the fleet isolated', async () => {
      rig.thing('pump-7');
      await rig.deliver([finding(`${ARN}thing/pump-7`)]);
      expect(incident('pump-7')).toMatchObject({ state: 'isolated' });
    });

    test('also where Device Defender found it, or the second format says it', async () => {
      const UpdatedAt = new Date(TIME).toISOString();
      for (const event of [
        securityHub({ ...detectFinding(), UpdatedAt }),
        securityHubV2({}, { modified_time_dt: UpdatedAt }),
      ]) {
        rig.reset();
        rig.thing('pump-7');
        expect(await rig.deliver([event])).toEqual([]);
        expect(incident('pump-7')).toMatchObject({ state: 'isolated', severity: 'HIGH' });
      }
    });

    test('and those of other fleets only written down, once', async () => {
      rig.thing('valve-1', ['site']);
      for (let count = 0; count < 2; count += 1) await rig.deliver([finding(`${ARN}thing/valve-1`)]);
      expect(incident('valve-1')).toMatchObject({ state: 'detected', because: NOT_OURS, version: 1 });
      expect(rig.groupsOf('valve-1')).toEqual(['site']);
      expect(rig.fleet.sessions.has('valve-1')).toBe(true);
      // What speaks of this fleet alone is believed about where a device belongs, and so is a person.
      await rig.deliver([alarm('valve-1')]);
      expect(incident('valve-1')).toMatchObject({ state: 'isolated' });
    });

    test('is not lost where it names no device, or cannot be read', async () => {
      rig.thing('pump-7');
      expect(await rig.deliver([finding('arn:aws:s3:::bucket')])).toEqual([]);
      expect(rig.refused).toEqual([]);
      const broken = finding(`${ARN}thing/pump-7`, { Severity: {} });
      await rig.deliver([broken]);
      expect(rig.refused).toMatchObject([
        { body: JSON.stringify(broken), reason: expect.stringContaining('without id') },
      ]);
      expect(incident('pump-7')).toBeUndefined();
    });
  });

  test('who may send signals cannot give orders', async () => {
    rig.thing('pump-7', [FLEET, 'protected']);
    await rig.deliver([alarm('pump-7')]);
    await rig.deliver([order('pump-7', 1)], 'signals');
    expect(incident('pump-7')).toMatchObject({ state: 'held', orders: [] });
    expect(rig.refused).toHaveLength(1);
  });

  test("a person's report is answered by the playbook, a person's order is obeyed and on record", async () => {
    rig.thing('pump-7', [FLEET, 'protected']);
    const report = { schema: MESSAGE.order, thingName: 'pump-7', by: 'ada', why: 'smoke', time: TIME };
    await rig.deliver([{ ...report, severity: 'LOW' }]);
    expect(incident('pump-7')).toMatchObject({ state: 'detected', response: 'observe' });
    await rig.deliver([{ ...report, time: TIME + 1 }]);
    expect(incident('pump-7')).toMatchObject({ state: 'held', because: 'in a protected group' });
    const ordered = { ...report, time: TIME + 2, response: 'isolate' };
    for (let count = 0; count < 2; count += 1) await rig.deliver([ordered]);
    expect(incident('pump-7')).toMatchObject({
      state: 'isolated',
      orders: [{ verb: 'isolate', by: 'ada', why: 'smoke', time: TIME + 2 }],
    });
  });

  test('a heartbeat is counted and touches nothing', async () => {
    expect(await rig.deliver([{ schema: MESSAGE.heartbeat }])).toEqual([]);
    expect(calls()).toEqual([]);
  });

  test('a storm of signals about one device is one incident with a bounded record', async () => {
    rig.thing('pump-7');
    const storm = Array.from({ length: 60 }, (_, index) => alarm('pump-7', { id: `s${index}` }));
    expect(await rig.deliver(storm)).toEqual([]);
    expect(incident('pump-7')).toMatchObject({ state: 'isolated', episode: 1 });
    expect(incident('pump-7')?.signals).toHaveLength(MOST.signals);
    expect(calls().filter((name) => name === 'AddThingToThingGroup')).toHaveLength(1);
  });

  describe('the second look', () => {
    const look = { schema: MESSAGE.look, subject: 'pump-7', episode: 1 };
    beforeEach(async () => {
      rig.thing('pump-7');
      await rig.deliver([alarm('pump-7')]);
      rig.pending = [];
      rig.aws.calls.splice(0);
    });

    test('finds a device that came back from a cache, cuts it and looks again', async () => {
      rig.fleet.sessions.set('pump-7', TIME);
      await rig.deliver([look]);
      expect(rig.fleet.sessions.has('pump-7')).toBe(false);
      expect(rig.pending).toEqual([{ queue: 'look', delaySeconds: 60, body: JSON.stringify({ ...look, attempt: 2 }) }]);
    });

    test('leaves alone a device that came back under its new policies', async () => {
      const containedAt = incident('pump-7')?.containedAt ?? 0;
      rig.fleet.sessions.set('pump-7', containedAt + PROPAGATION_SECONDS * 1000);
      await rig.deliver([look]);
      expect(rig.fleet.sessions.has('pump-7')).toBe(true);
      expect(rig.pending).toEqual([]);
      rig.fleet.sessions.set('pump-7', containedAt + PROPAGATION_SECONDS * 1000 - 1);
      await rig.deliver([look]);
      expect(rig.fleet.sessions.has('pump-7')).toBe(false);
    });

    test('puts back a device that is in its group again, and remembers the group', async () => {
      rig.fleet.things.get('pump-7')!.groups = ['site', FLEET];
      rig.fleet.sessions.set('pump-7', Date.now() + HOUR_MS * 1_000);
      await rig.deliver([look]);
      expect(rig.groupsOf('pump-7')).toEqual([QUARANTINE, 'site']);
      expect(rig.fleet.sessions.has('pump-7')).toBe(false);
      expect(rig.pending[0]).toMatchObject({ delaySeconds: PROPAGATION_SECONDS });
      expect(incident('pump-7')?.prior?.left).toEqual([FLEET]);
    });

    test('waits while signals do, and uses no call of the fleet up', async () => {
      rig.waiting = 100_000;
      await rig.restart();
      await rig.deliver([{ ...look, attempt: 3 }]);
      expect(calls()).toEqual(['GetQueueAttributes', 'SendMessage']);
      expect(rig.pending).toEqual([
        { queue: 'look', delaySeconds: 300, body: JSON.stringify({ ...look, attempt: 3 }) },
      ]);
      rig.waiting = 0;
      await rig.restart();
      rig.aws.trouble = ({ operation }) =>
        operation === 'GetQueueAttributes'
          ? { after: 'nothing', then: new AwsFault('AccessDenied', 'no', 403) }
          : undefined;
      expect(await rig.deliver([look])).toEqual([]);
      expect(calls()).toContain('GetConnection');
    });

    test('gives up looking after a while, and says so', async () => {
      rig.fleet.reconnects.set('pump-7', 1);
      rig.fleet.sessions.set('pump-7', 1);
      await rig.deliver([{ ...look, attempt: 15 }]);
      expect(rig.pending).toEqual([]);
    });

    test('knows nothing of a device that is released, or another episode, or deleted', async () => {
      await rig.deliver([
        { ...look, episode: 2 },
        { ...look, subject: 'ghost' },
      ]);
      expect(calls().filter((name) => name !== 'GetQueueAttributes')).toEqual(['Query', 'Query']);
      rig.fleet.things.clear();
      expect(await rig.deliver([look])).toEqual([]);
    });

    test('a device that is locked out may not be connected at all', async () => {
      rig.reset();
      rig.thing('pump-7', [FLEET], [CERTIFICATE]);
      await rig.deliver([doubt('pump-7')]);
      await rig.drain();
      rig.fleet.sessions.set('pump-7', Date.now() + HOUR_MS * 1_000);
      await rig.deliver([look]);
      expect(rig.fleet.sessions.has('pump-7')).toBe(false);
    });
  });

  test('fails while the session that was cut still shows, and succeeds once it does not', async () => {
    rig.thing('pump-7');
    rig.fleet.reconnects.set('pump-7', 1);
    expect(await rig.deliver([alarm('pump-7')])).toEqual(['m0']);
    rig.fleet.reconnects.clear();
    expect(await rig.deliver([alarm('pump-7')])).toEqual([]);
    expect(incident('pump-7')).toMatchObject({ state: 'isolated' });
  });

  test('groups that were given back minutes ago are remembered when the listing does not show them yet', async () => {
    rig.thing('pump-7');
    await rig.deliver([alarm('pump-7')]);
    const [key, item] = [...rig.incidents.items][0]!;
    const closed = {
      ...incident('pump-7')!,
      state: 'released',
      closedAt: Date.now() - 60_000,
      restored: [`group ${FLEET}`],
    };
    rig.incidents.items.set(key, { ...item, record: { S: JSON.stringify(closed) } });
    rig.fleet.things.get('pump-7')!.groups = ['site'];
    await rig.deliver([alarm('pump-7', { time: Date.now(), id: 'again' })]);
    expect(incident('pump-7')).toMatchObject({ episode: 2, state: 'isolated', prior: { left: [FLEET] } });
  });
});
