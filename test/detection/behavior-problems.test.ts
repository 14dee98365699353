import { Duration, Fn, Lazy, Token } from 'aws-cdk-lib';
import { CfnDimension } from 'aws-cdk-lib/aws-iot';
import fc from 'fast-check';
import { Behavior, Confidence, CustomMetric, CustomMetricType, Percentile, Severity } from '../../lib/detection';
import { listProblems } from '../../lib/detection/behavior-problem';
import { metricProblems, problemsOfBehavior, topicKey } from '../../lib/detection/behavior-problems';
import { type BehaviorDraft, factsOf } from '../../lib/detection/behavior-draft';
import { criterionKey } from '../../lib/detection/criterion-problems';
import { criteriaOf } from '../../lib/detection/metrics';
import { testStack } from '../support/app';
import { criteriaFor, criteriaOfMetric, CUSTOM, EVERY_METRIC, quiet, windowOf } from './samples';
import { pastedKey } from '../support/private-key';

const FIVE = Duration.minutes(5);
const battery = CustomMetric.named('battery', CustomMetricType.NUMBER);

function problems(behavior: Behavior): string[] {
  return problemsOfBehavior(behavior._draft).map(({ at, code, message }) => `${code} ${at} ${message}`);
}

describe('every metric with every criterion', () => {
  const cases = EVERY_METRIC.flatMap((measured) =>
    criteriaFor(factsOf(measured)).map((criterion) => ({ measured, criterion })),
  );

  test.each(cases)(
    '$measured.id$measured.usedAs $criterion.kind $criterion.operator$criterion.bound',
    ({ measured, criterion }) => {
      const facts = factsOf(measured);
      const key = criterionKey(criterion);
      const fits = criteriaOfMetric(measured).some(
        (candidate) => JSON.stringify(candidate) === JSON.stringify(criterion),
      );
      const window = windowOf(measured, criterion);
      const draft: BehaviorDraft = { measured, criterion, windowSeconds: window };
      const found = problemsOfBehavior(draft);
      if (fits) {
        expect(found).toEqual([]);
        // The other way with the window is wrong, and is all that is wrong.
        expect(problemsOfBehavior({ ...draft, windowSeconds: window === undefined ? 300 : undefined })).toMatchObject([
          { at: 'per', code: 'BehaviorWindowInvalid' },
        ]);
      } else {
        expect(found).toHaveLength(1);
        expect(found[0]).toMatchObject({ at: key, code: 'BehaviorCriterionInvalid' });
        for (const alternative of criteriaOf(facts)) expect(found[0]?.message).toContain(alternative);
      }
    },
  );
});

