import { Duration, Lazy, type Stack } from 'aws-cdk-lib';
import { CfnDimension } from 'aws-cdk-lib/aws-iot';
import fc from 'fast-check';
import {
  Behavior,
  BehaviorOperator,
  Confidence,
  CustomMetric,
  CustomMetricType,
  Detection,
  DetectionTarget,
  Percentile,
  TopicDimension,
} from '../../../lib/detection';
import { type BehaviorDraft, type Criterion, factsOf, metricNameOf } from '../../../lib/detection/behavior-draft';
import { problemsOfBehavior } from '../../../lib/detection/behavior-problems';
import { nameBehaviors } from '../../../lib/detection/behavior-names';
import { renderBehavior, renderRetainedMetric } from '../../../lib/detection/device-defender/render';
import { templateOf, testStack } from '../../support/app';
import { criteriaOfMetric, EVERY_METRIC, quiet, windowOf } from '../samples';
import { profileRefusals, refusals, type RenderedBehavior } from './documented';

const FIVE = Duration.minutes(5);
const NUMERIC = [
  BehaviorOperator.LESS_THAN,
  BehaviorOperator.AT_MOST,
  BehaviorOperator.GREATER_THAN,
  BehaviorOperator.AT_LEAST,
];
const CUSTOM_TYPES = new Map(Object.values(CustomMetricType).map((type) => [`of-${type}`, type as string]));

function render(stack: Stack, behavior: Behavior): RenderedBehavior {
  const spec = nameBehaviors([behavior._draft]).specs[0]!;
  return capitals(stack.resolve(renderBehavior(stack, { draft: behavior._draft, spec }))) as RenderedBehavior;
}

/** As CloudFormation spells it; that the L1 does so is tested with whole templates. */
function capitals(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(capitals);
  if (typeof value !== 'object' || value === null || 'Ref' in value) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [`${key[0]?.toUpperCase()}${key.slice(1)}`, capitals(item)]),
  );
}

describe('every criterion of every metric is one that the service takes', () => {
  const cases = EVERY_METRIC.flatMap((measured) =>
    criteriaOfMetric(measured).map((criterion) => ({ name: metricNameOf(measured), measured, criterion })),
  );
  const stack = testStack();

  test.each(cases)('$name $criterion', ({ measured, criterion }) => {
    const existing =
      measured.kind === 'custom' ? { ...measured, metric: { ...measured.metric, existing: true } } : measured;
    const behavior = Behavior._of({ measured: existing, criterion, windowSeconds: windowOf(measured, criterion) });
    expect(refusals(render(stack, behavior), CUSTOM_TYPES)).toEqual([]);
  });

  test('and the judge refuses what is wrong', () => {
    const right = render(stack, quiet());
    const wrong: RenderedBehavior[] = [
      { ...right, Name: 'a b' },
      { ...right, Metric: 'aws:messages' },
      { ...right, Criteria: { ...right.Criteria, DurationSeconds: 301 } },
      { ...right, Criteria: { ...right.Criteria, Value: { Count: 120 } } },
      { ...right, Criteria: { ...right.Criteria, ComparisonOperator: 'in-set' } },
      { ...right, Criteria: { ...right.Criteria, ConsecutiveDatapointsToAlarm: 0 } },
      { ...right, Criteria: { ...right.Criteria, MlDetectionConfig: { ConfidenceLevel: 'HIGH' } } },
    ];
    for (const behavior of wrong) expect(refusals(behavior)).not.toEqual([]);
  });
});

describe('the normal is what was said, never its inverse', () => {
  const stack = testStack();

  test.each([
    [Behavior.messagesSent().mustBeLessThan(5), 'less-than'],
    [Behavior.messagesSent().mustBeAtMost(5), 'less-than-equals'],
    [Behavior.messagesSent().mustBeGreaterThan(5), 'greater-than'],
    [Behavior.messagesSent().mustBeAtLeast(5), 'greater-than-equals'],
    [Behavior.messagesSent().mustBeBelowPercentile(Percentile.P90), 'less-than'],
    [Behavior.messagesSent().mustBeAtMostPercentile(Percentile.P90), 'less-than-equals'],
    [Behavior.messagesSent().mustBeAbovePercentile(Percentile.P90), 'greater-than'],
    [Behavior.messagesSent().mustBeAtLeastPercentile(Percentile.P90), 'greater-than-equals'],
    [Behavior.sourceIp().mustBeWithin(['10.0.0.0/8']), 'in-cidr-set'],
    [Behavior.sourceIp().mustNotBeWithin(['10.0.0.0/8']), 'not-in-cidr-set'],
    [Behavior.listeningUdpPorts().mustBeWithin([53]), 'in-port-set'],
    [Behavior.listeningUdpPorts().mustNotBeWithin([53]), 'not-in-port-set'],
    [
      Behavior.customStrings(CustomMetric.named('s', CustomMetricType.STRING_LIST, { existing: true })).mustBeWithin([
        'x',
      ]),
      'in-set',
    ],
    [
      Behavior.customNumbers(CustomMetric.named('n', CustomMetricType.NUMBER_LIST, { existing: true })).mustNotBeWithin(
        [1],
      ),
      'not-in-set',
    ],
    [
      Behavior.customAddresses(
        CustomMetric.named('a', CustomMetricType.IP_ADDRESS_LIST, { existing: true }),
      ).mustNotBeWithin(['10.0.0.0/8']),
      'not-in-cidr-set',
    ],
  ])('%#', (behavior, operator) => expect(render(stack, behavior).Criteria.ComparisonOperator).toBe(operator));
});

