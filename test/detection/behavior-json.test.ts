import Ajv from 'ajv';
import fc from 'fast-check';
import { type Behavior, CustomMetric, CustomMetricType } from '../../lib/detection';
import { BEHAVIOR_SCHEMA, parseBehavior } from '../../lib/detection/behavior-json';
import { CRITERION_KEYS, inBothCases } from '../../lib/detection/behavior-schema';
import { factsOf } from '../../lib/detection/behavior-draft';
import { JsonObject } from '../../lib/detection/json-object';
import { criteriaOf, METRIC_IDS, METRICS, WINDOWS } from '../../lib/detection/metrics';
import { Percentile } from '../../lib/detection/terms';
import { pastedKey } from '../support/private-key';

const CUSTOM = new Map(Object.values(CustomMetricType).map((type) => [type as string, CustomMetric.named(type, type)]));
const fitsSchema = new Ajv({ strict: false }).compile(BEHAVIOR_SCHEMA);

function read(value: unknown): { behavior?: Behavior; problems: string[] } {
  const problems: string[] = [];
  const behavior = parseBehavior(value, 'behaviors[2]', (path, message) => problems.push(`${path} ${message}`), CUSTOM);
  return { behavior, problems };
}

describe('what is right', () => {
  test.each<[object, object]>([
    [
      { metric: 'messages-sent', atMost: 120, per: '5m', alarmAfter: 1 },
      {
        criterion: { kind: 'threshold', operator: 'atMost', threshold: 120 },
        windowSeconds: 300,
        datapointsToAlarm: 1,
      },
    ],
    [
      { metric: 'messages-received', lessThan: 1, per: '10m', clearAfter: 2 },
      {
        criterion: { kind: 'threshold', operator: 'lessThan', threshold: 1 },
        windowSeconds: 600,
        datapointsToClear: 2,
      },
    ],
    [
      { metric: 'bytes-in', greaterThan: 1, per: '15m' },
      { criterion: { kind: 'threshold', operator: 'greaterThan', threshold: 1 }, windowSeconds: 900 },
    ],
    [
      { metric: 'packets-out', atLeast: 1, per: '30m' },
      { criterion: { kind: 'threshold', operator: 'atLeast', threshold: 1 }, windowSeconds: 1800 },
    ],
    [
      { metric: 'message-size', belowPercentile: 'p99.9', per: '1h' },
      { criterion: { kind: 'percentile', bound: 'belowPercentile', percentile: 'p99.9' }, windowSeconds: 3600 },
    ],
    [
      { metric: 'source-ip', within: ['203.0.113.0/24'] },
      { criterion: { kind: 'texts', operator: 'within', values: ['203.0.113.0/24'] } },
    ],
    [
      { metric: 'listening-tcp-ports', notWithin: [23, 2323] },
      { criterion: { kind: 'numbers', operator: 'notWithin', values: [23, 2323] } },
    ],
    [{ metric: 'disconnects', learned: 'HIGH' }, { criterion: { kind: 'learned', confidence: 'HIGH' } }],
    [{ metric: 'disconnects', learned: 'low' }, { criterion: { kind: 'learned', confidence: 'LOW' } }],
    [
      { metric: 'disconnect-duration', atMost: '90m' },
      { criterion: { kind: 'threshold', operator: 'atMost', threshold: 90 } },
    ],
    [
      { metric: 'disconnect-duration', lessThan: '6h' },
      { criterion: { kind: 'threshold', operator: 'lessThan', threshold: 360 } },
    ],
    [
      { metric: 'disconnect-duration', atMost: '2d' },
      { criterion: { kind: 'threshold', operator: 'atMost', threshold: 2880 } },
    ],
    [{ custom: 'number', atMost: -7.5 }, { criterion: { kind: 'threshold', operator: 'atMost', threshold: -7.5 } }],
    [{ custom: 'number-list', within: [1.5] }, { criterion: { kind: 'numbers', operator: 'within', values: [1.5] } }],
    [
      { custom: 'string-list', notWithin: ['telnetd'] },
      { criterion: { kind: 'texts', operator: 'notWithin', values: ['telnetd'] } },
    ],
    [
      { custom: 'ip-address-list', within: ['10.0.0.0/8'] },
      { criterion: { kind: 'texts', operator: 'within', values: ['10.0.0.0/8'] } },
    ],
    [
      {
        metric: 'messages-sent',
        atMost: 1,
        per: '5m',
        severity: 'critical',
        suppressed: true,
        exported: true,
        name: 'mine',
        onTopics: ['a/#'],
      },
      {
        severity: 'CRITICAL',
        suppressed: true,
        exported: true,
        name: 'mine',
        scope: { filters: ['a/#'], excluded: false },
      },
    ],
    [
      { metric: 'messages-sent', atMost: 1, per: '5m', severity: 'LOW', suppressed: false, exceptOnTopics: ['a/#'] },
      { severity: 'LOW', suppressed: false, scope: { filters: ['a/#'], excluded: true } },
    ],
  ])('%j', (value, draft) => {
    const { behavior, problems } = read(value);
    expect(problems).toEqual([]);
    expect(behavior?._draft).toMatchObject(draft);
    expect(fitsSchema(value)).toBe(true);
  });
});

