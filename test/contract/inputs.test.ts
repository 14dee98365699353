// What callers get wrong at public properties: each is refused in words that name the property, and a token passes.
import { CfnParameter, Duration, Fn, type Stack } from 'aws-cdk-lib';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import {
  Access,
  type AuditDay,
  AuditSchedule,
  Behavior,
  BlastRadius,
  ClaimEnrollment,
  ConnectionContext,
  type ConnectionProtocol,
  Detection,
  DetectionTarget,
  DeviceDefenderAudit,
  DeviceReports,
  FleetIndexing,
  FleetLogging,
  type FleetLogLevel,
  HealthProof,
  IncidentResponse,
  IndexedFieldType,
  IotStatement,
  MetricsExport,
  PatchArtifact,
  PatchChannel,
  PatchDocument,
  PatchStep,
  Playbook,
  PolicyEvaluator,
  PolicyRequest,
  QuarantineGroup,
  RemoteAccess,
  SecurityProfile,
  type ThingAttachment,
  type ThingIndexing,
  TopicDimension,
  ZeroTrustAccount,
  ZeroTrustFleet,
  ZeroTrustIot,
} from '../../lib';
import { templateOf, testStack } from '../support/app';

type Build = (stack: Stack, time: Duration) => unknown;

function respond(stack: Stack, props: object = {}): IncidentResponse {
  return new IncidentResponse(stack, 'Response', {
    fleetGroups: [new CfnThingGroup(stack, 'Fleet')],
    quarantineGroup: new QuarantineGroup(stack, 'Quarantine'),
    alertTopic: new CfnTopic(stack, 'Alerts'),
    ...props,
  });
}

const patch = (stack: Stack, props: object) =>
  new PatchChannel(stack, 'Patch', {
    quarantineGroup: new QuarantineGroup(stack, 'Group'),
    document: PatchDocument.ofSteps([PatchStep.command('List', ['ls'])]),
    ...props,
  });
const behavior = () => Behavior.messagesSent().mustBeAtMost(5).per(Duration.minutes(5));
const watch = (stack: Stack, options: object) =>
  Detection.stream(options).watch(stack, 'Watch', { behaviors: [behavior()], target: DetectionTarget.allThings() });

describe('times', () => {
  const places: [property: string, unit: 'seconds' | 'minutes' | 'hours' | 'days', build: Build][] = [
    ['certificateAge', 'days', (stack, time) => new DeviceDefenderAudit(stack, 'Audit', { certificateAge: time })],
    [
      'certificateExpiration',
      'days',
      (stack, time) => new DeviceDefenderAudit(stack, 'Audit', { certificateExpiration: time }),
    ],
    ['evidenceLock', 'days', (stack, time) => respond(stack, { evidenceLock: time })],
    [
      'isolationTimeToLive',
      'seconds',
      (stack, time) => respond(stack, { playbook: Playbook.standard({ isolationTimeToLive: time }) }),
    ],
    [
      'window',
      'seconds',
      (stack, time) => respond(stack, { playbook: Playbook.standard({ blastRadius: BlastRadius.devices(5, time) }) }),
    ],
    ['window', 'seconds', (stack, time) => new HealthProof(stack, 'Proof', { response: respond(stack), window: time })],
    [
      'silence',
      'seconds',
      (stack, time) => new HealthProof(stack, 'Proof', { response: respond(stack), silence: time }),
    ],
    ['timeout', 'minutes', (stack, time) => patch(stack, { timeout: time })],
    ['urlLifetime', 'seconds', (stack, time) => patch(stack, { urlLifetime: time })],
    [
      'maxLifetime',
      'minutes',
      (stack, time) => new RemoteAccess(stack, 'Access', { response: respond(stack), maxLifetime: time }),
    ],
    ['learnedDryRun', 'seconds', (stack, time) => watch(stack, { learnedDryRun: time })],
    ['retention', 'hours', (stack, time) => watch(stack, { retention: time })],
  ];

  test.each(places)('%s passes as a token of %s', (_property, unit, build) => {
    const stack = testStack();
    build(stack, Duration[unit](new CfnParameter(stack, 'Time', { type: 'Number' }).valueAsNumber));
    expect(() => templateOf(stack)).not.toThrow();
  });

  test.each(places)('%s as a token of another unit than %s is refused', (property, unit, build) => {
    const stack = testStack();
    const other = unit === 'hours' ? 'days' : 'hours';
    const time = Duration[other](new CfnParameter(stack, 'Time', { type: 'Number' }).valueAsNumber);
    expect(() => build(stack, time)).toThrow(
      new RegExp(`'${property}' is a number of ${other} that is not known at synth.*Duration\\.${unit}`),
    );
  });

  test.each(places)('%s is refused out of its range', (property, _unit, build) => {
    for (const time of [Duration.millis(1), Duration.days(100_000)])
      expect(() => build(testStack(), time)).toThrow(
        property === 'window' ? /window/ : new RegExp(`'${property}' must`),
      );
  });

  test.each(places)('%s is refused as a plain number', (property, _unit, build) => {
    expect(() => build(testStack(), 5 as unknown as Duration)).toThrow(
      new RegExp(`'${property}' must be a Duration, such as Duration\\.`),
    );
  });

  test('the window of a behavior that is a token has to be in seconds', () => {
    const minutes = new CfnParameter(testStack(), 'Minutes', { type: 'Number' }).valueAsNumber;
    const counted = Behavior.messagesSent().mustBeAtMost(5);
    expect(() => counted.per(Duration.seconds(minutes))).not.toThrow();
    for (const window of [Duration.minutes(minutes), Duration.hours(minutes)])
      expect(() => counted.per(window)).toThrow(/'window' .*known at synth.*: 5, 10, 15, 30 or 60 minutes/);
    expect(() => watchWindow(Duration.millis(1))).toThrow(/'behaviors\[0\]\.per'/);
  });
});

