import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { App, Duration, Fn, Stack, Token } from 'aws-cdk-lib';
import * as iot from 'aws-cdk-lib/aws-iot';
import fc from 'fast-check';
import { TUNE_USAGE } from '../../bin/cli/tune';
import { linesOf } from '../../bin/cli/tune/lines';
import { observe } from '../../bin/cli/tune/observe';
import { alarmsOf, type Proposal } from '../../bin/cli/tune/propose';
import type { TuneResult } from '../../bin/cli/tune/words';
import {
  Access,
  Behavior,
  Confidence,
  CustomMetric,
  CustomMetricType,
  Detection,
  DetectionTarget,
  FleetGroup,
  Percentile,
  Topic,
  TopicDimension,
} from '../../lib';
import { testApp } from '../support/app';
import { dice, poisson } from '../support/dice';
import { message } from '../support/stream';
import { folderOf, run } from './support';

const FIVE = Duration.minutes(5);
const START = Date.UTC(2026, 0, 5);
const WINDOW = 300_000;

/** The assembly of a fleet with these behaviors. */
function assemblyOf(behaviors: Behavior[], engine = Detection.stream()): string {
  const app = new App({ outdir: testApp().outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Fleet');
  new FleetGroup(stack, 'Pumps', {
    access: [
      Access.publish(Topic.of('pumps', Topic.THING, 'telemetry')),
      Access.publishBelow(Topic.of('debug', Topic.THING)),
      Access.subscribe(Topic.of('pumps', Topic.THING, 'commands', Topic.ANY)),
    ],
  });
  engine.watch(stack, 'Watch', { behaviors, target: DetectionTarget.allThings() });
  return app.synth().directory;
}

interface Entry {
  readonly eventType: string;
  readonly clientId?: string;
  readonly minutes?: number;
  readonly [field: string]: unknown;
}

/** An entry of the log, as AWS documents it. */
const entry = ({ minutes = 0, ...rest }: Entry) =>
  JSON.stringify({
    timestamp: new Date(START + minutes * 60_000).toISOString().replace('T', ' ').replace('Z', ''),
    logLevel: 'INFO',
    status: 'Success',
    protocol: 'MQTT',
    clientId: 'pump-1',
    sourceIp: '203.0.113.7',
    ...rest,
  });
const window = (metric: string, value: unknown, at = 0, thing = 'pump-1') =>
  JSON.stringify({ thing, metric, time: START + at * WINDOW, value });

function tune(assembly: string, lines: readonly string[], ...options: string[]) {
  const folder = folderOf({ 'iot.jsonl': `${lines.join('\n')}\n` });
  return run('tune', folder, '--assembly', assembly, ...options);
}

function resultOf(assembly: string, lines: readonly string[]): TuneResult & { readonly exit: number } {
  const { exit, out, err } = tune(assembly, lines, '--json');
  expect(err).toBe('');
  return { ...(JSON.parse(out) as TuneResult), exit };
}

const sent = (bound: number) => Behavior.messagesSent().mustBeAtMost(bound).per(FIVE);

describe('a threshold', () => {
  let assembly: string;
  beforeAll(() => {
    assembly = assemblyOf([sent(10), Behavior.disconnects().learned(Confidence.HIGH)]);
  });
  const proposalOf = (lines: readonly string[]) => resultOf(assembly, lines).behaviors[0] as Proposal;

  test('that was exceeded is said with the alarms of it and of others', () => {
    const values = [...Array.from({ length: 199 }, (_item, index) => 1 + (index % 8)), 40];
    const lines = values.map((value, index) => window('messages-sent', value, index, `pump-${index % 4}`));
    const { exit, behaviors } = resultOf(assembly, lines);
    expect(exit).toBe(1);
    expect(behaviors[0]).toEqual({
      name: 'messages-sent-at-most',
      metric: 'messages-sent',
      verdict: 'too-tight',
      operator: 'atMost',
      devices: 4,
      windows: 200,
      current: { threshold: 10, what: 'as it is', alarms: 1, devices: 1 },
      candidates: [
        { threshold: 40, what: 'highest value', alarms: 0, devices: 0 },
        { threshold: 8, what: 'p99', alarms: 1, devices: 1 },
      ],
    });
    expect(behaviors[1]).toMatchObject({ verdict: 'no-data' });
  });

  test.each([
    [9, 'fits'],
    [10, 'fits'],
    [5, 'fits'],
    [4, 'too-loose'],
    [11, 'too-tight'],
  ] as const)('beside a highest value of %i: %s', (value, verdict) => {
    expect(proposalOf([window('messages-sent', value)]).verdict).toBe(verdict);
  });

  test('of what was not measured says so', () => {
    const { exit, behaviors } = resultOf(assembly, [window('bytes-in', 7)]);
    expect(behaviors[0]).toMatchObject({ verdict: 'no-data', windows: 0 });
    expect(exit).toBe(0);
  });

  test('is compared with what the log counts', () => {
    const lines = Array.from({ length: 12 }, (_item, index) =>
      entry({ eventType: 'Publish-In', topicName: 'pumps/pump-1/telemetry', minutes: index < 11 ? 1 : 6 }),
    );
    expect(proposalOf(lines)).toMatchObject({ verdict: 'too-tight', windows: 2, current: { alarms: 1 } });
  });

  test('is compared with the metrics export of Device Defender, in seconds or milliseconds', () => {
    const metric = (value: number, timestamp: number) => ({
      name: 'aws:num-messages-sent',
      thing: 'pump-1',
      value: { count: value },
      version: 1,
      timestamp,
    });
    const batch = { version: '1.0', metrics: [metric(11, START / 1_000), metric(12, START + WINDOW), { name: 'x' }] };
    expect(proposalOf([JSON.stringify(batch)])).toMatchObject({
      verdict: 'too-tight',
      windows: 2,
      candidates: [{ threshold: 12, alarms: 0 }],
    });
  });
});

test('windows of a behavior are made of those of five minutes', () => {
  const assembly = assemblyOf([Behavior.messagesSent().mustBeAtMost(10).per(Duration.minutes(15))]);
  const lines = [window('messages-sent', 6, 0), window('messages-sent', 6, 1), window('messages-sent', 6, 3)];
  expect(resultOf(assembly, lines).behaviors[0]).toMatchObject({
    windows: 2,
    current: { alarms: 1 },
    candidates: [{ threshold: 12 }],
  });
});

test('lower bounds are proposed from below, and strict ones beside the value', () => {
  const assembly = assemblyOf([
    Behavior.establishedTcpConnections().mustBeAtLeast(5),
    Behavior.listeningTcpPortCount().mustBeLessThan(3).per(FIVE),
    Behavior.bytesOut().mustBeGreaterThan(2).per(FIVE),
  ]);
  const lines = [
    window('established-tcp-connections', 4),
    window('listening-tcp-port-count', 3),
    window('bytes-out', 9),
    window('bytes-out', 9, 1),
  ];
  expect(resultOf(assembly, lines).behaviors).toMatchObject([
    { verdict: 'too-tight', candidates: [{ threshold: 4, what: 'lowest value', alarms: 0 }] },
    { verdict: 'too-tight', candidates: [{ threshold: 4, what: 'highest value', alarms: 0 }] },
    { verdict: 'too-loose', candidates: [{ threshold: 8, alarms: 0 }] },
  ]);
});

describe('a set', () => {
  test('names what was outside, how often, and what nobody had', () => {
    const assembly = assemblyOf([Behavior.sourceIp().mustBeWithin(['203.0.113.0/24', '198.51.100.0/24'])]);
    const lines = [
      entry({ eventType: 'Connect' }),
      entry({ eventType: 'Connect', sourceIp: '192.0.2.9', clientId: 'pump-2' }),
      entry({ eventType: 'Connect', sourceIp: '192.0.2.9', clientId: 'pump-2', minutes: 5 }),
    ];
    expect(resultOf(assembly, lines).behaviors[0]).toMatchObject({
      verdict: 'too-tight',
      devices: 2,
      windows: 3,
      current: { alarms: 1, devices: 1 },
      outside: [{ item: '192.0.2.9', times: 2, devices: 1 }],
      unused: ['198.51.100.0/24'],
    });
    expect(resultOf(assembly, lines.slice(0, 1)).behaviors[0]).toMatchObject({ verdict: 'too-loose' });
  });

  test('of what must not be is outside where it is', () => {
    const assembly = assemblyOf([Behavior.listeningTcpPorts().mustNotBeWithin([23])]);
    const both = resultOf(assembly, [
      window('listening-tcp-ports', [23, 8883]),
      window('aws:listening-tcp-ports', { ports: [8883] }, 1),
    ]);
    expect(both.behaviors[0]).toMatchObject({
      verdict: 'too-tight',
      outside: [{ item: '23' }],
      unused: [],
      windows: 2,
    });
    expect(resultOf(assembly, [window('listening-tcp-ports', [8883])]).behaviors[0]).toMatchObject({ verdict: 'fits' });
  });
});

describe('a behavior that is narrowed to topics', () => {
  const narrow = () => sent(1).onTopics(['pumps/+/telemetry', 'own/${iot:ClientId}']);
  const published = (topicName: string, more: Partial<Entry> = {}) =>
    entry({ eventType: 'Publish-In', topicName, ...more });
  const assemblies: Record<string, string> = {};
  beforeAll(() => {
    assemblies.stream = assemblyOf([narrow(), sent(1), sent(1).exceptOnTopics(['pumps/#']).named('others')]);
    assemblies.profiles = assemblyOf(
      [narrow(), sent(1), sent(1).exceptOnTopics(['pumps/#']).named('others')],
      Detection.deviceDefender(),
    );
  });
  const told = (assembly: string | undefined, lines: readonly string[]) =>
    resultOf(assembly as string, lines).behaviors.map(({ windows, current }) => [windows, current?.alarms ?? 0]);

  test.each(['stream', 'profiles'])('is compared with the messages on them, as the log has them (%s)', (engine) => {
    const lines = [
      published('pumps/pump-1/telemetry'),
      published('own/pump-2'),
      published('own/pump-1', { minutes: 5 }),
      published('pumps/pump-1/telemetry', { minutes: 5 }),
      published('debug/x', { minutes: 10 }),
      published('debug/x', { minutes: 10 }),
    ];
    expect(told(assemblies[engine], lines)).toEqual([
      [2, 1],
      [3, 1],
      [3, 1],
    ]);
  });

  test('is compared with no value of all messages, and with one that names its topic', () => {
    const at = (topic?: string) =>
      JSON.stringify({ thing: 'pump-1', metric: 'messages-sent', time: START, value: 5, topic });
    expect(told(assemblies.stream, [at()])).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
    ]);
    expect(told(assemblies.stream, [at('pumps/a/telemetry')])).toEqual([
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
  });

  test('is compared with the records that its own rule put on the stream', () => {
    const template = readFileSync(join(assemblies.stream as string, 'Fleet.template.json'), 'utf8');
    const [own, others] = [...template.matchAll(/\\"id\\":\\"(t[0-9a-f]{8})\\"/g)].map(([, id]) => id);
    expect(others).toBeDefined();
    const records = [own, own, others, 'all'].map((on) => JSON.stringify(message('pump-1', START, { on })));
    const found = told(assemblies.stream, records);
    expect(found.map(([windows]) => windows)).toEqual([1, 1, 1]);
    expect(found.flatMap(([, alarms]) => alarms).sort()).toEqual([0, 0, 1]);
  });

  test('judges the addresses of those messages', () => {
    const assembly = assemblyOf([Behavior.sourceIp().mustBeWithin(['192.0.2.0/24']).onTopics(['secret/#'])]);
    const lines = [published('secret/a'), published('open'), entry({ eventType: 'Connect' })];
    expect(resultOf(assembly, lines).behaviors[0]).toMatchObject({ outside: [{ item: '203.0.113.7', times: 1 }] });
    expect(resultOf(assembly, lines.slice(1)).behaviors[0]).toMatchObject({ verdict: 'no-data' });
  });

  test('is compared with what Device Defender exports of its dimension, where the template names that', () => {
    const app = new App({ outdir: testApp().outdir, analyticsReporting: false });
    const stack = new Stack(app, 'Fleet');
    const topicFilters = ['pumps/#'];
    const named = new TopicDimension(stack, 'Named', { topicFilters, dimensionName: 'pumps' });
    const generated = new TopicDimension(stack, 'Generated', { topicFilters: ['fans/#'] });
    const existing = iot.CfnDimension.fromDimensionName(stack, 'Existing', 'doors');
    Detection.deviceDefender().watch(stack, 'Watch', {
      behaviors: [
        sent(1).onDimension(named),
        sent(1).exceptOnDimension(named).named('not'),
        sent(1).onDimension(generated).named('fans'),
        sent(1).onDimension(existing).named('doors'),
        sent(1).named('all'),
      ],
      target: DetectionTarget.allThings(),
    });
    const metric = (name: string | undefined, operator: string | undefined, count: number) => ({
      name: 'aws:num-messages-sent',
      thing: 'pump-1',
      value: { count },
      version: 1,
      timestamp: START,
      ...(name === undefined ? {} : { dimension: { name, operator } }),
    });
    const metrics = [
      metric('pumps', 'IN', 2),
      metric('pumps', 'NOT_IN', 0),
      metric('doors', 'IN', 3),
      metric(undefined, undefined, 5),
    ];
    const { behaviors } = resultOf(app.synth().directory, [JSON.stringify({ version: '1.0', metrics })]);
    expect(behaviors.map(({ name, verdict, candidates }) => [name, verdict, candidates?.[0]?.threshold])).toEqual([
      ['messages-sent-at-most-on-topics', 'too-tight', 2],
      ['not', 'fits', 0],
      ['fans', 'no-data', undefined],
      ['doors', 'too-tight', 3],
      ['all', 'too-tight', 5],
    ]);
    // Of a dimension that exists the template says no topics.
    expect(resultOf(app.synth().directory, [published('fans/1')]).behaviors.map(({ windows }) => windows)).toEqual([
      0, 1, 1, 0, 1,
    ]);
  });
});

describe('the export of Device Defender', () => {
  const assembly = () => assemblyOf([sent(10), Behavior.listeningTcpPortCount().mustBeAtMost(1).per(FIVE)]);
  const value = (count: number, version: number, name = 'aws:num-messages-sent') => ({
    ...{ name, thing: 'pump-1', value: { count }, version, timestamp: START },
  });
  const export1 = (metrics: object[], version: unknown = '1.0') => JSON.stringify({ version, metrics });

  test('may have a value twice: the one with the higher version counts, in any order', () => {
    const said = (...metrics: object[]) =>
      resultOf(
        assembly(),
        metrics.map((one) => export1([one])),
      ).behaviors[0]?.current?.alarms;
    expect(said(value(10, 1), value(10, 1), value(10, 1))).toBe(0);
    expect(said(value(10, 1), value(11, 2))).toBe(1);
    expect(said(value(11, 2), value(10, 1))).toBe(1);
    expect(said(value(11, 1), value(10, 2))).toBe(0);
  });

  test('of a version that nobody knows is not read', () => {
    const { unreadable, behaviors } = resultOf(assembly(), [
      export1([value(99, 1)], '2.0'),
      export1([value(8, 1)], '1.1'),
    ]);
    expect(unreadable).toBe(1);
    expect(behaviors[0]).toMatchObject({ verdict: 'fits', windows: 1 });
  });
});

describe('a bound that is relative to the fleet', () => {
  const lines = Array.from({ length: 100 }, (_item, device) =>
    window('messages-sent', device === 0 ? 900 : 10, 0, `pump-${device}`),
  );

  test('is compared with what the devices did at the same time', () => {
    const assembly = assemblyOf([Behavior.messagesSent().mustBeAtMostPercentile(Percentile.P90).per(FIVE)]);
    const { exit, behaviors } = resultOf(assembly, lines);
    expect(behaviors[0]).toMatchObject({
      verdict: 'too-tight',
      devices: 100,
      byPercentile: [
        { percentile: 'p90', alarms: 1, devices: 1 },
        { percentile: 'p99', alarms: 1, devices: 1 },
        { percentile: 'p99.9', alarms: 0, devices: 0 },
        { percentile: 'p99.99', alarms: 0, devices: 0 },
      ],
    });
    expect(exit).toBe(1);
    expect(tune(assembly, lines).out).toContain(
      'as it is, at most p90 of the fleet: 1 alarm of 1 device\n  at most p99 of',
    );
  });

  test('from below is compared with those below the median', () => {
    const assembly = assemblyOf(
      [Behavior.messagesSent().mustBeAtLeastPercentile(Percentile.P1).per(FIVE)],
      Detection.deviceDefender(),
    );
    const [proposal] = resultOf(assembly, lines).behaviors;
    expect(proposal?.verdict).toBe('fits');
    expect(proposal?.byPercentile?.map(({ percentile }) => percentile)).toEqual(['p1', 'p0.01', 'p0.1', 'p10']);
  });

  test('is none while a device reports what is below zero, and of nothing nothing is said', () => {
    const metric = CustomMetric.named('charge', CustomMetricType.NUMBER);
    const assembly = assemblyOf([Behavior.custom(metric).mustBeAtMostPercentile(Percentile.P10).per(FIVE)]);
    const some = [-1, 5, 9].map((value, device) => window('charge', value, 0, `pump-${device}`));
    expect(resultOf(assembly, some).behaviors[0]).toMatchObject({ verdict: 'fits' });
    expect(resultOf(assembly, some.slice(1)).behaviors[0]).toMatchObject({ verdict: 'too-tight' });
    expect(resultOf(assembly, [window('other', 1)]).behaviors[0]).toMatchObject({ verdict: 'no-data' });
  });
});

describe('alarms are counted as the engines count them', () => {
  const count = (values: (number | undefined)[], alarmAfter: number, clearAfter: number, zeros = false) =>
    alarmsOf(
      [values.flatMap((value, index) => (value === undefined ? [] : [[index * WINDOW, value] as const]))],
      { name: '', metric: '', operator: 'atMost', threshold: 1, windowSeconds: 300, alarmAfter, clearAfter },
      zeros,
    ).alarms;
  test.each([
    [[2, 0, 2], 1, 1, 2],
    [[2, 0, 2], 1, 2, 1],
    [[2, 2, 0, 2], 2, 1, 1],
    [[2, 0, 2, 0], 2, 1, 0],
    [[2, 2, 2, 2], 2, 1, 1],
    [[2, 2, 0, 0, 2, 2], 2, 2, 2],
  ])('%j after %i and %i', (values, alarmAfter, clearAfter, expected) => {
    expect(count(values, alarmAfter, clearAfter)).toBe(expected);
  });

  test('a window without a value is one of zero where things are counted, and none elsewhere', () => {
    expect(count([2, undefined, 2], 1, 1, true)).toBe(2);
    expect(count([2, undefined, 2], 1, 1, false)).toBe(1);
    expect(count([2, ...Array.from({ length: 100_000 }, () => undefined), 2], 1, 10, true)).toBe(2);
  });
});

describe('topics', () => {
  let assembly: string;
  beforeAll(() => {
    assembly = assemblyOf([sent(10)]);
  });
  const telemetry = entry({ eventType: 'Publish-In', topicName: 'pumps/pump-1/telemetry' });
  const used = [
    ...Array.from({ length: 5 }, () => telemetry),
    entry({ eventType: 'Subscribe', topicName: 'pumps/pump-1/commands/+' }),
    entry({ eventType: 'Publish-Out', topicName: 'pumps/pump-1/commands/stop' }),
  ];

  test('that are allowed and were never used are named', () => {
    const { unusedTopics, topicsKnown, exit } = resultOf(assembly, used);
    expect(topicsKnown).toBe(true);
    expect(exit).toBe(1);
    expect(unusedTopics).toEqual([
      {
        policy: expect.stringContaining('Fleet/Pumps'),
        action: 'publish',
        topic: 'debug/${iot:Connection.Thing.ThingName}/*',
      },
    ]);
  });

  test('that were all used are not', () => {
    const debug = entry({ eventType: 'Publish-In', topicName: 'debug/pump-2/a/b', clientId: 'pump-2' });
    const { unusedTopics, exit } = resultOf(assembly, [...used, debug]);
    expect(unusedTopics).toEqual([]);
    expect(exit).toBe(0);
  });

  test('of another device are not those of the device', () => {
    const other = entry({ eventType: 'Publish-In', topicName: 'debug/pump-1/a', clientId: 'pump-2' });
    expect(resultOf(assembly, [...used, other]).unusedTopics).toHaveLength(1);
  });

  test('that were refused were not used', () => {
    const refused = {
      eventType: 'Publish-In',
      topicName: 'debug/pump-1/a',
      status: 'Failure',
      reason: 'AUTHORIZATION_FAILURE',
    };
    expect(resultOf(assembly, [...used, entry(refused)]).unusedTopics).toHaveLength(1);
  });

  test('cannot be told from a log that does not have them', () => {
    const { topicsKnown, unusedTopics } = resultOf(assembly, [entry({ eventType: 'Connect' })]);
    expect([topicsKnown, unusedTopics]).toEqual([false, []]);
    expect(tune(assembly, [entry({ eventType: 'Connect' })]).out).toContain('AWS IoT logs them at the level INFO');
  });
});

describe('the words', () => {
  test('are for a person', () => {
    const assembly = assemblyOf([sent(10), Behavior.sourceIp().mustBeWithin(['203.0.113.0/24', '198.51.100.0/24'])]);
    const lines = [window('messages-sent', 11), window('source-ip', ['192.0.2.1']), 'no JSON'];
    const { out, exit } = tune(assembly, lines);
    expect(exit).toBe(1);
    expect(out.split('\n')).toEqual([
      '3 lines read, 1 of no form that is known',
      'messages-sent-at-most: would have raised alarms (1 device, 1 window)',
      '  as it is, at most 10: 1 alarm of 1 device',
      '  at most 11 (highest value): no alarm',
      'source-ip-within: would have raised alarms (1 device, 1 window)',
      '  as it is: 1 alarm of 1 device',
      '  outside: 192.0.2.1, 1 time by 1 device',
      '  never seen: 203.0.113.0/24',
      '  never seen: 198.51.100.0/24',
      'the logs have no successful publish or subscribe, so topics cannot be compared; AWS IoT logs them at the level INFO',
      '',
    ]);
  });

  test('hold nothing that a terminal would act on', () => {
    const assembly = assemblyOf([Behavior.sourceIp().mustBeWithin(['203.0.113.0/24'])]);
    const { out } = tune(assembly, [window('source-ip', ['\u001b[2J', '__proto__'])]);
    expect(out).toContain('outside: \\u001b[2J');
    expect(out).toContain('outside: __proto__');
    expect(out).not.toContain('\u001b');
  });
});

describe('a normal that is learned', () => {
  let assembly: string;
  beforeAll(() => {
    assembly = assemblyOf([Behavior.messagesSent().learned(Confidence.MEDIUM)]);
  });
  /** Four pumps for some days: 60 messages in a window, more or less, and more of one of them on the last day. */
  const linesOfDays = (days: number, odd = 60) => {
    const random = dice(4);
    const windows = Array.from({ length: days * 288 }, (_item, at) => at);
    return windows.flatMap((at) =>
      [0, 1, 2, 3].map((pump) => {
        const isOdd = pump === 0 && at >= (days - 1) * 288 + 100 && at < (days - 1) * 288 + 103;
        return window('messages-sent', isOdd ? odd : poisson(60, random), at, `pump-${pump}`);
      }),
    );
  };

  test('is played as the stream engine learns it, at each confidence', () => {
    const [proposal] = resultOf(assembly, linesOfDays(4, 200)).behaviors;
    expect(proposal).toMatchObject({ verdict: 'fits', devices: 4, windows: 4 * 4 * 288 });
    const { judged = 0, stated, byConfidence = [] } = proposal?.learned ?? {};
    // Training lasts until there are 288 windows of the oldest device.
    expect(judged).toBe(4 * (4 * 288 - 288));
    expect(stated).toBeCloseTo(judged * 1e-4, 3);
    expect(byConfidence.map(({ confidence }) => confidence)).toEqual(['LOW', 'MEDIUM', 'HIGH']);
    const [low, medium, high] = byConfidence;
    expect(high).toMatchObject({ alarms: 1, devices: 1 });
    expect(medium?.alarms).toBeGreaterThanOrEqual(1);
    expect(low?.alarms).toBeGreaterThanOrEqual(medium?.alarms ?? Infinity);
    expect(low?.alarms).toBeLessThanOrEqual(12);
  });

  test('that would have raised more than it states is said to', () => {
    // Each pump has a day on which it does something else every two hours, ten times more each time.
    const lines = [
      ...linesOfDays(2),
      ...[0, 1, 2, 3].flatMap((pump) =>
        Array.from({ length: 288 }, (_item, at) =>
          window('messages-sent', at % 24 === 5 ? 10 ** (3 + at / 24) : 60, 576 + at, `pump-${pump}`),
        ),
      ),
    ];
    const { exit, behaviors } = resultOf(assembly, lines);
    expect(behaviors[0]?.verdict).toBe('too-tight');
    expect(behaviors[0]?.learned?.byConfidence[1]?.devices).toBe(4);
    expect(exit).toBe(1);
  });

  test('is not compared with less than a day', () => {
    const { behaviors } = resultOf(assembly, linesOfDays(1));
    expect(behaviors[0]).toMatchObject({
      verdict: 'not-compared',
      because: 'its normal is learned, and the logs do not last beyond the training',
    });
    expect(behaviors[0]?.learned).toBeUndefined();
  });

  test('is told in words, its own confidence first', () => {
    const { out } = tune(assembly, linesOfDays(3, 200));
    expect(out).toMatch(
      /messages-sent-learned: fits \(4 devices, 3456 windows\)\n {2}as it is, learned at MEDIUM: \d+ alarms? of \d devices?; its rate states 0\.23 in 2304 windows\n {2}learned at LOW: .*\n {2}learned at HIGH: 1 alarm of 1 device\n/,
    );
  });
});

test('a bound from below is compared with the lowest value of a window, as the engine does', () => {
  const assembly = assemblyOf([
    Behavior.messageSize().mustBeAtLeast(50).named('least'),
    Behavior.messageSize().mustBeAtMost(50).named('most'),
  ]);
  const lines = [40, 60, 55].map((value) => window('message-size', value));
  expect(
    resultOf(assembly, lines).behaviors.map(({ name, current, candidates }) => [
      name,
      current?.alarms,
      candidates?.[0],
    ]),
  ).toEqual([
    ['least', 1, { threshold: 40, what: 'lowest value', alarms: 0, devices: 0 }],
    ['most', 1, { threshold: 60, what: 'highest value', alarms: 0, devices: 0 }],
  ]);
});

describe('the behaviors of an assembly', () => {
  test('are found where they lie beside the code', () => {
    const many = Array.from({ length: 60 }, (_item, index) => sent(index + 1).named(`b${index}`));
    expect(resultOf(assemblyOf(many), [window('messages-sent', 1)]).behaviors).toHaveLength(60);
  });

  test('are found in security profiles', () => {
    const behaviors = [
      sent(10),
      Behavior.sourceIp().mustNotBeWithin(['192.0.2.0/24']),
      Behavior.listeningUdpPorts().mustBeWithin([53]),
      Behavior.disconnects().learned(Confidence.HIGH),
    ];
    const assembly = assemblyOf(behaviors, Detection.deviceDefender());
    const lines = [
      window('messages-sent', 11),
      window('source-ip', ['192.0.2.1']),
      window('listening-udp-ports', [53]),
    ];
    expect(resultOf(assembly, lines).behaviors.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['messages-sent-at-most', 'too-tight'],
      ['source-ip-not-within', 'too-tight'],
      ['listening-udp-ports-within', 'fits'],
      ['disconnects-learned', 'no-data'],
    ]);
  });

  test('may have values that are known at deployment only: those are not compared, the others are', () => {
    const known = Token.asNumber({ Ref: 'Most' });
    const behaviors = [
      sent(10),
      Behavior.disconnects().mustBeAtMost(known).per(FIVE),
      Behavior.sourceIp().mustBeWithin([Fn.importValue('Range'), '192.0.2.0/24']),
      Behavior.destinationIps().mustBeWithin(Token.asList({ Ref: 'Ranges' })),
      Behavior.listeningTcpPorts().mustBeWithin([22, known]),
    ];
    const lines = [window('messages-sent', 11), window('disconnects', 7), window('source-ip', ['192.0.2.1'])];
    for (const engine of [Detection.stream(), Detection.deviceDefender()]) {
      const { behaviors: compared } = resultOf(assemblyOf(behaviors, engine), lines);
      expect(compared.map(({ name, verdict, because }) => [name, verdict, because])).toEqual([
        ['messages-sent-at-most', 'too-tight', undefined],
        ['disconnects-at-most', 'not-compared', 'its bound is known at deployment only'],
        ['source-ip-within', 'not-compared', 'its bound is known at deployment only'],
        ['destination-ips-within', 'not-compared', 'its bound is known at deployment only'],
        ['listening-tcp-ports-within', 'not-compared', 'its bound is known at deployment only'],
      ]);
    }
  });

  test('that are in an asset that is not there cannot be judged', () => {
    const folder = folderOf({
      'a.template.json': {
        Resources: {
          F: {
            Type: 'AWS::Lambda::Function',
            Properties: { Environment: { Variables: { BEHAVIORS: 'file:b.json' } } },
          },
        },
      },
    });
    const { exit, err } = tune(folder, [window('x', 1)]);
    expect(exit).toBe(2);
    expect(err).toContain('lie in an asset that is not in');
  });

  test('of other functions are theirs', () => {
    const folder = folderOf({
      'a.template.json': {
        Resources: {
          F: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { BEHAVIORS: 'nice' } } } },
        },
      },
    });
    expect(resultOf(folder, [window('x', 1)]).behaviors).toEqual([]);
  });
});