describe('values', () => {
  const stack = testStack();

  test('of a count are text, to the last digit', () => {
    expect(
      render(
        stack,
        Behavior.messagesSent()
          .mustBeAtMost(Number.MAX_SAFE_INTEGER - 1)
          .per(FIVE),
      ).Criteria.Value,
    ).toEqual({ Count: '9007199254740990' });
    const token = Lazy.number({ produce: () => 12 });
    expect(render(stack, Behavior.messagesSent().mustBeAtMost(token).per(FIVE)).Criteria.Value).toEqual({
      Count: '12',
    });
  });

  test('of a custom number are numbers', () => {
    const metric = CustomMetric.named('n', CustomMetricType.NUMBER, { existing: true });
    expect(render(stack, Behavior.custom(metric).mustBeAtMost(-7.5)).Criteria.Value).toEqual({ Number: -7.5 });
    expect(render(stack, Behavior.custom(metric).mustBeAtMost(0)).Criteria.Value).toEqual({ Number: 0 });
  });

  test('of what is learned are none', () => {
    expect(render(stack, Behavior.bytesOut().learned(Confidence.MEDIUM)).Criteria).toEqual({
      MlDetectionConfig: { ConfidenceLevel: 'MEDIUM' },
      ConsecutiveDatapointsToAlarm: 2,
      ConsecutiveDatapointsToClear: 1,
    });
  });
});

describe('topics', () => {
  test('are a dimension that behaviors with the same filters share', () => {
    const stack = testStack();
    const first = render(stack, quiet().onTopics(['a/#', 'b']));
    const second = render(stack, Behavior.messagesReceived().learned(Confidence.LOW).exceptOnTopics(['a/#', 'b']));
    render(stack, quiet().onTopics(['c']));
    expect(second.MetricDimension).toEqual({ ...first.MetricDimension, Operator: 'NOT_IN' });
    expect(first.MetricDimension?.Operator).toBe('IN');
    const template = templateOf(stack);
    template.resourceCountIs('AWS::IoT::Dimension', 2);
    template.hasResourceProperties('AWS::IoT::Dimension', { StringValues: ['a/#', 'b'] });
  });

  test('are the dimension that is given', () => {
    const stack = testStack();
    const own = new TopicDimension(stack, 'Own', { topicFilters: ['a'] });
    const foreign = CfnDimension.fromDimensionName(stack, 'Foreign', 'Elsewhere');
    expect(render(stack, quiet().onDimension(own)).MetricDimension?.DimensionName).toEqual({
      Ref: expect.stringMatching(/^Own/),
    });
    expect(render(stack, quiet().exceptOnDimension(foreign)).MetricDimension).toEqual({
      DimensionName: 'Elsewhere',
      Operator: 'NOT_IN',
    });
    templateOf(stack).resourceCountIs('AWS::IoT::Dimension', 1);
  });

  test('may be a token', () => {
    const stack = testStack();
    render(stack, quiet().onTopics(Lazy.list({ produce: () => ['a', 'b'] })));
    templateOf(stack).hasResourceProperties('AWS::IoT::Dimension', { StringValues: ['a', 'b'] });
  });
});

test('suppressed and exported are said only where they are', () => {
  const stack = testStack();
  expect(render(stack, quiet().suppressed().exported())).toMatchObject({ SuppressAlerts: true, ExportMetric: true });
  const plain = renderBehavior(stack, { draft: quiet()._draft, spec: nameBehaviors([quiet()._draft]).specs[0]! });
  expect([plain.suppressAlerts, plain.exportMetric]).toEqual([undefined, undefined]);
});

