// A rehearsal before AWS's own device SDK: it enrolls by a claim and a CSR, connects, publishes, is refused what is not its
// own, takes a job and keeps a shadow. The SDK is installed into a temporary folder from the registry; DEVICE_SDK names a
// folder that has it. Usage: tsx test/proofs/device-sdk.ts [ASSEMBLY]
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeCertificate } from '../../rehearsal/actor';
import type { Credentials } from '../../rehearsal/devices/enrollment';
import { pemOf } from '../../rehearsal/devices/enrollment';
import { rehearse, type Rehearsal } from '../../rehearsal/index';
import { createKeys, createRequest } from '../../rehearsal/x509/certificates';
import { Checks, skipped, withFolder } from './checks';

const COMMAND = 'check:device-sdk';
const VERSION = '1.28.0';
const AT_LEAST_ONCE = 1;
/** Real milliseconds between looks at what virtual time has for clients of another thread. */
const LOOK_MS = 20;
/** Real milliseconds that the network may take for what is expected to come. */
const PATIENCE_MS = 15_000;
const REQUESTS = { maxRequestResponseSubscriptions: 6, maxStreamingSubscriptions: 2, operationTimeoutInSeconds: 15 };

/** The parts of the SDK that are used here. */
interface Connection {
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  publish(topic: string, payload: string, qos: number): Promise<unknown>;
  subscribe(
    topic: string,
    qos: number,
    heard?: (topic: string, payload: ArrayBuffer) => void,
  ): Promise<{ error_code?: number }>;
  once(event: 'interrupt' | 'connection_failure' | 'closed', listener: (error: unknown) => void): void;
}

interface ConnectionConfig {
  with_certificate_authority(pem: string): ConnectionConfig;
  with_endpoint(host: string): ConnectionConfig;
  with_port(port: number): ConnectionConfig;
  with_client_id(id: string): ConnectionConfig;
  with_clean_session(clean: boolean): ConnectionConfig;
  with_reconnect_min_sec(seconds: number): ConnectionConfig;
  build(): unknown;
}

type Fields = Readonly<Record<string, unknown>>;
interface ServiceClient {
  close(): void;
}
type OverMqtt<T> = { newFromMqtt311(connection: Connection, options: object): T & ServiceClient };

interface Sdk {
  readonly iot: {
    readonly AwsIotMqttConnectionConfigBuilder: {
      new_mtls_builder(certificate: string, key: string): ConnectionConfig;
    };
  };
  readonly mqtt: { readonly MqttClient: new () => { new_connection(config: unknown): Connection } };
  readonly iotidentity: {
    readonly IotIdentityClientv2: OverMqtt<{
      createCertificateFromCsr(request: Fields): Promise<Readonly<Record<string, string>>>;
      createKeysAndCertificate(request: Fields): Promise<unknown>;
      registerThing(request: Fields): Promise<{ readonly thingName?: string }>;
    }>;
  };
  readonly iotjobs: {
    readonly IotJobsClientv2: OverMqtt<{
      getPendingJobExecutions(request: Fields): Promise<{ readonly queuedJobs?: readonly Fields[] }>;
      startNextPendingJobExecution(request: Fields): Promise<{ readonly execution?: Fields }>;
      describeJobExecution(request: Fields): Promise<{ readonly execution?: Fields }>;
      updateJobExecution(request: Fields): Promise<unknown>;
    }>;
  };
  readonly iotshadow: {
    readonly IotShadowClientv2: OverMqtt<{
      getShadow(request: Fields): Promise<{ readonly state?: { readonly reported?: Fields } }>;
      updateShadow(request: Fields): Promise<unknown>;
    }>;
  };
}

/** Undefined where it cannot be had; says so. */
function install(folder: string): Sdk | undefined {
  const given = process.env.DEVICE_SDK;
  const home = given ?? folder;
  if (given === undefined) {
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `aws-iot-device-sdk-v2@${VERSION}`];
    const npm = spawnSync('npm', args, {
      cwd: folder,
      encoding: 'utf8',
      timeout: 300_000,
      shell: process.platform === 'win32',
    });
    if (npm.status !== 0) {
      const why = npm.stderr.split('\n').find((line) => line.includes('error')) ?? String(npm.error ?? npm.status);
      skipped(COMMAND, `npm could not install aws-iot-device-sdk-v2 ${VERSION}: ${why}`);
      return undefined;
    }
  }
  return createRequire(join(home, 'package.json'))('aws-iot-device-sdk-v2') as Sdk;
}

