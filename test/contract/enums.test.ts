// Whatever takes one of a few values refuses all others, by name. Which properties and parameters do comes from the table that the
// types of the library are written into: a new one without a case here fails.
import { Duration, type Stack } from 'aws-cdk-lib';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import {
  Access,
  AuditSchedule,
  Behavior,
  ConnectionContext,
  CustomMetric,
  CustomMetricType,
  Detection,
  DetectionTarget,
  EventConfigurations,
  FleetIndexing,
  FleetLogging,
  GroupPolicies,
  IncidentResponse,
  PatchChannel,
  PatchDocument,
  PatchStep,
  Playbook,
  QuarantineGroup,
  SignalSource,
  Topic,
  ZeroTrustAccount,
  ZeroTrustFleet,
  ZeroTrustIot,
} from '../../lib';
import { ConfigurationError } from '../../lib/internal/configuration-error';
import { CALLS, STRUCTS } from '../../lib/internal/surface';
import { testStack } from '../support/app';

const FIVE = Duration.minutes(5);
const access = [Access.shadow()];

function watch(stack: Stack, behavior: Behavior): unknown {
  return Detection.deviceDefender().watch(stack, 'Watch', {
    behaviors: [behavior],
    target: DetectionTarget.allThings(),
  });
}

function patch(stack: Stack, props: object): unknown {
  return new PatchChannel(stack, 'Patch', {
    quarantineGroup: new QuarantineGroup(stack, 'Quarantine'),
    document: PatchDocument.ofSteps([PatchStep.command('List', ['ls'])]),
    ...props,
  });
}

function respond(stack: Stack, source: SignalSource): unknown {
  return new IncidentResponse(stack, 'Response', {
    fleetGroups: [new CfnThingGroup(stack, 'Fleet')],
    quarantineGroup: new QuarantineGroup(stack, 'Quarantine'),
    alertTopic: new CfnTopic(stack, 'Alerts'),
    sources: [source],
  });
}

const rule = { atLeast: 'HIGH', response: 'isolate' };
const sent = () => Behavior.messagesSent();