describe('a bound', () => {
  test.each([0, 1, 120, Number.MAX_SAFE_INTEGER - 1])('of a count may be %d', (bound) => {
    expect(problems(Behavior.messagesSent().mustBeAtMost(bound).per(FIVE))).toEqual([]);
  });

  test.each([-1, 1.5, NaN, Infinity, Number.MAX_SAFE_INTEGER + 1])('of a count may not be %d', (bound) => {
    expect(problems(Behavior.messagesSent().mustBeAtMost(bound).per(FIVE))).toEqual([
      `BehaviorValueInvalid atMost must be a whole number of messages from 0 to 9007199254740991, got ${bound}`,
    ]);
  });

  test('may not be less than 0, which nothing is', () => {
    expect(problems(Behavior.disconnects().mustBeLessThan(0).per(FIVE))).toEqual([
      "BehaviorValueInvalid lessThan cannot be 0, since nothing is less; use 'atMost' with 0",
    ]);
    expect(problems(Behavior.disconnects().mustBeLessThan(1).per(FIVE))).toEqual([]);
    expect(problems(Behavior.disconnects().mustBeGreaterThan(0).per(FIVE))).toEqual([]);
    expect(problems(Behavior.disconnects().mustBeAtLeast(1).per(FIVE))).toEqual([]);
    expect(problems(Behavior.disconnects().mustBeGreaterThan(Number.MAX_SAFE_INTEGER).per(FIVE))).toEqual([
      'BehaviorValueInvalid greaterThan cannot be 9007199254740991, since nothing is more and every device would be outside its normal; use a bound that devices can be on both sides of',
    ]);
    expect(problems(Behavior.disconnects().mustBeAtLeast(Number.MAX_SAFE_INTEGER).per(FIVE))).toEqual([]);
  });

  test('may not be 0 or more, which everything is: no alarm could ever be raised', () => {
    expect(problems(Behavior.messagesSent().mustBeAtLeast(0).per(FIVE))).toEqual([
      'BehaviorValueInvalid atLeast cannot be 0, since nothing is less and no alarm could ever be raised; use 1 or more',
    ]);
    expect(problems(Behavior.custom(battery).mustBeAtLeast(0))).toEqual([]);
  });

  test.each(['mustBeAtMost', 'mustBeLessThan'] as const)('may not be what nothing exceeds: %s', (method) => {
    const never =
      'since nothing is more and no alarm could ever be raised; use a bound that devices can be on both sides of';
    const at = method === 'mustBeAtMost' ? 'atMost' : 'lessThan';
    expect(problems(Behavior.messagesSent()[method](Number.MAX_SAFE_INTEGER).per(FIVE))).toEqual([
      `BehaviorValueInvalid ${at} cannot be 9007199254740991, ${never}`,
    ]);
    expect(problems(Behavior.custom(battery)[method](Number.MAX_VALUE))).toEqual([
      `BehaviorValueInvalid ${at} cannot be 1.7976931348623157e+308, ${never}`,
    ]);
    expect(problems(Behavior.custom(battery)[method](-Number.MAX_VALUE))[0]).toContain(
      'since nothing is less and every device would be outside its normal',
    );
    expect(problems(Behavior.custom(battery)[method](Number.MAX_SAFE_INTEGER))).toEqual([]);
  });

  test.each(['mustBeAtLeast', 'mustBeGreaterThan'] as const)('may not be what nothing is below: %s', (method) => {
    expect(problems(Behavior.custom(battery)[method](-Number.MAX_VALUE))[0]).toContain(
      'since nothing is less and no alarm could ever be raised',
    );
    expect(problems(Behavior.custom(battery)[method](Number.MAX_VALUE))[0]).toContain(
      'since nothing is more and every device would be outside its normal',
    );
  });

  test.each([-273.15, 0, 70.5, 1e300])('of a custom number may be %d', (bound) => {
    expect(problems(Behavior.custom(battery).mustBeLessThan(bound))).toEqual([]);
  });

  test.each([NaN, Infinity, -Infinity])('of a custom number may not be %d', (bound) => {
    expect(problems(Behavior.custom(battery).mustBeLessThan(bound))).toEqual([
      `BehaviorValueInvalid lessThan must be a finite number, got ${bound}`,
    ]);
  });

  test('of a time is whole minutes', () => {
    expect(problems(Behavior.disconnectDuration().mustBeLessThan(Duration.hours(6)))).toEqual([]);
    expect(problems(Behavior.disconnectDuration().mustBeAtMost(Duration.seconds(90)))).toEqual([
      'BehaviorValueInvalid atMost must be a whole number of minutes from 0 to 9007199254740991, got 1.5',
    ]);
  });
});