/** What comes of something: `ok`, or the error. Late is an error, too. */
async function outcome(work: Promise<unknown>): Promise<string> {
  const done = work.then(
    () => 'ok',
    (error: unknown) => wordsOf(error),
  );
  return Promise.race([done, setTimeout(PATIENCE_MS, 'nothing happened', { ref: false })]);
}

/** Errors of the SDK carry what the service answered. */
function wordsOf(error: unknown): string {
  const { modeledError, inner_error } = error as { modeledError?: unknown; inner_error?: unknown };
  return [String(error), modeledError, inner_error]
    .filter((part) => part !== undefined)
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join(' ');
}

class Clients {
  private readonly open: Connection[] = [];

  constructor(
    private readonly sdk: Sdk,
    private readonly r: Rehearsal,
  ) {}

  public async connect(clientId: string, { certificatePem, privateKeyPem }: Credentials): Promise<Connection> {
    const config = this.sdk.iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder(certificatePem, privateKeyPem)
      .with_certificate_authority(this.r.broker.caPem)
      .with_endpoint('localhost')
      .with_port(this.r.broker.port)
      .with_client_id(clientId)
      .with_clean_session(true)
      // What was cut stays cut for as long as this runs.
      .with_reconnect_min_sec(60)
      .build();
    const connection = new this.sdk.mqtt.MqttClient().new_connection(config);
    this.open.push(connection);
    await connection.connect();
    return connection;
  }

  /** Connections that were cut wait for their next attempt: nobody waits for them. */
  public async close(): Promise<void> {
    await Promise.race([Promise.allSettled(this.open.map((each) => each.disconnect())), setTimeout(1_000)]);
  }
}

async function enroll(sdk: Sdk, r: Rehearsal, clients: Clients, checks: Checks) {
  const { templateName, clientIdPrefix, serialParameter } = r.facts.enrollment();
  const serial = r.serialFor('sdk-device');
  const connection = await clients.connect(`${clientIdPrefix}${serial}`, await r.claim());
  const identity = sdk.iotidentity.IotIdentityClientv2.newFromMqtt311(connection, REQUESTS);
  const keys = createKeys();
  const certificateSigningRequest = createRequest(keys, 'device');
  const made = await identity.createCertificateFromCsr({ certificateSigningRequest });
  checks.that('has a certificate made from its CSR', made.certificatePem?.includes('BEGIN CERTIFICATE') === true);
  const { certificateOwnershipToken, certificatePem = '', certificateId = '' } = made;
  const register = (given: string, template = templateName) =>
    identity.registerThing({
      templateName: template,
      certificateOwnershipToken,
      parameters: { [serialParameter]: given },
    });
  const unlisted = await outcome(register('NOT-LISTED'));
  checks.that('is refused with a serial number that is not listed', /AccessDenied|403/.test(unlisted), unlisted);
  const { thingName = '' } = await register(serial);
  const known = r.cloud.registry.thing(thingName);
  checks.that('is registered as a thing of its fleet', known !== undefined && known.groups.length > 0);
  // The claim does not allow it, so the session ends.
  const cut = new Promise((_, reject) => connection.once('interrupt', reject));
  const theirs = await outcome(Promise.race([cut, identity.createKeysAndCertificate({})]));
  checks.that('has no key made by the service', theirs !== 'ok' && theirs !== 'nothing happened', theirs);
  identity.close();
  return { thingName, certificateId, certificatePem, privateKeyPem: pemOf(keys) };
}

