import { openCloud, type RehearsalCloud } from '../../../rehearsal/cloud/rehearsal-cloud';
import type { FaultEvent, RehearsalEvent } from '../../../rehearsal/ports';
import { createKeys, createRequest, selfSigned } from '../../../rehearsal/x509/certificates';
import { referenceAssembly } from '../../support/reference-assembly';
import { altered, type RawTemplate } from '../../support/rehearsal-assembly';

const SERIALS = ['PX2-0001', 'PX2-0002'];
const MINUTE = 60_000;
let assembly: string;
const open: RehearsalCloud[] = [];

beforeAll(() => {
  assembly = referenceAssembly(SERIALS);
});

afterAll(() => Promise.all(open.map((cloud) => cloud.close())));

async function cloudOf(folder = assembly): Promise<RehearsalCloud> {
  const cloud = await openCloud({ assembly: folder });
  open.push(cloud);
  return cloud;
}

/** A claim certificate, and a device that enrolls with it. */
async function enroll(cloud: RehearsalCloud, serial = SERIALS[0] as string) {
  const now = cloud.clock.now();
  const claim = await cloud.outside.registerCertificate(
    selfSigned(createKeys(), 'claim', { serial: Buffer.from([1]), notBefore: now, notAfter: now + MINUTE }),
  );
  const caller = { clientId: 'claim', certificateId: claim.certificateId };
  const template = cloud.resources('AWS::IoT::ProvisioningTemplate')[0]?.physicalId ?? '';
  const { certificateId, certificateOwnershipToken } = await cloud.provisioning.createCertificateFromCsr(caller, {
    certificateSigningRequest: createRequest(createKeys(), serial),
  });
  const { thingName } = await cloud.provisioning.registerThing(caller, template, {
    certificateOwnershipToken,
    parameters: { SerialNumber: serial },
  });
  return { thingName, certificateId };
}

/** The alert of Device Defender that the fleet's own profile would send. */
async function alarm(cloud: RehearsalCloud, thingName: string): Promise<void> {
  const profiles = cloud.resources('AWS::IoT::SecurityProfile');
  const found = profiles.flatMap(({ physicalId, properties }) =>
    (properties.Behaviors as { Name: string; Metric: string }[])
      .filter(({ Metric }) => Metric === 'aws:num-authorization-failures')
      .map((behavior) => ({
        physicalId,
        behavior,
        targets: properties.AlertTargets as { SNS: { AlertTargetArn: string } },
      })),
  )[0];
  if (found === undefined) throw new Error('no profile watches authorization failures');
  const message = {
    violationEventTime: cloud.clock.now(),
    thingName,
    behavior: { name: found.behavior.Name, metric: found.behavior.Metric, criteria: {} },
    violationEventType: 'in-alarm',
    violationId: `violation-${thingName}`,
    securityProfileName: found.physicalId,
    metricValue: { count: 9 },
  };
  await cloud.outside.publish(found.targets.SNS.AlertTargetArn, JSON.stringify(message));
}

const faults = (cloud: RehearsalCloud): readonly FaultEvent[] =>
  cloud.events.all().filter((event): event is FaultEvent => event.kind === 'fault');
const groupNamed = (cloud: RehearsalCloud, part: string) =>
  [...cloud.services.registry.groups.keys()].find((name) => name.includes(part)) ?? '';

describe('the reference assembly', () => {
  let cloud: RehearsalCloud;
  let device: { readonly thingName: string; readonly certificateId: string };

  beforeAll(async () => {
    cloud = await cloudOf();
    device = await enroll(cloud);
  });

  test('has policies on its groups and serials in its table, put there by its own functions', () => {
    const { groups } = cloud.services.registry;
    const fleet = groups.get(groupNamed(cloud, 'PumpsGroup'));
    const quarantine = groups.get(groupNamed(cloud, 'Quarantine'));
    expect(fleet?.policies.latest.length).toBeGreaterThan(0);
    expect(quarantine?.policies.latest).toHaveLength(2);
    const table = [...cloud.services.dynamodb.tables.values()].find(({ props }) => props.name.includes('AllowList'));
    expect(table?.all.map(({ serial, listed }) => [serial?.S, listed?.BOOL])).toEqual(
      SERIALS.map((serial) => [serial, true]),
    );
    expect(faults(cloud)).toEqual([]);
    expect(cloud.events.all().filter((event) => event.kind === 'gap')).toEqual([]);
  });

  test('enrolls a device into the fleet group, with its certificate attached exclusively', () => {
    const thing = cloud.registry.thing(device.thingName);
    expect(thing?.groups).toEqual([groupNamed(cloud, 'PumpsGroup')]);
    expect(thing?.principals).toEqual([expect.objectContaining({ principalType: 'EXCLUSIVE_THING' })]);
    expect(cloud.registry.certificate(device.certificateId)).toMatchObject({ status: 'ACTIVE', mayConnect: true });
    expect(
      cloud.registry
        .authorization(device.certificateId, device.thingName)
        .policies.map(({ thingGroupName }) => thingGroupName),
    ).toContain(groupNamed(cloud, 'PumpsGroup'));
  });

  test('refuses a serial that is not listed, and one that is used, for the reason that the hook gives', async () => {
    await expect(enroll(cloud, 'PX2-9999')).rejects.toMatchObject({ statusCode: 403, errorCode: 'AccessDenied' });
    await expect(enroll(cloud, SERIALS[0])).rejects.toMatchObject({ errorCode: 'AccessDenied' });
  });

  test('isolates a device on a signal, cuts its session, and the policies follow minutes later', async () => {
    const cut: string[] = [];
    let connected = true;
    const session = {
      clientId: device.thingName,
      certificateId: device.certificateId,
      cleanSession: false,
      keepAliveSeconds: 60,
      sourceIp: '127.0.0.1',
      sourcePort: 1,
      subscriptions: [],
    };
    cloud.attachBroker({
      get: (clientId) => (clientId === device.thingName ? { ...session, connected } : undefined),
      list: () => [],
      delete: async (clientId, { reason }) => {
        cut.push(`${clientId} ${reason}`);
        const was = connected;
        connected = false;
        return was;
      },
      disconnectCertificate: () => Promise.resolve(),
    });
    cloud.registry.authorization(device.certificateId, device.thingName);
    await cloud.clock.advance(MINUTE);
    await alarm(cloud, device.thingName);
    expect(cloud.registry.thing(device.thingName)?.groups).toEqual([groupNamed(cloud, 'Quarantine')]);
    expect(cut[0]).toBe(`${device.thingName} API_INITIATED_DISCONNECT`);
    const states = cloud.events.all().flatMap((event) => (event.kind === 'incident' ? [event.to] : []));
    expect(states).toEqual(expect.arrayContaining(['isolating', 'isolated']));
    const groups = () =>
      new Set(
        cloud.registry
          .authorization(device.certificateId, device.thingName)
          .policies.map(({ thingGroupName }) => thingGroupName),
      );
    expect(groups()).toEqual(new Set([groupNamed(cloud, 'PumpsGroup')]));
    const { validUntil } = cloud.registry.authorization(device.certificateId, device.thingName);
    expect(validUntil - cloud.clock.now()).toBeGreaterThanOrEqual(6 * MINUTE);
    expect(validUntil - cloud.clock.now()).toBeLessThanOrEqual(8 * MINUTE);
    await cloud.clock.advance(8 * MINUTE);
    expect(groups()).toEqual(new Set([groupNamed(cloud, 'Quarantine')]));
    expect(faults(cloud)).toEqual([]);
  });

  test('keeps the transitions as evidence and tells of them', () => {
    const bucket = [...cloud.services.s3.buckets.values()][0];
    expect(bucket?.objects.size).toBeGreaterThan(1);
    const subjects = cloud.events
      .all()
      .flatMap((event: RehearsalEvent) =>
        event.kind === 'message' && event.toWhom?.kind === 'person' ? [event.what] : [],
      );
    expect(subjects.some((subject) => subject.includes('isolated'))).toBe(true);
  });
});