describe('a percentile', () => {
  test('may not put every device outside the normal', () => {
    const metric = Behavior.messageSize();
    expect(problems(metric.mustBeBelowPercentile(Percentile.P0).per(FIVE))).toEqual([
      "BehaviorCriterionInvalid belowPercentile cannot be p0, since every device would be outside its normal; use 'atMostPercentile' or another percentile",
    ]);
    expect(problems(metric.mustBeAbovePercentile(Percentile.P100).per(FIVE))).toEqual([
      "BehaviorCriterionInvalid abovePercentile cannot be p100, since every device would be outside its normal; use 'atLeastPercentile' or another percentile",
    ]);
    for (const fine of [
      metric.mustBeBelowPercentile(Percentile.P100),
      metric.mustBeAbovePercentile(Percentile.P0),
      metric.mustBeAtMostPercentile(Percentile.P0),
      metric.mustBeAtMostPercentile(Percentile.P99_99),
      metric.mustBeAtLeastPercentile(Percentile.P100),
      metric.mustBeAtLeastPercentile(Percentile.P0_01),
    ]) {
      expect(problems(fine.per(FIVE))).toEqual([]);
    }
  });

  test('may not be one that no device can leave', () => {
    const metric = Behavior.messageSize();
    expect(problems(metric.mustBeAtMostPercentile(Percentile.P100).per(FIVE))).toEqual([
      "BehaviorCriterionInvalid atMostPercentile cannot be p100, since no device is above the highest of all and no alarm could ever be raised; use another percentile, or 'belowPercentile' for the highest device of each window",
    ]);
    expect(problems(metric.mustBeAtLeastPercentile(Percentile.P0).per(FIVE))).toEqual([
      "BehaviorCriterionInvalid atLeastPercentile cannot be p0, since no device is below the lowest of all and no alarm could ever be raised; use another percentile, or 'abovePercentile' for the lowest device of each window",
    ]);
  });

  test('is taken over a window', () => {
    expect(problems(Behavior.messageSize().mustBeAtMostPercentile(Percentile.P99))).toEqual([
      'BehaviorWindowInvalid per is missing: percentiles are taken over a window; use 5m, 10m, 15m, 30m or 1h',
    ]);
  });

  test('is one of the service, whatever a caller without types says', () => {
    expect(
      problems(
        Behavior.messageSize()
          .mustBeAtMostPercentile('p95' as Percentile)
          .per(FIVE),
      ),
    ).toEqual([
      'BehaviorCriterionInvalid atMostPercentile must be p0, p0.01, p0.1, p1, p10, p50, p90, p99, p99.9, p99.99 or p100, got "p95"',
    ]);
  });
});

test('a confidence and a severity are words of the language, whatever a caller without types says', () => {
  expect(problems(Behavior.disconnects().learned('SURE' as Confidence))).toEqual([
    'BehaviorCriterionInvalid learned must be LOW, MEDIUM or HIGH, got "SURE"',
  ]);
  expect(problems(quiet().withSeverity('URGENT' as Severity))).toEqual([
    'BehaviorCriterionInvalid severity must be LOW, MEDIUM, HIGH or CRITICAL, got "URGENT"',
  ]);
  for (const severity of Object.values(Severity)) expect(problems(quiet().withSeverity(severity))).toEqual([]);
});

describe('a window', () => {
  test.each([5, 10, 15, 30, 60])('may be %d minutes', (minutes) => {
    expect(problems(quiet().per(Duration.minutes(minutes)))).toEqual([]);
  });

  test.each([0, 299, 301, 1200, 7200])('may not be %d seconds', (seconds) => {
    expect(problems(quiet().per(Duration.seconds(seconds)))).toEqual([
      `BehaviorWindowInvalid per must be 5m, 10m, 15m, 30m or 1h, got ${seconds} seconds`,
    ]);
  });

  test('is said where a metric is counted over one', () => {
    expect(problems(Behavior.bytesOut().mustBeAtMost(1))).toEqual([
      'BehaviorWindowInvalid per is missing: bytes-out are counted over a window; use 5m, 10m, 15m, 30m or 1h',
    ]);
  });

  test('is not said of what is judged value by value', () => {
    for (const behavior of [
      Behavior.messageSize().mustBeAtMost(1024),
      Behavior.establishedTcpConnections().mustBeAtMost(3),
      Behavior.sourceIp().mustBeWithin(['10.0.0.0/8']),
      Behavior.listeningTcpPorts().mustBeWithin([22]),
      Behavior.custom(battery).mustBeAtMost(3),
      Behavior.disconnectDuration().mustBeAtMost(Duration.hours(1)),
    ]) {
      expect(problems(behavior)).toEqual([]);
      expect(problems(behavior.per(FIVE))).toEqual([
        expect.stringMatching(/^BehaviorWindowInvalid per must be left out: each value of .*'alarmAfter'/),
      ]);
    }
  });

  test('is not said of what is learned', () => {
    expect(problems(Behavior.disconnects().learned(Confidence.LOW).per(FIVE))).toEqual([
      'BehaviorWindowInvalid per must be left out: the service chooses the window of a learned normal',
    ]);
  });

  test('is left out of the message where the criterion is wrong already', () => {
    const draft: BehaviorDraft = {
      ...Behavior.sourceIp().mustBeWithin([])._draft,
      criterion: { kind: 'learned', confidence: Confidence.LOW },
      windowSeconds: 7,
    };
    expect(problemsOfBehavior(draft)).toMatchObject([
      { at: 'learned', message: 'does not fit "source-ip" (a list of addresses); use within or notWithin' },
    ]);
  });
});

