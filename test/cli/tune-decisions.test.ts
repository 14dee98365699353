import { readPaths } from '../../bin/cli/read-paths';
import { observe } from '../../bin/cli/tune/observe';
import { propose } from '../../bin/cli/tune/propose';
import { Series } from '../../bin/cli/tune/series';
import { UsedTopics, unusedTopics } from '../../bin/cli/tune/topics';
import type { Watched } from '../../bin/cli/tune/watched';
import { Model } from '../../lib/compliance/model/model';
import { log, message, presence, report } from '../support/stream';
import { folderOf } from './support';

const START = Date.UTC(2026, 0, 5);
const WINDOW = 300_000;

const watched = (more: Partial<Watched>): Watched => ({
  name: 'rule',
  metric: 'messages-sent',
  windowSeconds: 300,
  alarmAfter: 1,
  clearAfter: 1,
  ...more,
});

type Value = number | readonly (string | number)[];
type At = readonly [window: number, value: Value, thing?: string];

/** What is proposed for a behavior after these windows. */
function proposed(behavior: Watched, points: readonly At[]) {
  const series = new Series([behavior]);
  for (const [at, value, thing = 'pump-1'] of points)
    series.add(
      value instanceof Array
        ? { kind: 'items', thing, metric: behavior.metric, time: START + at * WINDOW, items: value.map(String) }
        : { kind: 'value', thing, metric: behavior.metric, time: START + at * WINDOW, value: value as number },
    );
  return propose(behavior, series);
}

const inRow = (...values: number[]): At[] => values.map((value, at): At => [at, value]);
const alarms = (behavior: Watched, points: readonly At[]) => proposed(behavior, points).current?.alarms;

describe('a bound', () => {
  test.each([
    ['lessThan', 10, [9], 0],
    ['lessThan', 10, [10], 1],
    ['atMost', 10, [10], 0],
    ['atMost', 10, [10.5], 1],
    ['greaterThan', 10, [11], 0],
    ['greaterThan', 10, [10], 1],
    ['atLeast', 10, [10], 0],
    ['atLeast', 10, [9], 1],
  ] as const)('%s %d: %j is %i alarms', (operator, threshold, values, expected) =>
    expect(alarms(watched({ metric: 'bytes', operator, threshold }), inRow(...values))).toBe(expected),
  );

  test.each([
    ['too-tight', 'atMost', 9, [10]],
    ['fits', 'atMost', 10, [10]],
    ['fits', 'atMost', 20, [10]],
    ['too-loose', 'atMost', 21, [10]],
    ['fits', 'atMost', 2, [0]],
    ['too-loose', 'atMost', 3, [0]],
    ['too-tight', 'atLeast', 11, [10]],
    ['fits', 'atLeast', 5, [10, 30]],
    ['too-loose', 'atLeast', 4, [10, 30]],
    ['fits', 'atLeast', -31, [-30, 5]],
    ['fits', 'atLeast', -60, [-30, 5]],
    ['too-loose', 'atLeast', -61, [-30, 5]],
    ['fits', 'atLeast', -2, [0]],
    ['too-loose', 'atLeast', -3, [0]],
    ['too-loose', 'lessThan', 21, [10, 1]],
  ] as const)('is %s: %s %d beside %j', (verdict, operator, threshold, values) =>
    expect(proposed(watched({ metric: 'bytes', operator, threshold }), inRow(...values)).verdict).toBe(verdict),
  );

  test('is proposed from values in any order', () =>
    expect(
      proposed(watched({ metric: 'bytes', operator: 'atMost', threshold: 5 }), inRow(3, 11, 2)).candidates,
    ).toEqual([{ threshold: 11, what: 'highest value', alarms: 0, devices: 0 }]));

  test('without a value says so', () =>
    expect(proposed(watched({ operator: 'atMost', threshold: 1 }), [])).toEqual({
      name: 'rule',
      metric: 'messages-sent',
      operator: 'atMost',
      devices: 0,
      windows: 0,
      verdict: 'no-data',
    }));

  test('of another kind is not compared', () => {
    const because = 'its bound is known at deployment only';
    expect(proposed(watched({ operator: 'atMost' }), inRow(1))).toMatchObject({ verdict: 'not-compared', because });
    expect(proposed(watched({ threshold: 3 }), inRow(1))).toMatchObject({ verdict: 'not-compared', because });
  });

  test('is proposed above what 100 %, 99.9 % and 99 % of windows have, each only once', () => {
    const values = Array.from({ length: 2_000 }, (_, at) => at + 1);
    const of = (operator: Watched['operator']) =>
      proposed(watched({ metric: 'bytes', operator, threshold: 0 }), inRow(...values)).candidates?.map(
        ({ threshold, what }) => [what, threshold],
      );
    expect(of('atMost')).toEqual([
      ['highest value', 2_000],
      ['p99.9', 1_998],
      ['p99', 1_980],
    ]);
    expect(of('lessThan')).toEqual([
      ['highest value', 2_001],
      ['p99.9', 1_999],
      ['p99', 1_981],
    ]);
    expect(of('atLeast')).toEqual([
      ['lowest value', 1],
      ['p0.1', 2],
      ['p1', 20],
    ]);
    expect(of('greaterThan')).toEqual([
      ['lowest value', 0],
      ['p0.1', 1],
      ['p1', 19],
    ]);
    expect(proposed(watched({ metric: 'bytes', operator: 'atMost', threshold: 0 }), inRow(5)).candidates).toEqual([
      { threshold: 5, what: 'highest value', alarms: 0, devices: 0 },
    ]);
  });
});

