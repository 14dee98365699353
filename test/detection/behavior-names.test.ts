import { Duration, Lazy } from 'aws-cdk-lib';
import { CfnDimension } from 'aws-cdk-lib/aws-iot';
import fc from 'fast-check';
import { Behavior, Confidence, CustomMetric, CustomMetricType, Percentile, Severity } from '../../lib/detection';
import type { BehaviorDraft } from '../../lib/detection/behavior-draft';
import { nameBehaviors } from '../../lib/detection/behavior-names';
import { testStack } from '../support/app';
import { criteriaFor, EVERY_METRIC, quiet } from './samples';

const FIVE = Duration.minutes(5);
const LEGAL = /^[a-zA-Z0-9:_-]{1,128}$/;

function named(...behaviors: Behavior[]): ReturnType<typeof nameBehaviors> {
  return nameBehaviors(behaviors.map((behavior) => behavior._draft));
}

function names(...behaviors: Behavior[]): string[] {
  return named(...behaviors).specs.map(({ name }) => name);
}

test('a name says metric and criterion, not the bound', () => {
  expect(
    names(
      quiet(),
      Behavior.messageSize().mustBeBelowPercentile(Percentile.P99).per(FIVE),
      Behavior.sourceIp().mustNotBeWithin(['10.0.0.0/8']),
      Behavior.disconnects().learned(Confidence.HIGH),
      Behavior.custom(CustomMetric.named('battery', CustomMetricType.NUMBER)).mustBeLessThan(70),
      Behavior.messagesReceived().mustBeAtMost(1).per(FIVE).onTopics(['a']),
      Behavior.messagesReceived().mustBeAtMost(1).per(FIVE).exceptOnTopics(['a']),
    ),
  ).toEqual([
    'messages-sent-at-most',
    'message-size-below-percentile',
    'source-ip-not-within',
    'disconnects-learned',
    'custom-battery-less-than',
    'messages-received-at-most-on-topics',
    'messages-received-at-most-except-on-topics',
  ]);
});

test('a bound that is tuned keeps the name', () => {
  expect(names(quiet())).toEqual(names(Behavior.messagesSent().mustBeAtMost(999).per(Duration.hours(1)).alarmAfter(3)));
});

test('two that would be called alike get a digest of what they say, whatever their order', () => {
  const [a, b] = [quiet(), Behavior.messagesSent().mustBeAtMost(500).per(FIVE)];
  const [first, second] = names(a, b);
  expect(first).toMatch(/^messages-sent-at-most-[0-9a-f]{8}$/);
  expect(first).not.toBe(second);
  expect(names(b, a)).toEqual([second, first]);
});

test.each([
  ['alarmAfter', quiet().alarmAfter(3)],
  ['clearAfter', quiet().clearAfter(3)],
  ['severity', quiet().withSeverity(Severity.LOW)],
  ['suppressed', quiet().suppressed()],
  ['exported', quiet().exported()],
  ['window', quiet().per(Duration.hours(1))],
])('two that differ in %s alone are two', (_what, other) => {
  expect(named(quiet(), other).taken).toEqual([]);
});

test('two that say the same are one too many', () => {
  const { taken } = named(Behavior.disconnects().learned(Confidence.LOW), quiet(), quiet());
  expect(taken).toEqual([{ first: 1, second: 2, name: expect.stringMatching(/^messages-sent-at-most-/) }]);
});

test('a given name stays, and another does not take it', () => {
  const { specs, taken } = named(
    quiet(),
    quiet().named('messages-sent-at-most'),
    quiet().named('mine'),
    quiet().named('mine'),
  );
  expect(specs.map(({ name }) => name)).toEqual([
    expect.stringMatching(/^messages-sent-at-most-[0-9a-f]{8}$/),
    'messages-sent-at-most',
    'mine',
    'mine',
  ]);
  expect(taken).toEqual([{ first: 2, second: 3, name: 'mine' }]);
});

test('names that are tokens are not compared', () => {
  const token = Lazy.string({ produce: () => 'x' });
  expect(named(quiet().named(token), Behavior.disconnects().learned(Confidence.LOW).named(token)).taken).toEqual([]);
});

test('tokens do not make a name depend on the order in which they were made', () => {
  const pair = (): string[] =>
    names(
      quiet(),
      Behavior.messagesSent()
        .mustBeAtMost(Lazy.number({ produce: () => 1 }))
        .per(FIVE),
      Behavior.messagesSent().mustBeAtLeast(1).per(FIVE),
    );
  expect(pair()).toEqual(pair());
});

