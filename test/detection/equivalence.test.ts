import { mkdtempSync, readdirSync, readFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import fc from 'fast-check';
import { type BehaviorsDocument, ENV, type StreamRecord } from '../../lambda/evaluate-behaviors/contract';
import { recordOf } from '../../lambda/forward-iot-logs/decide';
import { Behavior, Detection, DetectionTarget } from '../../lib/detection';
import { matches } from '../../lambda/evaluate-behaviors/topic-match';
import { compileStatement, resultOf } from '../../rehearsal/cloud/rules/sql-evaluate';
import { BundledHandler } from '../support/bundled-handler';
import { type Happening, type Report, type Trace, violationsOf } from '../support/detect-profile';
import { FakeAws } from '../support/fake-aws';
import { FakeStream } from '../support/fake-stream';
import { EPOCH, StreamRig, WINDOW_MS } from '../support/stream';
import { criteriaOfMetric, EVERY_METRIC, windowOf } from './samples';

/**
 * One list of behaviors, rendered for both engines: the profiles of the template are judged by what Device Defender is documented to
 * do, and the bundled function of the template, fed by its rules, is to say the same of the same devices at the same windows.
 */
const FILTERS = ['pumps/+/telemetry', 'own/${iot:ClientId}/#'];
const FIVE = Duration.minutes(5);

/** Every metric with every way to state a normal, and what can be narrowed to topics, narrowed to some and to all but them. */
function everyBehavior(): Behavior[] {
  const plain = EVERY_METRIC.flatMap((measured) =>
    criteriaOfMetric(measured)
      .filter(({ kind }) => kind !== 'learned')
      .map((criterion) => Behavior._of({ measured, criterion, windowSeconds: windowOf(measured, criterion) })),
  );
  const scoped = () => [
    Behavior.messagesSent().mustBeAtMost(2).per(FIVE),
    Behavior.messagesReceived().mustBeAtMost(2).per(FIVE),
    Behavior.authorizationFailures().mustBeLessThan(2).per(FIVE).alarmAfter(2),
    Behavior.messageSize().mustBeAtMost(7),
    Behavior.sourceIp().mustBeWithin(['203.0.113.0/24', '2001:db8::/32']),
  ];
  const slow = [
    Behavior.messagesSent().mustBeAtMost(14).per(Duration.minutes(10)).clearAfter(2),
    Behavior.bytesOut().mustBeAtMost(21).per(Duration.minutes(15)).alarmAfter(1),
    Behavior.listeningTcpPortCount().mustBeAtMost(7).per(Duration.minutes(10)),
  ];
  return [
    ...plain,
    ...slow,
    ...scoped().map((one) => one.onTopics(FILTERS)),
    ...scoped().map((one) => one.exceptOnTopics(FILTERS)),
  ];
}

interface Template {
  readonly Resources: Record<string, { readonly Type: string; readonly Properties?: Record<string, unknown> }>;
}

let template: Template;
let document: BehaviorsDocument;
/** The function as the template has it, with its document beside it. */
let asset: string;
let rules: { readonly filter: string; readonly statement: ReturnType<typeof compileStatement> }[];

beforeAll(() => {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'equivalence-')), analyticsReporting: false });
  const stack = new Stack(app, 'Both');
  const watched = { behaviors: everyBehavior(), target: DetectionTarget.allThings() };
  Detection.deviceDefender().watch(stack, 'Defender', watched);
  Detection.stream({ dryRun: false }).watch(stack, 'Stream', watched);
  const { directory } = app.synth();
  template = JSON.parse(readFileSync(join(directory, 'Both.template.json'), 'utf8')) as Template;
  asset = readdirSync(directory)
    .map((name) => join(directory, name))
    .find((path) => existsSync(join(path, 'behaviors.json'))) as string;
  document = JSON.parse(readFileSync(join(asset, 'behaviors.json'), 'utf8')) as BehaviorsDocument;
  rules = Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::IoT::TopicRule')
    .map(({ Properties }) => (Properties as { TopicRulePayload: { Sql: string } }).TopicRulePayload.Sql)
    .map((sql) => compileStatement(sql))
    .map((statement) => ({ filter: statement.from, statement }));
});