describe('alarms', () => {
  const rule = (more: Partial<Watched>) => watched({ metric: 'bytes', operator: 'atMost', threshold: 1, ...more });

  test.each([
    [1, 1, [2, 2, 1, 2], 2],
    [2, 1, [2, 1, 2, 1], 0],
    [2, 1, [2, 2, 1, 2, 2], 2],
    [2, 2, [2, 2, 1, 2, 2], 1],
    [2, 2, [2, 2, 1, 1, 2, 2], 2],
    [3, 1, [2, 2, 2, 2, 2, 2], 1],
    [1, 3, [2, 1, 1, 2, 1, 1, 1, 2], 2],
  ])('after %i and until %i: %j is %i', (alarmAfter, clearAfter, values, expected) =>
    expect(alarms(rule({ alarmAfter, clearAfter }), inRow(...values))).toBe(expected),
  );

  test('are of each device by itself, in the order of time', () => {
    const points: At[] = [
      [2, 2, 'a'],
      [0, 2, 'a'],
      [1, 1, 'a'],
      [0, 2, 'b'],
      [1, 2, 'b'],
      [0, 1, 'c'],
    ];
    expect(proposed(rule({}), points)).toMatchObject({ devices: 3, windows: 6, current: { alarms: 3, devices: 2 } });
  });

  test('of what is counted know windows without a value for zeros, and at most ten in a row', () => {
    const least = watched({ operator: 'atLeast', threshold: 1, alarmAfter: 3 });
    const gap = (windows: number): At[] => [
      [0, 5],
      [windows + 1, 5],
    ];
    expect(alarms(least, gap(2))).toBe(0);
    expect(alarms(least, gap(3))).toBe(1);
    expect(alarms({ ...least, metric: 'bytes' }, gap(3))).toBe(0);
    expect(alarms({ ...least, alarmAfter: 10 }, gap(5_000))).toBe(1);
    expect(alarms({ ...least, alarmAfter: 11 }, gap(5_000))).toBe(0);
    expect(proposed(least, gap(3)).windows).toBe(2);
  });
});

describe('windows', () => {
  const values = (behavior: Watched, points: readonly At[]) => {
    const series = new Series([behavior]);
    for (const [at, value, thing = 'pump-1'] of points)
      series.add({ kind: 'value', thing, metric: behavior.metric, time: START + at * WINDOW, value: Number(value) });
    return series.numbers(behavior).map((points_) => points_.map(([time, value]) => [(time - START) / WINDOW, value]));
  };
  const thrice: At[] = [
    [0, 3],
    [0.5, 5],
    [0.9, 4],
    [1, 2],
  ];

  test('have the sum of what is counted, and of others the highest value, or the lowest for a bound from below', () => {
    expect(values(watched({ operator: 'atMost' }), thrice)).toEqual([
      [
        [0, 12],
        [1, 2],
      ],
    ]);
    expect(values(watched({ operator: 'atLeast' }), thrice)).toEqual([
      [
        [0, 12],
        [1, 2],
      ],
    ]);
    expect(values(watched({ metric: 'message-size', operator: 'atMost' }), thrice)).toEqual([
      [
        [0, 5],
        [1, 2],
      ],
    ]);
    expect(values(watched({ metric: 'message-size', operator: 'atLeast' }), thrice)).toEqual([
      [
        [0, 3],
        [1, 2],
      ],
    ]);
    expect(values(watched({ metric: 'message-size', operator: 'greaterThan' }), thrice)).toEqual([
      [
        [0, 3],
        [1, 2],
      ],
    ]);
  });

  test('are as long as the behavior says', () => {
    const long = { windowSeconds: 600 };
    expect(values(watched({ operator: 'atMost', ...long }), thrice)).toEqual([[[0, 14]]]);
    expect(values(watched({ metric: 'message-size', operator: 'atMost', ...long }), thrice)).toEqual([[[0, 5]]]);
    expect(values(watched({ metric: 'message-size', operator: 'atLeast', ...long }), thrice)).toEqual([[[0, 2]]]);
  });

  test('of metrics that nobody watches are not kept', () => {
    const series = new Series([watched({ metric: 'bytes-in', operator: 'atMost' })]);
    series.add({ kind: 'value', thing: 'a', metric: 'bytes-out', time: START, value: 1 });
    series.add({ kind: 'topic', thing: 'a', action: 'publish', topic: 'a' });
    expect(series.numbers(watched({ metric: 'bytes-out', operator: 'atMost' }))).toEqual([]);
    expect(series.numbers(watched({ metric: 'bytes-in', operator: 'atMost' }))).toEqual([]);
  });
});