describe('what is wrong is named with its field and what is allowed', () => {
  test.each<[unknown, string[]]>([
    [null, ['behaviors[2] must be an object, got null']],
    [[], ['behaviors[2] must be an object, got a list']],
    ['x', ['behaviors[2] must be an object, got "x"']],
    [{}, ["behaviors[2] must say what is measured, with 'metric' or 'custom'"]],
    [
      { metric: 'disconnects' },
      [
        'behaviors[2] must state what is normal, with lessThan, atMost, greaterThan, atLeast, belowPercentile, atMostPercentile, abovePercentile, atLeastPercentile or learned',
      ],
    ],
    [{ metric: 'source-ip' }, ['behaviors[2] must state what is normal, with within or notWithin']],
    [
      { metric: 'disconnects', custom: 'number', learned: 'low' },
      ["behaviors[2].custom cannot be used together with 'metric'; keep one of the two"],
    ],
    [
      { metric: 'disconnects', learned: 'low', atMost: 3 },
      ["behaviors[2].learned cannot be used together with 'atMost'; keep one of the two"],
    ],
    [{ metric: 7, learned: 'low' }, ['behaviors[2].metric must be a text, got 7']],
    [
      { metric: 'aws:num-messages-sent', learned: 'low' },
      ['behaviors[2].metric must be "messages-sent", got "aws:num-messages-sent"'],
    ],
    [
      { custom: 'temperature', atMost: 3 },
      [
        'behaviors[2].custom must be the name of a custom metric that is declared (the custom metrics are number, number-list, string-list or ip-address-list), got "temperature"',
      ],
    ],
    [{ custom: {}, atMost: 3 }, ['behaviors[2].custom must be a text, got an object']],
    [
      { metric: 'source-ip', atMost: 3 },
      ['behaviors[2].atMost does not fit "source-ip" (a list of addresses); use within or notWithin'],
    ],
    [
      { metric: 'source-ip', learned: 'low' },
      ['behaviors[2].learned does not fit "source-ip" (a list of addresses); use within or notWithin'],
    ],
    [
      { metric: 'listening-tcp-ports', belowPercentile: 'p90' },
      ['behaviors[2].belowPercentile does not fit "listening-tcp-ports" (a list of ports); use within or notWithin'],
    ],
    [
      { metric: 'disconnect-duration', greaterThan: '1h' },
      ['behaviors[2].greaterThan does not fit "disconnect-duration" (minutes); use lessThan or atMost'],
    ],
    [
      { metric: 'disconnect-duration', atMost: 60 },
      ['behaviors[2].atMost must be a time in minutes, hours or days, such as "90m", "6h" or "2d", got "60"'],
    ],
    [
      { metric: 'disconnect-duration', atMost: '60s' },
      ['behaviors[2].atMost must be a time in minutes, hours or days, such as "90m", "6h" or "2d", got "60s"'],
    ],
    [
      { metric: 'disconnect-duration', lessThan: '0m' },
      ["behaviors[2].lessThan cannot be 0, since nothing is less; use 'atMost' with 0"],
    ],
    [{ metric: 'messages-sent', atMost: '3', per: '5m' }, ['behaviors[2].atMost must be a number, got "3"']],
    [
      { metric: 'messages-sent', atMost: 1.5, per: '5m' },
      ['behaviors[2].atMost must be a whole number of messages from 0 to 9007199254740991, got 1.5'],
    ],
    [
      { metric: 'messages-sent', atMost: 3 },
      ['behaviors[2].per is missing: messages-sent are counted over a window; use 5m, 10m, 15m, 30m or 1h'],
    ],
    [{ metric: 'messages-sent', atMost: 3, per: '7m' }, ['behaviors[2].per must be 5m, 10m, 15m, 30m or 1h, got "7m"']],
    [{ metric: 'messages-sent', atMost: 3, per: 300 }, ['behaviors[2].per must be 5m, 10m, 15m, 30m or 1h, got 300']],
    [
      { metric: 'source-ip', within: ['203.0.113.0/24'], per: '5m' },
      [expect.stringMatching(/^behaviors\[2\]\.per must be left out/) as string],
    ],
    [{ metric: 'disconnects', learned: 'sure' }, ['behaviors[2].learned must be low, medium or high, got "sure"']],
    [
      { metric: 'message-size', belowPercentile: 'p95', per: '5m' },
      [
        `behaviors[2].belowPercentile must be p0, p0.01, p0.1, p1, p10, p50, p90, p99, p99.9, p99.99 or p100, got "p95"`,
      ],
    ],
    [
      { metric: 'source-ip', within: '203.0.113.0/24' },
      ['behaviors[2].within must be a list of texts, got "203.0.113.0/24"'],
    ],
    [{ metric: 'source-ip', within: ['203.0.113.0/24', 7] }, ['behaviors[2].within[1] must be a text, got 7']],
    [
      { metric: 'source-ip', within: ['203.0.113.7'] },
      [expect.stringMatching(/^behaviors\[2\]\.within\[0\] must have a prefix length/) as string],
    ],
    [{ metric: 'listening-tcp-ports', within: [] }, ['behaviors[2].within must have 1 to 1000 values, got 0']],
    [{ metric: 'listening-tcp-ports', within: ['22', 443] }, ['behaviors[2].within[0] must be a number, got "22"']],
    [
      { metric: 'listening-tcp-ports', within: [70000] },
      ['behaviors[2].within[0] must be a port from 0 to 65535, got 70000'],
    ],
    [
      { metric: 'disconnects', learned: 'low', alarmAfter: 0, clearAfter: '1' },
      ['behaviors[2].clearAfter must be a number, got "1"'],
    ],
    [
      { metric: 'disconnects', learned: 'low', alarmAfter: 11 },
      ['behaviors[2].alarmAfter must be a whole number from 1 to 10 datapoints, got 11'],
    ],
    [
      { metric: 'disconnects', learned: 'low', severity: 'urgent' },
      ['behaviors[2].severity must be low, medium, high or critical, got "urgent"'],
    ],
    [
      { metric: 'disconnects', learned: 'low', suppressed: 'yes', exported: 1 },
      [
        'behaviors[2].suppressed must be true or false, got "yes"',
        'behaviors[2].exported must be true or false, got 1',
      ],
    ],
    [
      { metric: 'disconnects', learned: 'low', name: 'a b' },
      [`behaviors[2].name must be 1 to 128 letters, digits, ':', '_' and '-', got "a b"`],
    ],
    [
      { metric: 'disconnects', learned: 'low', onTopics: ['a'] },
      [expect.stringMatching(/^behaviors\[2\]\.onTopics is not possible for "disconnects"/) as string],
    ],
    [
      { metric: 'messages-sent', learned: 'low', onTopics: ['a'], exceptOnTopics: ['b'] },
      ["behaviors[2].exceptOnTopics cannot be used together with 'onTopics'; keep one of the two"],
    ],
    [{ metric: 'messages-sent', learned: 'low', onTopics: [1] }, ['behaviors[2].onTopics[0] must be a text, got 1']],
    [
      { metric: 'disconnects', learned: 'low', mustBeAtMost: 3 },
      [
        expect.stringMatching(
          /^behaviors\[2\]\.mustBeAtMost is not known; allowed: metric, custom, lessThan/,
        ) as string,
      ],
    ],
    [
      { metric: 'toString', learned: 'low' },
      [expect.stringMatching(/^behaviors\[2\]\.metric must be messages-sent, /) as string],
    ],
    [
      JSON.parse('{"__proto__": {"metric": "disconnects", "learned": "low"}}'),
      [
        expect.stringMatching(/^behaviors\[2\]\.__proto__ is not known/) as string,
        expect.stringMatching(/must say what is measured/) as string,
      ],
    ],
  ])('%j', (value, expected) => {
    const { behavior, problems } = read(value);
    expect(behavior).toBeUndefined();
    expect(problems).toEqual(expected);
  });

  test('also where there is no custom metric at all', () => {
    const problems: string[] = [];
    parseBehavior({ custom: 'x', atMost: 1 }, 'b', (path, message) => problems.push(`${path} ${message}`));
    expect(problems).toEqual([
      'b.custom must be the name of a custom metric that is declared (there is no custom metric), got "x"',
    ]);
  });

  test('also where a custom metric is of no known type', () => {
    const problems: string[] = [];
    const metrics = new Map([['x', CustomMetric.named('x', 'float' as CustomMetricType)]]);
    parseBehavior({ custom: 'x', atMost: 1 }, 'b', (path, message) => problems.push(`${path} ${message}`), metrics);
    expect(problems).toEqual([
      'b.custom has a type that must be number, number-list, string-list or ip-address-list, got "float"',
    ]);
  });

  test('all of it at once', () => {
    expect(
      read({ metric: 'x', per: '1m', severity: 0, name: [], extra: 1 }).problems.map(
        (problem) => problem.split(' ')[0],
      ),
    ).toEqual([
      'behaviors[2].extra',
      'behaviors[2].metric',
      'behaviors[2].per',
      'behaviors[2].name',
      'behaviors[2].severity',
    ]);
  });

  test('a private key given by mistake is not echoed', () => {
    const { pem, isShownIn } = pastedKey('pkcs8');
    const problems = read({ metric: pem, name: pem }).problems.join();
    expect(problems).not.toBe('');
    expect(isShownIn(problems)).toBe(false);
  });
});