function watchWindow(window: Duration) {
  const behaviors = [Behavior.messagesSent().mustBeAtMost(5).per(window)];
  return Detection.stream().watch(testStack(), 'Watch', { behaviors, target: DetectionTarget.allThings() });
}

describe('lists that are tokens', () => {
  const list = (stack: Stack) => new CfnParameter(stack, 'List', { type: 'CommaDelimitedList' }).valueAsList;

  test.each<[string, (stack: Stack, items: string[]) => unknown]>([
    ['namedShadows', (stack, namedShadows) => new FleetIndexing(stack, 'Index', { namedShadows })],
    ['topicFilters', (stack, topicFilters) => new TopicDimension(stack, 'Dimension', { topicFilters })],
  ])('%s passes', (_property, build) => {
    const stack = testStack();
    build(stack, list(stack));
    expect(JSON.stringify(templateOf(stack).toJSON())).toContain('{"Ref":"List"}');
  });

  test.each<[string, (stack: Stack, items: string[]) => unknown]>([
    [
      'claimCertificates',
      (stack, claimCertificates) =>
        new ClaimEnrollment(stack, 'Claim', { fleetGroup: new CfnThingGroup(stack, 'Group'), claimCertificates }),
    ],
    ['command', (_stack, command) => PatchStep.command('Run', command)],
    ['alerts.emails', (stack, emails) => new ZeroTrustAccount(stack, 'Account', { alerts: { emails } })],
  ])('%s is refused, since it is taken apart', (property, build) => {
    const stack = testStack();
    expect(() => build(stack, list(stack))).toThrow(
      new RegExp(`'${property}' must be a list that is known at synth.*its items may be tokens`),
    );
    build(testStack(), [Fn.importValue('Item')]);
  });
});

const as = <T>(value: string): T => value as T;