describe('a behavior of some messages only', () => {
  const filters = ['pumps/#', 'own/${iot:ClientId}'];
  const rule = (scope: Watched['scope']) => watched({ operator: 'atMost', threshold: 1, scope });
  const counted = (scope: Watched['scope'], ...more: object[]) => {
    const behavior = rule(scope);
    const series = new Series([behavior, rule(undefined)]);
    const base = { kind: 'value', thing: 'p', metric: 'messages-sent', time: START, value: 1 } as const;
    for (const one of more) series.add({ ...base, ...one });
    return [behavior, rule(undefined)].map((each) => series.numbers(each)[0]?.[0]?.[1] ?? 0);
  };
  const on = (...topics: string[]) => topics.map((topic) => ({ topic }));

  test('counts those on its topics, and no others', () => {
    const topics = on('pumps/a', 'own/p', 'own/q', 'x');
    expect(counted({ filters, excluded: false }, ...topics)).toEqual([2, 4]);
    expect(counted({ filters, excluded: true }, ...topics)).toEqual([2, 4]);
    expect(counted({ filters: ['#'], excluded: false }, ...topics)).toEqual([4, 4]);
  });

  test('counts nothing that says no topic, nor anything where its own are not known', () => {
    expect(counted({ filters, excluded: false }, {})).toEqual([0, 1]);
    expect(counted({ filters, excluded: true }, {})).toEqual([0, 1]);
    expect(counted({ excluded: false }, ...on('a'))).toEqual([0, 1]);
    expect(counted({ excluded: true }, ...on('a'))).toEqual([0, 1]);
  });

  test('counts values of its dimension, which one of all messages does not', () => {
    const dimension = { name: 'pumps', excluded: false };
    const values = [
      { dimension },
      { dimension: { ...dimension, excluded: true }, value: 5 },
      { dimension: { ...dimension, name: 'x' }, value: 9 },
    ];
    expect(counted({ filters, excluded: false, dimension: 'pumps' }, ...values)).toEqual([1, 0]);
    expect(counted({ filters, excluded: true, dimension: 'pumps' }, ...values)).toEqual([5, 0]);
    expect(counted({ filters, excluded: false }, ...values)).toEqual([0, 0]);
  });

  test('counts what the rule for its topics counted, which one of all messages does not', () => {
    const values = [{ selection: 't1' }, { selection: 't2', value: 5 }, { selection: 'all', value: 9 }];
    expect(counted({ filters, excluded: false, selection: 't1' }, ...values)).toEqual([1, 9]);
    expect(counted({ filters, excluded: true, selection: 't3' }, ...values)).toEqual([0, 9]);
    expect(counted({ filters, excluded: false }, ...values)).toEqual([0, 9]);
  });

  test('judges the lists of those messages', () => {
    const scope = { filters, excluded: false };
    const behavior = watched({ metric: 'source-ip', operator: 'within', items: ['192.0.2.1'], scope });
    const series = new Series([behavior]);
    for (const [topic, item] of [
      ['pumps/a', '192.0.2.1'],
      ['x', '198.51.100.1'],
    ] as const)
      series.add({ kind: 'items', thing: 'p', metric: 'source-ip', time: START, items: [item], topic });
    expect(propose(behavior, series)).toMatchObject({ verdict: 'fits', windows: 1 });
    expect([...series.sightings(behavior).keys()]).toEqual(['192.0.2.1']);
    const later = { kind: 'items', thing: 'p', metric: 'source-ip', topic: 'pumps/a' } as const;
    series.add({ ...later, time: START + 2 * WINDOW - 1, items: ['192.0.2.1'] });
    series.add({ ...later, time: START + WINDOW, items: ['192.0.2.1', '192.0.2.2'] });
    expect(series.items(behavior)).toEqual([
      [
        [START, ['192.0.2.1']],
        [START + WINDOW, ['192.0.2.1', '192.0.2.2']],
      ],
    ]);
  });
});

describe('a value that comes in several versions', () => {
  const values = (
    metric: string,
    operator: 'atMost' | 'atLeast',
    ...said: (readonly [version: number | undefined, value: number, more?: object])[]
  ) => {
    const behavior = watched({ metric, operator, threshold: 1 });
    const series = new Series([behavior]);
    for (const [version, value, more = {}] of said)
      series.add({
        kind: 'value',
        thing: 'p',
        metric,
        time: START,
        value,
        ...(version === undefined ? {} : { version }),
        ...more,
      });
    return series.numbers(behavior).flatMap((points) => points.map(([, value]) => value));
  };

  test('is the one with the highest, in any order, of one device and time', () => {
    expect(values('messages-sent', 'atMost', [1, 5], [2, 7])).toEqual([7]);
    expect(values('messages-sent', 'atMost', [2, 7], [1, 5])).toEqual([7]);
    expect(values('messages-sent', 'atMost', [0, 7], [0, 7])).toEqual([7]);
    expect(values('messages-sent', 'atMost', [1, 7], [1, 9])).toEqual([7]);
    expect(values('messages-sent', 'atMost', [1, 5], [2, 7], [3, 2])).toEqual([2]);
    expect(values('messages-sent', 'atMost', [1, 5], [1, 7, { time: START + 1 }])).toEqual([12]);
    expect(values('messages-sent', 'atMost', [1, 5], [2, 7, { thing: 'q' }])).toEqual([5, 7]);
    expect(values('messages-sent', 'atMost', [undefined, 5], [undefined, 7], [1, 1])).toEqual([13]);
  });

  test('counts with the others where the highest of a window is kept, or the lowest', () => {
    expect(values('message-size', 'atMost', [2, 7], [1, 9], [3, 8])).toEqual([8]);
    expect(values('message-size', 'atLeast', [2, 7], [1, 1], [3, 8])).toEqual([7]);
  });
});