describe('datapoints', () => {
  test.each([1, 2, 10])('may be %d', (count) =>
    expect(problems(quiet().alarmAfter(count).clearAfter(count))).toEqual([]),
  );

  test.each([0, 11, 1.5, -1, NaN])('may not be %d', (count) => {
    const message = `must be a whole number from 1 to 10 datapoints, got ${count}`;
    expect(problems(quiet().alarmAfter(count).clearAfter(count))).toEqual([
      `BehaviorDatapointsInvalid alarmAfter ${message}`,
      `BehaviorDatapointsInvalid clearAfter ${message}`,
    ]);
  });
});

describe('a name', () => {
  test.each(['a', 'Too_many:messages-1', 'x'.repeat(128)])('may be %s', (name) =>
    expect(problems(quiet().named(name))).toEqual([]),
  );

  test.each(['', 'too many', 'x'.repeat(129), 'ü', 'a.b', 'a\n'])('may not be %j', (name) => {
    expect(problems(quiet().named(name))).toEqual([
      expect.stringMatching(/^BehaviorNameInvalid name must be 1 to 128 letters, digits/),
    ]);
  });

  test('is not echoed where it is a private key', () => {
    const { pem, isShownIn } = pastedKey();
    const found = problems(quiet().named(pem)).join();
    expect(found).not.toBe('');
    expect(isShownIn(found)).toBe(false);
  });
});

