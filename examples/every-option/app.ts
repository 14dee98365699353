// What defaults decide elsewhere, said out loud: each option that no other example sets, with a value that could be meant. Read it
// to find an option, and copy from the others.
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnThingType } from 'aws-cdk-lib/aws-iot';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import {
  Access,
  AccessPolicy,
  AllowList,
  AttachedPolicy,
  Behavior,
  BlastRadius,
  CertificateField,
  ClaimEnrollment,
  ConnectionContext,
  ConnectionGate,
  ConnectionProtocol,
  CustomMetric,
  CustomMetricType,
  Detection,
  DetectionTarget,
  DeviceDefenderAudit,
  FleetGroup,
  FleetIndexing,
  FleetLogging,
  FleetLogLevel,
  FleetPart,
  GroupPolicies,
  HealthProof,
  IncidentResponse,
  IndexedFieldType,
  IotEffect,
  IotLogs,
  IotStatement,
  MetricsExport,
  PatchArtifact,
  PatchChannel,
  PatchDocument,
  PatchRollout,
  PatchStep,
  Playbook,
  PolicyAssumption,
  PolicyEvaluator,
  PolicyRequest,
  PolicyVerdict,
  QuarantineGroup,
  ReleaseApproval,
  RepairChannel,
  ScheduledAudit,
  SecurityProfile,
  ThingAttachment,
  ThingIndexing,
  Topic,
  TopicDimension,
  ZeroTrustAccount,
  ZeroTrustFleet,
  ZeroTrustIot,
} from '../../lib';

const app = new App();
ZeroTrustIot.apply(app, { enforce: true, reportName: 'evidence' });

// The account, its parts made one by one.
const account = new Stack(app, 'EveryOptionAccount');
const encryptionKey = new Key(account, 'Key', { enableKeyRotation: true });
const alertTopic = new CfnTopic(account, 'Alerts', { kmsMasterKeyId: encryptionKey.keyArn });
const alerts = { alertTopic, alertTopicKey: encryptionKey };
const asIot = { assumedBy: new ServicePrincipal('iot.amazonaws.com') };
const audit = new DeviceDefenderAudit(account, 'Audit', {
  ...alerts,
  certificateExpiration: Duration.days(60),
  role: new Role(account, 'AuditRole', asIot),
  replaceExisting: true,
  replacedRoles: [new Role(account, 'AuditRoleBefore', asIot)],
});
new ScheduledAudit(account, 'Audits', { audit, scheduledAuditName: 'every-day' });
const accountLogging = new FleetLogging(account, 'Logging', {
  defaultLogLevel: FleetLogLevel.WARN,
  events: [{ eventType: 'Connect', level: FleetLogLevel.INFO, logGroupName: 'connections' }],
  role: new Role(account, 'LoggingRole', asIot),
  replaceExisting: true,
  replacedRoles: [new Role(account, 'LoggingRoleBefore', asIot)],
});
new FleetIndexing(account, 'Indexing', {
  things: ThingIndexing.REGISTRY_AND_SHADOW,
  connectivity: true,
  thingGroups: true,
  thingGroupFields: [{ name: 'attributes.site', type: IndexedFieldType.STRING }],
  namedShadows: ['settings'],
  violations: false,
});

// A fleet, its parts made one by one.
const stack = new Stack(app, 'EveryOption');
const thingType = new CfnThingType(stack, 'Pump');
const site = new FleetGroup(stack, 'Site', { thingGroupName: 'site', access: [Access.shadow()] });
const fleetGroup = new FleetGroup(stack, 'Fleet', {
  parentGroup: site,
  inherited: 1,
  access: [Access.publish(Topic.of('pumps', Topic.certificateSubject(CertificateField.COMMON_NAME)))],
});
const quarantineGroup = new QuarantineGroup(stack, 'Quarantine', {
  accountLogging,
  memberLogLevel: FleetLogLevel.DEBUG,
  repairChannel: RepairChannel.standard(),
  removalPolicy: RemovalPolicy.DESTROY,
  allowDeletionWithMembers: false,
});
new GroupPolicies(stack, 'Extra', {
  thingGroup: site,
  access: [Access.jobs()],
  inherited: 1,
  keepWhileMembers: true,
  removalPolicy: RemovalPolicy.RETAIN,
});
new ClaimEnrollment(stack, 'Enrollment', {
  fleetGroup,
  thingType,
  allowList: AllowList.fromSerials(['PX2-0001']),
  templateName: 'pumps',
  claimCertificates: [`arn:aws:iot:eu-west-1:111122223333:cert/${'0'.repeat(64)}`],
  oneTimeUse: true,
  enabled: true,
  refusalsToAlarm: 5,
  alarmTopic: alertTopic,
  alarmTopicKey: encryptionKey,
  encryptionKey,
});
const response = new IncidentResponse(stack, 'Response', {
  ...alerts,
  fleetGroups: [fleetGroup],
  quarantineGroup,
  connectionGate: new ConnectionGate(stack, 'Gate', { alertTopic, encryptionKey }),
  encryptionKey,
  evidenceLock: Duration.days(365),
  playbook: Playbook.standard({
    blastRadius: BlastRadius.percent(5, Duration.hours(1), { minimum: 20 }),
    isolationTimeToLive: Duration.days(30),
  }),
});
const firmware = PatchArtifact.of({
  bucket: CfnBucket.fromBucketName(stack, 'Firmware', 'firmware'),
  bucketAccount: '111122223333',
  objectKey: 'pump/2.1.7.bin',
  sha256: '0'.repeat(64),
  encryptionKey,
});
const patches = new PatchChannel(stack, 'Patches', {
  quarantineGroup,
  jobName: 'pump-repair',
  document: PatchDocument.ofSteps([
    PatchStep.handler('Install', 'install.sh', { artifacts: [firmware], runAsUser: 'updater', ignoreFailure: false }),
  ]),
  rollout: PatchRollout.exponential({ basePerMinute: 5, incrementFactor: 1.5, afterSucceeded: 20 }),
  timeout: Duration.hours(2),
  urlLifetime: Duration.minutes(30),
});
new PatchChannel(stack, 'Probes', {
  quarantineGroup,
  document: PatchDocument.ofSteps([PatchStep.command('Probe', ['probe'])]),
  rollout: PatchRollout.exponential({ basePerMinute: 5, afterNotified: 50 }),
});
new HealthProof(stack, 'Proof', {
  response,
  patches,
  approval: ReleaseApproval.byPerson(),
  requireClearedAlarms: true,
  silence: Duration.hours(12),
});