test('a retained metric has its dimension and its export', () => {
  const stack = testStack();
  const retained = Behavior.messagesSent().retained();
  expect(renderRetainedMetric(stack, retained)).toEqual({ metric: 'aws:num-messages-sent' });
  const narrowed = stack.resolve(renderRetainedMetric(stack, retained.exceptOnTopics(['a']).exported()));
  expect(narrowed).toMatchObject({
    metric: 'aws:num-messages-sent',
    metricDimension: { operator: 'NOT_IN' },
    exportMetric: true,
  });
});

test('whatever is not refused here, the service takes', () => {
  const numeric = fc.constantFrom(...NUMERIC);
  const set = fc.constantFrom(BehaviorOperator.WITHIN, BehaviorOperator.NOT_WITHIN);
  const range = fc.oneof(
    fc.ipV4().map((ip) => `${ip}/32`),
    fc.ipV6().map((ip) => `${ip}/128`),
    fc.constant('10.0.0.0/8'),
  );
  const criterion: fc.Arbitrary<Criterion> = fc.oneof(
    fc
      .tuple(numeric, fc.oneof(fc.nat(), fc.double()))
      .map(([operator, threshold]): Criterion => ({ kind: 'threshold', operator, threshold })),
    fc
      .tuple(
        fc.constantFrom('belowPercentile' as const, 'atLeastPercentile' as const),
        fc.constantFrom(...Object.values(Percentile)),
      )
      .map(([bound, percentile]): Criterion => ({ kind: 'percentile', bound, percentile })),
    fc
      .tuple(set, fc.array(range, { maxLength: 4 }))
      .map(([operator, values]): Criterion => ({ kind: 'texts', operator, values })),
    fc
      .tuple(set, fc.array(fc.integer({ min: -1, max: 65_536 }), { maxLength: 4 }))
      .map(([operator, values]): Criterion => ({ kind: 'numbers', operator, values })),
    fc.constantFrom(...Object.values(Confidence)).map((confidence): Criterion => ({ kind: 'learned', confidence })),
  );
  const behavior = fc
    .record({
      measured: fc.constantFrom(...EVERY_METRIC),
      criterion,
      window: fc.constantFrom('right' as const, 'right' as const, 'right' as const, 301, undefined),
      datapointsToAlarm: fc.constantFrom(undefined, 1, 10, 11),
      name: fc.constantFrom(undefined, undefined, undefined, 'a b'),
      topics: fc.constantFrom(false, false, true),
    })
    .filter(({ measured, criterion: stated }) => criteriaOfMetric(measured).some(({ kind }) => kind === stated.kind))
    .map(({ window, topics, ...rest }): BehaviorDraft => ({
      ...rest,
      windowSeconds: window === 'right' ? windowOf(rest.measured, rest.criterion) : window,
      scope: topics ? { filters: ['a/#'], excluded: false } : undefined,
    }))
    .map((draft) => ({ draft, right: problemsOfBehavior(draft).length === 0 }));
  let taken = 0;
  fc.assert(
    fc.property(fc.array(behavior, { minLength: 1, maxLength: 12 }), (candidates) => {
      const right = candidates.filter((candidate) => candidate.right).map(({ draft }) => draft);
      if (right.length === 0 || nameBehaviors(right).taken.length > 0) return;
      taken += right.length;
      const stack = testStack();
      Detection.deviceDefender().watch(stack, 'Watch', {
        target: DetectionTarget.allThings(),
        behaviors: right.map((draft) => Behavior._of(draft)),
      });
      for (const { Properties } of Object.values(templateOf(stack).findResources('AWS::IoT::SecurityProfile'))) {
        expect(profileRefusals(withNames(Properties as never), CUSTOM_TYPES)).toEqual([]);
      }
    }),
    { numRuns: 60 },
  );
  expect(taken).toBeGreaterThan(10);
});

/** Custom metrics are references; the judge knows them by name. */
function withNames<T extends { Behaviors: { Metric: unknown; Name: string }[] }>(profile: T): never {
  const behaviors = profile.Behaviors.map((behavior) => {
    const ref = (behavior.Metric as { Ref?: string }).Ref;
    const type = [...CUSTOM_TYPES.keys()]
      .sort((a, b) => b.length - a.length)
      .find((name) => ref?.includes(name.replaceAll('-', '')));
    return { ...behavior, Metric: type ?? behavior.Metric };
  });
  return { ...profile, Behaviors: behaviors } as never;
}

test('facts of a custom metric have its name', () => {
  for (const measured of EVERY_METRIC) expect(factsOf(measured).defenderName).not.toBe('');
});