describe('what cannot be done is said', () => {
  const empty = () => folderOf({ 'a.template.json': { Resources: {} } });
  test('without logs, or without an assembly', () => {
    expect(run('tune')).toMatchObject({ exit: 2, err: expect.stringContaining(TUNE_USAGE) });
    expect(run('tune', 'x')).toMatchObject({ exit: 2, err: expect.stringContaining('--assembly must name') });
    expect(run('tune', 'x', '--assembly', empty())).toMatchObject({
      exit: 2,
      err: expect.stringContaining('x does not exist'),
    });
    expect(run('tune', 'x', '--assembly', 'y')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('y does not exist'),
    });
    expect(run('tune', '--help')).toMatchObject({ exit: 0, out: `${TUNE_USAGE}\n` });
  });

  test('with logs of which nothing can be read', () => {
    for (const lines of [[], ['', '']])
      expect(tune(empty(), lines)).toMatchObject({
        exit: 2,
        err: 'could not run: the logs are empty: they have no line\n',
      });
    expect(tune(empty(), ['a', '{}', ''])).toMatchObject({
      exit: 2,
      err: expect.stringMatching(/no line of the logs is of a form that is known: .*one JSON object a line/),
    });
    for (const [name, says] of [
      ['a.jsonl.gz', 'a.jsonl.gz cannot be unpacked'],
      ['a.jsonl.bz2', 'a.jsonl.bz2 is packed; unpack it, or pipe it in: bunzip2 -c '],
      ['a.jsonl.xz', 'a.jsonl.xz is packed; unpack it, or pipe it in: unxz -c '],
    ] as const)
      expect(run('tune', folderOf({ [name]: 'x' }), '--assembly', empty())).toMatchObject({
        exit: 2,
        err: expect.stringContaining(says),
      });
  });
});