// Detection by both engines.
const messages = Behavior.messagesSent().mustBeAtMost(120).per(Duration.minutes(5));
Detection.stream({
  logs: IotLogs.ofAccount(),
  learnedDryRun: Duration.days(30),
  retention: Duration.days(7),
  shardCount: 4,
  encryptionKey,
}).watch(stack, 'Stream', {
  ...alerts,
  alarmTopic: alertTopic,
  alarmTopicKey: encryptionKey,
  behaviors: [messages, Behavior.authorizationFailures().mustBeAtMost(3).per(Duration.minutes(5))],
  target: DetectionTarget.thingGroup(fleetGroup),
});
const defender = new Stack(app, 'EveryOptionDefender');
const telemetry = new TopicDimension(defender, 'Telemetry', {
  dimensionName: 'telemetry',
  topicFilters: ['pumps/+/telemetry'],
});
const load = CustomMetric.named('load', CustomMetricType.NUMBER, { existing: true });
new SecurityProfile(defender, 'Profile', {
  ...alerts,
  securityProfileName: 'pumps',
  targets: [DetectionTarget.registeredThings()],
  behaviors: [messages.onDimension(telemetry).exported(), Behavior.custom(load).mustBeAtMost(70)],
  retainedMetrics: [Behavior.bytesOut().retained().exported()],
  metricsExport: MetricsExport.toTopic('metrics/pumps'),
});

// A fleet in one piece, without what isolates.
new ZeroTrustAccount(new Stack(app, 'EveryOptionSingleAccount'), 'Account', {
  alerts: { topic: alertTopic, topicKey: encryptionKey },
  encryptionKey,
  without: [],
});

/** A proof of what no policy of the fleet lets a device do, with all that a decision can depend on. */
const access = Access.of('May read retained settings', [
  IotStatement.allow({
    actions: ['iot:GetRetainedMessage'],
    resources: ['topic/settings'],
    conditions: { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } },
  }),
  IotStatement.deny({ actions: ['iot:Publish'], notResources: ['topic/pumps/*'] }),
]);
const place = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };
const documents = AccessPolicy.of([access]).render(place, { maxDocuments: 2, inherited: 1 });
const evaluator = new PolicyEvaluator({
  ...place,
  policies: documents.map((document) => AttachedPolicy.onThingGroup('fleet', document)),
  parentGroups: { fleet: 'site' },
});
const connection = new ConnectionContext({
  thingName: 'pump-7',
  clientId: 'pump-7',
  thingTypeName: 'pump',
  thingGroupNames: ['fleet'],
  attachment: ThingAttachment.EXCLUSIVE_THING,
  protocol: ConnectionProtocol.MQTT,
  persistent: true,
  lastWill: { topic: 'pumps/pump-7/status', retained: false },
  certificate: {
    certificateId: '0'.repeat(64),
    serialNumber: '01',
    subject: { CommonName: ['pump-7'] },
    issuer: { Organization: ['Example'] },
  },
  sourceIp: '203.0.113.7',
  vpcSourceIp: '10.0.0.7',
  sourceVpc: 'vpc-1',
  sourceVpce: 'vpce-1',
  currentTime: new Date('2026-11-28T12:00:00Z'),
  conditionKeys: { 'aws:RequestedRegion': ['eu-west-1'] },
});
const decision = evaluator.evaluate(connection, PolicyRequest.publish('valves/valve-3/open'));

/** Whether a statement denies it, on what undocumented points that rests, and what the first statement of the access is. */
export const answer = {
  denied: decision.verdict === PolicyVerdict.EXPLICITLY_DENIED,
  restsOnClientId: decision.assumptions.includes(PolicyAssumption.GROUP_POLICIES_NEED_MATCHING_CLIENT_ID),
  allows: access.statements[0]?.effect === IotEffect.ALLOW,
};

new ZeroTrustFleet(new Stack(app, 'EveryOptionFleet'), 'Fleet', {
  access: [access],
  thingType: CfnThingType.fromThingTypeName(stack, 'Known', 'pump'),
  without: [FleetPart.RESPONSE],
});
app.synth();
