import { Duration, Token } from 'aws-cdk-lib';
import { CfnDimension } from 'aws-cdk-lib/aws-iot';
import {
  Behavior,
  Confidence,
  CustomMetric,
  CustomMetricType,
  Percentile,
  Severity,
  TopicDimension,
} from '../../lib/detection';
import type { DurationMetric } from '../../lib/detection/duration-metric';
import type { NumberListMetric, TextListMetric } from '../../lib/detection/list-metrics';
import { METRIC_IDS } from '../../lib/detection/metrics';
import type { NumberMetric } from '../../lib/detection/number-metric';
import type { RetainedMetric } from '../../lib/detection/retained-metric';
import { testStack } from '../support/app';
import { ENTRY, factsFor, quiet } from './samples';

type Methods = Pick<NumberMetric, 'retained'> &
  Partial<Record<keyof NumberMetric | keyof DurationMetric | keyof NumberListMetric | keyof TextListMetric, unknown>>;

test.each(METRIC_IDS)('there is a word for %s, and it has the methods of its values', (id) => {
  const metric = ENTRY[id]() as Methods;
  const facts = factsFor(id);
  expect(metric.retained()._measured).toEqual({ kind: 'aws', id });
  expect(typeof metric.mustBeAtMost === 'function').toBe(facts.operators.includes('atMost' as never));
  expect(typeof metric.mustBeGreaterThan === 'function').toBe(facts.operators.includes('greaterThan' as never));
  expect(typeof metric.mustBeWithin === 'function').toBe(facts.operators.includes('within' as never));
  expect(typeof metric.learned === 'function').toBe(facts.learned);
  expect(typeof metric.mustBeBelowPercentile === 'function').toBe(facts.percentile);
});

test('each word of a number says what is normal', () => {
  const metric = Behavior.messagesSent();
  const criteria = [
    metric.mustBeLessThan(1),
    metric.mustBeAtMost(2),
    metric.mustBeGreaterThan(3),
    metric.mustBeAtLeast(4),
    metric.mustBeBelowPercentile(Percentile.P90),
    metric.mustBeAtMostPercentile(Percentile.P99),
    metric.mustBeAbovePercentile(Percentile.P1),
    metric.mustBeAtLeastPercentile(Percentile.P0),
    metric.learned(Confidence.MEDIUM),
  ].map((behavior) => behavior._draft);
  expect(criteria).toEqual([
    {
      measured: { kind: 'aws', id: 'messages-sent' },
      criterion: { kind: 'threshold', operator: 'lessThan', threshold: 1 },
    },
    {
      measured: { kind: 'aws', id: 'messages-sent' },
      criterion: { kind: 'threshold', operator: 'atMost', threshold: 2 },
    },
    {
      measured: { kind: 'aws', id: 'messages-sent' },
      criterion: { kind: 'threshold', operator: 'greaterThan', threshold: 3 },
    },
    {
      measured: { kind: 'aws', id: 'messages-sent' },
      criterion: { kind: 'threshold', operator: 'atLeast', threshold: 4 },
    },
    {
      measured: { kind: 'aws', id: 'messages-sent' },
      criterion: { kind: 'percentile', bound: 'belowPercentile', percentile: 'p90' },
    },
    {
      measured: { kind: 'aws', id: 'messages-sent' },
      criterion: { kind: 'percentile', bound: 'atMostPercentile', percentile: 'p99' },
    },
    {
      measured: { kind: 'aws', id: 'messages-sent' },
      criterion: { kind: 'percentile', bound: 'abovePercentile', percentile: 'p1' },
    },
    {
      measured: { kind: 'aws', id: 'messages-sent' },
      criterion: { kind: 'percentile', bound: 'atLeastPercentile', percentile: 'p0' },
    },
    { measured: { kind: 'aws', id: 'messages-sent' }, criterion: { kind: 'learned', confidence: 'MEDIUM' } },
  ]);
});

test('a time that is none, or that only the deployment could convert, is an error that says what to write', () => {
  const metric = Behavior.disconnectDuration();
  const known = Token.asNumber({ Ref: 'Most' });
  expect(() => metric.mustBeAtMost(Duration.hours(known))).toThrow(
    /'time' is a number of hours that is not known at synth.*Duration\.minutes\(\.\.\.\).*\[BehaviorValueInvalid\]/s,
  );
  expect(() => metric.mustBeLessThan(30 as never)).toThrow(
    /'time' must be a Duration, .*got 30.*\[BehaviorValueInvalid\]/s,
  );
  expect(metric.mustBeAtMost(Duration.minutes(known))._draft.criterion).toMatchObject({ threshold: known });
});

