// What each function is started with: its environment, and the first event, which leads to its first call of AWS.
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
const request = (url, ResourceProperties) => ({
  RequestType: 'Delete',
  RequestId: 'request',
  ResponseURL: `${url}/answers/1`,
  StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/s/1',
  LogicalResourceId: 'R',
  PhysicalResourceId: 'p',
  ResourceType: 'Custom::R',
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

/** By name of the handler; `url` is where the fake services are. */
export const startsAt = (url) => ({
  'mitigate-device': {
    environment: {
      PLAYBOOK: JSON.stringify({
        rules: [{ atLeast: 'HIGH', response: 'isolate' }],
        protectedGroups: [],
        dryRun: true,
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
    environment: { ONE_TIME_USE: 'true', PROVISIONING_TEMPLATE: 'pumps', THING_NAME_PREFIX: 'pump-' },
    event: {
      certificateId: CERTIFICATE,
      templateArn: 'arn:aws:iot:eu-west-1:123456789012:provisioningtemplate/pumps',
      clientId: 'claim.42',
      parameters: { SerialNumber: 'PX2-0001' },
    },
  },
  'attach-group-policies': {
    event: request(url, { ThingGroupName: 'fleet', ThingGroupArn: groupArn, Policies: [] }),
  },
  'register-device': { event: request(url, { ThingName: 'gateway-1', ThingGroupName: 'gateways' }) },
  'import-allow-list': { event: request(url, { TableName: 'serials', Bucket: 'b', Key: 'k', Count: '1' }) },
  'keep-patch-job': {
    event: {
      ...request(url, { Prefix: 'patch', ThingGroupArn: groupArn, Job: '{"document":"{}"}' }),
      PhysicalResourceId: 'patch-1',
    },
  },
  'prove-health': {
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
    environment: { TUNNEL_SERVICES: '["SSH"]', TUNNEL_MINUTES: '60' },
    event: {
      routeKey: 'POST /tunnel',
      body: '{"subject":"pump-7","why":"look"}',
      requestContext: { authorizer: { iam: { userArn: 'arn:aws:sts::1:assumed-role/soc/ada' } } },
    },
  },
  'close-tunnels': {
    environment: { CALL_RATES: '{}' },
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
  'adopt-account-settings': { event: request(url, { Kind: 'events', EventTypes: ['POLICY'] }) },
});
