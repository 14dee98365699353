import { embeddedValues } from '../../../../rehearsal/cloud/cloudwatch/embedded';
import {
  type AlarmState,
  type MissingData,
  stateOf,
  type Thresholds,
} from '../../../../rehearsal/cloud/cloudwatch/evaluate';
import { isStatistic, Metrics } from '../../../../rehearsal/cloud/cloudwatch/metrics';

/** `X` breaches, `0` does not, `-` is missing; the latest comes last, as in the documentation. */
function stateFor(datapoints: string, missing: MissingData, toAlarm = 3, before: AlarmState = 'OK'): AlarmState {
  const thresholds: Thresholds = { operator: 'GreaterThanThreshold', threshold: 1, periods: 3, toAlarm, missing };
  const values = datapoints.split(' ').map((mark) => ({ X: 2, '0': 0 })[mark]);
  return stateOf(thresholds, values.reverse(), before);
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
test.each<[string, AlarmState, AlarmState, AlarmState, AlarmState]>([
  ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  ['- - - - 0', 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', 'INSUFFICIENT_DATA', 'OK', 'ALARM', 'OK'],
  ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - X - -', 'ALARM', 'OK', 'ALARM', 'OK'],
])('three of three: %s', (datapoints, missing, ignore, breaching, notBreaching) => {
  expect(stateFor(datapoints, 'missing')).toBe(missing);
  expect(stateFor(datapoints, 'ignore')).toBe(ignore);
  expect(stateFor(datapoints, 'breaching')).toBe(breaching);
  expect(stateFor(datapoints, 'notBreaching')).toBe(notBreaching);
});

test('what is ignored leaves an alarm as it was', () => {
  expect(stateFor('- - X - -', 'ignore', 3, 'ALARM')).toBe('ALARM');
  expect(stateFor('- - - - -', 'ignore', 3, 'INSUFFICIENT_DATA')).toBe('INSUFFICIENT_DATA');
});

test('two of three are enough where the alarm says so', () => {
  expect(stateFor('0 0 X 0 X', 'missing', 2)).toBe('ALARM');
  expect(stateFor('0 0 X 0 0', 'missing', 2)).toBe('OK');
});

test('statistics are of one metric, with its dimensions in any order, within the time', () => {
  const metrics = new Metrics();
  const of = (dimensions: Record<string, string>) => ({ namespace: 'N', name: 'M', dimensions });
  for (const [value, at] of [
    [1, 10],
    [5, 20],
    [3, 20],
    [100, 30],
  ] as const)
    metrics.put(of({ a: '1', b: '2' }), value, at);
  metrics.put(of({ a: '1' }), 7, 20);
  const read = (statistic: string) => metrics.statistic(of({ b: '2', a: '1' }), statistic, 11, 30);
  expect(['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount', 'p50', 'p100'].map(read)).toEqual([
    8, 4, 3, 5, 2, 3, 5,
  ]);
  expect(metrics.statistic(of({ a: '1', b: '2' }), 'Sum', 31, 40)).toBeUndefined();
  expect(['Sum', 'p99.9', 'tm90', 'P50'].map(isStatistic)).toEqual([true, true, false, false]);
});

describe('a log', () => {
  const line = (entry: object, directive: object) =>
    JSON.stringify({ _aws: { Timestamp: 1, CloudWatchMetrics: [directive] }, ...entry });

  test('carries the numbers of the embedded metric format, under each set of dimensions', () => {
    const directive = { Namespace: 'N', Dimensions: [['Service'], []], Metrics: [{ Name: 'A' }, { Name: 'B' }] };
    const log = `plain text\n${line({ Service: 's', A: 2, B: [3, 4] }, directive)}\n`;
    expect(
      embeddedValues(log).map(({ metric, value }) => [metric.name, metric.dimensions.Service ?? '', value]),
    ).toEqual([
      ['A', 's', 2],
      ['B', 's', 3],
      ['B', 's', 4],
      ['A', '', 2],
      ['B', '', 3],
      ['B', '', 4],
    ]);
  });

  test.each([
    ['has text as its value', { Service: 's', A: 'two' }],
    ['has no value', { Service: 's' }],
    ['has a dimension without a value', { A: 2 }],
  ])('carries no metric that %s', (_name, entry) => {
    const directive = { Namespace: 'N', Dimensions: [['Service']], Metrics: [{ Name: 'A' }] };
    expect(embeddedValues(line(entry, directive))).toEqual([]);
  });

  test('may be of any other form', () => {
    expect(embeddedValues('{"CloudWatchMetrics"\n{"_aws":{"CloudWatchMetrics":7}}\n"CloudWatchMetrics"')).toEqual([]);
  });
});