test('a time is compared in minutes', () => {
  const metric = Behavior.disconnectDuration();
  expect(metric.mustBeAtMost(Duration.hours(6))._draft.criterion).toEqual({
    kind: 'threshold',
    operator: 'atMost',
    threshold: 360,
  });
  expect(metric.mustBeLessThan(Duration.days(1))._draft.criterion).toEqual({
    kind: 'threshold',
    operator: 'lessThan',
    threshold: 1440,
  });
});

test('lists say what is within and what is not', () => {
  expect(Behavior.sourceIp().mustBeWithin(['10.0.0.0/8'])._draft.criterion).toEqual({
    kind: 'texts',
    operator: 'within',
    values: ['10.0.0.0/8'],
  });
  expect(Behavior.destinationIps().mustNotBeWithin(['10.0.0.0/8'])._draft.criterion).toEqual({
    kind: 'texts',
    operator: 'notWithin',
    values: ['10.0.0.0/8'],
  });
  expect(Behavior.listeningTcpPorts().mustBeWithin([22])._draft.criterion).toEqual({
    kind: 'numbers',
    operator: 'within',
    values: [22],
  });
  expect(Behavior.listeningUdpPorts().mustNotBeWithin([22])._draft.criterion).toEqual({
    kind: 'numbers',
    operator: 'notWithin',
    values: [22],
  });
});

test('custom metrics are taken with the type that the method implies', () => {
  const metric = CustomMetric.named('mine', CustomMetricType.NUMBER);
  expect(Behavior.custom(metric).mustBeAtMost(1)._draft.measured).toEqual({ kind: 'custom', metric, usedAs: 'number' });
  expect(Behavior.customNumbers(metric).retained()._measured).toEqual({
    kind: 'custom',
    metric,
    usedAs: 'number-list',
  });
  expect(Behavior.customStrings(metric).retained()._measured).toEqual({
    kind: 'custom',
    metric,
    usedAs: 'string-list',
  });
  expect(Behavior.customAddresses(metric).retained()._measured).toEqual({
    kind: 'custom',
    metric,
    usedAs: 'ip-address-list',
  });
});

test('a behavior does not change; each word makes a new one', () => {
  const first = quiet();
  const before = JSON.stringify(first._draft);
  const second = first
    .per(Duration.minutes(15))
    .alarmAfter(2)
    .clearAfter(3)
    .withSeverity(Severity.CRITICAL)
    .suppressed()
    .exported()
    .named('mine')
    .onTopics(['a']);
  expect(JSON.stringify(first._draft)).toBe(before);
  expect(second._draft).toEqual({
    ...first._draft,
    windowSeconds: 900,
    datapointsToAlarm: 2,
    datapointsToClear: 3,
    severity: 'CRITICAL',
    suppressed: true,
    exported: true,
    name: 'mine',
    scope: { filters: ['a'], excluded: false },
  });
});

describe('scope', () => {
  const stack = testStack();
  const own = new TopicDimension(stack, 'Own', { topicFilters: ['a/#'] });
  const foreign = CfnDimension.fromDimensionName(stack, 'Foreign', 'Foreign');

  test.each([quiet(), Behavior.messagesSent().retained()])(
    'is by topics or by a dimension, in or out (%#)',
    (scoped: Behavior | RetainedMetric) => {
      const scopeOf = (value: Behavior | RetainedMetric): unknown =>
        '_draft' in value ? value._draft.scope : value._scope;
      expect(scopeOf(scoped)).toBeUndefined();
      expect(scopeOf(scoped.onTopics(['a']))).toEqual({ filters: ['a'], excluded: false });
      expect(scopeOf(scoped.exceptOnTopics(['a']))).toEqual({ filters: ['a'], excluded: true });
      expect(scopeOf(scoped.onDimension(own))).toEqual({ filters: ['a/#'], dimension: own, excluded: false });
      expect(scopeOf(scoped.exceptOnDimension(own))).toEqual({ filters: ['a/#'], dimension: own, excluded: true });
      expect(scopeOf(scoped.onDimension(foreign))).toEqual({ filters: undefined, dimension: foreign, excluded: false });
    },
  );

  test('of a retained metric stays when it is exported, and the other way round', () => {
    const metric = Behavior.messagesSent().retained().onTopics(['a']).exported();
    expect([metric._exported, metric._scope?.filters]).toEqual([true, ['a']]);
    const other = Behavior.messagesSent().retained().exported().onTopics(['a']);
    expect([other._exported, other._scope?.filters]).toEqual([true, ['a']]);
    expect(Behavior.messagesSent().retained()._exported).toBe(false);
  });
});