describe('the schema', () => {
  test('has the words of the table and nothing else', () => {
    const { properties } = BEHAVIOR_SCHEMA;
    expect(properties.metric.enum).toEqual(METRIC_IDS);
    expect(properties.per.enum).toEqual(Object.keys(WINDOWS));
    for (const id of METRIC_IDS) expect(properties.metric.description).toContain(`${id} (`);
    expect(CRITERION_KEYS.sort()).toEqual([...new Set(METRIC_IDS.flatMap((id) => criteriaOf(METRICS[id])))].sort());
    expect(properties).toHaveProperty('belowPercentile.enum', Object.values(Percentile));
    expect(inBothCases(['LOW', 'HIGH'])).toEqual(['low', 'high', 'LOW', 'HIGH']);
  });

  test('describes every field', () => {
    for (const property of Object.values(BEHAVIOR_SCHEMA.properties)) {
      expect((property as { description?: string }).description).toMatch(/\.$/);
    }
  });

  test.each([
    {},
    { metric: 'nope', atMost: 1 },
    { metric: 'disconnects', learned: 'sure' },
    { metric: 'disconnects', atMost: 'x' },
    { metric: 'disconnects', alarmAfter: 11 },
    { extra: 1, metric: 'disconnects' },
  ])('refuses %j', (value) => expect(fitsSchema(value)).toBe(false));
});

