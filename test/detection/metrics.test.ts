import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import {
  CUSTOM_METRICS,
  criteriaOf,
  METRIC_IDS,
  METRICS,
  type MetricFacts,
  WINDOWS,
} from '../../lib/detection/metrics';
import { BehaviorOperator, Confidence, CustomMetricType, Percentile, Severity } from '../../lib/detection/terms';

/** The table of the service's own documentation, line by line, so that a slip in ours shows. */
const DOCUMENTED: readonly (readonly [
  id: keyof typeof METRICS,
  name: string,
  value: string,
  window: string,
  ml: boolean,
  dimension: boolean,
])[] = [
  ['messages-sent', 'aws:num-messages-sent', 'count', 'always', true, true],
  ['messages-received', 'aws:num-messages-received', 'count', 'always', true, true],
  ['message-size', 'aws:message-byte-size', 'count', 'with-percentile', true, true],
  ['authorization-failures', 'aws:num-authorization-failures', 'count', 'always', true, true],
  ['connection-attempts', 'aws:num-connection-attempts', 'count', 'always', true, false],
  ['disconnects', 'aws:num-disconnects', 'count', 'always', true, false],
  ['disconnect-duration', 'aws:disconnect-duration', 'count', 'never', false, false],
  ['source-ip', 'aws:source-ip-address', 'cidrs', 'never', false, true],
  ['bytes-out', 'aws:all-bytes-out', 'count', 'always', true, false],
  ['bytes-in', 'aws:all-bytes-in', 'count', 'always', true, false],
  ['packets-out', 'aws:all-packets-out', 'count', 'always', true, false],
  ['packets-in', 'aws:all-packets-in', 'count', 'always', true, false],
  ['listening-tcp-port-count', 'aws:num-listening-tcp-ports', 'count', 'always', true, false],
  ['listening-udp-port-count', 'aws:num-listening-udp-ports', 'count', 'always', true, false],
  ['established-tcp-connections', 'aws:num-established-tcp-connections', 'count', 'with-percentile', true, false],
  ['listening-tcp-ports', 'aws:listening-tcp-ports', 'ports', 'never', false, false],
  ['listening-udp-ports', 'aws:listening-udp-ports', 'ports', 'never', false, false],
  ['destination-ips', 'aws:destination-ip-addresses', 'cidrs', 'never', false, false],
];

test('every metric of the service is in the table, once', () => {
  expect(METRIC_IDS).toHaveLength(18);
  expect(DOCUMENTED.map(([id]) => id).sort()).toEqual([...METRIC_IDS].sort());
  expect(new Set(METRIC_IDS.map((id) => METRICS[id].defenderName)).size).toBe(18);
});

test.each(DOCUMENTED)('%s is %s as documented', (id, defenderName, value, window, learned, topics) => {
  const facts: MetricFacts = METRICS[id];
  expect(facts).toMatchObject({ defenderName, value, window, learned, topics, engines: ['stream', 'device-defender'] });
  expect(facts.unit === undefined).toBe(value !== 'count');
  expect(facts.operators).toEqual(
    value !== 'count'
      ? [BehaviorOperator.WITHIN, BehaviorOperator.NOT_WITHIN]
      : [
          BehaviorOperator.LESS_THAN,
          BehaviorOperator.AT_MOST,
          BehaviorOperator.GREATER_THAN,
          BehaviorOperator.AT_LEAST,
        ].slice(0, id === 'disconnect-duration' ? 2 : 4),
  );
});

test('6 cloud-side and 7 device-side metrics can be learned', () => {
  const learned = METRIC_IDS.filter((id) => METRICS[id].learned);
  expect(learned.filter((id) => METRICS[id].source === 'cloud')).toHaveLength(6);
  expect(learned.filter((id) => METRICS[id].source === 'device')).toHaveLength(7);
});

test('traffic that agents report alarms after two datapoints, all else after one', () => {
  expect(METRIC_IDS.filter((id) => METRICS[id].alarmAfter === 2)).toEqual([
    'bytes-out',
    'bytes-in',
    'packets-out',
    'packets-in',
  ]);
  expect(new Set(METRIC_IDS.map((id) => METRICS[id].alarmAfter))).toEqual(new Set([1, 2]));
});

test('of custom metrics only numbers can be learned or ranked', () => {
  for (const type of Object.values(CustomMetricType)) {
    const number = type === CustomMetricType.NUMBER;
    expect(CUSTOM_METRICS[type]).toMatchObject({
      learned: number,
      percentile: number,
      topics: false,
      source: 'device',
    });
  }
  expect(criteriaOf(CUSTOM_METRICS[CustomMetricType.NUMBER_LIST])).toEqual(['within', 'notWithin']);
  expect(criteriaOf(CUSTOM_METRICS[CustomMetricType.NUMBER])).toHaveLength(9);
});

test('windows are those of the service', () => {
  expect(Object.values(WINDOWS)).toEqual([300, 600, 900, 1800, 3600]);
});

describe('the words of the language', () => {
  const db = loadAwsServiceSpecSync();
  const profile = allowedValuesOf('AWS::IoT::SecurityProfile');

  test('are those of CloudFormation', () => {
    // The service refuses `Average`, which the schema has.
    expect([...Object.values(Percentile), 'Average'].sort()).toEqual(profile.get('Statistic'));
    expect(Object.values(Confidence).sort()).toEqual(profile.get('ConfidenceLevel'));
    expect(Object.values(CustomMetricType).sort()).toEqual(allowedValuesOf('AWS::IoT::CustomMetric').get('MetricType'));
    expect(allowedValuesOf('AWS::IoT::Dimension').get('Type')).toEqual(['TOPIC_FILTER']);
    expect(profile.get('Operator')).toEqual(['IN', 'NOT_IN']);
  });

  test('cover every operator of CloudFormation', () => {
    const numbers = ['greater-than', 'greater-than-equals', 'less-than', 'less-than-equals'];
    const sets = ['cidr-set', 'port-set', 'set'].flatMap((set) => [`in-${set}`, `not-in-${set}`]);
    expect([...numbers, ...sets].sort()).toEqual(profile.get('ComparisonOperator'));
  });

  test('are of this library alone where a severity is meant', () => {
    expect(Object.values(Severity)).toEqual(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']);
  });

  /** The enumerations of a resource type and of its property types, by property name. */
  function allowedValuesOf(type: string): Map<string, string[]> {
    const resource = db.lookup('resource', 'cloudFormationType', 'equals', type).only();
    const entities = [resource, ...db.follow('usesType', resource).map(({ entity }) => entity)];
    const found = new Map<string, string[]>();
    for (const [name, property] of entities.flatMap(({ properties }) => Object.entries(properties))) {
      const values = (property.type as { allowedValues?: string[] }).allowedValues;
      if (values !== undefined) found.set(name, [...values].sort());
    }
    return found;
  }
});