describe('an assembly with a fault', () => {
  /** Takes an action out of every role policy. */
  const without = (action: string) =>
    altered(assembly, 'ZeroTrust', (template: RawTemplate) => {
      for (const { Type, Properties } of Object.values(template.Resources)) {
        if (Type !== 'AWS::IAM::ManagedPolicy' && Type !== 'AWS::IAM::RolePolicy') continue;
        const { Statement } = Properties.PolicyDocument as { Statement: { Action: string[] }[] };
        for (const statement of Statement) statement.Action = statement.Action.filter((each) => each !== action);
      }
    });

  test('in a custom resource does not deploy: the role lacks iot:AttachPolicy', async () => {
    const events: RehearsalEvent[] = [];
    const deploying = openCloud({ assembly: without('iot:AttachPolicy'), onEvent: (event) => void events.push(event) });
    await expect(deploying).rejects.toThrow(/AccessDeniedException: .* is not authorized to perform: iot:AttachPolicy/);
    expect(events.some((event) => event.kind === 'fault' && event.code === 'AccessDenied')).toBe(true);
  });

  test('in the responder is told as a fault, and the device stays where it is: the role lacks iot:AddThingToThingGroup', async () => {
    const cloud = await cloudOf(
      altered(assembly, 'ZeroTrust', (template) => {
        for (const [id, { Properties }] of Object.entries(template.Resources)) {
          if (!/Responder.*Rights/.test(id)) continue;
          const { Statement } = Properties.PolicyDocument as { Statement: { Action: string[] }[] };
          for (const statement of Statement)
            statement.Action = statement.Action.filter((each) => each !== 'iot:AddThingToThingGroup');
        }
      }),
    );
    const { thingName } = await enroll(cloud);
    await alarm(cloud, thingName);
    expect(faults(cloud)[0]).toMatchObject({
      code: 'AccessDenied',
      what: expect.stringContaining('iot:AddThingToThingGroup') as string,
    });
    expect(cloud.registry.thing(thingName)?.groups).not.toContain(groupNamed(cloud, 'Quarantine'));
  });

  test('in the permission of the hook refuses every device', async () => {
    const cloud = await cloudOf(
      altered(assembly, 'ZeroTrust', (template) => {
        for (const [id, { Type }] of Object.entries(template.Resources))
          if (Type === 'AWS::Lambda::Permission' && id.includes('Hook')) {
            Reflect.deleteProperty(template.Resources, id);
            for (const resource of Object.values(template.Resources) as { DependsOn?: string[] }[])
              if (Array.isArray(resource.DependsOn))
                resource.DependsOn = resource.DependsOn.filter((each) => each !== id);
          }
      }),
    );
    await expect(enroll(cloud)).rejects.toMatchObject({ errorCode: 'AccessDenied' });
    expect(faults(cloud)[0]).toMatchObject({
      code: 'AccessDenied',
      what: expect.stringContaining('lambda:InvokeFunction') as string,
    });
  });
});

test('what of ours waits is awaited by its stack, until it says what it waits for', async () => {
  const folder = altered(assembly, 'ZeroTrust', ({ Resources }) => {
    const attached = Object.values(Resources).find(({ Type }) => Type === 'Custom::IotGroupPolicies');
    const [first] = attached!.Properties.Policies as { Name: unknown }[];
    first!.Name = 'gone';
  });
  await expect(openCloud({ assembly: folder })).rejects.toThrow(
    /could not be created: NotSettled: there is no policy 'gone'/,
  );
});
