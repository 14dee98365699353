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
  ...[
    'arn:aws:iot:*',
    'arn:*',
    'arn:aws:iot:eu-west-1:111122223333:*',
    'arn:aws:iot:eu-west-1:111122223333:topic*',
    'arn:aws:iot:eu-west-1:111122223333:t?pic/a',
    'arn:aws:iot:*:*:*/a',
    'arn:${Token[AWS.Partition.3]}:iot:${Token[AWS.Region.4]}:${Token[AWS.AccountId.0]}:*',
    'arn:aws:iot:eu-west-1:111122223333:topic?$(*)*',
  ].map((wide): [Access, string[]] => [
    Access.of('May do it.', [IotStatement.allow({ actions: ['iot:Publish'], resources: [wide] })]),
    [wide],
  ]),
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

test.each([
  ['topic/a/?', 'a/?'],
  ['*', '*'],
  ['arn:aws:iot:*', 'arn:aws:iot:*'],
  ['arn:aws:iot:eu-west-1:111122223333:topic?a', 'arn:aws:iot:eu-west-1:111122223333:topic?a'],
])('receiving on %s is shared', (resource, topic) => {
  const statement = IotStatement.allow({ actions: ['iot:Receive'], resources: [resource] });
  expect(sharedTopics([Access.of('May hear.', [statement])])).toEqual({ published: [], received: [topic] });
});

test('what is allowed on all but something is shared, unless it spares all topics', () => {
  const allBut = (...notResources: string[]): Access =>
    Access.of('May do the rest.', [IotStatement.allow({ actions: ['iot:Publish', 'iot:Receive'], notResources })]);
  for (const spared of [
    ['topic/secret'],
    ['topic/a/*', 'client/*'],
    [`topic/a/${Topic.THING}`],
    ['topicfilter/*'],
    ['arn:aws:iot:eu-west-1:111122223333:topic/a*'],
  ])
    expect(sharedTopics([allBut(...spared)])).toEqual({
      published: [`all but ${spared.join(', ')}`],
      received: [`all but ${spared.join(', ')}`],
    });
  for (const spared of ['topic/*', '*', 'arn:aws:iot:*', 'arn:aws:iot:eu-west-1:111122223333:topic*'])
    expect([spared, sharedTopics([allBut('client/a', spared)])]).toEqual([spared, { published: [], received: [] }]);
});

test('what reaches no topic, an escaped wildcard and what only the deployment knows are none', () => {
  const resources = [
    'client/*',
    'arn:aws:iot:eu-west-1:111122223333:client/*',
    'arn:aws:iot:eu-west-1:111122223333:topicfilter/*',
    'arn:aws:iot:eu-west-1:111122223333:t',
    'arn:aws:iot:eu-west-1:111122223333:topic${*}a',
    '${Token[TOKEN.1]}',
  ];
  const statements = [
    IotStatement.allow({ actions: ['iot:Publish', 'iot:Receive'], resources }),
    IotStatement.allow({ actions: ['iot:Receive'], resources: ['topic/a/$(*)', 'topic/${?}'] }),
  ];
  expect(sharedTopics([Access.of('May do it.', statements)])).toEqual({ published: [], received: [] });
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
