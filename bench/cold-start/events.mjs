// What each function is started with: its environment, its first event, and what AWS answers its calls, by their names. The event is
// one that it gets every day, and it is done with it when it answers.
import { gzipSync } from 'node:zlib';

const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:';
const CERTIFICATE = 'ab'.repeat(32);
const groupArn = 'arn:aws:iot:eu-west-1:123456789012:thinggroup/fleet';

const record = (queue, body) => ({
  messageId: 'm1',
  receiptHandle: 'r1',
  body: JSON.stringify(body),
  eventSourceARN: QUEUE + queue,
  attributes: { ApproximateReceiveCount: '1' },
});
const request = (url, ResourceType, ResourceProperties) => ({
  RequestType: 'Create',
  RequestId: 'request',
  ResponseURL: `${url}/answers/1`,
  StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/s/1',
  LogicalResourceId: 'R',
  ResourceType,
  ResourceProperties: { ServiceToken: 'x', ...ResourceProperties },
});
const incident = {
  subject: 'pump-7',
  episode: 1,
  version: 1,
  state: 'isolated',
  response: 'isolate',
  severity: 'HIGH',
  openedAt: 1,
  updatedAt: 1,
  signals: [],
  alarms: [],
  clientIds: [],
  orders: [],
};

const queryOf = (...incidents) => ({
  Query: { Items: incidents.map((one) => ({ record: { S: JSON.stringify(one) }, version: { N: '1' } })) },
});
const contained = { ...incident, prior: { groups: ['fleet'], left: ['fleet'] }, containedAt: 2 };
const group = { thingGroups: [{ groupName: 'fleet' }] };

