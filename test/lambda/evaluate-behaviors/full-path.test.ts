// From what AWS IoT and devices say, as the documentation prints it, to a device that is isolated: through the topic rules, the filter of
// the log and the settings of a synthesized template, and through the bundles as they lie in its assembly.
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { encode } from 'cbor2/encoder';
import { ENV } from '../../../lambda/evaluate-behaviors/contract';
import { ENV as FORWARDER } from '../../../lambda/forward-iot-logs/contract';
import {
  Behavior,
  CustomMetric,
  CustomMetricType,
  Detection,
  DetectionTarget,
  DeviceReports,
  Severity,
} from '../../../lib/detection';
import { linePattern } from '../../../rehearsal/cloud/logs/filter-pattern';
import {
  compileStatement,
  type MessageContext,
  resultOf,
  substituted,
} from '../../../rehearsal/cloud/rules/sql-evaluate';
import { filterOf } from '../../../rehearsal/cloud/rules/sql-parse';
import { selects } from '../../../rehearsal/topic-filter';
import { testApp } from '../../support/app';
import { BundledHandler } from '../../support/bundled-handler';
import { FakeAws } from '../../support/fake-aws';
import { FakeStream } from '../../support/fake-stream';
import { ResponseRig } from '../../support/response-rig';
import { WINDOW_MS } from '../../support/stream';
import { delivery, REFUSED } from '../forward-iot-logs/deliveries';
import { ACCOUNT, TOPIC, viaSns } from '../shared/incident/messages';
import { LONG_REPORT, SHORT_REPORT } from './golden';

const DEVICE = 'pump-7';
const CERTIFICATE = 'ab'.repeat(32);
// The last window that is over, by the clock of the machine.
const START = Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS - WINDOW_MS;
const FIVE = Duration.minutes(5);

/** One for each source, and for each form in which it speaks. */
const BEHAVIORS: Readonly<Record<string, Behavior>> = {
  disconnected: Behavior.disconnects().mustBeAtMost(0).per(FIVE),
  connected: Behavior.sourceIp().mustBeWithin(['203.0.113.0/24']),
  'connect failed': Behavior.connectionAttempts().mustBeAtMost(1).per(FIVE),
  'log line': Behavior.authorizationFailures().mustBeAtMost(0).per(FIVE),
  'report in JSON': Behavior.listeningTcpPorts().mustBeWithin([22, 53]),
  'report in CBOR': Behavior.bytesOut().mustBeAtMost(26_490_000).per(FIVE).alarmAfter(1),
  'custom metric': Behavior.customAddresses(
    CustomMetric.named('MyMetricOfType_IpList', CustomMetricType.IP_ADDRESS_LIST),
  ).mustBeWithin(['10.0.0.0/8']),
  message: Behavior.messagesSent().mustBeAtMost(0).per(FIVE).onTopics(['pumps/${iot:ClientId}/#']),
  'size of a message': Behavior.messageSize().mustBeAtMost(8),
};

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, never>;
}

interface Rule {
  readonly TopicRulePayload: {
    readonly Sql: string;
    readonly Actions: readonly { Kinesis: { PartitionKey: string } }[];
  };
}

interface Function {
  readonly Code: { readonly S3Key: string };
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
}

/** The resources of a type, with the folder of the assembly. */
function synthesized() {
  const app = testApp({ 'aws:cdk:disable-asset-staging': false });
  const stack = new Stack(app, 'Watched');
  Detection.stream({ dryRun: false, deviceReports: DeviceReports.defenderTopic() }).watch(stack, 'Watch', {
    behaviors: Object.values(BEHAVIORS).map((behavior) => behavior.withSeverity(Severity.HIGH)),
    target: DetectionTarget.allThings(),
  });
  const assembly = app.synth();
  const { Resources } = assembly.getStackByName('Watched').template as { Resources: Record<string, Resource> };
  const all = <T>(type: string): T[] =>
    Object.values(Resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties as unknown as T] : []));
  const functionWith = (variable: string): Function =>
    all<Function>('AWS::Lambda::Function').find((each) => variable in (each.Environment?.Variables ?? {}))!;
  const folderOf = ({ Code }: Function) => join(assembly.directory, `asset.${Code.S3Key.replace('.zip', '')}`);
  return { rules: all<Rule>('AWS::IoT::TopicRule'), all, functionWith, folderOf };
}

const said = (topic: string, payload: object | Uint8Array, mqtt = true): MessageContext => ({
  topic,
  payload: payload instanceof Uint8Array ? payload : Buffer.from(JSON.stringify(payload)),
  at: START + 2_000,
  account: ACCOUNT,
  ...(mqtt ? { clientId: DEVICE, principal: CERTIFICATE, traceId: `trace-${topic}` } : {}),
  uuid: () => 'a',
});

/**
 * Lifecycle events, reports and messages: only client id, time and address are ours.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-device-side-metrics.html
 */