async function prove(sdk: Sdk, r: Rehearsal, clients: Clients, checks: Checks): Promise<void> {
  const own = await enroll(sdk, r, clients, checks);
  const { thingName } = own;
  const connection = await clients.connect(thingName, own);
  checks.that('connects with its certificate under its name', r.broker.get(thingName)?.connected === true);

  const topic = `pumps/${thingName}/telemetry`;
  checks.that('publishes what is its own', (await outcome(connection.publish(topic, '{}', AT_LEAST_ONCE))) === 'ok');

  const heard: string[] = [];
  const notify = `$aws/things/${thingName}/tunnels/notify`;
  await connection.subscribe(notify, AT_LEAST_ONCE, (_, payload) => heard.push(Buffer.from(payload).toString()));
  await r.cloud.outside.openTunnel(thingName, ['SSH']);
  await connection.publish(topic, '{}', AT_LEAST_ONCE);
  checks.that(
    'hears of a tunnel',
    heard.some((text) => text.includes('clientAccessToken')),
    heard.join(),
  );

  const jobs = sdk.iotjobs.IotJobsClientv2.newFromMqtt311(connection, REQUESTS);
  const before = r.cloud.events.all().length;
  const target = `arn:${r.cloud.partition}:iot:${r.cloud.region}:${r.cloud.account}:thing/${thingName}`;
  await r.cloud.outside.createJob({ jobId: 'sdk-job', targets: [target], document: { do: 'reboot' } });
  const pending = await jobs.getPendingJobExecutions({ thingName });
  checks.that('sees the job that waits for it', pending.queuedJobs?.some(({ jobId }) => jobId === 'sdk-job') === true);
  const { execution } = await jobs.startNextPendingJobExecution({ thingName });
  const document = JSON.stringify(execution?.jobDocument);
  checks.that(
    'starts it and reads its document',
    execution?.jobId === 'sdk-job' && document === '{"do":"reboot"}',
    document,
  );
  const described = await jobs.describeJobExecution({ thingName, jobId: 'sdk-job', includeJobDocument: true });
  checks.that('finds it in progress', described.execution?.status === 'IN_PROGRESS');
  const wrong = jobs.updateJobExecution({ thingName, jobId: 'sdk-job', status: 'SUCCEEDED', expectedVersion: 77 });
  const mismatch = await outcome(wrong);
  checks.that('is told of a version that is not the last', mismatch.includes('VersionMismatch'), mismatch);
  await jobs.updateJobExecution({ thingName, jobId: 'sdk-job', status: 'SUCCEEDED' });
  const after = await jobs.describeJobExecution({ thingName, jobId: 'sdk-job' });
  checks.that('ends it', after.execution?.status === 'SUCCEEDED');
  jobs.close();

  const shadows = sdk.iotshadow.IotShadowClientv2.newFromMqtt311(connection, REQUESTS);
  const none = await outcome(shadows.getShadow({ thingName }));
  checks.that('is told that it has no shadow yet', none.includes('404'), none);
  await shadows.updateShadow({ thingName, state: { reported: { valve: 'open' } } });
  const { state } = await shadows.getShadow({ thingName });
  checks.that('keeps its shadow', state?.reported?.valve === 'open', JSON.stringify(state));
  shadows.close();
  const denials = r.cloud.events
    .all()
    .slice(before)
    .flatMap((event) => (event.kind === 'decision' && !event.decision.allowed ? [event.what] : []));
  checks.that('jobs and shadow need nothing that the fleet does not allow', denials.length === 0, denials.join());

  const cut = new Promise((_, reject) => connection.once('interrupt', reject));
  const foreign = await outcome(
    Promise.race([cut, connection.publish('pumps/somebody-else/telemetry', '{}', AT_LEAST_ONCE)]),
  );
  checks.that(
    'is cut when it publishes what is not its own',
    foreign !== 'ok' && r.broker.get(thingName)?.disconnectReason === 'AUTH_ERROR',
    foreign,
  );

  const renamed = await outcome(clients.connect('somebody-else', own));
  checks.that('gets in under no other client id', renamed !== 'ok' && renamed !== 'nothing happened', renamed);
  const stranger = await outcome(clients.connect(thingName, makeCertificate(thingName, r.cloud.clock.now())));
  checks.that('gets in with no other certificate', stranger !== 'ok' && stranger !== 'nothing happened', stranger);
}

async function main([assembly = 'cdk.out']: string[]): Promise<void> {
  if (!existsSync(assembly)) throw new Error(`there is no assembly at ${assembly}: npm start makes one`);
  await withFolder(async (folder) => {
    const sdk = install(folder);
    if (sdk === undefined) return;
    const checks = new Checks(COMMAND);
    const r = await rehearse(assembly);
    const clients = new Clients(sdk, r);
    const look = setInterval(() => void r.cloud.clock.settle(), LOOK_MS);
    try {
      await prove(sdk, r, clients, checks);
    } finally {
      clearInterval(look);
      await clients.close();
      await r.close();
    }
    checks.end(`aws-iot-device-sdk-v2 ${VERSION}`);
  });
  // The native part of the SDK keeps threads of its own.
  process.exit();
}

void main(process.argv.slice(2));