let made = 0;

/** What the rules of the template make of a message. */
function ruled(topic: string, payload: object, at: number, clientId?: string): StreamRecord[] {
  made += 1;
  const context = {
    ...{ topic, at, clientId, account: '123456789012', principal: clientId && PRINCIPAL, uuid: () => 'uuid' },
    payload: Buffer.from(JSON.stringify(payload)),
    traceId: clientId && `trace-${made}`,
  };
  return rules.flatMap(({ filter, statement }) => {
    const result = matches(filter, topic) ? resultOf(statement, context) : undefined;
    return result === undefined ? [] : [JSON.parse(result.toString('utf8')) as StreamRecord];
  });
}

const PRINCIPAL = 'ab'.repeat(32);

/** A line of the log of AWS IoT, as the function that forwards it makes it a record. */
function logged(at: number, json: object): StreamRecord[] {
  made += 1;
  const record = recordOf({ id: String(made), time: at, json: { principalId: PRINCIPAL, ...json } });
  return record === undefined ? [] : [record];
}

/** All that AWS IoT says of what a device did. */
function recordsOf(happening: Happening, at: number): StreamRecord[] {
  const { device, sent = [], received = [], denied = [], attempts = [], disconnects = 0, reports = [] } = happening;
  const event = { clientId: device, timestamp: at, principalIdentifier: PRINCIPAL };
  const lifecycle = (eventType: string, more: object = {}) =>
    ruled(
      `$aws/events/presence/${eventType}/${device}`,
      { ...event, eventType, sessionIdentifier: `session-${(made += 1)}`, versionNumber: 0, ...more },
      at,
    );
  const sign = { ...event, eventType: 'subscribed', sessionIdentifier: 'a', topics: ['any'] };
  return [
    ...ruled(`$aws/events/subscriptions/subscribed/${device}`, sign, at),
    ...attempts.flatMap(({ address, failed }) =>
      lifecycle(failed ? 'connect_failed' : 'connected', { ipAddress: address, timestamp: at + (made += 1) }),
    ),
    ...Array.from({ length: disconnects }, () => lifecycle('disconnected')).flat(),
    ...sent.flatMap(({ topic, bytes, address }) => [
      // In JSON a text has two characters more than its length.
      ...ruled(topic, 'x'.repeat(bytes - 2) as unknown as object, at, device),
      ...(address === undefined
        ? []
        : logged(at, {
            ...{ status: 'Success', eventType: 'Publish-In', clientId: device, topicName: topic, sourceIp: address },
          })),
    ]),
    ...received.flatMap((topicName) =>
      logged(at, { status: 'Success', eventType: 'Publish-Out', clientId: device, topicName }),
    ),
    ...denied.flatMap(({ topic }) =>
      logged(at, {
        ...{ status: 'Failure', eventType: 'Publish-In', clientId: device, topicName: topic },
        reason: 'AUTHORIZATION_FAILURE',
      }),
    ),
    ...reports.flatMap((report) =>
      ruled(
        `$aws/things/${device}/defender/metrics/json`,
        { header: { report_id: (made += 1), version: '1.0' }, ...report },
        at,
        device,
      ),
    ),
  ];
}