/** How each is given, and how a message names it. */
const CASES: Readonly<Record<string, [named: string, build: (stack: Stack, value: never) => unknown]>> = {
  'AuditSchedule.weekly.day': ['day', (_stack, day) => AuditSchedule.weekly(day)],
  'AuditSchedule.biweekly.day': ['day', (_stack, day) => AuditSchedule.biweekly(day)],
  'Behavior#.withSeverity.severity': [
    'behaviors[0].severity',
    (stack, severity) => watch(stack, sent().mustBeAtMost(5).per(FIVE).withSeverity(severity)),
  ],
  'ConnectionContextProps.protocol': [
    'protocol',
    (_stack, protocol) => new ConnectionContext({ thingName: 'a', protocol }),
  ],
  'ConnectionContextProps.attachment': [
    'attachment',
    (_stack, attachment) => new ConnectionContext({ thingName: 'a', attachment }),
  ],
  'CustomMetricProps.metricType': [
    'metricType',
    (stack, metricType) => new CustomMetric(stack, 'Metric', { metricName: 'a', metricType }),
  ],
  'CustomMetric.named.metricType': [
    'behaviors[0].custom',
    (stack, type) => watch(stack, Behavior.custom(CustomMetric.named('a', type)).mustBeAtMost(5)),
  ],
  'EventConfigurationsProps.events': [
    'events[1]',
    (stack, event) => new EventConfigurations(stack, 'Events', { events: ['THING' as never, event] }),
  ],
  'FleetIndexingProps.things': ['things', (stack, things) => new FleetIndexing(stack, 'Index', { things })],
  'IndexedFieldOptions.type': [
    'thingFields[0].type',
    (stack, type) => new FleetIndexing(stack, 'Index', { thingFields: [{ name: 'attributes.a', type }] }),
  ],
  'FleetLoggingProps.defaultLogLevel': [
    'defaultLogLevel',
    (stack, defaultLogLevel) => new FleetLogging(stack, 'Logs', { defaultLogLevel }),
  ],
  'LogEventOptions.level': [
    'events[0].level',
    (stack, level) => new FleetLogging(stack, 'Logs', { events: [{ eventType: 'Connect', level }] }),
  ],
  'GroupPoliciesProps.removalPolicy': [
    'removalPolicy',
    (stack, removalPolicy) =>
      new GroupPolicies(stack, 'Policies', { thingGroup: new CfnThingGroup(stack, 'Group'), access, removalPolicy }),
  ],
  'QuarantineGroupProps.removalPolicy': [
    'removalPolicy',
    (stack, removalPolicy) => new QuarantineGroup(stack, 'Group', { removalPolicy }),
  ],
  'QuarantineGroupProps.memberLogLevel': [
    'memberLogLevel',
    (stack, memberLogLevel) => new QuarantineGroup(stack, 'Group', { memberLogLevel }),
  ],
  'NumberMetric#.mustBeBelowPercentile.percentile': [
    'behaviors[0].belowPercentile',
    (stack, value) => watch(stack, sent().mustBeBelowPercentile(value).per(FIVE)),
  ],
  'NumberMetric#.mustBeAtMostPercentile.percentile': [
    'behaviors[0].atMostPercentile',
    (stack, value) => watch(stack, sent().mustBeAtMostPercentile(value).per(FIVE)),
  ],
  'NumberMetric#.mustBeAbovePercentile.percentile': [
    'behaviors[0].abovePercentile',
    (stack, value) => watch(stack, sent().mustBeAbovePercentile(value).per(FIVE)),
  ],
  'NumberMetric#.mustBeAtLeastPercentile.percentile': [
    'behaviors[0].atLeastPercentile',
    (stack, value) => watch(stack, sent().mustBeAtLeastPercentile(value).per(FIVE)),
  ],
  'NumberMetric#.learned.confidence': ['behaviors[0].learned', (stack, value) => watch(stack, sent().learned(value))],
  'PatchAbort.failure': [
    'abort[0].failure',
    (stack, failure) => patch(stack, { abort: [{ failure, percentage: 5, minimumDevices: 5 }] }),
  ],
  'PatchRetry.failure': [
    'retries[0].failure',
    (stack, failure) => patch(stack, { retries: [{ failure, retries: 2 }] }),
  ],
  'ResponseRule.kinds': [
    'rules[0].kinds',
    (_stack, kind) => new Playbook({ rules: [{ ...rule, kinds: [kind] } as never] }),
  ],
  'ResponseRule.atLeast': [
    'rules[0].atLeast',
    (_stack, atLeast) => new Playbook({ rules: [{ ...rule, atLeast } as never] }),
  ],
  'ResponseRule.response': [
    'rules[0].response',
    (_stack, response) => new Playbook({ rules: [{ ...rule, response } as never] }),
  ],
  'SignalSourceOptions.severity': [
    'severity',
    (stack, severity) => respond(stack, SignalSource.topic(new CfnTopic(stack, 'Signals'), { severity })),
  ],
  'Topic.certificateSubject.field': ['field', (_stack, field) => Topic.of('a', Topic.certificateSubject(field))],
  'Topic.certificateIssuer.field': ['field', (_stack, field) => Topic.of('a', Topic.certificateIssuer(field))],
  'ZeroTrustAccountProps.without': [
    'without[0]',
    (stack, setting) => new ZeroTrustAccount(stack, 'Account', { without: [setting] }),
  ],
  'ZeroTrustFleetProps.without': [
    'without[0]',
    (stack, part) => new ZeroTrustFleet(stack, 'Fleet', { access, without: [part] }),
  ],
  'ZeroTrustIotOptions.profile': ['profile', (stack, profile) => ZeroTrustIot.apply(stack.node.root, { profile })],
  'ZeroTrustIotOptions.accountBaseline': [
    'accountBaseline',
    (stack, accountBaseline) => ZeroTrustIot.apply(stack.node.root, { accountBaseline }),
  ],
};

/** What is read, and never given. */
const ANSWERS = ['BehaviorSpec', 'PolicyCheck', 'PolicyDecisionProps'];

function taken(owner: string, fields: object): string[] {
  return Object.entries(fields)
    .filter(([, kind]: [string, string]) => /\btext [A-Z]/.test(kind))
    .map(([field]) => `${owner}.${field}`);
}

test('each that there is has a case', () => {
  const structs = Object.entries(STRUCTS).filter(([struct]) => !ANSWERS.includes(struct));
  const calls = Object.entries(CALLS).flatMap(([owner, methods]) =>
    Object.entries(methods).map(([method, parameters]): [string, object] => [`${owner}.${method}`, parameters]),
  );
  expect(Object.keys(CASES).sort()).toEqual(
    [...structs, ...calls].flatMap(([owner, fields]) => taken(owner, fields)).sort(),
  );
});

test.each(Object.entries(CASES))('%s refuses what is no such value', (_property, [named, build]) => {
  for (const value of ['', 'nonsense', 'hIGH', 'toString', ' THING ', '${AWS::Region}']) {
    let message = 'was not refused';
    try {
      build(testStack(), value as never);
    } catch (error) {
      if (!ConfigurationError.is(error)) throw error;
      ({ message } = error);
    }
    expect(message).toContain(`'${named}`);
    expect(message).toContain(`got ${JSON.stringify(value)}`);
  }
});

test('a list of metrics that exist somewhere else is no metric of numbers', () => {
  const list = CustomMetric.named('a', CustomMetricType.STRING_LIST);
  expect(() => watch(testStack(), Behavior.custom(list).mustBeAtMost(5))).toThrow(/CustomMetricInvalid/);
});
