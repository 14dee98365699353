import { ExpectationFailed } from '../../rehearsal/actor';
import type { AuditCheckRun } from '../../rehearsal/ports';
import { Rehearsal } from '../../rehearsal/rehearsal';
import { play } from '../../rehearsal/scenarios/run';
import { readStory } from '../../rehearsal/scenarios/story';
import { type FakeCloud, PROPAGATION_MS } from '../support/rehearsal-cloud';
import { fleetCloud } from '../support/rehearsal-fleet';

let cloud: FakeCloud;
let r: Rehearsal;

beforeEach(async () => {
  cloud = fleetCloud();
  r = await Rehearsal.over(cloud, '/nowhere');
});

afterEach(() => r.close());

async function pump(name = 'pump', serial = 'S-1') {
  const device = r.device(name, { serial });
  await device.enrolls();
  await device.connects();
  return device;
}

describe('enrolling', () => {
  test('gives a device a certificate of its own key, and nothing while it holds a claim only', async () => {
    const device = await pump();
    expect(device.thingName).toBe('pump-S-1');
    expect(cloud.registry.certificate(device.device.identity.certificateId)).toMatchObject({ status: 'ACTIVE' });
    await device.isConnected();
    const claimed = cloud.events.all().filter((event) => event.kind === 'message' && event.clientId === 'claim.S-1');
    expect(claimed.length).toBeGreaterThan(2);
    // What is said on these topics holds tokens.
    expect(claimed.filter((event) => event.kind === 'message' && event.preview !== undefined)).toEqual([]);
  });

  test('is refused for a serial that is not listed, and for one that was used', async () => {
    await r.device('stranger').cannotEnroll('S-9');
    await pump('pump', 'S-1');
    await r.device('again').cannotEnroll('S-1');
    await expect(r.device('other').cannotEnroll('S-2')).rejects.toThrow('other enrolled with serial S-2');
  });
});

describe('what a device may do', () => {
  test('is expected with the decision as answer', async () => {
    const device = await pump();
    await pump('neighbor', 'S-2');
    expect(device.ownTopic).toBe('pumps/pump-S-1/telemetry');
    expect(await device.isAllowed.publish(device.ownTopic)).toMatchObject({ allowed: true });
    expect(await device.isDenied.publish('pumps/pump-S-2/telemetry')).toMatchObject({ allowed: false, because: [] });
    expect(await device.isDenied.subscribe('#')).toMatchObject({ action: 'iot:Subscribe', allowed: false });
    expect(await device.isDenied.connect('anything')).toMatchObject({ action: 'iot:Connect', allowed: false });
    expect(await device.isDenied.retain(device.ownTopic)).toMatchObject({ allowed: false });
    // A denial cuts the session; the next request finds it open again.
    await device.publishes(device.ownTopic);
  });

  test('fails with the statement that decided otherwise', async () => {
    const device = await pump();
    await expect(device.isDenied.publish(device.ownTopic)).rejects.toThrow(
      /is allowed by Allow in Statement\[\d\] of policy 'fleet/,
    );
    await expect(device.isAllowed.publish('other')).rejects.toThrow(
      /iot:Publish on other is denied: no statement allows/,
    );
    await expect(device.publishes('other')).rejects.toThrow(/pump could not publish to other.*is denied/);
  });

  test('reaches the services behind its topics', async () => {
    const device = await pump();
    await device.device.reportState({ flow: 3 });
    await expect(device.device.shadow()).rejects.toThrow('404 not here');
    await device.reports('battery', 40);
    await expect(device.runsJob()).rejects.toThrow('there is no job for pump');
  });
});