describe('a percentile', () => {
  const ranked = (
    percentile: string,
    operator: Watched['operator'],
    points: readonly At[],
    more: Partial<Watched> = {},
  ) => proposed(watched({ metric: 'bytes', operator, percentile, ...more }), points);
  const fleet = (...values: number[]): At[] => values.map((value, device): At => [0, value, `d${device}`]);

  test('is that of each window by itself', () => {
    const points = [...fleet(1, 1, 9), ...fleet(9, 9, 50).map(([, value, thing]): At => [1, value, thing])];
    expect(ranked('p50', 'atMost', points)).toMatchObject({
      verdict: 'too-tight',
      devices: 3,
      windows: 6,
      byPercentile: [
        { percentile: 'p50', alarms: 1, devices: 1 },
        { percentile: 'p90', alarms: 0, devices: 0 },
        { percentile: 'p99' },
        { percentile: 'p99.9' },
        { percentile: 'p99.99' },
      ],
    });
    expect(ranked('p50', 'atMost', points, { alarmAfter: 3 }).verdict).toBe('fits');
  });

  test.each([
    ['lessThan', 'p100', 1],
    ['atMost', 'p100', 0],
    ['greaterThan', 'p0', 1],
    ['atLeast', 'p0', 0],
  ] as const)('%s %s', (operator, percentile, count) => {
    const { byPercentile } = ranked(percentile, operator, fleet(1, 2, 3));
    expect(byPercentile?.[0]).toEqual({ percentile, alarms: count, devices: count });
    expect(byPercentile?.map((one) => one.percentile).includes('p50')).toBe(false);
    expect(byPercentile).toHaveLength(5);
    expect(new Set(byPercentile?.map((one) => one.percentile)).size).toBe(5);
  });

  test('is none where a device reports less than zero, or nothing at all', () => {
    expect(ranked('p10', 'atMost', fleet(-1, 5)).verdict).toBe('fits');
    expect(ranked('p10', 'atMost', [])).toEqual({
      name: 'rule',
      metric: 'bytes',
      operator: 'atMost',
      devices: 0,
      windows: 0,
      verdict: 'no-data',
    });
    expect(ranked('p10', undefined, fleet(1)).verdict).toBe('not-compared');
  });
});

test('windows of devices are held up to a number, each once however many values it has', () => {
  const both = [watched({ metric: 'bytes', operator: 'atMost' }), watched({ metric: 'ports', operator: 'within' })];
  const series = new Series(both, 3);
  const value = (thing: string) => series.add({ kind: 'value', thing, metric: 'bytes', time: START, value: 1 });
  const items = (thing: string) => series.add({ kind: 'items', thing, metric: 'ports', time: START, items: ['1'] });
  for (const thing of ['a', 'a', 'b']) value(thing);
  for (let times = 0; times < 2; times += 1) items('a');
  expect(() => items('b')).toThrow('the logs have more than 3 windows of devices; give fewer days, or fewer devices');
  expect(() => value('c')).toThrow('more than 3 windows');
});

describe('a set', () => {
  const addresses = (items: readonly string[], operator: 'within' | 'notWithin' = 'within') =>
    watched({ metric: 'source-ip', operator, items });

  test('says what was outside, the most frequent first, and what was never seen', () => {
    const proposal = proposed(addresses(['192.0.2.0/24', '198.51.100.7', '203.0.113.0/24']), [
      [0, ['192.0.2.9', '10.0.0.1']],
      [1, ['10.0.0.1', '10.0.0.2'], 'pump-2'],
      [3, ['198.51.100.7/32']],
    ]);
    expect(proposal).toMatchObject({ verdict: 'too-tight', devices: 2, windows: 3, unused: ['203.0.113.0/24'] });
    expect(proposal.current).toEqual({ threshold: 3, what: 'as it is', alarms: 2, devices: 2 });
    expect(proposal.outside).toEqual([
      { item: '10.0.0.1', times: 2, devices: 2 },
      { item: '10.0.0.2', times: 1, devices: 1 },
    ]);
  });

  test.each([
    ['fits', 'within', ['22', '53'], [22, 53]],
    ['too-loose', 'within', ['22', '53'], [22]],
    ['too-tight', 'within', ['22'], [22, 23]],
    ['fits', 'notWithin', ['23'], [22]],
    ['too-tight', 'notWithin', ['23'], [22, 23]],
  ] as const)('is %s: %s %j beside %j', (verdict, operator, items, seen) =>
    expect(proposed(watched({ metric: 'listening-tcp-ports', operator, items }), [[0, seen]]).verdict).toBe(verdict),
  );

  test('of which nothing was seen says so, and an empty list is within any', () => {
    expect(proposed(addresses([]), [])).toMatchObject({ verdict: 'no-data', devices: 0, windows: 0 });
    expect(proposed(addresses([]), [[0, []]])).toMatchObject({ verdict: 'fits', windows: 1, current: { alarms: 0 } });
  });

  test('has one window of what came at several times of it, each item once', () => {
    const proposal = proposed(addresses(['192.0.2.1']), [
      [0, ['10.0.0.1']],
      [0.2, ['10.0.0.1', '10.0.0.2']],
      [0.4, ['10.0.0.2']],
    ]);
    expect(proposal.windows).toBe(1);
    expect(proposal.outside).toEqual([
      { item: '10.0.0.1', times: 1, devices: 1 },
      { item: '10.0.0.2', times: 1, devices: 1 },
    ]);
  });

  test('is judged in the order of time', () => {
    const rule = { ...addresses(['192.0.2.1']), alarmAfter: 2 };
    const outside = ['10.0.0.1'];
    expect(
      proposed(rule, [
        [0, outside],
        [2, outside],
        [1, ['192.0.2.1']],
      ]).current?.alarms,
    ).toBe(0);
    expect(
      proposed(rule, [
        [2, ['192.0.2.1']],
        [0, outside],
        [1, outside],
      ]).current?.alarms,
    ).toBe(1);
  });

  test('counts the items that came first where there are more than a person could read', () => {
    const series = new Series([addresses([])]);
    const seen = (items: string[], thing: string) =>
      series.add({ kind: 'items', thing, metric: 'source-ip', time: START, items });
    expect(series.sightings(addresses([])).size).toBe(0);
    seen(
      Array.from({ length: 9_999 }, (_, index) => `first-${index}`),
      'a',
    );
    seen(['second-1', 'second-2'], 'b');
    seen(['first-0', 'third'], 'c');
    const sightings = series.sightings(addresses([]));
    expect(sightings.size).toBe(10_000);
    expect(sightings.get('second-1')).toEqual({ times: 1, things: new Set(['b']) });
    expect(sightings.get('first-0')).toEqual({ times: 2, things: new Set(['a', 'c']) });
  });

  test('names twenty at most', () => {
    const items = Array.from({ length: 30 }, (_, index) => `10.0.0.${index}`);
    expect(proposed(addresses(['192.0.2.1']), [[0, items]]).outside).toHaveLength(20);
  });
});