const anything = fc.oneof(
  fc.anything(),
  fc.record(
    {
      metric: fc.oneof(fc.constantFrom(...METRIC_IDS), fc.string()),
      custom: fc.constantFrom(...Object.values(CustomMetricType)),
      ...Object.fromEntries(
        CRITERION_KEYS.map((key) => [
          key,
          fc.oneof(
            fc.double(),
            fc.nat(70_000),
            fc.constantFrom('p50', 'low', '3h', '10.0.0.0/8'),
            fc.array(fc.oneof(fc.nat(70_000), fc.constantFrom('10.0.0.0/8', '::/0', 'x')), { maxLength: 3 }),
          ),
        ]),
      ),
      per: fc.constantFrom('5m', '1h', '2h', 7),
      alarmAfter: fc.integer({ min: -1, max: 12 }),
      onTopics: fc.array(fc.string(), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  ),
);

test('no JSON throws, and nothing is both read and reported', () => {
  fc.assert(
    fc.property(anything, (value) => {
      const { behavior, problems } = read(value);
      expect(behavior === undefined).toBe(problems.length > 0);
      for (const problem of problems) expect(problem).toMatch(/^behaviors\[2\]/);
    }),
    { numRuns: 300 },
  );
});

test('what is read fits the schema', () => {
  const metric = fc.constantFrom(...METRIC_IDS);
  const criterion = fc.oneof(
    fc.record({ atMost: fc.nat(), per: fc.constantFrom(undefined, '5m') }),
    fc.record({ within: fc.array(fc.oneof(fc.nat(65_535), fc.constantFrom('10.0.0.0/8', '::/0')), { maxLength: 2 }) }),
    fc.record({ learned: fc.constantFrom('low', 'HIGH') }),
    fc.record({ abovePercentile: fc.constantFrom(...Object.values(Percentile)), per: fc.constantFrom('1h') }),
  );
  let some = 0;
  fc.assert(
    fc.property(metric, criterion, (name, rest) => {
      const value = JSON.parse(JSON.stringify({ metric: name, ...rest })) as object;
      const { behavior } = read(value);
      if (behavior === undefined) return;
      some += 1;
      expect(fitsSchema(value)).toBe(true);
      expect(factsOf(behavior._draft.measured).defenderName).toBe(METRICS[name].defenderName);
    }),
    { numRuns: 300 },
  );
  expect(some).toBeGreaterThan(20);
});

test('an object reads a field that is not its own as absent', () => {
  const object = JsonObject.of(Object.create({ name: 'inherited' }), 'x', ['name'], () => undefined);
  expect(object?.text('name')).toBeUndefined();
});