describe('values of a list', () => {
  test.each([
    [Behavior.listeningTcpPorts().mustBeWithin([0, 443, 65535]), []],
    [
      Behavior.listeningTcpPorts().mustBeWithin([65536]),
      ['BehaviorValueInvalid within[0] must be a port from 0 to 65535, got 65536'],
    ],
    [
      Behavior.listeningUdpPorts().mustNotBeWithin([-1]),
      ['BehaviorValueInvalid notWithin[0] must be a port from 0 to 65535, got -1'],
    ],
    [
      Behavior.listeningUdpPorts().mustNotBeWithin([5.5]),
      ['BehaviorValueInvalid notWithin[0] must be a port from 0 to 65535, got 5.5'],
    ],
    [
      Behavior.listeningTcpPorts().mustBeWithin([22, 80, 22]),
      ['BehaviorValueInvalid within[2] must not be there twice, got 22'],
    ],
    [
      Behavior.sourceIp().mustBeWithin(['10.0.0.0/8', '10.0.0.0/8']),
      ['BehaviorValueInvalid within[1] must not be there twice, got "10.0.0.0/8"'],
    ],
    [Behavior.sourceIp().mustBeWithin(['0.0.0.0/0']), []],
    [Behavior.destinationIps().mustNotBeWithin(['10.0.0.0/8']), []],
    [
      Behavior.destinationIps().mustNotBeWithin(['0.0.0.0/0']),
      [
        'BehaviorValueInvalid notWithin[0] holds every address, so that every device would be outside its normal; use \'within\' with the ranges that are normal, got "0.0.0.0/0"',
      ],
    ],
    [
      Behavior.sourceIp().mustNotBeWithin(['8000::/1', '::/1']),
      [
        "BehaviorValueInvalid notWithin holds every IPv6 address together, so that every device there would be outside its normal; use 'within' with the ranges that are normal",
      ],
    ],
    [Behavior.sourceIp().mustBeWithin(['8000::/1', '::/1']), []],
    [Behavior.sourceIp().mustBeWithin(['0.0.0.0/0', '8000::/1']), []],
    [
      Behavior.sourceIp().mustBeWithin(['0.0.0.0/0', '8000::/1', '::/1']),
      [
        'BehaviorValueInvalid within holds every IPv4 and every IPv6 address, so that no alarm could ever be raised; leave out what is not normal',
      ],
    ],
    [Behavior.sourceIp().mustBeWithin(['0.0.0.0/0', Lazy.string({ produce: () => '::/0' })]), []],
    [Behavior.sourceIp().mustNotBeWithin(['128.0.0.0/1', Lazy.string({ produce: () => '0.0.0.0/1' })]), []],
    [Behavior.sourceIp().mustNotBeWithin(Lazy.list({ produce: () => ['0.0.0.0/1', '128.0.0.0/1'] })), []],
    [
      Behavior.sourceIp().mustNotBeWithin(['x']),
      [expect.stringMatching(/notWithin\[0\] must be an IPv4 or IPv6 range .*, got "x"/)],
    ],
    [Behavior.sourceIp().mustBeWithin([]), ['BehaviorValueInvalid within must have 1 to 1000 values, got 0']],
    [Behavior.listeningTcpPorts().mustBeWithin([]), ['BehaviorValueInvalid within must have 1 to 1000 values, got 0']],
    [Behavior.listeningTcpPorts().mustBeWithin(Array.from({ length: 1000 }, (_port, index) => index)), []],
    [
      Behavior.listeningTcpPorts().mustBeWithin(Array.from({ length: 1001 }, (_port, index) => index)),
      ['BehaviorValueInvalid within must have 1 to 1000 values, got 1001'],
    ],
    [Behavior.customNumbers(CustomMetric.named('n', CustomMetricType.NUMBER_LIST)).mustBeWithin([-1.5, 2]), []],
    [
      Behavior.customNumbers(CustomMetric.named('n', CustomMetricType.NUMBER_LIST)).mustBeWithin([NaN]),
      ['BehaviorValueInvalid within[0] must be a finite number, got NaN'],
    ],
    [
      Behavior.customStrings(CustomMetric.named('s', CustomMetricType.STRING_LIST)).mustNotBeWithin([
        'telnetd',
        '10.0.0.0',
      ]),
      [],
    ],
    [
      Behavior.customStrings(CustomMetric.named('s', CustomMetricType.STRING_LIST)).mustBeWithin(['']),
      ['BehaviorValueInvalid within[0] must not be empty, got ""'],
    ],
    [
      Behavior.customAddresses(CustomMetric.named('a', CustomMetricType.IP_ADDRESS_LIST)).mustBeWithin([
        '192.0.2.1/32',
      ]),
      [],
    ],
    [
      Behavior.customAddresses(CustomMetric.named('a', CustomMetricType.IP_ADDRESS_LIST)).mustBeWithin(['192.0.2.1']),
      [expect.stringContaining("write '192.0.2.1/32'")],
    ],
  ])('%#', (behavior, expected) => expect(problems(behavior)).toEqual(expected));
});