describe('a normal that is learned', () => {
  const learned = watched({ confidence: 'LOW' });
  const days = (count: number, more: readonly At[] = []): At[] => [
    ...['a', 'b', 'c', 'd'].flatMap((thing) =>
      Array.from({ length: count * 288 }, (_, at): At => [at, 60 + ((at * 7) % 11), thing]),
    ),
    ...more,
  ];

  test('has no alarm where all is as ever, and as many as states its rate are to be expected', () => {
    const proposal = proposed(learned, days(2));
    expect(proposal).toMatchObject({ verdict: 'fits', devices: 4, windows: 4 * 576 });
    expect(proposal.learned).toMatchObject({ confidence: 'LOW', judged: 4 * 288, stated: 1.15 });
    expect(proposal.learned?.byConfidence).toEqual(
      ['LOW', 'MEDIUM', 'HIGH'].map((confidence) => ({ confidence, alarms: 0, devices: 0 })),
    );
  });

  test('has one where a device does what it never did, once however long', () => {
    const flood = [0, 1, 2].map((at): At => [576 + at, 5_000, 'b']);
    const { learned: learnt } = proposed(learned, days(2, flood));
    expect(learnt?.byConfidence).toEqual(
      ['LOW', 'MEDIUM', 'HIGH'].map((confidence) => ({ confidence, alarms: 1, devices: 1 })),
    );
    const patient = { ...learned, alarmAfter: 4 };
    expect(proposed(patient, days(2, flood)).learned?.byConfidence[0]).toMatchObject({ alarms: 0, devices: 0 });
  });

  test('is too tight where it raised more than its rate states, at its own confidence', () => {
    // Half as much again, once, which LOW calls unusual and MEDIUM does not.
    const points = Array.from({ length: 8 }, (_, pump) =>
      Array.from({ length: 576 }, (__, at): At => [at, at === 328 ? 97 : 60 + ((at * 7) % 11), `pump-${pump}`]),
    ).flat();
    const of = (confidence: Watched['confidence']) => proposed({ ...learned, confidence }, points);
    expect(of('LOW').learned).toMatchObject({
      stated: 2.3,
      byConfidence: [{ alarms: 8, devices: 8 }, { alarms: 0 }, { alarms: 0 }],
    });
    expect([of('LOW').verdict, of('MEDIUM').verdict]).toEqual(['too-tight', 'fits']);
  });

  test('knows windows without a value for zeros', () => {
    const silent: At[] = [[580, 60, 'a']];
    expect(proposed(learned, days(2, silent)).windows).toBe(4 * 576 + 5);
    expect(proposed(learned, days(2, silent)).learned?.byConfidence[0]).toMatchObject({ alarms: 1, devices: 1 });
  });

  test('has no window without a value where nothing is counted', () => {
    const size = { ...learned, metric: 'message-size' };
    expect(proposed(size, days(2, [[580, 60, 'a']])).windows).toBe(4 * 576 + 1);
  });

  test('says so where there is no value, or not enough', () => {
    expect(proposed(learned, [])).toMatchObject({ verdict: 'no-data', devices: 0, windows: 0 });
    const few = proposed(learned, days(1));
    expect(few).toMatchObject({ verdict: 'not-compared', windows: 4 * 288 });
    expect(few.because).toContain('training');
  });
});