/** By name of the handler; `url` is where the fake services are. */
export const startsAt = (url) => ({
  'mitigate-device': {
    answers: { ListThingGroupsForThing: group },
    environment: {
      PLAYBOOK: JSON.stringify({
        rules: [{ atLeast: 'HIGH', response: 'isolate' }],
        protectedGroups: [],
        dryRun: false,
      }),
      SOURCES: '[{"kind":"engine"}]',
      CALL_RATES: '{}',
      FLEET_GROUPS: '["fleet"]',
      LOOK_QUEUE_ARN: `${QUEUE}look`,
      SLOW_QUEUE_ARN: `${QUEUE}slow`,
    },
    event: {
      Records: [
        record('signals', {
          schema: 'zero-trust-iot/signal@1',
          id: 's1',
          time: Date.now(),
          thingName: 'pump-7',
          severity: 'HIGH',
          about: 'x',
        }),
      ],
    },
  },
  'release-device': {
    environment: { CALL_RATES: '{}' },
    answers: { ...queryOf(contained), ListThingGroupsForThing: group },
    event: {
      Records: [
        record('release', {
          schema: 'zero-trust-iot/release@1',
          subject: 'pump-7',
          episode: 1,
          by: 'ada',
          why: 'well',
          time: Date.now(),
        }),
      ],
    },
  },
  'operate-incident': {
    answers: queryOf(contained),
    event: {
      routeKey: 'GET /incident',
      queryStringParameters: { subject: 'pump-7' },
      requestContext: { authorizer: { iam: { userArn: 'arn:aws:sts::1:assumed-role/soc/ada' } } },
    },
  },
  'record-incident': {
    event: [{ eventName: 'INSERT', dynamodb: { NewImage: { record: { S: JSON.stringify(incident) } } } }],
  },
  'verify-enrollment': {
    answers: { GetItem: { Item: { serial: { S: 'PX2-0001' }, listed: { BOOL: true } } } },
    environment: { ONE_TIME_USE: 'true', PROVISIONING_TEMPLATE: 'pumps', THING_NAME_PREFIX: 'pump-' },
    event: {
      certificateId: CERTIFICATE,
      templateArn: 'arn:aws:iot:eu-west-1:123456789012:provisioningtemplate/pumps',
      clientId: 'claim.42',
      parameters: { SerialNumber: 'PX2-0001' },
    },
  },
  'attach-group-policies': {
    answers: { ListAttachedPolicies: { policies: [{ policyName: 'telemetry' }] } },
    event: request(url, 'Custom::IotGroupPolicies', {
      ThingGroupName: 'fleet',
      ThingGroupArn: groupArn,
      Policies: [{ Name: 'telemetry', Denies: 'false' }],
    }),
  },
  'register-device': {
    event: request(url, 'Custom::IotDevice', { ThingName: 'gateway-1', ThingGroupName: 'gateways' }),
  },
  'import-allow-list': {
    answers: { 'GET /b/k': 'PX2-0001\n' },
    event: request(url, 'Custom::IotAllowList', { TableName: 'serials', Bucket: 'b', Key: 'k', Count: '1' }),
  },
  'keep-patch-job': {
    event: request(url, 'Custom::IotPatchJob', {
      Prefix: 'patch',
      ThingGroupArn: groupArn,
      Job: '{"description":"Update","document":"{}"}',
    }),
  },
  'prove-health': {
    answers: {
      ...queryOf(contained),
      DescribeJobExecution: { execution: { status: 'QUEUED', lastUpdatedAt: 1_764_000_000 } },
    },
    environment: {
      PROOF_RULE:
        '{"windows":3,"windowSeconds":3600,"requireCleared":true,"silentSeconds":86400,"automaticReleases":0}',
      CALL_RATES: '{}',
      JOB_ID: 'patch-1-1',
    },
    event: {
      Records: [record('proof', { eventType: 'JOB_EXECUTION', thingArn: 'arn:aws:iot:eu-west-1:1:thing/pump-7' })],
    },
  },
  'open-tunnel': {
    answers: { ...queryOf(contained), OpenTunnel: { tunnelId: 't1', sourceAccessToken: 'secret' } },
    environment: { TUNNEL_SERVICES: '["SSH"]', TUNNEL_MINUTES: '60' },
    event: {
      routeKey: 'POST /tunnel',
      body: '{"subject":"pump-7","why":"look"}',
      requestContext: { authorizer: { iam: { userArn: 'arn:aws:sts::1:assumed-role/soc/ada' } } },
    },
  },
  'close-tunnels': {
    environment: { CALL_RATES: '{}' },
    answers: {
      ListTunnels: {
        tunnelSummaries: [{ tunnelId: 't1', status: 'OPEN', description: 'Incident pump-7, episode 1, for ada: look' }],
      },
    },
    event: {
      Records: [
        record('ends', {
          source: 'zero-trust-iot',
          'detail-type': 'Incident State Change',
          detail: { state: 'released', thingName: 'pump-7', episode: 1, tunnels: 1 },
        }),
      ],
    },
  },
  'ensure-log-group': {
    event: request(url, 'Custom::IotLogGroup', { LogGroupName: 'AWSIotLogsV2' }),
  },
  'validate-connection': { event: { principalId: CERTIFICATE, clientId: 'pump-7' } },
  'forward-iot-logs': {
    answers: { PutRecords: { FailedRecordCount: 0, Records: [{ SequenceNumber: '1', ShardId: 's' }] } },
    event: {
      awslogs: {
        data: gzipSync(
          JSON.stringify({
            messageType: 'DATA_MESSAGE',
            logEvents: [
              {
                id: '31953106606966983378809025079804211143289615424298221568',
                timestamp: 1_764_000_000_000,
                message: JSON.stringify({ status: 'Failure', eventType: 'Connect', clientId: 'pump-7', reason: 'x' }),
              },
            ],
          }),
        ).toString('base64'),
      },
    },
  },
  'evaluate-behaviors': {
    answers: {
      'POST /': '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>',
    },
    environment: {
      BEHAVIORS: JSON.stringify({
        v: 1,
        detector: 'Pumps',
        dryRun: false,
        learnedDryRunSeconds: 0,
        topics: [],
        behaviors: [
          {
            name: 'messages-sent',
            metric: 'messages-sent',
            operator: 'atMost',
            threshold: 3,
            windowSeconds: 300,
            datapointsToAlarm: 1,
            datapointsToClear: 1,
            severity: 'HIGH',
            suppressed: false,
            target: 'all',
          },
        ],
      }),
    },
    // The end of a window in which one device sent too much: its state is read and written, and it is told of.
    event: {
      Records: [1, 2, 3, 4].map((number) => ({
        kinesis: {
          sequenceNumber: `4959033827149025660855969253836157109592157598913${number}`,
          approximateArrivalTimestamp: 1_767_571_202,
          data: Buffer.from(
            JSON.stringify({
              v: 1,
              source: 'message',
              on: 'all',
              clientId: 'pump-7',
              id: `trace-${number}`,
              at: 1_767_571_201_000,
              bytes: 100,
            }),
          ).toString('base64'),
        },
      })),
      window: { start: '2026-01-05T00:00:00.000Z', end: '2026-01-05T00:05:00.000Z' },
      state: {},
      shardId: 'shardId-000000000000',
      isFinalInvokeForWindow: true,
      isWindowTerminatedEarly: false,
    },
  },
  'adopt-account-settings': {
    event: request(url, 'Custom::IotEventConfigurations', { Owner: 'o', EventTypes: ['POLICY'] }),
  },
});