describe('a custom metric', () => {
  const methods = {
    [CustomMetricType.NUMBER]: 'Behavior.custom',
    [CustomMetricType.NUMBER_LIST]: 'Behavior.customNumbers',
    [CustomMetricType.STRING_LIST]: 'Behavior.customStrings',
    [CustomMetricType.IP_ADDRESS_LIST]: 'Behavior.customAddresses',
  };

  test.each(Object.values(CustomMetricType))('of type %s is taken by its own method only', (type) => {
    const metric = CustomMetric.named('mine', type);
    const uses = [
      Behavior.custom(metric).mustBeAtMost(1),
      Behavior.customNumbers(metric).mustBeWithin([1]),
      Behavior.customStrings(metric).mustBeWithin(['x']),
      Behavior.customAddresses(metric).mustBeWithin(['10.0.0.0/8']),
    ];
    const found = uses.map(problems);
    expect(found.filter((list) => list.length === 0)).toHaveLength(1);
    expect(found.flat()).toEqual(
      Array.from(
        { length: 3 },
        () => `CustomMetricInvalid custom is "mine" of type ${type}; use ${methods[type]} for it`,
      ),
    );
  });

  test.each(['', 'aws:num', 'has blank', 'x'.repeat(129)])('may not be named %j', (name) => {
    expect(problems(Behavior.custom(CustomMetric.named(name, CustomMetricType.NUMBER)).mustBeAtMost(1))).toEqual([
      expect.stringMatching(/^CustomMetricInvalid custom must /),
    ]);
  });

  test.each(['AWS:num', 'aws', 'a:b_c-9', 'x'.repeat(128)])('may be named %s', (name) => {
    expect(
      metricProblems({
        kind: 'custom',
        metric: CustomMetric.named(name, CustomMetricType.NUMBER),
        usedAs: CustomMetricType.NUMBER,
      }),
    ).toEqual([]);
  });

  test('has one of the types, whatever a caller without types says', () => {
    expect(problems(Behavior.custom(CustomMetric.named('f', 'float' as CustomMetricType)).mustBeAtMost(1))).toEqual([
      'CustomMetricInvalid custom must be number, number-list, string-list or ip-address-list, got "float"',
    ]);
  });

  test('has a name that is known at synth', () => {
    const metric = CustomMetric.named(Lazy.string({ produce: () => 'x' }), CustomMetricType.NUMBER);
    expect(problems(Behavior.custom(metric).mustBeAtMost(1))).toEqual([
      expect.stringContaining('must be known at synth'),
    ]);
  });
});

describe('topics', () => {
  const able = 'messages-sent, messages-received, message-size, authorization-failures or source-ip';

  test.each(EVERY_METRIC)('narrow $id$usedAs only if the service can', (measured) => {
    const facts = factsOf(measured);
    const criterion = criteriaOfMetric(measured)[0]!;
    const draft: BehaviorDraft = {
      measured,
      criterion,
      windowSeconds: windowOf(measured, criterion),
      scope: { filters: ['pumps/#'], excluded: true },
    };
    const found = problemsOfBehavior(draft);
    if (facts.topics) expect(found).toEqual([]);
    else
      expect(found).toContainEqual({
        at: 'exceptOnTopics',
        code: 'BehaviorScopeInvalid',
        message: expect.stringContaining(`only for ${able}`),
      });
  });

  test('may narrow what is learned', () => {
    expect(problems(Behavior.messageSize().learned(Confidence.LOW).onTopics(['pumps/#']))).toEqual([]);
  });

  test('are 1 to 100 different topic filters', () => {
    expect(problems(quiet().onTopics([]))).toEqual([
      'BehaviorScopeInvalid onTopics must have 1 to 100 topic filters, got 0',
    ]);
    const many = Array.from({ length: 101 }, (_filter, index) => `t/${index}`);
    expect(problems(quiet().exceptOnTopics(many))).toEqual([
      'BehaviorScopeInvalid exceptOnTopics must have 1 to 100 topic filters, got 101',
    ]);
    expect(problems(quiet().exceptOnTopics(many.slice(1)))).toEqual([]);
    expect(problems(quiet().onTopics(['a', 'b/#/c', 'a']))).toEqual([
      `BehaviorScopeInvalid onTopics[1] may have '#' only alone in the last level, got "b/#/c"`,
      'BehaviorScopeInvalid onTopics[2] must not be there twice, got "a"',
    ]);
  });

  test('of an imported dimension are not known', () => {
    const dimension = CfnDimension.fromDimensionName(testStack(), 'D', 'Elsewhere');
    expect(problems(quiet().onDimension(dimension))).toEqual([]);
    expect(problems(Behavior.disconnects().mustBeAtMost(1).per(FIVE).onDimension(dimension))).toHaveLength(1);
    expect(topicKey({ filters: ['a'], excluded: true })).toBe('exceptOnTopics');
    expect(topicKey({ filters: ['a'], excluded: false })).toBe('onTopics');
  });
});