test('that a repair is heard of once an hour only is said, where nothing has AWS IoT tell of jobs', async () => {
  const device = await pump();
  const who = { kind: 'service', name: 'dynamodb' } as const;
  cloud.events.emit({ kind: 'incident', who, what: 'repair', subject: device.thingName, to: 'repairing' });
  const act = () => {
    device.incidentIs('proving');
  };
  expect(act).toThrow(
    /is repairing, not proving; nothing in the assembly has AWS IoT tell of jobs \(EventConfigurations/,
  );
  const other = await pump('neighbor', 'S-2');
  cloud.events.emit({ kind: 'incident', who, what: 'repair', subject: other.thingName, to: 'repairing' });
  jest.spyOn(other.facts, 'tellsOfJobs').mockReturnValue(true);
  expect(() => {
    other.incidentIs('proving');
  }).toThrow(/is repairing, not proving$/);
});

describe('isolation', () => {
  test('is seen when the groups changed, and felt when the change has spread', async () => {
    const device = await pump();
    device.isInGoodStanding();
    expect(() => device.isIsolated()).toThrow('pump is in group fleet, isolated devices are in group quarantine');
    cloud.registry.change(({ groupsOf }) => groupsOf.set('pump-S-1', ['quarantine']), PROPAGATION_MS);
    device.isIsolated();
    await device.publishes(device.ownTopic);
    await r.passes(PROPAGATION_MS);
    await device.isDenied.publish('pumps/pump-S-1/telemetry');
    expect(() => device.isInGoodStanding()).toThrow(ExpectationFailed);
  });

  test('is asked for by an alarm of a detector', async () => {
    const device = await pump();
    await r.accuses(device);
    expect(cloud.published).toMatchObject([{ topicArn: 'arn:aws:sns:x:y:alarms' }]);
    expect(JSON.parse(cloud.published[0]!.message)).toMatchObject({
      thingName: 'pump-S-1',
      violationEventType: 'in-alarm',
    });
  });

  test('a thief is told apart by nothing but what it does', async () => {
    const device = await pump();
    const thief = r.device('thief');
    thief.steals(device);
    await thief.connects({ sourceIp: '198.51.100.66' });
    await device.isConnected();
    expect(r.broker.get('pump-S-1')).toMatchObject({ sourceIp: '198.51.100.66' });
    await device.publishes(device.ownTopic);
    expect(
      cloud.events.all().filter((event) => event.kind === 'connection' && event.reason === 'DUPLICATE_CLIENTID'),
    ).toHaveLength(2);
  });
});

describe('a story', () => {
  const STORY = [
    'title: One is refused what is not its own',
    'devices: { pump: { serial: S-1 }, neighbor: { serial: S-2 } }',
    'story:',
    '  - pump enrolls',
    '  - neighbor enrolls',
    '  - pump connects from 203.0.113.7',
    '  - pump can publish to {topic of pump}',
    '  - pump cannot publish to pumps/{neighbor}/telemetry',
    '  - pump subscribes to pumps/{pump}/commands/+',
    '  - pump does not hear pumps/{pump}/commands/stop',
    '  - 5 minutes pass',
    '  - pump is connected',
    '  - pump is in good standing',
  ];

  test('is green where every step is met', async () => {
    const result = await play(r, readStory(STORY.join('\n'), 'story.yaml'));
    expect(result).toMatchObject({ green: true, reasons: [] });
    expect(result.steps.map(({ outcome }) => outcome)).toEqual(Array(10).fill('met'));
  });

  test('is red from the step that failed on, and says why', async () => {
    const result = await play(
      r,
      readStory([...STORY, '  - pump is isolated', '  - pump disconnects'].join('\n'), 'story.yaml'),
    );
    expect(result.green).toBe(false);
    expect(result.steps.slice(-2).map(({ outcome }) => outcome)).toEqual(['failed', 'not reached']);
    expect(result.reasons).toEqual([expect.stringMatching(/^line 14, 'pump is isolated': pump is in group fleet/)]);
  });

  test('is red where something on its path is not modelled, or failed in the background', async () => {
    const who = { kind: 'service' as const, name: 'iot' };
    cloud.events.emit({ kind: 'gap', who, what: 'x', subject: 'iot:X', meaning: 'nothing happens', onPath: true });
    cloud.events.emit({ kind: 'fault', who, what: 'x', code: 'AccessDenied', detail: 'iot:Y' });
    const result = await play(r, readStory(STORY.join('\n'), 'story.yaml'));
    expect(result).toMatchObject({
      green: false,
      reasons: ['AccessDenied: iot:Y', 'iot:X is not modelled: nothing happens'],
    });
  });
});

describe('a verdict on what Device Defender said', () => {
  test('goes with the order of a person to release', async () => {
    const device = await pump();
    jest.spyOn(r.facts, 'apiWith').mockReturnValue('api');
    const request = jest.spyOn(cloud.outside, 'request').mockResolvedValue({ status: 202, body: '' });
    await r.orders('release', device, 'FALSE_POSITIVE');
    expect(request.mock.calls[0]?.[1].body).toMatchObject({ subject: 'pump-S-1', verdict: 'FALSE_POSITIVE' });
  });

  test('is expected on each violation, of which there must be one', async () => {
    const device = await pump();
    expect(() => r.isVerified('FALSE_POSITIVE', device)).toThrow('Device Defender has no violation of pump');
    cloud.verdicts = ['FALSE_POSITIVE', undefined];
    expect(() => r.isVerified('FALSE_POSITIVE', device)).toThrow(
      'a violation of pump is not verified to Device Defender, not FALSE_POSITIVE',
    );
    cloud.verdicts = ['FALSE_POSITIVE', 'UNKNOWN'];
    expect(() => r.isVerified('FALSE_POSITIVE', device)).toThrow('is UNKNOWN to Device Defender, not FALSE_POSITIVE');
    cloud.verdicts = ['FALSE_POSITIVE', 'FALSE_POSITIVE'];
    r.isVerified('FALSE_POSITIVE', device);
  });
});

describe('who a device is', () => {
  test('is settled when it first connects: by its name where the allow-list has it', async () => {
    cloud.deploy('Custom::IotAllowList', 'list', {});
    jest.spyOn(r.facts, 'serials').mockReturnValue(['S-1', 'S-2']);
    cloud.resources('AWS::IoT::ProvisioningTemplate').forEach(({ properties }) =>
      Object.assign(properties, {
        TemplateBody: JSON.stringify({
          Parameters: { SerialNumber: { Type: 'String' } },
          Resources: {
            thing: {
              Type: 'AWS::IoT::Thing',
              Properties: { ThingName: { 'Fn::Join': ['', ['pump-', { Ref: 'SerialNumber' }]] } },
            },
          },
        }),
      }),
    );
    await r.device('pump-S-2').connects();
    await r.device('other').connects();
    expect([r.device('pump-S-2').thingName, r.device('other').thingName]).toEqual(['pump-S-2', 'pump-S-1']);
    await expect(r.device('third').connects()).rejects.toThrow('no free serial number for third');
  });

  test('is not known before', async () => {
    await expect(r.device('pump').isDenied.publish('x')).rejects.toThrow(
      'pump has no identity: let it enroll or connect first',
    );
  });
});

describe('what an audit found', () => {
  const CHECK = 'CONFLICTING_CLIENT_IDS_CHECK';
  const told = (...checks: AuditCheckRun[]): void =>
    cloud.events.emit({
      kind: 'audit',
      who: { kind: 'service', name: 'device defender' },
      what: 'audit',
      taskId: '1',
      checks,
      detail: '',
    });
  const found = (resource: string, isSuppressed = false): AuditCheckRun => ({
    check: CHECK,
    outcome: 'found',
    found: [{ resource, reason: 'why', isSuppressed }],
  });

  test('can be expected of the client id and of the certificate of a device', async () => {
    const device = await pump();
    expect(() => device.auditFinds(CHECK)).toThrow('no audit has run');
    told(found('CLIENT_ID pump-S-1'));
    device.auditFinds(CHECK);
    expect(() => device.auditFindsNothing()).toThrow(`the audit found ${CHECK} about pump`);
    told(found(`DEVICE_CERTIFICATE ${device.device.identity.certificateId}`));
    device.auditFinds(CHECK);
    expect(() => device.auditFinds('DEVICE_CERTIFICATE_AGE_CHECK')).toThrow(`only ${CHECK} about pump; DEVICE_CERT`);
  });

  test('is not what it found about others, before, or what somebody lives with', async () => {
    const device = await pump();
    told(found('CLIENT_ID pump-S-1'));
    told(found('CLIENT_ID pump-S-2'));
    device.auditFindsNothing();
    told(found('CLIENT_ID pump-S-1', true));
    expect(() => device.auditFinds(CHECK)).toThrow('the audit found nothing about pump');
    told({ check: CHECK, outcome: 'not evaluated', found: [], because: 'nobody can' });
    expect(() => device.auditFinds(CHECK)).toThrow(`${CHECK} not evaluated: nobody can`);
  });
});

test('a device whose certificate is switched off cannot connect, and that is no answer about another client id', async () => {
  const device = await pump();
  await device.disconnects();
  await expect(device.isDenied.connect()).rejects.toThrow('is allowed');
  const certificate = cloud.registry.certificates.get(device.device.identity.certificateId);
  Object.assign(certificate ?? {}, { status: 'INACTIVE' });
  expect(await device.isDenied.connect()).toBeUndefined();
  await expect(device.isDenied.connect('another')).rejects.toThrow('was not decided');
});