describe('lines', () => {
  test('come whole, however they lie in the file, and the longest do not take the memory', () => {
    const folder = folderOf({ 'a.log': '' });
    const file = join(folder, 'a.log');
    const long = 'x'.repeat((1 << 20) - 5);
    writeFileSync(file, `one\n${long}\ntwo\n`);
    appendFileSync(file, 'y'.repeat(5 << 20));
    appendFileSync(file, '\nüber\nlast');
    expect([...linesOf([folder])]).toEqual(['one', long, 'two', '(too long)', 'über', 'last']);
  });

  test('come from what CloudWatch Logs exports to a bucket: packed files in folders of a task', () => {
    const folder = folderOf({ 'aws-logs-write-test': 'Permission Check Successful', 'task/stream/x': '' });
    const export1 = ['one', 'two'].map(
      (clientId) => `2026-01-05T00:00:00.000Z ${entry({ eventType: 'Disconnect', clientId })}`,
    );
    const members = export1.map((line) => gzipSync(`${line}\n`));
    writeFileSync(join(folder, 'task/stream/000000.gz'), Buffer.concat(members));
    expect([...linesOf([folder])]).toEqual(['Permission Check Successful', ...export1]);
    const assembly = assemblyOf([Behavior.disconnects().mustBeAtMost(0).per(FIVE)]);
    const { exit, out } = run('tune', folder, '--assembly', assembly, '--json');
    expect(JSON.parse(out)).toMatchObject({
      lines: 3,
      unreadable: 1,
      behaviors: [{ current: { alarms: 2, devices: 2 } }],
    });
    expect(exit).toBe(1);
  });

  test('come from files that links in a folder lead to, and from no folder that a link leads to', () => {
    const folder = folderOf({ 'elsewhere/a.log': 'one\n', 'logs/b.log': 'two\n' });
    const logs = join(folder, 'logs');
    symlinkSync(join(folder, 'elsewhere/a.log'), join(logs, 'a'));
    symlinkSync(logs, join(logs, 'c'));
    symlinkSync(join(folder, 'gone'), join(logs, 'd'));
    expect([...linesOf([logs])]).toEqual(['one', 'two']);
  });

  test('are found by what a file begins with, whatever its name and wherever it is cut', () => {
    const lines = ['{"über":1}', 'two', 'x'.repeat(3 << 19), ''];
    const text = lines.join('\n');
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
    const folder = folderOf({});
    writeFileSync(join(folder, 'a'), gzipSync(text));
    writeFileSync(join(folder, 'b'), utf16);
    writeFileSync(join(folder, 'c'), Buffer.from(utf16).swap16());
    writeFileSync(join(folder, 'd'), text);
    writeFileSync(join(folder, 'e'), '');
    writeFileSync(join(folder, 'f'), Buffer.from([0xff]));
    const expected = [...lines.slice(0, 2), '(too long)'];
    expect([...linesOf([folder])]).toEqual([...expected, ...expected, ...expected, ...expected, '\ufffd']);
    writeFileSync(join(folder, 'g'), Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]));
    expect(() => [...linesOf([folder])]).toThrow(/g is packed; unpack it, or pipe it in: zstd -d -c /);
  });

  test('of a packed file that would take the memory are for a pipe', () => {
    const folder = folderOf({});
    writeFileSync(join(folder, 'bomb.gz'), gzipSync(Buffer.alloc(3 << 20)));
    expect(() => [...linesOf([folder], 2 << 20)]).toThrow(
      /bomb.gz has more than 2 MB when it is unpacked; pipe it in: gunzip -c/,
    );
  });

  test('come from standard input', () => {
    const folder = folderOf({ 'a.template.json': { Resources: {} } });
    const cli = join(__dirname, '..', '..', 'dist', 'cli', 'zero-trust-iot.js');
    const input = Array.from({ length: 5_000 }, (_item, index) => window('x', index)).join('\n');
    for (const piped of [input, gzipSync(input)]) {
      const { status, stdout } = spawnSync(process.execPath, [cli, 'tune', '-', '--assembly', folder, '--json'], {
        input: piped,
      });
      expect(JSON.parse(stdout.toString())).toMatchObject({ lines: 5_000, unreadable: 0 });
      expect(status).toBe(0);
    }
  });

  test.each([
    ['behind a time', `2026-01-05T00:00:00.000Z ${entry({ eventType: 'Disconnect' })}`, ['disconnects']],
    [
      'in a message',
      JSON.stringify({ message: entry({ eventType: 'Connect', status: 'Failure', reason: 'AUTHORIZATION_FAILURE' }) }),
      ['authorization-failures', 'connection-attempts'],
    ],
    ['of no use', entry({ eventType: 'Other' }), []],
    ['without a device', entry({ eventType: 'Connect', clientId: undefined }), undefined],
    ['of no thing', entry({ eventType: 'Connect', clientId: 'a/b' }), undefined],
    ['in a message that is none', JSON.stringify({ message: '{}' }), undefined],
    ['without a time', entry({ eventType: 'Connect', timestamp: 'soon' }), undefined],
    [
      'of too many items',
      window(
        'x',
        Array.from({ length: 1_001 }, () => 'a'),
      ),
      undefined,
    ],
    ['of items that are none', window('x', ['a', {}]), undefined],
    ['of a value that is none', window('x', null), undefined],
    ['of a count below zero', window('messages-sent', -1), undefined],
    ['of half a message', window('aws:num-messages-sent', 0.5), undefined],
    ['of more than can be counted', window('bytes-out', 2 ** 53), undefined],
    ['of no message', window('messages-sent', 0), ['messages-sent']],
    ['of a metric of the fleet below zero', window('temperature', -0.5), ['temperature']],
  ])('%s', (_what, line, metrics) => {
    const found = observe(line)?.map((observation) => (observation.kind === 'topic' ? 'topic' : observation.metric));
    expect(found).toEqual(metrics);
  });

  test('of any content do not make it throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((object) => JSON.stringify(object)),
        ),
        (line) => {
          expect(() => observe(line)).not.toThrow();
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