test('tokens are taken to be right', () => {
  const number = Lazy.number({ produce: () => 3 });
  const text = Fn.ref('Parameter');
  const list = Lazy.list({ produce: () => ['10.0.0.0/8'] });
  for (const behavior of [
    Behavior.messagesSent()
      .mustBeLessThan(number)
      .per(Duration.seconds(number))
      .alarmAfter(number)
      .clearAfter(number)
      .named(text),
    Behavior.custom(battery).mustBeAtMost(number),
    Behavior.sourceIp().mustBeWithin(list),
    Behavior.sourceIp().mustBeWithin([text, 'a token beside it is judged'].slice(0, 1)),
    Behavior.listeningTcpPorts().mustBeWithin([number]),
    Behavior.sourceIp().mustBeWithin(['10.0.0.0/8']).onTopics(list),
    Behavior.disconnectDuration().mustBeAtMost(Duration.minutes(number)),
    Behavior.disconnects().learned(Token.asString({ Ref: 'Confidence' }) as Confidence),
  ]) {
    expect(problems(behavior)).toEqual([]);
  }
  expect(problems(Behavior.sourceIp().mustBeWithin([text, 'x']))).toHaveLength(1);
});

test('everything that is wrong is said at once, with its place', () => {
  const wrong = Behavior.disconnects().mustBeAtMost(-1).alarmAfter(0).clearAfter(11).named('?').onTopics(['a']);
  expect(problemsOfBehavior(wrong._draft).map(({ at }) => at)).toEqual([
    'atMost',
    'per',
    'alarmAfter',
    'clearAfter',
    'name',
    'onTopics',
  ]);
});

test('no custom metric of a sample is wrong by itself', () => {
  for (const measured of Object.values(CUSTOM)) expect(metricProblems(measured)).toEqual([]);
});

test('a list says where an item is, and no list that is a token is judged', () => {
  expect(listProblems('x', 'TextInvalid', ['a', 'b'], (value) => (value === 'b' ? 'is bad' : undefined))).toEqual([
    { at: 'x[1]', code: 'TextInvalid', message: 'is bad, got "b"' },
  ]);
  expect(listProblems('x', 'TextInvalid', Lazy.list({ produce: () => [] }), () => 'is bad')).toEqual([]);
});

test('what is said of any number, name and window is judged without a throw, and right only inside the documented bounds', () => {
  fc.assert(
    fc.property(
      fc.double(),
      fc.integer({ min: -5, max: 4000 }),
      fc.double(),
      fc.string(),
      (bound, seconds, datapoints, name) => {
        const draft: BehaviorDraft = {
          ...quiet()._draft,
          criterion: Behavior.messagesSent().mustBeAtMost(bound)._draft.criterion,
          windowSeconds: seconds,
          datapointsToAlarm: datapoints,
          name,
        };
        const right =
          Number.isSafeInteger(bound) &&
          bound >= 0 &&
          [300, 600, 900, 1800, 3600].includes(seconds) &&
          Number.isInteger(datapoints) &&
          datapoints >= 1 &&
          datapoints <= 10 &&
          /^[a-zA-Z0-9:_-]{1,128}$/.test(name);
        expect(problemsOfBehavior(draft).length === 0).toBe(right);
      },
    ),
  );
});