test('a long metric name is cut, and stays apart from others', () => {
  const metric = (end: string): Behavior =>
    Behavior.custom(CustomMetric.named('x'.repeat(127) + end, CustomMetricType.NUMBER)).mustBeAtMost(1);
  const [a, b] = names(metric('a'), metric('b')) as [string, string];
  expect([a.length, b.length]).toEqual([128, 128]);
  expect(a).not.toBe(b);
  expect(a).toMatch(LEGAL);
});

test('a behavior as data has all defaults', () => {
  const [spec] = named(quiet()).specs;
  expect(spec).toEqual({
    name: 'messages-sent-at-most',
    metric: 'messages-sent',
    operator: 'atMost',
    threshold: 120,
    windowSeconds: 300,
    datapointsToAlarm: 1,
    datapointsToClear: 1,
    severity: 'MEDIUM',
    suppressed: false,
    exported: false,
  });
});

test('a behavior as data has all that was said, and is serializable', () => {
  const dimension = CfnDimension.fromDimensionName(testStack(), 'D', 'Elsewhere');
  const { specs } = named(
    Behavior.bytesOut()
      .learned(Confidence.LOW)
      .clearAfter(4)
      .withSeverity(Severity.HIGH)
      .suppressed()
      .exported()
      .named('a'),
    Behavior.messageSize()
      .mustBeAtLeastPercentile(Percentile.P1)
      .per(FIVE)
      .alarmAfter(7)
      .named('b')
      .exceptOnTopics(['t/#']),
    Behavior.customStrings(CustomMetric.named('s', CustomMetricType.STRING_LIST)).mustBeWithin(['x']).named('c'),
    Behavior.listeningTcpPorts().mustNotBeWithin([23]).named('d'),
    Behavior.messagesSent().mustBeAtMost(1).per(FIVE).named('e').onDimension(dimension),
  );
  expect(JSON.parse(JSON.stringify(specs))).toEqual([
    {
      name: 'a',
      metric: 'bytes-out',
      confidence: 'LOW',
      datapointsToAlarm: 2,
      datapointsToClear: 4,
      severity: 'HIGH',
      suppressed: true,
      exported: true,
    },
    {
      name: 'b',
      metric: 'message-size',
      operator: 'atLeast',
      percentile: 'p1',
      windowSeconds: 300,
      datapointsToAlarm: 7,
      datapointsToClear: 1,
      severity: 'MEDIUM',
      suppressed: false,
      exported: false,
      topicFilters: ['t/#'],
      topicsExcluded: true,
    },
    {
      name: 'c',
      metric: 's',
      customType: 'string-list',
      operator: 'within',
      texts: ['x'],
      datapointsToAlarm: 1,
      datapointsToClear: 1,
      severity: 'MEDIUM',
      suppressed: false,
      exported: false,
    },
    {
      name: 'd',
      metric: 'listening-tcp-ports',
      operator: 'notWithin',
      numbers: [23],
      datapointsToAlarm: 1,
      datapointsToClear: 1,
      severity: 'MEDIUM',
      suppressed: false,
      exported: false,
    },
    {
      name: 'e',
      metric: 'messages-sent',
      operator: 'atMost',
      threshold: 1,
      windowSeconds: 300,
      dimensionName: 'Elsewhere',
      topicsExcluded: false,
      datapointsToAlarm: 1,
      datapointsToClear: 1,
      severity: 'MEDIUM',
      suppressed: false,
      exported: false,
    },
  ]);
});

test('of any set of behaviors that say different things, names are legal, different, and independent of order', () => {
  const draft: fc.Arbitrary<BehaviorDraft> = fc
    .tuple(
      fc.constantFrom(...EVERY_METRIC),
      fc.nat(10),
      fc.constantFrom(undefined, 300, 600),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
    )
    .map(([measured, which, windowSeconds, datapointsToAlarm, suppressed]) => ({
      measured,
      criterion: criteriaFor({ value: 'count' })[which]!,
      windowSeconds,
      datapointsToAlarm,
      suppressed,
    }));
  fc.assert(
    fc.property(fc.uniqueArray(draft, { maxLength: 40, selector: (value) => JSON.stringify(value) }), (drafts) => {
      const { specs, taken } = nameBehaviors(drafts);
      const all = specs.map(({ name }) => name);
      expect(taken).toEqual([]);
      expect(new Set(all).size).toBe(all.length);
      for (const name of all) expect(name).toMatch(LEGAL);
      expect(nameBehaviors([...drafts].reverse()).specs.map(({ name }) => name)).toEqual([...all].reverse());
    }),
  );
});