test.each<[string, () => unknown, RegExp]>([
  ['day', () => AuditSchedule.weekly(as<AuditDay>('Monday')), /'day' must be one of SUN, MON.*got "Monday"/],
  ['day', () => AuditSchedule.biweekly(as<AuditDay>('')), /'day' must be one of SUN, MON.*got ""/],
  [
    'things',
    () => new FleetIndexing(testStack(), 'Index', { things: as<ThingIndexing>('OFF') }),
    /'things' must be one of REGISTRY, REGISTRY_AND_SHADOW, got "OFF"/,
  ],
  [
    'thingFields',
    () =>
      new FleetIndexing(testStack(), 'Index', {
        thingFields: [{ name: 'attributes.a', type: as<IndexedFieldType>('Date') }],
      }),
    /'thingFields\[0\]\.type' must be one of Number, String, Boolean, got "Date"/,
  ],
  [
    'defaultLogLevel',
    () => new FleetLogging(testStack(), 'Logs', { defaultLogLevel: as<FleetLogLevel>('warn') }),
    /'defaultLogLevel' must be one of .*WARN.*got "warn"/,
  ],
  [
    'events',
    () =>
      new FleetLogging(testStack(), 'Logs', { events: [{ eventType: 'Connect', level: as<FleetLogLevel>('ALL') }] }),
    /'events\[0\]\.level' must be one of .*got "ALL"/,
  ],
  [
    'memberLogLevel',
    () => new QuarantineGroup(testStack(), 'Group', { memberLogLevel: as<FleetLogLevel>('TRACE') }),
    /'memberLogLevel' must be one of .*got "TRACE"/,
  ],
  [
    'protocol',
    () => new ConnectionContext({ thingName: 'a', protocol: as<ConnectionProtocol>('mqtt') }),
    /'protocol' must be one of MQTT, MQTT_WSS, HTTPS, got "mqtt"/,
  ],
  [
    'attachment',
    () => new ConnectionContext({ thingName: 'a', attachment: as<ThingAttachment>('EXCLUSIVE') }),
    /'attachment' must be one of .*EXCLUSIVE_THING, got "EXCLUSIVE"/,
  ],
  [
    'action',
    () => PolicyRequest.of('Publish', 'topic/a'),
    /'action' must be a name with its prefix, such as iot:GetThingShadow, got "Publish"/,
  ],
  ['action', () => PolicyRequest.of('iot:*', 'topic/a'), /'action' must be a name with its prefix.*got "iot:\*"/],
  [
    'resource',
    () => PolicyRequest.of('iot:GetThingShadow', ''),
    /'resource' must not be empty.*\[PolicyRequestInvalid\]/,
  ],
  [
    'account',
    () => new PolicyEvaluator({ account: '', region: 'eu-west-1', policies: [] }),
    /'account' must not be empty/,
  ],
  [
    'topic',
    () =>
      new SecurityProfile(testStack(), 'Profile', {
        targets: [DetectionTarget.allThings()],
        behaviors: [behavior().exported()],
        metricsExport: MetricsExport.toTopic('a\u0000b'),
      }),
    /must be printable text, got "a\\u0000b"/,
  ],
  [
    'topicFilters',
    () => new TopicDimension(testStack(), 'Dimension', { topicFilters: ['a\ud800'] }),
    /'topicFilters\[0\]' must be valid Unicode/,
  ],
  [
    'command',
    () => PatchStep.command('Run', ['ls', 'a\0b']),
    /'command\[1\]' must be text in valid Unicode without null characters/,
  ],
  ['name', () => PatchStep.command('List\n', ['ls']), /'name' must be text without control characters, got "List\\n"/],
  [
    'objectKey',
    () =>
      PatchArtifact.of({
        bucket: new CfnBucket(testStack(), 'Bucket'),
        objectKey: 'a\ud800',
        sha256: '0'.repeat(64),
      }),
    /'objectKey' must be text without control characters, got "a\\ud800" \[PatchArtifactInvalid\]/,
  ],
  [
    'thingFields',
    () =>
      new FleetIndexing(testStack(), 'Index', {
        thingFields: [{ name: 'attributes.\u202ea', type: IndexedFieldType.STRING }],
      }),
    /'thingFields\[0\]\.name' may contain only visible characters other than '='/,
  ],
  [
    'description',
    () => Access.of('May do.\nMay do all.', [IotStatement.allow({ actions: ['iot:Publish'], resources: ['topic/a'] })]),
    /'description' must be one line of at most 500 characters, got "May do\.\\nMay/,
  ],
  [
    'ruleName',
    () => DeviceReports.basicIngest('pump reports'),
    /the rule of a Basic Ingest topic .* must have 1 to 128 letters, digits and '_', got .*pump reports/,
  ],
  ['count', () => BlastRadius.devices(NaN, Duration.hours(1)), /'count' must be a whole number of devices .*got NaN/],
  [
    'minimum',
    () => BlastRadius.percent(5, Duration.hours(1), { minimum: 0 }),
    /'minimum' must be a whole number of devices from 1 .*got 0/,
  ],
  [
    'baselineFile',
    () => ZeroTrustIot.apply(testStack().node.root, { baselineFile: '/not/there.json' }),
    /'baselineFile' must be a file that zero-trust-iot check has written, got "\/not\/there\.json" \(ENOENT\)/,
  ],
  [
    'baselineFile',
    () => ZeroTrustIot.apply(testStack().node.root, { baselineFile: __filename }),
    /'baselineFile' must be a file that zero-trust-iot check has written, .*JSON.*\[ComplianceBaselineUnreadable\]/,
  ],
  ['args', () => PatchStep.handler('Run', 'a.sh', { args: ['\ud800'] }), /'args\[0\]' must be text in valid Unicode/],
  [
    'access',
    () => new ZeroTrustFleet(testStack(), 'Fleet', { access: [] }),
    /'access' must have at least 1 item, got 0/,
  ],
])('%s in a way that it cannot be', (_property, build, expected) => {
  expect(build).toThrow(expected);
});