/** A report in which every number is the same, with lists that hold what is normal, what is not, or nothing. */
function reportOf(value: number): Report {
  const odd = value % 3;
  const ports = [[443], [443, 8080], []][odd]!.map((port) => ({ port }));
  const connections = [['203.0.113.9'], ['203.0.113.9', '198.51.100.1'], []][odd]!.map((address) => ({
    remote_addr: `${address}:443`,
  }));
  return {
    metrics: {
      listening_tcp_ports: { ports, total: value },
      listening_udp_ports: { ports, total: value },
      network_stats: { bytes_in: value, bytes_out: value, packets_in: value, packets_out: value },
      tcp_connections: { established_connections: { connections, total: value } },
    },
    custom_metrics: {
      'of-number': [{ number: value - 0.5 }],
      'of-number-list': [{ number_list: [[443], [443, 1], []][odd] }],
      'of-string-list': [{ string_list: [['busybox'], ['busybox', 'nc'], []][odd] }],
      'of-ip-address-list': [{ ip_list: [['203.0.113.7'], ['192.0.2.1'], []][odd] }],
    },
  };
}

function topicsOf(device: string): string[] {
  return [
    `pumps/${device}/telemetry`,
    `own/${device}`,
    `own/${device}/a/b`,
    'own/somebody-else/a',
    `pumps/${device}/log`,
    'pumps/telemetry',
  ];
}

const ADDRESSES = ['203.0.113.4', '2001:db8::1', '198.51.100.4', '2001:db9::1'];

/** A device that does all there is as often as a number says. */
function busy(device: string, value: number, shift: number): Happening {
  const some = <T>(make: (index: number) => T): T[] => Array.from({ length: value }, (_, index) => make(index + shift));
  const topics = topicsOf(device);
  const topicAt = (index: number) => topics[index % topics.length] as string;
  const addressAt = (index: number) => ADDRESSES[index % ADDRESSES.length] as string;
  return {
    device,
    sent: some((index) => ({ topic: topicAt(index), bytes: 2 + ((index + value) % 8), address: addressAt(shift) })),
    received: some(topicAt),
    denied: some((index) => ({ topic: topicAt(index) })),
    attempts: some((index) => ({ address: addressAt(shift + value), failed: index % 2 === 0 })),
    disconnects: value,
    reports: [reportOf(value)],
  };
}

/** Puts the records of a trace on the stream, window by window, and ends each. */
async function streamed(trace: Trace, call: (event: object) => Promise<{ state: object }>): Promise<void> {
  const rig = new StreamRig(document);
  for (const [window, happenings] of trace.entries()) {
    const at = EPOCH + window * WINDOW_MS + 1_000;
    const puts = happenings.flatMap((one) => recordsOf(one, at)).map((record) => rig.put(record, at));
    const middle = Math.floor(puts.length / 2);
    let { state } = await call(rig.event(window, puts.slice(0, middle)));
    ({ state } = await call(rig.event(window, puts.slice(middle), { state })));
    await call(rig.event(window, [], { state, isFinalInvokeForWindow: true }));
  }
}

const values = [
  [6, 7, 8, 0],
  [7, 8, 6, 1],
  [8, 8, 6, 0],
  [8, 6, 7, 2],
  // Of ten devices or fewer none is above 90 percent of them.
  [7, 8, 6, 9, ...Array<number>(8).fill(6)],
  [6, 6, 8, 9, ...Array<number>(8).fill(6)],
];
const TRACE: Trace = values.map((row, window) => row.map((value, index) => busy(`d${index}`, value, window + index)));

test('the bundled function says what Device Defender would say, of every metric and every way to state a normal', async () => {
  const stream = new FakeStream();
  const aws = await FakeAws.start(stream.routes);
  const environment = {
    ...aws.environment(),
    [ENV.behaviors]: 'file:behaviors.json',
    [ENV.groups]: '{}',
    [ENV.table]: 'state',
    [ENV.topic]: 'arn:aws:sns:eu-west-1:123456789012:alerts',
  };
  const handler = new BundledHandler(asset, environment);
  try {
    await streamed(TRACE, async (event) => (await handler.invoke(event)) as { state: object });
  } finally {
    await handler.stop();
    await aws.stop();
  }
  const said = stream.published.map(({ message }) => {
    const { time, thingName, about, phase } = JSON.parse(message) as Record<string, string> & { time: number };
    return `${(time - EPOCH) / WINDOW_MS - 1} ${thingName} ${String(about).split('/')[1]} ${phase}`;
  });
  const expected = violationsOf(template, TRACE);
  expect(said.sort()).toEqual(expected);
  // Each behavior is violated somewhere, but for the time of which only a clock tells (below).
  const named = new Set(expected.map((line) => line.split(' ')[2]));
  const silent = document.behaviors.filter(({ name }) => !named.has(name)).map(({ name }) => name);
  expect(silent).toEqual(['disconnect-duration-less-than', 'disconnect-duration-at-most']);
});