const RAW: readonly MessageContext[] = [
  said(
    `$aws/events/presence/connected/${DEVICE}`,
    {
      clientId: DEVICE,
      timestamp: START + 1_000,
      eventType: 'connected',
      sessionIdentifier: '00000000-0000-0000-0000-000000000000',
      principalIdentifier: CERTIFICATE,
      ipAddress: '192.0.2.0',
      versionNumber: 0,
    },
    false,
  ),
  said(
    `$aws/events/presence/connect_failed/${DEVICE}`,
    {
      clientId: DEVICE,
      thingName: DEVICE,
      timestamp: START + 1_500,
      eventType: 'connect_failed',
      connectFailureReason: 'AUTHORIZATION_FAILED',
      principalIdentifier: CERTIFICATE,
      sessionIdentifier: '00000000-0000-0000-0000-000000000000',
      ipAddress: '203.0.113.7',
    },
    false,
  ),
  said(
    `$aws/events/presence/disconnected/${DEVICE}`,
    {
      clientId: DEVICE,
      timestamp: START + 1_800,
      eventType: 'disconnected',
      sessionIdentifier: '00000000-0000-0000-0000-000000000000',
      principalIdentifier: CERTIFICATE,
      clientInitiatedDisconnect: true,
      disconnectReason: 'CLIENT_INITIATED_DISCONNECT',
      versionNumber: 0,
    },
    false,
  ),
  said(`$aws/things/${DEVICE}/defender/metrics/json`, LONG_REPORT),
  said(`$aws/things/${DEVICE}/defender/metrics/cbor`, encode(SHORT_REPORT)),
  said(`pumps/${DEVICE}/telemetry`, { temperature: 71 }),
];

test('what AWS IoT and a device say becomes signals that the responder acts on', async () => {
  const { rules, all, functionWith, folderOf } = synthesized();
  const records: { data: Buffer; key: string }[] = [];
  const compiled = rules.map(({ TopicRulePayload: { Sql, Actions } }) => ({
    filter: filterOf(Sql),
    statement: compileStatement(Sql),
    key: Actions[0]!.Kinesis.PartitionKey,
  }));
  for (const message of RAW) {
    const before = records.length;
    for (const { filter, statement, key } of compiled) {
      const data = selects(filter, message.topic) ? resultOf(statement, message) : undefined;
      if (data !== undefined) records.push({ data, key: substituted(key, message) });
    }
    expect([message.topic, records.length > before]).toEqual([message.topic, true]);
  }

  const stream = new FakeStream();
  const aws = await FakeAws.start([
    ...stream.routes,
    {
      operation: 'PutRecords',
      match: 'Kinesis_20131202.PutRecords',
      act: ({ Records }) => {
        const put = Records as { Data: string; PartitionKey: string }[];
        records.push(
          ...put.map(({ Data, PartitionKey }) => ({ data: Buffer.from(Data, 'base64'), key: PartitionKey })),
        );
        return { FailedRecordCount: 0, Records: put.map(() => ({ SequenceNumber: '1', ShardId: 'shardId-0' })) };
      },
    },
  ]);
  const [{ FilterPattern: pattern }] = all<{ FilterPattern: string }>('AWS::Logs::SubscriptionFilter') as [
    { FilterPattern: string },
  ];
  const line = { ...REFUSED, clientId: DEVICE, principalId: CERTIFICATE };
  expect(linePattern(pattern)(line)).toBe(true);
  const forwarding = functionWith(FORWARDER.streams);
  const forwarder = new BundledHandler(folderOf(forwarding), {
    ...aws.environment(),
    [FORWARDER.streams]: 'events',
    [FORWARDER.detector]: 'Watch',
  });
  const windows = functionWith(ENV.behaviors);
  const evaluator = new BundledHandler(folderOf(windows), {
    ...aws.environment(),
    [ENV.behaviors]: String(windows.Environment.Variables[ENV.behaviors]),
    [ENV.groups]: String(windows.Environment.Variables[ENV.groups]),
    [ENV.table]: 'state',
    [ENV.topic]: TOPIC.generic,
  });
  const responder = await ResponseRig.start();
  try {
    await forwarder.invoke(
      delivery({
        messageType: 'DATA_MESSAGE',
        owner: ACCOUNT,
        logGroup: 'AWSIotLogsV2',
        logStream: 'b8ee2f3e-1c71-4b0b-8a3c-c4f6f7a8f7a5_123456789012_0',
        subscriptionFilters: ['Lines'],
        logEvents: [
          {
            id: '31953106606966983378809025079804211143289615424298221568',
            timestamp: START + 1_900,
            message: JSON.stringify(line),
          },
        ],
      }),
    );
    expect(new Set(records.map(({ key }) => key))).toEqual(new Set([DEVICE]));
    const event = (more: object, taken: typeof records = []): object => ({
      Records: taken.map(({ data }, index) => ({
        kinesis: {
          sequenceNumber: String(10n ** 55n + BigInt(index)),
          approximateArrivalTimestamp: (START + 3_000) / 1_000,
          data: data.toString('base64'),
        },
      })),
      window: { start: new Date(START).toISOString(), end: new Date(START + WINDOW_MS).toISOString() },
      shardId: 'shardId-000000000000',
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: false,
      ...more,
    });
    const { state } = (await evaluator.invoke(event({ state: {} }, records))) as { state: object };
    await evaluator.invoke(event({ state, isFinalInvokeForWindow: true }));

    const signals = stream.published.map(({ message }) => JSON.parse(message) as { about: string; thingName: string });
    expect(signals.map(({ thingName, about }) => `${thingName} ${about.replace(/^.*\//, '')}`).sort()).toEqual(
      [
        'authorization-failures-at-most',
        'bytes-out-at-most',
        'connection-attempts-at-most',
        'custom-MyMetricOfType_IpList-within',
        'disconnects-at-most',
        'listening-tcp-ports-within',
        'message-size-at-most',
        'messages-sent-at-most-on-topics',
        'source-ip-within',
      ].map((name) => `${DEVICE} ${name}`),
    );

    responder.thing(DEVICE);
    expect(await responder.deliver(signals.map((signal) => viaSns(TOPIC.generic, signal)))).toEqual([]);
    expect(responder.refused).toEqual([]);
    expect(responder.groupsOf(DEVICE)).toEqual(['quarantine', 'site']);
  } finally {
    await Promise.all([forwarder.stop(), evaluator.stop(), responder.stop(), aws.stop()]);
  }
});
