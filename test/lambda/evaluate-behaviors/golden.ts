import type { LogRecord, PresenceRecord, ReportRecord } from '../../../lambda/evaluate-behaviors/contract';

/**
 * Records as the rules of the stream engine put them, around the examples in the documentation of AWS IoT: only client id, time and
 * what the rule adds are ours.
 *
 * https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html
 * https://docs.aws.amazon.com/iot/latest/developerguide/cwl-format.html
 * https://docs.aws.amazon.com/iot-device-defender/latest/devguide/detect-device-side-metrics.html
 */
export const LONG_REPORT = {
  header: { report_id: 1530304554, version: '1.0' },
  metrics: {
    listening_tcp_ports: {
      ports: [
        { interface: 'eth0', port: 24800 },
        { interface: 'eth0', port: 22 },
        { interface: 'eth0', port: 53 },
      ],
      total: 3,
    },
    listening_udp_ports: {
      ports: [
        { interface: 'eth0', port: 5353 },
        { interface: 'eth0', port: 67 },
      ],
      total: 2,
    },
    network_stats: {
      bytes_in: 29358693495,
      bytes_out: 26485035,
      packets_in: 10013573555,
      packets_out: 11382615,
    },
    tcp_connections: {
      established_connections: {
        connections: [
          { local_interface: 'eth0', local_port: 80, remote_addr: '192.168.0.1:8000' },
          { local_interface: 'eth0', local_port: 80, remote_addr: '192.168.0.1:8000' },
        ],
        total: 2,
      },
    },
  },
  custom_metrics: {
    MyMetricOfType_Number: [{ number: 1 }],
    MyMetricOfType_NumberList: [{ number_list: [1, 2, 3] }],
    MyMetricOfType_StringList: [{ string_list: ['value_1', 'value_2'] }],
    MyMetricOfType_IpList: [{ ip_list: ['172.0.0.0', '172.0.0.10'] }],
  },
};

export const SHORT_REPORT = {
  hed: { rid: 1530305228, v: '1.0' },
  met: {
    tp: {
      pts: [
        { if: 'eth0', pt: 24800 },
        { if: 'eth0', pt: 22 },
        { if: 'eth0', pt: 53 },
      ],
      t: 3,
    },
    up: {
      pts: [
        { if: 'eth0', pt: 5353 },
        { if: 'eth0', pt: 67 },
      ],
      t: 2,
    },
    ns: { bi: 29359307173, bo: 26490711, pi: 10014614051, po: 11387620 },
    tc: {
      ec: {
        cs: [
          { li: 'eth0', lp: 80, rad: '192.168.0.1:8000' },
          { li: 'eth0', lp: 80, rad: '192.168.0.1:8000' },
        ],
        t: 2,
      },
    },
  },
  cmet: LONG_REPORT.custom_metrics,
};

const reportOf = (thing: string, at: number, body: object): ReportRecord => ({
  v: 1,
  source: 'report',
  thing,
  clientId: thing,
  principal: 'ab'.repeat(32),
  id: '2a2f2d5e-0000-4000-8000-000000000000',
  at,
  data: Buffer.from(JSON.stringify(body)).toString('base64'),
});

export const GOLDEN = {
  connected: (clientId: string, timestamp: number): PresenceRecord => ({
    clientId,
    timestamp,
    eventType: 'connected',
    sessionIdentifier: 'a4666d2a7d844ae4ac5d7b38c9cb7967',
    principalIdentifier: '12345678901234567890123456789012',
    ipAddress: '192.0.2.0',
    versionNumber: 0,
    v: 1,
    source: 'presence',
  }),
  disconnected: (clientId: string, timestamp: number): PresenceRecord & { clientInitiatedDisconnect: boolean } => ({
    clientId,
    timestamp,
    eventType: 'disconnected',
    sessionIdentifier: 'a4666d2a7d844ae4ac5d7b38c9cb7967',
    principalIdentifier: '12345678901234567890123456789012',
    clientInitiatedDisconnect: true,
    disconnectReason: 'CLIENT_INITIATED_DISCONNECT',
    versionNumber: 0,
    v: 1,
    source: 'presence',
  }),
  failed: (clientId: string, timestamp: number): PresenceRecord & { thingName: string } => ({
    clientId,
    thingName: 'exampleThing',
    timestamp,
    eventType: 'connect_failed',
    connectFailureReason: 'AUTHORIZATION_FAILED',
    principalIdentifier: '12345678901234567890123456789012',
    sessionIdentifier: '00000000-0000-0000-0000-000000000000',
    ipAddress: '192.0.2.0',
    v: 1,
    source: 'presence',
  }),
  /** `Publish-In` of the documentation, with the status and reason of a refusal. */
  denied: (clientId: string, at: number): LogRecord => ({
    v: 1,
    source: 'log',
    id: '37199773595581154154810589279545129148442535997644275712',
    at,
    entry: {
      status: 'Failure',
      eventType: 'Publish-In',
      topicName: '$aws/things/MyThing/shadow/get',
      clientId,
      principalId: '145179c40e2219e18a909d896a5340b74cf97a39641beec2fc3eeafc5a932167',
      sourceIp: '205.251.233.181',
      reason: 'AUTHORIZATION_FAILURE',
      details: 'Authorization Failure',
    },
  }),
  longReport: (thing: string, at: number): ReportRecord => reportOf(thing, at, LONG_REPORT),
  shortReport: (thing: string, at: number): ReportRecord => reportOf(thing, at, SHORT_REPORT),
};
