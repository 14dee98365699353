import fc from 'fast-check';
import type { CompiledBehavior, StreamRecord } from '../../../lambda/evaluate-behaviors/contract';
import { referenceOf } from '../../support/detect-reference';
import {
  behavior,
  documentOf,
  EPOCH,
  log,
  message,
  presence,
  report,
  StreamRig,
  WINDOW_MS,
} from '../../support/stream';

/**
 * What Device Defender is documented to do, case by case, with the page that says so. Each case is judged by the engine, by a slow
 * reference that was written apart from it, and by what is written here.
 */
const DOCS = 'https://docs.aws.amazon.com/iot-device-defender/latest/devguide/';
const SOURCE = {
  behaviors: `${DOCS}detect-behaviors.html`,
  cloud: `${DOCS}detect-cloud-side-metrics.html`,
  device: `${DOCS}detect-device-side-metrics.html`,
  custom: `${DOCS}dd-detect-custom-metrics.html`,
  troubleshooting: `${DOCS}device-defender-troubleshoot.html`,
  statistic: 'https://docs.aws.amazon.com/iot/latest/apireference/API_StatisticalThreshold.html',
  criteria: 'https://docs.aws.amazon.com/iot/latest/apireference/API_BehaviorCriteria.html',
};

let count = 0;
const at = (window: number): number => EPOCH + window * WINDOW_MS + 2_000 + (count += 1);

/** The records that give a device a value of a metric in a window. */
const FEED: Record<string, (device: string, window: number, value: number) => StreamRecord[]> = {
  'messages-sent': (device, window, value) => [
    alive(device, window),
    ...times(value, () => message(device, at(window))),
  ],
  'messages-received': (device, window, value) => [
    alive(device, window),
    ...times(value, () => log(device, at(window), { eventType: 'Publish-Out', status: 'Success' })),
  ],
  'message-size': (device, window, value) => [message(device, at(window), { bytes: value })],
  'authorization-failures': (device, window, value) => [
    alive(device, window),
    ...times(value, () => log(device, at(window))),
  ],
  'connection-attempts': (device, window, value) => [
    alive(device, window),
    ...times(value, (index) =>
      presence(device, index % 2 ? 'connected' : 'connect_failed', at(window), { versionNumber: at(0) }),
    ),
  ],
  disconnects: (device, window, value) => [
    alive(device, window),
    ...times(value, () => presence(device, 'disconnected', at(window), { versionNumber: at(0) })),
  ],
  'bytes-out': stats('bytes_out'),
  'bytes-in': stats('bytes_in'),
  'packets-out': stats('packets_out'),
  'packets-in': stats('packets_in'),
  'listening-tcp-port-count': (device, window, total) => [metrics(device, window, { listening_tcp_ports: { total } })],
  'listening-udp-port-count': (device, window, total) => [metrics(device, window, { listening_udp_ports: { total } })],
  'established-tcp-connections': (device, window, total) => [
    metrics(device, window, { tcp_connections: { established_connections: { total } } }),
  ],
};
const CUSTOM = { metric: 'own', customType: 'number' } as const;
const WINDOWLESS = ['message-size', 'established-tcp-connections'];