describe('a line', () => {
  const metricsOf = (line: object) =>
    observe(JSON.stringify(line))?.map((one) => (one.kind === 'topic' ? `${one.action} ${one.topic}` : one.metric));
  const entry = (more: object) => ({ timestamp: '2026-01-05 00:00:00.5', clientId: 'p', status: 'Success', ...more });

  test.each([
    [{ eventType: 'Connect', sourceIp: '192.0.2.1' }, ['connection-attempts', 'source-ip']],
    [{ eventType: 'Connect', status: 'Failure' }, ['connection-attempts']],
    [{ eventType: 'Disconnect' }, ['disconnects']],
    [{ eventType: 'Publish-In', topicName: 'a/b' }, ['messages-sent', 'publish a/b']],
    [{ eventType: 'Publish-In' }, ['messages-sent']],
    [{ eventType: 'Publish-In', topicName: 'a', sourceIp: '192.0.2.1' }, ['messages-sent', 'publish a', 'source-ip']],
    [{ eventType: 'Publish-Out', topicName: 'a' }, ['messages-received', 'receive a']],
    [{ eventType: 'Subscribe', topicName: 'a/#' }, ['subscribe a/#']],
    [{ eventType: 'Subscribe', topicName: 'a'.repeat(257) }, []],
    [{ eventType: 'Ping' }, []],
    [{ eventType: 'Publish-In', status: 'Failure', reason: 'AUTHORIZATION_FAILURE' }, ['authorization-failures']],
    [{ eventType: 'Publish-In', status: 'Failure', details: 'Authorization Failure' }, ['authorization-failures']],
    [{ eventType: 'Publish-In', status: 'Failure', reason: 'THROTTLED' }, []],
    [{ eventType: 'Connect', sourceIp: 'x'.repeat(65) }, ['connection-attempts']],
    [{ eventType: 'Connect', sourceIp: 7 }, ['connection-attempts']],
  ])('of the log: %j', (more, expected) => expect(metricsOf(entry(more))).toEqual(expected));

  test('of the log says who it was, where from, and nothing of what is not said', () => {
    const of = (more: object) => observe(JSON.stringify(entry(more)));
    expect(of({ eventType: 'Connect', sourceIp: '1'.repeat(64), clientId: 'x'.repeat(128) })).toEqual([
      {
        kind: 'value',
        thing: 'x'.repeat(128),
        metric: 'connection-attempts',
        time: Date.UTC(2026, 0, 5) + 500,
        value: 1,
      },
      {
        kind: 'items',
        thing: 'x'.repeat(128),
        metric: 'source-ip',
        time: Date.UTC(2026, 0, 5) + 500,
        items: ['1'.repeat(64)],
      },
    ]);
    expect(of({ eventType: 'Subscribe', topicName: 'a'.repeat(256) })).toHaveLength(1);
    expect(of({ eventType: 'Connect', status: 'Failure', details: 'no authorization failure' })).toHaveLength(1);
    expect(of({ eventType: 'Connect', message: 'x' })).toHaveLength(1);
  });

  test.each([
    [{ eventType: 'Connect', clientId: 'a b' }],
    [{ eventType: 'Connect', clientId: 'x'.repeat(129) }],
    [{ eventType: 'Connect', timestamp: 'yesterday' }],
    [{ eventType: 'Connect', timestamp: 0 }],
    [{ eventType: 'Connect', timestamp: Date.UTC(2100, 0, 1) }],
  ])('of the log of which nothing can be made: %j', (more) => expect(metricsOf(entry(more))).toBeUndefined());

  test.each([
    [1_764_000_000, 1_764_000_000_000],
    [1_764_000_000_000, 1_764_000_000_000],
    ['2026-01-05 00:00:00.5', Date.UTC(2026, 0, 5) + 500],
    ['2026-01-05T00:00:00Z', Date.UTC(2026, 0, 5)],
  ])('at %j is at %d', (time, expected) => {
    const [one] = observe(JSON.stringify({ thing: 'p', metric: 'm', time, value: 1 })) ?? [];
    expect(one).toEqual({ kind: 'value', thing: 'p', metric: 'm', time: expected, value: 1 });
  });

  test.each([
    [{ value: { count: 3 } }, { kind: 'value', value: 3 }],
    [{ value: { number: 2.5 } }, { kind: 'value', value: 2.5 }],
    [{ value: { ports: [22, 53] } }, { kind: 'items', items: ['22', '53'] }],
    [{ value: { cidrs: ['10.0.0.0/8'] } }, { kind: 'items', items: ['10.0.0.0/8'] }],
    [{ value: { numbers: [1] } }, { kind: 'items', items: ['1'] }],
    [{ value: { strings: ['a'] } }, { kind: 'items', items: ['a'] }],
    [{ value: [] }, { kind: 'items', items: [] }],
  ])('with %j', (more, expected) =>
    expect(observe(JSON.stringify({ thing: 'p', metric: 'm', time: START, ...more }))?.[0]).toMatchObject(expected),
  );

  test.each([
    [{ value: 'many' }],
    [{ value: { mean: 3 } }],
    [{ value: [{}] }],
    [{ value: ['x'.repeat(257)] }],
    [{ value: Array.from({ length: 1_001 }, () => 1) }],
    [{ value: -1, metric: 'messages-sent' }],
    [{ value: 0.5, metric: 'aws:num-messages-sent' }],
    [{ value: 2 ** 53, metric: 'bytes-out' }],
    [{ value: 1, metric: '' }],
    [{ value: 1, metric: 'x'.repeat(129) }],
    [{ value: 1, metric: 7 }],
    [{ value: 1, thing: '' }],
    [{ value: 1, time: null }],
  ])('of no known form: %j', (more) =>
    expect(metricsOf({ thing: 'p', metric: 'm', time: START, ...more }) ?? []).toEqual([]),
  );

  test('may be as long as its parts may be', () => {
    const items = Array.from({ length: 1_000 }, () => 'x'.repeat(256));
    expect(metricsOf({ thing: 'p', metric: 'm'.repeat(128), time: START, value: items })).toHaveLength(1);
    expect(observe(JSON.stringify({ thing: 'p', metric: 'm', time: 1e11, value: 1 }))?.[0]).toMatchObject({
      time: 1e11,
    });
    expect(metricsOf({ thing: 'p', metric: 'm', time: [START], value: 1 })).toBeUndefined();
    expect(metricsOf({ thing: ['p'], metric: 'm', time: START, value: 1 })).toBeUndefined();
    expect(metricsOf({ metrics: [null] })).toEqual([]);
  });

  test('of the export of Device Defender has the names of this library', () =>
    expect(
      metricsOf({
        version: '1.0',
        metrics: [
          { name: 'aws:message-byte-size', thing: 'p', value: { count: 1 }, timestamp: START },
          { name: 'mine', thing: 'p', value: { number: 1 }, timestamp: START },
          { name: 'mine' },
        ],
      }),
    ).toEqual(['message-size', 'mine']));

  test('of the export says what its values are narrowed to, and which version they have', () => {
    const of = (more: object, version: unknown = '1.0') =>
      observe(
        JSON.stringify({
          version,
          metrics: [{ name: 'm', thing: 'p', value: { number: 1 }, timestamp: START, ...more }],
        }),
      );
    const base = { kind: 'value', thing: 'p', metric: 'm', time: START, value: 1 };
    expect(of({})).toEqual([base]);
    expect(of({ version: 3, dimension: { name: 'd', operator: 'IN' } })).toEqual([
      { ...base, version: 3, dimension: { name: 'd', excluded: false } },
    ]);
    expect(of({ dimension: { name: 'd', operator: 'NOT_IN' } })).toEqual([
      { ...base, dimension: { name: 'd', excluded: true } },
    ]);
    expect(of({ version: '3', dimension: { name: '' } })).toEqual([base]);
    expect(of({ dimension: { name: 7 }, topic: 'a' })).toEqual([{ ...base, topic: 'a' }]);
    expect(of({ topic: 'a'.repeat(257) })).toEqual([base]);
    expect(of({ topic: 'a'.repeat(256) })?.[0]).toHaveProperty('topic');
    expect([of({}, '1.1'), of({}, '1.10')]).toEqual([[base], [base]]);
    for (const version of ['2.0', '1', '11.0', 'x1.0', '1.0x', null]) expect(of({}, version)).toBeUndefined();
    expect(observe(JSON.stringify({ metrics: [] }))).toEqual([]);
  });

  describe('of the stream of a detector', () => {
    const own = { principalIdentifier: 'a'.repeat(64), ipAddress: '192.0.2.1' };
    const short = (record: object) =>
      observe(JSON.stringify(record))?.map((one) => {
        if (one.kind === 'topic') return one.topic;
        const { thing, metric, time, topic = '', selection = '' } = one;
        const value = one.kind === 'items' ? one.items.join() : one.value;
        return [thing, metric, (time - START) / 1_000, value, topic || selection].join(' ').trim();
      });

    test.each([
      ['connected', presence('p', 'connected', START, own), ['p connection-attempts 0 1', 'p source-ip 0 192.0.2.1']],
      ['connected from nowhere', presence('p', 'connected', START), ['p connection-attempts 0 1']],
      ['refused', presence('p', 'connect_failed', START + 1_000, own), ['p connection-attempts 1 1']],
      ['disconnected', presence('p', 'disconnected', START, own), ['p disconnects 0 1']],
      ['a refusal', log('p', START, { topicName: 'a/b' }), ['p authorization-failures 0 1 a/b']],
      ['a refusal of no topic', log('p', START), ['p authorization-failures 0 1']],
      [
        'a delivery',
        log('p', START, { status: 'Success', eventType: 'Publish-Out', topicName: 'a' }),
        ['p messages-received 0 1 a'],
      ],
      [
        'a message in the log',
        log('p', START, { status: 'Success', topicName: 'a', sourceIp: '192.0.2.1' }),
        ['p source-ip 0 192.0.2.1 a'],
      ],
      ['a message in the log, from nowhere', log('p', START, { status: 'Success', topicName: 'a' }), []],
      ['a line about nothing', log('p', START, { status: 'Success', eventType: 'Connect' }), []],
      ['a message', message('p', START, { on: 't1', bytes: 7 }), ['p messages-sent 0 1 t1', 'p message-size 0 7 t1']],
      ['a message without a size', message('p', START, { bytes: undefined }), ['p messages-sent 0 1 all']],
    ])('says: %s', (_what, record, expected) => expect(short(record)).toEqual(expected));

    test('says all that a device reports of itself', () => {
      const metrics = {
        network_stats: { bytes_out: 5 },
        listening_tcp_ports: { ports: [{ port: 22 }, { port: 53 }], total: 2 },
        tcp_connections: { established_connections: { connections: [{ remote_addr: '192.0.2.9:443' }], total: 1 } },
      };
      const custom_metrics = {
        heat: [{ number: 71.5 }],
        ids: [{ number_list: [1, 2] }],
        names: [{ string_list: ['a', 'b'] }],
        gates: [{ ip_list: ['192.0.2.1'] }],
      };
      expect(short(report('p', START, { metrics, custom_metrics }))?.sort()).toEqual([
        'p bytes-out 0 5',
        'p destination-ips 0 192.0.2.9',
        'p established-tcp-connections 0 1',
        'p gates 0 192.0.2.1',
        'p heat 0 71.5',
        'p ids 0 1,2',
        'p listening-tcp-port-count 0 2',
        'p listening-tcp-ports 0 22,53',
        'p names 0 a,b',
      ]);
    });

    test('says nothing of what a device does not report', () => {
      const custom_metrics = { heat: [{ number: 0 }] };
      expect(short({ ...report('p', START, { custom_metrics }) })).toEqual(['p heat 0 0']);
      const metrics = { network_stats: { packets_in: 0 } };
      expect(short({ ...report('p', START, { metrics }) })).toEqual(['p packets-in 0 0']);
    });

    test('that its function would refuse says nothing', () => {
      expect(short({ ...report('p', START, { metrics: {} }), clientId: 'q' })).toBeUndefined();
      expect(short({ v: 1, source: 'rumor' })).toBeUndefined();
      expect(short({ v: 2, source: 'message', clientId: 'p' })).toBeUndefined();
    });
  });

  test('of the log says on which topic', () => {
    const topics = (more: object) => observe(JSON.stringify(entry(more)))?.map((one) => one.topic);
    expect(topics({ eventType: 'Publish-In', topicName: 'a', sourceIp: '192.0.2.1' })).toEqual(['a', 'a', 'a']);
    expect(topics({ eventType: 'Publish-In', topicName: 'a'.repeat(257) })).toEqual([undefined]);
  });

  test('of CloudWatch may have a time before it, or be the message of another', () => {
    const inner = JSON.stringify(entry({ eventType: 'Disconnect' }));
    expect(observe(`2026-01-05T00:00:00Z ${inner}`)).toHaveLength(1);
    expect(observe(JSON.stringify({ id: 7, message: inner }))).toHaveLength(1);
    expect(observe(JSON.stringify({ message: 'hello' }))).toBeUndefined();
    expect(
      observe(JSON.stringify({ message: '{"thing":"p","metric":"m","time":1764000000,"value":1}' })),
    ).toBeUndefined();
    for (const text of ['', 'hello', '{', '[]', '{"a":[}', 'null']) expect(observe(text)).toBeUndefined();
  });
});

