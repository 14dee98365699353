import { Access, AccessPolicy, CertificateField, IotStatement, RepairChannel, Topic } from '../../lib';
import { sharedTopics } from '../../lib/policy/shared-topics';

const own = [
  Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')),
  Access.publishBelow(Topic.of('pumps', 'pump-' + Topic.THING)),
  Access.subscribe(Topic.of('pumps', Topic.THING, Topic.REST)),
  Access.publish(Topic.of('by', Topic.CERTIFICATE_ID)),
  Access.publish(Topic.of('by', Topic.CERTIFICATE_SERIAL_NUMBER)),
  Access.publish(Topic.of('by', Topic.certificateSubject(CertificateField.COMMON_NAME))),
  Access.shadow(),
  Access.shadow('settings'),
  Access.jobs(),
  Access.commands(),
  Access.tunnelNotifications(),
  Access.defenderMetrics(),
  Access.stream('firmware'),
  Access.roleAlias('data'),
];

test('what is a device own is not shared, nor is what the library gives by itself', () => {
  expect(sharedTopics([...own, ...RepairChannel.standard().accesses])).toEqual({ published: [], received: [] });
  expect(AccessPolicy.of(own).accesses).toHaveLength(own.length);
});

test.each([
  [Access.publish(Topic.of('plant', 'alarms')), ['plant/alarms']],
  [Access.retain(Topic.of('plant', 'state')), ['plant/state']],
  [Access.lastWill(Topic.of('plant', 'gone')), ['plant/gone']],
  [Access.publishBelow(Topic.of('plant')), ['plant/*']],
  [Access.publish(Topic.of('types', Topic.THING_TYPE)), ['types/${iot:Connection.Thing.ThingTypeName}']],
  [Access.publish(Topic.of('sites', Topic.attribute('site'))), ['sites/${iot:Connection.Thing.Attributes[site]}']],
  [
    Access.publish(Topic.of('by', Topic.certificateSubject(CertificateField.ORGANIZATION))),
    ['by/${iot:Certificate.Subject.Organization}'],
  ],
  [
    Access.publish(Topic.of('by', Topic.certificateIssuer(CertificateField.COMMON_NAME))),
    ['by/${iot:Certificate.Issuer.CommonName}'],
  ],
  [
    Access.of('May say anything.', [IotStatement.allow({ actions: ['iot:Publish*'], resources: ['topic/a/b'] })]),
    ['a/b'],
  ],
  [Access.of('May do all.', [IotStatement.allow({ actions: ['iot:Pub*', 'iot:Connect'], resources: ['*'] })]), ['*']],
  [
    Access.of('May publish.', [
      IotStatement.allow({ actions: ['iot:RetainPublish'], resources: ['arn:aws:iot:eu-west-1:111122223333:topic/a'] }),
    ]),
    ['a'],
  ],
])('publishing that names no device is shared: %#', (access, published) => {
  expect(sharedTopics([...own, access, access])).toEqual({ published, received: [] });
});

test('receiving by a wildcard what any device gets is shared; a topic for all is not', () => {
  const shared = [
    Access.subscribe(Topic.of('pumps', Topic.ANY, 'telemetry')),
    Access.receive(Topic.of('plant', Topic.REST)),
    Access.subscribe(Topic.of('plant', 'notices')),
  ];
  expect(sharedTopics(shared)).toEqual({ published: [], received: ['pumps/*/telemetry', 'plant/*'] });
});

test('Basic Ingest, denials and statements with conditions are none', () => {
  const statements = [
    IotStatement.deny({ actions: ['iot:Publish'], resources: ['topic/plant/*'] }),
    IotStatement.allow({ actions: ['iot:Connect', 'iot:GetRetainedMessage'], resources: ['topic/plant/alarms'] }),
    IotStatement.allow({ actions: ['iot:Publish'], resources: ['topicfilter/plant', 'client/plant'] }),
    IotStatement.allow({
      actions: ['iot:Publish'],
      resources: ['topic/plant/alarms'],
      conditions: { StringEquals: { 'iot:Connection.Thing.Attributes[role]': ['bell'] } },
    }),
  ];
  const accesses = [Access.publish(Topic.basicIngest('telemetry')), Access.of('May ring.', statements)];
  expect(sharedTopics(accesses)).toEqual({ published: [], received: [] });
});
