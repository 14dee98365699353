import { gzipSync } from 'node:zlib';

/** A delivery of a subscription, as CloudWatch Logs makes it. */
export function delivery(batch: unknown): { awslogs: { data: string } } {
  return { awslogs: { data: gzipSync(JSON.stringify(batch)).toString('base64') } };
}

export function dataOf(...messages: unknown[]): { awslogs: { data: string } } {
  const logEvents = messages.map((message, index) => ({
    id: `3195310660696698337880902507980421114328961542429${String(index).padStart(4, '0')}`,
    timestamp: 1_764_000_000_000 + index,
    message: typeof message === 'string' ? message : JSON.stringify(message),
  }));
  return delivery({
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: 'AWSIotLogsV2',
    logStream: 'b8ee2f3e-1c71-4b0b-8a3c-c4f6f7a8f7a5_123456789012_0',
    subscriptionFilters: ['Failures'],
    logEvents,
  });
}

/**
 * A refused connection, in the fields that AWS documents.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/cwl-format.html
 */
export const REFUSED = {
  timestamp: '2025-11-24 16:00:00.000',
  logLevel: 'ERROR',
  traceId: '20b23f3f-d7f1-feae-169f-82263394fbdb',
  accountId: '123456789012',
  status: 'Failure',
  eventType: 'Publish-In',
  protocol: 'MQTT',
  topicName: '$aws/things/pump-7/shadow/get',
  clientId: 'pump-7',
  principalId: '145179c40e2219e18a909d896a5340b74cf97a39641beec2fc3eeafc5a932167',
  sourceIp: '205.251.233.181',
  sourcePort: 13490,
  reason: 'AUTHORIZATION_FAILURE',
  details: 'Authorization Failure',
};