describe('topics that are allowed', () => {
  const policy = (...statements: object[]) => ({
    Type: 'AWS::IoT::Policy',
    Properties: { PolicyDocument: { Version: '2012-10-17', Statement: statements } },
  });
  const allow = (action: string | string[], ...resources: string[]) => ({
    Effect: 'Allow',
    Action: action,
    Resource: resources.map((resource) => `arn:aws:iot:eu-west-1:123456789012:${resource}`),
  });

  /** What is said of these statements after these uses: action, topic, thing. */
  function unused(
    statements: object[],
    uses: readonly (readonly ['publish' | 'subscribe' | 'receive', string, string?])[],
  ) {
    const folder = folderOf({ 'a.template.json': { Resources: { P: policy(...statements) } } });
    const used = new UsedTopics();
    for (const [action, topic, thing = 'pump-1'] of uses) used.add({ kind: 'topic', thing, action, topic });
    return unusedTopics(new Model(readPaths([folder]).files), used).map(({ action, topic }) => `${action} ${topic}`);
  }
  const name = '${iot:Connection.Thing.ThingName}';

  test.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/c', false],
    ['a/*', 'a/b/c', true],
    ['a/?', 'a/b', true],
    ['a/?', 'a/bc', false],
    [`a/${name}/b`, 'a/pump-1/b', true],
    [`a/${name}/b`, 'a/pump-2/b', false],
    [`${name}/b`, 'pump-1/b', true],
    [name, 'pump-1', true],
    ['a/${iot:ClientId}', 'a/pump-1', true],
    ['a/${iot:ClientId}', 'a/pump-2', false],
    [`a-${name}/b`, 'a-pump-2/b', true],
    ['a/${iot:Certificate.Subject.CommonName}/b', 'a/other/b', true],
  ])('%s is used by %s: %s', (topic, seen, is) =>
    expect(unused([allow('iot:Publish', `topic/${topic}`)], [['publish', seen]])).toEqual(
      is ? [] : [`publish ${topic}`],
    ),
  );

  test('are compared by action, and only where the log says anything of it', () => {
    const all = [allow(['iot:Publish', 'iot:Receive'], 'topic/a'), allow('iot:Subscribe', 'topicfilter/a')];
    expect(unused(all, [])).toEqual([]);
    expect(unused(all, [['publish', 'b']])).toEqual(['publish a']);
    expect(
      unused(all, [
        ['publish', 'a'],
        ['receive', 'b'],
      ]),
    ).toEqual(['receive a']);
    expect(unused(all, [['subscribe', 'b']])).toEqual(['subscribe a']);
  });

  test('are found in actions with wildcards, and not in denials', () => {
    expect(unused([allow('iot:*', 'topic/a')], [['publish', 'b']])).toEqual(['publish a']);
    expect(unused([allow('iot:Pub????', 'topic/a')], [['publish', 'b']])).toEqual(['publish a']);
    expect(unused([allow('iot:Connect', 'topic/a')], [['publish', 'b']])).toEqual([]);
    expect(unused([{ ...allow('iot:Publish', 'topic/a'), Effect: 'Deny' }], [['publish', 'b']])).toEqual([]);
  });

  test('are said once for each policy, action and topic', () =>
    expect(unused([allow('iot:Publish', 'topic/a'), allow('iot:Publish', 'topic/a')], [['publish', 'b']])).toEqual([
      'publish a',
    ]));

  test('are none of a policy that cannot be read', () => {
    const folder = folderOf({
      'a.template.json': {
        Resources: {
          P: policy(allow('iot:Publish', 'topic/a')),
          Q: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: '{' } },
        },
      },
    });
    const used = new UsedTopics();
    used.add({ kind: 'topic', thing: 'p', action: 'publish', topic: 'b' });
    expect(unusedTopics(new Model(readPaths([folder]).files), used)).toMatchObject([{ topic: 'a' }]);
  });

  test('are held up to a number, those of all devices as one', () => {
    const used = new UsedTopics(2);
    const add = (thing: string, topic: string) => used.add({ kind: 'topic', thing, action: 'publish', topic });
    for (const thing of ['a', 'b', 'c']) add(thing, `${thing}/state`);
    add('a', 'all');
    expect(() => add('a', 'more')).toThrow('devices used more than 2 topics; give the log of fewer days');
  });

  test('know what was used of an action', () => {
    const used = new UsedTopics();
    expect(used.knows('publish')).toBe(false);
    used.add({ kind: 'value', thing: 'p', metric: 'm', time: START, value: 1 });
    used.add({ kind: 'topic', thing: 'p', action: 'publish', topic: 'a' });
    expect([used.knows('publish'), used.knows('receive')]).toEqual([true, false]);
  });
});