function alive(device: string, window: number): StreamRecord {
  return { v: 1, source: 'subscription', clientId: device, eventType: 'subscribed', timestamp: at(window) };
}
function metrics(device: string, window: number, body: object): StreamRecord {
  return report(device, at(window), { metrics: body });
}
function custom(device: string, window: number, value: object): StreamRecord {
  return report(device, at(window), { custom_metrics: { own: [value] } });
}
function stats(field: string) {
  return (device: string, window: number, value: number) => [
    metrics(device, window, { network_stats: { [field]: value } }),
  ];
}
function times(count: number, make: (index: number) => StreamRecord): StreamRecord[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

async function judged(behaviors: CompiledBehavior[], trace: StreamRecord[][]): Promise<string[]> {
  const document = documentOf(behaviors);
  const rig = new StreamRig(document);
  for (const [window, records] of trace.entries()) if (records.length > 0) await rig.window(window, records);
  expect(rig.said()).toEqual(referenceOf(document, trace));
  return rig.said();
}

/** Which of the values below, at and above a bound are outside the normal. */
const VIOLATIONS = { lessThan: [1, 2], atMost: [2], greaterThan: [0, 1], atLeast: [0] } as const;
const BOUND = 5;

describe('every number and operator: a behavior states the normal, and its opposite is the violation', () => {
  const cases = Object.keys(FEED).flatMap((metric) =>
    (Object.keys(VIOLATIONS) as (keyof typeof VIOLATIONS)[]).map((operator) => ({ metric, operator })),
  );

  test.each(cases)(`$metric $operator (${SOURCE.behaviors}, ${SOURCE.cloud})`, async ({ metric, operator }) => {
    const windowSeconds = WINDOWLESS.includes(metric) ? undefined : 300;
    const one = behavior({ metric, operator, threshold: BOUND, windowSeconds });
    const devices = ['below', 'equal', 'over'];
    const trace = devices.flatMap((device, index) => FEED[metric]!(device, 0, BOUND - 1 + index));
    const expected = VIOLATIONS[operator].map((index) => `0 ${devices[index]} ${metric} alarm`).sort();
    expect(await judged([one], [trace])).toEqual(expected);
  });

  test.each(Object.keys(VIOLATIONS) as (keyof typeof VIOLATIONS)[])(
    `a custom number %s (${SOURCE.custom})`,
    async (operator) => {
      const one = behavior({ ...CUSTOM, operator, threshold: -1.5 });
      const trace = [-2, -1.5, -1].map((number, index) => custom(`d${index}`, 0, { number }));
      expect(await judged([one], [trace])).toEqual(VIOLATIONS[operator].map((index) => `0 d${index} own alarm`));
    },
  );
});

const ports = (list: number[]) => ({ listening_tcp_ports: { ports: list.map((port) => ({ port })) } });
const udp = (list: number[]) => ({ listening_udp_ports: { ports: list.map((port) => ({ port })) } });
const remote = (list: string[]) => ({
  tcp_connections: { established_connections: { connections: list.map((one) => ({ remote_addr: `${one}:443` })) } },
});
const per = { windowSeconds: 300 } as const;
const feed = (metric: string, device: string, values: number[]): StreamRecord[][] =>
  values.map((value, window) => (value < 0 ? [] : FEED[metric]!(device, window, value)));

interface Case {
  readonly says: string;
  readonly source: string;
  readonly behaviors: CompiledBehavior[];
  readonly trace: StreamRecord[][];
  readonly said: string[];
}

const CASES: Case[] = [
  {
    says: 'the camera of the guide: a port that is not listed is the violation, not one that is',
    source: SOURCE.troubleshooting,
    behaviors: [behavior({ metric: 'listening-tcp-ports', operator: 'within', numbers: [8888] })],
    trace: [[metrics('camera', 0, ports([8888]))], [metrics('camera', 1, ports([8888, 443]))]],
    said: ['1 camera listening-tcp-ports alarm'],
  },
  {
    says: 'a port of a list of forbidden ones is the violation',
    source: SOURCE.device,
    behaviors: [behavior({ metric: 'listening-udp-ports', operator: 'notWithin', numbers: [23] })],
    trace: [[metrics('a', 0, udp([53])), metrics('b', 0, udp([53, 23]))]],
    said: ['0 b listening-udp-ports alarm'],
  },
  {
    says: 'an empty list is always in conformity, and clears the alarm',
    source: SOURCE.troubleshooting,
    behaviors: [behavior({ metric: 'listening-tcp-ports', operator: 'within', numbers: [22] })],
    trace: [[metrics('a', 0, ports([23]))], [metrics('a', 1, ports([]))]],
    said: ['0 a listening-tcp-ports alarm', '1 a listening-tcp-ports cleared'],
  },
  {
    says: 'addresses that a device talks to, within ranges of both families',
    source: SOURCE.device,
    behaviors: [behavior({ metric: 'destination-ips', operator: 'within', texts: ['192.0.2.0/25'] })],
    trace: [[metrics('a', 0, remote(['192.0.2.127'])), metrics('b', 0, remote(['192.0.2.128', '192.0.2.1']))]],
    said: ['0 b destination-ips alarm'],
  },
  {
    says: 'addresses that must not be talked to',
    source: SOURCE.device,
    behaviors: [behavior({ metric: 'destination-ips', operator: 'notWithin', texts: ['198.51.100.0/24'] })],
    trace: [[metrics('a', 0, remote(['192.0.2.1'])), metrics('b', 0, remote(['198.51.100.255']))]],
    said: ['0 b destination-ips alarm'],
  },
  {
    says: 'the address of a connection must be, or must not be, in a range',
    source: SOURCE.cloud,
    behaviors: [
      behavior({ metric: 'source-ip', name: 'in', operator: 'within', texts: ['2001:db8::/32'] }),
      behavior({ metric: 'source-ip', name: 'out', operator: 'notWithin', texts: ['2001:db8:1::/48'] }),
    ],
    trace: [
      [
        presence('a', 'connected', at(0), { ipAddress: '2001:db8::7' }),
        presence('b', 'connected', at(0), { ipAddress: '2001:db8:1::7' }),
        presence('c', 'connected', at(0), { ipAddress: '192.0.2.7' }),
      ],
    ],
    said: ['0 b out alarm', '0 c in alarm'],
  },
  {
    says: 'custom lists of numbers, texts and addresses, in and not in a set',
    source: SOURCE.custom,
    behaviors: [
      behavior({ metric: 'own', name: 'n', customType: 'number-list', operator: 'within', numbers: [1, 2] }),
      behavior({ metric: 'own', name: 'not-n', customType: 'number-list', operator: 'notWithin', numbers: [9] }),
      behavior({ metric: 'own', name: 's', customType: 'string-list', operator: 'within', texts: ['init'] }),
      behavior({ metric: 'own', name: 'not-s', customType: 'string-list', operator: 'notWithin', texts: ['nc'] }),
      behavior({
        metric: 'own',
        name: 'i',
        customType: 'ip-address-list',
        operator: 'within',
        texts: ['172.0.0.0/24'],
      }),
    ],
    trace: [
      [
        custom('n1', 0, { number_list: [1, 9] }),
        custom('n2', 0, { number_list: [2] }),
        custom('s1', 0, { string_list: ['init', 'nc'] }),
        custom('i1', 0, { ip_list: ['172.0.0.10', '172.0.1.0'] }),
      ],
    ],
    said: ['0 i1 i alarm', '0 n1 n alarm', '0 n1 not-n alarm', '0 s1 not-s alarm', '0 s1 s alarm'],
  },
  {
    says: 'a list has no window: each report is a datapoint',
    source: SOURCE.criteria,
    behaviors: [behavior({ metric: 'listening-tcp-ports', operator: 'within', numbers: [22], datapointsToAlarm: 2 })],
    trace: [[metrics('a', 0, ports([23])), metrics('a', 0, ports([24])), metrics('b', 0, ports([23]))]],
    said: ['0 a listening-tcp-ports alarm'],
  },
  {
    says: 'alarms after consecutive datapoints only',
    source: SOURCE.criteria,
    behaviors: [behavior({ metric: 'disconnects', operator: 'atMost', threshold: 1, datapointsToAlarm: 3, ...per })],
    trace: feed('disconnects', 'a', [2, 2, 1, 2, 2, 2]),
    said: ['5 a disconnects alarm'],
  },
  {
    says: 'clears after consecutive datapoints only',
    source: SOURCE.criteria,
    behaviors: [behavior({ metric: 'disconnects', operator: 'atMost', threshold: 1, datapointsToClear: 3, ...per })],
    trace: feed('disconnects', 'a', [2, 1, 1, 2, 1, 1, 1]),
    said: ['0 a disconnects alarm', '6 a disconnects cleared'],
  },
  {
    says: 'behaviors are evaluated upon receipt: a window without metrics is no datapoint, neither way',
    source: SOURCE.troubleshooting,
    behaviors: [behavior({ metric: 'messages-sent', operator: 'atLeast', threshold: 1, datapointsToAlarm: 2, ...per })],
    trace: feed('messages-sent', 'a', [0, -1, -1, 0, 1]),
    said: ['3 a messages-sent alarm', '4 a messages-sent cleared'],
  },
  {
    says: 'the longest window holds the sum of its parts',
    source: SOURCE.cloud,
    behaviors: [behavior({ metric: 'messages-sent', operator: 'atMost', threshold: 11, windowSeconds: 3_600 })],
    trace: [
      ...feed('messages-sent', 'a', Array<number>(12).fill(1)),
      ...feed('messages-sent', 'a', Array<number>(12).fill(0)),
    ].map((records, window) => records.map((record) => moved(record, window))),
    said: ['11 a messages-sent alarm', '23 a messages-sent cleared'],
  },
  {
    says: 'a window that a gap kept open is judged when the device is heard of again',
    source: SOURCE.troubleshooting,
    behaviors: [behavior({ metric: 'bytes-out', operator: 'atMost', threshold: 9, windowSeconds: 600 })],
    trace: feed('bytes-out', 'a', [10, -1, -1, 1, 1]),
    said: ['3 a bytes-out alarm', '3 a bytes-out cleared'],
  },
  {
    says: 'more than what 90 percent of all devices measured',
    source: SOURCE.statistic,
    behaviors: [behavior({ metric: 'messages-sent', operator: 'atMost', percentile: 'p90', ...per })],
    trace: [Array.from({ length: 10 }, (_, index) => FEED['messages-sent']!(`d${index}`, 0, index)).flat()],
    said: ['0 d9 messages-sent alarm'],
  },
  {
    says: 'the size of messages against a percentile is that of all of a window together',
    source: SOURCE.cloud,
    behaviors: [behavior({ metric: 'message-size', operator: 'lessThan', percentile: 'p100', ...per })],
    trace: [
      [message('a', at(0), { bytes: 60 }), message('a', at(0), { bytes: 60 }), message('b', at(0), { bytes: 100 })],
    ],
    said: ['0 a message-size alarm'],
  },
  {
    says: 'no percentile while any value is negative',
    source: SOURCE.statistic,
    behaviors: [behavior({ ...CUSTOM, operator: 'atMost', percentile: 'p50', ...per })],
    trace: [
      [custom('a', 0, { number: 9 }), custom('b', 0, { number: -1 }), custom('c', 0, { number: 1 })],
      [custom('a', 1, { number: 9 }), custom('b', 1, { number: 0 }), custom('c', 1, { number: 1 })],
    ],
    said: ['1 a own alarm'],
  },
];

function moved(record: StreamRecord, window: number): StreamRecord {
  if (record.source === 'message' || record.source === 'report' || record.source === 'log')
    return { ...record, at: at(window) };
  return { ...record, timestamp: at(window) };
}

test.each(CASES)('$says ($source)', async ({ behaviors, trace, said }) => {
  expect(await judged(behaviors, trace)).toEqual(said);
});

test(`an alarm of a device that is silent for more than two days is invalid (${SOURCE.troubleshooting})`, async () => {
  const rig = new StreamRig(
    documentOf([behavior({ metric: 'disconnects', operator: 'atMost', threshold: 0, ...per })]),
  );
  await rig.window(0, FEED.disconnects!('a', 0, 1));
  await rig.sweep(EPOCH + 2 * 86_400_000);
  expect(rig.said()).toEqual(['0 a disconnects alarm']);
  await rig.sweep(EPOCH + 2 * 86_400_000 + 3 * WINDOW_MS);
  expect(rig.said()).toEqual(['0 a disconnects alarm', '0 a disconnects invalidated']);
});

const numeric = Object.keys(FEED);
const anyBehavior = fc
  .record({
    metric: fc.constantFrom(...numeric),
    operator: fc.constantFrom(...(Object.keys(VIOLATIONS) as (keyof typeof VIOLATIONS)[])),
    threshold: fc.nat(4),
    percentile: fc.option(fc.constantFrom('p0', 'p10', 'p50', 'p90', 'p99.9', 'p100'), { nil: undefined }),
    windowSeconds: fc.constantFrom(300, 600, 900),
    datapointsToAlarm: fc.integer({ min: 1, max: 3 }),
    datapointsToClear: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ threshold, percentile, windowSeconds, ...rest }) => {
    const windowless = WINDOWLESS.includes(rest.metric) && percentile === undefined;
    const bound = percentile === undefined ? { threshold } : { percentile };
    return behavior({ ...rest, ...bound, windowSeconds: windowless ? undefined : windowSeconds });
  });

test('any behavior and any trace are judged as the reference judges them', async () => {
  const value = fc.oneof(fc.constant(-1), fc.nat(5));
  const traces = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 7 });
  await fc.assert(
    fc.asyncProperty(anyBehavior, traces, async (one, values) => {
      const trace = values.map((row, window) =>
        row.flatMap((each, device) => (each < 0 ? [] : FEED[one.metric]!(`d${device}`, window, each))),
      );
      await judged([one], trace);
    }),
    { numRuns: 300 },
  );
});