test('any trace is judged alike', async () => {
  const value = fc.oneof(fc.constant(-1), fc.nat(9));
  const traces = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(traces, fc.nat(20), async (rows, shift) => {
      const trace = rows.map((row, window) =>
        row.map((each, index) => busy(`d${index}`, Math.max(each, 0), shift + window)),
      );
      const rig = new StreamRig(document);
      await streamed(trace, (event) => {
        rig.now = EPOCH + 100 * WINDOW_MS;
        return rig.invoke(event);
      });
      expect(rig.said()).toEqual(violationsOf(template, trace));
    }),
    { numRuns: 20 },
  );
});

describe('the time that a device is disconnected', () => {
  const bound = (minutes: number) => Duration.minutes(minutes);
  const PAGE = 'https://docs.aws.amazon.com/iot-device-defender/latest/devguide/';
  /** By minutes since it was disconnected, in minutes of the criterion; what is exported is in seconds. */
  const after = (minutes: number, criterion: { ComparisonOperator: string; Value: { Count: string } }): boolean =>
    criterion.ComparisonOperator === 'less-than'
      ? minutes < Number(criterion.Value.Count)
      : minutes <= Number(criterion.Value.Count);

  test.each(['less-than', 'less-than-equals'])(
    `is compared in minutes, %s (${PAGE}detect-cloud-side-metrics.html, ${PAGE}dd-detect-metrics-export.html)`,
    async (operator) => {
      const stack = new Stack(new App({ outdir: mkdtempSync(join(tmpdir(), 'duration-')) }), 'Duration');
      const metric = Behavior.disconnectDuration();
      const one = operator === 'less-than' ? metric.mustBeLessThan(bound(90)) : metric.mustBeAtMost(bound(90));
      const watched = { behaviors: [one], target: DetectionTarget.allThings() };
      Detection.deviceDefender().watch(stack, 'Defender', watched);
      Detection.stream({ dryRun: false }).watch(stack, 'Stream', watched);
      const { Resources } = (stack.node.root as App).synth().stacks[0]!.template as Template;
      const [profile] = Object.values(Resources).filter(({ Type }) => Type === 'AWS::IoT::SecurityProfile');
      const [{ Criteria: criterion }] = profile!.Properties!.Behaviors as [{ Criteria: Parameters<typeof after>[1] }];
      const [text] = Object.values(Resources).flatMap(({ Properties }) => {
        const environment = Properties?.Environment as { Variables?: Record<string, string> } | undefined;
        return environment?.Variables?.[ENV.behaviors] ?? [];
      });
      const rig = new StreamRig(JSON.parse(text as string) as BehaviorsDocument);
      const gone = { clientId: 'd0', timestamp: EPOCH, principalIdentifier: PRINCIPAL, eventType: 'disconnected' };
      await rig.window(0, [{ v: 1, source: 'presence', sessionIdentifier: 's', versionNumber: 0, ...gone }]);
      const told: number[] = [];
      // The schedule looks every five minutes.
      for (let minutes = 5; minutes <= 100; minutes += 5) {
        await rig.sweep(EPOCH + minutes * 60_000);
        if (rig.signals.length > told.length) told.push(minutes);
      }
      const violated = Array.from({ length: 20 }, (_, index) => 5 * (index + 1)).filter(
        (minutes) => !after(minutes, criterion),
      );
      expect(told).toEqual(violated.slice(0, 1));
    },
  );
});
